//! The life of one peer: connecting, shaking hands, being there, reconnecting,
//! leaving.
//!
//! A session belongs to one I/O thread. While the connection is up the session
//! has nothing to do: both halves of the link are worked by whoever comes. It
//! is asked again when the kernel is full, when the connection is lost, and
//! when the socket wants it closed.

use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use mio::Token;

use super::monitor::{Ends, Event, Monitor};
use crate::error::Result;
use crate::link::{Arrival, Conn, Limits, Linger, Link, OutWriter, Owner, Pool, Pulse, Side};
use crate::message::Metadata;
use crate::sys::Instant;
use crate::transport::{Address, ConnectState, Proxy, Socks, Stream, StreamOptions, TcpAddress};
use crate::zmtp::{
    Config, Handshake, HeartbeatConfig, Peer, ProtocolError, Raw, Report, Version, Wire,
};

/// How long a closing connection waits for a peer that takes nothing more.
const STALLED: Duration = Duration::from_secs(1);

const STOP_REFUSED: i32 = 1;
const STOP_HANDSHAKE_FAILED: i32 = 2;
const STOP_AFTER_DISCONNECT: i32 = 4;

/// How a socket meets its peers: everything that its connections are made with.
pub struct Peering {
    /// Whom links report to.
    pub owner: Arc<dyn Owner>,
    /// What we tell peers in the handshake.
    pub handshake: Config,
    /// Instead of a handshake: bytes are passed as they are.
    pub raw: Option<Raw>,
    /// What connections ask of the operating system.
    pub stream: StreamOptions,
    /// What links are made with.
    pub limits: Limits,
    /// Receive buffers.
    pub pool: Pool,
    /// How long a handshake may take; zero for no limit.
    pub handshake_limit: Duration,
    /// How long connecting may take; zero leaves it to the operating system.
    pub connect_limit: Duration,
    /// How we find out whether a peer is still there.
    pub heartbeat: HeartbeatConfig,
    /// Milliseconds between two attempts to connect; no second attempt if not
    /// positive.
    pub reconnect: i32,
    /// Further conditions for no second attempt: bits of `ZMQ_RECONNECT_STOP`.
    pub reconnect_stop: i32,
    /// What they grow to, doubling; zero for no growth.
    pub reconnect_most: i32,
    /// Whether IPv6 addresses are wanted.
    pub ipv6: bool,
    /// What connections over tcp go through.
    pub proxy: Option<Proxy>,
    /// The socket has a pipe to the peer only while the connection is up.
    pub immediate: bool,
    /// What is said of connections in the messages' queues.
    pub notes: super::Notes,
    /// Whom events are reported to.
    pub monitor: Arc<dyn Monitor>,
    /// Dropped when the last connection is gone.
    pub keep: Arc<dyn Send + Sync>,
}

/// A connecting endpoint.
pub struct Connector {
    /// The link that the socket has attached already.
    pub link: Arc<Link>,
    /// The producing end of its outbox, if the socket has not.
    pub writer: Option<OutWriter>,
    /// Where to connect to.
    pub address: Address,
    /// The same in the application's words.
    pub endpoint: String,
    /// How.
    pub peering: Arc<Peering>,
}

/// Where a session is in its life.
enum Phase {
    /// Nothing until the timer.
    Waiting,
    /// A name is being looked up.
    Resolving,
    /// The connection is not established yet.
    Connecting(Stream),
    /// The proxy is asked for a way to the peer.
    Asking(Stream, Box<Socks>),
    /// The two ends get to know each other.
    Shaking(Stream, Box<Handshake>, Vec<u8>),
    /// The link has it.
    Up(Arc<Conn>),
    /// The socket is through with it.
    Draining(Arc<Conn>, Drain),
    /// The session is over.
    Over,
}

/// Why there is no connection.
enum Loss {
    /// An error of the operating system, or of time.
    Io(i32),
    /// The peer did not shake hands as it should.
    Protocol(ProtocolError),
    /// The peer broke the protocol later.
    Broken,
}

