//! One peer, across reconnects: shared state with two halves.
//!
//! A [`Link`] belongs to no thread. Its write half takes from the outbox that
//! the socket fills, its read half fills the inbox that the socket empties, and
//! each half is worked by whoever holds its lock: an application's thread
//! inside a call, or the I/O thread behind it (`writing`, `reading`).
//!
//! What the link does not do: connect, shake hands, reconnect, linger. Those
//! are the I/O thread's (`reactor`), which lends the link a [`Conn`] while
//! there is one.

mod background;
mod chunk;
mod conn;
mod fill;
mod flush;
mod inbox;
pub mod outbox;
mod owner;
mod packets;
mod patience;
mod pool;
mod pulse;
mod reading;
mod slot;
mod staging;
#[cfg(test)]
mod testing;
mod writing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::message::Msg;
use crate::sync::mark_lock::MarkLock;

pub use background::{Background, Lease, Linger, Notice, Ticking};
pub use chunk::{Chunk, Item, LARGE, Taker};
pub use conn::Conn;
pub use fill::{FillHalf, Room, Step};
pub use flush::{FlushHalf, Wrote};
pub use owner::{Arrival, Owner, PipeId};
use patience::Patience;
pub use pool::Pool;
pub use pulse::{Beat, Pulse};
pub use reading::{Next, Watch};
pub use slot::Slot;
pub use writing::{BACK_TO_BACK, Lent};

/// The producing end of an outbox of messages.
pub type OutWriter = outbox::Writer<Msg>;
/// The consuming end of an outbox of messages.
pub type OutReader = outbox::Reader<Msg>;

/// What a link is made with.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The number of the endpoint that the peer came by, 0 if it has none.
    pub origin: u64,
    /// The send high-water mark in messages, 0 for none, for the socket's pipe to a
    /// peer that is accepted.
    pub send_mark: u64,
    /// The receive high-water mark in messages, 0 for none.
    pub receive_mark: u64,
    /// The largest body that is accepted, in bytes.
    pub max_size: Option<u64>,
    /// Which way only the newest message is kept, and the mark is ignored.
    pub conflate: Conflate,
    /// The peer subscribes: its subscriptions are for the receiver, in order
    /// with its messages.
    pub subscribes: bool,
    /// How much one system call is asked to do.
    pub batches: Batches,
    /// A large body may stay part of the buffer that it was read into.
    pub share: bool,
}

/// The most bytes that one system call is asked to read or to write. What goes
/// straight into the buffer of one body is not bounded by it, nor is one body that
/// is written, unless less than by default was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batches {
    /// To read, at least 1.
    pub read: usize,
    /// To write, at least 1.
    pub write: usize,
}

impl Default for Batches {
    fn default() -> Self {
        Batches {
            read: pool::CHUNK,
            write: 128 * 1024,
        }
    }
}

/// Which way only the newest message is kept (`ZMQ_CONFLATE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Conflate {
    /// On the way to the peer.
    pub out: bool,
    /// On the way from it.
    pub incoming: bool,
}

/// Who asks for a flush or a fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A thread of the application, inside a call.
    Caller,
    /// The same, in a stream: the end of what it writes may wait for what comes next.
    Stream,
    /// The same, ready to wait for the kernel itself.
    Lender,
    /// The I/O thread.
    Background,
    /// The I/O thread that watches the kernel for this very link.
    Watcher,
}

/// One peer.
pub struct Link {
    number: u64,
    origin: u64,
    send_mark: u64,
    owner: Arc<dyn Owner>,
    background: Arc<Background>,
    pool: Pool,
    /// What is to be sent, instead of the outbox, by a link that conflates.
    newest: Option<Arc<Slot>>,
    conflate: Conflate,
    pipe: AtomicU64,
    flush: MarkLock<FlushHalf>,
    fill: MarkLock<FillHalf>,
    /// When the oldest message that nobody has written yet was appended.
    oldest: AtomicU64,
    /// Whether the background looks at the outbox by itself.
    watched: AtomicBool,
    /// Whether the I/O thread waits for the kernel to take more.
    full: AtomicBool,
    /// Whether a lender waits for the kernel.
    lends: AtomicBool,
    /// Whether waiting for the kernel has paid lately.
    patience: Patience,
    /// Whether the application has disconnected from the peer.
    parted: AtomicBool,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Link {
    /// A link without a connection, and the producing end of its outbox.
    pub fn new(
        owner: Arc<dyn Owner>,
        background: Arc<Background>,
        pool: Pool,
        limits: Limits,
    ) -> (Arc<Link>, OutWriter) {
        let (writer, reader) = outbox::outbox();
        let newest = limits.conflate.out.then(Arc::<Slot>::default);
        let link = Link {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            origin: limits.origin,
            send_mark: limits.send_mark,
            owner,
            background,
            pool,
            newest: newest.clone(),
            conflate: limits.conflate,
            pipe: AtomicU64::new(PipeId::NONE.bits()),
            flush: MarkLock::new(FlushHalf::new(reader, newest, limits.batches.write)),
            fill: MarkLock::new(FillHalf::new(limits)),
            oldest: AtomicU64::new(0),
            watched: AtomicBool::new(false),
            full: AtomicBool::new(false),
            lends: AtomicBool::new(false),
            patience: Patience::default(),
            parted: AtomicBool::new(false),
        };
        (Arc::new(link), writer)
    }

    /// Tells this link from every other one of the process.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The number of the endpoint that the peer came by, 0 if it has none.
    pub fn origin(&self) -> u64 {
        self.origin
    }

    /// The send high-water mark of the endpoint that the peer came by, as it was when
    /// that was made.
    pub fn send_mark(&self) -> u64 {
        self.send_mark
    }

    /// Where the newest message to be sent goes, if the link conflates.
    pub fn newest(&self) -> Option<&Arc<Slot>> {
        self.newest.as_ref()
    }

    /// Which way only the newest message is kept.
    pub fn conflates(&self) -> Conflate {
        self.conflate
    }

    /// Whom the link reports to.
    pub fn owner(&self) -> &dyn Owner {
        &*self.owner
    }

    /// The I/O thread behind the link.
    pub fn background(&self) -> &Arc<Background> {
        &self.background
    }

    /// The pipe that the socket has attached the link to.
    pub fn pipe(&self) -> PipeId {
        PipeId::from_bits(self.pipe.load(Ordering::Acquire))
    }

    /// Says which pipe reports are about.
    pub fn attach(&self, pipe: PipeId) {
        self.pipe.store(pipe.bits(), Ordering::Release);
    }

    /// The buffers that this link reads into.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The socket is through with this peer.
    pub fn close(self: &Arc<Self>, linger: Linger) {
        self.background.notify(Notice::Close(self.clone(), linger));
    }

    /// The application wants no more of this peer: a `close` that follows is for
    /// this reason.
    pub fn part(&self) {
        self.parted.store(true, Ordering::Release);
    }

    /// Whether the application has disconnected, and not closed the socket.
    pub fn has_parted(&self) -> bool {
        self.parted.load(Ordering::Acquire)
    }
}
