//! One peer, across reconnects: shared state with two halves.
//!
//! A [`Link`] belongs to no thread. Its write half takes from the outbox that
//! the socket fills, its read half fills the inbox that the socket empties, and
//! each half is worked by whoever holds its lock: an application's thread
//! inside a call, or the I/O thread behind it.
//!
//! What the link does not do: connect, shake hands, reconnect, linger. Those
//! are the I/O thread's (`reactor`), which lends the link a [`Conn`] while
//! there is one.

mod background;
mod conn;
mod fill;
mod flush;
mod inbox;
pub mod outbox;
mod owner;
mod pool;
mod pulse;
mod slot;
mod staging;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::error::Result;
use crate::message::Msg;
use crate::sync::barrier;
use crate::sync::mark_lock::{Guard, MarkLock};
use crate::sys::Instant;
use crate::zmtp::command::{self, Command};

pub use background::{Background, Lease, Linger, Notice, Ticking};
pub use conn::Conn;
pub use fill::{FillHalf, LARGE, Step};
pub use flush::{FlushHalf, Wrote};
pub use inbox::{Chunk, Item, Taker};
pub use owner::{Arrival, Owner, PipeId};
pub use pool::Pool;
pub use pulse::{Beat, Pulse};
pub use slot::Slot;

use outbox::Progress;

/// The producing end of an outbox of messages.
pub type OutWriter = outbox::Writer<Msg>;
/// The consuming end of an outbox of messages.
pub type OutReader = outbox::Reader<Msg>;

/// What is written within this time counts as coming back to back.
pub const BACK_TO_BACK: Duration = Duration::from_micros(30);

/// How many batches a caller writes before it leaves the rest to the
/// background.
const CALLER_BATCHES: usize = 2;

/// How many batches an I/O thread writes before it looks at other links.
const THREAD_BATCHES: usize = 32;

/// How many chunks the background reads from one link before it looks at the
/// next one.
const ROUND: usize = 4;

/// How often a receiver reads in search of the newest message.
const NEWEST: usize = 64;

/// What a link is made with.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The number of the endpoint that the peer came by, 0 if it has none.
    pub origin: u64,
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
    /// The I/O thread.
    Background,
    /// The I/O thread that watches the kernel for this very link.
    Watcher,
}

/// What the receiver gets when its chunk is used up.
pub enum Next {
    /// The next item.
    Item(Item),
    /// Nothing now; the owner will be told when that changes.
    Nothing,
}

/// One peer.
pub struct Link {
    number: u64,
    origin: u64,
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

    /// Changes the write half, and writes for those who meanwhile wanted to.
    pub fn with_flush<R>(self: &Arc<Self>, change: impl FnOnce(&mut FlushHalf) -> R) -> R {
        let mut half = self.flush.lock();
        let result = change(&mut half);
        if let Some(held) = half.release() {
            drop(held);
            self.flush(Side::Background);
        }
        result
    }

    /// Changes the read half, and reports what the socket may have missed.
    pub fn with_fill<R>(&self, change: impl FnOnce(&mut FillHalf) -> R) -> R {
        let mut half = self.fill.lock();
        let result = change(&mut half);
        self.release_fill(half);
        result
    }

    /// Lets go of the read half on behalf of anyone but the receiver. A mark
    /// means that the receiver came by, its item used up, and was told that
    /// there is nothing.
    fn release_fill(&self, mut half: Guard<'_, FillHalf>) {
        let mut report = false;
        loop {
            if half.idle && half.has_news() {
                half.idle = false;
                report = true;
            }
            match half.release() {
                Some(mut held) => {
                    held.used_up();
                    held.idle = true;
                    half = held;
                }
                None => break,
            }
        }
        if report {
            self.owner.readable(self.pipe());
        }
    }

