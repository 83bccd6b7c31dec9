//! What belongs to the process as a whole: forks and randomness.
//!
//! A forked child has none of our threads and shares descriptors with its
//! parent. Everything that was made before the fork is dead there: it is told
//! by its generation, which is compared before any lock is touched.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

static GENERATION: AtomicU32 = AtomicU32::new(1);
/// What is called in a child: one place for each caller of [`at_fork`].
static HOOKS: [AtomicUsize; 4] = [const { AtomicUsize::new(0) }; 4];

/// How many forks separate this process from the first one that loaded the
/// library, counted from 1.
#[inline]
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Has forks counted from now on, and `hook` called in each child before
/// anything else happens there. To be called before anything is made that a
/// child must not use; a second time it does nothing.
pub fn at_fork(hook: fn()) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the handler only touches statics, which are never freed.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
    for place in &HOOKS {
        match place.compare_exchange(0, hook as usize, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => return,
            Err(known) if known == hook as usize => return,
            Err(_) => {}
        }
    }
    unreachable!("there are as many places as callers");
}

unsafe extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    for place in &HOOKS {
        let hook = place.load(Ordering::Acquire);
        if hook != 0 {
            // SAFETY: `at_fork` stores only functions of this type.
            unsafe { std::mem::transmute::<usize, fn()>(hook)() };
        }
    }
}

/// A random number from the operating system; a poor one, from the clock and
/// an address, where it has none.
pub fn random() -> u64 {
    let mut bytes = [0u8; 8];
    // SAFETY: `bytes` is a valid place for eight bytes.
    let count = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    if count == bytes.len() as isize {
        return u64::from_ne_bytes(bytes);
    }
    crate::sys::Instant::now().nanos() ^ (&raw const bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_differ() {
        assert_ne!(random(), random());
    }
}
