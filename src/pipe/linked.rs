//! The socket's side of a link: where the caller decides when to write.
//!
//! The rule that tells an isolated message from a stream is here (see
//! `ARCHITECTURE.md`, "When the caller writes"): an isolated message is written
//! by the caller at once; back-to-back messages gather, and the caller writes
//! when enough has gathered or the oldest has waited too long. Whatever a
//! caller leaves behind, the background is watching.

use std::sync::Arc;
use std::time::Duration;

use super::{Body, Due, Effort, Reading};
use crate::error::Result;
use crate::link::{BACK_TO_BACK, Chunk, Item, LARGE, Link, Next, OutWriter};
use crate::message::{Metadata, Msg};
use crate::sys::Instant;
use crate::zmtp::frame::MORE;

/// A caller writes when this many bytes have gathered.
const GATHER: u64 = 64 * 1024;

/// From this size a body is left to the background: copying it into the kernel
/// takes longer than waking a thread.
const LEAVE: usize = 256 * 1024;

/// How old the count of what the peer took may become.
const STALE: Duration = Duration::from_millis(1);

/// A pipe over a link.
pub struct LinkPipe {
    /// The link itself.
    pub link: Arc<Link>,
    writer: OutWriter,
    /// The send high-water mark, 0 for none.
    mark: u64,
    /// What the peer had taken when we last looked.
    taken: u64,
    taken_at: Instant,
    /// Messages appended since the outbox was last seen empty.
    gathered: u32,
    oldest: Instant,
    last_write: Instant,
    /// The application received something since the last write.
    heard: bool,
    due: bool,
    /// On the socket's list of pipes to be written before it waits.
    listed: bool,
    inbox: Option<Chunk>,
    frame: Option<Msg>,
    /// What every message of the peer carries.
    pub metadata: Option<Arc<Metadata>>,
    /// The connection is gone for good: what was received can still be read.
    pub departed: bool,
}

impl LinkPipe {
    /// A pipe that writes through `writer`, with a send mark in messages.
    pub fn new(link: Arc<Link>, writer: OutWriter, mark: u64) -> LinkPipe {
        LinkPipe {
            link,
            writer,
            mark,
            taken: 0,
            taken_at: Instant::default(),
            gathered: 0,
            oldest: Instant::default(),
            last_write: Instant::default(),
            heard: false,
            due: false,
            listed: false,
            inbox: None,
            frame: None,
            metadata: None,
            departed: false,
        }
    }

    /// Changes the send high-water mark.
    pub fn set_mark(&mut self, mark: u64) {
        self.mark = mark;
    }

    // ------------------------------------------------------------ writing

    #[inline]
    fn has_credit(&self) -> bool {
        self.mark == 0 || self.writer.written_messages() - self.taken < self.mark
    }

    fn refresh(&mut self) {
        self.taken = self.writer.acknowledged();
    }

    #[inline]
    pub(super) fn can_write(&mut self, effort: Effort) -> bool {
        if self.has_credit() {
            return true;
        }
        self.refresh();
        effort != Effort::Lazy && self.has_credit()
    }

    pub(super) fn wait_writable(&mut self) -> bool {
        let low = self.mark.div_ceil(2);
        let waits = self.writer.wait_for_ack(self.writer.written_messages() + low - self.mark);
        self.link.ensure_watched();
        self.refresh();
        waits
    }

    #[inline]
    pub(super) fn write(&mut self, body: &mut Body<'_>, more: bool) -> Result<()> {
        let flags = if more { MORE } else { 0 };
        let len = body.as_slice().len();
        if len < LARGE {
            self.writer.append_copy(flags, body.as_slice());
        } else {
            self.writer.append_body(flags, body.take()?);
        }
        if !more {
            self.commit(len);
        }
        Ok(())
    }

    /// Makes a message visible and decides who writes it.
    #[inline]
    fn commit(&mut self, len: usize) {
        let unflushed = self.writer.unflushed_bytes();
        self.writer.commit();
        if unflushed == 0 {
            self.begin(len);
            return;
        }
        self.gathered = self.gathered.saturating_add(1);
        let look = self.gathered <= 8 || self.gathered.is_multiple_of(32);
        if unflushed + len as u64 >= GATHER && len < LEAVE {
            self.write_now(Instant::now());
        } else if look {
            let now = Instant::now();
            if now.since(self.oldest) > BACK_TO_BACK {
                self.write_now(now);
                return;
            }
        }
        self.link.ensure_watched();
    }

    /// The first message in an empty outbox: isolated, or the head of a stream?
    fn begin(&mut self, len: usize) {
        let now = Instant::now();
        if now.since(self.taken_at) > STALE {
            self.taken_at = now;
            self.refresh();
        }
        self.gathered = 1;
        self.oldest = now;
        self.link.set_oldest(now);
        let answers = self.heard && !self.holds_input();
        if (answers || now.since(self.last_write) > BACK_TO_BACK) && len < LEAVE {
            self.write_now(now);
        } else {
            self.link.ensure_watched();
        }
    }

    #[inline]
    fn write_now(&mut self, now: Instant) {
        self.last_write = now;
        self.heard = false;
        self.due = true;
    }

    /// Takes back the frames of a message that was not finished.
    pub fn rollback(&mut self, spent: &mut Vec<Msg>) {
        self.writer.rollback(spent);
    }

    /// Notes that the pipe is on the socket's list of what is to be written
    /// before it waits; false if it was already.
    #[inline]
    pub fn list(&mut self) -> bool {
        !std::mem::replace(&mut self.listed, true)
    }

    /// Takes the pipe off that list, and says whether there is still something
    /// that nobody has written yet.
    pub fn unlist(&mut self) -> bool {
        self.listed = false;
        self.writer.unflushed_bytes() != 0
    }

    /// Whether the socket has sent part of a message.
    pub fn is_mid_message(&self) -> bool {
        self.writer.is_mid_message()
    }

    #[inline]
    pub(super) fn take_due(&mut self) -> Option<Due> {
        std::mem::take(&mut self.due).then(|| Due::Flush(self.link.clone()))
    }

    // ------------------------------------------------------------ reading

    fn holds_input(&self) -> bool {
        self.frame.is_some() || self.inbox.as_ref().is_some_and(|chunk| !chunk.is_empty())
    }

    #[inline]
    pub(super) fn read(&mut self, reading: &Reading<'_>) -> Option<Msg> {
        loop {
            let next = match &mut self.inbox {
                Some(chunk) => chunk.next(reading.borrow),
                None => self.frame.take(),
            };
            if let Some(mut msg) = next {
                self.heard = true;
                if !reading.borrow {
                    msg.set_metadata(self.metadata.clone());
                }
                return Some(msg);
            }
            if !self.refill(reading) {
                return None;
            }
        }
    }

    pub(super) fn can_read(&mut self, reading: &Reading<'_>) -> bool {
        self.holds_input() || self.refill(reading)
    }

    /// Exchanges a chunk that is used up for the next item of the inbox.
    fn refill(&mut self, reading: &Reading<'_>) -> bool {
        if let Some(chunk) = self.inbox.take() {
            chunk.recycle(self.link.pool());
        }
        match self.link.next(reading.direct, reading.watch) {
            Next::Item(Item::Chunk(chunk, _)) => self.inbox = Some(chunk),
            Next::Item(Item::Frame(msg, _)) => self.frame = Some(msg),
            Next::Nothing => return false,
        }
        true
    }
}
