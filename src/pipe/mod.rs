//! What a pattern writes to and reads from: one peer, whatever carries it.
//!
//! A pipe belongs to one socket and is touched only under its lock. It is either
//! the socket's side of a [`Link`](crate::link::Link) or one end of an inproc
//! pair. Both count messages against high-water marks, keep order, and hand over
//! whole multipart messages only.

pub mod inproc;
mod linked;
pub mod queue;
mod table;

use std::sync::Arc;

use crate::error::Result;
use crate::link::{Link, PipeId, Side, Watch};
use crate::message::Msg;
use crate::zmtp::SocketType;

pub use inproc::InprocPipe;
pub use linked::LinkPipe;
pub use table::Pipes;

/// What is sent: bytes that the caller keeps, or a message to be taken over.
///
/// A message that was copied, or dropped, is left as it is: whoever sent it
/// closes it, without holding a lock, because that may call a function of the
/// application.
pub enum Body<'a> {
    /// Copied into the pipe.
    Bytes(&'a [u8]),
    /// Copied or moved into the pipe.
    Msg(&'a mut Msg),
}

impl Body<'_> {
    /// The bytes to be sent.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Body::Bytes(bytes) => bytes,
            Body::Msg(msg) => msg.as_slice(),
        }
    }

    /// The body as a message of its own.
    #[inline]
    pub fn take(&mut self) -> Result<Msg> {
        match self {
            Body::Bytes(bytes) => Msg::copy_from(bytes),
            Body::Msg(msg) => Ok(msg.take()),
        }
    }
}

/// How hard a sender looks for room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Trusts the count of what the peer took as it was last seen; if that
    /// forbids the message, it is only refreshed for the next time.
    Lazy,
    /// Looks at the count as it is now.
    Look,
    /// As `Look`, and pipes that are full are set aside until they report.
    Settle,
}

/// How a receive reads.
pub struct Reading<'a> {
    /// The socket holds the read right: an empty inbox may be filled from the
    /// kernel by the receiver itself.
    pub direct: bool,
    /// The caller copies the body at once, so a slice will do.
    pub borrow: bool,
    /// The caller is about to wait or to give up: pipes that are empty are set
    /// aside until they report.
    pub settle: bool,
    /// Who watches the connections.
    pub watch: &'a dyn Watch,
}

/// What the socket knows of the other end.
#[derive(Debug, Clone, Default)]
pub struct PeerInfo {
    /// The routing id that the peer gave, empty if none.
    pub routing_id: Vec<u8>,
    /// The peer's socket type, where it said.
    pub socket_type: Option<SocketType>,
}

/// One peer of one socket.
pub enum Pipe {
    /// Over a connection.
    Link(LinkPipe),
    /// To a socket of the same context.
    Inproc(InprocPipe),
}

/// What is left to do when the socket's lock has been let go.
pub enum Due {
    /// Write what has gathered.
    Flush(Arc<Link>),
    /// Tell the socket at the other end.
    Notify(inproc::Notice),
}

impl Due {
    /// Does it. Without the lock of any socket.
    #[inline]
    pub fn run(self) {
        match self {
            Due::Flush(link) => link.flush(Side::Caller),
            Due::Notify(notice) => notice.deliver(),
        }
    }
}

impl Pipe {
    /// Whether another message may be written.
    #[inline]
    pub fn can_write(&mut self, effort: Effort) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.can_write(effort),
            Pipe::Inproc(pipe) => pipe.can_write(),
        }
    }

    /// Asks for a report once the peer has taken half of the mark. False: there
    /// is room already.
    pub fn wait_writable(&mut self) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.wait_writable(),
            Pipe::Inproc(pipe) => pipe.wait_writable(),
        }
    }

    /// Appends a frame; the last one of a message makes all of it visible.
    #[inline]
    pub fn write(&mut self, body: &mut Body<'_>, more: bool) -> Result<()> {
        match self {
            Pipe::Link(pipe) => pipe.write(body, more),
            Pipe::Inproc(pipe) => pipe.write(body, more),
        }
    }


    /// The next frame, if there is one.
    #[inline]
    pub fn read(&mut self, reading: &Reading<'_>) -> Option<Msg> {
        match self {
            Pipe::Link(pipe) => pipe.read(reading),
            Pipe::Inproc(pipe) => pipe.read(),
        }
    }

    /// Whether a read would find a frame.
    pub fn can_read(&mut self, reading: &Reading<'_>) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.can_read(reading),
            Pipe::Inproc(pipe) => pipe.can_read(),
        }
    }

    /// Whether an empty pipe should go on being looked at for a moment, or has
    /// promised to report.
    pub fn go_idle(&mut self) -> bool {
        match self {
            Pipe::Link(_) => true,
            Pipe::Inproc(pipe) => pipe.go_idle(),
        }
    }

    /// Whether the peer has left and everything it sent has been read.
    pub fn is_finished(&mut self) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.departed,
            Pipe::Inproc(pipe) => pipe.is_gone() && !pipe.can_read(),
        }
    }

    /// What the last write or read leaves to be done without the lock.
    #[inline]
    pub fn take_due(&mut self) -> Option<Due> {
        match self {
            Pipe::Link(pipe) => pipe.take_due(),
            Pipe::Inproc(pipe) => pipe.take_due(),
        }
    }

    /// Notes that something was written that nobody is about to pass on; true
    /// if that is news.
    #[inline]
    pub fn list(&mut self) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.list(),
            Pipe::Inproc(_) => false,
        }
    }

    /// Says where the pipe sits, so that reports find it.
    pub fn attached(&mut self, id: PipeId) {
        match self {
            Pipe::Link(pipe) => pipe.link.attach(id),
            Pipe::Inproc(pipe) => pipe.attached(id),
        }
    }
}
