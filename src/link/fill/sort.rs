//! What was read, sorted: messages for the inbox, commands for the link, and what
//! has to wait for the bytes behind it.
//!
//! Promises: bytes are taken in any pieces; of a malformed stream everything before
//! the fault is delivered; a body's buffer grows with what arrives and never with
//! what was announced.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::{CHUNK, Chunk, FillHalf, HUGE, Item, LARGE, Pool, Room, SMALL, Step};
use crate::error::Error;
use crate::memory::copy_short;
use crate::message::{Buffer, Msg};
use crate::zmtp::frame::{self, COMMAND, MORE};
use crate::zmtp::{self, Scan, command};

/// What a body's buffer starts with at the most, whatever its header says.
const FIRST_GRANT: usize = 1024 * 1024;

/// A large body on its way in.
pub(super) struct Body {
    flags: u8,
    pub(super) buffer: Buffer,
    pub(super) filled: usize,
    pub(super) len: usize,
}

impl Body {
    /// Makes room for more of a body that proves to be as long as announced. Its
    /// buffer is ours alone until it is complete.
    pub(super) fn grow(&mut self) -> Result<(), Error> {
        if self.filled < self.buffer.capacity() {
            return Ok(());
        }
        self.buffer
            .grow(self.len.min(self.filled.saturating_mul(2)))
    }

    /// Where what comes next of it goes.
    pub(super) fn room(&mut self) -> Result<&mut [u8], Error> {
        self.grow()?;
        let end = self.buffer.capacity().min(self.len);
        // SAFETY: the buffer is ours alone.
        Ok(unsafe { self.buffer.bytes_mut(self.filled..end) })
    }

    /// Takes what came next of it.
    fn append(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let room = self.room()?;
            let (now, later) = bytes.split_at(room.len().min(bytes.len()));
            room[..now.len()].copy_from_slice(now);
            self.filled += now.len();
            bytes = later;
        }
        Ok(())
    }
}

impl FillHalf {
    /// Takes in frames, in any pieces.
    pub(super) fn take_in(&mut self, frames: &[u8], pool: &Pool) -> Result<(), Error> {
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
            let count = (body.len - body.filled).min(len - taken);
            if count > 0 {
                // SAFETY: nobody writes to the received bytes before they are in the inbox.
                body.append(unsafe { buffer.bytes(taken..taken + count) })?;
                taken += count;
            } else if !self.finish_body()? {
                break;
            }
        }
        Ok(taken)
    }

    /// As much of `room` as the body on its way in takes, if that is a whole message, the
    /// next that is to be received, and it is worth a try.
    pub(super) fn fitting<'a>(&mut self, room: Room<'a>) -> Room<'a> {
        let (room, body) = (room?, self.body.as_ref()?);
        let whole = body.flags == 0 && !self.scanner.in_message();
        if !whole || !self.straight.pays() || !self.inbox.is_empty() {
            return None;
        }
        room.get_mut(..body.len)
    }

    /// Of the body on its way in, `count` bytes have come into the receiver's room, behind
    /// the place of those that it has already. If that is all of it the message is placed;
    /// if not they are kept, and the receiver's room is to be filled with what is received.
    pub(super) fn settle(
        &mut self,
        room: &mut [MaybeUninit<u8>],
        count: usize,
    ) -> Result<Step, Error> {
        let Some(mut body) = self.body.take() else {
            return Ok(Step::Read);
        };
        let end = body.filled + count;
        self.straight.note(end == body.len);
        if end < body.len {
            let part = &room[body.filled..end];
            // SAFETY: the kernel has filled these bytes.
            body.append(unsafe { std::slice::from_raw_parts(part.as_ptr().cast(), count) })?;
            self.body = Some(body);
            return Ok(Step::Read);
        }
        // SAFETY: the buffer is ours alone, and these bytes have been filled.
        let head = unsafe { body.buffer.bytes(0..body.filled) };
        let place = &mut room[..body.filled];
        // SAFETY: as many bytes on both sides, of which the buffer's are not the caller's.
        unsafe { copy_short(head.as_ptr(), place.as_mut_ptr().cast(), place.len()) };
        self.huge = body.len >= HUGE;
        self.scanner.pass(false);
        Ok(Step::Placed(body.len))
    }

    /// Puts a complete large body into the inbox; says whether it was complete.
    pub(super) fn finish_body(&mut self) -> Result<bool, Error> {
        match self.body.take() {
            Some(body) if body.filled == body.len => {
                self.huge = body.len >= HUGE;
                self.straight.pass();
                let mut msg = Msg::from_buffer(body.buffer, body.len);
                if body.flags & COMMAND != 0 {
                    self.take_command(msg)?;
                    return Ok(true);
                }
                let more = body.flags & MORE != 0;
                msg.set_more(more);
                self.scanner.pass(more);
                self.push_frame(msg, u64::from(!more), !more)?;
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
                self.push_frame(msg, u64::from(between), between)?;
            }
        } else {
            // None of this length is sound: the beginning tells that, too.
            self.commands.push(body[..body.len().min(LARGE)].to_vec());
        }
        Ok(())
    }

    /// Sorts the bytes from `start` to `end` of `buffer`: whole messages,
    /// whole frames of an open message, the beginning of a frame.
    pub(super) fn accept(
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
                    self.push_chunk(buffer, start..start + len, messages, true)?;
                }
                return Err(Error::Os(libc::EPROTO));
            }
        };
        let rest = &bytes[scan.consumed..];
        if scan.consumed > 0 {
            self.huge = false;
        }
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
            self.push_chunk(buffer.clone(), start..whole, scan.messages.into(), true)?;
        }
        if scan.consumed > scan.whole && self.scanner.in_message() {
            self.push_chunk(buffer, whole..start + scan.consumed, 0, false)?;
        } else {
            pool.give(buffer);
        }
        Ok(())
    }

    /// Puts frames that were read into the inbox.
    fn push_chunk(
        &mut self,
        buffer: Buffer,
        range: Range<usize>,
        messages: u64,
        whole: bool,
    ) -> Result<(), Error> {
        let chunk = Chunk::new(buffer, range, self.share, self.metadata.clone());
        self.inbox.push(Item::Chunk(chunk, messages), whole)
    }

    /// Puts one frame into the inbox.
    pub(super) fn push_frame(
        &mut self,
        mut msg: Msg,
        messages: u64,
        whole: bool,
    ) -> Result<(), Error> {
        msg.set_metadata(self.metadata.clone());
        self.inbox.push(Item::Frame(msg, messages), whole)
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
