//! The write half of a link: from the outbox to the kernel.
//!
//! Whoever gets the flush right writes; who does not leaves a mark, and the
//! holder looks again when it lets go. A caller writes two batches at the most
//! and leaves the rest to the background. When the kernel is full, the I/O
//! thread waits for it, and nobody else tries.
//!
//! Promises: a message enters the kernel whole or, when the connection is lost
//! meanwhile, not at all on the next one; commands go between messages only.

#[cfg(test)]
mod tests;

use std::mem::MaybeUninit;
use std::sync::Arc;

use crate::link::packets::Packets;
use crate::link::staging::Staging;
use crate::link::{Batches, Conn, OutReader, Slot};
use crate::message::Msg;
use crate::zmtp::frame::{LONG_HEADER, encode_header};
use crate::zmtp::wire::Encode;

/// The most pieces that one system call is given.
const PIECES: usize = 64;

/// Commands waiting for more than this are dropped: the peer asks faster than
/// it reads the answers.
const COMMANDS: usize = 64 * 1024;

/// What became of one batch.
#[derive(Debug, PartialEq, Eq)]
pub enum Wrote {
    /// Nothing is left to write.
    All,
    /// A batch was accepted; there is more.
    Some,
    /// All but an end that may wait for what comes next.
    Most,
    /// The kernel takes no more for now.
    Full,
    /// The connection failed with this errno.
    Failed(i32),
}

/// The state of the write half, under the flush right.
pub struct FlushHalf {
    /// The connection, while there is one.
    pub conn: Option<Arc<Conn>>,
    /// The consuming end of the outbox.
    pub outbox: OutReader,
    /// Instead of the outbox: the newest message of a link that conflates.
    newest: Option<Arc<Slot>>,
    /// That message on its way out.
    framed: Option<Framed>,
    /// Framed commands that go out before the next message.
    commands: Vec<u8>,
    /// Whether a command has been written in part.
    command_open: bool,
    /// How long the packets of the connection are.
    packets: Packets,
    /// What goes between the outbox and a wire that carries no frames.
    staging: Option<Box<Staging>>,
    /// The most bytes of the outbox that one system call is given, unless a single
    /// body is larger.
    batch: usize,
}

impl FlushHalf {
    /// A half without a connection that will write what is in `outbox`, or what
    /// is `newest`, at most `batch` bytes at once.
    pub fn new(outbox: OutReader, newest: Option<Arc<Slot>>, batch: usize) -> FlushHalf {
        FlushHalf {
            batch,
            conn: None,
            outbox,
            newest,
            framed: None,
            commands: Vec::new(),
            command_open: false,
            packets: Packets::default(),
            staging: None,
        }
    }

    /// Takes a connection, and who translates for it if somebody has to.
    pub fn connect(&mut self, conn: Arc<Conn>, encode: Option<Box<dyn Encode>>) {
        self.packets = Packets::new(&conn);
        self.conn = Some(conn);
        self.staging = encode.map(|encode| Box::new(Staging::new(encode)));
    }

    /// Takes packets for this long, for the time being.
    #[cfg(test)]
    pub fn pack(&mut self, length: usize) {
        self.packets = Packets::of(length);
    }

    /// Queues a framed command.
    pub fn queue_command(&mut self, framed: &[u8]) {
        if self.commands.len() + framed.len() <= COMMANDS {
            self.commands.extend_from_slice(framed);
        }
    }

    /// Queues a framed message that goes out before all others.
    pub fn queue_first(&mut self, framed: &[u8]) {
        self.commands.extend_from_slice(framed);
    }

    /// Whether everything has been written.
    pub fn is_clean(&self) -> bool {
        let waits = self.newest.as_ref().is_some_and(|slot| !slot.is_empty());
        let staged = self
            .staging
            .as_ref()
            .is_some_and(|staged| !staged.is_empty());
        let idle = self.commands.is_empty() && self.framed.is_none() && !staged;
        self.outbox.is_empty() && idle && !waits
    }

