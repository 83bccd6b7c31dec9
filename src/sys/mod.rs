//! The thinnest layer over Linux: one safe wrapper for each system call the
//! engine makes, and nothing that decides.
//!
//! Every call answers with a value or with the operating system's error; none
//! panics and none retries on its own, so that a wait ends with `EINTR` when a
//! signal handler ran. Descriptors are [`Fd`]: closing one that somebody else
//! has closed already is ignored. No call is a place where a cancelled thread
//! ends (see `raw`), but for a [`Nap`] that is taken with [`cancellable`]. What
//! to do about an error is the caller's to say, and sockets are `transport`'s.

mod clock;
mod epoll;
mod eventfd;
pub mod futex;
mod nap;
mod poll;
mod raw;
mod sched;
mod signal;
mod thread;
mod timerfd;

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};

use libc::c_int;

pub use clock::Instant;
pub use epoll::{Epoll, EpollEvent};
pub use eventfd::EventFd;
pub use nap::{Nap, cancellable};
pub use poll::{PollFd, poll};
pub use raw::{Uncancelled, uncancelled};
pub use sched::{Scheduling, name_thread};
pub use signal::{SignalsBlocked, any_handler, block_all_signals, set_timer_slack};
pub use thread::Thread;
pub use timerfd::TimerFd;

/// A number that no descriptor has.
const NOBODY: RawFd = RawFd::MAX;

/// A descriptor that is closed when dropped.
///
/// Unlike `std::os::fd::OwnedFd` it makes nothing of a descriptor that was
/// closed behind its back: the call that uses it next reports `EBADF`, and
/// another can take its place.
#[derive(Debug)]
pub struct Fd(AtomicI32);

impl Fd {
    /// Takes over `fd`, which nobody else is to close and which is not −1.
    pub fn from_raw(fd: RawFd) -> Fd {
        debug_assert_ne!(fd, -1);
        Fd(AtomicI32::new(fd))
    }

    /// Gives the descriptor up without closing it.
    pub fn into_raw(self) -> RawFd {
        let fd = self.as_raw_fd();
        std::mem::forget(self);
        fd
    }

    /// Has nothing more to do with its number: it was closed behind our back, and
    /// may be somebody else's by now. Every call reports `EBADF`.
    pub fn forget(&self) {
        self.0.store(NOBODY, Ordering::Release);
    }

    /// Whether it was closed behind our back, as far as its number tells: if so it
    /// is [forgotten](Self::forget).
    pub fn is_gone(&self) -> bool {
        let gone = is_closed(self.as_raw_fd());
        if gone {
            self.forget();
        }
        gone
    }

    /// Goes on with another one, because this was closed behind our back: its
    /// number may be somebody else's by now, and is left alone.
    fn replace(&self, other: Fd) {
        self.0.store(other.into_raw(), Ordering::Release);
    }
}

impl AsRawFd for Fd {
    #[inline]
    fn as_raw_fd(&self) -> RawFd {
        self.0.load(Ordering::Acquire)
    }
}

impl AsFd for Fd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the number is not -1, which no call that made one returns.
        // That it is open is only a promise to ourselves: all that is done
        // with the loan is system calls, and those report EBADF.
        unsafe { BorrowedFd::borrow_raw(self.as_raw_fd()) }
    }
}

impl Drop for Fd {
    fn drop(&mut self) {
        // A number that is not open gives EBADF, which is of no interest here.
        raw::close(self.as_raw_fd());
    }
}

/// Whether no descriptor has this number.
pub fn is_closed(fd: RawFd) -> bool {
    // SAFETY: F_GETFD touches no memory.
    let open = check(unsafe { libc::fcntl(fd, libc::F_GETFD) });
    open.is_err_and(|error| error.raw_os_error() == Some(libc::EBADF))
}

/// Whether a call failed because its descriptor is not there, or not of the kind
/// that it was: it was closed behind our back.
pub fn is_gone(error: &io::Error) -> bool {
    let gone = [
        libc::EBADF,
        libc::EINVAL,
        libc::ENOENT,
        libc::EPERM,
        libc::ENOTSOCK,
    ];
    error
        .raw_os_error()
        .is_some_and(|number| gone.contains(&number))
}

/// The result of a system call: −1 becomes the error in `errno`.
pub(crate) fn check(result: c_int) -> io::Result<c_int> {
    if result == -1 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// As [`check`], for calls that return a length.
pub(crate) fn check_len(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Reads the counter of an eventfd or timerfd; 0 if there is nothing to read.
fn read_counter(fd: &Fd) -> io::Result<u64> {
    let mut count = 0u64;
    match check_len(raw::read_u64(fd.as_raw_fd(), &mut count)) {
        Ok(_) => Ok(count),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_closed_behind_our_back_is_no_disaster() {
        let event = EventFd::new().unwrap();
        let number = event.as_raw_fd();
        // A number nobody will be handed meanwhile: other tests open files too.
        // SAFETY: dup2 and close touch no memory; 1000 + number is ours alone.
        let copy = unsafe { libc::dup2(number, 1000 + number) };
        if copy == -1 {
            return assert_eq!(io::Error::last_os_error().raw_os_error(), Some(libc::EBADF));
        }
        let fd = Fd::from_raw(copy);
        // SAFETY: as above.
        unsafe { libc::close(copy) };
        assert_eq!(
            read_counter(&fd).unwrap_err().raw_os_error(),
            Some(libc::EBADF)
        );
        drop(fd);
    }

    #[test]
    fn a_descriptor_given_up_stays_open() {
        let (first, second) = std::io::pipe().unwrap();
        // SAFETY: `dup` touches no memory.
        let fd = Fd::from_raw(check(unsafe { libc::dup(first.as_raw_fd()) }).unwrap());
        let raw = fd.into_raw();
        // SAFETY: F_GETFD touches no memory.
        assert!(check(unsafe { libc::fcntl(raw, libc::F_GETFD) }).is_ok());
        drop((Fd::from_raw(raw), first, second));
    }
}
