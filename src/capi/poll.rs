//! Polling sockets and descriptors: `zmq_poll`.

use std::ffi::{c_int, c_long, c_short, c_void};
use std::mem::offset_of;
use std::ptr;

use libc::sigset_t;

use super::pointers::array_mut;
use super::{attempt, waiting};
use crate::error::{Error, Result};
use crate::socket::{self, PollItem};

/// A descriptor of the operating system.
pub type zmq_fd_t = c_int;

/// What to wait for, and what is there.
#[repr(C)]
pub struct zmq_pollitem_t {
    /// A socket, or NULL if fd counts.
    pub socket: *mut c_void,
    /// A descriptor.
    pub fd: zmq_fd_t,
    /// The events to wait for, ZMQ_POLLIN and others.
    pub events: c_short,
    /// The events that are there; set by the call.
    pub revents: c_short,
}

// The layer below has the same item under its own name.
const _: () = assert!(
    size_of::<zmq_pollitem_t>() == size_of::<PollItem>()
        && align_of::<zmq_pollitem_t>() == align_of::<PollItem>()
        && offset_of!(zmq_pollitem_t, socket) == offset_of!(PollItem, socket)
        && offset_of!(zmq_pollitem_t, fd) == offset_of!(PollItem, fd)
        && offset_of!(zmq_pollitem_t, events) == offset_of!(PollItem, events)
        && offset_of!(zmq_pollitem_t, revents) == offset_of!(PollItem, revents)
);

/// Waits until one of the items has an event, but no longer than timeout
/// milliseconds (0 not at all, -1 for ever). Returns how many items have one, 0
/// after the time. Without items it only waits. EINVAL: nitems is negative.
/// EFAULT: items is NULL. ENOTSOCK: one is not an open socket. EINTR, ETERM.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_poll(
    items: *mut zmq_pollitem_t,
    nitems: c_int,
    timeout: c_long,
) -> c_int {
    // SAFETY: the same contract; nothing here has anything to drop.
    unsafe { poll_with(items, nitems, timeout, ptr::null()) }
}

/// # Safety
/// The contract of this layer, and of [`waiting`].
#[inline(always)]
pub(super) unsafe fn poll_with(
    items: *mut zmq_pollitem_t,
    nitems: c_int,
    timeout: c_long,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the same contract.
    unsafe {
        waiting(
            |pause| attempt(|| socket::poll(poll_items(items, nitems)?, timeout, mask, pause)),
            |pause| attempt(|| socket::poll_again(poll_items(items, nitems)?, pause)),
        )
    }
}

/// # Safety
/// The contract of this layer.
unsafe fn poll_items<'a>(items: *mut zmq_pollitem_t, nitems: c_int) -> Result<&'a mut [PollItem]> {
    let nitems = usize::try_from(nitems).map_err(|_| Error::Invalid)?;
    // SAFETY: the contract of this layer; the two types are laid out alike.
    unsafe { array_mut(items.cast(), nitems) }.ok_or(Error::Fault)
}
