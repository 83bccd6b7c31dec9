//! The loop of an I/O thread.
//!
//! It turns readiness, requests, notices and timers into steps of sessions and
//! acceptors, and does what a step asks for. Nothing here waits but the poll.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Receiver;
use mio::{Events, Interest};

use super::acceptor::{Accepted, Acceptor, End, PAUSE};
use super::patrol::Patrol;
use super::poll::Poll;
use super::session::{After, FORGET, Session};
use super::tick::Ticks;
use super::timers::Timers;
use super::{IoThread, ReadSet, Request, TICK, Token, WAKER};
use crate::error::Error;
use crate::link::{Limits, Linger, Link, Notice};
use crate::sys::{self, Instant, Thread};
use crate::transport::{Address, Stream};

/// How many events are taken at once.
const ROOM: usize = 256;

/// How often ticks come without a timer.
const UNTIMED: Duration = Duration::from_millis(1);

/// How many steps handshakes take before others get their turn.
const STEPS: usize = 64;

/// Whom a token names.
#[derive(Clone)]
pub(super) enum Source {
    ReadSet(Arc<ReadSet>),
    Acceptor(u64),
    Session(u64),
}

pub(super) struct EventLoop {
    pub(super) poll: Poll,
    pub(super) io: Arc<IoThread>,
    requests: Receiver<Request>,
    notices: Receiver<Notice>,
    pub(super) ticks: Ticks,
    timers: Timers,
    pub(super) sources: BTreeMap<Token, Source>,
    pub(super) acceptors: HashMap<u64, (Acceptor, Token)>,
    pub(super) sessions: HashMap<u64, Session>,
    /// The descriptor that is watched for a session, and what for.
    pub(super) watched: HashMap<u64, (RawFd, Interest)>,
    pub(super) patrol: Patrol,
    /// Handshakes that can take a step. Tokens grow: the first is the oldest.
    shaking: BTreeSet<Token>,
    /// Read sets that had more to read than one round takes.
    busy: Vec<Arc<ReadSet>>,
    stopped: bool,
}

impl EventLoop {
    pub fn new(
        poll: Poll,
        io: Arc<IoThread>,
        requests: Receiver<Request>,
        notices: Receiver<Notice>,
    ) -> EventLoop {
        EventLoop {
            poll,
            io,
            requests,
            notices,
            ticks: Ticks::new(),
            timers: Timers::default(),
            sources: BTreeMap::new(),
            acceptors: HashMap::new(),
            sessions: HashMap::new(),
            watched: HashMap::new(),
            patrol: Patrol::new(),
            shaking: BTreeSet::new(),
            busy: Vec::new(),
            stopped: false,
        }
    }

    pub fn run(mut self) {
        // Ticks are to come when they are due; without it they come later.
        let _ = crate::sys::set_timer_slack(Duration::from_micros(1));
        let mut events = Events::with_capacity(ROOM);
        while !self.stopped {
            // An interrupted or failed poll reports no events; requests and
            // timers are looked at all the same.
            let patience = self.patience();
            let waited = self.poll.wait(&mut events, Some(patience));
            let lost = waited.as_ref().is_err_and(sys::is_gone);
            self.look_after(lost, events.is_empty());
            let found = !self.requests.is_empty() || !self.notices.is_empty();
            if found && events.is_empty() {
                self.patrol.hasten();
            }
            self.take_requests();
            for event in &events {
                self.ready(event.token().0);
            }
            self.shake_hands(&mut events);
            if self.ticks.are_untimed() {
                self.ticks.fired(self.io.background());
            }
            for set in std::mem::take(&mut self.busy) {
                self.serve(set);
            }
            self.take_requests();
            self.run_timers();
            self.ticks.collect(self.io.background());
        }
    }

    /// How long to wait for events at most.
    fn patience(&self) -> Duration {
        if !self.busy.is_empty() || !self.shaking.is_empty() {
            return Duration::ZERO;
        }
        let most = if self.ticks.are_untimed() {
            UNTIMED
        } else {
            self.patrol.pause()
        };
        let next = self.timers.next(Instant::now());
        next.map_or(most, |next| next.min(most))
    }

    fn ready(&mut self, token: Token) {
        match token {
            WAKER => return,
            TICK => return self.ticks.fired(self.io.background()),
            _ => {}
        }
        match self.sources.get(&token).cloned() {
            Some(Source::ReadSet(set)) => self.serve(set),
            Some(Source::Acceptor(number)) => self.accept(number),
            Some(Source::Session(number)) if self.is_shaking(number) => {
                self.shaking.insert(token);
            }
            Some(Source::Session(number)) => self.step(number, Session::progress),
            None => {}
        }
    }

