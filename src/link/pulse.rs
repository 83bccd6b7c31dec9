//! The heartbeats of one connection, between those who read from it and the I/O
//! thread that keeps its time.
//!
//! Whoever reads tells of traffic and of PINGs. The I/O thread comes by when it
//! said it would, writes the PING that is due, and finds out whether the peer has
//! gone silent. Traffic only ever puts a deadline off, so nobody calls the thread
//! for it: it comes, finds that it is early, and says when it will come again.

use std::time::{Duration, Instant};

use crate::zmtp::{Command, Heartbeat, HeartbeatConfig};

/// The heartbeats of one connection, and when the I/O thread comes by.
pub struct Pulse {
    machine: Heartbeat,
    visit: Option<Instant>,
}

/// What the I/O thread has to do when it came by.
pub enum Beat {
    /// Write these frames, and come again after this time.
    Alive(Option<Vec<u8>>, Option<Duration>),
    /// Give the peer up.
    Silent,
}

impl Pulse {
    /// Starts when the handshake is done.
    pub fn new(config: HeartbeatConfig) -> Pulse {
        Pulse {
            machine: Heartbeat::new(config, Instant::now()),
            visit: None,
        }
    }

    /// Bytes came from the peer.
    #[inline]
    pub fn traffic(&mut self) {
        self.machine.handle_traffic();
    }

    /// A command came from the peer. Gives the frames that answer it, and says
    /// whether the I/O thread has to come by earlier than it meant to.
    pub fn command(&mut self, command: &Command<'_>) -> (Option<Vec<u8>>, bool) {
        let now = Instant::now();
        self.machine.handle_command(command, now);
        let frames = self.machine.poll_output(now);
        let due = self.machine.deadline();
        let sooner = due.is_some_and(|due| self.visit.is_none_or(|visit| due < visit));
        if sooner {
            self.visit = due;
        }
        (frames, sooner)
    }

    /// The I/O thread comes by. Bytes that nobody has read yet, because the inbox
    /// is full or its reader busy, are a sign of life, too.
    pub fn visit(&mut self, unread: impl FnOnce() -> bool) -> Beat {
        let now = Instant::now();
        let mut alive = self.machine.handle_time(now);
        if alive.is_err() && unread() {
            self.machine.handle_traffic();
            alive = self.machine.handle_time(now);
        }
        if alive.is_err() {
            return Beat::Silent;
        }
        let frames = self.machine.poll_output(now);
        self.visit = self.machine.deadline();
        let again = self.visit.map(|at| at.saturating_duration_since(now));
        Beat::Alive(frames, again)
    }
}

/// The heartbeats of a peer that asks for them where we do not.
impl Default for Pulse {
    fn default() -> Pulse {
        Pulse::new(HeartbeatConfig::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(interval: u64) -> HeartbeatConfig {
        HeartbeatConfig {
            interval: Duration::from_millis(interval),
            ..HeartbeatConfig::default()
        }
    }

    #[test]
    fn a_ttl_calls_the_thread_once_until_it_came() {
        let mut pulse = Pulse::new(HeartbeatConfig::default());
        let ping = |ttl| Command::Ping { ttl, context: b"" };
        assert!(!pulse.command(&ping(0)).1, "nothing to watch");
        assert!(pulse.command(&ping(100)).1);
        pulse.traffic();
        assert!(!pulse.command(&ping(200)).1, "later than the visit");
        assert!(pulse.command(&ping(50)).1, "earlier");
        assert!(matches!(pulse.visit(|| false), Beat::Alive(None, Some(_))));
    }

    #[test]
    fn unread_bytes_are_a_sign_of_life() {
        let mut pulse = Pulse::new(config(1));
        let wait = || std::thread::sleep(Duration::from_millis(2));
        wait();
        assert!(matches!(pulse.visit(|| false), Beat::Alive(Some(_), _)));
        wait();
        assert!(matches!(pulse.visit(|| true), Beat::Alive(Some(_), _)));
        wait();
        assert!(matches!(pulse.visit(|| false), Beat::Silent));
    }
}
