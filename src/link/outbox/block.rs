//! A block of the outbox: frames in the order of the wire, bytes and bodies mixed.
//!
//! The bytes grow up from the start of the block's room, the records of bodies kept by
//! reference grow down from its end. A record says before which byte its body belongs.
//! One atomic word, the [`Extent`], tells the reader how much of the block is published;
//! the writer stores it once for each message. A frame never straddles two blocks, a message
//! may.

use super::{COMMAND, LONG, MORE};
use crate::error::{Error, Result};
use crate::memory::large;
use crate::sync::shim::{AtomicPtr, AtomicU64, Ordering, UnsafeCell, Witness};
use std::alloc::Layout;
use std::ptr;

/// Room of the first block of an outbox.
pub(super) const SMALLEST: usize = if cfg!(loom) { 32 } else { 512 };
/// Room of the blocks of a busy one; only a frame larger than that gets more.
pub(super) const LARGEST: usize = if cfg!(loom) { 64 } else { 64 * 1024 };

/// Blocks, and the records of bodies in them, are aligned to this.
const ALIGN: usize = 64;

/// How much of a block is filled: bytes, bodies, and counted messages that end in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent(u64);

impl Extent {
    pub(super) const EMPTY: Self = Self(0);

    /// Nothing more will be written to this block; what follows is in the next one.
    pub(super) const SEALED: u64 = 1;
    /// The block ends in the middle of a message.
    pub(super) const CONTINUES: u64 = 2;
    /// A message that does not count ends in this block.
    pub(super) const UNCOUNTED: u64 = 4;

    pub(super) const MAX_BODIES: usize = (1 << 12) - 1;

    #[inline(always)]
    pub(super) fn new(bytes: usize, bodies: usize, messages: usize, flags: u64) -> Self {
        debug_assert!(bytes < 1 << 32 && bodies < 1 << 12 && messages < 1 << 16 && flags < 16);
        Self((bytes as u64) << 32 | (messages as u64) << 16 | (bodies as u64) << 4 | flags)
    }

    #[inline(always)]
    pub(super) fn bytes(self) -> usize {
        (self.0 >> 32) as usize
    }

    #[inline(always)]
    pub(super) fn messages(self) -> usize {
        (self.0 >> 16 & 0xffff) as usize
    }

    #[inline(always)]
    pub(super) fn bodies(self) -> usize {
        (self.0 >> 4 & 0xfff) as usize
    }

    #[inline(always)]
    pub(super) fn flags(self) -> u64 {
        self.0 & 15
    }

    /// With one more message of so many bytes.
    #[inline(always)]
    pub(super) fn and_message(self, bytes: usize) -> Self {
        Self(self.0 + ((bytes as u64) << 32 | 1 << 16))
    }

    pub(super) fn with(self, flags: u64) -> Self {
        Self(self.0 | flags)
    }

    #[inline(always)]
    pub(super) fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }
}

/// The head of a block; its room follows in the same allocation.
#[derive(Debug)]
#[repr(C, align(64))]
pub(super) struct Block<B> {
    published: AtomicU64,
    next: AtomicPtr<Block<B>>,
    room: usize,
    /// The writer's note of how full the block was when it went on to the next.
    full: UnsafeCell<Extent>,
    witness: Witness,
    bodies: std::marker::PhantomData<B>,
}

/// A body, and the byte of the block before which it belongs.
struct Record<B> {
    before: usize,
    body: B,
}

impl<B> Block<B> {
    /// What one more body takes from the room.
    pub(super) const RECORD: usize = {
        assert!(align_of::<Record<B>>() <= ALIGN);
        size_of::<Record<B>>()
    };

    fn layout(room: usize) -> Option<Layout> {
        Layout::from_size_align(size_of::<Self>().checked_add(room)?, ALIGN).ok()
    }

    /// An empty block with at least this much room.
    pub(super) fn allocate(room: usize) -> Result<*mut Self> {
        let room = room.checked_next_multiple_of(ALIGN);
        let room = room.ok_or(Error::NoMemory)?;
        let layout = Self::layout(room).ok_or(Error::NoMemory)?;
        // SAFETY: the layout's size is not zero.
        let block = unsafe { large::alloc(layout) }.cast::<Self>();
        if block.is_null() {
            return Err(Error::NoMemory);
        }
        let head = Self {
            published: AtomicU64::new(0),
            next: AtomicPtr::new(ptr::null_mut()),
            room,
            full: UnsafeCell::new(Extent::EMPTY),
            witness: Witness::new(room),
            bodies: std::marker::PhantomData,
        };
        // SAFETY: the allocation is fresh, aligned and large enough for the head.
        unsafe { block.write(head) };
        Ok(block)
    }

    /// # Safety
    /// `block` comes from `allocate`, nobody else uses it, and its bodies have been taken.
    pub(super) unsafe fn free(block: *mut Self) {
        // SAFETY: as the caller promises.
        unsafe {
            let layout = Self::layout((*block).room).expect("it was allocated with this layout");
            block.drop_in_place();
            large::dealloc(block.cast(), layout);
        }
    }

    /// Makes a drained block as good as new.
    pub(super) fn reset(&self) {
        self.published.store(0, Ordering::Relaxed);
        self.next.store(ptr::null_mut(), Ordering::Relaxed);
    }

    pub(super) fn room(&self) -> usize {
        self.room
    }

