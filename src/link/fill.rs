//! The read half of a link: from the kernel to the inbox.
//!
//! Whoever holds the half reads: the application's thread inside a receive or
//! a poll, or the I/O thread behind it. A read takes a large chunk into a
//! pooled buffer, finds where its whole messages end, and puts them into the
//! inbox undecoded; the receiver decodes them one by one. A body of
//! [`LARGE`] bytes or more that does not fit is read straight into its own
//! buffer, which grows with what arrives and never with what was announced.
//!
//! Promises: the inbox holds whole messages only; reading stops when the
//! high-water mark is reached (by at most one chunk of small messages more) and
//! goes on at half of it; what arrived before the end of a stream is delivered.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::error::Error;
use crate::link::inbox::{Chunk, Item};
use crate::link::pool::{CHUNK, Pool};
use crate::link::pulse::Pulse;
use crate::link::{Conn, Limits};
use crate::message::{Buffer, Metadata, Msg};
use crate::zmtp::frame::{self, COMMAND, MORE};
use crate::zmtp::wire::Decode;
use crate::zmtp::{self, Scan, Scanner, command};

/// From this size a body is kept or read by reference instead of copied.
pub const LARGE: usize = 8 * 1024;

/// Behind the rest of a body of this size only a little is read: more of the
/// same are likely to follow, and whatever is read of the next one with this one
/// has to be copied to its place.
const HUGE: usize = 32 * 1024;

/// That little: the next header, or a few short messages.
const BEHIND: usize = 512;

/// What a body's buffer starts with at the most, whatever its header says.
const FIRST_GRANT: usize = 1024 * 1024;

/// Below this size what was read moves to a buffer of its own size, so that a
/// slow reader's inbox does not pin whole chunks.
const SMALL: usize = CHUNK / 8;

/// What one read came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Bytes arrived; there may be more.
    Read,
    /// The kernel has nothing now.
    Empty,
    /// The mark is reached: nothing was asked of the kernel.
    Full,
    /// The connection is over.
    Ended,
    /// The peer does not speak as it should: the connection has to end.
    Broken,
}

/// A large body on its way in.
struct Body {
    flags: u8,
    buffer: Buffer,
    filled: usize,
    len: usize,
}

impl Body {
    /// Makes room for more of a body that proves to be as long as announced. Its
    /// buffer is ours alone until it is complete.
    fn grow(&mut self) -> Result<(), Error> {
        if self.filled < self.buffer.capacity() {
            return Ok(());
        }
        self.buffer
            .grow(self.len.min(self.filled.saturating_mul(2)))
    }
}

/// The state of the read half, under its lock.
pub struct FillHalf {
    /// The connection, while there is one.
    pub conn: Option<Arc<Conn>>,
    /// What is known of the peer at the connection that was last.
    metadata: Option<Arc<Metadata>>,
    /// Set when the socket found nothing and wants to be told of the next item.
    pub idle: bool,
    /// Set while the mark keeps the kernel's readiness from being watched.
    pub stopped: bool,
    ready: VecDeque<Item>,
    /// Leading frames of a message whose last frame has not arrived.
    held: Vec<Item>,
    /// The beginning of a frame that is not large.
    carry: Vec<u8>,
    body: Option<Body>,
    scanner: Scanner,
    /// Who turns what is read into frames, where it is something else.
    decode: Option<Box<dyn Decode>>,
    /// Messages handed to the inbox and not yet used up.
    outstanding: u64,
    /// Of these, those in the item the receiver works on.
    lent: u64,
    mark: u64,
    max_size: Option<u64>,
    /// Only the newest message is kept.
    conflate: bool,
    /// Subscriptions are for the receiver, not for the link.
    subscribes: bool,
    /// The most bytes that one read is to bring besides those of a large body.
    batch: usize,
    /// Large bodies may be parts of what was read.
    share: bool,
    /// Bodies of commands, to be answered by the link.
    commands: Vec<Vec<u8>>,
    /// Heartbeats, where either side asks for them.
    pub pulse: Option<Box<Pulse>>,
}

