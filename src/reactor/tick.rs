//! The safety net behind callers: what they left in outboxes is written, and
//! read rights that they forgot are taken back.
//!
//! Ticks come soon after the thread was woken, then less often, and end when
//! there was nothing to do for a while: an idle program uses no CPU.

use std::time::Duration;

use crate::link::{Background, Ticking};
use crate::sys::{Instant, is_gone};

const FIRST: Duration = Duration::from_micros(50);
const SLOWEST: Duration = Duration::from_micros(200);

/// The period while nothing is to be looked at but leases of pipes.
const NOW_AND_THEN: Duration = Duration::from_millis(20);

/// A link is watched for this many ticks after its outbox was seen empty.
const PATIENCE: u32 = 4;

/// What is looked at every tick.
pub struct Ticks {
    list: Vec<(Ticking, u32)>,
    period: Duration,
    armed: bool,
    /// It is armed for now and then.
    slow: bool,
    /// The timer has been found gone.
    untimed: bool,
}

impl Ticks {
    /// No ticks yet.
    pub fn new() -> Ticks {
        Ticks {
            list: Vec::new(),
            period: FIRST,
            armed: false,
            slow: false,
            untimed: false,
        }
    }

    /// The timer has fired.
    pub fn fired(&mut self, background: &Background) {
        let _ = background.timer().drain();
        self.armed = false;
        let now = Instant::now();
        self.list.retain_mut(|(ticking, quiet)| match ticking {
            Ticking::Lease(lease) | Ticking::PipeLease(lease) => lease.look(),
            Ticking::Link(link) => {
                *quiet = if link.tick(now, false) { 0 } else { *quiet + 1 };
                *quiet <= PATIENCE || !link.stop_watching()
            }
        });
        self.period = SLOWEST.min(self.period * 2);
    }

    /// Takes in what callers asked to be looked at, writes at once what they
    /// have left, and sees to it that the next tick comes.
    pub fn collect(&mut self, background: &Background) {
        // Until there is nothing: only then are we sure to be woken.
        loop {
            let new = background.collect(self.has_time());
            if new.is_empty() {
                break;
            }
            let now = Instant::now();
            for ticking in new {
                if let Ticking::Link(link) = &ticking {
                    link.tick(now, true);
                }
                self.list.push((ticking, 0));
            }
            self.period = FIRST;
        }
        let slow = self.has_time();
        if !self.list.is_empty() && (!self.armed || self.slow && !slow) {
            let period = if slow { NOW_AND_THEN } else { self.period };
            let armed = background.timer().arm(period);
            // Once: it may be that there are no descriptors to be had.
            if armed.as_ref().is_err_and(is_gone) && !std::mem::replace(&mut self.untimed, true) {
                background.complain();
            }
            (self.armed, self.slow) = (armed.is_ok(), slow);
            self.untimed &= !self.armed;
        }
    }

    /// Whether nothing is to be looked at soon. Who adds something then wakes the thread.
    fn has_time(&self) -> bool {
        let mut list = self.list.iter();
        list.all(|(ticking, _)| matches!(ticking, Ticking::PipeLease(_)))
    }

    /// Whether ticks are to come, and no timer tells when.
    pub fn are_untimed(&self) -> bool {
        self.untimed && !self.list.is_empty()
    }

    /// The timer is another one now.
    pub fn rearm(&mut self) {
        self.armed = false;
    }
}
