//! What each socket type does with its peers, as plain logic.
//!
//! A pattern is called under its socket's lock. It never waits, never makes a
//! system call and knows no thread: it chooses pipes. Frames of one message are
//! passed one by one, as the C API does.

mod dealer;
mod fair_queue;
mod fan_out;
mod load_balance;
mod names;
mod notices;
mod pair;
mod publish;
mod pull;
mod push;
mod rep;
mod req;
mod router;
mod stream;
mod subscribe;
pub mod subscriptions;
mod turn;

use crate::error::{Error, Result};
use crate::link::{PipeId, Taker};
use crate::pipe::{Body, Effort, PeerInfo, Pipes, Reading, Sink, Then};
use crate::zmtp::SocketType;

use dealer::Dealer;
use fair_queue::FairQueue;
use load_balance::LoadBalance;
use names::Names;
use pair::Pair;
use publish::Publish;
use pull::Pull;
use push::Push;
use rep::Rep;
use req::Req;
use router::Router;
use stream::Stream;
use subscribe::Subscribe;
use turn::Turn;

/// Where a frame went, and what that leaves to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// The pipe, or none if the frame was dropped.
    pub pipe: PipeId,
    /// What is left to be done with it.
    pub then: Then,
}

impl Sent {
    /// Dropped.
    pub const NOWHERE: Sent = Sent {
        pipe: PipeId::NONE,
        then: Then::Nothing,
    };
}

/// A short frame that was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Whom it is from.
    pub pipe: PipeId,
    /// More frames of its message follow.
    pub more: bool,
    /// The pipe has something to tell the other end.
    pub due: bool,
}

/// The rules of one socket type.
pub trait Rules {
    /// A new peer. False refuses it.
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool;

    /// The peer has said who it is; again after each reconnect.
    fn identify(&mut self, _pipes: &mut Pipes, _id: PipeId, _peer: &PeerInfo) {}

    /// The connection of a peer is lost, and will be made again. Says whether
    /// what was not sent is not to be sent then either.
    fn lost(&mut self, _id: PipeId) -> bool {
        false
    }

    /// The peer is gone for good; what it sent may still be in the pipe. Says
    /// whether the pipe is still of use for that.
    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool;

    /// The pipe is about to be taken out of the table.
    fn remove(&mut self, pipes: &mut Pipes, id: PipeId);

    /// The pipe has something to read again.
    fn readable(&mut self, _pipes: &mut Pipes, _id: PipeId) {}

    /// Reads what the pattern itself is to have, whether or not the application
    /// receives: the subscriptions of a publisher's peers.
    fn absorb(&mut self, _pipes: &mut Pipes, _id: PipeId, _reading: &Reading<'_>) {}

    /// The pipe has room again.
    fn writable(&mut self, _pipes: &mut Pipes, _id: PipeId) {}

    /// Sends one frame.
    fn send(
        &mut self,
        _pipes: &mut Pipes,
        _body: &mut Body<'_>,
        _more: bool,
        _effort: Effort,
    ) -> Result<Sent> {
        Err(Error::NotSupported)
    }

    /// The next frame, and whom it was read from.
    fn recv(
        &mut self,
        _pipes: &mut Pipes,
        _reading: &Reading<'_>,
        _sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        Err(Error::NotSupported)
    }

    /// Whether a send would be taken now.
    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        false
    }

    /// Whether a receive would find something now.
    fn can_recv(&mut self, _pipes: &mut Pipes, _reading: &Reading<'_>) -> bool {
        false
    }

    /// Whether a receive would look at what has arrived, and not refuse before.
    fn listens(&self) -> bool {
        true
    }

    /// `ZMQ_SUBSCRIBE` and, with `on` false, `ZMQ_UNSUBSCRIBE`.
    fn subscribe(&mut self, _pipes: &mut Pipes, _topic: &[u8], _on: bool) -> Result<()> {
        Err(Error::Invalid)
    }

    /// How many topics are subscribed (`ZMQ_TOPICS_COUNT`).
    fn topics(&self) -> Option<usize> {
        None
    }

    /// Whether a message to the peer of this routing id would be taken now.
    fn has_room_for(&mut self, _pipes: &mut Pipes, _routing_id: &[u8]) -> Result<bool> {
        Err(Error::NotSupported)
    }

