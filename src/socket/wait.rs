//! Waiting: a moment of looking, then sleep, without the lock.
//!
//! Before a caller sleeps it writes what it left behind, takes the read right if
//! it may, and looks a few times more while yielding the processor, where that
//! has paid before. A sleep ends when the socket has news, when the time is up,
//! and when a signal handler has run. It is slept outside of the call, which is
//! taken up again afterwards (see [`Pause`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::inner::{FEW, Inner};
use super::{Entered, SocketRef};
use crate::error::{Error, Result};
use crate::link::{PipeId, Side};
use crate::pause::Pause;
use crate::pipe::Pipe;
use crate::reactor::ReadSet;
use crate::sys::{EpollEvent, EventFd, Instant, Nap, any_handler, futex};

/// How long a caller looks before it sleeps.
pub(super) const LOOK: Duration = Duration::from_micros(20);
/// A wait that looking would have saved, or nearly so.
const SHORT: Duration = Duration::from_micros(80);
/// A yield that took longer gave the processor to somebody with work to do.
pub(super) const CROWDED: Duration = Duration::from_micros(30);
/// Waits that pass without looking double up to this power of two.
const BACK_OFF: u32 = 10;
/// The longest single sleep: a wait without a time-out would not end for
/// signal handlers that restart system calls.
const LONGEST: Duration = Duration::from_secs(3600);
/// How long a wait goes on for more than it was for.
const MOMENT: Duration = Duration::from_millis(20);
/// The first sleep on descriptors, and the longest: when they are closed behind our
/// back nobody can end it. It grows, for an idle program is to use no processor.
const ON_DESCRIPTORS: [Duration; 2] = [Duration::from_secs(4), Duration::from_secs(64)];

/// How long who has waited for `elapsed` may sleep on descriptors.
pub(super) fn nap_on_descriptors(elapsed: Duration) -> Duration {
    let [first, longest] = ON_DESCRIPTORS;
    elapsed.clamp(first, longest)
}

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A message.
    Receiver,
    /// Room for a message.
    Sender,
    /// Any change.
    Poller,
}

/// How a sleeper is woken.
enum Bell {
    /// By the futex alone.
    Futex,
    /// It sleeps on the socket's connections.
    Set(Arc<ReadSet>),
    /// It sleeps on many descriptors, of which this is one.
    Event(Arc<EventFd>),
}

/// Somebody who sleeps, or is about to.
pub(super) struct Waiter {
    kind: Kind,
    rung: AtomicU32,
    bell: Bell,
}

impl Waiter {
    /// A waiter that sleeps on `event` among others.
    pub fn polling(event: Arc<EventFd>) -> Arc<Waiter> {
        let bell = Bell::Event(event);
        Arc::new(Waiter {
            kind: Kind::Poller,
            rung: AtomicU32::new(0),
            bell,
        })
    }

    /// Whether it sleeps on the socket's connections.
    fn sleeps_here(&self) -> bool {
        matches!(self.bell, Bell::Set(_))
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Ends the sleep, or keeps it from beginning.
    pub fn wake(&self) {
        if self.rung.swap(1, Ordering::AcqRel) == 1 {
            return;
        }
        match &self.bell {
            Bell::Futex => drop(futex::wake(&self.rung, 1)),
            Bell::Set(set) => set.wake(),
            Bell::Event(event) => drop(event.notify()),
        }
    }

    /// A poller is about to look again.
    pub fn reset(&self) {
        self.rung.store(0, Ordering::Release);
    }

    fn was_woken(&self) -> bool {
        self.rung.load(Ordering::Acquire) == 1
    }
}

/// Whether looking before sleeping pays.
#[derive(Debug, Default)]
pub(super) struct Adaptive {
    /// Waits to pass without looking.
    skip: u32,
    long: u32,
    crowded: u32,
}

impl Adaptive {
    /// Whether this wait is to begin with looking.
    pub fn pays(&mut self) -> bool {
        if self.skip == 0 {
            return true;
        }
        self.skip -= 1;
        false
    }

