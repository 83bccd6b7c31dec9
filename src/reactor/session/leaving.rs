//! The end of a session: what is left is sent while the socket lingers.

use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use super::{After, Drain, FORGET, Loss, Phase, Session};
use crate::link::{Conn, Linger};
use crate::sys::Instant;
use crate::transport::Stream;

/// How long a closing connection waits for a peer that takes nothing more.
const STALLED: Duration = Duration::from_secs(1);

impl Session {
    /// The socket is through with the peer: what is left is sent while
    /// `linger` lasts.
    pub fn close(&mut self, linger: Linger) -> After {
        self.link.with_fill(|half| half.inbox.discard());
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
    pub(super) fn begin_draining(&mut self, conn: Arc<Conn>) -> After {
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
    pub(super) fn drain(&mut self) -> After {
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
