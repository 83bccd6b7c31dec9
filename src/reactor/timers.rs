//! What is to happen later, for the I/O thread.
//!
//! A timer is never taken back: its owner counts its own changes of state and
//! ignores a timer that was set before the last one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use crate::sys::Instant;

/// A moment at which `owner` wants to be looked at, if its count still is
/// `stamp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    at: Instant,
    /// Whose timer it is.
    pub owner: u64,
    /// The owner's count of changes when it was set.
    pub stamp: u64,
}

/// Timers by time.
#[derive(Default)]
pub struct Timers(BinaryHeap<Reverse<Timer>>);

impl Timers {
    /// Sets a timer.
    pub fn set(&mut self, at: Instant, owner: u64, stamp: u64) {
        self.0.push(Reverse(Timer { at, owner, stamp }));
    }

    /// A timer that is due.
    pub fn pop_due(&mut self, now: Instant) -> Option<Timer> {
        if self.0.peek()?.0.at > now {
            return None;
        }
        self.0.pop().map(|Reverse(timer)| timer)
    }

    /// How long until the next timer is due.
    pub fn next(&self, now: Instant) -> Option<Duration> {
        self.0.peek().map(|Reverse(timer)| timer.at.since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn due_in_order_of_time() {
        let start = Instant::now();
        let mut timers = Timers::default();
        timers.set(start.after(Duration::from_millis(2)), 1, 7);
        timers.set(start.after(Duration::from_millis(1)), 2, 9);
        assert_eq!(timers.next(start), Some(Duration::from_millis(1)));
        assert_eq!(timers.pop_due(start), None);
        let later = start.after(Duration::from_millis(3));
        assert_eq!(timers.pop_due(later).map(|timer| timer.owner), Some(2));
        assert_eq!(timers.pop_due(later).map(|timer| timer.stamp), Some(7));
        assert_eq!(timers.pop_due(later), None);
    }
}