impl FillHalf {
    /// A half without a connection.
    pub fn new(limits: Limits) -> FillHalf {
        let mut half = FillHalf {
            conn: None,
            metadata: None,
            idle: false,
            stopped: false,
            ready: VecDeque::new(),
            held: Vec::new(),
            carry: Vec::new(),
            body: None,
            scanner: Scanner::new(),
            decode: None,
            outstanding: 0,
            lent: 0,
            mark: 0,
            max_size: limits.max_size,
            conflate: limits.conflate.incoming,
            subscribes: limits.subscribes,
            batch: limits.batches.read,
            share: limits.share,
            commands: Vec::new(),
            pulse: None,
        };
        half.set_mark(limits.receive_mark);
        half
    }

    /// Changes the high-water mark, which counts messages; 0 for no limit.
    pub fn set_mark(&mut self, mark: u64) {
        self.mark = if self.conflate { 0 } else { mark };
    }

    /// Whether the receiver should come: to take something, or to have reading
    /// go on.
    pub fn has_news(&self) -> bool {
        !self.ready.is_empty() || (self.stopped && self.may_resume())
    }

    /// Messages that wait for the receiver. Those it works on count to the last.
    pub fn waiting(&self) -> u64 {
        self.outstanding
    }

    /// The receiver is done with the item it had.
    pub fn used_up(&mut self) {
        self.outstanding -= self.lent;
        self.lent = 0;
    }

    /// Whether the mark keeps more from being read.
    pub fn is_full(&self) -> bool {
        self.mark != 0 && self.outstanding >= self.mark
    }

    /// Whether so much was used up that reading may go on.
    pub fn may_resume(&self) -> bool {
        self.mark == 0 || self.outstanding <= self.mark / 2
    }

    /// The receiver is done with the item it had and takes the next.
    pub fn take(&mut self) -> Option<Item> {
        self.used_up();
        let item = self.ready.pop_front()?;
        self.lent = item.messages();
        self.idle = false;
        Some(item)
    }

