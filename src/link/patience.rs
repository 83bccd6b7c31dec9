//! Whether something is worth a try that does not always pay: not where it was in vain,
//! for a while that doubles.

use std::sync::atomic::{AtomicU32, Ordering};

/// The most times that are passed without a try.
const BACK_OFF: u32 = 16;

/// What is known of the last tries.
#[derive(Default)]
pub struct Patience {
    /// Times to pass without a try.
    skip: AtomicU32,
    vain: AtomicU32,
}

impl Patience {
    /// Whether to try.
    pub fn pays(&self) -> bool {
        self.skip.load(Ordering::Relaxed) == 0
    }

    /// Once more it was not tried.
    pub fn pass(&self) {
        let skip = self.skip.load(Ordering::Relaxed);
        self.skip.store(skip.saturating_sub(1), Ordering::Relaxed);
    }

    /// What a try came to.
    pub fn note(&self, paid: bool) {
        let vain = match paid {
            true => 0,
            false => (2 * self.vain.load(Ordering::Relaxed)).clamp(1, BACK_OFF),
        };
        self.vain.store(vain, Ordering::Relaxed);
        self.skip.store(vain, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_in_vain_is_followed_by_a_longer_pause_and_one_that_paid_by_none() {
        let patience = Patience::default();
        for pause in [1, 2, 4, 8, BACK_OFF, BACK_OFF] {
            assert!(patience.pays());
            patience.note(false);
            for _ in 0..pause {
                assert!(!patience.pays());
                patience.pass();
            }
        }
        patience.note(true);
        patience.pass();
        assert!(patience.pays());
        patience.note(false);
        patience.pass();
        assert!(patience.pays());
    }
}
