//! The writing end of the outbox.
//!
//! Appending costs a bounds check and a copy; committing costs one store. Everything else,
//! such as going on to the next block, is off the common path. If there is no memory for
//! that, the frame is refused and everything is as before.

use super::block::{Block, Extent, Header, LARGEST, SMALLEST};
use super::{Body, LONG, Shared};
use crate::error::Result;
use crate::memory::{copy_short, fetch_to_write};
use crate::sync::barrier;
use crate::sync::shim::{Arc, Ordering};
use std::ptr;

/// How many bytes ahead [`Writer::fetch`] asks for.
const AHEAD: usize = 256;

/// The end that appends. One thread at a time.
#[derive(Debug)]
pub struct Writer<B: Body> {
    /// Where the next byte goes, and where the room for bytes ends.
    cursor: *mut u8,
    limit: *mut u8,
    /// The block `cursor` is in (null before the first append), and where its room begins.
    tail: *mut Block<B>,
    base: *mut u8,
    /// Bodies in `tail`, and its flags.
    bodies: usize,
    flags: u64,
    /// The block that the last commit ended in, and what it published there.
    committed_in: *mut Block<B>,
    committed: Extent,
    /// Bytes appended since the beginning, without those that `cursor` is past `base`.
    before_base: u64,
    /// Bytes and messages committed since the beginning.
    committed_bytes: u64,
    written: u64,
    /// Messages committed in the blocks before `tail`.
    earlier: u64,
    shared: Arc<Shared<B>>,
}

// SAFETY: the pointers lead to blocks that belong to the shared part, which both ends keep
// alive; only the writer uses them to write.
unsafe impl<B: Body> Send for Writer<B> {}

impl<B: Body> Writer<B> {
    pub(super) fn new(shared: Arc<Shared<B>>) -> Self {
        Self {
            cursor: ptr::null_mut(),
            limit: ptr::null_mut(),
            tail: ptr::null_mut(),
            base: ptr::null_mut(),
            bodies: 0,
            flags: 0,
            committed_in: ptr::null_mut(),
            committed: Extent::EMPTY,
            before_base: 0,
            committed_bytes: 0,
            written: 0,
            earlier: 0,
            shared,
        }
    }

    /// Appends a frame, copying its body.
    #[inline(always)]
    pub fn append_copy(&mut self, flags: u8, body: &[u8]) -> Result<()> {
        if self.free_room() < Header::LONGEST + body.len() {
            self.next_block(Header::LONGEST + body.len())?;
        }
        // SAFETY: there is room for the header and the body.
        unsafe {
            self.put_header(flags, body.len());
            self.put_bytes(body);
        }
        Ok(())
    }

    /// Appends a frame whose body is in two parts, copying them.
    pub fn append_parts(&mut self, flags: u8, head: &[u8], rest: &[u8]) -> Result<()> {
        let length = head.len() + rest.len();
        if self.free_room() < Header::LONGEST + length {
            self.next_block(Header::LONGEST + length)?;
        }
        // SAFETY: there is room for the header and both parts.
        unsafe {
            self.put_header(flags, length);
            self.put_bytes(head);
            self.put_bytes(rest);
        }
        Ok(())
    }

    /// Appends and commits a message: `envelope`, which is whole frames already, and a last
    /// frame, whose body is copied. No message is open.
    #[inline(always)]
    pub fn send_copy(&mut self, envelope: &[u8], body: &[u8]) -> Result<()> {
        debug_assert!(!self.is_mid_message());
        let room = envelope.len() + Header::LONGEST + body.len();
        if self.free_room() < room || self.committed_in != self.tail {
            return self.send_in_next_block(envelope, body);
        }
        let start = self.cursor;
        // SAFETY: there is room for all of it, so there is a block.
        unsafe {
            let end = self.bytes_at(start, envelope);
            let end = self.header_at(end, 0, body.len());
            let end = self.bytes_at(end, body);
            let length = end as usize - start as usize;
            self.committed = self.committed.and_message(length);
            (*self.tail).publish(self.committed);
            self.cursor = end;
            self.committed_bytes += length as u64;
        }
        self.written += 1;
        Ok(())
    }

