//! The read right of a socket: with its I/O thread, or with its callers.
//!
//! A caller that is about to wait takes the right, so that a reply wakes it and
//! no other thread. The right goes back when the wait ends, unless calls come so
//! quickly one after the other that it would only go to and fro: then it stays,
//! and the I/O thread's tick takes it back once nobody has used it for a while.
//!
//! The same for one pipe whose mark was reached: as long as its receiver comes for more
//! nobody else need read from it, and if it stays away the I/O thread goes on.

use std::sync::Arc;
use std::time::Duration;

use super::SocketRef;
use super::inner::Inner;
use crate::link::{Lease, PipeId, Ticking};
use crate::pipe::Pipe;
use crate::reactor::{IoThread, ReadSet};
use crate::sys::Instant;

/// Calls within this time of each other, on the average, are one conversation.
const HOT: Duration = Duration::from_micros(200);

/// How many receives pass before a caller that never waits looks around.
pub(super) const LOOK_EVERY: u64 = 4096;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// The I/O thread.
    Thread,
    /// A caller that waits.
    Caller,
    /// Whichever caller comes next.
    Callers,
}

/// The I/O thread that reads for a socket, and the right to read instead.
pub(super) struct Home {
    /// The thread.
    pub io: Arc<IoThread>,
    /// The connections.
    pub set: Arc<ReadSet>,
    holder: Holder,
    /// Whether the tick looks after the right.
    ticking: bool,
    /// When the last wait was over, and how many receives there had been.
    ended: Instant,
    used: u64,
}

impl Home {
    pub fn new(io: Arc<IoThread>, set: Arc<ReadSet>) -> Home {
        let (holder, ended) = (Holder::Thread, Instant::default());
        Home {
            io,
            set,
            holder,
            ticking: false,
            ended,
            used: 0,
        }
    }

    /// Whether callers read from the kernel themselves.
    #[inline]
    pub fn is_ours(&self) -> bool {
        self.holder != Holder::Thread
    }

    /// A caller is about to wait. False if another one does already.
    pub fn take(&mut self) -> bool {
        match self.holder {
            Holder::Caller => return false,
            Holder::Callers => {}
            Holder::Thread => self.set.take(),
        }
        self.holder = Holder::Caller;
        true
    }

    /// The wait of the caller that had the right is over. It began at `begun`;
    /// `alone` says that nobody else waits on the socket, `uses` counts its
    /// receives.
    pub fn finish(&mut self, me: SocketRef, begun: Instant, now: Instant, alone: bool, uses: u64) {
        let calls = u32::try_from(uses.wrapping_sub(self.used)).unwrap_or(u32::MAX);
        self.used = uses;
        if alone && begun.since(self.ended) < HOT.saturating_mul(calls) {
            self.holder = Holder::Callers;
            if !std::mem::replace(&mut self.ticking, true) {
                let look = Box::new(Look {
                    socket: me,
                    seen: uses,
                });
                self.io.background().watch(Ticking::Lease(look));
            }
        } else {
            self.holder = Holder::Thread;
            self.set.give_back();
        }
        self.ended = now;
    }

    /// The I/O thread reads from now on.
    pub fn end_lease(&mut self) {
        if std::mem::replace(&mut self.holder, Holder::Thread) != Holder::Thread {
            self.set.give_back();
        }
    }

    /// The tick's look: takes the right back if nobody used it since the last.
    /// Says whether to look again.
    fn look(&mut self, quiet: bool) -> bool {
        if quiet && self.holder == Holder::Callers {
            self.end_lease();
        }
        // A caller that sleeps with it says when it is done.
        self.ticking = !quiet && self.holder != Holder::Thread;
        self.ticking
    }
}

/// For the tick: what `look` says of a socket, which is to be looked at again if somebody
/// has it now. One that is closed has taken its rights with it.
fn look_at(socket: SocketRef, look: impl FnOnce(&mut Inner) -> bool) -> bool {
    let Some(guard) = socket.cell().held.try_lock() else {
        return true;
    };
    let entered = socket.entered(guard);
    entered.is_some_and(|mut inner| look(&mut inner))
}

/// What the tick knows of a pipe that only its receiver reads from.
pub(super) struct PipeLease {
    socket: SocketRef,
    pipe: PipeId,
    seen: Option<u64>,
}

impl PipeLease {
    pub fn begin(socket: SocketRef, pipe: PipeId) -> Box<dyn Lease> {
        Box::new(PipeLease {
            socket,
            pipe,
            seen: None,
        })
    }
}

impl Lease for PipeLease {
    fn look(&mut self) -> bool {
        look_at(self.socket, |inner| {
            let came = self.seen.replace(inner.uses) != Some(inner.uses);
            match (inner.pipes.get(self.pipe), &inner.home) {
                (Some(Pipe::Link(pipe)), Some(home)) => pipe.end_lease(came, &*home.set),
                _ => false,
            }
        })
    }
}

/// What the tick knows of a right that stays with callers.
struct Look {
    socket: SocketRef,
    seen: u64,
}

impl Lease for Look {
    fn look(&mut self) -> bool {
        look_at(self.socket, |inner| {
            let Some(home) = &mut inner.home else {
                return false;
            };
            let quiet = std::mem::replace(&mut self.seen, inner.uses) == inner.uses;
            home.look(quiet)
        })
    }
}
