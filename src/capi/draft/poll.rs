//! Polling with a mask of signals.

use std::ffi::{c_int, c_long};

use libc::sigset_t;

use crate::capi::length;
use crate::capi::poll::{poll_items, zmq_pollitem_t};
use crate::error::Error;
use crate::socket;

/// As zmq_poll(), with another mask of blocked signals while it waits. Built for
/// a mask of NULL only, which leaves the mask alone: fails with ENOTSUP for any
/// other.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_ppoll(
    items: *mut zmq_pollitem_t,
    nitems: c_int,
    timeout: c_long,
    sigmask: *const sigset_t,
) -> c_int {
    length(|| {
        // SAFETY: the same contract.
        let items = unsafe { poll_items(items, nitems) }?;
        if !sigmask.is_null() {
            return Err(Error::NotSupported);
        }
        socket::poll(items, timeout)
    })
}
