"""What benches/run.py measures, and the targets.

`floor` is what the design must reach to be worth building on, `goal` what the
finished library is to reach; either may be missing. Ratios are ours to the
reference of the same run.
"""

from dataclasses import dataclass


# What is compared with the targets, and from which side.
KINDS = {
    "more": "ratio to the reference, at least",
    "less": "ratio to the reference, at most",
    "of raw": "ratio to the raw baseline, at most",
    "above raw": "difference to the raw baseline, at most",
    "at most": "our own value",
    "at least": "our own value",
}


@dataclass
class Metric:
    key: str                    # as the program prints it
    label: str
    unit: str                   # ns, /s, B or nothing
    kind: str                   # see KINDS
    floor: float = None
    goal: float = None


@dataclass
class Case:
    name: str
    program: str
    args: dict
    metrics: list
    baseline: dict = None       # arguments that turn it into the raw baseline
    hogs: bool = False          # beside one busy thread for each processor
    optional: bool = False      # only when named with --only
    runs: int = 1000            # never more than this many
    limit: int = 30             # seconds until its processes are ended


SIZES = {16: "16", 256: "256", 1024: "1Ki", 8192: "8Ki", 65536: "64Ki", 1 << 20: "1Mi"}

# (transport, size) -> (floor, goal)
RATE = {
    ("tcp", 16): (4, 4.5), ("tcp", 256): (4, 4.5), ("tcp", 1024): (3, 4),
    ("tcp", 8192): (None, 4), ("tcp", 65536): (2, 2.5), ("tcp", 1 << 20): (None, 1.4),
    ("ipc", 16): (4, 4.5), ("ipc", 256): (None, 4.5), ("ipc", 1024): (None, 2.5),
    ("ipc", 8192): (None, 4), ("ipc", 65536): (None, 5), ("ipc", 1 << 20): (None, 1.2),
    ("inproc", 16): (6, 8), ("inproc", 256): (None, 4),
}


def throughput(quick):
    for transport in ("tcp", "ipc", "inproc"):
        for size, label in SIZES.items():
            for api in ("buffer", "msg"):
                if quick and (api == "msg" or (size not in (16, 65536) and transport != "tcp")):
                    continue
                cpu = (0.5, 0.4) if size <= 8192 else (0.5, None)
                if transport == "inproc" and size > 8192:
                    cpu = (None, None)          # the caller's own copies are all of it
                yield Case(
                    f"throughput/{transport}/{label}/{api}", "throughput",
                    {"transport": transport, "size": size, "api": api,
                     "seconds": 0.25 if quick else 0.6},
                    [Metric("rate", "messages", "/s", "more",
                            *RATE.get((transport, size), (None, None))),
                     Metric("cpu", "cpu per message", "ns", "less", *cpu)])


def latency(quick):
    seconds = 0.5 if quick else 1.0

    def case(transport, how, size, metrics, **more):
        raw = {"tcp": {"transport": "raw-tcp"}, "ipc": {"transport": "raw-unix"}}.get(transport)
        label = "" if size == 16 else "/" + SIZES[size]
        return Case(f"latency/{transport}/{how}{label}", "latency",
                    {"transport": transport, "size": size, "seconds": seconds,
                     "pinned": how == "pinned"}, metrics, baseline=raw, **more)

    for transport in ("tcp", "ipc"):
        yield case(transport, "pinned", 16,
                   [Metric("p50", "median", "ns", "less", 0.35, 0.3),
                    Metric("p50", "median", "ns", "of raw", None, 1.15),
                    Metric("p99.9", "p99.9", "ns", "less")])
        yield case(transport, "free", 16,
                   [Metric("p50", "median", "ns", "less", 0.4, 0.25),
                    Metric("p99.9", "p99.9", "ns", "less", 1, 1)])
        yield case(transport, "pinned", 65536,
                   [Metric("p50", "median", "ns", "less", None, 0.6)])
        yield case(transport, "busy", 16,
                   [Metric("p50", "median", "ns", "less", 1.2, 1),
                    Metric("p99", "p99", "ns", "less")], hogs=True)
    for how, floor, goal in (("pinned", 0.4, 0.3), ("free", None, 0.1)):
        yield case("inproc", how, 16,
                   [Metric("p50", "median", "ns", "less", floor, goal),
                    Metric("p99.9", "p99.9", "ns", "less")])


