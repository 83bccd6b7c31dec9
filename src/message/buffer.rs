//! A reference-counted run of raw bytes: the storage of large bodies and the
//! buffer that connections read into.
//!
//! One allocation holds a small header and the bytes behind it; in a large one there
//! is room before the header, so that not all begin at the same place of a page (see
//! [`slack`]). Every [`Buffer`] is one counted reference; messages that are slices of it
//! hold others. Disjoint slices may be written at the same time by C programs
//! (through `zmq_msg_data`), so this type hands out raw pointers and references
//! to a named part only, never a reference to the whole. It has no lock and
//! belongs to no pool, so it may be released by any thread, at any time.
//!
//! It does not know which bytes are filled, or by whom: its user does.

use std::alloc::Layout;
use std::fmt;
use std::ops::Range;
use std::ptr::NonNull;
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use super::spare;
use crate::error::{Error, Result};
use crate::memory::large;

/// More references than this are taken for a program that leaks them.
pub(super) const MAX_REFERENCES: u32 = i32::MAX as u32;

/// What stands right in front of the bytes. Its alignment makes the bytes as aligned
/// as `malloc` would.
#[repr(C, align(16))]
pub(super) struct Header {
    references: AtomicU32,
    /// How many bytes of the allocation lie before the header.
    shift: u32,
    capacity: usize,
}

/// How many bytes a buffer asks for on top, to begin at any multiple of [`LINE`] within
/// them.
///
/// Processors with fast string copies (seen on AMD's third generation) copy at a
/// fifteenth of their speed to an address that lies 1 to 31 bytes behind that of the
/// source, modulo a page. The kernel copies so, from pages that nobody knows here. If all
/// buffers began at the same place of a page, a connection that fell into this would
/// stay there: the slower it is read, the more evenly.
const fn slack(capacity: usize) -> usize {
    match capacity {
        ..STAGGERED => 0,
        _ => {
            let part = capacity / 16;
            let most = if part < PAGE { part } else { PAGE };
            most / LINE * LINE - LINE
        }
    }
}

/// Buffers of so many bytes or more do not all begin at the same place of a page.
const STAGGERED: usize = 8 * 1024;
const PAGE: usize = 4096;
const LINE: usize = 64;

/// How far the next large buffer is shifted. Threads may take the same: it does not
/// matter.
fn next_shift(capacity: usize) -> u32 {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let slack = slack(capacity);
    if slack == 0 {
        return 0;
    }
    // An odd number of lines, about 0.4 of a page: every place is reached, and the next is far.
    let next = LAST.load(Ordering::Relaxed).wrapping_add(27);
    LAST.store(next, Ordering::Relaxed);
    let places = (slack / LINE + 1) as u32;
    next % places * LINE as u32
}

/// One reference to a run of bytes.
pub struct Buffer {
    header: NonNull<Header>,
}

