"""The two ends of every pattern under test, and a way to run one elsewhere.

A *client* and a *server* function for each pattern exchange `count` messages
over sockets they are given and check every body and its order. The server
binds. `python peers.py PATTERN TRANSPORT COUNT` is the server in a process of
its own: it prints its endpoints, serves, and exits with 0 when all was right.
"""

import asyncio
import sys
import tempfile

import zmq
import zmq.asyncio

import served

TIMEOUT_MS = 60_000
# Requests under way in a pipelined exchange. A ROUTER drops what its peer has no
# room for, and what the peer has already answered may still count as under way
# for a moment; so twice the window stays below the high-water mark.
WINDOW = 400


def body(number):
    """Message `number`: its own number, padded to between 8 and 71 bytes."""
    return b"%08d" % number + b"." * (number % 64)


def expect(got, wanted):
    assert got == wanted, f"got {got!r} instead of {wanted!r}"


# --- patterns ----------------------------------------------------------------


def push(socket, count):
    for number in range(count):
        socket.send(body(number))


def pull(socket, count):
    for number in range(count):
        expect(socket.recv(), body(number))


def request(socket, count):
    for number in range(count):
        socket.send(body(number))
        expect(socket.recv(), b"re:" + body(number))


def reply(socket, count):
    for number in range(count):
        message = socket.recv()
        expect(message, body(number))
        socket.send(b"re:" + message)


def dealer(socket, count):
    for number in range(count + WINDOW):
        if number < count:
            socket.send_multipart([b"", body(number), b"end"])
        if number >= WINDOW:
            expect(socket.recv_multipart(), [b"", body(number - WINDOW), b"end"])


def router(socket, count):
    for number in range(count):
        frames = socket.recv_multipart()
        expect(frames[1:], [b"", body(number), b"end"])
        socket.send_multipart(frames)


def pair_first(socket, count):
    for number in range(count + WINDOW):
        if number < count:
            socket.send(body(number))
        if number >= WINDOW:
            expect(socket.recv(), body(number - WINDOW))


def pair_second(socket, count):
    for number in range(count):
        message = socket.recv(copy=False)  # the zero-copy way through pyzmq
        expect(message.bytes, body(number))
        socket.send(message, copy=False)


# A publisher has no way to know who listens: with each pattern goes a REP socket,
# bound by the publisher, on which the subscriber says that it hears. Every body
# goes to three topics, of which the subscriber wants one.
TOPICS = (b"unwanted", b"wanted", b"want")


def unlimited(socket):
    """Nothing is dropped: what comes late was counted."""
    socket.sndhwm = socket.rcvhwm = 0
    return socket


def publish(socket, begin, count):
    while not begin.poll(1):
        socket.send(b"ready?")
    begin.recv()
    for number in range(count):
        for topic in TOPICS:
            socket.send_multipart([topic, body(number)])
    begin.send(b"published")


def subscribe(socket, topic):
    if socket.type == zmq.SUB:
        socket.subscribe(topic)
    else:
        socket.send(b"\1" + topic)


def follow(socket, begin, count):
    subscribe(socket, b"wanted")
    subscribe(socket, b"ready")
    frames = socket.recv_multipart()
    begin.send(b"I hear")
    while frames == [b"ready?"]:
        frames = socket.recv_multipart()
    for number in range(count):
        expect(frames, [b"wanted", body(number)])
        frames = socket.recv_multipart() if number + 1 < count else None
    expect(begin.recv(), b"published")


# name: (publisher's socket type, subscriber's)
PUBLISHERS = {
    "pub_sub": (zmq.PUB, zmq.SUB),
    "xpub_sub": (zmq.XPUB, zmq.SUB),
    "pub_xsub": (zmq.PUB, zmq.XSUB),
    "xpub_xsub": (zmq.XPUB, zmq.XSUB),
}