/// Whether there is another attempt.
#[derive(PartialEq, Eq)]
enum Retries {
    Yes,
    /// Not after this loss.
    Stopped,
    /// `RECONNECT_IVL` says that there never is one.
    Never,
}

/// How far a closing connection is.
struct Drain {
    shut: bool,
    pause: Duration,
    unsent: usize,
    moved_at: Instant,
}

/// Instead of a descriptor to watch: none, and the one before may be closed.
pub(super) const FORGET: RawFd = -2;

/// What the event loop has to do after a step.
#[derive(Default)]
pub(super) struct After {
    /// The descriptor to watch now, where that has changed.
    pub watch: Option<RawFd>,
    /// When to come back.
    pub timer: Option<Instant>,
    /// A name to look up.
    pub resolve: bool,
    /// Remove the session.
    pub over: bool,
}

/// One peer's session.
pub(super) struct Session {
    pub link: Arc<Link>,
    pub token: Token,
    /// Counts changes of phase, so that older timers are ignored.
    pub stamp: u64,
    /// The endpoint that the peer came by, where that has a number, or 0.
    pub origin: u64,
    writer: Option<OutWriter>,
    peering: Arc<Peering>,
    address: Option<Address>,
    candidates: Vec<SocketAddr>,
    pause: i32,
    phase: Phase,
    /// When heartbeats want to be looked at.
    beat_at: Option<Instant>,
    /// What the present connection goes by.
    ends: Ends,
    /// Set when the socket is through: when to give up, if ever.
    closing: Option<Option<Instant>>,
}

impl Session {
    /// A session that is going to connect.
    pub fn connecting(connector: Connector, token: Token) -> Session {
        let Connector {
            link,
            writer,
            address,
            endpoint,
            peering,
        } = connector;
        let pause = peering.reconnect;
        let ends = Ends {
            remote: endpoint,
            ..Ends::default()
        };
        Session {
            origin: link.origin(),
            link,
            token,
            stamp: 0,
            writer,
            peering,
            address: Some(address),
            candidates: Vec::new(),
            pause,
            phase: Phase::Waiting,
            beat_at: None,
            ends,
            closing: None,
        }
    }

    /// A session with a connection that was accepted.
    pub fn accepted(
        link: Arc<Link>,
        writer: OutWriter,
        peering: Arc<Peering>,
        token: Token,
    ) -> Session {
        Session {
            origin: link.origin(),
            link,
            token,
            stamp: 0,
            writer: Some(writer),
            peering,
            address: None,
            candidates: Vec::new(),
            pause: 0,
            phase: Phase::Waiting,
            beat_at: None,
            ends: Ends::default(),
            closing: None,
        }
    }

    /// Whether the socket has been told of the peer.
    pub fn is_attached(&self) -> bool {
        self.writer.is_none()
    }

    /// The descriptor of the connection that the link has.
    pub fn up_fd(&self) -> Option<RawFd> {
        match &self.phase {
            Phase::Up(conn) | Phase::Draining(conn, _) => Some(conn.as_raw_fd()),
            _ => None,
        }
    }

    /// Tells the monitor.
    fn report(&self, event: Event, value: u64) {
        self.peering.monitor.report(event, value, &self.ends);
    }

    fn enter(&mut self, phase: Phase) {
        self.stamp += 1;
        self.phase = phase;
    }

    // -------------------------------------------------------- connecting

    /// Begins an attempt to connect.
    pub fn connect(&mut self) -> After {
        let resolved = match &self.address {
            Some(Address::Tcp(tcp)) => match self.next_hop(tcp) {
                Some(hop) => hop.resolved_now(self.peering.ipv6),
                None => return self.lose(Loss::Io(libc::EINVAL)),
            },
            Some(Address::Ipc(_)) => Some(Vec::new()),
            _ => return self.lose(Loss::Io(libc::EINVAL)),
        };
        match resolved {
            Some(candidates) => self.try_candidates(candidates),
            None => {
                self.enter(Phase::Resolving);
                After {
                    resolve: true,
                    ..After::default()
                }
            }
        }
    }

