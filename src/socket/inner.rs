//! The state of a socket, under its lock, and what changes it from outside.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::event::Event;
use super::lease::Home;
use super::monitor::Monitor;
use super::wait::{Adaptive, Kind, Waiter};
use super::{SocketRef, endpoints::Endpoint};
use crate::context::{Context, Keep};
use crate::error::Result;
use crate::link::{Arrival, Linger, Link, PipeId, Watch};
use crate::message::Msg;
use crate::options::SocketOptions;
use crate::pattern::{Pattern, Settings};
use crate::pipe::inproc::Marks;
use crate::pipe::{Body, Due, LinkPipe, PeerInfo, Pipe, Pipes, Reading, Then, Unwatched};
use crate::sys::EventFd;
use crate::zmtp::{SocketType, Version};

/// Up to this many pipes are looked at one by one while a caller polls.
pub(super) const FEW: usize = 4;

/// What is left to be done when the lock has been let go.
#[derive(Default)]
pub(super) struct Deferred {
    /// System calls and news for other sockets.
    pub due: Vec<Due>,
    /// Pipes that are gone; dropping what they hold may call the application.
    pub dead: Vec<Pipe>,
    /// Messages that were taken back.
    pub spent: Vec<Msg>,
    /// Who waits no longer.
    pub woken: Vec<Arc<Waiter>>,
    /// Whom to tell of a new connection.
    pub tell: Vec<Box<dyn FnOnce() + Send>>,
}

impl Deferred {
    /// Closes this end of an inproc pipe that nobody will use.
    pub fn bury(&mut self, mut pipe: Pipe) {
        if let Pipe::Inproc(end) = &mut pipe {
            self.due.push(Due::Notify(end.close(&mut self.spent)));
        }
        self.dead.push(pipe);
    }

    /// Does it, without any lock.
    pub fn run(self) {
        self.woken.iter().for_each(|waiter| waiter.wake());
        self.tell.into_iter().for_each(|tell| tell());
        self.due.into_iter().for_each(Due::run);
    }
}

/// The descriptor handed out by `ZMQ_FD`.
pub(super) struct Signaler {
    pub event: EventFd,
    raised: bool,
}

/// A socket.
pub(super) struct Inner {
    pub me: SocketRef,
    pub number: u64,
    pub ctx: Arc<Context>,
    /// Told of the life of connections. Goes before the context may end.
    pub monitor: Arc<Monitor>,
    pub keep: Arc<Keep>,
    pub options: SocketOptions,
    pub pattern: Pattern,
    pub pipes: Pipes,
    /// The I/O thread that reads for this socket, and the read right.
    pub home: Option<Home>,
    /// Counts looks for something to receive.
    pub uses: u64,
    pub endpoints: Vec<Endpoint>,
    pub last_endpoint: String,
    /// Of the last frame that was received: more of its message follow.
    pub more: bool,
    /// The generation of the socket while passing a message needs no look at
    /// anything else, otherwise 0: see [`Inner::note_plain`].
    pub plain: u32,
    /// The context has been shut down.
    pub terminated: bool,
    /// Something was written since the last receive: what answers it cannot be
    /// there at once.
    pub asked: bool,
    pub waiters: Vec<Arc<Waiter>>,
    pub signaler: Option<Signaler>,
    pub adaptive: Adaptive,
    /// Pipes with output that is to be written before a caller waits.
    pub left: Vec<PipeId>,
    deferred: Deferred,
    has_deferred: bool,
}

impl Inner {
    pub fn new(
        me: SocketRef,
        number: u64,
        ctx: Arc<Context>,
        keep: Arc<Keep>,
        socket_type: SocketType,
        pattern: Pattern,
    ) -> Inner {
        let mut options = SocketOptions::default_for(socket_type);
        options.apply_context(&ctx.options());
        let mut inner = Inner {
            me,
            number,
            ctx,
            monitor: Arc::default(),
            keep,
            options,
            pattern,
            pipes: Pipes::default(),
            home: None,
            uses: 0,
            endpoints: Vec::new(),
            last_endpoint: String::new(),
            more: false,
            plain: 0,
            terminated: false,
            asked: false,
            waiters: Vec::new(),
            signaler: None,
            adaptive: Adaptive::default(),
            left: Vec::new(),
            deferred: Deferred::default(),
            has_deferred: false,
        };
        inner.configure();
        inner
    }