    #[cold]
    fn send_in_next_block(&mut self, envelope: &[u8], body: &[u8]) -> Result<()> {
        let room = envelope.len() + Header::LONGEST + body.len();
        if self.free_room() < room {
            self.next_block(room)?;
        }
        self.append_raw(envelope)?;
        self.append_copy(0, body)?;
        self.commit();
        Ok(())
    }

    /// Appends bytes that are whole frames already.
    pub fn append_raw(&mut self, frames: &[u8]) -> Result<()> {
        if frames.is_empty() {
            // There may be no block yet.
            return Ok(());
        }
        if self.free_room() < frames.len() {
            self.next_block(frames.len())?;
        }
        // SAFETY: there is room for the bytes.
        unsafe { self.put_bytes(frames) };
        Ok(())
    }

    /// Makes sure that the next body can be appended.
    pub fn make_room_for_body(&mut self) -> Result<()> {
        let room = Header::LONGEST + Block::<B>::RECORD;
        if self.free_room() < room || self.bodies == Extent::MAX_BODIES {
            self.next_block(room)?;
        }
        Ok(())
    }

    /// Appends a frame, keeping its body by reference. Without memory for it the body is
    /// dropped, unless [room was made](Self::make_room_for_body) before.
    pub fn append_body(&mut self, flags: u8, body: B) -> Result<()> {
        self.make_room_for_body()?;
        let length = body.as_ref().len();
        // SAFETY: there is room for the header and the record, and `limit` moves down to
        // where the record begins.
        unsafe {
            self.put_header(flags, length);
            Block::put_body(self.tail, self.bodies, self.position(), body);
            self.limit = self.limit.sub(Block::<B>::RECORD);
        }
        self.bodies += 1;
        self.before_base += length as u64;
        Ok(())
    }

    /// Ends a message: the reader may have all that was appended.
    #[inline(always)]
    pub fn commit(&mut self) {
        if self.is_mid_message() {
            self.written += 1;
            self.publish();
        }
    }

    /// Publishes what was appended without counting it as a message.
    pub fn commit_uncounted(&mut self) {
        if self.is_mid_message() {
            self.flags |= Extent::UNCOUNTED;
            self.publish();
        }
    }

    /// Takes back all that was appended since the last commit. The bodies go to `spent`, to
    /// be dropped when no lock is held.
    pub fn rollback(&mut self, spent: &mut Vec<B>) {
        if !self.is_mid_message() {
            return;
        }
        let mut block = self.committed_in;
        let mut first = self.committed.bodies();
        while !block.is_null() {
            // SAFETY: the reader sees neither what was not committed in this block nor the
            // blocks after it, so all of that is the writer's alone.
            unsafe {
                let next = (*block).next(Ordering::Relaxed);
                let end = if block == self.tail {
                    self.bodies
                } else {
                    (*block).full().bodies()
                };
                spent.extend((first..end).map(|index| Block::take_body(block, index)));
                if block != self.committed_in {
                    Block::free(block);
                }
                (block, first) = (next, 0);
            }
        }
        // SAFETY: something was appended, so there is a block; the one after it is gone.
        unsafe { (*self.committed_in).set_next(ptr::null_mut(), Extent::EMPTY) };
        self.enter(self.committed_in, self.committed);
        self.before_base = self.committed_bytes - self.committed.bytes() as u64;
    }

    /// Something has been appended since the last commit.
    #[inline(always)]
    pub fn is_mid_message(&self) -> bool {
        self.appended_bytes() != self.committed_bytes
    }

    /// Bytes committed since the beginning.
    pub fn committed_bytes(&self) -> u64 {
        self.committed_bytes
    }

