#!/usr/bin/env python3
"""Runs the C programs of this directory against two builds of libzmq.

    run.py [options] [name ...]       names select programs, e.g. "poll" or "flow/hwm"
    run.py interop [options] [text ...]   one library on each side of a connection

Every capi-tests/*/*.c is compiled once, against the header of this repository,
and run with each library in turn; exit status and standard output must be
equal. The first lines of a program may be directives:

    // differs: REASON     ours must say what NAME.expected says instead
    // ours-only: REASON   the reference is not asked; exit status 0, and
                           NAME.expected if there is one
    // breaks: HOW         the same, and the reference must fail: that it does
                           is what the program shows
    // slow: REASON        only with --slow
    // args: A B           arguments for the program
    // slow-args: A B      arguments with --slow
    // unwrapped: REASON   not with --wrap
    // limit: N            seconds it may take (default 120)
    // slow-limit: N       seconds it may take with --slow

What fails while the machine stands still is run again, and said to be: nothing can
be told from time that no program was given. What fails again has failed.

The last line is "N passed, N failed, N skipped". Nothing here starts a
program that the repository does not contain, and nothing outlives the run.
"""

import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
NOT_PROGRAMS = {"header", "interop", "build"}


class Machine:
    """Knows when the machine stood still: a nap took seconds that should take none."""

    STILL = 1.5

    def __init__(self):
        self.stops = []
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while True:
            begun = time.monotonic()
            time.sleep(0.05)
            if (took := time.monotonic() - begun) > self.STILL:
                self.stops.append((begun, took))

    def stood_still(self, since):
        """The longest such time since then, in seconds, or 0."""
        return max((took for begun, took in self.stops if begun + took > since), default=0)

    def attempt(self, judge):
        """Calls judge() for (verdict, words), and up to twice more if it was disturbed."""
        for _ in range(3):
            begun = time.monotonic()
            verdict, words = judge()
            time.sleep(0.1)  # the watch may be late itself
            if verdict == "pass" or not (still := self.stood_still(begun)):
                break
            print(f"again: the machine stood still for {still:.1f} s:\n{words}", flush=True)
        return verdict, words


class Program:
    """One C file and what its directives ask for."""

    def __init__(self, source):
        self.source = source
        self.name = f"{source.parent.name}/{source.stem}"
        self.expected = source.with_suffix(".expected")
        self.directives = {}
        for line in source.read_text().splitlines():
            found = re.match(r"// ([a-z-]+):\s*(.*)", line)
            if not found:
                break
            self.directives[found[1]] = found[2]

    def has(self, directive):
        return directive in self.directives

    def arguments(self, slow):
        words = self.directives.get("args", "")
        if slow:
            words = self.directives.get("slow-args", words)
        return words.split()

    def limit(self, slow):
        seconds = self.directives.get("limit", "120")
        if slow:
            seconds = self.directives.get("slow-limit", seconds)
        return float(seconds)


def find_programs(names):
    sources = sorted(HERE.glob("*/*.c"))
    programs = [Program(s) for s in sources if s.parent.name not in NOT_PROGRAMS]
    if not names:
        return programs
    chosen = [p for p in programs if any(p.name == n or p.name.startswith(n.rstrip("/") + "/")
                                         for n in names)]
    if not chosen:
        sys.exit(f"run.py: no program is called {' or '.join(names)}")
    return chosen


def system_library():
    """The libzmq.so.5 the system's loader would take, or None."""
    for command in ("ldconfig", "/sbin/ldconfig"):
        try:
            listing = subprocess.run([command, "-p"], capture_output=True, text=True).stdout
        except FileNotFoundError:
            continue
        found = re.search(r"libzmq\.so\.5 .*=> (\S+)", listing)
        if found:
            return pathlib.Path(found[1])
    return None