    /// A wait has ended.
    pub fn ended(&mut self, took: Duration) {
        if took <= SHORT {
            self.long = 0;
            self.crowded = self.crowded.saturating_sub(1);
            if self.crowded == 0 {
                self.skip = 0;
            }
        } else if self.skip == 0 {
            self.long = (self.long + 1).min(BACK_OFF);
            self.skip = 1 << self.long;
        }
    }

    /// Somebody else needs the processor.
    pub fn yielded_long(&mut self) {
        self.crowded = (self.crowded + 1).min(BACK_OFF);
        self.skip = 1 << self.crowded;
    }
}

/// How many connections tell a sleeper at once that they have something.
const READY: usize = 16;

/// A call that sleeps, and what it needs to go on.
struct Sleeper {
    me: SocketRef,
    wait: Wait,
    waiter: Arc<Waiter>,
    events: [EpollEvent; READY],
    awake: bool,
}

impl Sleeper {
    /// Back in the socket, with so many events.
    fn rise(&self, socket: &mut Inner, events: usize) {
        let waiter = &self.waiter;
        socket.waiters.retain(|other| !Arc::ptr_eq(other, waiter));
        if let Bell::Set(set) = &waiter.bell {
            let mut ready = [PipeId::NONE; READY];
            let mut count = 0;
            set.came(&self.events[..events], |pipe| {
                ready[count] = pipe;
                count += 1;
            });
            socket.activate(&ready[..count]);
        }
    }
}

impl Drop for Sleeper {
    /// A thread that was cancelled leaves its place to the next.
    fn drop(&mut self) {
        if !self.awake
            && let Ok(mut socket) = self.me.enter()
        {
            self.rise(&mut socket, 0);
            self.wait.end(&mut socket);
        }
    }
}

/// One blocked call.
#[derive(Clone, Copy)]
pub(super) struct Wait {
    deadline: Option<Instant>,
    begun: Instant,
    /// When it was looked for the last time, if it has not been slept since.
    looked: Option<Instant>,
    leased: bool,
    /// The connections cannot be waited for.
    blind: bool,
    /// The wait is over, whatever is found.
    timed_out: bool,
    /// There is what it was for, and it goes on for more: now, or the last time.
    goes_on: bool,
    went_on: bool,
}

impl Wait {
    /// A wait of at most `timeout` milliseconds, negative for ever.
    pub fn new(timeout: i64) -> Wait {
        let begun = Instant::now();
        let deadline = u64::try_from(timeout)
            .ok()
            .map(|t| begun.after(Duration::from_millis(t)));
        Wait {
            deadline,
            begun,
            looked: None,
            leased: false,
            blind: false,
            timed_out: false,
            goes_on: false,
            went_on: false,
        }
    }

    /// Whether it may [go on](Self::go_on): it has not just done so, and there is time.
    pub fn may_go_on(&self) -> bool {
        !self.went_on && !self.timed_out
    }

    /// Goes on for a moment though the call could be done.
    pub fn go_on(&mut self) {
        self.goes_on = true;
    }

    /// Whether it goes on until there is what it is for.
    pub fn is_endless(&self) -> bool {
        self.deadline.is_none()
    }

    pub fn timed_out(&self) -> bool {
        self.timed_out
    }

    /// Looks for a while with `look`, which says when it has found something,
    /// yielding in between, and before the first time if the caller has `looked`
    /// just now. Nothing found: the socket, still entered.
    pub fn look<T>(
        &mut self,
        mut socket: Entered,
        mut looked: bool,
        mut look: impl FnMut(&mut Inner) -> Result<T>,
    ) -> Result<std::result::Result<(Entered, T), Entered>> {
        let mut now = self.begun;
        loop {
            if !std::mem::take(&mut looked) {
                socket.refresh();
                match look(&mut socket) {
                    Ok(found) => return Ok(Ok((socket, found))),
                    Err(Error::Again) => {}
                    Err(error) => {
                        self.end(&mut socket);
                        return Err(error);
                    }
                }
            }
            if now.since(self.begun) > LOOK {
                return Ok(Err(socket));
            }
            let me = socket.me;
            socket.leave();
            std::thread::yield_now();
            let later = Instant::now();
            socket = me.enter()?;
            socket = self.still_alive(socket)?;
            if later.since(now) > CROWDED {
                socket.adaptive.yielded_long();
                return Ok(Err(socket));
            }
            self.looked = Some(later);
            now = later;
        }
    }

