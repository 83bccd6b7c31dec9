"""The demonstration behind `make demo`: three languages, one library, and a rate.

A C program compiled against this repository's header serves a Python client
(pyzmq's own wheel, our library preloaded) and a Go client (zmq4 through cgo)
over tcp and ipc; a Python program publishes to one in C and one in Go. Each
prints which library answered its calls, and the demonstration fails if that was
not ours. Then one program is timed with our
library and with the system's in turn: medians of a few short runs, an
impression; `make bench` measures.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
RELEASE = ROOT / "target" / "release"
OURS = pathlib.Path(os.environ.get("LIB") or RELEASE / "libzmq.so").resolve()
BUILD = ROOT / "target" / "demo"
ROUNDS = 5
# (endpoint, body size, messages in one run)
RATES = [
    ("tcp://127.0.0.1:*", 16, 1_000_000),
    ("tcp://127.0.0.1:*", 1024, 300_000),
    ("ipc://{folder}/rate", 16, 1_000_000),
]


def compiled(name):
    """Compiles demo/NAME.c against our header; which library it meets is for later."""
    program = BUILD / name
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "libzmq"],
        env=dict(os.environ, PKG_CONFIG_PATH=str(OURS.parent)),
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    subprocess.run(
        ["cc", "-O2", "-Wall", "-Wextra", ROOT / "demo" / f"{name}.c", "-o", program, *flags, "-ldl"],
        check=True,
    )
    return program


def built_go(name):
    """Builds a Go program, which finds header and library through pkg-config."""
    program = BUILD / f"go-{name}"
    subprocess.run(
        ["go", "build", "-o", program, f"./{name}"],
        cwd=ROOT / "bindings" / "go",
        env=dict(os.environ, PKG_CONFIG_PATH=str(OURS.parent)),
        check=True,
    )
    return program


def with_ours(**more):
    return dict(os.environ, LD_LIBRARY_PATH=str(OURS.parent), **more)


def report(output):
    """Prints what a program said, once it is clear that our library served it."""
    print(output, end="")
    if str(OURS) not in output:
        sys.exit(f"demo: this was not served by {OURS}")


def conversation(folder):
    greeter, go_client = compiled("greeter"), built_go("greet")
    with subprocess.Popen(
        [greeter, "tcp://127.0.0.1:*", f"ipc://{folder}/greeter"],
        env=with_ours(),
        stdout=subprocess.PIPE,
        text=True,
    ) as serving:
        try:
            tcp, ipc = serving.stdout.readline().split()
            report(serving.stdout.readline())
            for endpoint, name in ((tcp, "Python over tcp"), (ipc, "Python over ipc")):
                client = [sys.executable, ROOT / "demo" / "greet.py", endpoint, name]
                report(run(client, with_ours(LD_PRELOAD=str(OURS))))
            for endpoint, name in ((tcp, "Go over tcp"), (ipc, "Go over ipc")):
                report(run([go_client, endpoint, name], with_ours()))
            run([go_client, tcp, "bye"], with_ours())
            if serving.wait(10) != 0:
                sys.exit("demo: the C program failed")
        finally:
            serving.kill()


def publication(folder):
    """Python publishes to a subscriber in C over tcp and to one in Go over ipc."""
    readers = [compiled("reader"), built_go("read")]
    print()
    endpoints = ["tcp://127.0.0.1:*", f"ipc://{folder}/news"]
    news = [sys.executable, ROOT / "demo" / "news.py", str(len(readers)), *endpoints]
    with subprocess.Popen(
        news, env=with_ours(LD_PRELOAD=str(OURS)), stdout=subprocess.PIPE, text=True
    ) as publishing:
        reading = []
        try:
            endpoints = publishing.stdout.readline().split()
            report(publishing.stdout.readline())
            for reader, endpoint in zip(readers, endpoints):
                reading.append(
                    subprocess.Popen(
                        [reader, endpoint], env=with_ours(), stdout=subprocess.PIPE, text=True
                    )
                )
            for process in (*reading, publishing):
                output, _ = process.communicate(timeout=30)
                if process is not publishing:
                    report(output)
                if process.returncode != 0:
                    sys.exit("demo: publishing failed")
        finally:
            for process in (*reading, publishing):
                process.kill()


def run(command, environment):
    return subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=60
    ).stdout


def rates(folder):
    program = compiled("rate")
    system = {key: value for key, value in os.environ.items() if key != "LD_LIBRARY_PATH"}
    print(f"\nPUSH to PULL between two processes, messages a second (median of {ROUNDS})")
    print(f"{'transport':10} {'bytes':>6} {'this library':>14} {'the system':>14} {'ratio':>7}")
    libraries = set()
    for endpoint, size, count in RATES:
        results = {"ours": [], "system": []}
        for _ in range(ROUNDS):
            for side, environment in (("ours", with_ours()), ("system", system)):
                endpoint_here = endpoint.format(folder=folder)
                words = run([program, endpoint_here, str(size), str(count)], environment).split()
                results[side].append(float(words[0]))
                libraries.add((side, words[1]))
        ours, theirs = (statistics.median(results[side]) for side in ("ours", "system"))
        transport = endpoint.split(":")[0]
        print(f"{transport:10} {size:6} {ours:14,.0f} {theirs:14,.0f} {ours / theirs:6.1f}x")
    for side, library in sorted(libraries):
        print(f"  {side:6} {library}")
    if ("ours", str(OURS)) not in libraries or len(libraries) != 2:
        sys.exit("demo: a run was not served by the library it was meant for")


def main():
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zmq-demo-") as folder:
        conversation(folder)
        publication(folder)
        rates(folder)


if __name__ == "__main__":
    main()
