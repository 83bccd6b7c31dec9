//! A lock with the protocol "try; else leave a mark; the holder looks again when it lets go".
//!
//! Whoever has work for the data tries the lock. If it is held, [`MarkLock::try_lock_or_mark`]
//! leaves a mark instead of waiting, and the holder is certain to see it: [`Guard::release`]
//! then keeps the lock and hands the guard back, so that the holder looks once more. What the
//! marker wrote before is visible to the holder when it looks.
//!
//! Dropping a guard lets go without looking; a mark left meanwhile stays for the next holder
//! that calls `release`. So where marks matter, every holder must end with `release`.
//!
//! Uncontended, taking and letting go cost one atomic operation each. Waiters spin for a
//! moment and then sleep in the kernel; the lock is not fair. It does not poison: a panic
//! while it is held lets go as any drop does.

use super::shim::{Futex, Ordering, UnsafeCell, spin_loop};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

/// Somebody holds the lock.
const LOCKED: u32 = 1;
/// Somebody may be asleep. Never set without `LOCKED`.
const WAITERS: u32 = 2;
/// Somebody found the lock held and wants its holder to look again.
const MARKED: u32 = 4;

/// How often a waiter looks before it sleeps.
const SPINS: u32 = if cfg!(loom) { 1 } else { 60 };

/// A value, and the lock and the mark that go with it.
#[derive(Debug)]
pub struct MarkLock<T> {
    state: Futex,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a guard, and at most one exists at a time; like
// every lock this one may move the value's use from thread to thread.
unsafe impl<T: Send> Send for MarkLock<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for MarkLock<T> {}

impl<T> MarkLock<T> {
    /// A lock that nobody holds.
    #[cfg(not(loom))]
    pub const fn new(value: T) -> Self {
        Self {
            state: Futex::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// A lock that nobody holds.
    #[cfg(loom)]
    pub fn new(value: T) -> Self {
        Self {
            state: Futex::new(0),
            value: UnsafeCell::new(value),
        }
    }

    /// Takes the lock, waiting for it if need be.
    #[inline]
    pub fn lock(&self) -> Guard<'_, T> {
        if self
            .state
            .compare_exchange(0, LOCKED, Ordering::Acquire, Ordering::Relaxed)
            .is_err()
        {
            self.lock_slowly();
        }
        Guard::new(self)
    }

    /// Takes the lock if nobody holds it.
    #[inline]
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        let mut state = 0;
        loop {
            let next = state | LOCKED;
            match self
                .state
                .compare_exchange(state, next, Ordering::Acquire, Ordering::Relaxed)
            {
                Ok(_) => return Some(Guard::new(self)),
                Err(now) if now & LOCKED != 0 => return None,
                Err(now) => state = now,
            }
        }
    }

    /// Takes the lock if nobody holds it; otherwise leaves a mark, which the holder finds in
    /// [`Guard::release`].
    #[inline]
    pub fn try_lock_or_mark(&self) -> Option<Guard<'_, T>> {
        let mut state = 0;
        loop {
            // A mark already there is written again: the holder must see what was written
            // before *this* call, too.
            let held = state & LOCKED != 0;
            let next = state | if held { MARKED } else { LOCKED };
            match self
                .state
                .compare_exchange(state, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) if held => return None,
                Ok(_) => return Some(Guard::new(self)),
                Err(now) => state = now,
            }
        }
    }

    /// Whether nobody holds the lock. What its last holder wrote is visible then.
    #[inline]
    pub fn is_free(&self) -> bool {
        self.state.load(Ordering::Acquire) & LOCKED == 0
    }

    /// The value, reached without locking.
    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: an exclusive reference to the lock excludes every guard.
        self.value.with_mut(|value| unsafe { &mut *value })
    }

    /// The value itself.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }

    #[cold]
    fn lock_slowly(&self) {
        let mut state = self.spin();
        // Once we have slept others may be asleep too, so from then on the lock is taken
        // with `WAITERS`; at worst that costs one needless wake-up.
        let mut take = LOCKED;
        loop {
            if state & LOCKED == 0 {
                let next = state | take;
                match self
                    .state
                    .compare_exchange(state, next, Ordering::Acquire, Ordering::Relaxed)
                {
                    Ok(_) => return,
                    Err(now) => state = now,
                }
                continue;
            }
            if state & WAITERS == 0 {
                let next = state | WAITERS;
                if let Err(now) =
                    self.state
                        .compare_exchange(state, next, Ordering::Relaxed, Ordering::Relaxed)
                {
                    state = now;
                    continue;
                }
                state = next;
            }
            self.state.wait(state);
            take = LOCKED | WAITERS;
            state = self.spin();
        }
    }

    /// Waits a moment for the lock to become free, unless others sleep already.
    fn spin(&self) -> u32 {
        let mut state = self.state.load(Ordering::Relaxed);
        for _ in 0..SPINS {
            if state & LOCKED == 0 || state & WAITERS != 0 {
                break;
            }
            spin_loop();
            state = self.state.load(Ordering::Relaxed);
        }
        state
    }

    /// Lets go, leaving a mark in place.
    #[cold]
    fn unlock_slowly(&self) {
        let word = &raw const self.state;
        let state = self.state.fetch_and(!(LOCKED | WAITERS), Ordering::Release);
        if state & WAITERS != 0 {
            // SAFETY: nothing is asked of the word; models join their threads before it goes.
            unsafe { Futex::wake_one(word) };
        }
    }

    /// Lets go and returns true, or takes the mark, keeps the lock and returns false.
    #[cold]
    fn release_slowly(&self) -> bool {
        let word = &raw const self.state;
        let mut state = self.state.load(Ordering::Relaxed);
        loop {
            let marked = state & MARKED != 0;
            let next = state & !if marked { MARKED } else { LOCKED | WAITERS };
            match self
                .state
                .compare_exchange(state, next, Ordering::AcqRel, Ordering::Relaxed)
            {
                Ok(_) if marked => return false,
                Ok(_) => break,
                Err(now) => state = now,
            }
        }
        if state & WAITERS != 0 {
            // SAFETY: nothing is asked of the word; models join their threads before it goes.
            unsafe { Futex::wake_one(word) };
        }
        true
    }
}

