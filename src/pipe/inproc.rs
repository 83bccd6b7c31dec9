//! A pipe between two sockets of one process: two outboxes, of which each socket
//! reads the other's frames, and no I/O thread.
//!
//! Each end belongs to its socket. What one end has to tell the other socket
//! (something to read, room to write, the end) it tells after its own socket's
//! lock has been let go. The pipe's mark is the sum of the sender's and the
//! receiver's; if either has none there is none.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};

use super::{Body, Due, PeerInfo, Sink, Then, report_at};
use crate::error::Result;
use crate::link::outbox::{Frame, FrameReader, frames};
use crate::link::{Conflate, LARGE, OutWriter, PipeId, Slot, Taker};
use crate::memory::keep_away;
use crate::message::Msg;
use crate::zmtp::frame::MORE;

/// Bodies of at least this length are handed over by reference. Copying shorter
/// ones twice costs less than memory that one thread allocates and another frees.
const LONG: usize = LARGE;

/// The socket at one end.
pub trait Neighbour: Send + Sync {
    /// There is something to read.
    fn readable(&self, pipe: PipeId);
    /// There is room to write.
    fn writable(&self, pipe: PipeId);
    /// The other end is gone.
    fn gone(&self, pipe: PipeId);
    /// The socket at the other end has become known.
    fn known(&self, pipe: PipeId, peer: PeerInfo);
}

/// What both ends know of each other.
struct Shared {
    ends: [End; 2],
}

#[derive(Default)]
struct End {
    socket: OnceLock<Box<dyn Neighbour>>,
    pipe: AtomicU64,
    /// The receive high-water mark of this end.
    receive_mark: AtomicU64,
    closed: AtomicBool,
    /// Who this end's socket is, where it became known after the other's.
    info: OnceLock<PeerInfo>,
}

/// What one end has to tell the other's socket.
#[derive(Clone)]
pub struct Notice {
    shared: Arc<Shared>,
    to: usize,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Readable,
    Writable,
    Gone,
    Known,
}

impl Notice {
    /// Tells it. Without the lock of any socket.
    pub fn deliver(self) {
        let end = &self.shared.ends[self.to];
        let pipe = PipeId::from_bits(end.pipe.load(Ordering::Acquire));
        if let Some(socket) = end.socket.get() {
            match self.what {
                What::Readable => socket.readable(pipe),
                What::Writable => socket.writable(pipe),
                What::Gone => socket.gone(pipe),
                What::Known => {
                    if let Some(info) = self.shared.ends[1 - self.to].info.get() {
                        socket.known(pipe, info.clone());
                    }
                }
            }
        }
    }
}

/// One end of an inproc pipe.
pub struct InprocPipe {
    shared: Arc<Shared>,
    side: usize,
    out: OutWriter,
    incoming: FrameReader<Msg>,
    /// Instead of a queue, where only the newest message counts.
    newest_out: Option<Arc<Slot>>,
    newest_in: Option<Arc<Slot>>,
    /// What is received behind everything that a peer who is gone has sent.
    farewell: Option<Msg>,
    /// Messages are counted when their last frame is read.
    send_mark: u64,
    /// Up to this count of messages there is room, as we last looked.
    until: u64,
    wakes_reader: bool,
    wakes_writer: bool,
}

/// Two connected ends. The marks are each socket's own, 0 for none; where the
/// pipe is to `conflate`, as the first end sees it, they do not count.
pub fn pair(marks: [Marks; 2], conflate: Conflate) -> [InprocPipe; 2] {
    let shared = Arc::new(Shared {
        ends: Default::default(),
    });
    let (first_out, second_in) = frames();
    let (second_out, first_in) = frames();
    let slot = |wanted: bool| wanted.then(Arc::<Slot>::default);
    let slots = [slot(conflate.out), slot(conflate.incoming)];
    let end = |side: usize, out, incoming| {
        shared.ends[side]
            .receive_mark
            .store(marks[side].receive, Ordering::Relaxed);
        InprocPipe {
            shared: shared.clone(),
            side,
            out,
            incoming,
            newest_out: slots[side].clone(),
            newest_in: slots[1 - side].clone(),
            farewell: None,
            send_mark: marks[side].send,
            until: 0,
            wakes_reader: false,
            wakes_writer: false,
        }
    };
    [end(0, first_out, first_in), end(1, second_out, second_in)]
}

