//! The read half of a link: from the kernel to the inbox.
//!
//! Whoever holds the half reads: the application's thread inside a receive or
//! a poll, or the I/O thread behind it. A read takes a large chunk into a
//! pooled buffer, finds where its whole messages end, and puts them into the
//! inbox undecoded; the receiver decodes them one by one. A body of
//! [`LARGE`] bytes or more that does not fit is read straight into its own
//! buffer, which grows with what arrives and never with what was announced; or,
//! where its receiver waits for it, into the room that it is to be copied to.
//!
//! Promises: the inbox holds whole messages only; reading stops when the
//! high-water mark is reached (by at most one chunk of small messages more) and
//! goes on at half of it; what arrived before the end of a stream is delivered.

mod sort;

use std::mem::MaybeUninit;
use std::sync::Arc;

use sort::Body;

use crate::error::Error;
use crate::link::chunk::{Chunk, Item, LARGE};
use crate::link::inbox::Inbox;
use crate::link::pool::{CHUNK, Pool};
use crate::link::pulse::Pulse;
use crate::link::{Conn, Limits, Patience};
use crate::message::{Buffer, Metadata, Msg};
use crate::zmtp::Scanner;
use crate::zmtp::wire::Decode;

/// Behind the rest of a body of this size only a little is read: more of the
/// same are likely to follow, and whatever is read of the next one with this one
/// has to be copied to its place.
const HUGE: usize = 32 * 1024;

/// That little: the next header, or a few short messages.
const BEHIND: usize = 512;

/// Below this size what was read moves to a buffer of its own size, so that a
/// slow reader's inbox does not pin whole chunks.
const SMALL: usize = CHUNK / 8;

/// The receiver's memory, for the body of a message that is the next to be received.
pub type Room<'a> = Option<&'a mut [MaybeUninit<u8>]>;

/// What one read came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes arrived; there may be more.
    Read,
    /// With them a message of this length, which is where the receiver wants it.
    Placed(usize),
    /// The kernel has nothing now.
    Empty,
    /// The mark is reached: nothing was asked of the kernel.
    Full,
    /// The connection is over.
    Ended,
    /// The peer does not speak as it should: the connection has to end.
    Broken,
}

impl Step {
    /// What an error makes of a connection.
    fn after(error: Error) -> Step {
        match error {
            Error::Os(libc::EPROTO) => Step::Broken,
            _ => Step::Ended,
        }
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
    /// Whether the tick looks after a receiver that reads by itself meanwhile.
    pub ticking: bool,
    /// What has arrived.
    pub inbox: Inbox,
    /// The beginning of a frame that is not large.
    carry: Vec<u8>,
    body: Option<Body>,
    /// What was wrong behind a message that was placed.
    fault: Option<Step>,
    /// Whether large bodies are all there when they are read into the receiver's room. Of
    /// one that is not, what has come is copied once more than need be.
    straight: Patience,
    /// The last frame was a huge one.
    huge: bool,
    scanner: Scanner,
    /// Who turns what is read into frames, where it is something else.
    decode: Option<Box<dyn Decode>>,
    max_size: Option<u64>,
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
        FillHalf {
            conn: None,
            metadata: None,
            idle: false,
            stopped: false,
            ticking: false,
            inbox: Inbox::new(limits.receive_mark, limits.conflate.incoming),
            carry: Vec::new(),
            body: None,
            fault: None,
            straight: Patience::default(),
            huge: false,
            scanner: Scanner::new(),
            decode: None,
            max_size: limits.max_size,
            subscribes: limits.subscribes,
            batch: limits.batches.read,
            share: limits.share,
            commands: Vec::new(),
            pulse: None,
        }
    }

    /// Whether the receiver should come: to take something, or to have reading
    /// go on.
    pub fn has_news(&self) -> bool {
        !self.inbox.is_empty() || (self.stopped && self.inbox.may_resume())
    }

    /// Whether commands have arrived that nobody has taken.
    pub fn has_commands(&self) -> bool {
        !self.commands.is_empty()
    }

    /// How the connection ended with the last read, if the message that came before that
    /// was placed.
    pub fn take_fault(&mut self) -> Option<Step> {
        self.fault.take()
    }

