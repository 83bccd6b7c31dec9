//! The socket's side of a link: where the caller decides when to write.
//!
//! The rule that tells an isolated message from a stream is here (see
//! `ARCHITECTURE.md`, "When the caller writes"): an isolated message is written
//! by the caller at once; back-to-back messages gather, and the caller writes
//! when enough has gathered or the oldest has waited too long. Whatever a
//! caller leaves behind, the background is watching.

use std::sync::Arc;
use std::time::Duration;

use super::{Body, Due, Reading, Sink, Then, report_at};
use crate::error::Result;
use crate::link::{
    BACK_TO_BACK, Chunk, Conflate, Item, LARGE, Lent, Link, Next, OutWriter, Room, Side, Taker,
    Watch,
};
use crate::message::Msg;
use crate::sys::Instant;
use crate::zmtp::command;
use crate::zmtp::frame::{COMMAND, MORE};

/// A caller writes when this many bytes have gathered.
const GATHER: u64 = 64 * 1024;

/// So many bytes that the kernel would take at once do not count against the mark.
const BATCH: u64 = 8 * 1024;

/// The oldest message of a stream, which is more than [`FEW`] back to back, may
/// wait so long, and twice as long if [`MANY`] came meanwhile: so fewer than one call
/// in a thousand of a fast stream writes for the others.
const STREAM: Duration = Duration::from_micros(60);

/// A stream that brings so many in that time is fast.
const MANY: u32 = 512;

/// After each of so many messages the clock is read.
const FEW: u32 = 8;

/// From this size a body is left to the background: copying it into the kernel
/// takes longer than waking a thread.
const LEAVE: usize = 256 * 1024;

/// So many bytes that wait are worth waiting for: what comes behind them would be
/// copied, into memory that is in no cache.
const HEAVY: u64 = 1024 * 1024;

/// So many bytes may wait for the next message of a stream, to fill a packet with it.
const REST: u64 = 16 * 1024;

/// How old the count of what the peer took may become before a burst that begins looks
/// anew. Longer than the pauses that a busy machine makes in one: who sends without
/// waiting shall find a full mark (`ZMQ_XPUB_NODROP`), however slowly it goes.
const STALE: Duration = Duration::from_millis(100);

/// What a look for more to receive came to.
#[derive(PartialEq, Eq)]
enum Came {
    Nothing,
    /// Something to be decoded.
    Input,
    /// A message of this length, in the receiver's room.
    Placed(usize),
}

/// A pipe over a link.
pub struct LinkPipe {
    /// The link itself.
    pub link: Arc<Link>,
    writer: OutWriter,
    /// Only the newest message is kept, either way.
    conflates: Conflate,
    /// The send high-water mark, 0 for none.
    mark: u64,
    /// Up to this count of messages there is room, as we last looked.
    until: u64,
    looked_at: Instant,
    /// Messages appended since the outbox was last seen empty.
    gathered: u32,
    oldest: Instant,
    last_write: Instant,
    /// Writes that came back to back.
    streak: u32,
    /// The application received something since the last write.
    heard: bool,
    /// What was just appended and is still the caller's, to be written at once.
    lent: Option<Lent>,
    /// On the socket's list of pipes to be written before it waits.
    listed: bool,
    inbox: Option<Chunk>,
    frame: Option<Msg>,
    /// What is received over a link that conflates, instead of `inbox` and `frame`.
    newest: Option<Item>,
    /// The message being received has more frames to come.
    open: bool,
    /// The connection is gone for good: what was received can still be read.
    pub departed: bool,
    /// Subscriptions go to the peer as commands.
    pub commands: bool,
}

impl LinkPipe {
    /// A pipe that writes through `writer`, with a send mark in messages.
    pub fn new(link: Arc<Link>, writer: OutWriter, mark: u64) -> LinkPipe {
        LinkPipe {
            conflates: link.conflates(),
            link,
            writer,
            mark,
            until: 0,
            looked_at: Instant::default(),
            gathered: 0,
            oldest: Instant::default(),
            last_write: Instant::default(),
            streak: 0,
            heard: false,
            lent: None,
            listed: false,
            inbox: None,
            frame: None,
            newest: None,
            open: false,
            departed: false,
            commands: false,
        }
    }

    /// Changes the send high-water mark.
    pub fn set_mark(&mut self, mark: u64) {
        self.mark = mark;
        self.until = 0;
    }

    // ------------------------------------------------------------ writing

    /// Looks anew at what the peer has taken, and says whether there is room.
    #[cold]
    fn refresh(&mut self) -> bool {
        if self.conflates.out {
            // Always; and `until` stays 0, so that the short way declines.
            return true;
        }
        let written = self.writer.written_messages();
        let acknowledged = self.writer.acknowledged();
        self.until = match self.mark {
            0 => u64::MAX,
            mark => acknowledged + mark,
        };
        if written >= self.until && self.link.is_open() {
            self.until += self.ahead(written - acknowledged);
        }
        written < self.until
    }

