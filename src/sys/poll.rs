//! `ppoll` over a slice of descriptors. A call of the application that waits takes
//! a [`Nap`](super::Nap) instead.

use std::io;
use std::os::fd::RawFd;
use std::time::Duration;

use super::timerfd::timespec;
use super::{check, raw};

/// One descriptor, what to wait for, and what was found.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct PollFd(libc::pollfd);

impl PollFd {
    /// Waits for `events` (`libc::POLL*`) on `fd`; a negative `fd` is ignored.
    pub fn new(fd: RawFd, events: i16) -> PollFd {
        PollFd(libc::pollfd {
            fd,
            events,
            revents: 0,
        })
    }

    /// The descriptor.
    pub fn fd(&self) -> RawFd {
        self.0.fd
    }

    /// What the last poll found, as a mask of `libc::POLL*`.
    pub fn found(&self) -> i16 {
        self.0.revents
    }
}

/// Returns how many of `fds` are ready, once there is one or the time is up; `None`
/// waits without end. With a `mask` of blocked signals, one that it lets through
/// ends the call with `EINTR`.
pub fn poll(
    fds: &mut [PollFd],
    timeout: Option<Duration>,
    mask: Option<&libc::sigset_t>,
) -> io::Result<usize> {
    let mut limit = timeout.map(timespec);
    // SAFETY: `PollFd` is a transparent `pollfd`, so that this is the same slice.
    let fds = unsafe { &mut *(&raw mut *fds as *mut [libc::pollfd]) };
    check(raw::ppoll(fds, limit.as_mut(), mask)).map(|ready| ready as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::EventFd;
    use std::os::fd::AsRawFd;

    #[test]
    fn finds_what_is_ready() {
        let quiet = EventFd::new().unwrap();
        let ready = EventFd::new().unwrap();
        ready.notify().unwrap();
        let mut fds = [&quiet, &ready].map(|event| PollFd::new(event.as_raw_fd(), libc::POLLIN));
        assert_eq!(poll(&mut fds, None, None).unwrap(), 1);
        assert_eq!((fds[0].found(), fds[1].found()), (0, libc::POLLIN));
        assert_eq!(fds[1].fd(), ready.as_raw_fd());
        assert_eq!(poll(&mut fds[..1], Some(Duration::ZERO), None).unwrap(), 0);
    }
}