    fn is_shaking(&self, number: u64) -> bool {
        self.sessions.get(&number).is_some_and(Session::is_shaking)
    }

    /// Takes handshakes a step on, each time the oldest that can take one. So peers
    /// that connect one after the other are attached in that order, though a later
    /// one may find more of its handshake there at once.
    fn shake_hands(&mut self, events: &mut Events) {
        let mut others = Vec::new();
        for _ in 0..STEPS {
            let Some(token) = self.shaking.pop_first() else {
                break;
            };
            if let Some(&Source::Session(number)) = self.sources.get(&token) {
                self.step(number, Session::progress);
            }
            // The step may have been what an older one at the other end waits for.
            let _ = self.poll.wait(events, Some(Duration::ZERO));
            for event in &*events {
                let token = event.token().0;
                match self.sources.get(&token) {
                    Some(&Source::Session(number)) if self.is_shaking(number) => {
                        self.shaking.insert(token);
                    }
                    _ => others.push(token),
                }
            }
        }
        // Whom they are about may have been told of since the last look.
        self.handle_requests();
        for token in others {
            self.ready(token);
        }
    }

    fn serve(&mut self, set: Arc<ReadSet>) {
        if set.serve() {
            self.busy.push(set);
        }
    }

    fn take_requests(&mut self) {
        self.handle_requests();
        while let Ok(notice) = self.notices.try_recv() {
            // What a notice is about was requested before it, though perhaps
            // after the last look.
            self.handle_requests();
            match notice {
                Notice::Full(link) => self.watch_kernel(&link),
                Notice::Down(link, conn, broken) => {
                    self.step(link.number(), |session| session.down(conn, broken));
                }
                Notice::Beat(link, conn) => {
                    self.step(link.number(), |session| session.hurry(conn));
                }
                Notice::Close(link, linger) => {
                    self.step(link.number(), |session| session.close(linger));
                }
            }
        }
    }

    fn handle_requests(&mut self) {
        while let Ok(request) = self.requests.try_recv() {
            self.handle(request);
        }
    }

    fn handle(&mut self, request: Request) {
        match request {
            Request::Listen(acceptor) => self.listen(*acceptor),
            Request::Unlisten(number, linger) => self.unlisten(number, linger),
            Request::Connect(connector) => {
                let number = connector.link.number();
                let token = self.io.token();
                self.sources.insert(token, Source::Session(number));
                self.sessions
                    .insert(number, Session::connecting(*connector, token));
                self.step(number, Session::connect);
            }
            Request::Watch(set) => {
                self.sources.insert(set.token(), Source::ReadSet(set));
            }
            Request::Unwatch(token) => {
                if let Some(Source::ReadSet(set)) = self.sources.remove(&token) {
                    let _ = self.poll.watched().delete(set.as_raw_fd());
                    self.busy.retain(|other| !Arc::ptr_eq(other, &set));
                }
            }
            Request::Resolved(number, stamp, found) => {
                self.step(number, |session| session.resolved(stamp, found));
            }
            Request::Stop => self.stopped = true,
        }
    }

    // ---------------------------------------------------------- accepting

    fn listen(&mut self, acceptor: Acceptor) {
        let token = self.io.token();
        let number = acceptor.number;
        let fd = acceptor.as_raw_fd();
        self.sources.insert(token, Source::Acceptor(number));
        self.acceptors.insert(number, (acceptor, token));
        let watched = self.poll.watched().add(fd, Interest::READABLE, token);
        if watched.is_err() {
            // Out of kernel memory: look by the clock instead.
            self.timers.set(Instant::now().after(PAUSE), number, 0);
        }
    }

    /// Ends an acceptor, or a connecting endpoint that has a number, and the
    /// connections that came by it. Those that the
    /// socket has closed already linger on their own account.
    fn unlisten(&mut self, number: u64, linger: Linger) {
        if let Some((acceptor, token)) = self.acceptors.remove(&number) {
            let _ = self.poll.watched().delete(acceptor.as_raw_fd());
            self.sources.remove(&token);
            acceptor.closed();
        }
        let came = |session: &&Session| session.origin == number && !session.is_closing();
        let came: Vec<u64> = self
            .sessions
            .values()
            .filter(came)
            .map(|session| session.link.number())
            .collect();
        for number in came {
            self.step(number, |session| session.dismiss(linger));
        }
    }

