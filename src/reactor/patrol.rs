//! Descriptors that were closed behind our back: an I/O thread finds out, and goes on
//! with others.
//!
//! Whoever meets one that does not answer complains, and the thread makes sure of
//! all at once. What nobody would notice, because the kernel just reports nothing
//! any more, is found on patrol: once a second the thread makes sure of its waker
//! and its timer and of a few others. (It cannot wait for longer: when all that it
//! waits for is closed nobody can wake it.) Not seen is a number that somebody else
//! has taken meanwhile.

use std::os::fd::AsRawFd;
use std::time::Duration;

use super::event_loop::{EventLoop, Source};
use super::session::Session;
use super::{READABLE, TICK, Token, WAKER};
use crate::sys::{self, Instant};

/// How often the thread makes sure of a few descriptors.
pub(super) const PATROL: Duration = Duration::from_secs(1);

/// Of how many.
const FEW: usize = 16;

/// How long a thread that cannot wait for events any more sleeps instead.
const BROKEN: Duration = Duration::from_millis(10);

/// Where the last patrol came to, and when.
pub(super) struct Patrol {
    at: Instant,
    next: Token,
}

impl Patrol {
    /// None yet.
    pub fn new() -> Patrol {
        let at = Instant::now();
        Patrol { at, next: 0 }
    }
}

impl EventLoop {
    /// Makes sure of what the thread watches with: of everything if its poll is
    /// `lost` or somebody complains, of a few when it is time.
    pub(super) fn look_after(&mut self, lost: bool) {
        let background = self.io.background().clone();
        let all = background.take_complaint() || lost;
        let now = Instant::now();
        if !all && now.since(self.patrol.at) < PATROL {
            return;
        }
        self.patrol.at = now;
        if lost && self.poll.renew().is_err() {
            std::thread::sleep(BROKEN);
            return;
        }
        // What it has counted is looked at next: it need not be reported again.
        let _ = background.waker().drain();
        let watched = |fd, token| match lost {
            true => self.poll.add(fd, READABLE, token),
            false => self.poll.modify(fd, READABLE, token),
        };
        let waker = background.waker();
        if lost_from(watched(waker.as_raw_fd(), WAKER)) && waker.renew().is_ok() {
            let _ = self.poll.set(waker.as_raw_fd(), READABLE, WAKER);
        }
        let timer = background.timer();
        if lost_from(watched(timer.as_raw_fd(), TICK)) && timer.renew().is_ok() {
            let _ = self.poll.set(timer.as_raw_fd(), READABLE, TICK);
            self.ticks.rearm();
        }
        let few = if all { usize::MAX } else { FEW };
        let from = if all { 0 } else { self.patrol.next };
        let sources: Vec<_> = self
            .sources
            .range(from..)
            .take(few)
            .map(|(&token, source)| (token, source.clone()))
            .collect();
        self.patrol.next = match sources.last() {
            Some((last, _)) if sources.len() == few => last + 1,
            _ => 0,
        };
        for (token, source) in sources {
            self.make_sure(token, source);
        }
    }

    fn make_sure(&mut self, token: Token, source: Source) {
        match source {
            Source::ReadSet(set) => set.mend(),
            Source::Acceptor(number) => {
                if let Some((acceptor, _)) = self.acceptors.get(&number) {
                    // One that is gone accepts nobody any more.
                    let _ = self.poll.set(acceptor.as_raw_fd(), READABLE, token);
                }
            }
            Source::Session(number) => {
                if let Some(&(fd, events)) = self.watched.get(&number)
                    && lost_from(self.poll.set(fd, events, token))
                {
                    self.watched.remove(&number);
                    self.step(number, Session::gone);
                } else if let Some(session) = self.sessions.get(&number)
                    && session.up_fd().is_some_and(|fd| !sys::is_open(fd))
                {
                    self.step(number, Session::gone);
                }
            }
        }
    }
}

/// Whether a descriptor could not be watched because it is gone.
fn lost_from(watched: std::io::Result<()>) -> bool {
    watched.as_ref().is_err_and(sys::is_gone)
}
