//! The memory of large bodies that are gone, kept for those that come next.
//!
//! A general allocator returns memory of this size to the kernel as soon as it
//! lies at the end of a heap, and the next message pays for it again, page by
//! page. What is kept here is never more than what such bodies use at the time,
//! and [`ALWAYS`]: the memory of a long queue is gone when the queue is.
//!
//! Nothing waits here: whoever finds the shelf in use, as the child of a fork
//! may for ever, turns to the allocator.

use std::alloc::Layout;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::memory::large;

/// So many bytes are kept even if no body is left.
const ALWAYS: usize = 2 << 20;
/// Sizes above two to this power, and up to [`LARGEST`], are kept.
const SMALLEST: u32 = 14;
const LARGEST: usize = 2 << 20;
/// The steps from one power of two to the next.
const STEPS: usize = 4;
const CLASSES: usize = (LARGEST.ilog2() - SMALLEST) as usize * STEPS;

/// The bytes that bodies of these sizes have in use.
static IN_USE: AtomicUsize = AtomicUsize::new(0);
static SHELF: Mutex<Shelf> = Mutex::new(Shelf {
    kept: 0,
    first: [ptr::null_mut(); CLASSES],
});

/// Memory of a body that is gone: its first bytes lead to the next of its size.
struct Spare {
    next: *mut Spare,
}

struct Shelf {
    /// How many bytes are on it.
    kept: usize,
    first: [*mut Spare; CLASSES],
}

// SAFETY: what it leads to belongs to the shelf alone.
unsafe impl Send for Shelf {}

/// The class of a size, and the size of all its members; nothing for sizes that
/// are not kept.
fn class(size: usize) -> Option<(usize, usize)> {
    if size <= 1 << SMALLEST || size > LARGEST || cfg!(miri) {
        return None;
    }
    let power = (size - 1).ilog2();
    let step = (1 << power) / STEPS;
    let steps = (size - (1 << power)).div_ceil(step);
    let index = (power - SMALLEST) as usize * STEPS + steps - 1;
    Some((index, (1 << power) + steps * step))
}

/// How many bytes a body is to ask for that needs `size` of them.
pub(super) fn room(size: usize) -> usize {
    class(size).map_or(size, |(_, room)| room)
}

/// As the allocator's `alloc`, for a size that [`room`] has said.
///
/// # Safety
/// The size is not zero.
pub(super) unsafe fn allocate(layout: Layout) -> *mut u8 {
    let Some((class, _)) = class(layout.size()) else {
        // SAFETY: as the caller promises.
        return unsafe { large::alloc(layout) };
    };
    count(layout.size());
    let spare = SHELF
        .try_lock()
        .ok()
        .and_then(|mut shelf| shelf.take(class, layout.size()));
    // SAFETY: as the caller promises.
    let memory = spare.map_or_else(|| unsafe { large::alloc(layout) }, <*mut Spare>::cast);
    if memory.is_null() {
        discount(layout.size());
    }
    memory
}

/// As the allocator's `dealloc`.
///
/// # Safety
/// The memory came from [`allocate`], or was counted, with this layout, and nobody uses it.
pub(super) unsafe fn release(memory: *mut u8, layout: Layout) {
    if let Some((class, _)) = class(layout.size()) {
        let limit = discount(layout.size()) + ALWAYS;
        if let Ok(mut shelf) = SHELF.try_lock() {
            // SAFETY: the memory is ours now, and large enough.
            unsafe { shelf.put(class, layout.size(), memory.cast()) };
            shelf.shrink(limit, layout.align());
            return;
        }
    }
    // SAFETY: as the caller promises.
    unsafe { large::dealloc(memory, layout) };
}

/// Memory of this size, from wherever it came, is in use from now on.
pub(super) fn count(size: usize) {
    if class(size).is_some() {
        IN_USE.fetch_add(size, Ordering::Relaxed);
    }
}

/// It is not any more. How much there is still.
pub(super) fn discount(size: usize) -> usize {
    match class(size) {
        Some(_) => IN_USE.fetch_sub(size, Ordering::Relaxed) - size,
        None => 0,
    }
}

impl Shelf {
    fn take(&mut self, class: usize, size: usize) -> Option<*mut Spare> {
        let first = self.first[class];
        if first.is_null() {
            return None;
        }
        // SAFETY: it is on the shelf, so it was written when it was put there.
        self.first[class] = unsafe { (*first).next };
        self.kept -= size;
        Some(first)
    }

    /// # Safety
    /// The memory is nobody else's and of the size of the class.
    unsafe fn put(&mut self, class: usize, size: usize, memory: *mut Spare) {
        let next = self.first[class];
        // SAFETY: as the caller promises.
        unsafe { memory.write(Spare { next }) };
        self.first[class] = memory;
        self.kept += size;
    }

    /// Returns the largest to the allocator until no more than `limit` are kept.
    fn shrink(&mut self, limit: usize, align: usize) {
        if self.kept <= limit {
            return;
        }
        for class in (0..CLASSES).rev() {
            let power = 1 << (SMALLEST + (class / STEPS) as u32);
            let size = power + (class % STEPS + 1) * (power / STEPS);
            while self.kept > limit
                && let Some(spare) = self.take(class, size)
            {
                let layout = Layout::from_size_align(size, align);
                // SAFETY: all of a class were allocated with this layout.
                unsafe { large::dealloc(spare.cast(), layout.expect("it was allocated with it")) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_they_are_asked_for_and_little_more() {
        let mut last = (0, 0);
        for size in (1..3 << 20).step_by(777).chain([LARGEST - 1, LARGEST]) {
            let room = room(size);
            assert!(room >= size && room - size <= size / STEPS);
            if let Some((class, member)) = class(size) {
                assert_eq!(super::class(member), Some((class, member)));
                assert!(class < CLASSES);
                assert!(class == last.0 && member == last.1 || class >= last.0 && member > last.1);
                last = (class, member);
            } else {
                assert_eq!(room, size);
            }
        }
        assert_eq!(room(LARGEST), LARGEST);
    }

    #[test]
    fn a_shelf_gives_back_what_was_put_there_and_shrinks() {
        let mut shelf = Shelf {
            kept: 0,
            first: [ptr::null_mut(); CLASSES],
        };
        let sizes = [20_000, 20_001, 100_000, LARGEST].map(room);
        for size in sizes {
            let layout = Layout::from_size_align(size, 16).unwrap();
            let (class, _) = class(size).unwrap();
            // SAFETY: the layout is not empty; the memory goes to the shelf.
            unsafe { shelf.put(class, size, large::alloc(layout).cast()) };
        }
        assert_eq!(shelf.kept, sizes.iter().sum());
        let first = class(sizes[0]).unwrap().0;
        let taken = shelf.take(first, sizes[0]).unwrap();
        // SAFETY: as above.
        unsafe { shelf.put(first, sizes[0], taken) };
        shelf.shrink(200_000, 16);
        assert_eq!(shelf.kept, sizes[..3].iter().sum());
        shelf.shrink(sizes[0] * 2, 16);
        assert_eq!(shelf.kept, sizes[0] * 2);
        shelf.shrink(0, 16);
        assert_eq!(shelf.kept, 0);
        assert!(shelf.first.iter().all(|first| first.is_null()));
    }
}
