//! What a pattern writes to and reads from: one peer, whatever carries it.
//!
//! A pipe belongs to one socket and is touched only under its lock. It is either
//! the socket's side of a [`Link`](crate::link::Link) or one end of an inproc
//! pair. Both count messages against high-water marks, keep order, and hand over
//! whole multipart messages only.

pub mod inproc;
mod linked;
mod table;

use std::mem::MaybeUninit;
use std::sync::Arc;

use crate::error::Result;
use crate::link::{Lent, Link, PipeId, Side, Taker, Watch};
use crate::memory::copy_short;
use crate::message::{Metadata, Msg};
use crate::zmtp::SocketType;
use crate::zmtp::command;

pub use inproc::InprocPipe;
pub use linked::LinkPipe;
pub use table::{Pipes, Unwatched};

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
    #[inline(always)]
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Body::Bytes(bytes) => bytes,
            Body::Msg(msg) => msg.as_slice(),
        }
    }

    /// The body as a message that can be dropped under a lock.
    fn take_owned(&mut self) -> Result<Msg> {
        match self {
            Body::Msg(msg) if !msg.is_foreign() => {
                let mut msg = msg.take();
                msg.set_metadata(None);
                Ok(msg)
            }
            body => Msg::copy_from(body.as_slice()),
        }
    }

    /// The body as a message of its own.
    #[inline(always)]
    pub fn take(&mut self) -> Result<Msg> {
        match self {
            Body::Bytes(bytes) => Msg::copy_from(bytes),
            Body::Msg(msg) => Ok(msg.take()),
        }
    }

    /// The message, or one with a copy of the bytes, which goes to `own`.
    pub fn message<'m>(&'m mut self, own: &'m mut Msg) -> Result<&'m mut Msg> {
        match self {
            Body::Bytes(bytes) => {
                *own = Msg::copy_from(bytes)?;
                Ok(own)
            }
            Body::Msg(msg) => Ok(msg),
        }
    }
}

/// Where a received frame goes: into a message, or straight into the caller's
/// room where its bytes are at hand.
///
/// A message that is put here is dropped, or copied from, by whoever made the
/// sink, when no lock is held: that may call a function of the application.
pub struct Sink<'a> {
    room: Option<&'a mut [MaybeUninit<u8>]>,
    msg: &'a mut Msg,
    /// How long the body is.
    pub size: usize,
    /// Whether more frames of the message follow.
    pub more: bool,
    /// The pipe has something to tell the other end.
    pub due: bool,
    /// Subscriptions that come as commands are wanted, too.
    subscriptions: bool,
    /// The room may be written before it is known whether anything is received.
    lends: bool,
}

impl<'a> Sink<'a> {
    /// As [`message`](Self::message), for what subscribers send: a subscription
    /// that comes as a command becomes a message that starts with 1 or 0.
    #[inline]
    pub fn subscriptions(msg: &'a mut Msg) -> Sink<'a> {
        Sink {
            subscriptions: true,
            ..Sink::message(msg)
        }
    }

    /// A sink that fills an empty message.
    #[inline]
    pub fn message(msg: &'a mut Msg) -> Sink<'a> {
        Sink {
            room: None,
            msg,
            size: 0,
            more: false,
            due: false,
            subscriptions: false,
            lends: false,
        }
    }

    /// A sink that copies what fits into `room`, at once or by way of an empty
    /// message.
    #[inline]
    pub fn room(room: &'a mut [MaybeUninit<u8>], msg: &'a mut Msg) -> Sink<'a> {
        Sink {
            room: Some(room),
            msg,
            size: 0,
            more: false,
            due: false,
            subscriptions: false,
            lends: false,
        }
    }

    /// Whether a slice of the bytes will do, since they are copied anyway.
    #[inline(always)]
    pub fn borrows(&self) -> bool {
        self.room.is_some()
    }

    /// The caller goes on until something is received: its room is not looked at before.
    pub fn lend_room(&mut self) {
        self.lends = true;
    }

    /// The room, if a message may be read straight into it.
    fn lent_room(&mut self) -> Option<&mut [MaybeUninit<u8>]> {
        self.room.as_deref_mut().filter(|_| self.lends)
    }

    /// A message of one frame has been read straight into the room.
    fn placed(&mut self, size: usize) {
        self.size = size;
        self.more = false;
    }

    /// Takes a frame that is a message.
    pub fn put_frame(&mut self, mut msg: Msg, more: bool) {
        msg.set_more(more);
        self.put(msg);
    }

    /// The message, if a frame was put into it.
    #[inline(always)]
    pub fn msg(&mut self) -> &mut Msg {
        self.msg
    }
}

impl Taker for Sink<'_> {
    #[inline(always)]
    fn copy(&mut self, body: &[u8], more: bool) -> bool {
        let Some(room) = &mut self.room else {
            return false;
        };
        copy_into(body, room);
        self.size = body.len();
        self.more = more;
        true
    }