def library_directory(library, scratch, label):
    """A directory in which the given library is called libzmq.so.5."""
    directory = pathlib.Path(scratch) / f"lib-{label}"
    directory.mkdir()
    (directory / "libzmq.so.5").symlink_to(pathlib.Path(library).resolve())
    return directory


def compile_program(source, output_directory, library_dir):
    """Compiles one C file; returns (binary, None) or (None, compiler's words)."""
    binary = output_directory / f"{source.parent.name}-{source.stem}"
    header = ROOT / "include" / "zmq.h"
    inputs = [source, HERE / "support.h", header, *HERE.glob("*/*.h")]
    newest = max(p.stat().st_mtime for p in inputs if p.exists())
    if binary.exists() and binary.stat().st_mtime > newest:
        return binary, None
    fresh = binary.with_name(f"{binary.name}.{os.getpid()}")
    command = ["cc", "-std=gnu99", "-O1", "-g", "-Wall", "-Wextra", "-Werror", f"-I{HERE}"]
    if header.exists():
        command.append(f"-I{header.parent}")
    command += ["-pthread", str(source), "-o", str(fresh),
                f"-L{library_dir}", "-l:libzmq.so.5", "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return None, done.stderr
    os.replace(fresh, binary)
    return binary, None


class Outcome:
    """What one run of a program left."""

    def __init__(self, status, stdout, stderr):
        self.status, self.stdout, self.stderr = status, stdout, stderr

    def same(self, other):
        return self.status == other.status and self.stdout == other.stdout


def status_name(code):
    if code is None:
        return "ran out of time"
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit status {code}"


def run_program(binary, arguments, library_dir, limit, wrap):
    """Runs in a directory of its own, in a process group that is ended with it."""
    environment = dict(os.environ, LD_LIBRARY_PATH=str(library_dir))
    with tempfile.TemporaryDirectory(prefix="zt") as scratch:
        child = subprocess.Popen([*wrap, str(binary), *arguments], cwd=scratch, env=environment,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, start_new_session=True)
        try:
            stdout, stderr = child.communicate(timeout=limit)
            code = status_name(child.returncode)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            stdout, stderr = child.communicate()
            code = status_name(None)
    return Outcome(code, stdout.decode(errors="replace"), stderr.decode(errors="replace"))


def difference(expected, got, expected_label):
    lines = difflib.unified_diff(expected.splitlines(), got.splitlines(),
                                 expected_label, "ours", lineterm="", n=2)
    return "\n".join(lines)


def compared(program):
    """Whether the reference says what is expected."""
    return not program.has("ours-only") and not program.has("breaks")


def judge_reference(program, binary, reference, wanted, arguments, limit):
    """Ours is right. Where the reference is said to break, it must not be; to hang is
    to break, and is not waited for much longer than ours took."""
    if not program.has("breaks") or not reference:
        return "pass", ""
    its = run_program(binary, arguments, reference, limit, [])
    if not its.same(wanted):
        return "pass", ""
    return "FAIL", f"the reference does not break: {program.directives['breaks']}"


def judge(program, binary, libraries, options):
    """Runs one program and returns (verdict, what to print below it)."""
    arguments, limit = program.arguments(options.slow), program.limit(options.slow)
    wrap = shlex.split(options.wrap)
    limit *= 20 if wrap else 1
    begun = time.monotonic()
    ours = run_program(binary, arguments, libraries["ours"], limit, wrap)
    took = time.monotonic() - begun
    wanted, label = Outcome(status_name(0), ours.stdout, ""), "expected"
    if program.expected.exists():
        wanted.stdout = program.expected.read_text()
    elif compared(program) and libraries["reference"]:
        wanted = run_program(binary, arguments, libraries["reference"], limit, [])
        label = "reference"
        if wanted.status != status_name(0):
            return "FAIL", f"the reference: {wanted.status}\n{wanted.stdout[-2000:]}{wanted.stderr}"
    if ours.same(wanted):
        return judge_reference(program, binary, libraries["reference"], wanted, arguments,
                               min(limit, 10 + 3 * took))
    words = []
    if ours.status != wanted.status:
        words.append(f"ours: {ours.status}; {label}: {wanted.status}")
        words.append("ours ended with:\n" + ours.stdout[-500:].rstrip())
    if ours.stderr:
        words.append("ours wrote to standard error:\n" + ours.stderr[-2000:].rstrip())
    if ours.stdout != wanted.stdout:
        words.append(difference(wanted.stdout, ours.stdout, label))
    return "FAIL", "\n".join(words)


def skip_reason(program, options):
    if program.has("unwrapped") and options.wrap:
        return program.directives["unwrapped"]
    return "slow" if program.has("slow") and not options.slow else None


def run_all(options, libraries):
    build = pathlib.Path(options.build or HERE / "build")
    build.mkdir(parents=True, exist_ok=True)
    counts = {"pass": 0, "FAIL": 0, "skip": 0}
    machine = Machine()

    def one(program):
        reason = skip_reason(program, options)
        if reason:
            return program, "skip", reason, 0.0
        begun = time.monotonic()
        binary, words = compile_program(program.source, build, libraries["ours"])
        if binary is None:
            return program, "FAIL", words, 0.0
        for _ in range(options.repeat):
            verdict, words = machine.attempt(lambda: judge(program, binary, libraries, options))
            if verdict != "pass":
                break
        return program, verdict, words, time.monotonic() - begun

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for program, verdict, words, seconds in pool.map(one, find_programs(options.names)):
            counts[verdict] += 1
            if verdict == "skip":
                print(f"skip  {program.name} ({words})")
                continue
            print(f"{verdict}  {program.name}  {seconds:.1f} s")
            if words:
                print("      " + words.replace("\n", "\n      "))
            sys.stdout.flush()
    return counts


def run_interop(options, libraries):
    sys.path.insert(0, str(HERE / "interop"))
    sys.dont_write_bytecode = True
    import drive  # pylint: disable=import-outside-toplevel
    build = pathlib.Path(options.build or HERE / "build")
    build.mkdir(parents=True, exist_ok=True)
    for program in ("cut", "peer"):
        source = HERE / "interop" / f"{program}.c"
        binary, words = compile_program(source, build, libraries["ours"])
        if binary is None:
            sys.exit(words)
    if not libraries["reference"]:
        sys.exit("run.py: interop needs a reference library")
    return drive.run(binary, libraries, options, Machine())


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help='programs or directories; or "interop"')
    parser.add_argument("--ours", default=str(ROOT / "target" / "release" / "libzmq.so"))
    parser.add_argument("--reference", default=None, help="default: the system's libzmq.so.5")
    parser.add_argument("--build", default=None, help="where compiled programs are kept")
    parser.add_argument("--slow", action="store_true", help="run slow programs and long versions")
    parser.add_argument("--repeat", type=int, default=1, help="runs of each program")
    parser.add_argument("--wrap", default="", help="a command to run ours under, e.g. valgrind")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(arguments)


def main():
    options = parse(sys.argv[1:])
    if not pathlib.Path(options.ours).exists():
        sys.exit(f"run.py: {options.ours} does not exist; build the library first")
    reference = options.reference or system_library()
    if reference is None:
        print("no reference libzmq.so.5 on this system: programs are only run against ours")
    with tempfile.TemporaryDirectory(prefix="zt-lib") as scratch:
        libraries = {
            "ours": library_directory(options.ours, scratch, "ours"),
            "reference": reference and library_directory(reference, scratch, "reference"),
        }
        if options.names[:1] == ["interop"]:
            del options.names[0]
            counts = run_interop(options, libraries)
        else:
            counts = run_all(options, libraries)
    print(f"{counts['pass']} passed, {counts['FAIL']} failed, {counts['skip']} skipped")
    return 1 if counts["FAIL"] else 0


if __name__ == "__main__":
    sys.exit(main())