// SAFETY: the count is atomic, the rest of the header changes only while there is one
// reference, which is borrowed exclusively then, and the bytes are reached only through
// raw pointers or unsafe functions whose callers answer for who writes what.
unsafe impl Send for Buffer {}
// SAFETY: as for `Send`.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// Allocates `capacity` bytes of unspecified content.
    pub fn with_capacity(capacity: usize) -> Result<Buffer> {
        let layout = Buffer::layout(capacity).ok_or(Error::NoMemory)?;
        // SAFETY: the layout holds at least the header, so its size is not zero.
        let memory = unsafe {
            if cfg!(miri) {
                large::alloc_zeroed(layout)
            } else {
                spare::allocate(layout)
            }
        };
        // The optimiser must not see that nobody wrote the bytes: the content is
        // to be unspecified, not undefined, since a C program may well send what
        // it never filled. (Miri sees through this, and gets zeros.)
        let memory = std::hint::black_box(memory);
        let memory = NonNull::new(memory).ok_or(Error::NoMemory)?;
        let shift = next_shift(capacity);
        // SAFETY: the layout has room for the shift, which keeps the alignment, and for a
        // header behind it.
        let header = unsafe {
            let header = memory.add(shift as usize).cast::<Header>();
            header.write(Header {
                references: AtomicU32::new(1),
                shift,
                capacity,
            });
            header
        };
        Ok(Buffer { header })
    }

    /// Makes room for `capacity` bytes; what is filled stays. Large buffers are
    /// moved by the kernel, page by page, without copying or new memory for what
    /// there is. After an error the buffer is as before.
    ///
    /// # Panics
    /// If there is another reference, or the buffer has more room already.
    pub fn grow(&mut self, capacity: usize) -> Result<()> {
        assert!(self.is_unique() && self.capacity() <= capacity);
        let old = Buffer::layout(self.capacity()).expect("it was allocated with this layout");
        let new = Buffer::layout(capacity).ok_or(Error::NoMemory)?;
        let shift = self.header().shift as usize;
        // SAFETY: allocated with the old layout, and the only reference is
        // borrowed exclusively; the new size is valid and not zero.
        let memory = unsafe { large::realloc(self.start(), old, new.size()) };
        // As in `with_capacity`: the new bytes are unspecified, not undefined.
        let memory = std::hint::black_box(memory);
        let memory = NonNull::new(memory).ok_or(Error::NoMemory)?;
        // SAFETY: a larger buffer has no less slack than a smaller one.
        self.header = unsafe { memory.add(shift).cast() };
        spare::discount(old.size());
        spare::count(new.size());
        // SAFETY: the header has moved with its bytes, and nobody else knows it.
        unsafe { (*self.header.as_ptr()).capacity = capacity };
        Ok(())
    }

    /// Begins elsewhere in its allocation, as a new buffer of its size would. What is
    /// filled is filled no more.
    ///
    /// # Panics
    /// If there is another reference.
    pub fn stagger(&mut self) {
        assert!(self.is_unique());
        let (start, capacity) = (self.start(), self.capacity());
        let shift = next_shift(capacity);
        // SAFETY: the layout has room for any shift that this capacity is given, and a
        // header behind it; the only reference is borrowed exclusively.
        unsafe {
            let header = start.add(shift as usize).cast::<Header>();
            header.write(Header {
                references: AtomicU32::new(1),
                shift,
                capacity,
            });
            self.header = NonNull::new_unchecked(header);
        }
    }

    /// How many bytes there are.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.header().capacity
    }

    /// Where the bytes start.
    #[inline]
    pub fn as_ptr(&self) -> *mut u8 {
        // SAFETY: the bytes follow the header in the same allocation.
        unsafe { self.header.as_ptr().add(1).cast() }
    }

    /// Whether this is the only reference: no slice of the buffer is alive, so
    /// all of it may be filled anew.
    #[inline]
    pub fn is_unique(&self) -> bool {
        self.header().references.load(Ordering::Acquire) == 1
    }

    /// The bytes of `range`.
    ///
    /// # Panics
    /// If the range does not lie within the buffer.
    ///
    /// # Safety
    /// Nobody writes these bytes while the result is in use; in particular they
    /// are not part of a message that an application has received already.
    #[inline]
    pub unsafe fn bytes(&self, range: Range<usize>) -> &[u8] {
        let start = self.checked_start(&range);
        // SAFETY: within the allocation, and unwritten meanwhile by the contract.
        unsafe { slice::from_raw_parts(start, range.len()) }
    }

    /// The bytes of `range`, to be filled.
    ///
    /// # Panics
    /// If the range does not lie within the buffer.
    ///
    /// # Safety
    /// Nobody reads or writes these bytes while the result is in use: no message
    /// that is a slice of them is alive, and no other holder of the buffer
    /// fills it.
    #[inline]
    pub unsafe fn bytes_mut(&mut self, range: Range<usize>) -> &mut [u8] {
        let start = self.checked_start(&range);
        // SAFETY: within the allocation, and exclusive by the contract.
        unsafe { slice::from_raw_parts_mut(start, range.len()) }
    }

    /// The start of a range that is known to lie within the buffer afterwards.
    #[inline]
    pub(super) fn checked_start(&self, range: &Range<usize>) -> *mut u8 {
        assert!(range.start <= range.end && range.end <= self.capacity());
        // SAFETY: the offset is at most the capacity, as just checked.
        unsafe { self.as_ptr().add(range.start) }
    }

    /// Another reference, or `NoMemory` if there are absurdly many.
    #[inline]
    pub(super) fn try_clone(&self) -> Result<Buffer> {
        let references = &self.header().references;
        // Relaxed, as in `Arc`: whoever has a reference may pass on another.
        if references.fetch_add(1, Ordering::Relaxed) > MAX_REFERENCES {
            references.fetch_sub(1, Ordering::Relaxed);
            return Err(Error::NoMemory);
        }
        Ok(Buffer {
            header: self.header,
        })
    }

    /// Gives the reference away as a pointer.
    #[inline]
    pub(super) fn into_raw(self) -> NonNull<Header> {
        let header = self.header;
        std::mem::forget(self);
        header
    }

    /// Takes back a reference given away by [`Buffer::into_raw`].
    ///
    /// # Safety
    /// The pointer came from `into_raw`, and is taken back once only.
    #[inline]
    pub(super) unsafe fn from_raw(header: NonNull<Header>) -> Buffer {
        Buffer { header }
    }

    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: our reference keeps the header alive, and only its atomic
        // count ever changes.
        unsafe { self.header.as_ref() }
    }

    /// Where the allocation starts.
    fn start(&self) -> *mut u8 {
        let shift = self.header().shift as usize;
        // SAFETY: so much of the allocation lies before the header.
        unsafe { self.header.as_ptr().cast::<u8>().sub(shift) }
    }

    fn layout(capacity: usize) -> Option<Layout> {
        let size = (size_of::<Header>() + slack(capacity)).checked_add(capacity)?;
        Layout::from_size_align(spare::room(size), align_of::<Header>()).ok()
    }
}