    #[inline(always)]
    fn put(&mut self, msg: Msg) {
        self.size = msg.len();
        self.more = msg.more();
        *self.msg = msg;
    }

    #[cold]
    fn command(&mut self, body: &[u8]) -> bool {
        let Some((on, topic)) = command::subscription(body) else {
            return false;
        };
        match Msg::of_parts(&[on.into()], topic) {
            Ok(msg) if self.subscriptions => {
                self.put(msg);
                true
            }
            _ => false,
        }
    }
}

/// The caller's memory, for a short frame that is at hand.
pub struct Room<'a> {
    /// What it is copied into.
    pub room: &'a mut [MaybeUninit<u8>],
    /// How long the body is.
    pub size: usize,
}

impl Taker for Room<'_> {
    #[inline(always)]
    fn copy(&mut self, body: &[u8], _more: bool) -> bool {
        copy_into(body, self.room);
        self.size = body.len();
        true
    }
}

/// A message that [takes it](Msg::takes_refill), for a short frame that is at hand.
pub struct Refill<'a> {
    /// What is made anew.
    pub msg: &'a mut Msg,
}

impl Taker for Refill<'_> {
    #[inline(always)]
    fn copy(&mut self, body: &[u8], more: bool) -> bool {
        self.msg.refill(body, more)
    }

    #[inline(always)]
    fn peer(&mut self, metadata: Option<&Arc<Metadata>>) {
        self.msg.renew_metadata(metadata);
    }

    #[inline(always)]
    fn peer_of(&mut self, frame: &Msg) {
        self.msg.share_metadata(frame);
    }
}

/// Copies what fits.
#[inline]
pub fn copy_into(body: &[u8], room: &mut [MaybeUninit<u8>]) {
    let count = body.len().min(room.len());
    // SAFETY: `count` bytes are there on both sides, and a received body is
    // never within the caller's room.
    unsafe { copy_short(body.as_ptr(), room.as_mut_ptr().cast(), count) };
}

/// What is left to do after a frame was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Nothing, or somebody sees to it.
    Nothing,
    /// It is to be written before the caller waits.
    List,
    /// See [`Pipe::take_due`].
    Due,
    /// See [`Pipes::take_aside`].
    Aside,
}

/// How hard a sender looks for room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Looks at what the peer has taken by now.
    Look,
    /// As `Look`, and pipes that are full are set aside until they report.
    Settle,
}

/// How a receive reads.
pub struct Reading<'a> {
    /// The socket holds the read right: an empty inbox may be filled from the
    /// kernel by the receiver itself.
    pub direct: bool,
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
    /// Subscriptions go to it as commands (ZMTP 3.1), not as messages.
    pub commands: bool,
}

/// How many messages the peer has to take before a sender that found no room is
/// told: the next multiple of half the mark. So a peer that takes all it can, and
/// no more, has been sent that and a whole mark.
fn report_at(written: u64, mark: u64) -> u64 {
    let half = mark.div_ceil(2).max(1);
    (written.saturating_sub(mark) / half + 1) * half
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
    Flush(Arc<Link>, Side),
    /// Tell the socket at the other end.
    Notify(inproc::Notice),
}

impl Due {
    /// Does it. Without the lock of any socket.
    #[inline]
    pub fn run(self) {
        match self {
            Due::Flush(link, side) => link.flush(side),
            Due::Notify(notice) => notice.deliver(),
        }
    }
}

