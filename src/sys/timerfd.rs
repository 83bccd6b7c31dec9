//! A descriptor that becomes readable when a time has passed.
//!
//! It counts on the monotonic clock and, unlike the time-outs of `epoll_wait`,
//! to the nanosecond (as far as the waiting thread's timer slack allows).

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use super::{Fd, check, read_counter};

/// A non-blocking timerfd, closed on `exec`.
#[derive(Debug)]
pub struct TimerFd(Fd);

impl TimerFd {
    /// Makes one that is not armed.
    pub fn new() -> io::Result<TimerFd> {
        let flags = libc::TFD_CLOEXEC | libc::TFD_NONBLOCK;
        // SAFETY: the call touches no memory of this process.
        let fd = check(unsafe { libc::timerfd_create(libc::CLOCK_MONOTONIC, flags) })?;
        Ok(TimerFd(Fd::from_raw(fd)))
    }

    /// Whether it was closed behind our back.
    pub fn is_gone(&self) -> bool {
        self.0.is_gone()
    }

    /// Goes on with a new one, because this was closed behind our back.
    pub fn renew(&self) -> io::Result<()> {
        self.0.replace(TimerFd::new()?.0);
        Ok(())
    }

    /// Fires once, `after` from now. Replaces what was set before.
    pub fn arm(&self, after: Duration) -> io::Result<()> {
        self.set(after.max(SHORTEST), Duration::ZERO)
    }

    /// Fires every `period`, first one `period` from now.
    pub fn arm_periodic(&self, period: Duration) -> io::Result<()> {
        self.set(period.max(SHORTEST), period.max(SHORTEST))
    }

    /// Forgets what was set, and a firing that nobody has drained.
    pub fn disarm(&self) -> io::Result<()> {
        self.set(Duration::ZERO, Duration::ZERO)
    }

    /// Makes it unreadable; returns how often it had fired.
    pub fn drain(&self) -> io::Result<u64> {
        read_counter(&self.0)
    }

    fn set(&self, first: Duration, period: Duration) -> io::Result<()> {
        let setting = libc::itimerspec {
            it_value: timespec(first),
            it_interval: timespec(period),
        };
        // SAFETY: `setting` outlives the call, and no old setting is asked for.
        let result =
            unsafe { libc::timerfd_settime(self.0.as_raw_fd(), 0, &setting, std::ptr::null_mut()) };
        check(result).map(drop)
    }
}

impl AsRawFd for TimerFd {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

/// A time of zero would disarm the timer instead of firing at once.
const SHORTEST: Duration = Duration::from_nanos(1);

/// The kernel's form of a duration; more than 68 years count as 68.
pub(super) fn timespec(time: Duration) -> libc::timespec {
    // SAFETY: a timespec is made of integers, for which zero is a value.
    let mut spec: libc::timespec = unsafe { std::mem::zeroed() };
    spec.tv_sec = time.as_secs().min(i32::MAX as u64) as libc::time_t;
    spec.tv_nsec = time.subsec_nanos() as _;
    spec
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{PollFd, poll};
    use std::time::Instant;

    #[test]
    fn fires_after_its_time_and_not_when_disarmed() {
        let timer = TimerFd::new().unwrap();
        let start = Instant::now();
        timer.arm(Duration::from_millis(2)).unwrap();
        let mut fds = [PollFd::new(timer.as_raw_fd(), libc::POLLIN)];
        assert_eq!(poll(&mut fds, None, None).unwrap(), 1);
        assert!(start.elapsed() >= Duration::from_millis(2));
        assert_eq!(timer.drain().unwrap(), 1);
        assert_eq!(timer.drain().unwrap(), 0);

        timer.arm(Duration::ZERO).unwrap();
        assert_eq!(poll(&mut fds, None, None).unwrap(), 1);
        timer.disarm().unwrap();
        assert_eq!(poll(&mut fds, Some(Duration::ZERO), None).unwrap(), 0);
        timer.arm(Duration::MAX).unwrap();
        assert_eq!(poll(&mut fds, Some(Duration::ZERO), None).unwrap(), 0);
    }

    #[test]
    fn a_periodic_timer_goes_on() {
        let timer = TimerFd::new().unwrap();
        timer.arm_periodic(Duration::from_micros(200)).unwrap();
        let mut fds = [PollFd::new(timer.as_raw_fd(), libc::POLLIN)];
        for _ in 0..3 {
            assert_eq!(poll(&mut fds, None, None).unwrap(), 1);
            assert!(timer.drain().unwrap() >= 1);
        }
    }
}
