"""The patterns through zmq.asyncio, which lives on ZMQ_FD and ZMQ_EVENTS."""

import asyncio

import pytest
import zmq.asyncio

import peers


@pytest.mark.parametrize("transport", ["tcp", "ipc", "inproc"])
@pytest.mark.parametrize("pattern", peers.ASYNC_PATTERNS)
def test_asyncio(pattern, transport, count, tmp_path):
    client_kind, client, server_kind, server = peers.ASYNC_PATTERNS[pattern]

    async def exchange():
        with zmq.asyncio.Context() as context:
            with (
                peers.opened(context, server_kind, timeout=None) as remote,
                peers.opened(context, client_kind, timeout=None) as socket,
            ):
                socket.connect(peers.bound(remote, transport, tmp_path))
                await asyncio.wait_for(
                    asyncio.gather(client(socket, count), server(remote, count)), 900
                )

    asyncio.run(exchange())


def test_poller_wakes_for_a_late_message(tmp_path):
    """An asyncio poller that already waits sees a message sent afterwards."""

    async def exchange():
        with zmq.asyncio.Context() as context:
            with context.socket(zmq.PULL) as receiver, context.socket(zmq.PUSH) as sender:
                sender.connect(peers.bound(receiver, "tcp", tmp_path))
                poller = zmq.asyncio.Poller()
                poller.register(receiver, zmq.POLLIN)
                assert await poller.poll(0) == []
                for number in range(100):
                    waiting = asyncio.ensure_future(poller.poll(peers.TIMEOUT_MS))
                    await asyncio.sleep(0)
                    await sender.send(peers.body(number))
                    assert await waiting == [(receiver, zmq.POLLIN)]
                    assert await receiver.recv() == peers.body(number)

    asyncio.run(exchange())
