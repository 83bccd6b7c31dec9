"""Which libzmq serves this process.

`path()` is the file that defines zmq_version for everyone who looks the symbol
up, which is what a preloaded library takes over. That no single symbol slips
past it to the copy in pyzmq's wheel is shown by test_binding.py.
"""

import ctypes
import os


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
    assert hasattr(everyone, "zmq_version"), "no libzmq is preloaded"
    info = _DlInfo()
    found = everyone.dladdr(
        ctypes.cast(everyone.zmq_version, ctypes.c_void_p), ctypes.byref(info)
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