    /// Forgets the connection and the rest of a message that is out in part.
    /// Says whether the producer waits for what that freed.
    pub fn disconnect(&mut self, spent: &mut Vec<Msg>) -> bool {
        self.conn = None;
        self.commands = Vec::new();
        self.command_open = false;
        let partial = self.framed.take_if(|framed| framed.out > 0);
        spent.extend(partial.map(|framed| framed.msg));
        let torn = self.staging.take().is_some_and(|staged| staged.is_torn());
        // The first byte of a frame stands for the part of it that is out.
        let wake = torn && self.outbox.advance(1, spent).wake_writer;
        self.outbox.discard_partial(spent).wake_writer || wake
    }

    /// Writes one batch, of a `stream` as many whole packets as it fills, if what is left
    /// is little. Returns also whether the producer is to be told that
    /// what it waits for was accepted.
    /// Bodies that are out go to `spent`, to be dropped without a lock.
    pub fn write(&mut self, stream: bool, spent: &mut Vec<Msg>) -> (Wrote, bool) {
        let Some(conn) = &self.conn else {
            return (Wrote::All, false);
        };
        if self.staging.is_some() {
            return self.write_translated(spent);
        }
        if !self.commands.is_empty() && (self.command_open || !self.is_partial()) {
            let piece = libc::iovec {
                iov_base: self.commands.as_ptr().cast_mut().cast(),
                iov_len: self.commands.len(),
            };
            // SAFETY: the commands outlive the call.
            match unsafe { conn.stream.send_iovecs(&[piece]) } {
                Ok(count) => {
                    self.commands.drain(..count);
                    self.command_open = !self.commands.is_empty();
                    return (Wrote::Some, false);
                }
                Err(error) => return (refused(&error), false),
            }
        }
        if self.newest.is_some() {
            return (self.write_newest(spent), false);
        }
        let mut pieces = [const { MaybeUninit::uninit() }; PIECES];
        let (pieces, mut bytes) = self.outbox.gather(&mut pieces, self.batch);
        if bytes == 0 {
            return (Wrote::All, false);
        }
        let (mut most, mut kept) = (bytes, false);
        if self.batch < Batches::default().write {
            // As the application wants it.
            most = self.batch.min(bytes);
        } else if self.commands.is_empty() {
            let goes_on = self.outbox.holds_more();
            if stream || goes_on {
                most = self.packets.fill(conn, bytes, goes_on);
            }
            kept = !goes_on && most < bytes;
        }
        if !self.commands.is_empty() {
            // They wait for the end of a message, and no longer.
            most = most.min(self.outbox.left_of_frame());
        }
        let pieces = cut(pieces, bytes - most);
        bytes = most;
        // SAFETY: the outbox keeps what it gathered until it is advanced.
        match unsafe { conn.stream.send_iovecs(pieces) } {
            Ok(count) => {
                let wake = self.outbox.advance(count, spent).wake_writer;
                let short = count < bytes;
                let wrote = match short {
                    true => Wrote::Full,
                    false if kept => Wrote::Most,
                    false if self.is_clean() => Wrote::All,
                    false => Wrote::Some,
                };
                (wrote, wake)
            }
            Err(error) => (refused(&error), false),
        }
    }