    /// Takes changed options into account.
    fn configure(&mut self, _settings: &Settings) {}

    /// `ZMQ_XPUB_WELCOME_MSG`: what each new peer is sent from now on.
    fn welcome(&mut self, _msg: &[u8]) {}
}

/// The options that change how a pattern behaves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// `ZMQ_ROUTER_MANDATORY`: an unknown peer is an error.
    pub router_mandatory: bool,
    /// `ZMQ_ROUTER_HANDOVER`: a new peer takes over a routing id in use.
    pub router_handover: bool,
    /// `ZMQ_ROUTER_RAW`: peers pass bytes as they are, in messages of one frame.
    pub router_raw: bool,
    /// `ZMQ_REQ_RELAXED`: a request need not wait for the reply to the last.
    pub req_relaxed: bool,
    /// `ZMQ_REQ_CORRELATE`: requests are numbered.
    pub req_correlate: bool,
    /// `ZMQ_PROBE_ROUTER`: each new peer gets an empty message.
    pub probe_router: bool,
    /// `ZMQ_INVERT_MATCHING`: what does not match is what is wanted.
    pub invert_matching: bool,
    /// `ZMQ_XPUB_VERBOSE`: repeated subscriptions are told, too.
    pub xpub_verbose: bool,
    /// `ZMQ_XPUB_VERBOSER`: ends of subscriptions that others have still are told, too.
    pub xpub_verboser: bool,
    /// `ZMQ_XPUB_NODROP`: a send fails or waits where it would drop the message.
    pub xpub_nodrop: bool,
    /// `ZMQ_XPUB_MANUAL`: the application subscribes its peers.
    pub xpub_manual: bool,
    /// `ZMQ_XPUB_MANUAL_LAST_VALUE`: the next message goes to the last subscriber only.
    pub xpub_manual_last_value: bool,
    /// `ZMQ_ONLY_FIRST_SUBSCRIBE`: only the first frame can be a subscription.
    pub only_first_subscribe: bool,
    /// `ZMQ_XSUB_VERBOSE_UNSUBSCRIBE`: every end of a subscription is passed on.
    pub xsub_verbose_unsubscribe: bool,
    /// `ZMQ_RCVHWM`, for what a pattern keeps by itself; 0 for none.
    pub receive_mark: usize,
}

impl Settings {
    /// Lets a new peer know that we are there, if that is wanted.
    fn probe(&self, pipes: &mut Pipes, id: PipeId) {
        if self.probe_router && pipes[id].write(&mut Body::Bytes(&[]), false).is_ok() {
            pipes.leave_due(id);
        }
    }
}

/// The socket types that this build has.
pub enum Pattern {
    /// RFC 31, exclusive pair.
    Pair(Pair),
    /// RFC 30, pipeline.
    Push(Push),
    /// RFC 30, pipeline.
    Pull(Pull),
    /// RFC 28, request-reply.
    Req(Req),
    /// RFC 28, request-reply.
    Rep(Rep),
    /// RFC 28, request-reply.
    Dealer(Dealer),
    /// RFC 28, request-reply.
    Router(Router),
    /// RFC 29, publish-subscribe: PUB and XPUB.
    Publish(Box<Publish>),
    /// RFC 29, publish-subscribe: SUB and XSUB.
    Subscribe(Box<Subscribe>),
    /// Raw connections.
    Stream(Stream),
}

impl Pattern {
    /// The pattern of `socket_type`, if this build has it.
    pub fn new(socket_type: SocketType) -> Option<Pattern> {
        Some(match socket_type {
            SocketType::Pair => Pattern::Pair(Pair::default()),
            SocketType::Push => Pattern::Push(Push::default()),
            SocketType::Pull => Pattern::Pull(Pull::default()),
            SocketType::Req => Pattern::Req(Req::default()),
            SocketType::Rep => Pattern::Rep(Rep::default()),
            SocketType::Dealer => Pattern::Dealer(Dealer::default()),
            SocketType::Router => Pattern::Router(Router::default()),
            SocketType::Pub => Pattern::Publish(Box::new(Publish::silent())),
            SocketType::XPub => Pattern::Publish(Box::new(Publish::telling())),
            SocketType::Sub => Pattern::Subscribe(Box::new(Subscribe::filtering())),
            SocketType::XSub => Pattern::Subscribe(Box::new(Subscribe::raw())),
            SocketType::Stream => Pattern::Stream(Stream::default()),
            _ => return None,
        })
    }

