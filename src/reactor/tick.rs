//! The safety net behind callers: what they left in outboxes is written, and
//! read rights that they forgot are taken back.
//!
//! Ticks come soon after the thread was woken, then less often, the less so while
//! nothing but leases in steady use is to be looked at, and end when there was
//! nothing to do for a while: an idle program uses no CPU.

use std::time::Duration;

use crate::link::{Background, Ticking};
use crate::sys::{Instant, is_gone};

const FIRST: Duration = Duration::from_micros(50);
const SLOWEST: Duration = Duration::from_micros(200);

/// The period while nothing is to be looked at but leases that are in steady use: whoever
/// shares a processor with this thread has better to do.
const STEADILY: Duration = Duration::from_millis(1);

/// After so many looks in a row that found it in use, a lease is in steady use.
const STEADY: u32 = 16;

/// The period while nothing is to be looked at but leases of pipes.
const NOW_AND_THEN: Duration = Duration::from_millis(20);

/// A link is watched for this many ticks after its outbox was seen empty.
const PATIENCE: u32 = 4;

/// What is looked at every tick.
pub struct Ticks {
    /// With the looks in a row that found nothing (links), or use (leases).
    list: Vec<(Ticking, u32)>,
    period: Duration,
    /// For how long the timer is armed, if it is.
    armed: Option<Duration>,
    /// The timer has been found gone.
    untimed: bool,
}

impl Ticks {
    /// No ticks yet.
    pub fn new() -> Ticks {
        Ticks {
            list: Vec::new(),
            period: FIRST,
            armed: None,
            untimed: false,
        }
    }

    /// The timer has fired.
    pub fn fired(&mut self, background: &Background) {
        let _ = background.timer().drain();
        self.armed = None;
        let now = Instant::now();
        self.list.retain_mut(|(ticking, looks)| match ticking {
            Ticking::Lease(lease) | Ticking::PipeLease(lease) => {
                *looks = looks.saturating_add(1);
                lease.look()
            }
            Ticking::Link(link) => {
                *looks = if link.tick(now, false) { 0 } else { *looks + 1 };
                *looks <= PATIENCE || !link.stop_watching()
            }
        });
        self.period = SLOWEST.min(self.period * 2);
    }

    /// Takes in what callers asked to be looked at, writes at once what they
    /// have left, and sees to it that the next tick comes.
    pub fn collect(&mut self, background: &Background) {
        // Until there is nothing: only then are we sure to be woken.
        loop {
            let new = background.collect(self.next_period() > SLOWEST);
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
        let period = self.next_period();
        let late = self
            .armed
            .is_none_or(|armed| armed > SLOWEST && period < armed);
        if !self.list.is_empty() && late {
            let armed = background.timer().arm(period);
            // Once: it may be that there are no descriptors to be had.
            if armed.as_ref().is_err_and(is_gone) && !std::mem::replace(&mut self.untimed, true) {
                background.complain();
            }
            self.armed = armed.is_ok().then_some(period);
            self.untimed &= self.armed.is_none();
        }
    }

    /// How long it is to the next tick.
    fn next_period(&self) -> Duration {
        let periods = self.list.iter().map(|(ticking, looks)| match ticking {
            Ticking::PipeLease(_) => NOW_AND_THEN,
            Ticking::Lease(_) if *looks >= STEADY => STEADILY,
            _ => self.period,
        });
        periods.min().unwrap_or(NOW_AND_THEN)
    }

    /// Whether ticks are to come, and no timer tells when.
    pub fn are_untimed(&self) -> bool {
        self.untimed && !self.list.is_empty()
    }

    /// The timer is another one now.
    pub fn rearm(&mut self) {
        self.armed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{EventFd, TimerFd};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// A lease that is in use until that is said to be over.
    struct Used(Arc<AtomicBool>);

    impl crate::link::Lease for Used {
        fn look(&mut self) -> bool {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn a_lease_in_steady_use_is_looked_at_less_often() {
        let (notices, _unread) = crossbeam_channel::unbounded();
        let (waker, timer) = (EventFd::new().unwrap(), TimerFd::new().unwrap());
        let background = Background::new(notices, waker, timer);
        let used = [true, true].map(|used| Arc::new(AtomicBool::new(used)));
        let lease = |number: usize| Ticking::Lease(Box::new(Used(used[number].clone())));
        let mut ticks = Ticks::new();
        background.watch(lease(0));
        ticks.collect(&background);
        for _ in 0..STEADY {
            assert_eq!(ticks.armed, Some(ticks.period), "as often as for any other");
            ticks.fired(&background);
            ticks.collect(&background);
        }
        assert_eq!(ticks.armed, Some(STEADILY));
        // A new one is looked at soon, and again once it is alone.
        background.watch(lease(1));
        ticks.collect(&background);
        assert_eq!(ticks.armed, Some(FIRST));
        used[1].store(false, Ordering::Relaxed);
        ticks.fired(&background);
        ticks.collect(&background);
        assert_eq!((ticks.list.len(), ticks.armed), (1, Some(STEADILY)));
        used[0].store(false, Ordering::Relaxed);
        ticks.fired(&background);
        ticks.collect(&background);
        assert_eq!((ticks.list.len(), ticks.armed), (0, None));
    }
}
