//! System calls without the C library's wrappers.
//!
//! In glibc a thread on which `pthread_cancel` was called ends inside the next
//! wrapper of a call that may wait: its stack is unwound from there, and where
//! that meets frames of this library the process is aborted. `syscall` is no
//! such place. So a thread that is cancelled while it is in one of our calls
//! goes on until that call is to wait, where it ends (see `nap`), or returns.
//!
//! Results and `errno` are those of the wrappers. What is not here does not
//! wait and is no cancellation point (`eventfd`, `epoll_ctl`, `fcntl` ...), or
//! is called by I/O threads only, which nobody else can cancel, or under
//! [`Uncancelled`], as are the calls of libraries (`getaddrinfo`, joining a
//! thread): it is for what takes its time anyway.

use std::marker::PhantomData;
use std::os::fd::RawFd;

use libc::{c_int, c_long};

/// The calling thread is not to be cancelled until this is dropped.
#[must_use = "dropping it allows cancellation at once"]
pub struct Uncancelled {
    before: c_int,
    /// The state belongs to one thread.
    not_send: PhantomData<*const ()>,
}

const PTHREAD_CANCEL_DISABLE: c_int = 1;

unsafe extern "C" {
    safe fn pthread_setcancelstate(state: c_int, before: Option<&mut c_int>) -> c_int;
}

/// Puts off the end of this thread if it is cancelled.
pub fn uncancelled() -> Uncancelled {
    let mut before = 0;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, Some(&mut before));
    Uncancelled {
        before,
        not_send: PhantomData,
    }
}

impl Drop for Uncancelled {
    fn drop(&mut self) {
        pthread_setcancelstate(self.before, None);
    }
}

/// The signal set as the kernel has it: 64 signals.
pub const KERNEL_SIGSET: usize = 8;

/// `close`.
pub fn close(fd: RawFd) -> c_int {
    // SAFETY: `close` touches no memory of this process.
    unsafe { libc::syscall(libc::SYS_close, c_long::from(fd)) as c_int }
}

/// `read` of the 8 bytes of a counter.
pub fn read_u64(fd: RawFd, value: &mut u64) -> isize {
    let place = &raw mut *value;
    // SAFETY: the place has 8 bytes and is borrowed during the call.
    unsafe { libc::syscall(libc::SYS_read, c_long::from(fd), place, 8usize) as isize }
}

/// `write` of the 8 bytes of a counter.
pub fn write_u64(fd: RawFd, value: u64) -> isize {
    // SAFETY: the value has 8 bytes, is only read, and outlives the call.
    unsafe { libc::syscall(libc::SYS_write, c_long::from(fd), &raw const value, 8usize) as isize }
}

/// Whether a descriptor is a socket's. Leaves `errno` alone: this is asked where nothing
/// has failed.
pub fn is_socket(fd: RawFd) -> bool {
    // SAFETY: the place belongs to the calling thread and is always valid.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let before = unsafe { *errno };
    let mut kind: c_int = 0;
    let mut size = size_of::<c_int>() as libc::socklen_t;
    let place = &raw mut kind;
    // SAFETY: the kernel writes one int, and its size, into places that outlive the call.
    let found = unsafe {
        libc::getsockopt(
            fd,
            libc::SOL_SOCKET,
            libc::SO_TYPE,
            place.cast(),
            &raw mut size,
        ) == 0
    };
    // SAFETY: as above.
    unsafe { *errno = before };
    found
}

/// `epoll_wait`, in milliseconds; −1 waits without end.
pub fn epoll_wait(fd: RawFd, events: &mut [libc::epoll_event], milliseconds: c_int) -> c_int {
    let room = events.len().min(1 << 16);
    // SAFETY: the kernel writes at most `room` events, which are borrowed; with
    // no signal mask the last two arguments are not looked at.
    unsafe {
        libc::syscall(
            libc::SYS_epoll_pwait,
            c_long::from(fd),
            events.as_mut_ptr(),
            room,
            c_long::from(milliseconds),
            std::ptr::null::<libc::sigset_t>(),
            KERNEL_SIGSET,
        ) as c_int
    }
}

/// `ppoll`. The kernel writes what is left of the time into `limit`.
pub fn ppoll(
    fds: &mut [libc::pollfd],
    limit: Option<&mut libc::timespec>,
    mask: Option<&libc::sigset_t>,
) -> c_int {
    let limit = limit.map_or(std::ptr::null_mut(), |limit| &raw mut *limit);
    let mask = mask.map_or(std::ptr::null(), |mask| &raw const *mask);
    // SAFETY: the descriptors are borrowed, as are the limit and the mask unless
    // they are null; the C library's set begins with the kernel's.
    unsafe {
        libc::syscall(
            libc::SYS_ppoll,
            fds.as_mut_ptr(),
            fds.len(),
            limit,
            mask,
            KERNEL_SIGSET,
        ) as c_int
    }
}