def burst(quick):
    for transport in ("tcp", "ipc"):
        for size in (2, 10, 100, 1000):
            if quick and (transport == "ipc" or size == 10):
                continue
            args = {"transport": transport, "burst": size, "seconds": 0.5 if quick else 1.5}
            targets = (1.2, 1) if size < 1000 else (None, None)
            metrics = [Metric("p50", "last, median", "ns", "less", *targets),
                       Metric("p99", "last, p99", "ns", "less", *targets)]
            if size == 1000:
                metrics.append(Metric("p99", "last, p99", "ns", "at most", None, 250e3))
            yield Case(f"burst/{transport}/{size}", "burst", args, metrics)


def send_time(quick):
    raw = {"transport": "raw-tcp"}
    back = {"transport": "tcp", "seconds": 0.3 if quick else 0.6}
    paced = back | {"gap": 250_000, "seconds": 0.5 if quick else 1.0}
    yield Case("send/back-to-back/16", "send_time", back | {"size": 16},
               [Metric("p50", "median", "ns", "less"), Metric("p99", "p99", "ns", "less"),
                Metric("p99.9", "p99.9", "ns", "less", 0.2, 0.1)])
    yield Case("send/isolated/16", "send_time", paced | {"size": 16},
               [Metric("p50", "median", "ns", "above raw"),
                Metric("p99.9", "p99.9", "ns", "above raw", None, 2000)], baseline=raw)
    for size in (1024, 65536):
        # Beside one raw send of 64 KiB that finds room: hence paced.
        yield Case(f"send/back-to-back/{SIZES[size]}", "send_time", back | {"size": size},
                   [Metric("p50", "median", "ns", "less"),
                    Metric("p99.9", "p99.9", "ns", "above raw", None, 2000)],
                   baseline=raw | {"size": 65536, "gap": 250_000, "seconds": 0.5})


def router(quick):
    idle = 1000 if quick else 10_000
    for how in ("flood", "echo"):
        metrics = [Metric("rate", "messages", "/s", "more", 1, 1),
                   Metric("cpu", "cpu per message", "ns", "less"),
                   Metric("least", "least of one busy", "", "at least", 1, 1),
                   Metric("evenness", "least / most", "", "more")]
        if how == "flood":
            metrics += [Metric("memory", "per idle connection", "B", "less", 0.3, 0.25),
                        Metric("accept", "time to accept one", "ns", "less", 1, 1),
                        Metric("close", "time to close all", "ns", "less")]
        yield Case(f"router/{how}", "router",
                   {"idle": idle, "busy": 100, "echo": int(how == "echo"),
                    "seconds": 0.4 if quick else 1.0}, metrics, limit=60)


def idle(quick):
    for waiting in ("sleep", "poll", "recv"):
        # The reading of the clocks and the one wake-up at the end are counted too.
        yield Case(f"idle/{waiting}", "idle",
                   {"sockets": 100, "seconds": 2 if quick else 10, "waiting": waiting},
                   [Metric("cpu", "cpu", "ns", "at most", 500e3, 500e3),
                    Metric("clock_ticks", "clock ticks", "", "at most", 0, 0),
                    Metric("wakeups", "waits of all threads", "", "at most", 5, 5)], runs=1)


def publish(quick):
    for count in (8, 64):
        for lossless in (0, 1):
            yield Case(f"publish/{count}" + ("/lossless" if lossless else ""), "publish",
                       {"subscribers": count, "size": 64, "lossless": lossless,
                        "seconds": 0.3 if quick else 0.6},
                       [Metric("rate", "arrived", "/s", "more", 3, 4),
                        Metric("cpu", "cpu per arrival", "ns", "less"),
                        Metric("p99.9", "zmq_send, p99.9", "ns", "less", None, 0.1)])


def later(_quick):
    yield Case("poll/2000", "poll", {"sockets": 2000, "seconds": 0.5},
               [Metric("p50", "one zmq_poll", "ns", "less", None, 0.05)], optional=True)


def cases(quick):
    yield from throughput(quick)
    yield from latency(quick)
    yield from burst(quick)
    yield from send_time(quick)
    yield from router(quick)
    yield from idle(quick)
    yield from publish(quick)
    yield from later(quick)