    /// The address to look up, for a thread that may wait for it.
    pub fn lookup(&self) -> Option<(Address, bool)> {
        let address = match self.address.as_ref()? {
            Address::Tcp(tcp) => Address::Tcp(self.next_hop(tcp)?.clone()),
            address => address.clone(),
        };
        Some((address, self.peering.ipv6))
    }

    /// Whom to connect to for a peer at `tcp`: the proxy, if there is one.
    fn next_hop<'a>(&'a self, tcp: &'a TcpAddress) -> Option<&'a TcpAddress> {
        match &self.peering.proxy {
            Some(proxy) => proxy.address.as_ref(),
            None => Some(tcp),
        }
    }

    /// The name was looked up.
    pub fn resolved(&mut self, stamp: u64, found: Result<Vec<SocketAddr>>) -> After {
        if stamp != self.stamp || !matches!(self.phase, Phase::Resolving) {
            return After::default();
        }
        match found {
            Ok(candidates) => self.try_candidates(candidates),
            Err(error) => self.lose(Loss::Io(error.errno())),
        }
    }

    fn try_candidates(&mut self, mut candidates: Vec<SocketAddr>) -> After {
        candidates.reverse();
        self.candidates = candidates;
        self.try_next()
    }

    /// Tries addresses in order until one connects or takes its time.
    fn try_next(&mut self) -> After {
        let mut errno = libc::EADDRNOTAVAIL;
        loop {
            let attempt = match &self.address {
                Some(Address::Ipc(ipc)) => Stream::connect_ipc(ipc),
                Some(Address::Tcp(tcp)) => {
                    let Some(candidate) = self.candidates.pop() else {
                        return self.lose(Loss::Io(errno));
                    };
                    let hop = self.next_hop(tcp).unwrap_or(tcp);
                    let source = hop.source(self.peering.ipv6);
                    source
                        .map_err(|error| std::io::Error::from_raw_os_error(error.errno()))
                        .and_then(|source| {
                            Stream::connect_tcp(candidate, source, &self.peering.stream)
                        })
                }
                _ => return self.lose(Loss::Io(libc::EINVAL)),
            };
            errno = match attempt {
                Ok((stream, ConnectState::Done)) => return self.connected(stream),
                Ok((stream, ConnectState::InProgress)) => {
                    let watch = Some(stream.as_raw_fd());
                    self.report(Event::ConnectDelayed, libc::EINPROGRESS as u64);
                    self.enter(Phase::Connecting(stream));
                    let limit = self.peering.connect_limit;
                    let timer = (limit > Duration::ZERO).then(|| Instant::now().after(limit));
                    return After {
                        watch,
                        timer,
                        ..After::default()
                    };
                }
                Ok((stream, ConnectState::Failed(errno))) => {
                    self.closed(&stream);
                    errno
                }
                Err(error) => error.raw_os_error().unwrap_or(libc::EIO),
            };
            if self.candidates.is_empty() {
                return self.lose(Loss::Io(errno));
            }
        }
    }

    /// An attempt is over.
    fn closed(&self, stream: &Stream) {
        self.report(Event::Closed, stream.as_raw_fd() as u64);
    }

    // --------------------------------------------------------- the proxy

    /// There is a connection to the peer, or to the proxy on the way to it.
    fn connected(&mut self, stream: Stream) -> After {
        let (Some(Address::Tcp(target)), Some(proxy)) = (&self.address, &self.peering.proxy) else {
            return self.shake(stream);
        };
        let socks = match Socks::new(target, proxy.login.clone()) {
            Ok(socks) => Box::new(socks),
            Err(error) => {
                self.closed(&stream);
                return self.lose(Loss::Io(error.errno()));
            }
        };
        let watch = Some(stream.as_raw_fd());
        self.enter(Phase::Asking(stream, socks));
        let timer = self.handshake_timer();
        let after = self.ask();
        if !matches!(self.phase, Phase::Asking(..)) {
            return after;
        }
        After {
            watch,
            timer,
            ..after
        }
    }