impl Pipe {
    /// Whether there is room as far as is known; also before the first look.
    pub fn has_room(&self) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.has_room(),
            Pipe::Inproc(pipe) => pipe.has_room(),
        }
    }

    /// Whether another message may be written.
    #[inline(always)]
    pub fn can_write(&mut self) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.can_write(),
            Pipe::Inproc(pipe) => pipe.can_write(),
        }
    }

    /// Whether another message may be written, if need be after writing what has
    /// gathered: for who would drop the message otherwise.
    pub fn can_write_at_last(&mut self) -> bool {
        if let Pipe::Link(pipe) = self
            && !pipe.can_write()
        {
            pipe.link.flush(Side::Caller);
            if !pipe.can_write() {
                // Somebody else may be writing, and not have told yet what is out.
                pipe.link.await_writer();
            }
        }
        self.can_write()
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
    #[inline(always)]
    pub fn write(&mut self, body: &mut Body<'_>, more: bool) -> Result<Then> {
        match self {
            Pipe::Link(pipe) => pipe.write(body, more),
            Pipe::Inproc(pipe) => pipe.write(body, more),
        }
    }

    /// As [`write`](Self::write), and leaves the writing to the background.
    #[inline(always)]
    pub fn write_behind(&mut self, body: &mut Body<'_>, more: bool) -> Result<Then> {
        match self {
            Pipe::Link(pipe) => pipe.write_behind(body, more),
            Pipe::Inproc(pipe) => pipe.write(body, more),
        }
    }

    /// Takes back the frames of a message that was not finished.
    pub fn rollback(&mut self, spent: &mut Vec<Msg>) {
        match self {
            Pipe::Link(pipe) => pipe.rollback(spent),
            Pipe::Inproc(pipe) => pipe.rollback(spent),
        }
    }

    /// Tells a publisher of a subscription, or of its end: past the mark.
    pub fn subscribe(&mut self, topic: &[u8], on: bool) -> Result<Then> {
        match self {
            Pipe::Link(pipe) => pipe.subscribe(topic, on),
            Pipe::Inproc(pipe) => pipe.write(
                &mut Body::Msg(&mut Msg::of_parts(&[on.into()], topic)?),
                false,
            ),
        }
    }

    /// Loses the connection that there is, so that its ends meet anew.
    pub fn cut(&self) {
        if let Pipe::Link(pipe) = self {
            pipe.link.cut();
        }
    }

    /// Which form subscriptions take on their way to this peer.
    pub fn set_subscription_commands(&mut self, commands: bool) {
        if let Pipe::Link(pipe) = self {
            pipe.commands = commands;
        }
    }

    /// Appends a whole message behind `envelope`, which is whole frames as they go over
    /// the wire, if there is room for it as we last looked. Its body is short; a large one
    /// is only lent, and to be written at once: see [`take_lent`](Self::take_lent).
    #[inline(always)]
    pub fn write_short(&mut self, envelope: &[u8], body: &[u8]) -> Option<Then> {
        match self {
            Pipe::Link(pipe) => pipe.write_short(envelope, body),
            Pipe::Inproc(pipe) => pipe.write_short(envelope, body),
        }
    }

    /// Whether nothing has arrived that was not read, as far as is known without
    /// asking the kernel.
    pub fn is_silent(&mut self) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.is_silent(),
            Pipe::Inproc(pipe) => !pipe.can_read(),
        }
    }

    /// Reads the next frame, if it is at hand and `taker` takes its bytes. Says
    /// whether more of its message follow, and whether something is due.
    #[inline(always)]
    pub fn read_short(&mut self, taker: &mut impl Taker) -> Option<(bool, bool)> {
        match self {
            Pipe::Link(pipe) => pipe.read_short(taker).map(|more| (more, false)),
            Pipe::Inproc(pipe) => pipe.read_short(taker),
        }
    }

    /// Reads the next frame, if there is one.
    #[inline(always)]
    pub fn read(&mut self, reading: &Reading<'_>, sink: &mut Sink<'_>) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.read(reading, sink),
            Pipe::Inproc(pipe) => pipe.read(sink),
        }
    }

    /// Asks the processor for what the next read will look at.
    #[inline]
    pub fn fetch(&self) {
        if let Pipe::Link(pipe) = self {
            pipe.fetch();
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

    /// Asks to be told when all is out, if that is much. Says whether it will be told.
    pub fn wait_empty(&mut self) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.wait_empty(),
            Pipe::Inproc(_) => false,
        }
    }

    /// What was lent by the last write, to be written without the lock.
    pub fn take_lent(&mut self) -> Option<(Arc<Link>, Lent)> {
        match self {
            Pipe::Link(pipe) => pipe.take_lent(),
            Pipe::Inproc(_) => None,
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

    /// Whether what is due may leave an end to be written before a caller waits, of which
    /// the socket does not know yet.
    pub fn lists(&mut self) -> bool {
        match self {
            Pipe::Link(pipe) => pipe.lists(),
            Pipe::Inproc(_) => false,
        }
    }

    /// Whether there is a connection, and no socket of this process, behind it.
    pub fn is_link(&self) -> bool {
        matches!(self, Pipe::Link(_))
    }

    /// Says where the pipe sits, so that reports find it.
    pub fn attached(&mut self, id: PipeId) {
        match self {
            Pipe::Link(pipe) => pipe.link.attach(id),
            Pipe::Inproc(pipe) => pipe.attached(id),
        }
    }
}
