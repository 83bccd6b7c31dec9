//! A counter of messages that one side has finished with, and the other's wish to be told.
//!
//! The consumer adds to the counter; the producer reads it to know how many messages are
//! still under way, and when it has run out of room it asks to be woken at a certain count.
//! A wish is never lost: either the consumer sees it when it reaches the count, or the
//! producer sees that the count was reached while it was asking. It is reported once.
//!
//! How the producer is woken is the caller's business.

use super::barrier;
use super::shim::{AtomicU64, Ordering};

/// No wish: no count is ever this large.
const NEVER: u64 = u64::MAX;

/// The counter and the wish. One thread at a time acknowledges, one at a time asks.
#[derive(Debug)]
pub struct Credit {
    acknowledged: AtomicU64,
    wanted: AtomicU64,
}

impl Credit {
    /// Nothing acknowledged, nothing wanted.
    pub fn new() -> Self {
        Self {
            acknowledged: AtomicU64::new(0),
            wanted: AtomicU64::new(NEVER),
        }
    }

    /// How many messages the consumer has finished with since the beginning.
    #[inline]
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Acquire)
    }

    /// Consumer: the count is now `total`. True, once, if the producer asked to be woken at
    /// a count that has been reached.
    #[inline]
    pub fn acknowledge(&self, total: u64) -> bool {
        debug_assert!(total < NEVER);
        self.acknowledged.store(total, Ordering::Release);
        barrier::light();
        let wanted = self.wanted.load(Ordering::Relaxed);
        wanted <= total && self.take_wish(wanted)
    }

    #[cold]
    fn take_wish(&self, wanted: u64) -> bool {
        // When this fails the producer has withdrawn its wish, or put another in its place
        // after the count above became visible to it.
        let taken = Ordering::AcqRel;
        self.wanted
            .compare_exchange(wanted, NEVER, taken, Ordering::Relaxed)
            .is_ok()
    }

    /// Producer: asks to be woken once the count is `at` or more. False means that it is
    /// already, and nothing was left behind (though a wake-up may just be on its way).
    #[must_use]
    pub fn wait_for(&self, at: u64) -> bool {
        debug_assert!(at < NEVER);
        self.wanted.store(at, Ordering::Release);
        barrier::heavy();
        if self.acknowledged.load(Ordering::Acquire) < at {
            return true;
        }
        self.cancel();
        false
    }

    /// Producer: withdraws its wish. A wake-up may still be on its way.
    pub fn cancel(&self) {
        self.wanted.store(NEVER, Ordering::Relaxed);
    }
}

impl Default for Credit {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_reported_once_when_its_count_is_reached() {
        let credit = Credit::new();
        assert!(!credit.acknowledge(3));
        assert!(credit.wait_for(5));
        assert!(!credit.acknowledge(4));
        assert!(credit.acknowledge(6));
        assert!(!credit.acknowledge(7));
        assert_eq!(credit.acknowledged(), 7);
    }

    #[test]
    fn a_count_already_reached_leaves_no_wish_behind() {
        let credit = Credit::new();
        assert!(!credit.acknowledge(3));
        assert!(!credit.wait_for(3));
        assert!(!credit.acknowledge(4));
    }

    #[test]
    fn a_wish_can_be_withdrawn_or_replaced() {
        let credit = Credit::new();
        assert!(credit.wait_for(2));
        credit.cancel();
        assert!(!credit.acknowledge(2));
        assert!(credit.wait_for(4));
        assert!(credit.wait_for(5));
        assert!(!credit.acknowledge(4));
        assert!(credit.acknowledge(5));
    }
}