/// The receive mark of an end whose socket is not known yet: the pipe then has
/// the sender's mark alone.
pub const UNKNOWN: u64 = u64::MAX;

/// With room for fewer messages the writer is too close behind the reader: each has to
/// wait for the cache line that the other has just used.
const LITTLE: u64 = 128;

/// A socket's high-water marks.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// For what it sends.
    pub send: u64,
    /// For what it receives.
    pub receive: u64,
}

impl InprocPipe {
    /// Names the socket that this end belongs to.
    pub fn belongs_to(&mut self, socket: Box<dyn Neighbour>) {
        // An end never changes its socket.
        let _ = self.shared.ends[self.side].socket.set(socket);
    }

    /// Sets this end's marks, when its socket becomes known only later.
    pub fn set_marks(&mut self, marks: Marks) {
        self.send_mark = marks.send;
        self.until = 0;
        self.shared.ends[self.side]
            .receive_mark
            .store(marks.receive, Ordering::Relaxed);
    }

    pub(super) fn attached(&mut self, id: PipeId) {
        self.shared.ends[self.side]
            .pipe
            .store(id.bits(), Ordering::Release);
        // Pairs with the fence in `introduce`: one of the two sees the other.
        fence(Ordering::SeqCst);
    }

    /// Tells the other end, which came first, who this one is.
    #[must_use = "the other socket must be told"]
    pub fn introduce(&self, info: PeerInfo) -> Notice {
        // An end is introduced once.
        let _ = self.shared.ends[self.side].info.set(info);
        fence(Ordering::SeqCst);
        self.notice(What::Known)
    }

    /// Who is at the other end, if it was introduced already.
    pub fn introduced(&self) -> Option<PeerInfo> {
        self.shared.ends[1 - self.side].info.get().cloned()
    }

    /// The mark for what this end sends.
    fn mark(&self) -> u64 {
        let receive = self.shared.ends[1 - self.side]
            .receive_mark
            .load(Ordering::Relaxed);
        match (self.send_mark, receive) {
            (send, UNKNOWN) => send,
            (0, _) | (_, 0) => 0,
            (send, receive) => send + receive,
        }
    }

    pub(super) fn has_room(&self) -> bool {
        self.until == 0 || self.out.written_messages() < self.until
    }

    #[inline(always)]
    pub(super) fn can_write(&mut self) -> bool {
        self.out.written_messages() < self.until || self.refresh()
    }

    /// Looks anew at what the peer has taken, and says whether there is room.
    #[cold]
    fn refresh(&mut self) -> bool {
        if self.newest_out.is_some() {
            // Always; and `until` stays 0, so that the short way declines.
            return true;
        }
        let mark = match self.mark() {
            0 => u64::MAX / 2,
            mark => mark,
        };
        let written = self.out.written_messages();
        self.until = self.out.acknowledged() + mark;
        let room = self.until.saturating_sub(written);
        if room > 0 && room < LITTLE && mark > LITTLE {
            keep_away();
            self.until = self.out.acknowledged() + mark;
        }
        room > 0
    }

    pub(super) fn wait_writable(&mut self) -> bool {
        let mark = self.mark();
        let at = report_at(self.out.written_messages(), mark);
        let waits = self.out.wait_for_ack(at);
        self.refresh();
        waits
    }

    #[inline(always)]
    pub(super) fn write(&mut self, body: &mut Body<'_>, more: bool) -> Result<Then> {
        if self.newest_out.is_some() {
            return self.replace(body, more);
        }
        let flags = if more { MORE } else { 0 };
        match body {
            Body::Bytes(bytes) if bytes.len() < LONG => self.out.append_copy(flags, bytes)?,
            // Copied, so that whoever allocated the body releases it, too.
            Body::Msg(msg) if msg.len() < LONG && !msg.is_foreign() && !msg.is_shared() => {
                self.out.append_copy(flags, msg.as_slice())?;
            }
            _ => {
                self.out.make_room_for_body()?;
                self.out.append_body(flags, body.take()?)?;
            }
        }
        Ok(if more { Then::Nothing } else { self.publish() })
    }

    #[inline(always)]
    pub(super) fn write_short(&mut self, envelope: &[u8], body: &[u8]) -> Option<Then> {
        if self.out.written_messages() >= self.until || body.len() >= LONG {
            return None;
        }
        self.out.send_copy(envelope, body).ok()?;
        Some(self.published())
    }