    /// One round of reading and writing with the proxy.
    fn ask(&mut self) -> After {
        let Phase::Asking(stream, socks) = &mut self.phase else {
            return After::default();
        };
        let mut input = [const { MaybeUninit::<u8>::uninit() }; 512];
        while socks.wanted() > 0 {
            let wanted = socks.wanted().min(input.len());
            let read = write_out(stream, socks.output())
                .and_then(|()| read_some(stream, &mut input[..wanted]));
            let answer = match read {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return After::default(),
                Err(errno) => return self.lose(Loss::Io(errno)),
            };
            if let Err(errno) = socks.handle(answer) {
                return self.lose(Loss::Io(errno));
            }
        }
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Asking(stream, _) => self.shake(stream),
            _ => unreachable!("just matched"),
        }
    }

    // --------------------------------------------------- shaking hands

    /// Begins the handshake on a fresh connection.
    pub fn shake(&mut self, stream: Stream) -> After {
        let fd = stream.as_raw_fd();
        let watch = Some(fd);
        self.ends.local = stream.local_endpoint();
        if self.address.is_some() {
            self.report(Event::Connected, fd as u64);
        } else {
            self.ends.remote = stream.peer_endpoint();
            self.ends.bound = true;
            self.report(Event::Accepted, fd as u64);
        }
        if let Some(raw) = self.peering.raw {
            return self.attach(stream, Peer::unknown(), Vec::new(), &[], Some(raw.wire()));
        }
        let handshake = Handshake::new(self.peering.handshake.clone());
        self.enter(Phase::Shaking(stream, Box::new(handshake), Vec::new()));
        let timer = self.handshake_timer();
        let mut after = self.progress();
        if after.over || !matches!(self.phase, Phase::Shaking(..)) {
            return after;
        }
        after.watch = watch;
        after.timer = timer;
        after
    }

    fn handshake_timer(&self) -> Option<Instant> {
        let limit = self.peering.handshake_limit;
        (limit > Duration::ZERO).then(|| Instant::now().after(limit))
    }

    /// The descriptor may be readable or writable.
    pub fn progress(&mut self) -> After {
        match &mut self.phase {
            Phase::Connecting(stream) => match stream.finish_connect(&self.peering.stream) {
                Ok(()) => {
                    let Phase::Connecting(stream) = std::mem::replace(&mut self.phase, Phase::Over)
                    else {
                        unreachable!("just matched")
                    };
                    self.connected(stream)
                }
                Err(error) if in_progress(&error) => After::default(),
                Err(error) => self.give_up(error.raw_os_error().unwrap_or(libc::EIO)),
            },
            Phase::Asking(..) => self.ask(),
            Phase::Shaking(..) => self.exchange(),
            Phase::Up(_) => {
                if self.link.is_full() {
                    self.link.resume_writing();
                }
                After::default()
            }
            Phase::Draining(..) => self.drain(),
            Phase::Waiting | Phase::Resolving | Phase::Over => After::default(),
        }
    }

    /// One round of reading and writing within the handshake.
    fn exchange(&mut self) -> After {
        let Phase::Shaking(stream, handshake, output) = &mut self.phase else {
            return After::default();
        };
        let mut input = [const { MaybeUninit::<u8>::uninit() }; 4096];
        loop {
            if let Err(errno) = send_output(stream, handshake, output) {
                return self.lose(Loss::Io(errno));
            }
            let input = match read_some(stream, &mut input) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return After::default(),
                Err(errno) => return self.lose(Loss::Io(errno)),
            };
            let mut at = 0;
            while at < input.len() && handshake.peer().is_none() {
                match handshake.handle(&input[at..]) {
                    Ok(used) => at += used,
                    Err(error) => {
                        // The peer is to learn why, if it can.
                        let _ = send_output(stream, handshake, output);
                        return self.lose(Loss::Protocol(error));
                    }
                }
            }
            if handshake.peer().is_some() {
                if let Err(errno) = send_output(stream, handshake, output) {
                    return self.lose(Loss::Io(errno));
                }
                return self.arrive(&input[at..]);
            }
        }
    }

    /// The handshake is done.
    fn arrive(&mut self, rest: &[u8]) -> After {
        let Phase::Shaking(stream, handshake, output) =
            std::mem::replace(&mut self.phase, Phase::Over)
        else {
            return After::default();
        };
        let peer = handshake.peer().cloned().expect("the handshake is done");
        let wire = handshake.wire();
        if wire.is_some() && !output.is_empty() {
            // A kernel without room for a routing id has none for messages.
            return self.lose(Loss::Io(libc::ENOBUFS));
        }
        self.attach(stream, peer, output, rest, wire)
    }

    /// The link gets the connection, with what is still to be written of the
    /// handshake and what was read behind it; the socket hears of the peer.
    fn attach(
        &mut self,
        stream: Stream,
        peer: Peer,
        output: Vec<u8>,
        rest: &[u8],
        wire: Option<Wire>,
    ) -> After {
        let metadata = describe(&stream, &peer);
        let conn = Arc::new(Conn::new(stream, metadata));
        let (encode, decode) = wire.map(|wire| (wire.encode, wire.decode)).unzip();
        self.pause = self.peering.reconnect;
        self.link.with_flush(|half| {
            half.connect(conn.clone(), encode);
            half.queue_command(&output);
            if self.peering.raw.is_none() {
                self.peering.notes.greet(half);
            }
        });
        if self.is_closing() {
            // The socket has gone meanwhile, and left something to be sent.
            self.report_handshake();
            return self.begin_draining(conn);
        }
        self.enter(Phase::Up(conn.clone()));
        let heartbeat = self.peering.heartbeat;
        let hears = self.peering.raw.is_none() && peer.version >= Version::V3_0;
        let beats = !heartbeat.interval.is_zero() && hears;
        let noted = self.link.with_fill(|half| {
            half.connect(conn.clone(), decode);
            half.pulse = beats.then(|| Box::new(Pulse::new(heartbeat)));
            self.peering.notes.arrival(half)
        });
        let broken = noted.and_then(|()| self.link.feed(rest)).is_err();
        let arrival = Arrival {
            link: self.link.clone(),
            conn,
            peer,
            writer: self.writer.take(),
        };
        self.link.owner().arrived(arrival);
        self.report_handshake();
        if broken {
            return self.lose(Loss::Broken);
        }
        self.link.flush(Side::Background);
        After {
            watch: Some(-1),
            ..self.beat()
        }
    }

    /// Does what heartbeats ask for now, and finds out when the next is due.
    fn beat(&mut self) -> After {
        self.beat_at = None;
        let Some(again) = self.link.beat() else {
            return self.lose(Loss::Io(libc::ETIMEDOUT));
        };
        self.beat_at = again.map(|again| Instant::now().after(again));
        After {
            timer: self.beat_at,
            ..After::default()
        }
    }

    /// Tells the monitor of a handshake, if there was one.
    fn report_handshake(&self) {
        if self.peering.raw.is_none() {
            self.report(Event::HandshakeSucceeded, 0);
        }
    }

    /// A heartbeat of the connection with this number is due earlier than it was.
    pub fn hurry(&mut self, conn: u64) -> After {
        match &self.phase {
            Phase::Up(now) if now.number() == conn => self.beat(),
            _ => After::default(),
        }
    }

    // ------------------------------------------------------------ losing

    /// The link has noticed that the connection with this number is over.
    pub fn down(&mut self, conn: u64, broken: bool) -> After {
        match &self.phase {
            Phase::Up(now) | Phase::Draining(now, _) if now.number() == conn => {
                self.lose(if broken {
                    Loss::Broken
                } else {
                    Loss::Io(libc::EPIPE)
                })
            }
            _ => After::default(),
        }
    }

    /// An attempt to connect has failed: the next address, if there is one.
    fn give_up(&mut self, errno: i32) -> After {
        if self.candidates.is_empty() {
            return self.lose(Loss::Io(errno));
        }
        if let Phase::Connecting(stream) = &self.phase {
            self.closed(stream);
        }
        self.try_next()
    }

    /// Reports that the connection, or the attempt at one, has failed.
    fn report_loss(&self, loss: &Loss) {
        match &self.phase {
            Phase::Connecting(stream) | Phase::Asking(stream, _) => self.closed(stream),
            Phase::Shaking(stream, ..) => {
                match loss {
                    Loss::Io(errno) => {
                        self.report(Event::HandshakeFailedNoDetail, *errno as u64);
                    }
                    Loss::Protocol(error) => match error.report() {
                        Report::Protocol(code) => {
                            self.report(Event::HandshakeFailedProtocol, code as u64);
                        }
                        Report::Auth(status) => {
                            self.report(Event::HandshakeFailedAuth, status.into());
                        }
                        Report::Nothing => {}
                    },
                    Loss::Broken => {}
                }
                self.report(Event::Disconnected, stream.as_raw_fd() as u64);
            }
            Phase::Up(conn) => {
                if let (Some(_), Loss::Io(errno)) = (self.peering.raw, loss) {
                    // libzmq tells of every handshake that is not complete.
                    self.report(Event::HandshakeFailedNoDetail, *errno as u64);
                }
                self.report(Event::Disconnected, conn.as_raw_fd() as u64);
            }
            Phase::Waiting | Phase::Resolving | Phase::Draining(..) | Phase::Over => {}
        }
    }

    /// Whether a loss of this kind, in this phase, is worth another attempt. A
    /// peer that breaks the protocol would do so again.
    fn retries(&self, loss: &Loss) -> Retries {
        let stops = |condition| self.peering.reconnect_stop & condition != 0;
        let stopped = match loss {
            Loss::Protocol(_) | Loss::Broken => true,
            Loss::Io(libc::ECONNREFUSED) if self.is_closing() => {
                stops(STOP_REFUSED | STOP_AFTER_DISCONNECT)
            }
            Loss::Io(libc::ECONNREFUSED) => stops(STOP_REFUSED),
            Loss::Io(_) if matches!(self.phase, Phase::Shaking(..)) => stops(STOP_HANDSHAKE_FAILED),
            Loss::Io(_) => false,
        };
        match self.peering.reconnect > 0 {
            _ if stopped => Retries::Stopped,
            true => Retries::Yes,
            false => Retries::Never,
        }
    }

    /// The connection, or the attempt at one, has failed.
    fn lose(&mut self, loss: Loss) -> After {
        self.report_loss(&loss);
        let retries = self.retries(&loss);
        let was_up = matches!(self.phase, Phase::Up(_) | Phase::Draining(..));
        let was_made = was_up || matches!(self.phase, Phase::Shaking(..));
        self.enter(Phase::Waiting);
        if was_up {
            self.disconnect();
        }
        if was_up && !self.is_closing() {
            let (notes, made) = (&self.peering.notes, self.address.is_some());
            // Without memory it goes unsaid.
            let _ = self.link.with_fill(|half| notes.loss(half, made));
        }
        let attached = self.is_attached();
        let again = self.address.is_some() && retries == Retries::Yes;
        if retries == Retries::Never && !was_made && self.closing.is_none() {
            // Nobody was there the only time. The socket keeps its pipe.
            return After {
                watch: Some(FORGET),
                ..After::default()
            };
        }
        let anew = again && self.peering.immediate;
        if attached && (was_up || !again) && self.closing.is_none() {
            self.link.owner().departed(&self.link, !again || anew);
            if anew {
                self.begin_anew();
            }
        }
        let expired = self.closing.is_some_and(|limit| {
            self.link.is_clean() || limit.is_some_and(|limit| limit <= Instant::now())
        });
        if !again || expired {
            return self.end();
        }
        self.ends.local.clear();
        After {
            watch: Some(FORGET),
            timer: Some(self.next_attempt()),
            ..After::default()
        }
    }

    /// Leaves the link to the socket, which may still read from it, and goes on
    /// with another.
    fn begin_anew(&mut self) {
        let peering = &self.peering;
        let limits = Limits {
            origin: self.origin,
            ..peering.limits
        };
        let background = self.link.background().clone();
        let (link, writer) = Link::new(
            peering.owner.clone(),
            background,
            peering.pool.clone(),
            limits,
        );
        (self.link, self.writer) = (link, Some(writer));
    }

    /// Takes the connection away from both halves.
    fn disconnect(&mut self) {
        let link = self.link.clone();
        let mut spent = Vec::new();
        let wake = link.with_flush(|half| half.disconnect(&mut spent));
        // Afterwards: whoever had the right may have found the kernel full.
        link.clear_full();
        let conn = link.with_fill(|half| half.disconnect());
        if let Some(conn) = conn {
            // Whoever still reads sees the end.
            let _ = conn.stream.shutdown_both();
        }
        if wake {
            link.owner().writable(link.pipe());
        }
    }

    /// When to try again: a random part above the interval spreads the load.
    fn next_attempt(&mut self) -> Instant {
        let base = self.peering.reconnect;
        let now = self.pause;
        let spread = (crate::process::random() % base.max(1) as u64) as i32;
        if self.peering.reconnect_most > base {
            self.pause = now.saturating_mul(2).min(self.peering.reconnect_most);
        }
        let pause = u64::from(now.saturating_add(spread).unsigned_abs());
        self.report(Event::ConnectRetried, pause);
        let at = Instant::now().after(Duration::from_millis(pause));
        match self.closing {
            Some(Some(limit)) => at.min(limit),
            _ => at,
        }
    }

    /// A timer of the present phase is due.
    pub fn timer(&mut self) -> After {
        if let Some(Some(limit)) = self.closing
            && limit <= Instant::now()
        {
            return self.end();
        }
        match &self.phase {
            Phase::Waiting => self.connect(),
            Phase::Connecting(_) => self.give_up(libc::ETIMEDOUT),
            Phase::Asking(..) | Phase::Shaking(..) => self.lose(Loss::Io(libc::ETIMEDOUT)),
            Phase::Draining(..) => self.drain(),
            // Of several timers only the last one set counts.
            Phase::Up(_) if self.beat_at.is_some_and(|at| at <= Instant::now()) => self.beat(),
            Phase::Resolving | Phase::Up(_) | Phase::Over => After::default(),
        }
    }

    // ----------------------------------------------------------- leaving

    /// The socket is through with the peer: what is left is sent while
    /// `linger` lasts.
    pub fn close(&mut self, linger: Linger) -> After {
        self.link.with_fill(|half| half.discard());
        if self.is_closing() {
            return After::default();
        }
        self.begin_closing(linger)
    }

    fn begin_closing(&mut self, linger: Linger) -> After {
        let limit = match linger {
            Linger::Forever => None,
            Linger::For(milliseconds) => {
                Some(Instant::now().after(Duration::from_millis(milliseconds)))
            }
        };
        self.closing = Some(limit);
        let idle = matches!(self.phase, Phase::Waiting) && self.peering.reconnect <= 0;
        let nothing_left = self.link.is_clean() || linger == Linger::NONE || idle;
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Up(conn) if linger != Linger::NONE => {
                self.link.with_fill(|half| half.conn = None);
                self.begin_draining(conn)
            }
            phase if nothing_left || self.address.is_none() => {
                self.phase = phase;
                self.end()
            }
            phase => {
                self.phase = phase;
                After {
                    timer: limit,
                    ..After::default()
                }
            }
        }
    }

    /// Whether the socket is through with the peer.
    pub fn is_closing(&self) -> bool {
        self.closing.is_some()
    }

    /// The endpoint that the peer came by is gone, and the peer with it. What
    /// has been received from it stays.
    pub fn dismiss(&mut self, linger: Linger) -> After {
        if !self.is_attached() {
            return self.end();
        }
        self.link.owner().departed(&self.link, true);
        if self.is_closing() {
            return After::default();
        }
        self.begin_closing(linger)
    }

    /// Sends what is left on a connection that nobody reads from any more.
    fn begin_draining(&mut self, conn: Arc<Conn>) -> After {
        let watch = Some(conn.as_raw_fd());
        let moved_at = Instant::now();
        let pause = Duration::from_millis(1);
        let drain = Drain {
            shut: false,
            pause,
            unsent: usize::MAX,
            moved_at,
        };
        self.enter(Phase::Draining(conn, drain));
        let mut after = self.drain();
        if !after.over {
            after.watch = watch;
        }
        after
    }

    /// A step towards the end of a closing connection.
    fn drain(&mut self) -> After {
        self.link.resume_writing();
        let clean = self.link.is_clean();
        let Phase::Draining(conn, drain) = &mut self.phase else {
            return After::default();
        };
        let now = Instant::now();
        if clean && !drain.shut {
            drain.shut = true;
            let _ = conn.stream.shutdown_write();
        }
        // What the peer still sends is discarded: closing with unread bytes
        // would make the kernel destroy what is under way to it.
        let ended = discard_input(&conn.stream);
        let unsent = conn.stream.unsent().unwrap_or(0);
        if unsent != drain.unsent || !clean {
            drain.unsent = unsent;
            drain.moved_at = now;
        }
        let stalled = now.since(drain.moved_at) > STALLED;
        let local = matches!(conn.stream, Stream::Ipc(_));
        if drain.shut && (ended || local || unsent == 0 || stalled) {
            return self.end();
        }
        if ended && !drain.shut {
            return self.lose(Loss::Io(libc::EPIPE));
        }
        drain.pause = (drain.pause * 2).min(Duration::from_millis(20));
        let at = now.after(drain.pause);
        let at = match self.closing {
            Some(Some(limit)) => at.min(limit),
            _ => at,
        };
        After {
            timer: Some(at),
            ..After::default()
        }
    }

    /// The session is over; nothing of it is kept.
    pub fn end(&mut self) -> After {
        if let Phase::Connecting(stream) | Phase::Asking(stream, _) = &self.phase {
            self.closed(stream);
        }
        self.disconnect();
        self.enter(Phase::Over);
        After {
            over: true,
            watch: Some(FORGET),
            ..After::default()
        }
    }
}

