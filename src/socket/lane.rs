//! What the lock of a socket guards: the socket, and the lane.
//!
//! A socket that has one peer, and passes one short message after another, need not find
//! out each time whose turn it is. Once it has passed a few the lane is laid, and the next
//! call goes straight to the pipe.
//!
//! The lane is true for as long as nobody reaches the socket but through it:
//! [`Held::socket_mut`], which everything else comes by, takes it up. So whatever might
//! make it false (a peer that comes or goes, an option, a message in parts) does so
//! without knowing of it.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use super::inner::Inner;
use super::lease::LOOK_EVERY;
use crate::link::PipeId;
use crate::pipe::Pipe;

/// After so many short messages in a row the lane is laid.
const MANY: u8 = 8;

/// Which lane is laid, as can be seen without the lock: the generation of the socket, or 0.
/// Written under the lock.
#[derive(Default)]
pub(super) struct Ways {
    out: AtomicU32,
    incoming: AtomicU32,
}

impl Ways {
    /// Whether the socket of this generation has a lane for what it sends.
    #[inline(always)]
    pub fn lead_out(&self, generation: u32) -> bool {
        self.out.load(Ordering::Relaxed) == generation
    }

    /// The same for what it receives.
    #[inline(always)]
    pub fn lead_in(&self, generation: u32) -> bool {
        self.incoming.load(Ordering::Relaxed) == generation
    }

    fn set(&self, out: u32, incoming: u32) {
        self.out.store(out, Ordering::Relaxed);
        self.incoming.store(incoming, Ordering::Relaxed);
    }
}

/// An open socket, or none, and its lane.
#[derive(Default)]
pub(super) struct Held {
    lane: Option<Lane>,
    socket: Option<Box<Inner>>,
    /// How many short messages have been passed without anything else.
    row: u8,
}

/// The way to the one peer.
pub(super) struct Lane {
    pipe: NonNull<Pipe>,
    id: PipeId,
    /// How many more messages may be received before the socket is to look around, and
    /// how many that were when the lane was laid.
    left: u64,
    laid: u64,
}

impl Lane {
    /// The pipe at its end.
    #[inline(always)]
    pub fn pipe(&mut self) -> &mut Pipe {
        // SAFETY: a lane that is laid leads to a pipe in its place, and the exclusive
        // reference to what the lock guards excludes other users of it.
        unsafe { self.pipe.as_mut() }
    }

    /// Which pipe that is.
    pub fn pipe_id(&self) -> PipeId {
        self.id
    }

    /// Counts a message that was received through the lane; false when it is time to look
    /// around.
    #[inline(always)]
    pub fn pass(&mut self) -> bool {
        self.left -= 1;
        self.left != 0
    }
}

// SAFETY: the pipe belongs to the socket, which may be sent, and is used with it only.
unsafe impl Send for Lane {}

impl Held {
    /// The socket, if one is open.
    #[inline(always)]
    pub fn socket(&self) -> Option<&Inner> {
        self.socket.as_deref()
    }

    /// The socket, if one is open, for whatever it takes. There is no lane then.
    #[inline(always)]
    pub fn socket_mut(&mut self) -> Option<&mut Inner> {
        if self.lane.is_some() {
            self.take_up();
        }
        self.socket.as_deref_mut()
    }

    /// Opens a socket.
    pub fn open(&mut self, socket: Box<Inner>) {
        self.socket = Some(socket);
    }

    /// Takes the socket out.
    pub fn close(&mut self) -> Option<Box<Inner>> {
        self.socket_mut();
        self.socket.take()
    }

    /// The lane. Only for who has seen under the lock that it leads where it is to go.
    #[inline(always)]
    pub fn lane(&mut self) -> Option<&mut Lane> {
        self.lane.as_mut()
    }

    /// Something else than passing short messages has begun.
    #[inline(always)]
    pub fn interrupt(&mut self) {
        self.row = 0;
    }

    /// A short message has gone the ordinary way: lays the lane if it was one of many, and
    /// if there is but one way to go.
    #[inline(always)]
    pub fn passed(&mut self) {
        self.row += 1;
        if self.row == MANY {
            self.row = 0;
            self.lay();
        }
    }

    #[inline(never)]
    fn lay(&mut self) {
        let Some(inner) = self.socket_mut() else {
            return;
        };
        let (out, incoming) = match inner.pipes.count() {
            1 => inner.pattern.ways(),
            _ => return,
        };
        let looks = inner.uses.is_multiple_of(LOOK_EVERY);
        let incoming = incoming.filter(|_| !(inner.more || looks));
        let Some(id) = out.or(incoming) else {
            return;
        };
        let left = LOOK_EVERY - inner.uses % LOOK_EVERY;
        let plain = inner.plain;
        let ways = &inner.me.cell().ways;
        let Some(pipe) = inner.pipes.get(id) else {
            return;
        };
        let pipe = NonNull::from(pipe);
        ways.set(out.map_or(0, |_| plain), incoming.map_or(0, |_| plain));
        self.lane = Some(Lane {
            pipe,
            id,
            left,
            laid: left,
        });
    }

    #[cold]
    fn take_up(&mut self) {
        if let (Some(inner), Some(lane)) = (&mut self.socket, self.lane.take()) {
            let received = lane.laid - lane.left;
            inner.uses += received;
            inner.asked &= received == 0;
            inner.me.cell().ways.set(0, 0);
        }
    }
}