impl Clone for Buffer {
    #[inline]
    fn clone(&self) -> Self {
        self.try_clone().expect("too many references to one buffer")
    }
}

impl Drop for Buffer {
    #[inline]
    fn drop(&mut self) {
        let references = &self.header().references;
        // A count of one cannot change under us: the only reference is ours.
        if references.load(Ordering::Acquire) != 1 {
            if references.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            fence(Ordering::Acquire);
        }
        let capacity = self.capacity();
        let layout = Buffer::layout(capacity).expect("it was allocated with this layout");
        // SAFETY: allocated with this very layout, and no reference is left.
        unsafe { spare::release(self.start(), layout) };
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer")
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_aligned_as_malloc_would() {
        let buffer = Buffer::with_capacity(100).unwrap();
        assert_eq!(buffer.as_ptr() as usize % 16, 0);
        assert_eq!(buffer.capacity(), 100);
    }

    #[test]
    fn unique_until_cloned_and_after_the_clone_is_gone() {
        let buffer = Buffer::with_capacity(8).unwrap();
        assert!(buffer.is_unique());
        let other = buffer.clone();
        assert!(!buffer.is_unique() && !other.is_unique());
        drop(other);
        assert!(buffer.is_unique());
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri ends at allocations that fail")]
    fn absurd_sizes_are_refused() {
        for size in [
            usize::MAX,
            usize::MAX - 15,
            isize::MAX as usize,
            isize::MAX as usize - 64,
        ] {
            assert_eq!(Buffer::with_capacity(size).unwrap_err(), Error::NoMemory);
        }
    }

    #[test]
    fn what_is_filled_is_read() {
        let mut buffer = Buffer::with_capacity(8).unwrap();
        // SAFETY: the only user of the buffer is this test.
        unsafe {
            buffer.bytes_mut(2..5).copy_from_slice(b"abc");
            assert_eq!(buffer.bytes(2..5), b"abc");
            assert_eq!(buffer.bytes(8..8), b"");
        }
    }

    #[test]
    fn a_buffer_that_grows_keeps_its_bytes() {
        for sizes in [[3, 8, 100], [1000, 70_000, 1 << 20], [0, 0, 1]] {
            let mut buffer = Buffer::with_capacity(sizes[0]).unwrap();
            // SAFETY: the only user of the buffer is this test.
            unsafe { buffer.bytes_mut(0..sizes[0]).fill(7) };
            for capacity in sizes {
                buffer.grow(capacity).unwrap();
                assert_eq!(buffer.capacity(), capacity);
            }
            // SAFETY: as above; these bytes were filled.
            let kept = unsafe { buffer.bytes(0..sizes[0]) };
            assert!(kept.iter().all(|&byte| byte == 7));
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri ends at allocations that fail")]
    fn a_buffer_that_cannot_grow_is_as_before() {
        let mut buffer = Buffer::with_capacity(4).unwrap();
        // SAFETY: the only user of the buffer is this test.
        unsafe { buffer.bytes_mut(0..4).copy_from_slice(b"kept") };
        for size in [usize::MAX, isize::MAX as usize - 64] {
            assert_eq!(buffer.grow(size).unwrap_err(), Error::NoMemory);
        }
        assert_eq!(buffer.capacity(), 4);
        // SAFETY: as above; these bytes were filled.
        assert_eq!(unsafe { buffer.bytes(0..4) }, b"kept");
    }

    /// How far behind the start of its allocation the bytes of a buffer begin.
    fn offset(buffer: &Buffer) -> usize {
        buffer.as_ptr() as usize - buffer.start() as usize - size_of::<Header>()
    }

    #[test]
    fn every_shift_leaves_room_for_all_bytes_and_a_larger_buffer_has_no_less() {
        let mut last = 0;
        let step = if cfg!(miri) { 97 } else { 1 };
        for capacity in (0..200_000).step_by(step).chain([1 << 20, 1 << 30]) {
            let slack = slack(capacity);
            assert!(slack >= last && slack < PAGE && slack.is_multiple_of(LINE));
            assert_eq!(slack == 0, capacity < STAGGERED, "{capacity}");
            assert!(slack <= capacity / 16);
            last = slack;
        }
        for capacity in [STAGGERED - 1, STAGGERED, 10_000, 65_536, 1 << 20] {
            for _ in 0..200 {
                let shift = next_shift(capacity) as usize;
                assert!(shift <= slack(capacity) && shift.is_multiple_of(LINE));
            }
        }
    }

    #[test]
    fn large_buffers_begin_at_many_places_of_a_page() {
        let mut places = std::collections::BTreeSet::new();
        let mut buffer = Buffer::with_capacity(1 << 16).unwrap();
        // Other tests take shifts meanwhile.
        for _ in 0..if cfg!(miri) { 100 } else { 1000 } {
            buffer.stagger();
            assert_eq!(buffer.as_ptr() as usize % 16, 0);
            assert_eq!((buffer.capacity(), buffer.is_unique()), (1 << 16, true));
            // SAFETY: the only user of the buffer is this test.
            unsafe { buffer.bytes_mut(0..1 << 16).fill(1) };
            places.insert(offset(&buffer));
        }
        assert!(places.len() > 32, "{places:?}");
        assert_eq!(offset(&Buffer::with_capacity(STAGGERED - 1).unwrap()), 0);
    }

    #[test]
    fn a_buffer_that_grows_begins_where_it_began() {
        let largest = if cfg!(miri) { 50_000 } else { 1 << 20 };
        for first in [STAGGERED, 9_999, 40_000, largest] {
            for _ in 0..if cfg!(miri) { 2 } else { 20 } {
                let mut buffer = Buffer::with_capacity(first).unwrap();
                let place = offset(&buffer);
                // SAFETY: the only user of the buffer is this test.
                unsafe { buffer.bytes_mut(0..first).fill(7) };
                for capacity in [first + 1, 2 * first, 5 * largest] {
                    buffer.grow(capacity).unwrap();
                    assert_eq!((offset(&buffer), buffer.capacity()), (place, capacity));
                }
                // SAFETY: as above; these bytes were filled.
                let kept = unsafe { buffer.bytes(0..first) };
                let step = if cfg!(miri) { 97 } else { 1 };
                assert!(kept.iter().step_by(step).all(|&byte| byte == 7));
            }
        }
    }

    #[test]
    #[should_panic(expected = "self.is_unique()")]
    fn a_shared_buffer_stays_where_it_begins() {
        let mut buffer = Buffer::with_capacity(1 << 16).unwrap();
        let _other = buffer.clone();
        buffer.stagger();
    }

    #[test]
    #[should_panic(expected = "self.is_unique()")]
    fn a_shared_buffer_does_not_grow() {
        let mut buffer = Buffer::with_capacity(4).unwrap();
        let _other = buffer.clone();
        let _ = buffer.grow(8);
    }

    #[test]
    #[should_panic(expected = "range.end <= self.capacity()")]
    fn a_range_beyond_the_end_panics() {
        let buffer = Buffer::with_capacity(8).unwrap();
        // SAFETY: the only user of the buffer is this test.
        unsafe { buffer.bytes(4..9) };
    }
}