    /// Replaces the message that is to be received. Of several frames the last
    /// one counts.
    #[cold]
    fn replace(&mut self, body: &mut Body<'_>, more: bool) -> Result<Then> {
        let Some(newest) = self.newest_out.as_ref().filter(|_| !more) else {
            return Ok(Then::Nothing);
        };
        let mut msg = body.take_owned()?;
        msg.set_more(false);
        if newest.put(msg) {
            self.wakes_reader = true;
            return Ok(Then::Due);
        }
        Ok(Then::Nothing)
    }

    /// Makes a message visible.
    #[inline(always)]
    fn publish(&mut self) -> Then {
        self.out.commit();
        self.published()
    }

    /// A message is visible: whether the receiver must be told.
    #[inline(always)]
    fn published(&mut self) -> Then {
        self.out.fetch();
        if self.out.reader_idle() {
            self.wakes_reader = true;
            return Then::Due;
        }
        Then::Nothing
    }

    /// Takes back the frames of a message that was not finished.
    pub fn rollback(&mut self, spent: &mut Vec<Msg>) {
        self.out.rollback(spent);
    }

    #[inline(always)]
    pub(super) fn read(&mut self, sink: &mut Sink<'_>) -> bool {
        if let Some(newest) = &self.newest_in {
            let msg = newest.take();
            return msg.map(|msg| sink.put(msg)).is_some();
        }
        let more = self.incoming.next_frame(|frame, more| match frame {
            Frame::Bytes(body) if sink.copy(body, more) => true,
            // Without memory for it now, the frame stays where it is.
            Frame::Bytes(body) => Msg::copy_from(body)
                .map(|msg| sink.put_frame(msg, more))
                .is_ok(),
            Frame::Body(msg) => {
                sink.put_frame(msg, more);
                true
            }
        });
        if more.is_none()
            && self.farewell.is_some()
            && self.incoming.is_empty()
            && let Some(msg) = self.farewell.take()
        {
            sink.put(msg);
            return true;
        }
        if more == Some(false) && self.incoming.acknowledge(1) {
            self.wakes_writer = true;
            sink.due = true;
        }
        more.is_some()
    }

    #[inline(always)]
    pub(super) fn read_short(&mut self, taker: &mut impl Taker) -> Option<(bool, bool)> {
        let more = self.incoming.next_bytes(taker)?;
        taker.peer(None);
        if !more && self.incoming.acknowledge(1) {
            self.wakes_writer = true;
            return Some((more, true));
        }
        Some((more, false))
    }

    pub(super) fn can_read(&mut self) -> bool {
        match &self.newest_in {
            Some(newest) => !newest.is_empty(),
            None => !self.incoming.is_empty() || self.farewell.is_some(),
        }
    }

    /// The peer is gone: this is the last message to be received.
    pub fn set_farewell(&mut self, msg: Msg) {
        self.farewell = Some(msg);
    }

    pub(super) fn go_idle(&mut self) -> bool {
        match &self.newest_in {
            Some(newest) => newest.declare_idle(),
            None => self.incoming.declare_idle(),
        }
    }

    /// Whether this is the end of the socket that was bound.
    pub fn is_bound(&self) -> bool {
        self.side == 1
    }

    /// Whether the other end has been closed.
    #[inline]
    pub fn is_gone(&self) -> bool {
        self.shared.ends[1 - self.side]
            .closed
            .load(Ordering::Acquire)
    }

    /// Closes this end. What was sent can still be read at the other.
    #[must_use = "the other socket must be told"]
    pub fn close(&mut self, spent: &mut Vec<Msg>) -> Notice {
        self.rollback(spent);
        self.shared.ends[self.side]
            .closed
            .store(true, Ordering::Release);
        // Pairs with the fence in `attached`: either the notice finds the other
        // end's pipe, or whoever attaches it finds this.
        fence(Ordering::SeqCst);
        self.notice(What::Gone)
    }

    fn notice(&self, what: What) -> Notice {
        Notice {
            shared: self.shared.clone(),
            to: 1 - self.side,
            what,
        }
    }

    #[inline]
    pub(super) fn take_due(&mut self) -> Option<Due> {
        if std::mem::take(&mut self.wakes_reader) {
            Some(Due::Notify(self.notice(What::Readable)))
        } else if std::mem::take(&mut self.wakes_writer) {
            Some(Due::Notify(self.notice(What::Writable)))
        } else {
            None
        }
    }
}