    /// Messages committed since the beginning.
    #[inline(always)]
    pub fn written_messages(&self) -> u64 {
        self.written
    }

    /// Messages that are completely out, or were dropped by the reader, since the beginning.
    #[inline]
    pub fn acknowledged(&self) -> u64 {
        self.shared.from_reader.credit.acknowledged()
    }

    /// Asks to be woken once `at` messages are acknowledged; false if they are already.
    #[must_use]
    pub fn wait_for_ack(&mut self, at: u64) -> bool {
        self.shared.from_reader.credit.wait_for(at)
    }

    /// Withdraws the wish to be woken.
    pub fn cancel_wait(&mut self) {
        self.shared.from_reader.credit.cancel();
    }

    /// To be asked after [`commit`](Self::commit): the reader of frames has declared itself
    /// idle, and must be woken by the caller. True once for each declaration.
    #[inline(always)]
    #[must_use = "the reader must be woken"]
    pub fn reader_idle(&self) -> bool {
        barrier::light();
        let idle = &self.shared.reader_idle;
        idle.load(Ordering::Relaxed) && idle.swap(false, Ordering::AcqRel)
    }

    /// Asks the processor for the place of what will be appended soon, which another core
    /// may still have in its cache.
    #[inline(always)]
    pub fn fetch(&self) {
        fetch_to_write(self.cursor.wrapping_add(AHEAD));
    }

    /// Bytes committed and, as far as the writer knows, not yet accepted by the kernel.
    #[inline(always)]
    pub fn unflushed_bytes(&self) -> u64 {
        self.committed_bytes
            - self
                .shared
                .from_reader
                .flushed_bytes
                .load(Ordering::Relaxed)
    }

    #[inline(always)]
    fn free_room(&self) -> usize {
        self.limit as usize - self.cursor as usize
    }

    /// The next byte's place in the block.
    #[inline(always)]
    fn position(&self) -> usize {
        self.cursor as usize - self.base as usize
    }

    #[inline(always)]
    fn appended_bytes(&self) -> u64 {
        self.before_base + self.position() as u64
    }

    /// # Safety
    /// There is room for [`Header::LONGEST`] bytes.
    #[inline(always)]
    unsafe fn put_header(&mut self, flags: u8, length: usize) {
        // SAFETY: as the caller promises.
        self.cursor = unsafe { self.header_at(self.cursor, flags, length) };
    }

    /// # Safety
    /// There is room for them.
    #[inline(always)]
    unsafe fn put_bytes(&mut self, bytes: &[u8]) {
        // SAFETY: as the caller promises.
        self.cursor = unsafe { self.bytes_at(self.cursor, bytes) };
    }

    /// Writes a header, and says where it ends.
    ///
    /// # Safety
    /// `at` is in the tail, with room for [`Header::LONGEST`] bytes.
    #[inline(always)]
    unsafe fn header_at(&self, at: *mut u8, flags: u8, length: usize) -> *mut u8 {
        let position = at as usize - self.base as usize;
        // SAFETY: as the caller promises.
        unsafe {
            if let Ok(short) = u8::try_from(length) {
                (*self.tail).will_write(position, position + 2);
                at.cast::<[u8; 2]>().write_unaligned([flags, short]);
                at.add(2)
            } else {
                (*self.tail).will_write(position, position + Header::LONGEST);
                at.write(flags | LONG);
                let length = (length as u64).to_be_bytes();
                at.add(1).cast::<[u8; 8]>().write_unaligned(length);
                at.add(Header::LONGEST)
            }
        }
    }

    /// Writes bytes, and says where they end.
    ///
    /// # Safety
    /// `at` is in the tail, with room for them.
    #[inline(always)]
    unsafe fn bytes_at(&self, at: *mut u8, bytes: &[u8]) -> *mut u8 {
        let position = at as usize - self.base as usize;
        // SAFETY: as the caller promises; the room is not part of what the caller can borrow.
        unsafe {
            (*self.tail).will_write(position, position + bytes.len());
            copy_short(bytes.as_ptr(), at, bytes.len());
            at.add(bytes.len())
        }
    }

