//! Polling with a mask of signals.

use std::ffi::{c_int, c_long};

use libc::sigset_t;

use crate::capi::poll::{poll_with, zmq_pollitem_t};

/// As zmq_poll(), with sigmask in place of the thread's mask of blocked signals
/// while it waits, unless it is NULL: a signal that only sigmask lets through
/// ends the call with EINTR if nothing is there.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_ppoll(
    items: *mut zmq_pollitem_t,
    nitems: c_int,
    timeout: c_long,
    sigmask: *const sigset_t,
) -> c_int {
    // SAFETY: the same contract; nothing here has anything to drop.
    unsafe { poll_with(items, nitems, timeout, sigmask) }
}
