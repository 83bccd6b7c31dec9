"""What pyzmq builds of zmq_proxy: queues, forwarders and streamers in a thread."""

import sys
import threading

import pytest
import zmq
import zmq.devices

import peers
from test_patterns import Server

transports = pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])


class Proxy(threading.Thread):
    """zmq.proxy between two bound sockets, all its own, until the context ends."""

    def __init__(self, context, front, back, transport, folder, capture=None):
        super().__init__(daemon=True)
        self.sockets = [context.socket(front), context.socket(back)]
        self.capture = capture
        self.ends = []
        for number, socket in enumerate(self.sockets):
            (folder / str(number)).mkdir()
            peers.unlimited(socket)
            self.ends.append(peers.bound(socket, transport, folder / str(number)))
        self.error = None
        self.start()

    def run(self):
        try:
            zmq.proxy(*self.sockets, self.capture)
        except zmq.ContextTerminated:
            pass
        except BaseException as error:
            self.error = error
        for socket in (*self.sockets, *filter(None, [self.capture])):
            socket.close(0)


@pytest.fixture
def proxied(context):
    """Makes proxies, which end when the context does."""
    proxies = []

    def make(*rest):
        proxies.append(Proxy(context, *rest))
        return proxies[-1]

    yield make
    context.term()
    for proxy in proxies:
        proxy.join(peers.TIMEOUT_MS / 1000)
        assert not proxy.is_alive() and proxy.error is None


@transports
def test_queue(transport, count, context, proxied, tmp_path):
    """REQ to ROUTER, DEALER to REP, two servers."""
    proxy = proxied(zmq.ROUTER, zmq.DEALER, transport, tmp_path)

    def serve(socket):
        message = b""
        while message != b"stop":
            message = socket.recv()
            socket.send(b"re:" + message)

    with (
        peers.opened(context, zmq.REP) as first,
        peers.opened(context, zmq.REP) as second,
        peers.opened(context, zmq.REQ) as client,
    ):
        servers = [Server(serve, socket) for socket in (first, second)]
        for socket, server in zip((first, second), servers):
            socket.connect(proxy.ends[1])
            server.start()
        client.connect(proxy.ends[0])
        peers.request(client, count)
        for server in servers:  # one after the other is asked
            client.send(b"stop")
            assert client.recv() == b"re:stop"
        for server in servers:
            server.finish()


@transports
def test_streamer(transport, count, context, proxied, tmp_path):
    proxy = proxied(zmq.PULL, zmq.PUSH, transport, tmp_path)
    with (
        peers.opened(context, zmq.PUSH) as sender,
        peers.opened(context, zmq.PULL) as receiver,
    ):
        sender.connect(proxy.ends[0])
        receiver.connect(proxy.ends[1])
        pushing = Server(peers.push, sender, count)
        pushing.start()
        peers.pull(receiver, count)
        pushing.finish()


@transports
def test_forwarder(transport, count, context, proxied, tmp_path):
    """PUB to XSUB, XPUB to SUB: subscriptions go up, messages come down."""
    proxy = proxied(zmq.XSUB, zmq.XPUB, transport, tmp_path)
    with (
        peers.unlimited(peers.opened(context, zmq.PUB)) as sender,
        peers.unlimited(peers.opened(context, zmq.SUB)) as receiver,
        peers.opened(context, zmq.REP) as begin,
        peers.opened(context, zmq.REQ) as ready,
    ):
        ready.connect(peers.bound(begin, "tcp", tmp_path))
        sender.connect(proxy.ends[0])
        receiver.connect(proxy.ends[1])
        publishing = Server(peers.publish, sender, begin, count)
        publishing.start()
        peers.follow(receiver, ready, count)
        publishing.finish()


def test_capture(context, proxied, tmp_path):
    (tmp_path / "ends").mkdir()
    copies = peers.opened(context, zmq.PUSH)
    with (
        peers.opened(context, zmq.PULL) as seen,
        peers.opened(context, zmq.REQ) as client,
        peers.opened(context, zmq.REP) as server,
    ):
        seen.connect(peers.bound(copies, "inproc", tmp_path))
        proxy = proxied(zmq.ROUTER, zmq.DEALER, "tcp", tmp_path / "ends", copies)
        client.connect(proxy.ends[0])
        server.connect(proxy.ends[1])
        client.send(b"question")
        server.send(b"answer to " + server.recv())
        assert client.recv() == b"answer to question"
        assert seen.recv_multipart()[1:] == [b"", b"question"]
        assert seen.recv_multipart()[1:] == [b"", b"answer to question"]


def test_steerable(tmp_path):
    """PAUSE, RESUME, STATISTICS and TERMINATE, through pyzmq's own device."""
    device = zmq.devices.ThreadProxySteerable(zmq.PULL, zmq.PUSH, zmq.PUB, zmq.PAIR)
    for name in ("in", "out", "ctrl"):
        (tmp_path / name).mkdir()
    device.bind_in(f"ipc://{tmp_path}/in/s")
    device.bind_out(f"ipc://{tmp_path}/out/s")
    device.bind_ctrl(f"ipc://{tmp_path}/ctrl/s")
    device.start()
    with zmq.Context() as context:
        with (
            peers.opened(context, zmq.PUSH) as sender,
            peers.opened(context, zmq.PULL) as receiver,
            peers.opened(context, zmq.PAIR) as control,
        ):
            sender.connect(f"ipc://{tmp_path}/in/s")
            receiver.connect(f"ipc://{tmp_path}/out/s")
            control.connect(f"ipc://{tmp_path}/ctrl/s")

            def counts():
                control.send(b"STATISTICS")
                return [int.from_bytes(part, sys.byteorder) for part in control.recv_multipart()]

            sender.send(b"one")
            assert receiver.recv() == b"one"
            control.send(b"PAUSE")
            assert counts() == [1, 3, 0, 0, 0, 0, 1, 3]
            sender.send(b"two")
            assert not receiver.poll(50)
            control.send(b"RESUME")
            assert receiver.recv() == b"two"
            assert counts() == [2, 6, 0, 0, 0, 0, 2, 6]
            control.send(b"TERMINATE")
    device.join(peers.TIMEOUT_MS / 1000)
    assert not device.launcher.is_alive()


def test_monitored_queue(count, tmp_path):
    """pyzmq's own loop over zmq_msg_send and zmq_msg_recv, with a monitor."""
    device = zmq.devices.ThreadMonitoredQueue(zmq.ROUTER, zmq.DEALER, zmq.PUB, b"in", b"out")
    ends = {name: f"ipc://{tmp_path}/{name}" for name in ("in", "out", "mon")}
    device.bind_in(ends["in"])
    device.bind_out(ends["out"])
    device.bind_mon(ends["mon"])
    device.setsockopt_mon(zmq.SNDHWM, 0)
    device.setsockopt_in(zmq.LINGER, 0)
    device.start()
    with zmq.Context() as context:
        with (
            peers.opened(context, zmq.REQ) as client,
            peers.opened(context, zmq.REP) as server,
            peers.unlimited(peers.opened(context, zmq.SUB)) as monitor,
        ):
            monitor.subscribe(b"")
            monitor.connect(ends["mon"])
            client.connect(ends["in"])
            server.connect(ends["out"])
            answering = Server(peers.reply, server, count)
            answering.start()
            peers.request(client, count)
            answering.finish()
            directions = [monitor.recv_multipart()[0] for _ in range(2)]
            assert set(directions) <= {b"in", b"out"}
