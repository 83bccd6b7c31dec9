//! What the library's small allocations fall back on when the system has no memory.
//!
//! Rust ends the process when a `Vec` or a `Box` cannot be had. Here such an
//! allocation is served from 1 MiB that is part of the library, and costs nothing
//! as long as it is not touched. So a call that is under way can be finished, and
//! what a failure that passes has hit goes on as if nothing had been.
//!
//! It does not make memory of nothing. Whatever grows with what callers and peers
//! ask for does without it ([`large`](super::large)) and fails first; and while more
//! than half of the reserve is in use ([`scarce`]) nothing new is begun: no context,
//! socket, endpoint or connection. What asks for more than is left, or for more
//! than 128 KiB in one piece, still ends the process.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::error::{Error, Result};

/// What is handed out is a multiple of this, and aligned to it.
const UNIT: usize = 128;
const UNITS: usize = 8 * 1024;
/// The most units in one piece.
const LARGEST: usize = UNITS / 8;

/// Refuses to begin something while there is hardly any memory left.
pub fn scarce() -> Result<()> {
    if RESERVE.used.load(Ordering::Relaxed) > UNITS / 2 {
        return Err(Error::NoMemory);
    }
    Ok(())
}

/// The system's memory, and the reserve where that has none.
pub struct Allocator;

#[cfg(not(any(miri, loom, fuzzing)))]
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

static RESERVE: Reserve<UNITS> = Reserve::new();

// SAFETY: memory comes from the system or from the reserve, which give out no piece
// twice, and goes back to where it came from.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let memory = unsafe { System.alloc(layout) };
        if memory.is_null() {
            return RESERVE.take(layout);
        }
        memory
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let memory = unsafe { System.alloc_zeroed(layout) };
        if memory.is_null() {
            let memory = RESERVE.take(layout);
            if !memory.is_null() {
                // SAFETY: that many bytes were just taken.
                unsafe { memory.write_bytes(0, layout.size()) };
            }
            return memory;
        }
        memory
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        if RESERVE.owns(memory) {
            RESERVE.give_back(memory, layout);
        } else {
            // SAFETY: what is not the reserve's is the system's.
            unsafe { System.dealloc(memory, layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !RESERVE.owns(memory) {
            // SAFETY: what is not the reserve's is the system's.
            let moved = unsafe { System.realloc(memory, layout, size) };
            if !moved.is_null() {
                return moved;
            }
        }
        // SAFETY: as the caller promises; after a failure the memory is as before.
        unsafe { self.move_to(memory, layout, size) }
    }
}

impl Allocator {
    /// Moves what is there to memory of another size.
    ///
    /// # Safety
    /// As for `realloc`.
    #[cold]
    unsafe fn move_to(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: by the contract of `realloc` this is a layout; the memory has the
        // smaller of the two sizes on both sides, and is given back once.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(memory, moved, size.min(layout.size()));
                self.dealloc(memory, layout);
            }
            moved
        }
    }
}

/// Units of memory, and which of them are taken.
#[repr(C, align(128))]
struct Reserve<const COUNT: usize> {
    memory: UnsafeCell<[[u8; UNIT]; COUNT]>,
    taken: UnsafeCell<[bool; COUNT]>,
    used: AtomicUsize,
    locked: AtomicBool,
}

// SAFETY: `taken` is touched under the lock only, and each unit of the memory only by
// who has taken it.
unsafe impl<const COUNT: usize> Sync for Reserve<COUNT> {}

impl<const COUNT: usize> Reserve<COUNT> {
    const fn new() -> Self {
        Reserve {
            memory: UnsafeCell::new([[0; UNIT]; COUNT]),
            taken: UnsafeCell::new([false; COUNT]),
            used: AtomicUsize::new(0),
            locked: AtomicBool::new(false),
        }
    }

    #[inline]
    fn owns(&self, memory: *mut u8) -> bool {
        (memory as usize).wrapping_sub(self.memory.get() as usize) < COUNT * UNIT
    }

    /// So many units in one piece, or null.
    #[cold]
    fn take(&self, layout: Layout) -> *mut u8 {
        let wanted = layout.size().div_ceil(UNIT);
        if wanted > LARGEST || layout.align() > UNIT {
            return ptr::null_mut();
        }
        self.with(|taken| {
            let mut free = 0;
            for at in 0..COUNT {
                free = if taken[at] { 0 } else { free + 1 };
                if free == wanted {
                    let first = at + 1 - wanted;
                    taken[first..=at].fill(true);
                    self.used.fetch_add(wanted, Ordering::Relaxed);
                    return self.memory.get().cast::<u8>().wrapping_add(first * UNIT);
                }
            }
            ptr::null_mut()
        })
        .unwrap_or(ptr::null_mut())
    }

    #[cold]
    fn give_back(&self, memory: *mut u8, layout: Layout) {
        let first = (memory as usize - self.memory.get() as usize) / UNIT;
        let count = layout.size().div_ceil(UNIT);
        // In a process that was forked in the middle of this it stays taken.
        let _ = self.with(|taken| {
            taken[first..first + count].fill(false);
            self.used.fetch_sub(count, Ordering::Relaxed);
        });
    }

    /// Does something under the lock. Gives up after a while: in a process that
    /// was forked meanwhile nobody would unlock it.
    fn with<T>(&self, action: impl FnOnce(&mut [bool; COUNT]) -> T) -> Option<T> {
        for _ in 0..10_000 {
            if !self.locked.swap(true, Ordering::Acquire) {
                // SAFETY: the lock is ours.
                let result = action(unsafe { &mut *self.taken.get() });
                self.locked.store(false, Ordering::Release);
                return Some(result);
            }
            std::thread::yield_now();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 16).unwrap()
    }

    #[test]
    fn pieces_are_apart_and_come_back() {
        static SMALL: Reserve<8> = Reserve::new();
        let one = SMALL.take(layout(1));
        let three = SMALL.take(layout(2 * UNIT + 1));
        assert_eq!(three as usize - one as usize, UNIT);
        assert!(SMALL.owns(one) && SMALL.owns(three));
        assert!(!SMALL.owns((&raw const SMALL.used).cast_mut().cast()));
        // Four are left.
        assert!(SMALL.take(layout(5 * UNIT)).is_null());
        let four = SMALL.take(layout(4 * UNIT));
        assert!(!four.is_null() && SMALL.take(layout(1)).is_null());
        SMALL.give_back(three, layout(2 * UNIT + 1));
        assert_eq!(SMALL.used.load(Ordering::Relaxed), 5);
        assert_eq!(SMALL.take(layout(3 * UNIT)), three);
    }

    #[test]
    fn what_is_too_large_or_too_aligned_is_not_for_it() {
        static OTHER: Reserve<8> = Reserve::new();
        assert!(OTHER.take(layout((LARGEST + 1) * UNIT)).is_null());
        let aligned = Layout::from_size_align(1, 2 * UNIT).unwrap();
        assert!(OTHER.take(aligned).is_null());
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri ends at allocations that fail")]
    fn memory_moves_between_the_reserve_and_the_system() {
        let few = layout(10);
        let memory = RESERVE.take(few);
        // SAFETY: each piece is written within its size, and given back once.
        unsafe {
            memory.write_bytes(7, 10);
            let moved = Allocator.realloc(memory, few, 100);
            assert!(!RESERVE.owns(moved));
            assert_eq!(std::slice::from_raw_parts(moved, 10), [7; 10]);
            Allocator.dealloc(moved, layout(100));
        }
        assert!(scarce().is_ok());
    }
}
