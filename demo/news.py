"""The publisher of the demonstration: pyzmq's wheel with the library preloaded.

`news.py READERS ENDPOINT...` binds to each endpoint, prints where and what serves
it, waits until as many have subscribed, and publishes. An XPUB hears of its
subscribers.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bindings" / "python"))

import served
import zmq

readers, endpoints = int(sys.argv[1]), sys.argv[2:]
with zmq.Context() as context, context.socket(zmq.XPUB) as socket:
    socket.rcvtimeo = 10_000
    socket.xpub_verbose = True
    for endpoint in endpoints:
        socket.bind(endpoint)
        print(socket.last_endpoint.decode().rstrip("\0"), end=" ")
    print(f"\nPython  XPUB    ZeroMQ {zmq.zmq_version()} from {served.path()}", flush=True)
    for _ in range(readers):
        assert socket.recv() == b"\1news"
    socket.send_multipart([b"rumours", b"nobody hears this"])
    socket.send_multipart([b"news", b"first"])
    socket.send_multipart([b"news", b"last"])
