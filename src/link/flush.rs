//! The write half of a link: from the outbox to the kernel.
//!
//! Whoever gets the flush right writes; who does not leaves a mark, and the
//! holder looks again when it lets go. A caller writes two batches at the most
//! and leaves the rest to the background. When the kernel is full, the I/O
//! thread waits for it, and nobody else tries.
//!
//! Promises: a message enters the kernel whole or, when the connection is lost
//! meanwhile, not at all on the next one; commands go between messages only.

use std::sync::Arc;

use crate::link::{Conn, OutReader};
use crate::message::Msg;

/// The most bytes that one system call is given, unless a single body is larger.
const BATCH: usize = 128 * 1024;

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
    /// Framed commands that go out before the next message.
    commands: Vec<u8>,
    /// Whether a command has been written in part.
    command_open: bool,
}

impl FlushHalf {
    /// A half without a connection that will write what is in `outbox`.
    pub fn new(outbox: OutReader) -> FlushHalf {
        FlushHalf {
            conn: None,
            outbox,
            commands: Vec::new(),
            command_open: false,
        }
    }

    /// Queues a framed command.
    pub fn queue_command(&mut self, framed: &[u8]) {
        if self.commands.len() + framed.len() <= COMMANDS {
            self.commands.extend_from_slice(framed);
        }
    }

    /// Whether everything has been written.
    pub fn is_clean(&self) -> bool {
        self.outbox.is_empty() && self.commands.is_empty()
    }

    /// Forgets the connection and the rest of a message that is out in part.
    /// Says whether the producer waits for what that freed.
    pub fn disconnect(&mut self, spent: &mut Vec<Msg>) -> bool {
        self.conn = None;
        self.commands = Vec::new();
        self.command_open = false;
        self.outbox.discard_partial(spent).wake_writer
    }

    /// Writes one batch. Returns also whether the producer is to be told that
    /// what it waits for was accepted.
    /// Bodies that are out go to `spent`, to be dropped without a lock.
    pub fn write(&mut self, spent: &mut Vec<Msg>) -> (Wrote, bool) {
        let Some(conn) = &self.conn else {
            return (Wrote::All, false);
        };
        if !self.commands.is_empty() && (self.command_open || !self.outbox.is_partial()) {
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
        let mut pieces = [libc::iovec {
            iov_base: std::ptr::null_mut(),
            iov_len: 0,
        }; PIECES];
        let (used, bytes) = self.outbox.gather(&mut pieces, BATCH);
        if bytes == 0 {
            return (Wrote::All, false);
        }
        // SAFETY: the outbox keeps what it gathered until it is advanced.
        match unsafe { conn.stream.send_iovecs(&pieces[..used]) } {
            Ok(count) => {
                let wake = self.outbox.advance(count, spent).wake_writer;
                let short = count < bytes;
                let wrote = match short {
                    true => Wrote::Full,
                    false if self.is_clean() => Wrote::All,
                    false => Wrote::Some,
                };
                (wrote, wake)
            }
            Err(error) => (refused(&error), false),
        }
    }
}

fn refused(error: &std::io::Error) -> Wrote {
    match error.raw_os_error() {
        Some(libc::EAGAIN) => Wrote::Full,
        number => Wrote::Failed(number.unwrap_or(libc::EIO)),
    }
}
