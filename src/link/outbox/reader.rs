//! The reading end of the outbox.
//!
//! It gathers what is published into `iovec`s, is told how much of that the kernel took, and
//! keeps two positions in the block it stands in: where the next byte to be written is, and
//! the last frame boundary before it. They coincide at the end of a batch, which costs nothing
//! to know; only when the kernel took a part are the frame headers in between read.

use super::block::{Block, Extent, Header};
use super::{Body, Shared};
use crate::sync::shim::{Arc, Ordering};
use std::mem::MaybeUninit;
use std::{ptr, slice};

/// What a step of the reader has brought about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Progress {
    /// Messages that were acknowledged.
    pub messages: u64,
    /// The writer asked to be woken, and the count it wanted has been reached. Reported once.
    pub wake_writer: bool,
}

/// A place in a block: so many bytes and bodies lie before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    bytes: usize,
    bodies: usize,
}

impl Place {
    fn end_of(extent: Extent) -> Self {
        Self {
            bytes: extent.bytes(),
            bodies: extent.bodies(),
        }
    }
}

/// The end that empties the outbox. One thread at a time.
#[derive(Debug)]
pub struct Reader<B: Body> {
    /// The block of the next byte; null until the first has been seen.
    head: *mut Block<B>,
    at: Place,
    /// Bytes of the body at `at` that are out.
    body_out: usize,
    /// What the last gathering saw of the block it ended in.
    seen: Extent,
    seen_in: *mut Block<B>,
    /// That it left some of what it saw.
    left: bool,
    /// The last frame boundary at or before `at`.
    frame: Place,
    /// That boundary lies inside a message.
    inside: bool,
    /// Messages of `head` that end at or before `frame`, commands not counted.
    ended: usize,
    /// Messages of `head` that have been acknowledged.
    acknowledged_here: usize,
    acknowledged: u64,
    flushed: u64,
    shared: Arc<Shared<B>>,
}

// SAFETY: the pointers lead to blocks that belong to the shared part, which both ends keep
// alive; only the reader frees blocks that are published.
unsafe impl<B: Body> Send for Reader<B> {}

impl<B: Body> Reader<B> {
    pub(super) fn new(shared: Arc<Shared<B>>) -> Self {
        Self {
            head: ptr::null_mut(),
            at: Place::default(),
            body_out: 0,
            seen: Extent::EMPTY,
            seen_in: ptr::null_mut(),
            left: false,
            frame: Place::default(),
            inside: false,
            ended: 0,
            acknowledged_here: 0,
            acknowledged: 0,
            flushed: 0,
            shared,
        }
    }

