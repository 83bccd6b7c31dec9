//! A descriptor that one thread makes readable to wake another.
//!
//! Notifications are merged: any number of them is one readiness, which lasts
//! until drained.

use std::io;
use std::os::fd::{AsRawFd, RawFd};

use super::{Fd, check, check_len, raw, read_counter};

/// A non-blocking eventfd, closed on `exec`.
#[derive(Debug)]
pub struct EventFd(Fd);

impl EventFd {
    /// Makes one that is not readable.
    pub fn new() -> io::Result<EventFd> {
        // SAFETY: the call touches no memory of this process.
        let fd = check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
        Ok(EventFd(Fd::from_raw(fd)))
    }

    /// Whether it was closed behind our back.
    pub fn is_gone(&self) -> bool {
        self.0.is_gone()
    }

    /// Goes on with a new one, because this was closed behind our back.
    pub fn renew(&self) -> io::Result<()> {
        self.0.replace(EventFd::new()?.0);
        Ok(())
    }

    /// Makes it readable. If it was closed behind our back, and its number is a socket's by
    /// now, it is gone: a write would put bytes into somebody's stream, or raise SIGPIPE.
    pub fn notify(&self) -> io::Result<()> {
        if raw::is_socket(self.0.as_raw_fd()) {
            return Err(io::Error::from_raw_os_error(libc::EBADF));
        }
        match check_len(raw::write_u64(self.0.as_raw_fd(), 1)) {
            // A full counter is readable already.
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(()),
        }
    }

    /// Makes it unreadable; returns how many notifications that swallowed.
    pub fn drain(&self) -> io::Result<u64> {
        read_counter(&self.0)
    }
}

impl AsRawFd for EventFd {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    #[test]
    fn nothing_is_written_to_a_socket_that_has_its_number() {
        let event = EventFd::new().unwrap();
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        // SAFETY: both descriptors are open, and of this test alone.
        unsafe { libc::dup2(ours.as_raw_fd(), event.as_raw_fd()) };
        let error = event.notify().unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
        drop((event, ours));
        assert_eq!(
            theirs.read(&mut [0; 8]).unwrap(),
            0,
            "the end, and nothing before"
        );
    }

    #[test]
    fn notifications_are_merged_and_drained_together() {
        let event = EventFd::new().unwrap();
        assert_eq!(event.drain().unwrap(), 0);
        event.notify().unwrap();
        event.notify().unwrap();
        assert_eq!(event.drain().unwrap(), 2);
        assert_eq!(event.drain().unwrap(), 0);
    }
}