    fn accept(&mut self, number: u64) {
        let Some((acceptor, _)) = self.acceptors.get(&number) else {
            return;
        };
        let peering = acceptor.peering.clone();
        let Accepted { streams, end } = acceptor.accept();
        for stream in streams {
            self.accepted(stream, number, peering.clone());
        }
        match end {
            End::Done => {}
            End::More => self.timers.set(Instant::now(), number, 0),
            End::Refused => self.timers.set(Instant::now().after(PAUSE), number, 0),
        }
    }

    fn accepted(&mut self, stream: Stream, acceptor: u64, peering: Arc<super::Peering>) {
        let (link, writer) = Link::new(
            peering.owner.clone(),
            self.io.background().clone(),
            peering.pool.clone(),
            Limits {
                origin: acceptor,
                ..peering.limits
            },
        );
        let number = link.number();
        let token = self.io.token();
        let session = Session::accepted(link, writer, peering, token);
        self.sources.insert(token, Source::Session(number));
        self.sessions.insert(number, session);
        self.step(number, |session| session.shake(stream));
    }

    // ----------------------------------------------------------- sessions

    /// Lets a session take a step, and does what it asks for.
    pub(super) fn step(&mut self, number: u64, step: impl FnOnce(&mut Session) -> After) {
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        let after = step(session);
        let (token, stamp) = (session.token, session.stamp);
        let renumbered = session.link.number();
        if after.resolve {
            self.resolve(number);
        }
        if let Some(fd) = after.watch {
            self.watch(number, token, fd);
        }
        let number = self.renumber(number, renumbered);
        if let Some(at) = after.timer {
            self.timers.set(at, number, stamp);
        }
        if after.over {
            self.sources.remove(&token);
            self.sessions.remove(&number);
        }
    }

    /// Goes on with a session under the number of its new link.
    fn renumber(&mut self, old: u64, new: u64) -> u64 {
        if old != new
            && let Some(session) = self.sessions.remove(&old)
        {
            self.sources.insert(session.token, Source::Session(new));
            self.sessions.insert(new, session);
        }
        new
    }

    /// Watches a descriptor both ways on behalf of a session; −1 for none. A
    /// descriptor that may be closed is only forgotten: the kernel has done the
    /// same, and its number may be somebody else's by now.
    fn watch(&mut self, number: u64, token: Token, fd: RawFd) {
        if let Some((old, _)) = self.watched.remove(&number)
            && old != fd
            && fd != FORGET
        {
            // Fails when the descriptor is closed, which is as good.
            let _ = self.poll.watched().delete(old);
        }
        if fd >= 0 {
            let both = Interest::READABLE | Interest::WRITABLE;
            if self.poll.watched().set(fd, both, token).is_ok() {
                self.watched.insert(number, (fd, both));
            } else {
                self.step(number, Session::end);
            }
        }
    }

    /// The kernel takes no more from this link: goes on when it does.
    fn watch_kernel(&mut self, link: &Arc<Link>) {
        let number = link.number();
        let Some(session) = self.sessions.get(&number) else {
            return;
        };
        let token = session.token;
        if !self.watched.contains_key(&number)
            && let Some(fd) = session.up_fd()
        {
            let watched = self.poll.watched();
            if watched.set(fd, Interest::WRITABLE, token).is_ok() {
                self.watched.insert(number, (fd, Interest::WRITABLE));
            } else {
                // Unwatched it would stall: better to lose it.
                link.cut();
            }
        }
        // The kernel may have made room before it was watched.
        self.step(number, Session::progress);
    }

    /// Looks a name up on a thread of its own: it may take seconds.
    fn resolve(&mut self, number: u64) {
        let session = &self.sessions[&number];
        let Some((address, ipv6)) = session.lookup() else {
            return;
        };
        let stamp = session.stamp;
        let io = self.io.clone();
        let look_up = move || {
            sys::name_thread(b"zmq/resolve");
            let found = match &address {
                Address::Tcp(tcp) => tcp.resolve(ipv6),
                _ => Err(Error::Invalid),
            };
            io.request(Request::Resolved(number, stamp, found));
        };
        // Signals are blocked here, and so in the new thread.
        if Thread::start(look_up).is_err() {
            self.io
                .request(Request::Resolved(number, stamp, Err(Error::Again)));
        }
    }

    fn run_timers(&mut self) {
        let now = Instant::now();
        while let Some(timer) = self.timers.pop_due(now) {
            if self.acceptors.contains_key(&timer.owner) {
                self.accept(timer.owner);
            } else if self
                .sessions
                .get(&timer.owner)
                .is_some_and(|s| s.stamp == timer.stamp)
            {
                self.step(timer.owner, Session::timer);
            }
        }
    }
}
