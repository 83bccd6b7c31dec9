"""A client of the demonstration: pyzmq's wheel with the library preloaded.

`greet.py ENDPOINT NAME` says who it is, prints the answer and what served it.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "bindings" / "python"))

import served
import zmq

endpoint, name = sys.argv[1:]
with zmq.Context() as context, context.socket(zmq.REQ) as socket:
    socket.rcvtimeo = 10_000
    socket.connect(endpoint)
    socket.send_string(name)
    answer = socket.recv_string()
print(f"Python  REQ     ZeroMQ {zmq.zmq_version()} from {served.path()}")
print(f"                {answer}")
