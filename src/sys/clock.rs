//! Time as the engine counts it: nanoseconds of the monotonic clock.

use std::time::Duration;

/// A moment, comparable between threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Instant(u64);

impl Instant {
    /// Now.
    #[inline]
    pub fn now() -> Instant {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: `time` is a valid place for the result; the clock exists on
        // every Linux.
        unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
        Instant(time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64)
    }

    /// Nanoseconds since a fixed moment in the past.
    #[inline]
    pub fn nanos(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero if it is still to come.
    #[inline]
    pub fn since(self, earlier: Instant) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The moment `after` this one.
    #[inline]
    pub fn after(self, after: Duration) -> Instant {
        Instant(
            self.0
                .saturating_add(after.as_nanos().min(u64::MAX as u128) as u64),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_never_go_below_zero() {
        let now = Instant::now();
        let later = now.after(Duration::from_micros(3));
        assert_eq!(later.since(now), Duration::from_micros(3));
        assert_eq!(now.since(later), Duration::ZERO);
    }
}
