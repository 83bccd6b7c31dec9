"""Conversations between two processes with a different library on each side.

Called by run.py as `run.py interop`. Every valid pair of the core socket types
talks over tcp and ipc, with either side binding and either library on either
side; then one side is killed and started again, several times, while the other
must go on. The content of every message is checked by interop/peer.c. At last a
connection is cut in mid-stream, again and again, by interop/cut.c, which checks
what that may lose. Only children started here are killed, by their process id.
"""

import concurrent.futures
import itertools
import os
import pathlib
import queue
import signal
import subprocess
import tempfile
import threading
import time

# first side, its role, second side, its role
PAIRS = [
    ("PUSH", "send", "PULL", "recv"),
    ("REQ", "ask", "REP", "answer"),
    ("REQ", "ask", "ROUTER", "answer"),
    ("DEALER", "ask-rep", "REP", "answer"),
    ("DEALER", "ask", "ROUTER", "answer"),
    ("DEALER", "ask", "DEALER", "answer"),
    ("ROUTER", "ask-id", "DEALER", "answer"),
    ("ROUTER", "ask-id", "ROUTER", "answer"),
    ("PAIR", "ask", "PAIR", "answer"),
    ("PAIR", "send", "PAIR", "recv"),
    ("DEALER", "send", "DEALER", "recv"),
    ("PUB", "publish", "SUB", "subscribe"),
    ("PUB", "publish", "XSUB", "subscribe"),
    ("XPUB", "publish", "SUB", "subscribe"),
    ("XPUB", "publish", "XSUB", "subscribe"),
]
SMALL = "0,1,2,28,29,30,32,33,34,63,64,254,255,256,257,1000,8191,8192,8193,65535,65536,70000"
MIXED = SMALL + ",1048576,3000001"
HUGE = str(100 << 20)
# first side, which binds, and second side, of a connection that is cut
CUT_PAIRS = [("PUSH", "PULL"), ("PULL", "PUSH"), ("DEALER", "DEALER"), ("PUB", "SUB"), ("SUB", "PUB"),
             ("ROUTER", "DEALER"), ("DEALER", "ROUTER"), ("PAIR", "PAIR"), ("REP", "REQ"), ("REQ", "REP")]
# How long a side may take, in seconds, for what it is expected to do.
PATIENCE = 60
TRANSPORTS = {"tcp": "tcp://127.0.0.1:*", "ipc": "ipc://interop"}


class Side:
    """One running peer; its lines of output arrive in a queue."""

    def __init__(self, binary, library_dir, cwd, arguments):
        environment = dict(os.environ, LD_LIBRARY_PATH=str(library_dir))
        self.child = subprocess.Popen([str(binary), *arguments], cwd=cwd, env=environment,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True)
        self.lines, self.said = queue.Queue(), []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.child.stdout:
            self.lines.put(line.rstrip())
        self.lines.put(None)

    def wait_line(self, word, limit):
        """The next line that begins with the word; None if the peer ends or is silent."""
        end = time.monotonic() + limit
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                return None
            if line is None:
                return None
            if not line.startswith("progress"):
                self.said.append(line)
            if line.startswith(word):
                return line

    def forget_lines(self):
        """Drops what has been said so far."""
        while not self.lines.empty():
            line = self.lines.get()
            if line is None:
                self.lines.put(None)
                return
            if not line.startswith("progress"):
                self.said.append(line)

    def begin(self):
        """Tells a publisher that its subscriber listens."""
        self.child.stdin.write("begin\n")
        self.child.stdin.flush()

    def kill(self):
        if self.child.poll() is None:
            os.kill(self.child.pid, signal.SIGKILL)
            self.child.wait()
        self.child.stdin.close()

    def words(self):
        self.forget_lines()
        return " / ".join(self.said[-3:]) or "nothing"


class Conversation:
    """Who speaks to whom, on which transport, with which libraries."""

    def __init__(self, pair, transport, first_binds, first_library, sizes, count):
        self.types, self.roles = (pair[0], pair[2]), (pair[1], pair[3])
        self.transport, self.first_binds = transport, first_binds
        other = {"ours": "reference", "reference": "ours"}[first_library]
        self.libraries = (first_library, other)
        self.sizes, self.count = sizes, count

    def name(self):
        sides = [f"{t} {r} ({l}{', binds' if (i == 0) == self.first_binds else ''})"
                 for i, (t, r, l) in enumerate(zip(self.types, self.roles, self.libraries))]
        return f"{self.transport}: {sides[0]} - {sides[1]}"

    def start(self, which, endpoint, build, libraries, cwd):
        binds = (which == 0) == self.first_binds
        arguments = ["bind" if binds else "connect", self.types[which], endpoint,
                     self.roles[which], str(self.count), self.sizes]
        return Side(build, libraries[self.libraries[which]], cwd, arguments)


def await_both(sides, limit):
    """Exit statuses, as soon as both have ended, one has failed or time is up."""
    end = time.monotonic() + limit
    while True:
        status = [side.child.poll() for side in sides]
        if None not in status or any(status) or time.monotonic() > end:
            return status
        time.sleep(0.01)