    /// The pattern and its pipes, with the way to read from them.
    #[inline(always)]
    pub fn reading(&mut self, settle: bool) -> (&mut Pattern, &mut Pipes, Reading<'_>) {
        self.uses += 1;
        let (direct, watch): (bool, &dyn Watch) = match &self.home {
            Some(home) => (home.is_ours(), &*home.set),
            None => (false, &Unwatched),
        };
        let settle = settle || self.signaler.is_some() || self.pipes.count() > FEW;
        let reading = Reading {
            direct,
            settle,
            watch,
        };
        (&mut self.pattern, &mut self.pipes, reading)
    }

    /// Whether a receive would find something; `settle` as for receiving.
    pub fn can_recv(&mut self, settle: bool) -> bool {
        let (pattern, pipes, reading) = self.reading(settle);
        let found = pattern.rules().can_recv(pipes, &reading);
        if self.pipes.has_errands() {
            self.run_errands();
        }
        found
    }

    /// This socket's marks for an inproc pipe.
    pub fn marks(&self) -> Marks {
        Marks {
            send: self.options.sndhwm as u64,
            receive: self.options.rcvhwm as u64,
        }
    }

    /// What peers are told of this socket.
    pub fn introduction(&self) -> PeerInfo {
        PeerInfo {
            routing_id: self.options.routing_id.clone(),
            socket_type: Some(self.options.socket_type),
            commands: false,
        }
    }

    /// Passes changed options on to the pattern.
    pub fn configure(&mut self) {
        let settings = Settings {
            router_mandatory: self.options.router_mandatory,
            router_handover: self.options.router_handover,
            router_raw: self.options.router_raw,
            probe_router: self.options.probe_router,
            req_relaxed: self.options.req_relaxed,
            req_correlate: self.options.req_correlate,
            invert_matching: self.options.invert_matching,
            xpub_verbose: self.options.xpub_verbose_subs,
            xpub_verboser: self.options.xpub_verbose_unsubs,
            xpub_nodrop: self.options.xpub_nodrop,
            xpub_manual: self.options.xpub_manual,
            xpub_manual_last_value: self.options.xpub_manual_last_value,
            only_first_subscribe: self.options.only_first_subscribe,
            xsub_verbose_unsubscribe: self.options.xsub_verbose_unsubscribe,
            receive_mark: self.options.rcvhwm as usize,
        };
        self.pattern.rules().configure(&settings);
    }

    // -------------------------------------------------------------- peers

