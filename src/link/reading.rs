//! The way into a link: who reads what the kernel has, and who hears of it.
//!
//! Promises: whoever wants to read either has the read half, or leaves a mark for who
//! has it and is told (a receiver), or need not come again (an I/O thread). A receiver
//! that has found nothing is told once of what comes then. Commands that were read are
//! answered at once. What the half reads with is the [`FillHalf`].

use std::sync::Arc;
use std::time::Duration;

use super::{Beat, Conn, FillHalf, Item, Link, Notice, Room, Step, Ticking};
use crate::error::Result;
use crate::sync::mark_lock::Guard;
use crate::zmtp::command::{self, Command};

/// How many chunks the background reads from one link before it looks at the
/// next one.
const ROUND: usize = 4;

/// How often a receiver reads in search of the newest message.
const NEWEST: usize = 64;

/// What the receiver gets when its chunk is used up.
pub enum Next {
    /// The next item.
    Item(Item),
    /// A message of one frame, of this length, is in the receiver's room.
    Placed(usize),
    /// Nothing now; the owner will be told when that changes.
    Nothing,
}

impl Next {
    fn is_nothing(&self) -> bool {
        matches!(self, Next::Nothing)
    }
}

impl FillHalf {
    fn take_next(&mut self) -> Next {
        self.inbox.take().map_or(Next::Nothing, Next::Item)
    }
}

/// Who watches a link's connection for readability: the socket's read set.
pub trait Watch {
    /// The inbox is full: stop reporting.
    fn stop(&self, link: &Link, conn: Option<&Conn>);
    /// There is room again: go on reporting.
    fn resume(&self, link: &Link, conn: &Conn);
}

impl Link {
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
                    held.inbox.used_up();
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