    /// How many messages may go beyond a mark that is used up, with so many waiting, as
    /// long as the kernel takes them: those that are as good as sent, because they fill
    /// a batch. So fewer than one call in a thousand of a stream writes for the others.
    fn ahead(&self, waiting: u64) -> u64 {
        let length = self.writer.unflushed_bytes() / waiting.max(1);
        (BATCH / length.max(1)).min(self.mark / 2)
    }

    pub(super) fn has_room(&self) -> bool {
        self.until == 0 || self.writer.written_messages() < self.until
    }

    #[inline(always)]
    pub(super) fn can_write(&mut self) -> bool {
        self.writer.written_messages() < self.until || self.refresh()
    }

    pub(super) fn wait_writable(&mut self) -> bool {
        let written = self.writer.written_messages();
        let at = report_at(written, self.mark);
        let waits = self.writer.wait_for_ack(at);
        self.link.ensure_watched();
        self.refresh();
        waits
    }

    pub(super) fn wait_empty(&mut self) -> bool {
        let written = self.writer.written_messages();
        self.writer.unflushed_bytes() > HEAVY && self.writer.wait_for_ack(written)
    }

    #[inline(always)]
    pub(super) fn write(&mut self, body: &mut Body<'_>, more: bool) -> Result<Then> {
        if self.conflates.out {
            return self.replace(body, more);
        }
        let len = self.append(body, more)?;
        Ok(if more {
            Then::Nothing
        } else {
            self.commit(len)
        })
    }

    /// Appends a frame, and leaves the writing to the background.
    #[inline(always)]
    pub(super) fn write_behind(&mut self, body: &mut Body<'_>, more: bool) -> Result<Then> {
        if self.conflates.out {
            return self.replace(body, more);
        }
        self.append(body, more)?;
        if !more {
            self.writer.commit();
            // Many pipes take turns: the place of the next message is in no cache.
            self.writer.fetch();
            self.link.ensure_watched();
        }
        Ok(Then::Nothing)
    }

    #[inline(always)]
    fn append(&mut self, body: &mut Body<'_>, more: bool) -> Result<usize> {
        let flags = if more { MORE } else { 0 };
        // The application learns by its function that its memory is out.
        let watched = matches!(body, Body::Msg(msg) if msg.is_foreign());
        let bytes = body.as_slice();
        let len = bytes.len();
        if len < LARGE && !(watched && len > 0) {
            self.writer.append_copy(flags, bytes)?;
        } else {
            self.writer.make_room_for_body()?;
            self.writer.append_body(flags, body.take()?)?;
        }
        Ok(len)
    }

    /// Appends a subscription, or its end, which no mark counts.
    pub(super) fn subscribe(&mut self, topic: &[u8], on: bool) -> Result<Then> {
        let (flags, head): (u8, &[u8]) = match (self.commands, on) {
            (true, true) => (COMMAND, command::SUBSCRIBE),
            (true, false) => (COMMAND, command::CANCEL),
            (false, on) => (0, if on { &[1] } else { &[0] }),
        };
        let len = head.len() + topic.len();
        if len < LARGE {
            self.writer.append_parts(flags, head, topic)?;
        } else {
            self.writer
                .append_body(flags, Msg::of_parts(head, topic)?)?;
        }
        let unflushed = self.writer.unflushed_bytes();
        self.writer.commit_uncounted();
        Ok(self.decide(unflushed, len))
    }

    #[inline(always)]
    pub(super) fn write_short(&mut self, envelope: &[u8], body: &[u8]) -> Option<Then> {
        if self.writer.written_messages() >= self.until {
            return None;
        }
        let unflushed = self.writer.unflushed_bytes();
        if body.len() >= LARGE {
            return self.write_lent(envelope, body);
        }
        self.writer.send_copy(envelope, body).ok()?;
        Some(self.decide(unflushed, body.len()))
    }

    /// Writes a large body from where it lies, if little is before it and the kernel
    /// takes more, as far as is known: most often it is never copied.
    #[cold]
    fn write_lent(&mut self, envelope: &[u8], body: &[u8]) -> Option<Then> {
        if self.writer.unflushed_bytes() > REST || self.link.is_full() {
            return None;
        }
        let mut lent = Lent::new(body).ok()?;
        // SAFETY: `flush_lent` forgets the bytes before the lender is told.
        let reference = unsafe { Msg::constant(body.as_ptr().cast_mut().cast(), body.len()) };
        let envelope = self.writer.append_raw(envelope);
        let appended = envelope.and_then(|()| self.writer.append_body(0, reference));
        if appended.is_err() {
            self.writer.rollback(&mut Vec::new());
            return None;
        }
        self.writer.commit();
        let now = Instant::now();
        self.gathered = 1;
        self.oldest = now;
        self.link.set_oldest(now);
        let then = self.write_now(now, body.len() as u64);
        lent.begins = self.writer.committed_bytes() - body.len() as u64;
        lent.stream = self.is_stream();
        self.lent = Some(lent);
        Some(then)
    }

