//! What an I/O thread waits on: mio's poll, and the way to put descriptors under its
//! eyes, which other threads have, too.
//!
//! A poll that was closed behind our back can be replaced by an empty one; its old
//! numbers may be somebody else's by then, and are left alone.

use std::io;
use std::mem;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest};

use super::Token;
use crate::sys;

/// Whose readiness the thread hears of: of each change once.
pub struct Watched(RwLock<mio::Registry>);

impl Watched {
    /// Adds a descriptor, to be reported with `token`.
    pub fn add(&self, fd: RawFd, interest: Interest, token: Token) -> io::Result<()> {
        self.with(|registry| registry.register(&mut SourceFd(&fd), mio::Token(token), interest))
    }

    /// Replaces what is reported of a descriptor.
    pub fn modify(&self, fd: RawFd, interest: Interest, token: Token) -> io::Result<()> {
        self.with(|registry| registry.reregister(&mut SourceFd(&fd), mio::Token(token), interest))
    }

    /// Has a descriptor reported, whether or not it is known already.
    pub fn set(&self, fd: RawFd, interest: Interest, token: Token) -> io::Result<()> {
        match self.add(fd, interest, token) {
            Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {
                self.modify(fd, interest, token)
            }
            other => other,
        }
    }

    /// Forgets a descriptor.
    pub fn delete(&self, fd: RawFd) -> io::Result<()> {
        self.with(|registry| registry.deregister(&mut SourceFd(&fd)))
    }

    fn with<T>(&self, act: impl FnOnce(&mio::Registry) -> T) -> T {
        act(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_gone(&self) -> bool {
        self.with(|registry| sys::is_closed(registry.as_raw_fd()))
    }
}

/// The thread's side of it.
pub struct Poll {
    poll: Option<mio::Poll>,
    watched: Arc<Watched>,
}

impl Poll {
    /// Watches nothing yet.
    pub fn new() -> io::Result<Poll> {
        let poll = mio::Poll::new()?;
        let watched = Arc::new(Watched(RwLock::new(poll.registry().try_clone()?)));
        let poll = Some(poll);
        Ok(Poll { poll, watched })
    }

    /// The way to have a descriptor watched.
    pub fn watched(&self) -> &Arc<Watched> {
        &self.watched
    }

    /// Waits for events at most so long, without end if not said.
    pub fn wait(&mut self, events: &mut Events, limit: Option<Duration>) -> io::Result<()> {
        let waited = match &mut self.poll {
            Some(poll) => poll.poll(events, limit),
            None => Err(io::Error::from_raw_os_error(libc::EBADF)),
        };
        if waited.is_err() {
            events.clear();
        }
        waited
    }

    /// Whether it was closed behind our back. Its number is forgotten then.
    pub fn is_gone(&mut self) -> bool {
        let gone = |poll: &mio::Poll| sys::is_closed(poll.as_raw_fd());
        if self.poll.as_ref().is_none_or(gone) || self.watched.is_gone() {
            self.forget();
        }
        self.poll.is_none()
    }

    /// Goes on with a new empty one.
    pub fn renew(&mut self) -> io::Result<()> {
        let poll = mio::Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let mut place = self
            .watched
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let old = mem::replace(&mut *place, registry);
        drop(place);
        // What is still open of it is closed.
        if sys::is_closed(old.as_raw_fd()) {
            mem::forget(old);
        }
        self.forget();
        self.poll = Some(poll);
        Ok(())
    }

    fn forget(&mut self) {
        if let Some(old) = self.poll.take()
            && sys::is_closed(old.as_raw_fd())
        {
            mem::forget(old);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::EventFd;

    fn reports(poll: &mut Poll, token: Token) -> bool {
        let mut events = Events::with_capacity(4);
        poll.wait(&mut events, Some(Duration::ZERO)).unwrap();
        events.iter().any(|event| event.token().0 == token)
    }

    #[test]
    fn a_poll_is_replaced_for_all_who_share_it() {
        let mut poll = Poll::new().unwrap();
        let shared = poll.watched().clone();
        let event = EventFd::new().unwrap();
        let fd = event.as_raw_fd();
        shared.set(fd, Interest::READABLE, 7).unwrap();
        event.notify().unwrap();
        assert!(reports(&mut poll, 7));
        assert!(!reports(&mut poll, 7));
        assert!(!poll.is_gone());
        poll.renew().unwrap();
        shared.set(fd, Interest::READABLE, 8).unwrap();
        assert!(reports(&mut poll, 8));
        shared.delete(fd).unwrap();
        assert!(shared.modify(fd, Interest::READABLE, 8).is_err());
    }
}
