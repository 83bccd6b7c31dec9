"""The preloaded library serves pyzmq with every symbol, not with most of them.

A function that the preloaded library lacks would bind to the copy inside
pyzmq's wheel without a word, and the two would then share handles and
messages. The dynamic linker is asked to bind everything at once and to tell.
"""

import os
import re
import subprocess
import sys
import ctypes

import zmq

import served

BINDING = re.compile(
    r"binding file (\S+) \[\d+\] to (\S+) \[\d+\]: .* symbol `(zmq_\w+)'"
)


def bindings():
    """(from, to, symbol) for every zmq_* symbol bound while pyzmq is imported."""
    environment = dict(os.environ, LD_DEBUG="bindings", LD_BIND_NOW="1")
    process = subprocess.run(
        [sys.executable, "-c", "import zmq; zmq.Context().term()"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return BINDING.findall(process.stderr)


def test_every_symbol_binds_to_the_library_under_test():
    bound = bindings()
    extension = {symbol for source, _, symbol in bound if "backend/cython/_zmq" in source}
    assert len(extension) > 30, f"pyzmq's extension binds only {sorted(extension)}"
    elsewhere = [
        row for row in bound if os.path.realpath(row[1]) != served.wanted()
    ]
    assert elsewhere == []


def test_version_is_the_librarys_own():
    major, minor, patch = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    ctypes.CDLL(served.wanted()).zmq_version(
        ctypes.byref(major), ctypes.byref(minor), ctypes.byref(patch)
    )
    version = (major.value, minor.value, patch.value)
    assert zmq.zmq_version_info() == version
    if served.wanted().endswith("target/release/libzmq.so"):
        assert version == (4, 3, 5)