    /// Fills `out` with what comes next on the wire and returns the elements that are filled,
    /// and how many bytes they are. Stops when `out` is full or after `max_bytes` (the last element
    /// may go beyond); gives at least one element if anything is published.
    ///
    /// The elements point into the outbox. They are good until the reader is next told to
    /// [`advance`](Self::advance), to discard, to clear, or is dropped.
    pub fn gather<'a>(
        &mut self,
        out: &'a mut [MaybeUninit<libc::iovec>],
        max_bytes: usize,
    ) -> (&'a mut [libc::iovec], usize) {
        let (used, total) = match self.find_head() {
            true => self.fill(out, max_bytes),
            false => (0, 0),
        };
        // SAFETY: so many were written.
        let filled = unsafe { slice::from_raw_parts_mut(out.as_mut_ptr().cast(), used) };
        (filled, total)
    }

    /// The same from the head on, which there is: how many elements, and how many bytes.
    fn fill(&mut self, out: &mut [MaybeUninit<libc::iovec>], max_bytes: usize) -> (usize, usize) {
        let (mut block, mut at, mut body_out) = (self.head, self.at, self.body_out);
        let (mut used, mut total) = (0, 0);
        self.left = false;
        loop {
            // SAFETY: `block` is the head or follows a sealed block.
            let extent = unsafe { (*block).extent() };
            (self.seen, self.seen_in) = (extent, block);
            while at != Place::end_of(extent) {
                if used == out.len() || total >= max_bytes && used > 0 {
                    self.left = true;
                    return (used, total);
                }
                // SAFETY: the places visited lie within what is published, and after what
                // has been flushed, so neither bytes nor body have been freed.
                let element = unsafe { Self::element(block, at, body_out, extent) };
                if !element.is_empty() {
                    out[used].write(libc::iovec {
                        iov_base: element.as_ptr().cast_mut().cast(),
                        iov_len: element.len(),
                    });
                    used += 1;
                    total += element.len();
                }
                at = Self::after_element(block, at, extent);
                body_out = 0;
            }
            if !extent.has(Extent::SEALED) {
                return (used, total);
            }
            // SAFETY: a sealed block has a successor.
            block = unsafe { (*block).next(Ordering::Acquire) };
            at = Place::default();
        }
    }

    /// Whether more was published than the last gathering took.
    pub fn holds_more(&self) -> bool {
        self.left
    }

    /// How many bytes are left of the frame that comes next, or is out in part. There is one.
    pub fn left_of_frame(&self) -> usize {
        let (end, _) = self.next_frame(self.extent());
        let bodies = (self.at.bodies..end.bodies).map(|index| {
            // SAFETY: it is published, and not taken since it is not out.
            unsafe { Block::body(self.head, index).1.as_ref().len() }
        });
        (end.bytes - self.at.bytes) + bodies.sum::<usize>() - self.body_out
    }

    /// The kernel took the next `count` bytes of what was gathered. Bodies that are out go
    /// to `spent`, to be dropped when no lock is held.
    pub fn advance(&mut self, count: usize, spent: &mut Vec<B>) -> Progress {
        let mut left = count;
        let mut messages = 0;
        if self.head.is_null() {
            debug_assert_eq!(count, 0);
            return Progress::default();
        }
        loop {
            let extent = self.extent();
            while self.at != Place::end_of(extent) {
                // SAFETY: as in `gather`.
                let length =
                    unsafe { Self::element(self.head, self.at, self.body_out, extent).len() };
                if left < length {
                    self.step_into(left, extent);
                    left = 0;
                    break;
                }
                left -= length;
                self.step_over(extent, spent);
            }
            messages += self.count_messages(extent);
            if !self.leave_block(extent) {
                break;
            }
        }
        debug_assert_eq!(left, 0, "more was written than had been gathered");
        self.report(count as u64, messages)
    }

    /// Nothing is published that is not out.
    pub fn is_empty(&self) -> bool {
        let head = match self.head {
            head if head.is_null() => self.shared.first.load(Ordering::Acquire),
            head => head,
        };
        if head.is_null() {
            return true;
        }
        // SAFETY: the head is in use, and the first block ever is if nothing has been freed.
        let extent = unsafe { (*head).extent() };
        self.at == Place::end_of(extent) && !extent.has(Extent::SEALED)
    }

    /// If the body that begins at this byte of all that was ever appended is not yet out,
    /// puts what `exchange` makes of it in its place: the same bytes, except for those that
    /// are out, as many as it is told. Returns the body that was there. No gathered element
    /// is in use.
    pub fn exchange_body(
        &mut self,
        begins: u64,
        exchange: impl FnOnce(&B, usize) -> B,
    ) -> Option<B> {
        let (block, index, out) = self.find_body(begins)?;
        // SAFETY: the body is published, was not taken, and only the reader uses it.
        unsafe {
            let (_, body) = Block::body(block, index);
            let other = exchange(body, out);
            Some(Block::exchange_body(block, index, other))
        }
    }

    /// Whether the body that begins at this byte of all that was ever appended is not yet
    /// out.
    pub fn holds_body(&mut self, begins: u64) -> bool {
        self.find_body(begins).is_some()
    }

    /// The place of such a body, and how much of it is out.
    fn find_body(&mut self, begins: u64) -> Option<(*mut Block<B>, usize, usize)> {
        if !self.find_head() {
            return None;
        }
        let (mut block, mut at, mut out) = (self.head, self.at, self.body_out);
        // Where the element at `at` begins.
        let mut position = self.flushed - out as u64;
        while position <= begins {
            // SAFETY: the head is in use, and so are the blocks after it; a sealed one has a
            // successor. What is published and not out has not been taken.
            unsafe {
                let extent = (*block).extent();
                if at == Place::end_of(extent) {
                    if !extent.has(Extent::SEALED) {
                        return None;
                    }
                    (block, at) = ((*block).next(Ordering::Acquire), Place::default());
                    continue;
                }
                let next = Self::after_element(block, at, extent);
                let is_body = next.bodies != at.bodies;
                if position == begins && is_body {
                    return Some((block, at.bodies, out));
                }
                position += Self::element(block, at, 0, extent).len() as u64;
                (at, out) = (next, 0);
            }
        }
        None
    }

    /// A message is out in part.
    pub fn is_partial(&self) -> bool {
        self.inside || self.at != self.frame || self.body_out != 0
    }

    /// Drops the rest of a message that is out in part, so that the next byte begins a whole
    /// one. The message counts as acknowledged.
    pub fn discard_partial(&mut self, spent: &mut Vec<B>) -> Progress {
        let (mut bytes, mut messages) = (0, 0);
        while self.is_partial() {
            let extent = self.extent();
            while self.is_partial() && self.frame != Place::end_of(extent) {
                let (end, more) = self.next_frame(extent);
                while self.at != end {
                    // SAFETY: as in `gather`; `end` is published because frames are.
                    let element =
                        unsafe { Self::element(self.head, self.at, self.body_out, extent) };
                    let within = end.bytes - self.at.bytes;
                    if self.at.bodies == end.bodies && within < element.len() {
                        bytes += within;
                        self.at.bytes = end.bytes;
                    } else {
                        bytes += element.len();
                        self.step_over(extent, spent);
                    }
                }
                self.pass_frame(end, more);
            }
            messages += self.count_messages(extent);
            if !self.leave_block(extent) {
                break;
            }
        }
        self.report(bytes as u64, messages)
    }

    /// Drops all that is published, and acknowledges it.
    pub fn clear(&mut self, spent: &mut Vec<B>) -> Progress {
        let (mut bytes, mut messages) = (0, 0);
        if !self.find_head() {
            return Progress::default();
        }
        loop {
            // SAFETY: the head is in use.
            let extent = unsafe { (*self.head).extent() };
            (self.seen, self.seen_in) = (extent, self.head);
            while self.at != Place::end_of(extent) {
                // SAFETY: as in `gather`.
                bytes += unsafe { Self::element(self.head, self.at, self.body_out, extent).len() };
                self.step_over(extent, spent);
            }
            messages += self.count_messages(extent);
            if !self.leave_block(extent) {
                return self.report(bytes as u64, messages);
            }
        }
    }

    /// Finds the first block, if there is one.
    fn find_head(&mut self) -> bool {
        if self.head.is_null() {
            self.head = self.shared.first.load(Ordering::Acquire);
        }
        !self.head.is_null()
    }

    /// What is known to be published of the block the reader stands in: what was seen when
    /// gathering, not what has been added since, so that the end of a batch is recognised.
    fn extent(&self) -> Extent {
        if self.head == self.seen_in {
            return self.seen;
        }
        // SAFETY: the head is in use.
        unsafe { (*self.head).extent() }
    }

    /// The longest run of bytes that begins at `at`: up to the next body, or a body's rest.
    ///
    /// # Safety
    /// `extent` has been published, and `at` lies before its end and has not been flushed.
    unsafe fn element<'a>(
        block: *mut Block<B>,
        at: Place,
        body_out: usize,
        extent: Extent,
    ) -> &'a [u8]
    where
        B: 'a,
    {
        // SAFETY: as the caller promises.
        unsafe {
            if at.bodies == extent.bodies() {
                return Block::slice(block, at.bytes, extent.bytes());
            }
            let (before, body) = Block::body(block, at.bodies);
            if at.bytes < before {
                return Block::slice(block, at.bytes, before);
            }
            &body.as_ref()[body_out..]
        }
    }

    /// The place after the element at `at`.
    fn after_element(block: *mut Block<B>, at: Place, extent: Extent) -> Place {
        if at.bodies == extent.bodies() {
            return Place {
                bytes: extent.bytes(),
                ..at
            };
        }
        // SAFETY: the body is published, and not taken since it lies after `at`.
        let (before, _) = unsafe { Block::body(block, at.bodies) };
        if at.bytes < before {
            Place {
                bytes: before,
                ..at
            }
        } else {
            Place {
                bodies: at.bodies + 1,
                ..at
            }
        }
    }

    /// Moves past the element at `at`.
    fn step_over(&mut self, extent: Extent, spent: &mut Vec<B>) {
        let next = Self::after_element(self.head, self.at, extent);
        if next.bodies != self.at.bodies {
            // SAFETY: the body is published, and moving past it makes this the only taking.
            spent.push(unsafe { Block::take_body(self.head, self.at.bodies) });
            self.body_out = 0;
        }
        self.at = next;
    }

    /// Moves `count` bytes into the element at `at`.
    fn step_into(&mut self, count: usize, extent: Extent) {
        let next = Self::after_element(self.head, self.at, extent);
        if next.bodies == self.at.bodies {
            self.at.bytes += count;
        } else {
            self.body_out += count;
        }
    }

    /// The end of the frame that begins at `frame`, and whether it is the last of a message
    /// (`Some(false)`), not the last (`Some(true)`), or a command.
    fn next_frame(&self, extent: Extent) -> (Place, Option<bool>) {
        let Place { bytes, bodies } = self.frame;
        // SAFETY: frames are published whole; this one lies in the head, which is in use.
        let header = unsafe { Header::parse(self.head, bytes) };
        let body_at = bytes + header.size;
        let by_reference = bodies < extent.bodies() && {
            // SAFETY: the body is published; it may have been taken, its place stays.
            unsafe { Block::<B>::body_place(self.head, bodies) == body_at }
        };
        let end = if by_reference {
            Place {
                bytes: body_at,
                bodies: bodies + 1,
            }
        } else {
            Place {
                bytes: body_at + header.length,
                bodies,
            }
        };
        (end, (!header.command()).then_some(header.more()))
    }

    fn pass_frame(&mut self, end: Place, more: Option<bool>) {
        self.frame = end;
        if let Some(more) = more {
            self.inside = more;
            self.ended += usize::from(!more);
        }
    }

    /// Brings `frame` up to `at` and returns how many messages can be acknowledged on top.
    fn count_messages(&mut self, extent: Extent) -> u64 {
        let ended = if self.at == Place::end_of(extent) {
            self.frame = self.at;
            self.inside = extent.has(Extent::CONTINUES);
            self.ended = extent.messages();
            extent.messages()
        } else {
            loop {
                let (end, more) = self.next_frame(extent);
                if end.bytes > self.at.bytes || end.bodies > self.at.bodies {
                    break;
                }
                self.pass_frame(end, more);
            }
            // Where something does not count the headers tell too much: wait for the end.
            if extent.has(Extent::UNCOUNTED) {
                self.acknowledged_here
            } else {
                self.ended
            }
        };
        let more = ended - self.acknowledged_here;
        self.acknowledged_here = ended;
        more as u64
    }

    /// Goes on to the next block if this one is done with, and gives it back.
    fn leave_block(&mut self, extent: Extent) -> bool {
        if self.at != Place::end_of(extent) || !extent.has(Extent::SEALED) {
            return false;
        }
        let drained = self.head;
        // SAFETY: it is sealed, and everything in it is out, with all of its bodies.
        self.head = unsafe { self.shared.give_back(drained) };
        (self.at, self.frame) = (Place::default(), Place::default());
        (self.ended, self.acknowledged_here) = (0, 0);
        if self.seen_in == drained {
            self.seen_in = ptr::null_mut();
        }
        true
    }

    /// Tells the writer.
    fn report(&mut self, bytes: u64, messages: u64) -> Progress {
        self.flushed += bytes;
        let from_reader = &self.shared.from_reader;
        from_reader
            .flushed_bytes
            .store(self.flushed, Ordering::Relaxed);
        self.acknowledged += messages;
        let wake_writer = messages > 0 && from_reader.credit.acknowledge(self.acknowledged);
        Progress {
            messages,
            wake_writer,
        }
    }
}

impl<B: Body> Drop for Reader<B> {
    fn drop(&mut self) {
        self.shared.reader_leaves(self.head, self.at.bodies);
    }
}
