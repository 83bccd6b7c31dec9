//! Who watches a socket's connections for input: its I/O thread or, while one
//! of its callers waits, that caller.
//!
//! All connections of a socket are in one level-triggered epoll, which is itself
//! registered with the socket's I/O thread. Taking the read right is switching
//! that one registration off, giving it back is switching it on, whatever the
//! number of connections.

use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mio::Interest;

use super::poll::Watched;
use super::{NEITHER, Token};
use crate::error::Result;
use crate::link::{Background, Conn, Link, PipeId, Watch};
use crate::sys::{Epoll, EpollEvent, EventFd, Nap, is_gone};

/// What an epoll event of the waiter's own eventfd carries.
const WAKE: u64 = u64::MAX;

/// How many connections are looked at in one go.
const BATCH: usize = 64;

/// How often the I/O thread looks before it turns to other sockets.
const ROUNDS: usize = 4;

/// Whose connection is watched on behalf of which pipe.
type Place = Option<(PipeId, Arc<Link>)>;

/// The connections of one socket.
pub struct ReadSet {
    epoll: Epoll,
    wake: EventFd,
    /// What the I/O thread watches.
    watched: Arc<Watched>,
    background: Arc<Background>,
    token: Token,
    lent: AtomicBool,
    /// By the pipe's place in the socket's table.
    links: Mutex<Vec<Place>>,
}

impl ReadSet {
    /// An empty set, known to the I/O thread that looks at `watched` as `token`.
    pub(super) fn new(
        watched: Arc<Watched>,
        background: Arc<Background>,
        token: Token,
    ) -> Result<ReadSet> {
        let epoll = Epoll::new()?;
        let wake = EventFd::new()?;
        epoll.add(wake.as_raw_fd(), libc::EPOLLIN, WAKE)?;
        let (lent, links) = (AtomicBool::new(false), Mutex::default());
        Ok(ReadSet {
            epoll,
            wake,
            watched,
            background,
            token,
            lent,
            links,
        })
    }

    /// The name under which the I/O thread knows the set.
    pub(super) fn token(&self) -> Token {
        self.token
    }

    /// Puts the set under the I/O thread's eyes.
    pub(super) fn register(&self) -> Result<()> {
        let fd = self.epoll.as_raw_fd();
        Ok(self.watched.add(fd, Interest::READABLE, self.token)?)
    }

    /// Whoever has found a descriptor of the set gone has the I/O thread look.
    pub fn complain(&self) {
        self.background.complain();
    }

    /// For the I/O thread: whether a descriptor of the set is not there any more.
    pub(super) fn is_gone(&self) -> bool {
        self.epoll.is_gone() | self.wake.is_gone()
    }

    /// For the I/O thread, which has perhaps lost the set from its poll: makes sure
    /// of the set, and of its connections if the set is a new one.
    pub(super) fn mend(&self) {
        let mut lent = self.lent.load(Ordering::Acquire);
        let mut watched = self.watch(lent);
        let anew = watched.as_ref().is_err_and(is_gone) && self.epoll.renew().is_ok();
        if anew {
            watched = self.watch(lent);
        }
        while watched.is_ok() && self.lent.load(Ordering::Acquire) != lent {
            // The right has changed hands meanwhile, and may do so again.
            lent = !lent;
            watched = self.watch(lent);
        }
        let wake = || {
            let fd = self.wake.as_raw_fd();
            self.epoll.set(fd, libc::EPOLLIN, WAKE)
        };
        if wake().as_ref().is_err_and(is_gone) && self.wake.renew().is_ok() {
            let _ = wake();
        }
        if !anew {
            return;
        }
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let links: Vec<_> = links.iter().flatten().cloned().collect();
        for (pipe, link) in links {
            if let Some(conn) = link.read_conn()
                && self
                    .epoll
                    .set(conn.as_raw_fd(), libc::EPOLLIN, pipe.bits())
                    .is_err()
            {
                link.lost(&conn);
            }
        }
    }

    fn watch(&self, lent: bool) -> std::io::Result<()> {
        let interest = if lent { NEITHER } else { Interest::READABLE };
        let fd = self.epoll.as_raw_fd();
        self.watched.set(fd, interest, self.token)
    }