/// Writes what the handshake has to say; an errno if the connection failed.
fn send_output(
    stream: &Stream,
    handshake: &mut Handshake,
    output: &mut Vec<u8>,
) -> std::result::Result<(), i32> {
    while let Some(bytes) = handshake.poll_output() {
        output.extend_from_slice(&bytes);
    }
    write_out(stream, output)
}

/// Writes what the kernel takes of it; an errno if the connection failed.
fn write_out(stream: &Stream, output: &mut Vec<u8>) -> std::result::Result<(), i32> {
    while !output.is_empty() {
        match stream.send_vectored(&[std::io::IoSlice::new(output)]) {
            Ok(count) => drop(output.drain(..count)),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error.raw_os_error().unwrap_or(libc::EIO)),
        }
    }
    Ok(())
}

/// Reads what is there, if there is anything; an errno if the connection failed or
/// has ended.
fn read_some<'a>(
    stream: &Stream,
    buffer: &'a mut [MaybeUninit<u8>],
) -> std::result::Result<Option<&'a [u8]>, i32> {
    match stream.read(buffer) {
        Ok(0) => Err(libc::EPIPE),
        // SAFETY: the kernel has filled `count` bytes.
        Ok(count) => Ok(Some(unsafe {
            std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), count)
        })),
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error.raw_os_error().unwrap_or(libc::EIO)),
    }
}

/// Reads and forgets, within bounds; says whether the stream has ended.
fn discard_input(stream: &Stream) -> bool {
    let mut scratch = [const { MaybeUninit::<u8>::uninit() }; 16 * 1024];
    for _ in 0..64 {
        match stream.read(&mut scratch) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
        }
    }
    false
}

fn in_progress(error: &std::io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EINPROGRESS | libc::EAGAIN | libc::EALREADY)
    )
}

/// What messages from this peer tell of it.
fn describe(stream: &Stream, peer: &Peer) -> Arc<Metadata> {
    let mut metadata = Metadata::new();
    for (name, value) in &peer.properties {
        metadata.insert(name.as_bytes(), value);
    }
    metadata.insert(b"Peer-Address", stream.peer_address().as_bytes());
    metadata.set_fd(stream.as_raw_fd());
    Arc::new(metadata)
}
