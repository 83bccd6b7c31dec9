"""What benches/run.py measures, and the targets.

`floor` is what the design must reach to be worth building on, `goal` what the
finished library is to reach; either may be missing. Ratios are ours to the
reference of the same run.
"""

from dataclasses import dataclass


@dataclass
class Metric:
    key: str                    # as the program prints it
    label: str
    unit: str                   # ns, /s, B or nothing
    kind: str                   # more, less: ratio to the reference; of raw: ratio
    floor: float = None         # to the baseline; above raw: difference to it;
    goal: float = None          # at most: our own value


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


def cases(quick):
    yield from throughput(quick)
    yield from latency(quick)
