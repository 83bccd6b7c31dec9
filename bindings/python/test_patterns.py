"""The patterns between two threads and between two processes, by transport.

In the threads' tests the server lives beside the client in one context; in the
processes' tests it is a process of its own with the same library preloaded.
"""

import os
import pathlib
import subprocess
import sys
import threading

import pytest
import zmq

import peers

PEERS = pathlib.Path(__file__).with_name("peers.py")


class Server(threading.Thread):
    """The server's end in a thread, whose failure is the test's failure."""

    def __init__(self, server, *arguments):
        super().__init__(daemon=True)
        self.server, self.arguments = server, arguments
        self.error = None

    def run(self):
        try:
            self.server(*self.arguments)
        except BaseException as error:
            self.error = error

    def finish(self):
        self.join(peers.TIMEOUT_MS / 1000)
        assert not self.is_alive(), "the server is still waiting"
        if self.error:
            raise self.error


@pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])
@pytest.mark.parametrize("pattern", peers.PATTERNS)
def test_threads(pattern, transport, count, context, tmp_path):
    client_kind, client, server_kind, server = peers.PATTERNS[pattern]
    with (
        peers.opened(context, server_kind) as remote,
        peers.opened(context, client_kind) as socket,
    ):
        endpoint = peers.bound(remote, transport, tmp_path)
        serving = Server(server, remote, count)
        serving.start()
        socket.connect(endpoint)
        client(socket, count)
        serving.finish()


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
@pytest.mark.parametrize("pattern", peers.PATTERNS)
def test_processes(pattern, transport, count, context):
    client_kind, client, _, _ = peers.PATTERNS[pattern]
    with subprocess.Popen(
        [sys.executable, PEERS, pattern, transport, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    ) as serving:
        try:
            endpoint = serving.stdout.readline().strip()
            with peers.opened(context, client_kind) as socket:
                socket.connect(endpoint)
                client(socket, count)
            assert serving.wait(peers.TIMEOUT_MS / 1000) == 0
        finally:
            serving.kill()


@pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])
def test_poller(transport, count, context, tmp_path):
    """One zmq.Poller over two receivers and, while it can send, a sender."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        peers.opened(context, zmq.PULL) as first,
        peers.opened(context, zmq.PULL) as second,
        peers.opened(context, zmq.PUSH) as sender,
    ):
        for socket, name in ((first, "a"), (second, "b")):
            sender.connect(peers.bound(socket, transport, tmp_path / name))
        poller = zmq.Poller()
        poller.register(first, zmq.POLLIN)
        poller.register(second, zmq.POLLIN)
        poller.register(sender, zmq.POLLOUT)
        sent = 0
        received = {first: [], second: []}
        while sum(map(len, received.values())) < count:
            ready = dict(poller.poll(peers.TIMEOUT_MS))
            assert ready, f"nothing ready after {sent} sent, {received} received"
            if sender in ready:
                assert ready[sender] == zmq.POLLOUT
                sender.send(peers.body(sent), zmq.DONTWAIT)
                sent += 1
                if sent == count:
                    poller.unregister(sender)
            for socket, messages in received.items():
                if socket in ready:
                    assert ready[socket] == zmq.POLLIN
                    messages.append(socket.recv(zmq.DONTWAIT))
        # Two connected peers are served in turn; each keeps its order.
        numbers = [[int(message[:8]) for message in box] for box in received.values()]
        assert all(box == sorted(box) and box for box in numbers)
        assert sorted(sum(numbers, [])) == list(range(count))
        assert sorted(sum(received.values(), [])) == [peers.body(n) for n in range(count)]
        poller = zmq.Poller()
        poller.register(first, zmq.POLLIN)
        assert poller.poll(0) == []


@pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])
def test_large_bodies(transport, context, tmp_path):
    """Bodies that pyzmq hands over without a copy, and the tracker that says so."""
    with (
        peers.opened(context, zmq.PULL) as receiver,
        peers.opened(context, zmq.PUSH) as sender,
    ):
        sender.connect(peers.bound(receiver, transport, tmp_path))
        for size in (0, 1, 8_191, 8_192, 70_000, 1 << 20, 16 << 20):
            block = os.urandom(size)
            tracker = sender.send(block, copy=False, track=True)
            frame = receiver.recv(copy=False)
            assert frame.bytes == block
            del frame
            tracker.wait(peers.TIMEOUT_MS / 1000)