    /// Makes a message visible.
    #[inline(always)]
    fn commit(&mut self, len: usize) -> Then {
        let unflushed = self.writer.unflushed_bytes();
        self.writer.commit();
        self.decide(unflushed, len)
    }

    /// Who writes a message of `len` bytes that was made visible behind others.
    #[inline(always)]
    fn decide(&mut self, unflushed: u64, len: usize) -> Then {
        if unflushed == 0 {
            return self.begin(len);
        }
        self.gathered = self.gathered.wrapping_add(1);
        if unflushed >= GATHER || self.gathered <= FEW || self.gathered.is_multiple_of(32) {
            return self.go_on(unflushed, len);
        }
        self.leave()
    }

    /// Replaces the message that is to be sent. Of several frames the last one
    /// counts.
    #[cold]
    fn replace(&mut self, body: &mut Body<'_>, more: bool) -> Result<Then> {
        let Some(slot) = self.link.newest().filter(|_| !more) else {
            return Ok(Then::Nothing);
        };
        let msg = body.take_owned()?;
        let now = Instant::now();
        if slot.is_empty() {
            self.oldest = now;
            self.link.set_oldest(now);
        }
        slot.put(msg);
        self.link.ensure_watched();
        if now.since(self.last_write) > BACK_TO_BACK {
            return Ok(self.write_now(now, 0));
        }
        Ok(self.leave())
    }

    /// Leaves what was appended to the background, or to the caller's next wait.
    #[inline(always)]
    fn leave(&mut self) -> Then {
        self.link.ensure_watched();
        if self.listed {
            return Then::Nothing;
        }
        self.listed = true;
        Then::List
    }

    /// The first message in an empty outbox: isolated, or the head of a stream?
    fn begin(&mut self, len: usize) -> Then {
        let now = Instant::now();
        if now.since(self.looked_at) > STALE {
            self.looked_at = now;
            self.refresh();
        }
        self.gathered = 1;
        self.oldest = now;
        self.link.set_oldest(now);
        let answers = self.heard && !self.holds_input();
        if (answers || now.since(self.last_write) > BACK_TO_BACK) && len < LEAVE {
            return self.write_now(now, len as u64);
        }
        self.leave()
    }

    /// Another message behind others: has enough gathered, or for long enough?
    fn go_on(&mut self, unflushed: u64, len: usize) -> Then {
        let now = Instant::now();
        let enough = unflushed + len as u64 >= GATHER;
        let patience = if self.gathered <= FEW {
            BACK_TO_BACK
        } else if self.gathered <= MANY {
            STREAM
        } else {
            2 * STREAM
        };
        if (enough && len < LEAVE) || now.since(self.oldest) > patience {
            self.link.ensure_watched();
            return self.write_now(now, unflushed + len as u64);
        }
        self.leave()
    }

    /// To be written now, which takes about a nanosecond a byte.
    fn write_now(&mut self, now: Instant, bytes: u64) -> Then {
        let isolated = self.heard || now.since(self.last_write) > BACK_TO_BACK;
        self.streak = match isolated {
            true => 0,
            false => self.streak.saturating_add(1),
        };
        if self.is_stream() {
            // What is left of it begins to wait.
            (self.gathered, self.oldest) = (1, now);
        }
        self.last_write = now.after(Duration::from_nanos(bytes));
        self.heard = false;
        Then::Due
    }

    /// Whether the end of what is written now may wait for the next message: there have
    /// been many, and the mark lets one come.
    fn is_stream(&self) -> bool {
        let few = u64::from(FEW);
        u64::from(self.streak) >= few && (self.mark == 0 || self.mark > few)
    }

    /// See [`Pipe::lists`](super::Pipe::lists).
    pub(super) fn lists(&mut self) -> bool {
        self.is_stream() && !std::mem::replace(&mut self.listed, true)
    }

    /// How many messages wait to be sent, and how many to be received.
    pub fn waiting(&self) -> [u64; 2] {
        let sent = self.writer.written_messages() - self.writer.acknowledged();
        [sent, self.link.with_fill(|half| half.inbox.waiting())]
    }

    /// Takes back the frames of a message that was not finished.
    pub fn rollback(&mut self, spent: &mut Vec<Msg>) {
        self.writer.rollback(spent);
    }

