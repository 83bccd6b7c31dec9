//! Descriptors that were closed behind our back: an I/O thread finds out, and goes on
//! with others.
//!
//! Whoever meets one that does not answer complains, and the thread makes sure of
//! all at once. What nobody would notice, because the kernel just reports nothing
//! any more, is found on patrol: some seconds after the last event, and then less and
//! less often, the thread makes sure of its waker and its timer and of a few others.
//! (It cannot wait for ever: when all that it waits for is closed nobody can wake
//! it.) Not seen is a number that somebody else has taken meanwhile.

use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use mio::Interest;

use super::event_loop::{EventLoop, Source};
use super::session::Session;
use super::{TICK, Token, WAKER};
use crate::sys::{self, Instant};

/// How long after an event the thread makes sure of a few descriptors. As long as
/// nothing happens each pause is twice the one before.
const FIRST: Duration = Duration::from_secs(2);

/// The first pause when wake-ups seem to get lost.
const HASTE: Duration = Duration::from_millis(50);

/// The longest pause: an idle program is to use no processor.
const LAST: Duration = Duration::from_secs(64);

/// Of how many.
const FEW: usize = 16;

/// How long a thread that cannot wait for events any more sleeps instead.
const BROKEN: Duration = Duration::from_millis(10);

/// Where the last patrol came to, and when.
pub(super) struct Patrol {
    at: Instant,
    pause: Duration,
    next: Token,
}

impl Patrol {
    /// None yet.
    pub fn new() -> Patrol {
        Patrol {
            at: Instant::now(),
            pause: FIRST,
            next: 0,
        }
    }

    /// There was something to do that nobody has woken the thread for: perhaps what it
    /// is woken with has been taken for something else.
    pub fn hasten(&mut self) {
        self.pause = HASTE;
    }

    /// How long after the last one the next is to come.
    pub fn pause(&self) -> Duration {
        self.pause
    }
}

impl EventLoop {
    /// Makes sure of what the thread watches with: of everything if its poll is
    /// `lost` or somebody complains, of a few when it is time; `quiet` says that
    /// nothing has happened.
    pub(super) fn look_after(&mut self, lost: bool, quiet: bool) {
        let mut all = self.io.background().take_complaint() || lost;
        let now = Instant::now();
        if !quiet {
            self.patrol.pause = FIRST;
        }
        if !all && now.since(self.patrol.at) < self.patrol.pause {
            return;
        }
        let background = self.io.background().clone();
        self.patrol.at = now;
        self.patrol.pause = (2 * self.patrol.pause).min(LAST);
        // First who is gone, as long as nobody has the number.
        let lost = lost | self.poll.is_gone();
        all |= lost;
        let mut sources = self.sources(self.patrol.next, if all { 0 } else { FEW });
        self.patrol.next = sources.last().map_or(0, |(last, _)| last + 1);
        let (waker, timer) = (background.waker(), background.timer());
        let mut gone = waker.is_gone() | timer.is_gone();
        for (_, source) in &sources {
            gone |= self.find_gone(source);
        }
        if all || gone {
            all = true;
            sources = self.sources(0, usize::MAX);
            for (_, source) in &sources {
                self.find_gone(source);
            }
        }
        if lost && self.poll.renew().is_err() {
            background.complain();
            std::thread::sleep(BROKEN);
            return;
        }
        // What it has counted is looked at next: it need not be reported again.
        let _ = waker.drain();
        if self.cannot_watch(waker.as_raw_fd(), WAKER) && waker.renew().is_ok() {
            self.cannot_watch(waker.as_raw_fd(), WAKER);
        }
        if self.cannot_watch(timer.as_raw_fd(), TICK) && timer.renew().is_ok() {
            self.cannot_watch(timer.as_raw_fd(), TICK);
            self.ticks.rearm();
        }
        if all {
            for (token, source) in sources {
                self.watch_again(token, source);
            }
        }
    }

    fn sources(&self, from: Token, most: usize) -> Vec<(Token, Source)> {
        let sources = self.sources.range(from..).take(most);
        sources
            .map(|(&token, source)| (token, source.clone()))
            .collect()
    }

    /// Whether a descriptor of this one is not there any more.
    fn find_gone(&mut self, source: &Source) -> bool {
        match source {
            Source::ReadSet(set) => set.is_gone(),
            Source::Acceptor(number) => {
                let acceptor = self.acceptors.get(number);
                acceptor.is_some_and(|(acceptor, _)| acceptor.listener.is_gone())
            }
            Source::Session(number) => {
                let session = self.sessions.get(number);
                let gone = session.is_some_and(Session::is_gone);
                if gone {
                    self.watched.remove(number);
                    self.step(*number, Session::gone);
                }
                gone
            }
        }
    }

    /// Watches what may have to be watched again.
    fn watch_again(&mut self, token: Token, source: Source) {
        match source {
            Source::ReadSet(set) => set.mend(),
            Source::Acceptor(number) => {
                if let Some((acceptor, _)) = self.acceptors.get(&number) {
                    // One that is gone accepts nobody any more.
                    self.cannot_watch(acceptor.as_raw_fd(), token);
                }
            }
            Source::Session(number) => {
                if let Some(&(fd, interest)) = self.watched.get(&number) {
                    let _ = self.poll.watched().set(fd, interest, token);
                }
            }
        }
    }

    /// Watches a descriptor for input; whether it is not there to be watched.
    fn cannot_watch(&self, fd: RawFd, token: Token) -> bool {
        let watched = self.poll.watched().set(fd, Interest::READABLE, token);
        watched.as_ref().is_err_and(sys::is_gone)
    }
}
