#!/usr/bin/env python3
"""Measures our library beside libzmq, interleaved, and prints ratios of medians.

Compiles the programs of benches/c once, runs each case alternately with either
library (chosen with LD_LIBRARY_PATH, verified by what the program says it is
served by), and compares medians with the targets written here. The exit status
is 1 when a program failed or the wrong library served it, never because a
target was missed. Needs Python 3 and a C compiler, nothing else; ends only
processes it started, and each of them is bounded in time.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from cases import cases

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


def options():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--ours", type=pathlib.Path, default=ROOT / "target/release/libzmq.so")
    p.add_argument("--reference", type=pathlib.Path, help="default: the system's libzmq.so.5")
    p.add_argument("--runs", type=int, help="interleaved runs of each case (5; 3 with --quick)")
    p.add_argument("--quick", action="store_true", help="fewer cases, shorter: a first impression")
    p.add_argument("--only", help="comma-separated beginnings of case names; also starts optional ones")
    p.add_argument("--list", action="store_true", help="names of the cases, then end")
    p.add_argument("--json", type=pathlib.Path, help="write every single value here")
    p.add_argument("--budget", type=float, help="start no new case after so many seconds")
    o = p.parse_args()
    if o.runs is not None and o.runs < 5 and not o.quick:
        p.error("--runs is at least 5; fewer says little (use --quick for a first impression)")
    o.runs = o.runs or (3 if o.quick else 5)
    o.budget = o.budget or (600 if o.quick else 3600)
    return o


def system_library():
    for tool in ("ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"):
        if shutil.which(tool):
            listing = subprocess.run([tool, "-p"], capture_output=True, text=True).stdout
            found = re.search(r"libzmq\.so\.5 .*=> (\S+)", listing)
            if found:
                return pathlib.Path(found.group(1))
    sys.exit("no libzmq.so.5 on this system: name one with --reference")


class Library:
    """A directory that holds one library under the name programs ask for."""

    def __init__(self, name, path, work):
        if not path.exists():
            sys.exit(f"{name}: {path} does not exist")
        self.name, self.path, self.directory = name, path.resolve(), work / name
        self.directory.mkdir()
        for link in ("libzmq.so.5", "libzmq.so"):
            (self.directory / link).symlink_to(self.path)


def compile_programs(names, library, work):
    header = ROOT / "include" if (ROOT / "include/zmq.h").exists() else None
    for name in names:
        sources = [HERE / "c" / f for f in ("bench.c", "zmtp.c", f"{name}.c")]
        subprocess.run(
            [os.environ.get("CC", "cc"), "-O2", "-std=gnu11", "-Wall", "-Wextra",
             *(["-I", header] if header else []), *sources, "-o", work / name,
             "-L", library.directory, "-lzmq", "-lpthread", "-ldl"], check=True)


class Bench:
    def __init__(self, opts, work, ours, reference):
        self.opts, self.work, self.ours, self.reference = opts, work, ours, reference
        self.processors = sorted(os.sched_getaffinity(0))
        self.failures = 0

    def environment(self, library):
        env = {k: v for k, v in os.environ.items() if not k.startswith("LD_")}
        return env | {"LD_LIBRARY_PATH": str(library.directory), "TMPDIR": str(self.work)}

    def start(self, program, args, library):
        words = [f"{k}={v}" for k, v in args.items()]
        return subprocess.Popen([self.work / program, *words], env=self.environment(library),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, start_new_session=True)

    def arguments(self, case, args):
        args = dict(args, limit=case.limit)
        if args.pop("pinned", False):
            args["pin"] = self.processors[-1]
        return args

    def run(self, case, args, library):
        """One measurement: key -> number, or None when it failed."""
        process = self.start(case.program, self.arguments(case, args), library)
        try:
            out, err = process.communicate(timeout=case.limit + 10)
        except BaseException as stop:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            if not isinstance(stop, subprocess.TimeoutExpired):
                raise
        found = dict(line.split(" ", 1) for line in out.splitlines())
        served = found.pop("library", "no library")
        if process.returncode == 0 and os.path.realpath(served) != str(library.path):
            err, process.returncode = f"served by {served}", 1
        if process.returncode:
            self.failures += 1
            print(f"{case.name}: {library.name} failed: {err.strip() or process.returncode}",
                  flush=True)
            return None
        found.pop("version", None)
        return {k: float(v) for k, v in found.items()}

    def measure(self, case):
        """Ours, reference, baseline, ours, ... : name -> list of measurements."""
        plan = [("ours", case.args, self.ours), ("reference", case.args, self.reference)]
        if case.baseline:
            plan.append(("baseline", case.args | case.baseline, self.reference))
        results = {name: [] for name, _, _ in plan}
        hogs = []
        try:
            if case.hogs:
                hogs = [self.start("hog", {"pin": n, "limit": 600}, self.reference)
                        for n in self.processors]
            for _ in range(min(self.opts.runs, case.runs)):
                for name, args, library in plan:
                    found = self.run(case, args, library)
                    if found:
                        results[name].append(found)
                    else:       # do not wait for it again
                        plan = [p for p in plan if p[0] != name]
        finally:
            for hog in hogs:
                hog.kill()
                hog.communicate()
        return results


def median(results, name, key):
    values = [r[key] for r in results.get(name, []) if key in r]
    return statistics.median(values) if values else None


UNITS = {
    "ns": ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")),
    "/s": ((1e6, "M/s"), (1e3, "k/s"), (1, "/s")),
    "B": ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B")),
    "": ((1, ""),),
}


def shown(value, unit):
    if value is None:
        return "-"
    size, name = next((u for u in UNITS[unit] if abs(value) >= u[0]), UNITS[unit][-1])
    return f"{value / size:.3g} {name}".strip()


def verdict(metric, compared):
    if compared is None:
        return "not measured"
    least = metric.kind in ("more", "at least")
    reaches = (lambda t: compared >= t) if least else (lambda t: compared <= t)
    floor, goal = metric.floor, metric.goal
    if floor is None and goal is None:
        return ""
    if goal is not None and reaches(goal):
        return "met"
    if floor is not None and reaches(floor):
        return "met" if goal is None else "floor met"
    return "missed"


def compare(metric, ours, reference, baseline):
    """The number the targets speak of."""
    if ours is None:
        return None
    if metric.kind in ("at most", "at least"):
        return ours
    if metric.kind == "above raw":
        return None if baseline is None else ours - baseline
    other = baseline if metric.kind == "of raw" else reference
    return ours / other if other else None


def spread(metric, results):
    """The smallest and the largest ratio of a run of ours to the one after it."""
    pairs = zip(results["ours"], results["reference"])
    ratios = [a[metric.key] / b[metric.key] for a, b in pairs if b.get(metric.key)]
    return (min(ratios), max(ratios)) if ratios else None


COLUMNS = "{:<26} {:<20} {:>9} {:>9} {:>9} {:>9} {:>11} {:>9} {:>9}  {}"


def rows(case, results):
    for metric in case.metrics:
        medians = [median(results, n, metric.key) for n in ("ours", "reference", "baseline")]
        compared = compare(metric, *medians)
        absolute = metric.kind in ("at most", "at least", "above raw")
        ranges = spread(metric, results) if metric.kind in ("more", "less") else None
        show = (lambda v: shown(v, metric.unit)) if absolute else (
            lambda v: "-" if v is None else f"{v:.2f}×")
        sign = "≥ " if metric.kind in ("more", "at least") else "≤ "
        target = [sign + show(t) if t is not None else "" for t in (metric.floor, metric.goal)]
        said = verdict(metric, compared)
        if metric.kind in ("of raw", "above raw"):
            said = f"{said} (to raw)".strip()
        yield {"case": case.name, "metric": metric.key, "kind": metric.kind,
               "ours": medians[0], "reference": medians[1], "baseline": medians[2],
               "compared": compared, "spread": ranges, "floor": metric.floor, "goal": metric.goal,
               "verdict": verdict(metric, compared),
               "line": COLUMNS.format(case.name, metric.label,
                                      *(shown(m, metric.unit) for m in medians),
                                      show(compared),
                                      "{:.2f}–{:.2f}".format(*ranges) if ranges else "",
                                      *target, said)}


def chosen(opts):
    wanted = opts.only.split(",") if opts.only else None
    for case in cases(opts.quick):
        if wanted is None:
            if not case.optional:
                yield case
        elif any(case.name.startswith(w) for w in wanted):
            yield case


def main():
    opts = options()
    plan = list(chosen(opts))
    if opts.list:
        print("\n".join(c.name + (" (optional)" if c.optional else "") for c in plan))
        return 0
    if not plan:
        sys.exit("no such case; see --list")
    began = time.monotonic()
    record = []
    with tempfile.TemporaryDirectory(prefix="zmq-bench-") as directory:
        work = pathlib.Path(directory)
        reference = Library("reference", opts.reference or system_library(), work)
        ours = Library("ours", opts.ours, work)
        compile_programs({c.program for c in plan} | {"hog"}, reference, work)
        bench = Bench(opts, work, ours, reference)
        print(f"ours      {ours.path}\nreference {reference.path}\n"
              f"{opts.runs} interleaved runs, medians; {len(bench.processors)} processors, "
              f"load {os.getloadavg()[0]:.2f} at the start\n")
        print(COLUMNS.format("case", "what", "ours", "reference", "raw", "compared",
                             "runs", "floor", "goal", ""))
        for case in plan:
            if time.monotonic() - began > opts.budget:
                print(f"{case.name}: not run, the budget is used up")
                continue
            results = bench.measure(case)
            table = list(rows(case, results))
            for row in table:
                print(row.pop("line"), flush=True)
            record.append({"case": case.name, "rows": table, "runs": results})
    if opts.json:
        opts.json.write_text(json.dumps(record, indent=1))
    said = [row["verdict"] for entry in record for row in entry["rows"]]
    print("\n" + ", ".join(f"{said.count(v)} {v}" for v in
                           ("met", "floor met", "missed", "not measured") if v in said)
          + f"; {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.2f} at the end")
    return 1 if bench.failures else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(1)