    /// Commands that arrived since the last call.
    pub fn take_commands(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.commands)
    }

    /// Forgets the connection and every message that did not arrive whole.
    /// What is in the inbox stays.
    pub fn disconnect(&mut self) -> Option<Arc<Conn>> {
        self.held.clear();
        self.carry = Vec::new();
        self.body = None;
        self.scanner = Scanner::new();
        self.decode = None;
        self.stopped = false;
        self.pulse = None;
        self.conn.take()
    }

    /// Puts a message of our own behind what has arrived, between two messages.
    pub fn insert(&mut self, body: &[u8]) -> Result<(), Error> {
        let msg = Msg::copy_from(body)?;
        self.push(Item::Frame(msg, 1), true)
    }

    /// Drops what is in the inbox.
    pub fn discard(&mut self) {
        self.ready.clear();
        self.outstanding = self.lent;
    }

    /// Takes a connection, and who translates for it if somebody has to.
    pub fn connect(&mut self, conn: Arc<Conn>, decode: Option<Box<dyn Decode>>) {
        self.metadata = Some(conn.metadata.clone());
        self.conn = Some(conn);
        self.decode = decode;
    }

    /// Takes in bytes that were read by somebody else, such as the handshake.
    pub fn feed(&mut self, bytes: &[u8], pool: &Pool) -> Result<(), Error> {
        let Some(decode) = &mut self.decode else {
            return self.take_in(bytes, pool);
        };
        let mut frames = Vec::new();
        let decoded = decode.decode(bytes, &mut frames);
        self.take_in(&frames, pool)?;
        decoded.map_err(|_| Error::Os(libc::EPROTO))
    }

    /// Takes in frames, in any pieces.
    fn take_in(&mut self, frames: &[u8], pool: &Pool) -> Result<(), Error> {
        for piece in frames.chunks(CHUNK / 2) {
            let start = self.carry.len();
            let mut buffer = match start + piece.len() {
                small @ ..SMALL => Buffer::with_capacity(small)?,
                _ => pool.take()?,
            };
            // SAFETY: a buffer from the pool is nobody else's.
            let room = unsafe { buffer.bytes_mut(0..start + piece.len()) };
            room[..start].copy_from_slice(&self.carry);
            room[start..].copy_from_slice(piece);
            self.carry.clear();
            // A large body begun by an earlier piece takes its part first.
            let taken = self.fill_body(&buffer, start + piece.len())?;
            self.accept(buffer, taken, start + piece.len(), pool)?;
        }
        Ok(())
    }

    /// Moves the head of `buffer` into the body that is on its way in.
    fn fill_body(&mut self, buffer: &Buffer, len: usize) -> Result<usize, Error> {
        let mut taken = 0;
        while let Some(body) = &mut self.body {
            if body.filled < body.len && taken < len {
                body.grow()?;
                let room = body.buffer.capacity().min(body.len) - body.filled;
                let count = room.min(len - taken);
                // SAFETY: the body's buffer is ours alone, and nobody writes
                // to the received bytes before they are in the inbox.
                unsafe {
                    let target = body.buffer.bytes_mut(body.filled..body.filled + count);
                    target.copy_from_slice(buffer.bytes(taken..taken + count));
                }
                body.filled += count;
                taken += count;
            } else if !self.finish_body()? {
                break;
            }
        }
        Ok(taken)
    }

    /// Reads once from the connection.
    ///
    /// `keep` says that the receiver will use what arrives at once, so that
    /// small amounts may stay in their pooled buffer.
    pub fn read(&mut self, pool: &Pool, keep: bool) -> Step {
        let Some(conn) = self.conn.clone() else {
            return Step::Empty;
        };
        if self.is_full() {
            return Step::Full;
        }
        let read = match self.decode {
            None => self.read_from(&conn, pool, keep),
            Some(_) => self.read_translated(&conn, pool),
        };
        let step = match read {
            Ok(step) => step,
            Err(Error::Os(libc::EPROTO)) => Step::Broken,
            Err(_) => Step::Ended,
        };
        if matches!(step, Step::Ended | Step::Broken)
            && let Some(mut decode) = self.decode.take()
        {
            let mut frames = Vec::new();
            decode.end(&mut frames);
            // What cannot be kept for want of memory is lost with the rest.
            let _ = self.take_in(&frames, pool);
        }
        step
    }

    /// One read from a connection that carries something else than frames.
    fn read_translated(&mut self, conn: &Conn, pool: &Pool) -> Result<Step, Error> {
        let buffer = pool.take()?;
        let piece = libc::iovec {
            iov_base: buffer.as_ptr().cast(),
            iov_len: self.appetite().min(self.batch),
        };
        // SAFETY: the piece is within a buffer that is ours alone.
        let step = match unsafe { self.receive(conn, &[piece]) } {
            Ok(count) => {
                // SAFETY: the kernel has filled these bytes.
                self.feed(unsafe { buffer.bytes(0..count) }, pool)?;
                Step::Read
            }
            Err(step) => step,
        };
        pool.give(buffer);
        Ok(step)
    }

    /// Has the kernel fill `pieces`; how many bytes it had, or what it came to
    /// without any.
    ///
    /// # Safety
    /// The pieces may be written.
    unsafe fn receive(&mut self, conn: &Conn, pieces: &[libc::iovec]) -> Result<usize, Step> {
        // SAFETY: as the caller promises.
        match unsafe { conn.stream.read_iovecs(pieces) } {
            Ok(0) => Err(Step::Ended),
            Ok(count) => {
                if let Some(pulse) = &mut self.pulse {
                    pulse.traffic();
                }
                Ok(count)
            }
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Err(Step::Empty),
            Err(_) => Err(Step::Ended),
        }
    }

    fn read_from(&mut self, conn: &Conn, pool: &Pool, keep: bool) -> Result<Step, Error> {
        let mut buffer = pool.take()?;
        let start = self.carry.len();
        // SAFETY: a buffer from the pool is nobody else's.
        unsafe { buffer.bytes_mut(0..start) }.copy_from_slice(&self.carry);
        let mut vectors = [EMPTY; 2];
        let mut used = 0;
        let mut wanted = 0;
        // With only this body missing to the mark, what follows it can wait.
        let mut and_more = self.mark == 0 || self.mark - self.outstanding > 1;
        if let Some(body) = &mut self.body {
            body.grow()?;
            let room = body.buffer.capacity().min(body.len) - body.filled;
            // SAFETY: `filled` is at most the capacity.
            let base = unsafe { body.buffer.as_ptr().add(body.filled) };
            vectors[0] = libc::iovec {
                iov_base: base.cast(),
                iov_len: room,
            };
            (used, wanted) = (1, room);
            and_more &= body.filled + room == body.len;
        }
        if used == 0 || and_more {
            // SAFETY: `start` is below LARGE, far below the capacity.
            let base = unsafe { buffer.as_ptr().add(start) };
            let appetite = match &self.body {
                Some(body) if body.len >= HUGE => BEHIND,
                _ => self.appetite(),
            };
            let len = (appetite - start.min(appetite)).min(self.batch);
            vectors[used] = libc::iovec {
                iov_base: base.cast(),
                iov_len: len,
            };
            used += 1;
        }
        // SAFETY: both pieces are within buffers that are ours alone.
        let count = match unsafe { self.receive(conn, &vectors[..used]) } {
            Ok(count) => count,
            Err(step) => {
                pool.give(buffer);
                return Ok(step);
            }
        };
        let direct = count.min(wanted);
        if let Some(body) = &mut self.body {
            body.filled += direct;
            self.finish_body()?;
        }
        let end = start + (count - direct);
        self.carry.clear();
        if !keep && end < SMALL && end > 0 {
            let mut own = Buffer::with_capacity(end)?;
            // SAFETY: both buffers are ours alone, and `end` bytes are written.
            unsafe { own.bytes_mut(0..end).copy_from_slice(buffer.bytes(0..end)) };
            pool.give(std::mem::replace(&mut buffer, own));
        }
        self.accept(buffer, 0, end, pool)?;
        Ok(Step::Read)
    }

    /// How many bytes a read may bring while the mark is not yet reached: all
    /// that fit, unless the mark is so near that most would be beyond it.
    fn appetite(&self) -> usize {
        if self.mark == 0 || self.mark - self.outstanding >= 256 {
            CHUNK
        } else {
            LARGE * 2
        }
    }

    /// Puts a complete large body into the inbox; says whether it was complete.
    fn finish_body(&mut self) -> Result<bool, Error> {
        match self.body.take() {
            Some(body) if body.filled == body.len => {
                let mut msg = Msg::from_buffer(body.buffer, body.len);
                if body.flags & COMMAND != 0 {
                    self.take_command(msg)?;
                    return Ok(true);
                }
                let more = body.flags & MORE != 0;
                msg.set_more(more);
                self.scanner.pass(more);
                self.push(Item::Frame(msg, u64::from(!more)), !more)?;
                Ok(true)
            }
            body => {
                self.body = body;
                Ok(false)
            }
        }
    }

    /// A large command has come: a subscription with a long topic, or one that
    /// the link makes an error of.
    fn take_command(&mut self, command: Msg) -> Result<(), Error> {
        let body = command.as_slice();
        let subscription = command::subscription(body).filter(|_| self.subscribes);
        if let Some((on, topic)) = subscription {
            // Without memory for it the publisher does not hear of it.
            if let Ok(msg) = Msg::of_parts(&[on.into()], topic) {
                let between = !self.scanner.in_message();
                self.push(Item::Frame(msg, u64::from(between)), between)?;
            }
        } else {
            // None of this length is sound: the beginning tells that, too.
            self.commands.push(body[..body.len().min(LARGE)].to_vec());
        }
        Ok(())
    }

    /// Appends an item that ends a message or leaves one open.
    fn push(&mut self, item: Item, whole: bool) -> Result<(), Error> {
        let item = item.of(self.metadata.clone());
        if self.conflate {
            if let Some(newest) = item.last() {
                self.ready.clear();
                self.outstanding = self.lent + newest.messages();
                self.ready.push_back(newest);
            }
        } else if whole {
            let frames = self.held.len() + 1;
            self.ready.try_reserve(frames).map_err(no_memory)?;
            self.outstanding += item.messages();
            self.ready.extend(self.held.drain(..));
            self.ready.push_back(item);
        } else {
            self.held.try_reserve(1).map_err(no_memory)?;
            self.held.push(item);
        }
        Ok(())
    }

    /// Sorts the bytes from `start` to `end` of `buffer`: whole messages,
    /// whole frames of an open message, the beginning of a frame.
    fn accept(
        &mut self,
        buffer: Buffer,
        start: usize,
        end: usize,
        pool: &Pool,
    ) -> Result<(), Error> {
        // SAFETY: these bytes were read and are in no message yet.
        let bytes = unsafe { buffer.bytes(start..end) };
        let limits = zmtp::Limits {
            max_msg_size: self.max_size,
            ..zmtp::Limits::NONE
        };
        let (commands, subscribes) = (&mut self.commands, self.subscribes);
        let mut subscriptions = 0;
        let open = self.scanner.in_message();
        let scan = self.scanner.scan(bytes, limits, |body| {
            if subscribes && command::subscription(body).is_some() {
                subscriptions += 1;
            } else {
                commands.push(body.to_vec());
            }
            Ok(())
        });
        let scan = match scan {
            // Subscriptions are passed on as messages are, and counted so.
            Ok(scan) if subscriptions > 0 && !self.scanner.in_message() => Scan {
                whole: scan.consumed,
                messages: scan.messages + subscriptions,
                ..scan
            },
            Ok(scan) => scan,
            Err(_) => {
                // What came whole before the fault is still delivered.
                let (len, messages) = sound_part(bytes, open, limits);
                if messages > 0 {
                    let chunk = Chunk::new(buffer, start, start + len, self.share);
                    self.push(Item::Chunk(chunk, messages), true)?;
                }
                return Err(Error::Os(libc::EPROTO));
            }
        };
        let rest = &bytes[scan.consumed..];
        match scan.next {
            Some(header) if header.body_len >= LARGE as u64 => {
                let len = usize::try_from(header.body_len).map_err(|_| Error::NoMemory)?;
                let got = &rest[header.header_len..];
                let mut own = Buffer::with_capacity(len.min(FIRST_GRANT.max(got.len())))?;
                // SAFETY: a new buffer is nobody else's.
                unsafe { own.bytes_mut(0..got.len()) }.copy_from_slice(got);
                let flags = if header.is_command() {
                    COMMAND
                } else if header.more() {
                    MORE
                } else {
                    0
                };
                self.body = Some(Body {
                    flags,
                    buffer: own,
                    filled: got.len(),
                    len,
                });
            }
            _ => self.carry.extend_from_slice(rest),
        }
        let whole = start + scan.whole;
        if scan.whole > 0 {
            let chunk = Chunk::new(buffer.clone(), start, whole, self.share);
            self.push(Item::Chunk(chunk, scan.messages.into()), true)?;
        }
        if scan.consumed > scan.whole && self.scanner.in_message() {
            let chunk = Chunk::new(buffer, whole, start + scan.consumed, self.share);
            self.push(Item::Chunk(chunk, 0), false)?;
        } else {
            pool.give(buffer);
        }
        Ok(())
    }
}

/// How many bytes at the head of `bytes`, which hold a malformed frame, are
/// whole messages, and how many messages.
fn sound_part(bytes: &[u8], open: bool, limits: zmtp::Limits) -> (usize, u64) {
    let most = limits.max_msg_size.unwrap_or(u64::MAX);
    let (mut at, mut whole, mut messages) = (0, 0, 0);
    let mut open = open;
    while let Ok(Some(header)) = frame::parse_header(&bytes[at..]) {
        let left = (bytes.len() - at) as u64;
        if header.body_len > most || header.frame_len() > left {
            break;
        }
        at += header.frame_len() as usize;
        if !header.is_command() {
            open = header.more();
        }
        if !open {
            whole = at;
            messages += u64::from(!header.is_command());
        }
    }
    (whole, messages)
}

/// A queue that cannot grow ends its connection.
fn no_memory(_: std::collections::TryReserveError) -> Error {
    Error::NoMemory
}

const EMPTY: libc::iovec = libc::iovec {
    iov_base: std::ptr::null_mut(),
    iov_len: 0,
};