    /// The same by way of a translator.
    fn write_translated(&mut self, spent: &mut Vec<Msg>) -> (Wrote, bool) {
        let (Some(conn), Some(staging)) = (&self.conn, &mut self.staging) else {
            return (Wrote::All, false);
        };
        if staging.is_empty() && !self.commands.is_empty() && !self.outbox.is_partial() {
            staging.push_commands(&std::mem::take(&mut self.commands));
        } else if staging.is_empty() {
            let mut pieces = [const { MaybeUninit::uninit() }; PIECES];
            let (pieces, _) = self.outbox.gather(&mut pieces, self.batch);
            let mut room = self.batch;
            for piece in pieces {
                let len = piece.iov_len.min(room);
                // SAFETY: the outbox keeps what it gathered until it is advanced.
                staging.push(unsafe { std::slice::from_raw_parts(piece.iov_base.cast(), len) });
                room -= len;
            }
            staging.close();
        }
        let waiting = staging.waiting();
        let mut count = 0;
        if !waiting.is_empty() {
            let piece = libc::iovec {
                iov_base: waiting.as_ptr().cast_mut().cast(),
                iov_len: waiting.len(),
            };
            // SAFETY: what is staged outlives the call.
            match unsafe { conn.stream.send_iovecs(&[piece]) } {
                Ok(sent) => count = sent,
                Err(error) => return (refused(&error), false),
            }
        }
        let short = count < waiting.len();
        let done = staging.advance(count);
        let wake = done > 0 && self.outbox.advance(done, spent).wake_writer;
        let wrote = match short {
            true => Wrote::Full,
            false if self.is_clean() => Wrote::All,
            false => Wrote::Some,
        };
        (wrote, wake)
    }

    /// A message has been written in part.
    fn is_partial(&self) -> bool {
        self.outbox.is_partial() || self.framed.as_ref().is_some_and(|framed| framed.out > 0)
    }

    /// Writes the newest message there is when its first byte goes out.
    fn write_newest(&mut self, spent: &mut Vec<Msg>) -> Wrote {
        if !self.is_partial()
            && let Some(msg) = self.newest.as_ref().and_then(|slot| slot.take())
        {
            let older = self.framed.replace(Framed::new(msg));
            spent.extend(older.map(|framed| framed.msg));
        }
        let (Some(conn), Some(framed)) = (&self.conn, &mut self.framed) else {
            return Wrote::All;
        };
        let pieces = framed.pieces();
        // SAFETY: the header and the message outlive the call.
        match unsafe { conn.stream.send_iovecs(&pieces) } {
            Ok(count) => framed.out += count,
            Err(error) => return refused(&error),
        }
        if framed.out < framed.len() {
            return Wrote::Full;
        }
        spent.extend(self.framed.take().map(|framed| framed.msg));
        if self.is_clean() {
            Wrote::All
        } else {
            Wrote::Some
        }
    }
}

/// A message with its header, and how many bytes of both are out.
struct Framed {
    header: [u8; LONG_HEADER],
    header_len: usize,
    msg: Msg,
    out: usize,
}

impl Framed {
    fn new(msg: Msg) -> Framed {
        let mut header = [0; LONG_HEADER];
        let header_len = encode_header(0, msg.len(), &mut header);
        Framed {
            header,
            header_len,
            msg,
            out: 0,
        }
    }

    fn len(&self) -> usize {
        self.header_len + self.msg.len()
    }

    /// What is still to be written.
    fn pieces(&self) -> [libc::iovec; 2] {
        let header = &self.header[self.out.min(self.header_len)..self.header_len];
        let body = &self.msg.as_slice()[self.out.saturating_sub(self.header_len)..];
        [header, body].map(|bytes| libc::iovec {
            iov_base: bytes.as_ptr().cast_mut().cast(),
            iov_len: bytes.len(),
        })
    }
}

/// The same pieces without so many bytes at their end.
fn cut(pieces: &mut [libc::iovec], mut bytes: usize) -> &[libc::iovec] {
    let mut count = pieces.len();
    while bytes > 0
        && let Some(last) = pieces[..count].last_mut()
    {
        let less = bytes.min(last.iov_len);
        last.iov_len -= less;
        bytes -= less;
        count -= usize::from(last.iov_len == 0);
    }
    &pieces[..count]
}

fn refused(error: &std::io::Error) -> Wrote {
    match error.raw_os_error() {
        Some(libc::EAGAIN) => Wrote::Full,
        number => Wrote::Failed(number.unwrap_or(libc::EIO)),
    }
}