    /// Takes the pipe off the list of what is to be written before a caller
    /// waits, and says whether there is still something
    /// that nobody has written yet.
    pub fn unlist(&mut self) -> bool {
        self.listed = false;
        let newest = self.link.newest();
        newest.is_some_and(|slot| !slot.is_empty()) || self.writer.unflushed_bytes() != 0
    }

    pub(super) fn take_lent(&mut self) -> Option<(Arc<Link>, Lent)> {
        Some((self.link.clone(), self.lent.take()?))
    }

    #[inline]
    pub(super) fn take_due(&mut self) -> Option<Due> {
        let side = match self.is_stream() {
            true => Side::Stream,
            false => Side::Caller,
        };
        Some(Due::Flush(self.link.clone(), side))
    }

    // ------------------------------------------------------------ reading

    fn holds_input(&self) -> bool {
        self.newest.is_some()
            || self.frame.is_some()
            || self.inbox.as_ref().is_some_and(|chunk| !chunk.is_empty())
    }

    #[inline(always)]
    pub(super) fn read(&mut self, reading: &Reading<'_>, sink: &mut Sink<'_>) -> bool {
        if self.conflates.incoming {
            return self.read_newest(reading, sink);
        }
        loop {
            if let Some(chunk) = &mut self.inbox {
                if chunk.next(sink) {
                    name_sender(chunk, sink);
                    break;
                }
            } else if let Some(msg) = self.frame.take() {
                sink.put(msg);
                break;
            }
            match self.refill(reading, sink.lent_room()) {
                Came::Nothing => return false,
                Came::Input => {}
                Came::Placed(size) => {
                    sink.placed(size);
                    break;
                }
            }
        }
        self.heard = true;
        self.open = sink.more;
        true
    }

    /// Reads the newest message there is.
    #[cold]
    fn read_newest(&mut self, reading: &Reading<'_>, sink: &mut Sink<'_>) -> bool {
        if !self.renew(reading) {
            return false;
        }
        match self.newest.take() {
            Some(Item::Chunk(mut chunk, _)) => {
                chunk.next(sink);
                name_sender(&chunk, sink);
                chunk.recycle(self.link.pool());
            }
            Some(Item::Frame(msg, _)) => sink.put(msg),
            None => return false,
        }
        self.heard = true;
        true
    }

    /// Gives up what was not received yet for what has come since. Says whether
    /// there is anything.
    fn renew(&mut self, reading: &Reading<'_>) -> bool {
        if let Next::Item(item) = self.link.next(reading.direct, false, None, reading.watch) {
            self.newest = Some(item);
        }
        self.newest.is_some()
    }

    #[inline(always)]
    pub(super) fn read_short(&mut self, taker: &mut impl Taker) -> Option<bool> {
        let chunk = self.inbox.as_mut()?;
        let more = chunk.next_short(taker)?;
        taker.peer(chunk.metadata());
        self.heard = true;
        self.open = more;
        Some(more)
    }

    pub(super) fn is_silent(&self) -> bool {
        !self.holds_input() && self.newest.is_none() && self.link.is_silent()
    }

    /// For the tick: see [`Link::end_lease`].
    pub fn end_lease(&self, came: bool, watch: &dyn Watch) -> bool {
        self.link.end_lease(came, !self.holds_input(), watch)
    }

    #[inline]
    pub(super) fn fetch(&self) {
        if let Some(chunk) = &self.inbox {
            chunk.fetch();
        }
    }

    pub(super) fn can_read(&mut self, reading: &Reading<'_>) -> bool {
        if self.conflates.incoming {
            return self.renew(reading);
        }
        self.holds_input() || self.refill(reading, None) == Came::Input
    }

    /// Exchanges a chunk that is used up for the next item of the inbox, or has the next
    /// message placed in `room`.
    fn refill(&mut self, reading: &Reading<'_>, room: Room<'_>) -> Came {
        if let Some(chunk) = self.inbox.take() {
            chunk.recycle(self.link.pool());
        }
        // Nobody will report to a pipe that is given up for empty.
        let sure = self.open || self.departed;
        match self.link.next(reading.direct, sure, room, reading.watch) {
            Next::Item(Item::Chunk(chunk, _)) => self.inbox = Some(chunk),
            Next::Item(Item::Frame(msg, _)) => self.frame = Some(msg),
            Next::Placed(size) => return Came::Placed(size),
            Next::Nothing => return Came::Nothing,
        }
        Came::Input
    }
}

/// A message that was read carries what is known of its sender.
#[inline(always)]
fn name_sender(chunk: &Chunk, sink: &mut Sink<'_>) {
    if !sink.borrows() {
        sink.msg().set_metadata(chunk.metadata().cloned());
    }
}