    /// Nothing that has arrived waits for the receiver.
    pub fn is_silent(&self) -> bool {
        let Some(half) = self.fill.try_lock() else {
            // What is being read now arrives later.
            return true;
        };
        let silent = !half.has_news();
        self.release_fill(half);
        silent
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

    // ------------------------------------------------------------ writing

    /// Notes when the message at the head of an empty outbox was appended.
    #[inline]
    pub fn set_oldest(&self, now: Instant) {
        self.oldest.store(now.nanos(), Ordering::Relaxed);
    }

    /// Whether the I/O thread waits for the kernel on this link's behalf.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Whether there is a connection whose kernel takes more, as far as is known, and
    /// nobody is writing to it.
    pub fn is_open(self: &Arc<Self>) -> bool {
        let open = |half: &FlushHalf| half.conn.is_some();
        !self.is_full() && self.look_at_flush(open).unwrap_or(false)
    }

    /// After an append that the caller does not write itself: makes sure that
    /// the background will.
    #[inline(always)]
    pub fn ensure_watched(self: &Arc<Self>) {
        barrier::light();
        if !self.watched.load(Ordering::Relaxed) {
            self.start_watching();
        }
    }

    #[cold]
    fn start_watching(self: &Arc<Self>) {
        if !self.watched.swap(true, Ordering::AcqRel) {
            self.background.watch(Ticking::Link(self.clone()));
        }
    }

    /// For the tick: stops watching a link whose outbox has been empty, unless
    /// something is appended at this moment. Says whether it stopped.
    pub fn stop_watching(self: &Arc<Self>) -> bool {
        self.watched.store(false, Ordering::Release);
        barrier::heavy();
        if !self.is_due() || self.watched.swap(true, Ordering::AcqRel) {
            // Clean, or somebody has put the link on the list again.
            return true;
        }
        false
    }

    /// For the tick: writes what has waited for longer than back-to-back calls
    /// take, and says whether there was anything. Without a connection, or with
    /// a full kernel, somebody else comes back to it.
    pub fn tick(self: &Arc<Self>, now: Instant, at_once: bool) -> bool {
        let waiting = self.is_due();
        if waiting {
            let age = now
                .nanos()
                .saturating_sub(self.oldest.load(Ordering::Relaxed));
            if at_once || age > BACK_TO_BACK.as_nanos() as u64 {
                self.flush(Side::Background);
            }
        }
        waiting
    }

    /// For the I/O thread: whether everything has been written.
    pub fn is_clean(self: &Arc<Self>) -> bool {
        self.look_at_flush(FlushHalf::is_clean).unwrap_or(false)
    }

    /// Whether something is left to write, and nobody but the tick to do it.
    fn is_due(self: &Arc<Self>) -> bool {
        let due = |half: &FlushHalf| half.conn.is_some() && !half.is_clean();
        !self.is_full() && self.look_at_flush(due).unwrap_or(true)
    }

    /// Looks at the write half, unless somebody has it, or came by meanwhile.
    fn look_at_flush(self: &Arc<Self>, look: impl FnOnce(&FlushHalf) -> bool) -> Option<bool> {
        let half = self.flush.try_lock()?;
        let seen = look(&half);
        if let Some(held) = half.release() {
            drop(held);
            self.flush(Side::Background);
            return None;
        }
        Some(seen)
    }

    /// Writes what is in the outbox, or leaves it to who is writing already.
    pub fn flush(self: &Arc<Self>, side: Side) {
        if side == Side::Caller && self.is_full() {
            return;
        }
        let Some(mut half) = self.flush.try_lock_or_mark() else {
            return;
        };
        let most = match side {
            Side::Caller => CALLER_BATCHES,
            Side::Background | Side::Watcher => THREAD_BATCHES,
        };
        let mut batches = 0;
        let mut wake = false;
        let mut spent = Vec::new();
        loop {
            let (wrote, freed) = half.write(&mut spent);
            wake |= freed;
            batches += 1;
            let again = match wrote {
                Wrote::Some if batches < most => true,
                Wrote::Some => {
                    self.ensure_watched();
                    false
                }
                Wrote::All => false,
                Wrote::Full => {
                    let known = self.full.swap(true, Ordering::AcqRel) || side == Side::Watcher;
                    if !known {
                        self.background.notify(Notice::Full(self.clone()));
                    }
                    false
                }
                Wrote::Failed(errno) => {
                    // What has been received is still to be read: the reader
                    // comes to the end and reports it. A descriptor that is gone
                    // has no end.
                    match half.conn.take() {
                        Some(conn) if errno == libc::EBADF || errno == libc::ENOTSOCK => {
                            self.lost(&conn);
                        }
                        Some(conn) => drop(conn.stream.shutdown_both()),
                        None => {}
                    }
                    false
                }
            };
            if again {
                continue;
            }
            match half.release() {
                // Somebody appended meanwhile and found the right taken.
                Some(held) if batches < most => half = held,
                Some(held) => {
                    self.ensure_watched();
                    drop(held);
                    break;
                }
                None => break,
            }
            if self.is_full() {
                drop(half);
                break;
            }
        }
        if wake {
            self.owner.writable(self.pipe());
        }
    }

    /// Drops what was not sent on the connection that is lost, unless there is
    /// another one already.
    pub fn forget_unsent(self: &Arc<Self>, spent: &mut Vec<Msg>) {
        let progress = self.with_flush(|half| match half.conn {
            None => half.outbox.clear(spent),
            Some(_) => Progress::default(),
        });
        if progress.wake_writer {
            self.owner.writable(self.pipe());
        }
    }

    /// For the I/O thread: nobody waits for the kernel any more.
    pub fn clear_full(&self) {
        self.full.store(false, Ordering::Release);
    }

    /// For the I/O thread: the kernel may take more again.
    pub fn resume_writing(self: &Arc<Self>) {
        self.full.store(false, Ordering::Release);
        self.flush(Side::Watcher);
    }

    /// For the I/O thread: the connection that is to be watched for input.
    pub fn read_conn(&self) -> Option<Arc<Conn>> {
        self.with_fill(|half| half.conn.clone().filter(|_| !half.stopped))
    }

    /// The descriptor of a connection was closed behind our back. Nothing more is
    /// done with its number.
    pub fn lost(self: &Arc<Self>, conn: &Conn) {
        conn.stream.forget();
        self.down(Some(conn), false);
    }

    /// Reports the end of a connection, once for each.
    fn down(self: &Arc<Self>, conn: Option<&Conn>, broken: bool) {
        if let Some(conn) = conn {
            self.background
                .notify(Notice::Down(self.clone(), conn.number(), broken));
        }
    }

    // ------------------------------------------------------------ reading

    /// For the receiver, whose item is used up: the next one. With `direct` the
    /// receiver reads from the kernel itself if the inbox is empty. With `sure`
    /// it waits for the half: it is in the middle of a message, so there is one,
    /// or the peer is gone and nobody reports any more.
    pub fn next(self: &Arc<Self>, direct: bool, sure: bool, watch: &dyn Watch) -> Next {
        let half = if sure {
            Some(self.fill.lock())
        } else {
            self.fill.try_lock_or_mark()
        };
        let Some(mut half) = half else {
            // Who fills now will report what it finds.
            return Next::Nothing;
        };
        if direct && self.newest.is_some() {
            // Something newer may have come than what is at hand.
            for _ in 0..NEWEST {
                if self.fill_once(&mut half, true, watch) != Step::Read {
                    break;
                }
            }
        }
        let mut item = half.take();
        if item.is_none() && (direct || half.stopped) {
            while self.fill_once(&mut half, true, watch) == Step::Read {
                item = half.take();
                if item.is_some() {
                    break;
                }
            }
            // The end of a connection may have something to say.
            item = item.or_else(|| half.take());
        }
        // As long as the receiver finds something by itself, nobody else need
        // watch what the mark has stopped.
        if half.stopped && item.is_none() {
            half.stopped = false;
            if let Some(conn) = half.conn.clone() {
                watch.resume(self, &conn);
            }
        }
        half.idle = item.is_none();
        while let Some(mut held) = half.release() {
            // The I/O thread came by and may not come again.
            self.fill_once(&mut held, false, watch);
            if item.is_none() {
                item = held.take();
                held.idle = item.is_none();
            }
            half = held;
        }
        item.map_or(Next::Nothing, Next::Item)
    }

    /// For the I/O thread: reads what the kernel has, within bounds, and
    /// reports it if the socket waits. Says whether there may be more.
    pub fn fill(self: &Arc<Self>, watch: &dyn Watch) -> bool {
        let Some(mut half) = self.fill.try_lock_or_mark() else {
            return false;
        };
        let mut rounds = 0;
        let more = loop {
            let step = self.fill_once(&mut half, false, watch);
            rounds += 1;
            if step != Step::Read || rounds == ROUND {
                break step == Step::Read;
            }
        };
        let full = half.is_full() && half.conn.is_some();
        if full && !std::mem::replace(&mut half.stopped, true) {
            watch.stop(self, half.conn.as_deref());
        }
        self.release_fill(half);
        more && !full
    }

    /// Takes in bytes that the handshake has read too much.
    pub fn feed(self: &Arc<Self>, bytes: &[u8]) -> Result<()> {
        self.with_fill(|half| {
            half.feed(bytes, &self.pool)?;
            self.answer(half);
            Ok(())
        })
    }

    /// One read, with what it brought in the way of commands answered.
    fn fill_once(self: &Arc<Self>, half: &mut FillHalf, keep: bool, watch: &dyn Watch) -> Step {
        let step = half.read(&self.pool, keep);
        self.answer(half);
        if matches!(step, Step::Ended | Step::Broken) {
            let conn = half.conn.take();
            watch.stop(self, conn.as_deref());
            self.down(conn.as_deref(), step == Step::Broken);
        }
        step
    }

    /// Answers commands: a PING with its PONG (RFC 37).
    fn answer(self: &Arc<Self>, half: &mut FillHalf) {
        for body in half.take_commands() {
            let Ok(command @ Command::Ping { .. }) = command::parse(&body) else {
                continue;
            };
            let pulse = half.pulse.get_or_insert_with(Box::default);
            let (pong, sooner) = pulse.command(&command);
            self.write_commands(pong);
            if let (true, Some(conn)) = (sooner, &half.conn) {
                self.background
                    .notify(Notice::Beat(self.clone(), conn.number()));
            }
        }
    }

    // --------------------------------------------------------- heartbeats

    /// For the I/O thread: the time of a heartbeat has come. Says when to come
    /// again, if ever; nothing if the peer has gone silent.
    pub fn beat(self: &Arc<Self>) -> Option<Option<Duration>> {
        let beat = self.with_fill(|half| {
            let conn = half.conn.clone();
            let unread = || conn.is_some_and(|conn| conn.stream.has_input());
            let beat = half.pulse.as_mut().map(|pulse| pulse.visit(unread));
            beat.unwrap_or(Beat::Alive(None, None))
        });
        match beat {
            Beat::Alive(frames, again) => {
                self.write_commands(frames);
                Some(again)
            }
            Beat::Silent => None,
        }
    }

    fn write_commands(self: &Arc<Self>, frames: Option<Vec<u8>>) {
        if let Some(frames) = frames {
            self.with_flush(|half| half.queue_command(&frames));
            self.flush(Side::Background);
        }
    }
}

/// Who watches a link's connection for readability: the socket's read set.
pub trait Watch {
    /// The inbox is full: stop reporting.
    fn stop(&self, link: &Link, conn: Option<&Conn>);
    /// There is room again: go on reporting.
    fn resume(&self, link: &Link, conn: &Conn);
}
