//! The life of one peer: connecting, shaking hands, being there, reconnecting,
//! leaving.
//!
//! A session belongs to one I/O thread. While the connection is up the session
//! has nothing to do: both halves of the link are worked by whoever comes. It
//! is asked again when the kernel is full, when the connection is lost, and
//! when the socket wants it closed.

mod connecting;
mod leaving;
mod losing;
mod shaking;

use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use super::Token;
use super::monitor::{Ends, Event, Monitor};
use crate::link::{Conn, Limits, Link, OutWriter, Owner, Pool};
use crate::sys::Instant;
use crate::transport::{Address, Proxy, Socks, Stream, StreamOptions};
use crate::zmtp::{Config, Handshake, HeartbeatConfig, ProtocolError, Raw};

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
    /// The monitor knows that the present connection's handshake has succeeded.
    greeted: bool,
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
            greeted: false,
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
            greeted: false,
            closing: None,
        }
    }

    /// Whether the socket has been told of the peer.
    pub fn is_attached(&self) -> bool {
        self.writer.is_none()
    }

    /// Whether there is to be a connection that the link does not have yet.
    pub fn is_shaking(&self) -> bool {
        matches!(
            self.phase,
            Phase::Connecting(_) | Phase::Asking(..) | Phase::Shaking(..)
        )
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

fn in_progress(error: &std::io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EINPROGRESS | libc::EAGAIN | libc::EALREADY)
    )
}