    fn filled(&self, flags: u64) -> Extent {
        let messages = (self.written - self.earlier) as usize;
        Extent::new(self.position(), self.bodies, messages, flags)
    }

    #[inline(always)]
    fn publish(&mut self) {
        let extent = self.filled(self.flags);
        if self.committed_in != self.tail {
            self.publish_earlier_blocks(extent);
        } else {
            // SAFETY: something was appended, so there is a block.
            unsafe { (*self.tail).publish(extent) };
        }
        self.committed = extent;
        self.committed_bytes = self.appended_bytes();
    }

    /// Publishes a message that began in an earlier block: its first block last, because the
    /// reader goes on to the next block only from there.
    #[cold]
    fn publish_earlier_blocks(&mut self, extent: Extent) {
        let first = self.committed_in;
        let uncounted = extent.flags() & Extent::UNCOUNTED;
        self.committed_in = self.tail;
        // SAFETY: all blocks from `first` to `tail` are in the list, linked by the writer,
        // and the reader frees none before it has seen it sealed.
        unsafe {
            (*self.tail).publish(extent);
            let mut block = (*first).next(Ordering::Relaxed);
            while block != self.tail {
                (*block).publish((*block).full().with(uncounted));
                block = (*block).next(Ordering::Relaxed);
            }
            (*first).publish((*first).full().with(uncounted));
        }
    }

    /// Goes on in a block with at least `needed` bytes of room.
    #[cold]
    fn next_block(&mut self, needed: usize) -> Result<()> {
        let backlog = self.appended_bytes()
            - self
                .shared
                .from_reader
                .flushed_bytes
                .load(Ordering::Relaxed);
        let wanted = (4 * backlog).clamp(SMALLEST as u64, LARGEST as u64) as usize;
        let block = self.new_block(wanted.next_power_of_two().max(needed))?;
        if self.tail.is_null() {
            self.committed_in = block;
            self.shared.first.store(block, Ordering::Release);
        } else {
            let goes_on = if self.is_mid_message() {
                Extent::CONTINUES
            } else {
                0
            };
            let full = self.filled(self.flags | Extent::SEALED | goes_on);
            // SAFETY: the reader leaves the tail alone until it is sealed.
            unsafe { (*self.tail).set_next(block, full) };
        }
        self.before_base = self.appended_bytes();
        self.enter(block, Extent::EMPTY);
        Ok(())
    }

    /// The block that the reader gave back, if it will do, or a fresh one.
    fn new_block(&mut self, room: usize) -> Result<*mut Block<B>> {
        let spare = self.shared.spare.swap(ptr::null_mut(), Ordering::Acquire);
        if spare.is_null() {
            return Block::allocate(room);
        }
        // SAFETY: the swap took the spare out of everyone else's reach; it is drained.
        unsafe {
            if (*spare).room() >= room {
                (*spare).reset();
                return Ok(spare);
            }
            Block::free(spare);
        }
        Block::allocate(room)
    }

    /// Continues in `block`, filled up to `extent`.
    fn enter(&mut self, block: *mut Block<B>, extent: Extent) {
        self.tail = block;
        self.base = Block::base(block);
        self.cursor = self.base.wrapping_add(extent.bytes());
        // SAFETY: reads a field of a block that is in use.
        let room = unsafe { (*block).room() };
        self.limit = self
            .base
            .wrapping_add(room - extent.bodies() * Block::<B>::RECORD);
        self.bodies = extent.bodies();
        self.earlier = self.written - extent.messages() as u64;
        self.flags = extent.flags();
    }
}

impl<B: Body> Drop for Writer<B> {
    fn drop(&mut self) {
        self.rollback(&mut Vec::new());
    }
}