    /// Takes in what happened.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Arrived(arrival) => self.arrived(arrival),
            Event::Departed(link, last) => self.departed(&link, last),
            Event::Readable(id) => {
                if self.pipes.get(id).is_some() {
                    self.readable(id);
                    self.wake(Kind::Receiver);
                }
            }
            Event::Writable(id) => {
                if self.pipes.get(id).is_some() {
                    self.pattern.rules().writable(&mut self.pipes, id);
                    self.wake(Kind::Sender);
                }
            }
            Event::Met(pipe, peer) => {
                let id = self.attach(Pipe::Inproc(*pipe), Some(&peer));
                self.gone_already(id);
            }
            Event::Gone(id) => self.gone(id),
            Event::Known(id, peer) => self.known(id, &peer),
            Event::Terminate => {
                self.terminated = true;
                self.note_plain();
                self.stop_monitor();
                let woken = self.waiters.clone();
                self.defer().woken.extend(woken);
                self.raise();
            }
        }
    }

    /// Puts a pipe into the table; `peer` says who it is, if that is known.
    /// Nothing is returned if the pattern will not have it.
    pub fn attach(&mut self, pipe: Pipe, peer: Option<&PeerInfo>) -> Option<PipeId> {
        let id = self.pipes.insert(pipe);
        self.greet(id);
        if !self.pattern.rules().attach(&mut self.pipes, id) {
            self.refuse(id);
            return None;
        }
        if let Some(peer) = peer {
            self.pattern.rules().identify(&mut self.pipes, id, peer);
        }
        if let Pattern::Stream(stream) = &mut self.pattern
            && let Some(name) = stream.take_newest()
        {
            self.options.routing_id = name;
        }
        self.absorb(id);
        self.run_errands();
        self.wake(Kind::Receiver);
        self.wake(Kind::Sender);
        Some(id)
    }

    fn arrived(&mut self, arrival: Arrival) {
        let Arrival {
            link,
            conn,
            peer,
            writer,
        } = arrival;
        let peer = PeerInfo {
            routing_id: peer.routing_id,
            socket_type: peer.socket_type,
            commands: peer.version >= Version::V3_1,
        };
        let id = match writer {
            Some(writer) => {
                let mark = self.options.sndhwm as u64;
                let pipe = LinkPipe::new(link.clone(), writer, mark);
                self.attach(Pipe::Link(pipe), Some(&peer))
            }
            None => {
                let id = link.pipe();
                if self.pipes.get(id).is_some() {
                    self.pattern.rules().identify(&mut self.pipes, id, &peer);
                    self.readable(id);
                    self.run_errands();
                    self.wake(Kind::Receiver);
                }
                self.pipes.get(id).map(|_| id)
            }
        };
        if let (Some(id), Some(home)) = (id, &self.home)
            && home.set.add(id, &link, &conn).is_err()
        {
            // Unwatched it would be deaf: the peer had better come again.
            let _ = conn.stream.shutdown_both();
        }
    }

    pub fn departed(&mut self, link: &Arc<Link>, last: bool) {
        let id = link.pipe();
        match self.pipes.get(id) {
            // Once is enough: unbinding and the I/O thread both say it.
            Some(Pipe::Link(pipe)) if !pipe.departed => {}
            _ => return,
        }
        self.absorb(id);
        if !last {
            if self.pattern.rules().lost(id) {
                link.forget_unsent(&mut self.defer().spent);
            }
            return;
        }
        self.forget_endpoint(id);
        if self.pipes.get(id).is_none() {
            return;
        }
        let of_use = self.pattern.rules().depart(&mut self.pipes, id);
        if let Some(Pipe::Link(pipe)) = self.pipes.get(id) {
            pipe.departed = true;
        }
        let unread = of_use && {
            let (_, pipes, mut reading) = self.reading(false);
            reading.direct = false;
            pipes[id].can_read(&reading)
        };
        if !unread {
            self.remove(id);
        }
        // A pattern may have something to say of it.
        self.wake(Kind::Receiver);
        self.wake(Kind::Sender);
    }

    /// The pipe has something to read.
    pub fn readable(&mut self, id: PipeId) {
        self.pattern.rules().readable(&mut self.pipes, id);
        self.absorb(id);
    }

    /// Has the pattern read what is meant for it.
    fn absorb(&mut self, id: PipeId) {
        let (pattern, pipes, reading) = self.reading(true);
        pattern.rules().absorb(pipes, id, &reading);
        if self.pipes.has_errands() {
            self.run_errands();
        }
    }

    /// The socket at the other end of an inproc pipe has become known.
    pub fn known(&mut self, id: PipeId, peer: &PeerInfo) {
        if self.pipes.get(id).is_some() {
            self.pattern.rules().identify(&mut self.pipes, id, peer);
            self.run_errands();
            self.wake(Kind::Receiver);
            self.wake(Kind::Sender);
        }
    }

    /// The other end may have been closed before this one was attached.
    pub fn gone_already(&mut self, id: Option<PipeId>) {
        if let Some(id) = id
            && let Some(Pipe::Inproc(pipe)) = self.pipes.get(id)
            && pipe.is_gone()
        {
            self.gone(id);
        }
    }

    /// The socket at the other end of an inproc pipe is closed.
    fn gone(&mut self, id: PipeId) {
        if self.pipes.get(id).is_some() {
            self.absorb(id);
        }
        if self.pipes.get(id).is_none() {
            return;
        }
        self.take_leave(id);
        let of_use = self.pattern.rules().depart(&mut self.pipes, id);
        if !of_use || self.pipes[id].is_finished() {
            self.remove(id);
        }
        self.wake(Kind::Receiver);
        self.wake(Kind::Sender);
    }

    /// `ZMQ_DISCONNECT_MSG`, where a peer that came by inproc is gone.
    fn take_leave(&mut self, id: PipeId) {
        let last = self.notes().disconnect;
        if last.is_empty() {
            return;
        }
        if let Some(Pipe::Inproc(pipe)) = self.pipes.get(id)
            && pipe.is_bound()
            && let Ok(msg) = Msg::copy_from(&last)
        {
            pipe.set_farewell(msg);
        }
    }

    /// `ZMQ_HELLO_MSG`, before everything else that an inproc peer gets.
    fn greet(&mut self, id: PipeId) {
        let hello = self.notes().hello;
        if let Some(pipe @ Pipe::Inproc(_)) = self.pipes.get(id)
            && !hello.is_empty()
            && pipe.write(&mut Body::Bytes(&hello), false).is_ok()
        {
            self.pipes.leave_due(id);
        }
    }

    /// Takes a pipe out, with everything that knows of it.
    pub fn remove(&mut self, id: PipeId) {
        self.stir();
        self.pattern.rules().remove(&mut self.pipes, id);
        if let Some(pipe) = self.pipes.remove(id) {
            if let (Pipe::Link(pipe), Some(home)) = (&pipe, &self.home) {
                home.set.remove(id);
                let conn = pipe.link.with_fill(|half| half.conn.clone());
                home.set.stop(&pipe.link, conn.as_deref());
            }
            self.defer().bury(pipe);
        }
    }

    /// Takes a pipe out and has its connection closed at once.
    fn refuse(&mut self, id: PipeId) {
        if let Some(Pipe::Link(pipe)) = self.pipes.get(id) {
            pipe.link.close(Linger::NONE);
        }
        self.remove(id);
    }

    /// Does what the pattern has left to be done: takes out the pipes that it is
    /// through with, and sees to what is due of others.
    #[cold]
    pub fn run_errands(&mut self) {
        while let Some((id, refused)) = self.pipes.take_leaving() {
            if refused {
                self.refuse(id)
            } else {
                self.remove(id)
            }
        }
        while let Some(id) = self.pipes.take_hung_up() {
            self.hang_up(id);
        }
        while let Some((id, then)) = self.pipes.take_aside() {
            if then == Then::List {
                self.left.push(id);
                self.stir();
                continue;
            }
            let due = self.pipes.get(id).and_then(|pipe| pipe.take_due());
            self.defer().due.extend(due);
        }
        let mut spent = self.pipes.take_spent();
        if !spent.is_empty() {
            self.defer().spent.append(&mut spent);
        }
    }

    // ------------------------------------------------------------- waking

    /// Wakes one waiter of a kind, and everyone who polls.
    pub fn wake(&mut self, kind: Kind) {
        let mut found = false;
        for waiter in &self.waiters {
            let chosen = match waiter.kind() {
                Kind::Poller => true,
                other => other == kind && !std::mem::replace(&mut found, true),
            };
            if chosen {
                self.has_deferred = true;
                self.deferred.woken.push(waiter.clone());
            }
        }
        // A waiter that is told twice is told once; the next one gets the next.
        if found && let Some(at) = self.waiters.iter().position(|waiter| waiter.kind() == kind) {
            let chosen = self.waiters.remove(at);
            self.waiters.push(chosen);
        }
        self.raise();
    }

    /// Makes the descriptor of `ZMQ_FD` readable.
    fn raise(&mut self) {
        self.stir();
        if let Some(signaler) = &mut self.signaler
            && !std::mem::replace(&mut signaler.raised, true)
        {
            // A counter that cannot be raised is set already.
            let _ = signaler.event.notify();
            self.note_plain();
        }
    }

    /// To be called when a look for something to receive has found nothing and
    /// has asked every pipe to report: until one does, polls need not look again.
    pub fn note_quiet(&self) {
        let asks_its_pipes = !matches!(self.pattern, Pattern::Req(_) | Pattern::Rep(_));
        let told_of_all = !self.reads_itself() && self.signaler.is_none();
        if asks_its_pipes && told_of_all && self.left.is_empty() && !self.terminated {
            let generation = self.me.0.generation();
            self.me.cell().quiet.store(generation, Ordering::Relaxed);
        }
    }

    /// Polls are to look at this socket again.
    #[inline]
    pub fn stir(&self) {
        self.me.cell().quiet.store(0, Ordering::Relaxed);
    }

    /// To be called when the context is shut down, and when the descriptor of
    /// `ZMQ_FD` becomes readable or unreadable.
    pub fn note_plain(&mut self) {
        let raised = self
            .signaler
            .as_ref()
            .is_some_and(|signaler| signaler.raised);
        self.plain = match self.terminated || raised {
            true => 0,
            false => self.me.0.generation(),
        };
    }

    /// Makes it unreadable again: what happened has been taken in.
    #[inline(always)]
    pub fn lower(&mut self) {
        if let Some(signaler) = &mut self.signaler
            && std::mem::take(&mut signaler.raised)
        {
            let _ = signaler.event.drain();
            self.note_plain();
        }
    }

    /// The descriptor of `ZMQ_FD`. From now on the I/O thread reads.
    pub fn signaler(&mut self) -> Result<&Signaler> {
        if self.signaler.is_none() {
            let signaler = Signaler {
                event: EventFd::new()?,
                raised: false,
            };
            self.signaler = Some(signaler);
            if let Some(home) = &mut self.home {
                home.end_lease();
            }
            self.raise();
        }
        Ok(self.signaler.as_ref().expect("just made"))
    }

    // ----------------------------------------------------------- leaving

    #[inline(always)]
    pub fn has_deferred(&self) -> bool {
        self.has_deferred
    }

    /// What is to be done after the lock has been let go.
    pub fn defer(&mut self) -> &mut Deferred {
        self.has_deferred = true;
        &mut self.deferred
    }

    pub fn take_deferred(&mut self, into: &mut Deferred) {
        self.has_deferred = false;
        into.due.append(&mut self.deferred.due);
        into.dead.append(&mut self.deferred.dead);
        into.spent.append(&mut self.deferred.spent);
        into.woken.append(&mut self.deferred.woken);
        into.tell.append(&mut self.deferred.tell);
    }

    /// The socket is closed: what was received is dropped, what is still to be
    /// sent is left to the I/O threads for as long as the socket lingers.
    pub fn close(&mut self, deferred: &mut Deferred) {
        self.take_deferred(deferred);
        deferred.woken.append(&mut self.waiters);
        for endpoint in std::mem::take(&mut self.endpoints) {
            endpoint.release(self);
        }
        let linger = Linger::from_option(self.options.linger);
        for id in self.pipes.ids() {
            match self.pipes.remove(id) {
                Some(Pipe::Link(mut pipe)) => {
                    pipe.rollback(&mut deferred.spent);
                    if let Some(home) = &self.home {
                        let conn = pipe.link.with_fill(|half| half.conn.take());
                        home.set.stop(&pipe.link, conn.as_deref());
                        pipe.link.with_fill(|half| half.conn = conn);
                    }
                    pipe.link.close(linger);
                    deferred.dead.push(Pipe::Link(pipe));
                }
                Some(pipe) => deferred.bury(pipe),
                None => {}
            }
        }
        if let Some(home) = self.home.take() {
            home.io.forget(&home.set);
        }
        self.ctx.leave(self.number);
    }
}