    /// Has the connection of `link` watched on behalf of `pipe`.
    pub fn add(&self, pipe: PipeId, link: &Arc<Link>, conn: &Conn) -> Result<()> {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        if links.len() <= pipe.index() {
            links.resize_with(pipe.index() + 1, || None);
        }
        links[pipe.index()] = Some((pipe, link.clone()));
        drop(links);
        let fd = conn.as_raw_fd();
        // A connection that was stopped or is added again is there already.
        let added = self.epoll.set(fd, libc::EPOLLIN, pipe.bits());
        if added.as_ref().is_err_and(is_gone) {
            self.complain();
        }
        Ok(added?)
    }

    /// Forgets the pipe.
    pub fn remove(&self, pipe: PipeId) {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = links.get_mut(pipe.index())
            && place.as_ref().is_some_and(|(id, _)| *id == pipe)
        {
            *place = None;
        }
    }

    /// A caller takes over watching.
    pub fn take(&self) {
        self.lent.store(true, Ordering::Release);
        self.switch(NEITHER);
    }

    /// The I/O thread watches again, and hears of what is ready already.
    pub fn give_back(&self) {
        self.lent.store(false, Ordering::Release);
        self.switch(Interest::READABLE);
    }

    fn switch(&self, interest: Interest) {
        let fd = self.epoll.as_raw_fd();
        if self.watched.modify(fd, interest, self.token).is_err() {
            // It was closed behind our back.
            self.complain();
        }
    }

    /// For the holder of the read right: passes the pipes that have input to
    /// `ready`. Only who knows that nobody sleeps here takes note of a
    /// [`wake`](Self::wake).
    pub fn look(&self, takes_note: bool, mut ready: impl FnMut(PipeId)) -> std::io::Result<()> {
        let mut events = [EpollEvent::EMPTY; BATCH];
        for event in self.epoll.wait(&mut events, Some(Duration::ZERO))? {
            if event.token() != WAKE {
                ready(PipeId::from_bits(event.token()));
            } else if takes_note {
                let _ = self.wake.drain();
            }
        }
        Ok(())
    }

    /// A wait for input, to be slept elsewhere; what came is to be told by
    /// [`came`](Self::came).
    pub fn nap(&self, room: &mut [EpollEvent], limit: Duration) -> Nap {
        Nap::set(&self.epoll, room, limit)
    }

    /// Passes the pipes that have input to `ready`.
    pub fn came(&self, events: &[EpollEvent], mut ready: impl FnMut(PipeId)) {
        for event in events {
            match event.token() {
                WAKE => drop(self.wake.drain()),
                token => ready(PipeId::from_bits(token)),
            }
        }
    }

    /// Ends the wait of the holder of the read right.
    pub fn wake(&self) {
        if self.wake.notify().is_err() {
            self.complain();
        }
    }

    /// For the I/O thread: reads from whatever is ready, within bounds. Says
    /// whether there may be more.
    pub(super) fn serve(&self) -> bool {
        for _ in 0..ROUNDS {
            if self.lent.load(Ordering::Acquire) {
                return false;
            }
            let mut ready = [PipeId::NONE; BATCH];
            let mut count = 0;
            let waited = self.look(false, |pipe| {
                ready[count] = pipe;
                count += 1;
            });
            if waited.as_ref().is_err_and(is_gone) {
                self.complain();
            }
            if waited.is_err() || count == 0 {
                return false;
            }
            for &pipe in &ready[..count] {
                if let Some(link) = self.link(pipe) {
                    link.fill(self);
                }
            }
        }
        true
    }

    fn link(&self, pipe: PipeId) -> Option<Arc<Link>> {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let (id, link) = links.get(pipe.index())?.as_ref()?;
        (*id == pipe).then(|| link.clone())
    }
}

impl AsRawFd for ReadSet {
    fn as_raw_fd(&self) -> RawFd {
        self.epoll.as_raw_fd()
    }
}

impl Watch for ReadSet {
    fn stop(&self, _link: &Link, conn: Option<&Conn>) {
        if let Some(conn) = conn {
            // Not there any more is as good.
            let _ = self.epoll.delete(conn.as_raw_fd());
        }
    }

    fn resume(&self, link: &Link, conn: &Conn) {
        // Without it the connection would stall: better to lose it.
        if let Err(error) = self
            .epoll
            .add(conn.as_raw_fd(), libc::EPOLLIN, link.pipe().bits())
            && error.raw_os_error() != Some(libc::EEXIST)
        {
            let _ = conn.stream.shutdown_both();
        }
    }
}
