//! What follows when a connection, or the attempt at one, has failed.

use std::os::fd::AsRawFd;
use std::time::Duration;

use super::{After, FORGET, Loss, Phase, Retries, Session};
use crate::link::{Limits, Link};
use crate::reactor::monitor::Event;
use crate::sys::Instant;
use crate::zmtp::Report;

/// Bits of `ZMQ_RECONNECT_STOP`: when there is no further attempt.
const STOP_REFUSED: i32 = 1;
const STOP_HANDSHAKE_FAILED: i32 = 2;
const STOP_AFTER_DISCONNECT: i32 = 4;

impl Session {
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

    /// Whether the descriptor of the connection was closed behind our back.
    pub fn is_gone(&self) -> bool {
        match &self.phase {
            Phase::Connecting(stream) | Phase::Asking(stream, _) | Phase::Shaking(stream, ..) => {
                stream.is_gone()
            }
            Phase::Up(conn) | Phase::Draining(conn, _) => conn.stream.is_gone(),
            Phase::Waiting | Phase::Resolving | Phase::Over => false,
        }
    }

    /// It was.
    pub fn gone(&mut self) -> After {
        self.lose(Loss::Io(libc::EBADF))
    }

    /// An attempt to connect has failed: the next address, if there is one.
    pub(super) fn give_up(&mut self, errno: i32) -> After {
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
                if let (false, Loss::Io(errno)) = (self.greeted, loss) {
                    // libzmq takes what had no mechanism for a handshake without an end.
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
            Loss::Io(libc::ECONNREFUSED) if self.link.has_parted() => {
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
    pub(super) fn lose(&mut self, loss: Loss) -> After {
        let was_up = matches!(self.phase, Phase::Up(_) | Phase::Draining(..));
        if was_up {
            // Before it is told: what is sent then waits for the next connection.
            self.disconnect();
        }
        self.report_loss(&loss);
        if self.is_gone() {
            // What else is gone, before its number goes to the next connection?
            self.link.background().complain();
        }
        let retries = self.retries(&loss);
        let was_made = was_up || matches!(self.phase, Phase::Shaking(..));
        self.enter(Phase::Waiting);
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
    pub(super) fn disconnect(&mut self) {
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
}