    /// The rules, for what is not on a message's path.
    pub fn rules(&mut self) -> &mut dyn Rules {
        match self {
            Pattern::Pair(pattern) => pattern,
            Pattern::Push(pattern) => pattern,
            Pattern::Pull(pattern) => pattern,
            Pattern::Req(pattern) => pattern,
            Pattern::Rep(pattern) => pattern,
            Pattern::Dealer(pattern) => pattern,
            Pattern::Router(pattern) => pattern,
            Pattern::Publish(pattern) => &mut **pattern,
            Pattern::Subscribe(pattern) => &mut **pattern,
            Pattern::Stream(pattern) => pattern,
        }
    }

    /// Whether there is anything that is [absorbed](Rules::absorb).
    pub fn absorbs(&self) -> bool {
        matches!(self, Pattern::Publish(_))
    }

    /// Where a short message would go to now, and where one would be received from, as far
    /// as that is decided by nothing but whose turn it is, and only one can have it.
    pub fn ways(&self) -> (Option<PipeId>, Option<PipeId>) {
        match self {
            Pattern::Push(pattern) => (pattern.out.sole(), None),
            Pattern::Pull(pattern) => (None, pattern.incoming.sole()),
            Pattern::Dealer(pattern) => (pattern.out.sole(), pattern.incoming.sole()),
            Pattern::Pair(pattern) => pattern.ways(),
            _ => (None, None),
        }
    }

    /// Sends a whole message with a short body, where that takes no more than
    /// whose turn it is; otherwise nothing has happened.
    #[inline(always)]
    pub fn send_short(&mut self, pipes: &mut Pipes, body: &[u8]) -> Option<Sent> {
        let out = match self {
            Pattern::Push(pattern) => &mut pattern.out,
            Pattern::Dealer(pattern) => &mut pattern.out,
            _ => return self.send_short_by_rule(pipes, body),
        };
        out.send_short(pipes, &[], body)
    }

    /// The same where there is more to it than a turn.
    #[inline(never)]
    fn send_short_by_rule(&mut self, pipes: &mut Pipes, body: &[u8]) -> Option<Sent> {
        match self {
            Pattern::Pair(pattern) => pattern.send_short(pipes, body),
            Pattern::Req(pattern) => pattern.send_short(pipes, body),
            Pattern::Rep(pattern) => pattern.send_short(pipes, body),
            Pattern::Router(pattern) => pattern.send_short(pipes, body),
            _ => None,
        }
    }

    /// Receives a frame with a short body, in the same way.
    #[inline(always)]
    pub fn recv_short(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        let incoming = match self {
            Pattern::Pull(pattern) => &mut pattern.incoming,
            Pattern::Dealer(pattern) => &mut pattern.incoming,
            Pattern::Subscribe(pattern) => return pattern.recv_short(pipes, taker),
            _ => return self.recv_short_by_rule(pipes, taker),
        };
        incoming.recv_short(pipes, taker)
    }

    /// The same where there is more to it than a turn.
    #[inline(never)]
    fn recv_short_by_rule(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        match self {
            Pattern::Pair(pattern) => pattern.recv_short(pipes, taker),
            Pattern::Req(pattern) => pattern.recv_short(pipes, taker),
            Pattern::Rep(pattern) => pattern.recv_short(pipes, taker),
            Pattern::Router(pattern) => pattern.recv_short(pipes, taker),
            _ => None,
        }
    }

    /// See [`Rules::send`].
    #[inline(always)]
    pub fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<Sent> {
        match self {
            Pattern::Push(pattern) => pattern.send(pipes, body, more, effort),
            Pattern::Publish(pattern) => pattern.send(pipes, body, more, effort),
            _ => self.rules().send(pipes, body, more, effort),
        }
    }

    /// See [`Rules::recv`].
    #[inline(always)]
    pub fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        match self {
            Pattern::Pull(pattern) => pattern.recv(pipes, reading, sink),
            _ => self.rules().recv(pipes, reading, sink),
        }
    }
}