def converse(conversation, binary, libraries, limit):
    """Both sides run to their end; returns what is wrong, or None."""
    with tempfile.TemporaryDirectory(prefix="zt") as cwd:
        binder = 0 if conversation.first_binds else 1
        sides = [None, None]
        try:
            sides[binder] = conversation.start(binder, TRANSPORTS[conversation.transport],
                                               binary, libraries, cwd)
            line = sides[binder].wait_line("endpoint", PATIENCE)
            if line is None:
                return f"the binder does not bind: {sides[binder].words()}"
            sides[1 - binder] = conversation.start(1 - binder, line.split(" ", 1)[1],
                                                   binary, libraries, cwd)
            if conversation.roles[0] == "publish":
                if sides[1].wait_line("heard", PATIENCE) is None:
                    return f"the subscriber hears nothing: {sides[1].words()}"
                sides[0].begin()
            status = await_both(sides, limit)
            if status != [0, 0]:
                return f"exit {status}; first: {sides[0].words()}; second: {sides[1].words()}"
        finally:
            for side in sides:
                if side:
                    side.kill()
    return None


def converse_with_kills(conversation, victim, kills, binary, libraries):
    """Kills one side again and again; the other must make progress each time."""
    with tempfile.TemporaryDirectory(prefix="zt") as cwd:
        binder = 0 if conversation.first_binds else 1
        sides = [None, None]
        # progress is seen at the side that receives last
        watch = 1 if conversation.roles[1] in ("recv", "subscribe") else 0
        try:
            sides[binder] = conversation.start(binder, TRANSPORTS[conversation.transport],
                                               binary, libraries, cwd)
            line = sides[binder].wait_line("endpoint", PATIENCE)
            if line is None:
                return f"the binder does not bind: {sides[binder].words()}"
            endpoint = line.split(" ", 1)[1]
            sides[1 - binder] = conversation.start(1 - binder, endpoint, binary, libraries, cwd)
            for round_number in range(kills + 1):
                sides[watch].forget_lines()
                for _ in range(20):
                    if sides[watch].wait_line("progress", PATIENCE) is None:
                        return (f"no progress after {round_number} kills; first: "
                                f"{sides[0].words()}; second: {sides[1].words()}")
                if round_number == kills:
                    break
                sides[victim].kill()
                sides[victim] = conversation.start(victim, endpoint, binary, libraries, cwd)
            survivor = sides[1 - victim]
            if survivor.child.poll() is not None:
                return f"the survivor ended: {survivor.words()}"
        finally:
            for side in sides:
                if side:
                    side.kill()
    return None


def converse_with_cuts(transport, pair, first_library, cuts, binary, libraries):
    """One connection after the other is cut; returns what is wrong, or None."""
    second = {"ours": "reference", "reference": "ours"}[first_library]
    with tempfile.TemporaryDirectory(prefix="zt") as cwd:
        command = [binary.with_name("interop-cut"), transport, *pair, str(cuts),
                   libraries[first_library], libraries[second]]
        environment = dict(os.environ, LD_LIBRARY_PATH=str(libraries["reference"]))
        try:
            done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True,
                                  text=True, timeout=6 * PATIENCE + cuts)
        except subprocess.TimeoutExpired:
            return "ran out of time"
    return None if done.returncode == 0 else f"exit {done.returncode}; {done.stdout[-1000:]}"


def plan(slow):
    """All conversations: (name, function of (binary, libraries) that returns a fault)."""
    for pair, transport, binds, library in itertools.product(
            PAIRS, TRANSPORTS, (True, False), ("ours", "reference")):
        c = Conversation(pair, transport, binds, library, MIXED, 1000 if slow else 120)
        yield c.name(), lambda b, l, c=c: converse(c, b, l, 4 * PATIENCE)
    huge_pairs = PAIRS if slow else [PAIRS[0], PAIRS[4]]
    for pair, transport, library in itertools.product(huge_pairs, TRANSPORTS, ("ours", "reference")):
        c = Conversation(pair, transport, True, library, HUGE, 2)
        yield c.name() + ", 100 MiB", lambda b, l, c=c: converse(c, b, l, 4 * PATIENCE)
    for pair, transport, binds, library, victim in itertools.product(
            PAIRS, TRANSPORTS, (True, False), ("ours", "reference"), (0, 1)):
        if pair[0] == "PAIR" and binds != (victim == 0):
            continue  # who connects again before the loss is noticed is turned away for good
        if pair[0] == "REQ" and victim == 1:
            continue  # who has asked waits for the answer for good
        c = Conversation(pair, transport, binds, library, SMALL, 0)
        name = f"{c.name()}, the {'first' if victim == 0 else 'second'} is killed"
        yield name, lambda b, l, c=c, v=victim: converse_with_kills(c, v, 20 if slow else 3, b, l)
    cuts = 1000 if slow else 25
    for pair, transport, library in itertools.product(CUT_PAIRS, TRANSPORTS, ("ours", "reference")):
        name = f"{transport}: {pair[0]} - {pair[1]}, {library} binds, cut {cuts} times"
        yield name, lambda b, l, t=transport, p=pair, x=library: converse_with_cuts(t, p, x, cuts, b, l)


def run(binary, libraries, options, machine):
    """Runs the plan, some conversations at a time; returns the counts run.py prints."""
    counts = {"pass": 0, "FAIL": 0, "skip": 0}
    chosen = []
    for name, conversation in plan(options.slow):
        if options.names and not any(word in name for word in options.names):
            counts["skip"] += 1
        else:
            chosen.append((name, conversation))

    def one(item):
        begun = time.monotonic()

        def judge():
            fault = item[1](pathlib.Path(binary), libraries)
            return "FAIL" if fault else "pass", fault

        _, fault = machine.attempt(judge)
        return item[0], fault, time.monotonic() - begun

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, fault, seconds in pool.map(one, chosen):
            verdict = "FAIL" if fault else "pass"
            counts[verdict] += 1
            print(f"{verdict}  {name}  {seconds:.1f} s", flush=True)
            if fault:
                print("      " + fault)
    return counts
