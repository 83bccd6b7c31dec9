//! Waking threads that sleep on a 32-bit word. The sleep is a [`Nap`](super::Nap).

use std::sync::atomic::AtomicU32;

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
    use crate::sys::Nap;
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    #[test]
    fn a_sleeper_is_woken() {
        let word = Arc::new(AtomicU32::new(0));
        let sleeper = std::thread::spawn({
            let word = word.clone();
            move || {
                while word.load(Ordering::SeqCst) == 0 {
                    let nap = Nap::word(&word, 0, Duration::from_secs(3600));
                    // SAFETY: the word outlives the nap.
                    let result = unsafe { nap.take() };
                    assert!(result == 0 || result == -libc::EAGAIN, "{result}");
                }
            }
        });
        word.store(1, Ordering::SeqCst);
        wake_all(&word);
        sleeper.join().unwrap();
        assert_eq!(wake_all(&word), 0);
    }
}
