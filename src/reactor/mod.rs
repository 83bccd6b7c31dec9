//! I/O threads: they guarantee progress when no caller is there.
//!
//! A thread accepts, connects, shakes hands, reconnects and lingers; it reads
//! for sockets that nobody waits on and writes what callers left behind. It
//! never waits for a socket's lock. Work reaches it as [`Request`]s and as
//! [`Notice`]s of links.

mod acceptor;
mod event_loop;
mod monitor;
mod notes;
mod patrol;
mod poll;
mod read_set;
mod session;
mod tick;
mod timers;

use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::Sender;
use mio::Interest;

use crate::error::{Error, Result};
use crate::link::{Background, Linger, Notice};
use crate::sys::{self, EventFd, Scheduling, Thread, TimerFd};

pub use acceptor::Acceptor;
pub use monitor::{Ends, Event, Monitor};
pub use notes::Notes;
pub use read_set::ReadSet;
pub use session::{Connector, Peering};

use event_loop::EventLoop;
use poll::{Poll, Watched};

/// Whom an event of a thread's poll is for.
type Token = usize;

const WAKER: Token = 0;
const TICK: Token = 1;
const FIRST_FREE: Token = 2;

/// Of what is not to be reported: an event that never comes, since mio has no word for
/// none.
const NEITHER: Interest = Interest::PRIORITY;

/// What a socket asks of an I/O thread.
pub enum Request {
    /// Accept connections.
    Listen(Box<Acceptor>),
    /// Stop accepting, and close what was accepted; the number is the acceptor's.
    Unlisten(u64, Linger),
    /// Connect and stay connected.
    Connect(Box<Connector>),
    /// Watch this socket's connections when no caller does.
    Watch(Arc<ReadSet>),
    /// Forget them.
    Unwatch(Token),
    /// Addresses of a name, for the link with this number and its attempt.
    Resolved(u64, u64, Result<Vec<std::net::SocketAddr>>),
    /// End the thread.
    Stop,
}

/// A running I/O thread.
pub struct IoThread {
    background: Arc<Background>,
    requests: Sender<Request>,
    watched: Arc<Watched>,
    tokens: AtomicUsize,
    thread: Mutex<Option<Thread>>,
}

impl IoThread {
    /// Starts a thread with every signal blocked.
    pub fn start(name: Vec<u8>, scheduling: Scheduling) -> Result<Arc<IoThread>> {
        let poll = Poll::new()?;
        let watched = poll.watched().clone();
        let waker = EventFd::new()?;
        // Not mio's own waker, which a cancelled thread would end in.
        watched.add(waker.as_raw_fd(), Interest::READABLE, WAKER)?;
        let timer = TimerFd::new()?;
        watched.add(timer.as_raw_fd(), Interest::READABLE, TICK)?;
        let (requests, request_queue) = crossbeam_channel::unbounded();
        let (notices, notice_queue) = crossbeam_channel::unbounded::<Notice>();
        let io = Arc::new(IoThread {
            background: Arc::new(Background::new(notices, waker, timer)),
            requests,
            watched,
            tokens: AtomicUsize::new(FIRST_FREE),
            thread: Mutex::new(None),
        });
        let event_loop = EventLoop::new(poll, io.clone(), request_queue, notice_queue);
        let _blocked = sys::block_all_signals();
        let started = Thread::start(move || {
            // Last the name: who finds it finds the rest done.
            scheduling.apply();
            sys::name_thread(&name);
            event_loop.run()
        });
        let thread = started.map_err(|_| Error::Again)?;
        *io.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(io)
    }

    /// What links ask for.
    pub fn background(&self) -> &Arc<Background> {
        &self.background
    }

    /// Hands the thread some work.
    pub fn request(&self, request: Request) {
        // A thread that has ended has nothing left to do.
        let _ = self.requests.send(request);
        self.background.wake_surely();
    }

    /// A read set that this thread serves.
    pub fn read_set(&self) -> Result<Arc<ReadSet>> {
        let (watched, background) = (self.watched.clone(), self.background.clone());
        let set = Arc::new(ReadSet::new(watched, background, self.token())?);
        self.request(Request::Watch(set.clone()));
        set.register()?;
        Ok(set)
    }

    /// Ends the service of a read set.
    pub fn forget(&self, set: &ReadSet) {
        self.request(Request::Unwatch(set.token()));
    }

    /// Ends the thread and waits for it.
    pub fn stop(&self) {
        self.request(Request::Stop);
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            thread.join();
        }
    }

    fn token(&self) -> Token {
        self.tokens.fetch_add(1, Ordering::Relaxed)
    }
}
