//! What stands between the read half and the receiver: whole messages, still
//! in the bytes in which they arrived.
//!
//! The receiver decodes frame by frame from the chunk it holds, under its
//! socket's lock, and touches the read half only when the chunk is used up.

use crate::link::fill::LARGE;
use crate::link::pool::Pool;
use crate::message::{Buffer, INLINE_MAX, Msg};
use crate::zmtp::frame::{self, COMMAND, MORE};

/// A run of whole frames within a receive buffer.
pub struct Chunk {
    buffer: Buffer,
    at: usize,
    end: usize,
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
}

impl Chunk {
    /// The frames from `at` to `end` of `buffer`.
    pub fn new(buffer: Buffer, at: usize, end: usize) -> Chunk {
        Chunk { buffer, at, end }
    }

    /// Decodes the next frame of a message. A body that is not copied is a
    /// slice of the receive buffer: a large one always, a small one only if
    /// the caller asked to `borrow` it for a moment.
    #[inline]
    pub fn next(&mut self, borrow: bool) -> Option<Msg> {
        loop {
            if self.at == self.end {
                return None;
            }
            // SAFETY: the bytes from `at` on are in no message yet.
            let bytes = unsafe { self.buffer.bytes(self.at..self.end) };
            // The read half has found this to be a whole, valid frame.
            let header = frame::parse_header(bytes).ok().flatten()?;
            let body = self.at + header.header_len;
            let len = header.body_len as usize;
            self.at = body + len;
            if header.flags & COMMAND != 0 {
                continue;
            }
            let slice = || Msg::slice(&self.buffer, body..body + len);
            let mut msg = if len <= INLINE_MAX || !(borrow || len >= LARGE) {
                let copy = Msg::copy_from(&bytes[header.header_len..header.header_len + len]);
                copy.unwrap_or_else(|_| slice())
            } else {
                slice()
            };
            msg.set_more(header.flags & MORE != 0);
            return Some(msg);
        }
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