    /// Where the room begins.
    #[inline(always)]
    pub(super) fn base(block: *mut Self) -> *mut u8 {
        block.wrapping_add(1).cast()
    }

    /// The bytes `from..to` of the room.
    ///
    /// # Safety
    /// They have been written, and are not written again while the slice is used.
    #[inline(always)]
    pub(super) unsafe fn slice<'a>(block: *mut Self, from: usize, to: usize) -> &'a [u8] {
        // SAFETY: the room follows the head in one allocation; the rest as promised.
        unsafe {
            (*block).witness.read(from, to);
            std::slice::from_raw_parts(Self::base(block).add(from), to - from)
        }
    }

    /// The writer is about to write the bytes `from..to`.
    #[inline(always)]
    pub(super) fn will_write(&self, from: usize, to: usize) {
        self.witness.write(from, to);
    }

    fn record(block: *mut Self, index: usize) -> *mut Record<B> {
        // SAFETY: reads a field that never changes.
        let room = unsafe { (*block).room };
        Self::base(block)
            .wrapping_add(room)
            .cast::<Record<B>>()
            .wrapping_sub(index + 1)
    }

    /// # Safety
    /// There is room for the record, and no other writer.
    pub(super) unsafe fn put_body(block: *mut Self, index: usize, before: usize, body: B) {
        let record = Self::record(block, index);
        // SAFETY: the record lies in the block's free room, aligned, because the room ends at
        // a multiple of `ALIGN`.
        unsafe {
            (*block).will_write(
                (*block).room - (index + 1) * Self::RECORD,
                (*block).room - index * Self::RECORD,
            );
            record.write(Record { before, body });
        }
    }

    /// # Safety
    /// The body was put and published (or put by the caller), and was not taken before.
    pub(super) unsafe fn take_body(block: *mut Self, index: usize) -> B {
        // SAFETY: as the caller promises.
        unsafe { Self::record(block, index).read().body }
    }

    /// Puts another body of the same bytes in the place of one, and returns that.
    ///
    /// # Safety
    /// The body was put and published, was not taken before, and nobody else uses it.
    pub(super) unsafe fn exchange_body(block: *mut Self, index: usize, body: B) -> B {
        // SAFETY: as the caller promises.
        unsafe { std::mem::replace(&mut (*Self::record(block, index)).body, body) }
    }

    /// The body `index`, and the byte before which it belongs.
    ///
    /// # Safety
    /// The body was put and published, and is not taken while the reference is used.
    pub(super) unsafe fn body<'a>(block: *mut Self, index: usize) -> (usize, &'a B) {
        // SAFETY: as the caller promises.
        unsafe {
            let end = (*block).room - index * Self::RECORD;
            (*block).witness.read(end - Self::RECORD, end);
            let record = &*Self::record(block, index);
            (record.before, &record.body)
        }
    }

    /// The byte before which the body `index` belongs, also when it has been taken.
    ///
    /// # Safety
    /// The body was put and published.
    pub(super) unsafe fn body_place(block: *mut Self, index: usize) -> usize {
        // SAFETY: as the caller promises; taking a body leaves its record in place.
        unsafe { (*Self::record(block, index)).before }
    }

    /// What is published, with all that belongs to it.
    #[inline(always)]
    pub(super) fn extent(&self) -> Extent {
        Extent(self.published.load(Ordering::Acquire))
    }

    #[inline(always)]
    pub(super) fn publish(&self, extent: Extent) {
        self.published.store(extent.0, Ordering::Release);
    }

    /// The block after this one; there is one if this one is sealed.
    pub(super) fn next(&self, order: Ordering) -> *mut Self {
        self.next.load(order)
    }

    /// The writer goes on in `next`, and this block will be `full` once all is committed.
    pub(super) fn set_next(&self, next: *mut Self, full: Extent) {
        // SAFETY: only the writer uses the cell.
        self.full.with_mut(|cell| unsafe { *cell = full });
        self.next.store(next, Ordering::Release);
    }

    /// What [`set_next`](Self::set_next) noted. For the writer only.
    pub(super) fn full(&self) -> Extent {
        // SAFETY: only the writer uses the cell.
        self.full.with(|cell| unsafe { *cell })
    }
}

/// A frame header as it stands in a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) flags: u8,
    /// Bytes of the header itself.
    pub(super) size: usize,
    /// Bytes of the body.
    pub(super) length: usize,
}

impl Header {
    /// The longest header.
    pub(super) const LONGEST: usize = 9;

    /// # Safety
    /// A whole header has been published at byte `at` of the block.
    #[inline(always)]
    pub(super) unsafe fn parse<B>(block: *mut Block<B>, at: usize) -> Self {
        // SAFETY: as the caller promises.
        let short = unsafe { Block::slice(block, at, at + 2) };
        let flags = short[0];
        if flags & LONG == 0 {
            return Self {
                flags,
                size: 2,
                length: usize::from(short[1]),
            };
        }
        // SAFETY: as the caller promises; the flag says that the header is a long one.
        let bytes = unsafe { Block::slice(block, at + 1, at + Self::LONGEST) };
        let length = u64::from_be_bytes(bytes.try_into().expect("eight bytes"));
        Self {
            flags,
            size: Self::LONGEST,
            length: length as usize,
        }
    }

    /// More frames of the same message follow.
    pub(super) fn more(self) -> bool {
        self.flags & MORE != 0
    }

    pub(super) fn command(self) -> bool {
        self.flags & COMMAND != 0
    }
}
