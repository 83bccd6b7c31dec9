//! The way out of a link: who writes what the socket has appended, and when.
//!
//! Promises: what is in the outbox of a link that has a connection is written by
//! whoever has the flush right, or the I/O thread watches for it: that of the tick,
//! or that of the kernel's readiness ([`Notice::Full`]). No flush waits for the right:
//! a mark tells who has it that there is more. Only who would drop a message waits.
//! What it is written with is the [`FlushHalf`].

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::time::Duration;

use super::outbox::Progress;
use super::{FlushHalf, Link, Notice, Side, Ticking, Wrote};
use crate::error::Result;
use crate::message::{Buffer, Msg};
use crate::sync::barrier;
use crate::sys::Instant;

/// What is written within this time counts as coming back to back.
pub const BACK_TO_BACK: Duration = Duration::from_micros(30);

/// A body that the outbox has only a reference to, for as long as it takes to write it.
pub struct Lent {
    /// By which it is known again: the byte it begins at, of all that was ever appended.
    pub begins: u64,
    /// Its end may wait for what comes next.
    pub stream: bool,
    /// As much room, for what the kernel does not take.
    room: Buffer,
}

impl Lent {
    /// With room for a copy of `body`, which is not yet appended.
    pub fn new(body: &[u8]) -> Result<Lent> {
        Ok(Lent {
            begins: 0,
            stream: false,
            room: Buffer::with_capacity(body.len())?,
        })
    }
}

/// How long a lender waits at the most for the kernel to take the rest of what it lent.
const PATIENCE: Duration = Duration::from_millis(5);

/// How many batches a caller writes before it leaves the rest to the
/// background.
const CALLER_BATCHES: usize = 2;

/// How many batches an I/O thread writes before it looks at other links.
const THREAD_BATCHES: usize = 32;

impl Link {
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
        let open = |half: &mut FlushHalf| half.conn.is_some();
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
        if waiting && !self.lends.load(Ordering::Relaxed) {
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
        self.look_at_flush(|half| half.is_clean()).unwrap_or(false)
    }

    /// Whether something is left to write, and nobody but the tick to do it.
    fn is_due(self: &Arc<Self>) -> bool {
        let due = |half: &mut FlushHalf| half.conn.is_some() && !half.is_clean();
        !self.is_full() && self.look_at_flush(due).unwrap_or(true)
    }

    /// Looks at the write half, unless somebody has it, or came by meanwhile.
    fn look_at_flush<R>(self: &Arc<Self>, look: impl FnOnce(&mut FlushHalf) -> R) -> Option<R> {
        let mut half = self.flush.try_lock()?;
        let seen = look(&mut half);
        if let Some(held) = half.release() {
            drop(held);
            self.flush(Side::Background);
            return None;
        }
        Some(seen)
    }

    /// Waits for who is writing, if somebody is: no longer than a few batches take.
    pub fn await_writer(self: &Arc<Self>) {
        if !self.is_full() {
            self.with_flush(|_| ());
        }
    }

    /// Writes what is in the outbox, or leaves it to who is writing already.
    pub fn flush(self: &Arc<Self>, side: Side) {
        self.write_out(side, side == Side::Stream);
    }

    /// The same; of a `stream` its end may be left. Says what the last batch came to, if
    /// there was one.
    fn write_out(self: &Arc<Self>, side: Side, stream: bool) -> Option<Wrote> {
        if matches!(side, Side::Caller | Side::Stream) && self.is_full() {
            // Who takes that back either sees what was appended, or is seen here.
            fence(Ordering::SeqCst);
            if self.is_full() {
                return Some(Wrote::Full);
            }
        }
        let mut half = self.flush.try_lock_or_mark()?;
        let most = match side {
            Side::Caller | Side::Stream | Side::Lender => CALLER_BATCHES,
            Side::Background | Side::Watcher => THREAD_BATCHES,
        };
        let mut batches = 0;
        let mut wake = false;
        let mut spent = Vec::new();
        let last = loop {
            let (wrote, freed) = half.write(stream, &mut spent);
            wake |= freed;
            batches += 1;
            let again = match wrote {
                Wrote::Some if batches < most => true,
                Wrote::Some => {
                    self.ensure_watched();
                    false
                }
                Wrote::Most => {
                    self.set_oldest(Instant::now());
                    self.ensure_watched();
                    false
                }
                Wrote::All => false,
                Wrote::Full => {
                    let known = side == Side::Lender
                        || self.full.swap(true, Ordering::AcqRel)
                        || side == Side::Watcher;
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
                // What is left is the tick's, and so is a mark left in between: it is
                // asked to come when it can have the right.
                Some(held) => {
                    drop(held);
                    self.ensure_watched();
                    break wrote;
                }
                None => break wrote,
            }
        };
        if wake {
            self.owner.writable(self.pipe());
        }
        Some(last)
    }

    /// Writes a body that was lent to the outbox. What the kernel does not take, within
    /// `limit` at the most, and the end of it in a stream, is replaced by a copy: afterwards
    /// nothing here refers to the lender's bytes.
    pub fn flush_lent(self: &Arc<Self>, lent: Lent, limit: Duration) {
        let mut done = false;
        if !self.patience.pays() {
            self.patience.pass();
        } else if !limit.is_zero() {
            self.lends.store(true, Ordering::Relaxed);
            done = self.flush_patiently(&lent, limit.min(PATIENCE));
            self.lends.store(false, Ordering::Relaxed);
        }
        if !done {
            // From here on others see to what is left.
            self.write_out(Side::Caller, lent.stream);
        }
        let mut room = lent.room;
        let redeemed = self.with_flush(|half| {
            half.outbox.exchange_body(lent.begins, |body, out| {
                // SAFETY: the room is nobody else's.
                unsafe { room.bytes_mut(out..body.len()) }.copy_from_slice(&body.as_slice()[out..]);
                Msg::from_buffer(room, body.len())
            })
        });
        // Without the lock.
        drop(redeemed);
    }

    /// Writes what was lent, waiting for the kernel as long as it takes more. Says whether
    /// all is out but an end that may wait.
    fn flush_patiently(self: &Arc<Self>, lent: &Lent, limit: Duration) -> bool {
        let until = Instant::now().after(limit);
        loop {
            match self.write_out(Side::Lender, lent.stream) {
                Some(Wrote::Full) => {}
                wrote => return matches!(wrote, Some(Wrote::All | Wrote::Most)),
            }
            // Unless it is out, or somebody else is writing.
            let look = self.look_at_flush(|half| {
                let waits = half.outbox.holds_body(lent.begins);
                half.conn.clone().filter(|_| waits)
            });
            let Some(conn) = look.flatten() else {
                return false;
            };
            let left = until.since(Instant::now());
            let room = !left.is_zero() && conn.stream.await_room(left);
            self.patience.note(room);
            if !room {
                return false;
            }
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
        fence(Ordering::SeqCst);
    }

    /// For the I/O thread: the kernel may take more again.
    pub fn resume_writing(self: &Arc<Self>) {
        self.clear_full();
        self.flush(Side::Watcher);
    }

    /// Puts frames of commands before the next message.
    pub(super) fn write_commands(self: &Arc<Self>, frames: Option<Vec<u8>>) {
        if let Some(frames) = frames {
            self.with_flush(|half| half.queue_command(&frames));
            self.flush(Side::Background);
        }
    }
}