/// The right to use the value. Dropping it lets go; [`Guard::release`] looks for a mark.
#[derive(Debug)]
#[must_use = "the lock is let go at once"]
pub struct Guard<'a, T> {
    lock: &'a MarkLock<T>,
    /// As with `std`'s guards, the thread that took the lock is the one to let go.
    not_send: PhantomData<*mut T>,
}

// SAFETY: sharing a guard shares the value it gives access to.
unsafe impl<T: Sync> Sync for Guard<'_, T> {}

impl<'a, T> Guard<'a, T> {
    #[inline(always)]
    fn new(lock: &'a MarkLock<T>) -> Self {
        Self {
            lock,
            not_send: PhantomData,
        }
    }

    /// Lets go. If a mark was left meanwhile, clears it and keeps the lock: the guard comes
    /// back and its holder must look again.
    #[inline]
    #[must_use = "a guard that comes back means: look again"]
    pub fn release(self) -> Option<Self> {
        let guard = ManuallyDrop::new(self);
        let state = &guard.lock.state;
        let free = state
            .compare_exchange(LOCKED, 0, Ordering::Release, Ordering::Relaxed)
            .is_ok();
        if free || guard.lock.release_slowly() {
            return None;
        }
        Some(ManuallyDrop::into_inner(guard))
    }
}

impl<T> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        let state = &self.lock.state;
        if state
            .compare_exchange(LOCKED, 0, Ordering::Release, Ordering::Relaxed)
            .is_err()
        {
            self.lock.unlock_slowly();
        }
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: this guard is the only one, so nobody else holds an exclusive reference.
        self.lock.value.with(|value| unsafe { &*value })
    }
}

impl<T> DerefMut for Guard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one, and it is borrowed exclusively.
        self.lock.value.with_mut(|value| unsafe { &mut *value })
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    static SHARED: MarkLock<u64> = MarkLock::new(0);

    #[test]
    fn release_keeps_the_lock_once_for_any_number_of_marks() {
        let lock = MarkLock::new(());
        let guard = lock.lock();
        assert!(lock.try_lock_or_mark().is_none());
        assert!(lock.try_lock_or_mark().is_none());
        let guard = guard.release().expect("a mark was left");
        assert!(lock.try_lock().is_none(), "the lock was kept");
        assert!(guard.release().is_none());
        assert!(lock.try_lock().is_some());
    }

    #[test]
    fn a_dropped_guard_leaves_the_mark_to_the_next_holder() {
        let lock = MarkLock::new(());
        let guard = lock.lock();
        assert!(lock.try_lock_or_mark().is_none());
        drop(guard);
        let next = lock.try_lock().expect("free");
        assert!(lock.try_lock().is_none());
        assert!(next.release().is_some());
    }

    #[test]
    fn a_plain_attempt_leaves_no_mark() {
        let lock = MarkLock::new(());
        let guard = lock.lock();
        assert!(lock.try_lock().is_none());
        assert!(guard.release().is_none());
    }

    #[test]
    fn sleeping_waiters_are_all_woken() {
        const THREADS: u64 = 4;
        const ROUNDS: u64 = 5_000;
        std::thread::scope(|scope| {
            for id in 0..THREADS {
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        let mut guard = SHARED.lock();
                        *guard += 1;
                        if round % 64 == id {
                            std::thread::yield_now();
                        }
                        if round % 2 == 0 {
                            drop(guard);
                        } else {
                            assert!(guard.release().is_none());
                        }
                    }
                });
            }
        });
        assert_eq!(*SHARED.lock(), THREADS * ROUNDS);
    }

    /// Work is announced in a counter beside the lock and done by whoever holds it.
    #[test]
    fn marked_work_is_always_done() {
        use std::sync::atomic::{AtomicU64, Ordering};
        const THREADS: u64 = 4;
        const ROUNDS: u64 = 20_000;
        let (lock, announced) = (MarkLock::new(0u64), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..ROUNDS {
                        announced.fetch_add(1, Ordering::Relaxed);
                        let mut held = lock.try_lock_or_mark();
                        while let Some(mut guard) = held {
                            *guard += announced.swap(0, Ordering::Relaxed);
                            held = guard.release();
                        }
                    }
                });
            }
        });
        assert_eq!(lock.into_inner(), THREADS * ROUNDS);
    }
}
