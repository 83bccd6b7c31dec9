//! The state of a socket, under its lock.
//!
//! What happens to it from outside is told by [`peers`], who hears of it by
//! [`waking`]; calls are in the files beside this one.

mod peers;
mod waking;

use std::sync::Arc;

use waking::Signaler;

use super::deferred::Deferred;
use super::lease::Home;
use super::monitor::Monitor;
use super::wait::{Adaptive, Waiter};
use super::{SocketRef, endpoints::Endpoint};
use crate::context::{Context, Keep};
use crate::link::{Linger, PipeId, Watch};
use crate::options::SocketOptions;
use crate::pattern::{Pattern, Settings};
use crate::pipe::inproc::Marks;
use crate::pipe::{PeerInfo, Pipe, Pipes, Reading, Unwatched};
use crate::zmtp::SocketType;

/// Up to this many pipes are looked at one by one while a caller polls.
pub(super) const FEW: usize = 4;

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
        into.append(&mut self.deferred);
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
