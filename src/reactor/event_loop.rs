//! The loop of an I/O thread.
//!
//! It turns readiness, requests, notices and timers into steps of sessions and
//! acceptors, and does what a step asks for. Nothing here waits but the poll.

use std::collections::HashMap;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Receiver;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

use super::acceptor::{Accepted, Acceptor, End, PAUSE};
use super::session::{After, FORGET, Session};
use super::tick::Ticks;
use super::timers::Timers;
use super::{IoThread, ReadSet, Request, TICK, WAKER};
use crate::error::Error;
use crate::link::{Limits, Linger, Link, Notice};
use crate::sys::{self, Instant, Thread, TimerFd};
use crate::transport::{Address, Stream};

/// How long a thread that cannot wait for events any more sleeps instead.
const BROKEN: Duration = Duration::from_millis(10);

/// Whom a token names.
#[derive(Clone)]
enum Source {
    ReadSet(Arc<ReadSet>),
    Acceptor(u64),
    Session(u64),
}

pub(super) struct EventLoop {
    poll: Poll,
    io: Arc<IoThread>,
    requests: Receiver<Request>,
    notices: Receiver<Notice>,
    ticks: Ticks,
    timers: Timers,
    sources: HashMap<Token, Source>,
    acceptors: HashMap<u64, (Acceptor, Token)>,
    sessions: HashMap<u64, Session>,
    /// The descriptor that is watched for a session.
    watched: HashMap<u64, RawFd>,
    /// Read sets that had more to read than one round takes.
    busy: Vec<Arc<ReadSet>>,
    stopped: bool,
}

impl EventLoop {
    pub fn new(
        poll: Poll,
        timer: Arc<TimerFd>,
        io: Arc<IoThread>,
        requests: Receiver<Request>,
        notices: Receiver<Notice>,
    ) -> EventLoop {
        EventLoop {
            poll,
            io,
            requests,
            notices,
            ticks: Ticks::new(timer),
            timers: Timers::default(),
            sources: HashMap::new(),
            acceptors: HashMap::new(),
            sessions: HashMap::new(),
            watched: HashMap::new(),
            busy: Vec::new(),
            stopped: false,
        }
    }

    pub fn run(mut self) {
        // Ticks are to come when they are due; without it they come later.
        let _ = crate::sys::set_timer_slack(Duration::from_micros(1));
        let mut events = Events::with_capacity(256);
        while !self.stopped {
            let timeout = match self.busy.is_empty() {
                true => self.timers.next(Instant::now()),
                false => Some(Duration::ZERO),
            };
            // An interrupted or failed poll reports no events; requests and
            // timers are looked at all the same.
            if let Err(error) = self.poll.poll(&mut events, timeout) {
                events.clear();
                if error.kind() != std::io::ErrorKind::Interrupted {
                    // Its descriptor was closed behind our back.
                    std::thread::sleep(BROKEN);
                }
            }
            self.take_requests();
            for event in &events {
                match event.token() {
                    WAKER => {}
                    TICK => self.ticks.fired(),
                    token => self.ready(token),
                }
            }
            for set in std::mem::take(&mut self.busy) {
                self.serve(set);
            }
            self.take_requests();
            self.run_timers();
            self.ticks.collect(self.io.background());
        }
    }

    fn ready(&mut self, token: Token) {
        match self.sources.get(&token).cloned() {
            Some(Source::ReadSet(set)) => self.serve(set),
            Some(Source::Acceptor(number)) => self.accept(number),
            Some(Source::Session(number)) => self.step(number, Session::progress),
            None => {}
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
                    let _ = self
                        .poll
                        .registry()
                        .deregister(&mut SourceFd(&set.as_raw_fd()));
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
        if self
            .poll
            .registry()
            .register(&mut SourceFd(&fd), token, Interest::READABLE)
            .is_err()
        {
            // Out of kernel memory: look by the clock instead.
            self.timers.set(Instant::now().after(PAUSE), number, 0);
        }
    }

    /// Ends an acceptor, or a connecting endpoint that has a number, and the
    /// connections that came by it. Those that the
    /// socket has closed already linger on their own account.
    fn unlisten(&mut self, number: u64, linger: Linger) {
        if let Some((acceptor, token)) = self.acceptors.remove(&number) {
            let _ = self
                .poll
                .registry()
                .deregister(&mut SourceFd(&acceptor.as_raw_fd()));
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
    fn step(&mut self, number: u64, step: impl FnOnce(&mut Session) -> After) {
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
        let registry = self.poll.registry();
        if let Some(old) = self.watched.remove(&number)
            && old != fd
            && fd != FORGET
        {
            // Fails when the descriptor is closed, which is as good.
            let _ = registry.deregister(&mut SourceFd(&old));
        }
        if fd >= 0 {
            let both = Interest::READABLE | Interest::WRITABLE;
            let mut source = SourceFd(&fd);
            let known = registry.register(&mut source, token, both).is_ok()
                || registry.reregister(&mut source, token, both).is_ok();
            if known {
                self.watched.insert(number, fd);
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
            let registry = self.poll.registry();
            if registry
                .register(&mut SourceFd(&fd), token, Interest::WRITABLE)
                .is_ok()
            {
                self.watched.insert(number, fd);
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
