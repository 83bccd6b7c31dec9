"""Publishers and subscribers, by transport: threads, processes and asyncio.

Nothing may be lost: the marks are off, and the publisher begins when its
subscriber has said that it hears. See peers.py for both ends.
"""

import asyncio
import os
import subprocess
import sys

import pytest
import zmq.asyncio

import peers
from test_patterns import PEERS, Server

each_pattern = pytest.mark.parametrize("pattern", peers.PUBLISHERS)


@pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])
@each_pattern
def test_threads(pattern, transport, count, context, tmp_path):
    publisher, subscriber = peers.PUBLISHERS[pattern]
    with (
        peers.unlimited(peers.opened(context, publisher)) as sender,
        peers.unlimited(peers.opened(context, subscriber)) as receiver,
        peers.opened(context, zmq.REP) as begin,
        peers.opened(context, zmq.REQ) as ready,
    ):
        endpoint = peers.bound(sender, transport, tmp_path)
        ready.connect(peers.bound(begin, "tcp", tmp_path))
        publishing = Server(peers.publish, sender, begin, count)
        publishing.start()
        receiver.connect(endpoint)
        peers.follow(receiver, ready, count)
        publishing.finish()


@pytest.mark.parametrize("transport", ["tcp", "ipc"])
@each_pattern
def test_processes(pattern, transport, count, context):
    _, subscriber = peers.PUBLISHERS[pattern]
    with subprocess.Popen(
        [sys.executable, PEERS, pattern, transport, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    ) as publishing:
        try:
            endpoint, begin = publishing.stdout.readline().split()
            with (
                peers.unlimited(peers.opened(context, subscriber)) as receiver,
                peers.opened(context, zmq.REQ) as ready,
            ):
                ready.connect(begin)
                receiver.connect(endpoint)
                peers.follow(receiver, ready, count)
            assert publishing.wait(peers.TIMEOUT_MS / 1000) == 0
        finally:
            publishing.kill()


@pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])
@each_pattern
def test_asyncio(pattern, transport, count, tmp_path):
    publisher, subscriber = peers.PUBLISHERS[pattern]

    async def exchange():
        with zmq.asyncio.Context() as context:
            with (
                peers.unlimited(context.socket(publisher)) as sender,
                peers.unlimited(context.socket(subscriber)) as receiver,
                context.socket(zmq.REP) as begin,
                context.socket(zmq.REQ) as ready,
            ):
                receiver.connect(peers.bound(sender, transport, tmp_path))
                ready.connect(peers.bound(begin, "tcp", tmp_path))
                await asyncio.wait_for(
                    asyncio.gather(
                        peers.async_publish(sender, begin, count),
                        peers.async_follow(receiver, ready, count),
                    ),
                    900,
                )

    asyncio.run(exchange())


@pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])
def test_subscriptions_change(transport, context, tmp_path):
    """An XPUB hears of each first and last subscription; a SUB of what it wants."""
    with (
        peers.opened(context, zmq.XPUB) as sender,
        peers.opened(context, zmq.SUB) as receiver,
    ):
        receiver.connect(peers.bound(sender, transport, tmp_path))
        for topic in (b"a", b"b", b"a"):
            receiver.subscribe(topic)
        assert [sender.recv(), sender.recv()] == [b"\1a", b"\1b"]
        receiver.unsubscribe(b"a")
        receiver.unsubscribe(b"b")
        assert sender.recv() == b"\0b"
        for message in (b"another", b"b", b"apple"):
            sender.send(message)
        assert [receiver.recv(), receiver.recv()] == [b"another", b"apple"]
        receiver.unsubscribe(b"a")
        assert sender.recv() == b"\0a"
        sender.send(b"another")
        assert not receiver.poll(50)