# name: (client's socket type, client, server's socket type, server)
PATTERNS = {
    "push_pull": (zmq.PUSH, push, zmq.PULL, pull),
    "req_rep": (zmq.REQ, request, zmq.REP, reply),
    "dealer_router": (zmq.DEALER, dealer, zmq.ROUTER, router),
    "pair": (zmq.PAIR, pair_first, zmq.PAIR, pair_second),
}

# --- the same through asyncio ------------------------------------------------


async def async_push(socket, count):
    for number in range(count):
        await socket.send(body(number))


async def async_pull(socket, count):
    for number in range(count):
        expect(await socket.recv(), body(number))


async def async_request(socket, count):
    for number in range(count):
        await socket.send(body(number))
        expect(await socket.recv(), b"re:" + body(number))


async def async_reply(socket, count):
    for number in range(count):
        message = await socket.recv()
        expect(message, body(number))
        await socket.send(b"re:" + message)


async def async_dealer(socket, count):
    for number in range(count + WINDOW):
        if number < count:
            await socket.send_multipart([b"", body(number), b"end"])
        if number >= WINDOW:
            expect(await socket.recv_multipart(), [b"", body(number - WINDOW), b"end"])


async def async_router(socket, count):
    for number in range(count):
        frames = await socket.recv_multipart()
        expect(frames[1:], [b"", body(number), b"end"])
        await socket.send_multipart(frames)


async def async_publish(socket, begin, count):
    while not await begin.poll(1):
        await socket.send(b"ready?")
    await begin.recv()
    for number in range(count):
        for topic in TOPICS:
            await socket.send_multipart([topic, body(number)])
    await begin.send(b"published")


async def async_follow(socket, begin, count):
    for topic in (b"wanted", b"ready"):
        if socket.type == zmq.SUB:
            socket.subscribe(topic)
        else:
            await socket.send(b"\1" + topic)
    frames = await socket.recv_multipart()
    await begin.send(b"I hear")
    while frames == [b"ready?"]:
        frames = await socket.recv_multipart()
    for number in range(count):
        expect(frames, [b"wanted", body(number)])
        frames = await socket.recv_multipart() if number + 1 < count else None
    expect(await begin.recv(), b"published")


ASYNC_PATTERNS = {
    "push_pull": (zmq.PUSH, async_push, zmq.PULL, async_pull),
    "req_rep": (zmq.REQ, async_request, zmq.REP, async_reply),
    "dealer_router": (zmq.DEALER, async_dealer, zmq.ROUTER, async_router),
}

# --- sockets and endpoints ---------------------------------------------------


def wildcard(transport, folder):
    """An endpoint to bind that no one else can have."""
    return {
        "tcp": "tcp://127.0.0.1:*",
        "ipc": f"ipc://{folder}/socket",
        "inproc": f"inproc://{folder}",
    }[transport]


def opened(context, kind, timeout=TIMEOUT_MS):
    """A socket that gives up, so that a lost message fails instead of hanging."""
    socket = context.socket(kind)
    if timeout:
        socket.rcvtimeo = socket.sndtimeo = timeout
    return socket


def bound(socket, transport, folder):
    """Binds and returns the endpoint to connect to."""
    socket.bind(wildcard(transport, folder))
    return socket.last_endpoint.decode().rstrip("\0")


def serve(pattern, transport, count):
    """The server's end of a pattern, in this process."""
    served.check()
    if pattern in PUBLISHERS:
        serve_publisher(pattern, transport, count)
        return
    _, _, kind, server = PATTERNS[pattern]
    with tempfile.TemporaryDirectory() as folder, zmq.Context() as context:
        with opened(context, kind) as socket:
            print(bound(socket, transport, folder), flush=True)
            server(socket, count)


def serve_publisher(pattern, transport, count):
    kind, _ = PUBLISHERS[pattern]
    with tempfile.TemporaryDirectory() as folder, zmq.Context() as context:
        with unlimited(opened(context, kind)) as socket, opened(context, zmq.REP) as begin:
            print(bound(socket, transport, folder), bound(begin, "tcp", folder), flush=True)
            publish(socket, begin, count)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
