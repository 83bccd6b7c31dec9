//! Sleeping on a 32-bit word until another thread of this process wakes it.
//!
//! A sleep may end for no reason, as [`Outcome::Woken`] does not promise that
//! the word has changed: the caller looks again. Raw `futex` calls are no
//! cancellation points of `pthread_cancel`.

use std::io;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use super::timerfd::timespec;

/// How a sleep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody called [`wake`], or the word did not hold the expected value.
    Woken,
    /// The time was up.
    TimedOut,
    /// A signal handler ran.
    Interrupted,
}

/// Sleeps while `word` holds `expected`, for at most `timeout`.
///
/// A sleep without a time-out is one of 68 years: the kernel restarts one that
/// has none after a handler installed with `SA_RESTART`, and callers are
/// promised `EINTR` after any handler.
pub fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> Outcome {
    let limit = timespec(timeout.unwrap_or(Duration::MAX));
    // SAFETY: the word is borrowed for the call and `limit` outlives it; the
    // remaining arguments of `futex` are not used by FUTEX_WAIT.
    let result = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
            expected,
            &raw const limit,
        )
    };
    if result == 0 {
        return Outcome::Woken;
    }
    match io::Error::last_os_error().raw_os_error() {
        Some(libc::ETIMEDOUT) => Outcome::TimedOut,
        Some(libc::EINTR) => Outcome::Interrupted,
        _ => Outcome::Woken,
    }
}

/// Wakes up to `count` threads that sleep on `word`; returns how many it was.
pub fn wake(word: &AtomicU32, count: u32) -> usize {
    let count = count.min(i32::MAX as u32);
    // SAFETY: the word is only an address to FUTEX_WAKE, and is borrowed.
    let result = unsafe {
        libc::syscall(
            libc::SYS_futex,
            word.as_ptr(),
            libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
            count,
        )
    };
    usize::try_from(result).unwrap_or(0)
}

/// Wakes every thread that sleeps on `word`.
pub fn wake_all(word: &AtomicU32) -> usize {
    wake(word, u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::thread::JoinHandleExt;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, mpsc};

    #[test]
    fn another_value_returns_at_once_and_time_runs_out() {
        let word = AtomicU32::new(1);
        assert_eq!(wait(&word, 0, None), Outcome::Woken);
        assert_eq!(wait(&word, 1, Some(Duration::ZERO)), Outcome::TimedOut);
        assert_eq!(
            wait(&word, 1, Some(Duration::from_millis(1))),
            Outcome::TimedOut
        );
        assert_eq!(wake_all(&word), 0);
    }

    #[test]
    fn a_sleeper_is_woken() {
        let word = Arc::new(AtomicU32::new(0));
        let sleeper = std::thread::spawn({
            let word = word.clone();
            move || {
                while word.load(Ordering::SeqCst) == 0 {
                    assert_eq!(wait(&word, 0, None), Outcome::Woken);
                }
            }
        });
        word.store(1, Ordering::SeqCst);
        wake_all(&word);
        sleeper.join().unwrap();
    }

    #[test]
    fn a_restarting_handler_ends_a_sleep_without_time_out() {
        extern "C" fn nothing(_: libc::c_int) {}
        // SAFETY: the handler does nothing, and `signal` restarts calls.
        unsafe { libc::signal(libc::SIGURG, nothing as *const () as libc::sighandler_t) };
        let (done, finished) = (Arc::new(AtomicBool::new(false)), mpsc::channel());
        let sleeper = std::thread::spawn({
            let done = done.clone();
            move || {
                let outcome = wait(&AtomicU32::new(0), 0, None);
                done.store(true, Ordering::SeqCst);
                finished.0.send(outcome).unwrap();
            }
        });
        // Sent until one arrives while it sleeps: there is no event for that.
        while !done.load(Ordering::SeqCst) {
            // SAFETY: the thread is not joined yet, so its id is valid.
            unsafe { libc::pthread_kill(sleeper.as_pthread_t(), libc::SIGURG) };
            std::thread::yield_now();
        }
        assert_eq!(finished.1.recv().unwrap(), Outcome::Interrupted);
        sleeper.join().unwrap();
    }
}
