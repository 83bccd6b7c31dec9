//! Memory whose size grows with what a caller or a peer asks for: messages, what
//! is read ahead, blocks of the outbox. Straight from the system, and null where
//! that has none: the [reserve](super::reserve) is not for these.
//!
//! Each function has the contract of its namesake in `std::alloc`.

use std::alloc::{GlobalAlloc, Layout, System};

/// See [`std::alloc::alloc`].
///
/// # Safety
/// The layout's size is not zero.
#[inline]
pub unsafe fn alloc(layout: Layout) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe { System.alloc(layout) }
}

/// See [`std::alloc::alloc_zeroed`].
///
/// # Safety
/// The layout's size is not zero.
#[inline]
pub unsafe fn alloc_zeroed(layout: Layout) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe { System.alloc_zeroed(layout) }
}

/// See [`std::alloc::realloc`].
///
/// # Safety
/// `memory` comes from this module, with `layout`; `size` is not zero and, rounded
/// up to the alignment, no more than `isize::MAX`.
#[inline]
pub unsafe fn realloc(memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe { System.realloc(memory, layout, size) }
}

/// See [`std::alloc::dealloc`].
///
/// # Safety
/// `memory` comes from this module, with `layout`, and is not used any more.
#[inline]
pub unsafe fn dealloc(memory: *mut u8, layout: Layout) {
    // SAFETY: as the caller promises.
    unsafe { System.dealloc(memory, layout) }
}
