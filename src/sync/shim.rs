//! The building blocks of the concurrent code: `std`'s in a normal build, loom's in a model.
//!
//! Beside the atomics there are three small types of our own. [`UnsafeCell`] has loom's
//! closure interface. [`Futex`] is a word that threads can sleep on. [`Witness`] stands for
//! raw bytes that loom cannot see: it costs nothing in a normal build and lets a model
//! notice when two threads touch the same byte unordered.

pub use imp::*;

#[cfg(not(loom))]
mod imp {
    pub use std::sync::Arc;
    pub use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};

    pub use std::hint::spin_loop;

    /// `std`'s cell with loom's interface.
    #[derive(Debug, Default)]
    #[repr(transparent)]
    pub struct UnsafeCell<T: ?Sized>(std::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        /// A cell holding `value`.
        pub const fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        /// Hands a pointer for reading to `f`.
        #[inline(always)]
        pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
            f(self.0.get())
        }

        /// Hands a pointer for writing to `f`.
        #[inline(always)]
        pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
            f(self.0.get())
        }

        /// The value itself.
        pub fn into_inner(self) -> T {
            self.0.into_inner()
        }
    }

    /// A 32-bit word that threads of this process can sleep on.
    #[derive(Debug)]
    #[repr(transparent)]
    pub struct Futex(AtomicU32);

    impl Futex {
        /// A word holding `value`, nobody asleep.
        pub const fn new(value: u32) -> Self {
            Self(AtomicU32::new(value))
        }

        /// Sleeps while the word holds `expected`. May also return for no reason.
        ///
        /// The wait has no time limit, so the kernel restarts it after a signal handler
        /// installed with `SA_RESTART`; callers look again in any case.
        #[cold]
        pub fn wait(&self, expected: u32) {
            // SAFETY: the address is that of a live, aligned 32-bit word, which the kernel
            // only reads; a null time-out means "no limit".
            unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    self.0.as_ptr(),
                    libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG,
                    expected,
                    std::ptr::null::<libc::timespec>(),
                );
            }
        }

        /// Wakes one thread asleep on `word`.
        ///
        /// Takes a pointer, not a reference: once the word has been changed another thread
        /// may already have freed it, and then the kernel finds no sleeper, or wakes one
        /// that has to be ready for waking without reason anyway.
        ///
        /// # Safety
        /// None in this form; in a model the word must still be alive.
        #[cold]
        pub unsafe fn wake_one(word: *const Self) {
            // SAFETY: FUTEX_WAKE uses the address only as a key and never dereferences it.
            unsafe {
                libc::syscall(
                    libc::SYS_futex,
                    word,
                    libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG,
                    1,
                );
            }
        }
    }

    impl std::ops::Deref for Futex {
        type Target = AtomicU32;
        #[inline(always)]
        fn deref(&self) -> &AtomicU32 {
            &self.0
        }
    }

    /// Nothing, in a normal build.
    #[derive(Debug)]
    pub struct Witness;

    impl Witness {
        /// Stands for `len` bytes.
        #[inline(always)]
        pub fn new(_len: usize) -> Self {
            Self
        }

        /// The bytes `from..to` are being read.
        #[inline(always)]
        pub fn read(&self, _from: usize, _to: usize) {}

        /// The bytes `from..to` are being written.
        #[inline(always)]
        pub fn write(&self, _from: usize, _to: usize) {}
    }
}

#[cfg(loom)]
mod imp {
    pub use loom::cell::UnsafeCell;
    pub use loom::hint::spin_loop;
    pub use loom::sync::Arc;
    pub use loom::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering, fence};

    /// The kernel's futex: comparing and falling asleep are one step, as are waking and the
    /// kernel's look at who sleeps, because both happen under the lock of the kernel's queue.
    #[derive(Debug)]
    pub struct Futex {
        word: AtomicU32,
        queue: loom::sync::Mutex<()>,
        sleepers: loom::sync::Condvar,
    }

    impl Futex {
        /// A word holding `value`, nobody asleep.
        pub fn new(value: u32) -> Self {
            Self {
                word: AtomicU32::new(value),
                queue: loom::sync::Mutex::new(()),
                sleepers: loom::sync::Condvar::new(),
            }
        }

        /// Sleeps while the word holds `expected`.
        pub fn wait(&self, expected: u32) {
            let queue = self.queue.lock().unwrap();
            if self.word.load(Ordering::Relaxed) == expected {
                drop(self.sleepers.wait(queue).unwrap());
            }
        }

        /// Wakes one thread asleep on `word`.
        ///
        /// # Safety
        /// The word must still be alive.
        pub unsafe fn wake_one(word: *const Self) {
            // SAFETY: as the caller promises.
            let word = unsafe { &*word };
            let _queue = word.queue.lock().unwrap();
            word.sleepers.notify_one();
        }
    }

    impl std::ops::Deref for Futex {
        type Target = AtomicU32;
        fn deref(&self) -> &AtomicU32 {
            &self.word
        }
    }

    /// One loom cell for each byte.
    #[derive(Debug)]
    pub struct Witness(Vec<UnsafeCell<()>>);

    impl Witness {
        /// Stands for `len` bytes.
        pub fn new(len: usize) -> Self {
            Self((0..len).map(|_| UnsafeCell::new(())).collect())
        }

        /// The bytes `from..to` are being read.
        pub fn read(&self, from: usize, to: usize) {
            self.0[from..to].iter().for_each(|cell| cell.with(|_| ()));
        }

        /// The bytes `from..to` are being written.
        pub fn write(&self, from: usize, to: usize) {
            self.0[from..to]
                .iter()
                .for_each(|cell| cell.with_mut(|_| ()));
        }
    }
}