    /// For the receiver, whose item is used up: the next one. With `direct` the
    /// receiver reads from the kernel itself if the inbox is empty, into its `room` if
    /// there is one and a single large frame comes. With `sure`
    /// it waits for the half: it is in the middle of a message, so there is one,
    /// or the peer is gone and nobody reports any more.
    pub fn next(
        self: &Arc<Self>,
        direct: bool,
        sure: bool,
        mut room: Room<'_>,
        watch: &dyn Watch,
    ) -> Next {
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
                if self.fill_once(&mut half, true, None, watch) != Step::Read {
                    break;
                }
            }
        }
        let mut next = half.take_next();
        while next.is_nothing() && (direct || half.stopped) {
            let step = self.fill_once(&mut half, true, room.as_deref_mut(), watch);
            // The end of a connection may have something to say.
            next = match step {
                Step::Placed(length) => Next::Placed(length),
                _ => half.take_next(),
            };
            if step != Step::Read {
                break;
            }
        }
        // As long as the receiver finds something by itself, nobody else need
        // watch what the mark has stopped.
        if half.stopped && next.is_nothing() {
            half.stopped = false;
            if let Some(conn) = half.conn.clone() {
                watch.resume(self, &conn);
            }
        }
        half.idle = next.is_nothing();
        if half.stopped && !std::mem::replace(&mut half.ticking, true) {
            // Unless it comes no more.
            let lease = self.owner.lease(self.pipe());
            self.background.watch(Ticking::PipeLease(lease));
        }
        while let Some(mut held) = half.release() {
            // The I/O thread came by and may not come again.
            self.fill_once(&mut held, false, None, watch);
            if next.is_nothing() {
                next = held.take_next();
                held.idle = next.is_nothing();
            }
            half = held;
        }
        next
    }

    /// For the tick: has the connection watched again if the receiver did not come for a
    /// while, which may have `used_up` all that it took, and there is room by now. Says
    /// whether to look again.
    pub fn end_lease(&self, came: bool, used_up: bool, watch: &dyn Watch) -> bool {
        let Some(mut half) = self.fill.try_lock() else {
            return true;
        };
        if came && half.stopped {
            self.release_fill(half);
            return true;
        }
        half.ticking = false;
        if used_up {
            half.inbox.used_up();
        }
        if half.stopped && half.inbox.may_resume() {
            half.stopped = false;
            if let Some(conn) = half.conn.clone() {
                watch.resume(self, &conn);
            }
        }
        self.release_fill(half);
        false
    }

    /// For the I/O thread: reads what the kernel has, within bounds, and
    /// reports it if the socket waits. Says whether there may be more.
    pub fn fill(self: &Arc<Self>, watch: &dyn Watch) -> bool {
        let Some(mut half) = self.fill.try_lock_or_mark() else {
            return false;
        };
        let mut rounds = 0;
        let more = loop {
            let step = self.fill_once(&mut half, false, None, watch);
            rounds += 1;
            if step != Step::Read || rounds == ROUND {
                break step == Step::Read;
            }
        };
        let full = half.inbox.is_full() && half.conn.is_some();
        if full && !std::mem::replace(&mut half.stopped, true) {
            watch.stop(self, half.conn.as_deref());
        }
        self.release_fill(half);
        more && !full
    }

    /// Takes in bytes that the handshake has read too much, in one go with what `begin`
    /// does with the connection: nobody reads from it before, nor ever if that fails, as
    /// what comes behind a fault is no frame.
    pub fn feed(
        self: &Arc<Self>,
        bytes: &[u8],
        begin: impl FnOnce(&mut FillHalf) -> Result<()>,
    ) -> Result<()> {
        self.with_fill(|half| {
            let fed = begin(half).and_then(|()| half.feed(bytes, &self.pool));
            match &fed {
                Ok(()) => self.answer(half),
                Err(_) => drop(half.conn.take()),
            }
            fed
        })
    }

    /// One read, with what it brought in the way of commands answered.
    fn fill_once(
        self: &Arc<Self>,
        half: &mut FillHalf,
        keep: bool,
        room: Room<'_>,
        watch: &dyn Watch,
    ) -> Step {
        let step = half.read(&self.pool, keep, room);
        if half.has_commands() {
            self.answer(half);
        }
        let end = half.take_fault().unwrap_or(step);
        if matches!(end, Step::Ended | Step::Broken) {
            let conn = half.conn.take();
            watch.stop(self, conn.as_deref());
            self.down(conn.as_deref(), end == Step::Broken);
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

    /// Has the connection lost, which is made again as after any loss.
    pub fn cut(&self) {
        if let Some(conn) = self.with_fill(|half| half.conn.clone()) {
            let _ = conn.stream.shutdown_both();
        }
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
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::IntoRawFd;
    use std::os::unix::net::UnixStream;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    use std::thread::yield_now;

    use super::*;
    use crate::link::Taker;
    use crate::link::testing::{Nobody, link};
    use crate::sys::Fd;
    use crate::transport::Stream;

    struct Body(Vec<u8>);

    impl Taker for Body {
        fn copy(&mut self, body: &[u8], _: bool) -> bool {
            self.0.extend_from_slice(body);
            true
        }
    }

    /// The first body that a receiver finds which reads by itself; nothing if there is none
    /// though all is `fed`. `looks` counts how often it has looked.
    fn receive(link: &Arc<Link>, looks: &AtomicU64, fed: &AtomicBool) -> Vec<u8> {
        loop {
            let last = fed.load(Ordering::Acquire);
            let next = link.next(true, false, None, &Nobody);
            looks.fetch_add(1, Ordering::Relaxed);
            if let Next::Item(Item::Chunk(mut chunk, _)) = next {
                let mut body = Body(Vec::new());
                chunk.next(&mut body);
                return body.0;
            }
            if last {
                return Vec::new();
            }
            yield_now();
        }
    }

    /// A connection, and its peer's end.
    fn connection() -> (Arc<Conn>, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let stream = Stream::Ipc(Fd::from_raw(ours.into_raw_fd()));
        (Arc::new(Conn::new(stream, Arc::default())), theirs)
    }

    #[test]
    fn nothing_is_read_behind_a_fault_that_was_read_with_a_handshake() {
        let ((link, _writer), (conn, mut theirs)) = (link(), connection());
        theirs.write_all(b"\0\x05again").unwrap();
        let begin = |half: &mut FillHalf| {
            half.connect(conn, None);
            Ok(())
        };
        let impossible = [2, 0xff, 0, 0, 0, 0, 0, 0, 0];
        assert!(link.feed(&impossible, begin).is_err());
        assert!(link.next(true, false, None, &Nobody).is_nothing());
    }

    #[test]
    fn what_was_read_with_a_handshake_comes_first_whoever_reads_on() {
        for _ in 0..1000 {
            let (looks, fed) = (AtomicU64::new(0), AtomicBool::new(false));
            let ((link, _writer), (conn, mut theirs)) = (link(), connection());
            theirs.write_all(b"llo\0\x05again").unwrap();
            let heard = std::thread::scope(|scope| {
                let receiver = scope.spawn(|| receive(&link, &looks, &fed));
                let begin = |half: &mut FillHalf| {
                    half.connect(conn, None);
                    let before = looks.load(Ordering::Relaxed);
                    while looks.load(Ordering::Relaxed) < before + 2 {
                        yield_now();
                    }
                    Ok(())
                };
                link.feed(b"\0\x05he", begin).unwrap();
                fed.store(true, Ordering::Release);
                receiver.join().unwrap()
            });
            assert_eq!(heard, b"hello");
        }
    }
}
