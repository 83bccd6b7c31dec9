//! What links ask of the I/O thread behind them.
//!
//! Two ways in: requests, handled one by one, and the list of what wants to be
//! looked at every tick. Both wake the thread only when it would otherwise
//! sleep. The thread itself is `reactor`'s.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossbeam_channel::Sender;

use crate::link::Link;
use crate::sys::{EventFd, TimerFd};

/// Something the tick looks at until it says that it has gone quiet.
pub enum Ticking {
    /// A link whose outbox may hold what its caller left behind.
    Link(Arc<Link>),
    /// A read right that its holder may have forgotten.
    Lease(Box<dyn Lease>),
    /// The same of a single pipe, to be looked at now and then.
    PipeLease(Box<dyn Lease>),
}

/// A read right kept while calls come quickly.
pub trait Lease: Send {
    /// Gives the right back if it was not used since the last look, and says
    /// whether there is anything left to watch.
    fn look(&mut self) -> bool;
}

/// How long a closing connection goes on with what is still to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linger {
    /// As long as it takes.
    Forever,
    /// This many milliseconds.
    For(u64),
}

impl Linger {
    /// Not at all.
    pub const NONE: Linger = Linger::For(0);

    /// What `ZMQ_LINGER` says: milliseconds, negative for ever.
    pub fn from_option(milliseconds: i32) -> Linger {
        u64::try_from(milliseconds).map_or(Linger::Forever, Linger::For)
    }
}

/// A message to the I/O thread about one link.
pub enum Notice {
    /// The kernel takes no more: go on when it does.
    Full(Arc<Link>),
    /// The connection with this number ended, or has to: the peer broke the protocol.
    Down(Arc<Link>, u64, bool),
    /// A heartbeat is due earlier than the thread knows.
    Beat(Arc<Link>, u64),
    /// The socket is through with this peer: send what is left while the linger
    /// lasts, then close the connection.
    Close(Arc<Link>, Linger),
}

#[derive(Default)]
struct Ticks {
    list: Vec<Ticking>,
    awake: bool,
}

/// A handle on an I/O thread.
pub struct Background {
    notices: Sender<Notice>,
    waker: EventFd,
    /// What the thread ticks with.
    timer: TimerFd,
    /// Whether somebody has found a descriptor of the thread's gone.
    hurt: AtomicBool,
    ticks: Mutex<Ticks>,
}

impl Background {
    /// A handle that sends to `notices` and wakes with `waker`, which the thread
    /// watches for every notification and never drains. It watches `timer`, too.
    pub fn new(notices: Sender<Notice>, waker: EventFd, timer: TimerFd) -> Background {
        Background {
            notices,
            waker,
            timer,
            hurt: AtomicBool::new(false),
            ticks: Mutex::default(),
        }
    }

    /// Hands `notice` to the thread. A thread that has ended has nothing left
    /// to do with it.
    pub fn notify(&self, notice: Notice) {
        let ends = matches!(notice, Notice::Close(..));
        let _ = self.notices.send(notice);
        if ends {
            self.wake_surely();
        } else {
            self.wake();
        }
    }

    /// Has the thread look at its requests.
    pub fn wake(&self) {
        if self.waker.notify().is_err() {
            // It was closed behind our back.
            self.hurt.store(true, Ordering::Release);
            let _ = self.timer.arm(Duration::ZERO);
        }
    }

    /// What the thread is woken with.
    pub fn waker(&self) -> &EventFd {
        &self.waker
    }

    /// What it ticks with.
    pub fn timer(&self) -> &TimerFd {
        &self.timer
    }

    /// A descriptor that the thread watches with has turned out to be gone: it is
    /// to make sure of them all.
    pub fn complain(&self) {
        self.hurt.store(true, Ordering::Release);
        self.wake_surely();
    }

    /// For the thread: whether somebody has complained since it was asked.
    pub fn take_complaint(&self) -> bool {
        self.hurt.load(Ordering::Relaxed) && self.hurt.swap(false, Ordering::AcqRel)
    }

    /// As [`wake`](Self::wake), also if that descriptor is another one by now:
    /// for what somebody waits for. A tick that comes early does no harm.
    pub fn wake_surely(&self) {
        self.wake();
        let _ = self.timer.arm(Duration::ZERO);
    }

    /// Puts `ticking` on the list and wakes the thread if it does not tick.
    pub fn watch(&self, ticking: Ticking) {
        let mut ticks = self.ticks();
        ticks.list.push(ticking);
        let sleeps = !std::mem::replace(&mut ticks.awake, true);
        drop(ticks);
        if sleeps {
            self.wake();
        }
    }

    /// For the thread: takes what was put on the list since the last call. If
    /// that is nothing, and the thread says that it is `idle`, the next
    /// [`Background::watch`] wakes it.
    pub fn collect(&self, idle: bool) -> Vec<Ticking> {
        let mut ticks = self.ticks();
        let new = std::mem::take(&mut ticks.list);
        ticks.awake = !(idle && new.is_empty());
        new
    }

    fn ticks(&self) -> MutexGuard<'_, Ticks> {
        self.ticks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