    /// Takes the read right, if it is to be had.
    pub fn lease(&mut self, socket: &mut Inner) {
        if !self.leased && !self.blind && socket.signaler.is_none() {
            socket.uses += 1;
            socket.stir();
            self.leased = socket.home.as_mut().is_some_and(|home| home.take());
        }
    }

    /// Falls asleep until there is news. The socket is let go meanwhile.
    pub fn sleep(self, mut socket: Entered, kind: Kind, pause: &mut Pause) -> Error {
        let lent = self.leased && kind == Kind::Receiver;
        let bell = match &socket.home {
            Some(home) if lent => Bell::Set(home.set.clone()),
            _ => Bell::Futex,
        };
        let waiter = Arc::new(Waiter {
            kind,
            rung: AtomicU32::new(0),
            bell,
        });
        socket.waiters.push(waiter.clone());
        let mut sleeper = Box::new(Sleeper {
            me: socket.me,
            wait: self,
            waiter,
            events: [EpollEvent::EMPTY; READY],
            awake: false,
        });
        socket.leave();
        let now = Instant::now();
        let left = self
            .deadline
            .map_or(LONGEST, |deadline| deadline.since(now))
            .min(if self.goes_on { MOMENT } else { LONGEST });
        let nap = match &sleeper.waiter.bell {
            Bell::Set(set) => {
                let left = left.min(nap_on_descriptors(now.since(self.begun)));
                set.nap(&mut sleeper.events, left)
            }
            _ => Nap::word(&sleeper.waiter.rung, 0, left),
        };
        pause.begin(nap, sleeper)
    }

    /// The sleep is over.
    pub fn resume(pause: &mut Pause) -> Result<(Entered, Wait)> {
        let (mut sleeper, result) = pause.wake::<Sleeper>()?;
        sleeper.awake = true;
        let mut wait = sleeper.wait;
        wait.looked = None;
        wait.went_on = std::mem::take(&mut wait.goes_on);
        let mut socket = sleeper.me.enter()?;
        sleeper.rise(&mut socket, usize::try_from(result).unwrap_or(0));
        let interrupted = result == -libc::EINTR && !sleeper.waiter.was_woken();
        // Unlike other waits, that for the connections also ends without a handler.
        if interrupted && (!sleeper.waiter.sleeps_here() || any_handler()) {
            wait.end(&mut socket);
            return Err(Error::Interrupted);
        }
        if result < 0
            && result != -libc::EINTR
            && let Bell::Set(set) = &sleeper.waiter.bell
        {
            // They were closed behind our back: the I/O thread makes them anew.
            wait.blind = true;
            wait.give_back(&mut socket);
            set.complain();
        }
        wait.timed_out = wait.deadline.is_some_and(|at| at <= Instant::now());
        let socket = wait.still_alive(socket)?;
        Ok((socket, wait))
    }

    #[inline(always)]
    fn still_alive(&mut self, socket: Entered) -> Result<Entered> {
        if socket.terminated {
            return self.cut_short(socket);
        }
        Ok(socket)
    }

    #[cold]
    fn cut_short(&mut self, mut socket: Entered) -> Result<Entered> {
        self.end(&mut socket);
        Err(Error::Terminated)
    }

