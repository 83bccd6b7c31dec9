//! A level-triggered `epoll` set.
//!
//! Registrations are by raw descriptor and carry a 64-bit token of the
//! caller's. Which descriptors are in the set is the caller's book-keeping:
//! the kernel forgets one by itself when its last copy is closed.

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use libc::c_int;

use super::{Fd, check, raw};

/// An epoll descriptor.
#[derive(Debug)]
pub struct Epoll(Fd);

/// What one registration reported.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct EpollEvent(libc::epoll_event);

impl EpollEvent {
    /// An empty place for [`Epoll::wait`] to fill.
    pub const EMPTY: EpollEvent = EpollEvent(libc::epoll_event { events: 0, u64: 0 });

    /// The token the descriptor was registered with.
    pub fn token(&self) -> u64 {
        self.0.u64
    }

    /// The events as a mask of `libc::EPOLL*`.
    pub fn events(&self) -> u32 {
        self.0.events
    }

    /// There is something to read, an end of stream and an error included.
    pub fn is_readable(&self) -> bool {
        let mask = libc::EPOLLIN | libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR;
        self.events() & mask as u32 != 0
    }

    /// A write would not block; an error included.
    pub fn is_writable(&self) -> bool {
        let mask = libc::EPOLLOUT | libc::EPOLLHUP | libc::EPOLLERR;
        self.events() & mask as u32 != 0
    }

    /// Both directions are closed, or the descriptor is in error.
    pub fn is_hang_up(&self) -> bool {
        self.events() & (libc::EPOLLHUP | libc::EPOLLERR) as u32 != 0
    }
}

impl Epoll {
    /// Makes an empty set, closed on `exec`.
    pub fn new() -> io::Result<Epoll> {
        // SAFETY: the call touches no memory of this process.
        let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        Ok(Epoll(Fd::from_raw(fd)))
    }

    /// Whether it was closed behind our back.
    pub fn is_gone(&self) -> bool {
        self.0.is_gone()
    }

    /// Goes on with a new empty set, because this one was closed behind our back.
    pub fn renew(&self) -> io::Result<()> {
        self.0.replace(Epoll::new()?.0);
        Ok(())
    }

    /// Has `fd` reported with `token` when one of `events` holds, whether or not it
    /// is in the set already.
    pub fn set(&self, fd: RawFd, events: c_int, token: u64) -> io::Result<()> {
        match self.add(fd, events, token) {
            Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {
                self.modify(fd, events, token)
            }
            other => other,
        }
    }

    /// Adds `fd`, to be reported with `token` when one of `events` holds.
    pub fn add(&self, fd: RawFd, events: c_int, token: u64) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_ADD, fd, events, token)
    }

    /// Replaces the events and the token of `fd`.
    pub fn modify(&self, fd: RawFd, events: c_int, token: u64) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_MOD, fd, events, token)
    }

    /// Takes `fd` out of the set.
    pub fn delete(&self, fd: RawFd) -> io::Result<()> {
        self.control(libc::EPOLL_CTL_DEL, fd, 0, 0)
    }

    fn control(&self, operation: c_int, fd: RawFd, events: c_int, token: u64) -> io::Result<()> {
        let mut event = libc::epoll_event {
            events: events as u32,
            u64: token,
        };
        // SAFETY: `event` lives during the call, and the kernel only reads it.
        let result = unsafe { libc::epoll_ctl(self.0.as_raw_fd(), operation, fd, &mut event) };
        check(result).map(drop)
    }

    /// Waits for events and returns those that came, at the head of `events`.
    ///
    /// `None` waits without end. Time is counted in whole milliseconds, rounded
    /// up. Any signal handler that runs ends the wait with `EINTR`.
    pub fn wait<'a>(
        &self,
        events: &'a mut [EpollEvent],
        timeout: Option<Duration>,
    ) -> io::Result<&'a [EpollEvent]> {
        // SAFETY: `EpollEvent` is a transparent `epoll_event`, so that this is the
        // same slice.
        let room = unsafe { &mut *(&raw mut *events as *mut [libc::epoll_event]) };
        let result = raw::epoll_wait(self.0.as_raw_fd(), room, milliseconds(timeout));
        let count = check(result)? as usize;
        Ok(&events[..count])
    }
}

impl AsRawFd for Epoll {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// A time-out in the kernel's milliseconds: rounded up, −1 for none.
fn milliseconds(timeout: Option<Duration>) -> c_int {
    let Some(timeout) = timeout else { return -1 };
    c_int::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::EventFd;

    #[test]
    fn reports_by_level_until_drained() {
        let epoll = Epoll::new().unwrap();
        let event = EventFd::new().unwrap();
        let mut room = [EpollEvent::EMPTY; 4];
        epoll.add(event.as_raw_fd(), libc::EPOLLIN, 7).unwrap();
        assert!(
            epoll
                .wait(&mut room, Some(Duration::ZERO))
                .unwrap()
                .is_empty()
        );

        event.notify().unwrap();
        for _ in 0..2 {
            let came = epoll.wait(&mut room, None).unwrap();
            assert_eq!(came.len(), 1);
            assert_eq!(came[0].token(), 7);
            assert!(came[0].is_readable() && !came[0].is_writable() && !came[0].is_hang_up());
        }
        epoll.modify(event.as_raw_fd(), 0, 7).unwrap();
        assert!(
            epoll
                .wait(&mut room, Some(Duration::ZERO))
                .unwrap()
                .is_empty()
        );
        epoll.modify(event.as_raw_fd(), libc::EPOLLIN, 8).unwrap();
        assert_eq!(epoll.wait(&mut room, None).unwrap()[0].token(), 8);

        epoll.delete(event.as_raw_fd()).unwrap();
        assert!(
            epoll
                .wait(&mut room, Some(Duration::ZERO))
                .unwrap()
                .is_empty()
        );
        let gone = epoll.delete(event.as_raw_fd()).unwrap_err();
        assert_eq!(gone.raw_os_error(), Some(libc::ENOENT));
    }

    #[test]
    fn hang_up_is_reported_without_any_event_asked_for() {
        let epoll = Epoll::new().unwrap();
        let (reader, writer) = std::io::pipe().unwrap();
        epoll.add(reader.as_raw_fd(), 0, 1).unwrap();
        drop(writer);
        let mut room = [EpollEvent::EMPTY; 1];
        assert!(epoll.wait(&mut room, None).unwrap()[0].is_hang_up());
    }

    #[test]
    fn an_empty_slice_is_refused_and_time_is_rounded_up() {
        let epoll = Epoll::new().unwrap();
        let error = epoll.wait(&mut [], Some(Duration::ZERO)).err().unwrap();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
        assert_eq!(milliseconds(None), -1);
        assert_eq!(milliseconds(Some(Duration::from_nanos(1))), 1);
        assert_eq!(milliseconds(Some(Duration::from_millis(5))), 5);
        assert_eq!(milliseconds(Some(Duration::MAX)), c_int::MAX);
    }
}
