//! What stands between the read half and the receiver: whole messages, still
//! in the bytes in which they arrived.
//!
//! The receiver decodes frame by frame from the chunk it holds, under its
//! socket's lock, and touches the read half only when the chunk is used up.

use std::ops::Range;
use std::sync::Arc;

use crate::link::pool::Pool;
use crate::memory::fetch_to_read;
use crate::message::{Buffer, Metadata, Msg};
use crate::zmtp::frame;

/// From this size a body is kept or read by reference instead of copied.
pub const LARGE: usize = 8 * 1024;

/// Where a decoded frame goes.
pub trait Taker {
    /// Takes the frame by its bytes, or says that it wants a message.
    fn copy(&mut self, body: &[u8], more: bool) -> bool;
    /// Takes the body of a command, or has it passed over.
    fn command(&mut self, _body: &[u8]) -> bool {
        false
    }
    /// Takes the frame as a message.
    fn put(&mut self, _msg: Msg) {}
    /// Notes what is known of the peer that the frame is from.
    fn peer(&mut self, _metadata: Option<&Arc<Metadata>>) {}
    /// The same, from another frame of that peer.
    fn peer_of(&mut self, _frame: &Msg) {}
}

/// A run of whole frames within a receive buffer.
pub struct Chunk {
    buffer: Buffer,
    at: usize,
    end: usize,
    /// Large bodies may be slices of the buffer.
    share: bool,
    /// What is known of the peer.
    metadata: Option<Arc<Metadata>>,
}

/// What the inbox consists of, each with the number of messages it completes.
pub enum Item {
    /// Small frames, many at a time.
    Chunk(Chunk, u64),
    /// One frame with a large body.
    Frame(Msg, u64),
}

impl Item {
    /// How many messages end in this item.
    pub fn messages(&self) -> u64 {
        match self {
            Item::Chunk(_, messages) | Item::Frame(_, messages) => *messages,
        }
    }

    /// The last frame of the last message that ends in this item.
    pub fn last(self) -> Option<Item> {
        match self {
            Item::Chunk(chunk, 1..) => Some(Item::Chunk(chunk.last()?, 1)),
            Item::Frame(msg, 1..) => Some(Item::Frame(msg, 1)),
            _ => None,
        }
    }
}

impl Chunk {
    /// The frames in `range` of `buffer`, large bodies of which may be slices of it
    /// if they are to `share` it.
    pub fn new(
        buffer: Buffer,
        range: Range<usize>,
        share: bool,
        metadata: Option<Arc<Metadata>>,
    ) -> Chunk {
        Chunk {
            buffer,
            at: range.start,
            end: range.end,
            share,
            metadata,
        }
    }

    /// What is known of the peer.
    #[inline]
    pub fn metadata(&self) -> Option<&Arc<Metadata>> {
        self.metadata.as_ref()
    }

    /// Decodes the next frame of a message. Small bodies are copied, large ones
    /// become slices of the receive buffer, if they may.
    #[inline(always)]
    pub fn next(&mut self, taker: &mut impl Taker) -> bool {
        loop {
            if self.at == self.end {
                return false;
            }
            // SAFETY: the bytes from `at` on are in no message yet.
            let bytes = unsafe { self.buffer.bytes(self.at..self.end) };
            // The read half has found this to be a whole, valid frame.
            let Ok(Some(header)) = frame::parse_header(bytes) else {
                return false;
            };
            let len = header.body_len as usize;
            let start = self.at + header.header_len;
            self.at = start + len;
            if header.is_command() {
                if taker.command(&bytes[header.header_len..header.header_len + len]) {
                    return true;
                }
                continue;
            }
            let body = &bytes[header.header_len..header.header_len + len];
            if len < LARGE && taker.copy(body, header.more()) {
                return true;
            }
            let slice = || Msg::slice(&self.buffer, start..start + len);
            let mut msg = match len < LARGE || !self.share {
                true => Msg::copy_from(body).unwrap_or_else(|_| slice()),
                false => slice(),
            };
            msg.set_more(header.more());
            taker.put(msg);
            return true;
        }
    }

    /// The last frame of the last message in it.
    fn last(mut self) -> Option<Chunk> {
        let mut last = None;
        while self.at < self.end {
            // SAFETY: the bytes from `at` on are in no message yet.
            let bytes = unsafe { self.buffer.bytes(self.at..self.end) };
            let header = frame::parse_header(bytes).ok()??;
            let end = self.at + header.frame_len() as usize;
            if !header.is_command() && !header.more() {
                last = Some((self.at, end));
            }
            self.at = end;
        }
        let (at, end) = last?;
        (self.at, self.end) = (at, end);
        Some(self)
    }

    /// Decodes the next frame if it is of a message, its body is short, and the
    /// taker takes its bytes; says whether more frames follow.
    #[inline(always)]
    pub fn next_short(&mut self, taker: &mut impl Taker) -> Option<bool> {
        // SAFETY: the bytes from `at` on are in no message yet.
        let bytes = unsafe { self.buffer.bytes(self.at..self.end) };
        let header = frame::parse_header(bytes).ok().flatten()?;
        let len = header.body_len as usize;
        if header.is_command() || len >= LARGE {
            return None;
        }
        let end = header.header_len + len;
        let more = header.more();
        if !taker.copy(bytes.get(header.header_len..end)?, more) {
            return None;
        }
        self.at += end;
        Some(more)
    }

    /// Asks the processor for the next frame.
    #[inline]
    pub fn fetch(&self) {
        fetch_to_read(self.buffer.as_ptr().wrapping_add(self.at));
    }

    /// Whether all of it has been decoded.
    pub fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// Gives the buffer back for its next use.
    pub fn recycle(self, pool: &Pool) {
        pool.give(self.buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zmtp::frame::{LONG_HEADER, encode_header};

    /// Where the bodies of two large frames of one chunk lie.
    fn bodies_of(share: bool) -> [Msg; 2] {
        struct Two(Vec<Msg>);
        impl Taker for Two {
            fn copy(&mut self, _body: &[u8], _more: bool) -> bool {
                false
            }
            fn put(&mut self, msg: Msg) {
                self.0.push(msg);
            }
        }
        let mut header = [0; LONG_HEADER];
        let len = encode_header(0, LARGE, &mut header);
        let frame = [&header[..len], &[7; LARGE]].concat();
        let bytes = [&frame[..], &frame[..]].concat();
        let mut buffer = Buffer::with_capacity(bytes.len()).unwrap();
        // SAFETY: a new buffer is nobody else's.
        unsafe { buffer.bytes_mut(0..bytes.len()) }.copy_from_slice(&bytes);
        let mut chunk = Chunk::new(buffer, 0..bytes.len(), share, None);
        let mut two = Two(Vec::new());
        assert!(chunk.next(&mut two) && chunk.next(&mut two) && !chunk.next(&mut two));
        two.0.try_into().unwrap()
    }

    #[test]
    fn large_bodies_are_parts_of_the_chunk_only_if_they_may() {
        for share in [true, false] {
            let [first, second] = bodies_of(share);
            assert_eq!(
                (first.as_slice(), second.as_slice()),
                (&[7; LARGE][..], &[7; LARGE][..])
            );
            let apart = (second.as_slice().as_ptr() as usize)
                .wrapping_sub(first.as_slice().as_ptr() as usize);
            assert_eq!(apart == LARGE + LONG_HEADER, share);
        }
    }
}
