"""Which libzmq serves this process.

`path()` is the file that defines zmq_version for pyzmq's extension: a preloaded
library, which takes the symbol over for everyone, or else the one that the
extension is linked to. That no single symbol slips past it to another copy is
shown by test_binding.py.
"""

import ctypes
import os

import zmq.backend.cython._zmq as extension


class _DlInfo(ctypes.Structure):
    _fields_ = [
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    ]


def path():
    """The real path of the library that answers this process's calls."""
    everyone = ctypes.CDLL(None)
    known = everyone if hasattr(everyone, "zmq_version") else ctypes.CDLL(extension.__file__)
    info = _DlInfo()
    found = everyone.dladdr(
        ctypes.cast(known.zmq_version, ctypes.c_void_p), ctypes.byref(info)
    )
    assert found, "zmq_version lies in no library"
    return os.path.realpath(os.fsdecode(info.file))


def wanted():
    """The real path of the library under test, from ZMQ_LIBRARY."""
    return os.path.realpath(os.environ["ZMQ_LIBRARY"])


def check():
    """Fails unless the library under test is the one that serves."""
    assert path() == wanted(), f"served by {path()}, not by {wanted()}"
    with open("/proc/self/maps") as maps:
        assert any(line.rstrip().endswith(wanted()) for line in maps)
