//! The other reading end of the outbox: frame by frame, for a receiver in the same process.
//!
//! What was written for the wire is as good for a neighbour: short bodies lie side by side
//! with their headers, so one cache line carries several messages from core to core, and
//! none of them is allocated.

use super::block::{Block, Extent, Header};
use super::{Body, Shared};
use crate::link::Taker;
use crate::memory::{fetch_to_read, keep_away};
use crate::sync::barrier;
use crate::sync::shim::{Arc, Ordering};
use std::ptr;

/// How many bytes ahead the reader asks the processor for, if they are published.
const AHEAD: usize = 256;

/// Fewer messages than these are a little for one look, and more than one is a stream.
const LITTLE: std::ops::Range<u64> = 2..64;

/// After so many looks in a row that found a little, the reader is too close behind the
/// writer: each has to wait for the cache line that the other has just used.
const CLOSE: u8 = 2;

/// A frame's body, where it lies or as it was handed over.
pub enum Frame<'a, B> {
    /// Bytes in the outbox.
    Bytes(&'a [u8]),
    /// A body that was kept by reference.
    Body(B),
}

/// The end that takes frames. One thread at a time.
#[derive(Debug)]
pub struct FrameReader<B: Body> {
    /// The block of the next frame; null until the first has been seen.
    head: *mut Block<B>,
    /// Where in it the next frame begins, and up to where it is known to be published.
    at: usize,
    end: usize,
    /// Bodies of this block that were taken, and that are known to be published.
    taken: usize,
    bodies: usize,
    /// How many looks in a row have found a little, and what was acknowledged at the last.
    close: u8,
    looked_at: u64,
    /// Messages acknowledged.
    acknowledged: u64,
    /// Bytes of the blocks before this one, and of the bodies taken.
    passed: u64,
    shared: Arc<Shared<B>>,
}

// SAFETY: the pointer leads to a block that belongs to the shared part, which both ends keep
// alive; only the reader frees blocks that are published.
unsafe impl<B: Body> Send for FrameReader<B> {}

impl<B: Body> FrameReader<B> {
    pub(super) fn new(shared: Arc<Shared<B>>) -> Self {
        Self {
            head: ptr::null_mut(),
            at: 0,
            end: 0,
            taken: 0,
            bodies: 0,
            close: 0,
            looked_at: 0,
            acknowledged: 0,
            passed: 0,
            shared,
        }
    }

    /// Nothing is published that has not been taken.
    #[inline(always)]
    pub fn is_empty(&mut self) -> bool {
        self.at == self.end && !self.look()
    }

    /// Offers `taker` the bytes of the next frame, and says whether more frames of its
    /// message follow. Nothing happens if there is no frame, if its body was handed over by
    /// reference, or if the taker declines.
    #[inline(always)]
    pub fn next_bytes(&mut self, taker: &mut impl Taker) -> Option<bool> {
        if self.is_empty() || self.taken != self.bodies {
            return None;
        }
        let (block, at) = (self.head, self.at);
        if self.end - at > AHEAD {
            fetch_to_read(Block::base(block).wrapping_add(at + AHEAD));
        }
        // SAFETY: a frame is published whole, and begins here; its body follows its header,
        // because no body of this block is left.
        let (header, body) = unsafe {
            let header = Header::parse(block, at);
            let start = at + header.size;
            (header, Block::slice(block, start, start + header.length))
        };
        if !taker.copy(body, header.more()) {
            return None;
        }
        self.at = at + header.size + header.length;
        Some(header.more())
    }

    /// Hands `take` the next frame and whether more frames of its message follow, and says
    /// the latter. Bytes, but not a body, may be declined: they stay.
    pub fn next_frame(&mut self, take: impl FnOnce(Frame<'_, B>, bool) -> bool) -> Option<bool> {
        if self.is_empty() {
            return None;
        }
        // SAFETY: a frame is published whole, and begins here.
        let header = unsafe { Header::parse(self.head, self.at) };
        let start = self.at + header.size;
        let by_reference = self.taken != self.bodies && {
            // SAFETY: the body is published and has not been taken.
            let (before, _) = unsafe { Block::body(self.head, self.taken) };
            before == start
        };
        if by_reference {
            // SAFETY: as above; moving on makes this the only taking.
            let body = unsafe { Block::take_body(self.head, self.taken) };
            self.taken += 1;
            self.at = start;
            self.passed += header.length as u64;
            take(Frame::Body(body), header.more());
            return Some(header.more());
        }
        // SAFETY: the body of a frame that is not kept by reference follows its header.
        let body = unsafe { Block::slice(self.head, start, start + header.length) };
        if !take(Frame::Bytes(body), header.more()) {
            return None;
        }
        self.at = start + header.length;
        Some(header.more())
    }

    /// Tells the writer that so many more messages are done with. True if it asked to be
    /// woken at a count now reached; the caller must wake it. True once for each wish.
    #[inline(always)]
    #[must_use = "the writer must be woken"]
    pub fn acknowledge(&mut self, messages: u64) -> bool {
        self.acknowledged += messages;
        let credit = &self.shared.from_reader.credit;
        credit.acknowledge(self.acknowledged)
    }

    /// Declares that the reader is going to wait. True: there is nothing to take, and the
    /// writer will say when that changes. False: there is, and nothing is left declared,
    /// though a wake-up may just be on its way.
    #[must_use]
    pub fn declare_idle(&mut self) -> bool {
        self.shared.reader_idle.store(true, Ordering::Release);
        barrier::heavy();
        let idle = self.is_empty();
        if !idle {
            self.shared.reader_idle.store(false, Ordering::Relaxed);
        }
        idle
    }

    /// Looks at what was published since, and says whether there is anything.
    #[inline(always)]
    fn look(&mut self) -> bool {
        if self.head.is_null() {
            return self.begin();
        }
        self.keep_apart();
        // SAFETY: the head is in use.
        let extent = unsafe { (*self.head).extent() };
        (self.end, self.bodies) = (extent.bytes(), extent.bodies());
        self.at != self.end || extent.has(Extent::SEALED) && self.go_on()
    }

    /// Gives the writer a moment to get ahead, if this end is too close behind it.
    #[inline(always)]
    fn keep_apart(&mut self) {
        let taken = self.acknowledged - self.looked_at;
        self.looked_at = self.acknowledged;
        if !LITTLE.contains(&taken) {
            self.close = 0;
        } else if self.close < CLOSE {
            self.close += 1;
        } else {
            self.close = 0;
            keep_away();
        }
    }

    #[cold]
    fn begin(&mut self) -> bool {
        self.head = self.shared.first.load(Ordering::Acquire);
        !self.head.is_null() && self.look()
    }

    /// Gives the block back, of which everything has been taken, and goes on to the next.
    #[cold]
    fn go_on(&mut self) -> bool {
        // SAFETY: it is sealed, and its frames have been taken, with all of its bodies.
        self.head = unsafe { self.shared.give_back(self.head) };
        self.passed += self.end as u64;
        let flushed = &self.shared.from_reader.flushed_bytes;
        flushed.store(self.passed, Ordering::Relaxed);
        (self.at, self.taken) = (0, 0);
        self.look()
    }
}

impl<B: Body> Drop for FrameReader<B> {
    fn drop(&mut self) {
        self.shared.reader_leaves(self.head, self.taken);
    }
}