    /// Commands that arrived since the last call.
    pub fn take_commands(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.commands)
    }

    /// Forgets the connection and every message that did not arrive whole.
    /// What is in the inbox stays.
    pub fn disconnect(&mut self) -> Option<Arc<Conn>> {
        self.inbox.forget_open();
        self.carry = Vec::new();
        self.body = None;
        self.fault = None;
        self.scanner = Scanner::new();
        self.decode = None;
        self.stopped = false;
        self.pulse = None;
        self.conn.take()
    }

    /// Puts a message of our own behind what has arrived, between two messages.
    pub fn insert(&mut self, body: &[u8]) -> Result<(), Error> {
        self.push_frame(Msg::copy_from(body)?, 1, true)
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

    /// Reads once from the connection.
    ///
    /// `keep` says that the receiver will use what arrives at once, so that
    /// small amounts may stay in their pooled buffer. A message of one frame that is
    /// the next for the receiver and fits into its `room` may be placed there.
    pub fn read(&mut self, pool: &Pool, keep: bool, room: Room<'_>) -> Step {
        let Some(conn) = self.conn.clone() else {
            return Step::Empty;
        };
        if self.inbox.is_full() {
            return Step::Full;
        }
        let read = match self.decode {
            None => self.read_from(&conn, pool, keep, room),
            Some(_) => self.read_translated(&conn, pool),
        };
        let step = match read {
            Ok(step) => step,
            Err(error) => Step::after(error),
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

    fn read_from(
        &mut self,
        conn: &Conn,
        pool: &Pool,
        keep: bool,
        room: Room<'_>,
    ) -> Result<Step, Error> {
        let mut buffer = pool.take()?;
        let start = self.carry.len();
        // SAFETY: a buffer from the pool is nobody else's.
        unsafe { buffer.bytes_mut(0..start) }.copy_from_slice(&self.carry);
        let mut vectors = [EMPTY; 2];
        let mut used = 0;
        let mut wanted = 0;
        // With only this body missing to the mark, what follows it can wait.
        let mut and_more = self.inbox.has_room_for(2);
        let mut room = self.fitting(room);
        if let Some(body) = &mut self.body {
            let (base, len) = match &mut room {
                Some(room) => (
                    room[body.filled..].as_mut_ptr().cast(),
                    room.len() - body.filled,
                ),
                None => {
                    let own = body.room()?;
                    (own.as_mut_ptr().cast(), own.len())
                }
            };
            vectors[0] = libc::iovec {
                iov_base: base,
                iov_len: len,
            };
            (used, wanted) = (1, len);
            and_more &= body.filled + wanted == body.len;
        }
        if used == 0 || and_more {
            // SAFETY: `start` is below LARGE, far below the capacity.
            let base = unsafe { buffer.as_ptr().add(start) };
            let appetite = match &self.body {
                Some(body) if body.len >= HUGE => BEHIND,
                None if self.huge && start == 0 => BEHIND,
                _ => self.appetite(),
            };
            let len = (appetite - start.min(appetite)).min(self.batch);
            vectors[used] = libc::iovec {
                iov_base: base.cast(),
                iov_len: len,
            };
            used += 1;
        }
        // SAFETY: both pieces are within memory that is ours alone.
        let mut count = match unsafe { self.receive(conn, &vectors[..used]) } {
            Ok(count) => count,
            Err(step) => {
                pool.give(buffer);
                return Ok(step);
            }
        };
        if let Some(room) = &mut room
            && count < wanted
        {
            // The end of it is often there a moment later.
            let missing = room.len() - (wanted - count);
            let rest = &mut room[missing..];
            let piece = libc::iovec {
                iov_base: rest.as_mut_ptr().cast(),
                iov_len: rest.len(),
            };
            // SAFETY: the room is ours alone. What has gone wrong is met again.
            count += unsafe { self.receive(conn, &[piece]) }.unwrap_or(0);
        }
        let direct = count.min(wanted);
        let mut step = Step::Read;
        if let Some(room) = room {
            step = self.settle(room, direct)?;
        } else if let Some(body) = &mut self.body {
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
        match self.accept(buffer, 0, end, pool) {
            Err(error) if step == Step::Read => return Err(error),
            accepted => self.fault = accepted.err().map(Step::after),
        }
        Ok(step)
    }

    /// How many bytes a read may bring while the mark is not yet reached: all
    /// that fit, unless the mark is so near that most would be beyond it.
    fn appetite(&self) -> usize {
        if self.inbox.has_room_for(256) {
            CHUNK
        } else {
            LARGE * 2
        }
    }
}

const EMPTY: libc::iovec = libc::iovec {
    iov_base: std::ptr::null_mut(),
    iov_len: 0,
};