    /// The call is over: the read right goes back or stays, and whoever waits
    /// for more of the same gets the next turn.
    pub fn end(&mut self, socket: &mut Inner) {
        let now = self.looked.unwrap_or_else(Instant::now);
        socket.adaptive.ended(now.since(self.begun));
        let alone = socket.waiters.is_empty();
        if self.leased {
            let (me, uses) = (socket.me, socket.uses);
            if let Some(home) = &mut socket.home {
                home.finish(me, self.begun, now, alone, uses);
            }
            self.leased = false;
        }
        if !alone {
            socket.pass_on();
        }
    }

    /// The I/O thread is to read again, though the wait goes on.
    fn give_back(&mut self, socket: &mut Inner) {
        if std::mem::take(&mut self.leased)
            && let Some(home) = &mut socket.home
        {
            home.end_lease();
        }
    }
}

impl Inner {
    /// Whether callers read from the kernel themselves.
    pub fn reads_itself(&self) -> bool {
        self.home.as_ref().is_some_and(|home| home.is_ours())
    }

    /// While callers have the read right: notes which pipes have input.
    #[inline(always)]
    pub fn refresh(&mut self) {
        if self.reads_itself() {
            self.look_around();
        }
    }

    fn look_around(&mut self) {
        let Some(home) = &self.home else {
            return;
        };
        if self.pipes.count() <= FEW {
            // Reading them is as cheap as asking; those in its turn the receiver reads itself.
            let absorbs = self.pattern.absorbs();
            let mut few = [PipeId::NONE; FEW];
            let mut count = 0;
            for (id, receiving) in self.pipes.links() {
                if absorbs || !receiving {
                    few[count] = id;
                    count += 1;
                }
            }
            self.activate(&few[..count]);
            return;
        }
        let mut ready = Vec::new();
        // An interrupted look is one that found nothing.
        let alone = !self.waiters.iter().any(|waiter| waiter.sleeps_here());
        let _ = home.set.look(alone, |pipe| ready.push(pipe));
        self.activate(&ready);
    }

    /// These pipes have input.
    pub fn activate(&mut self, ready: &[PipeId]) {
        for &id in ready {
            if self.pipes.get(id).is_none() {
                continue;
            }
            self.readable(id);
            if self.pipes.get(id).is_none() {
                continue;
            }
            // A pipe that the pattern does not listen to is read as its I/O
            // thread would: up to the mark, to see commands and the end.
            if !self.pipes.is_receiving(id)
                && let (Pipe::Link(pipe), Some(home)) = (&self.pipes[id], &self.home)
            {
                pipe.link.fill(&*home.set);
            }
        }
    }

    /// Whether somebody waits for room.
    pub fn has_waiting_sender(&self) -> bool {
        let mut waiters = self.waiters.iter();
        waiters.any(|waiter| waiter.kind == Kind::Sender)
    }

    /// Wakes the next receiver or sender if there is something for it; if there
    /// is not, the pipes are asked to report, as those who sleep rely on.
    fn pass_on(&mut self) {
        let receivers = self
            .waiters
            .iter()
            .any(|waiter| waiter.kind != Kind::Sender);
        if receivers && self.can_recv(true) {
            self.wake(Kind::Receiver);
        }
        if self.has_waiting_sender() && self.pattern.rules().can_send(&mut self.pipes) {
            self.wake(Kind::Sender);
        }
    }
}

impl Entered {
    /// Before a caller waits: writes what it has left behind.
    #[inline(always)]
    pub fn flush_left(self) -> Result<Entered> {
        if self.left.is_empty() {
            return Ok(self);
        }
        self.flush_all_left()
    }

    fn flush_all_left(mut self) -> Result<Entered> {
        let mut links = Vec::new();
        for id in std::mem::take(&mut self.left) {
            if let Some(Pipe::Link(pipe)) = self.pipes.get(id)
                && pipe.unlist()
            {
                links.push(pipe.link.clone());
            }
        }
        if links.is_empty() {
            return Ok(self);
        }
        let me: SocketRef = self.me;
        self.leave();
        for link in links {
            link.flush(Side::Caller);
        }
        me.enter()?.alive()
    }
}
