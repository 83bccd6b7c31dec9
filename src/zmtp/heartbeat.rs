//! Whether the peer is still there (RFC 37, "Connection Heartbeating").
//!
//! Time is an argument of every call; [`Heartbeat::deadline`] says when the
//! machine wants to be called next. Any traffic is a sign of life, not only a
//! PONG.
//!
//! Promises: a PING goes out every interval, whatever else does; the time-out
//! runs from the first PING after the last sign of life; a peer's TTL runs from
//! its PING until its next traffic. At most one PING and [`MAX_PONGS`] answers
//! wait to be written, however many the peer asks for.

use std::time::{Duration, Instant};

use super::command::{self, Command};
use super::error::ProtocolError;

/// Most answers kept for a peer that asks faster than it reads.
pub const MAX_PONGS: usize = 16;

/// The three heartbeat options of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeartbeatConfig {
    /// Time between two PINGs; zero for none.
    pub interval: Duration,
    /// Time to wait for a sign of life after a PING; zero for ever, `None` for
    /// as long as the interval.
    pub timeout: Option<Duration>,
    /// Time after which the peer is asked to give us up, in steps of 100 ms;
    /// zero for never.
    pub ttl: Duration,
}

/// The heartbeats of one connection, from the end of its handshake.
#[derive(Debug)]
pub struct Heartbeat {
    interval: Duration,
    timeout: Duration,
    ttl: u16,
    /// When the next PING is due.
    ping_at: Option<Instant>,
    /// When our patience ends.
    timeout_at: Option<Instant>,
    /// When the peer wants to be given up.
    ttl_at: Option<Instant>,
    ping_due: bool,
    pongs: Vec<u8>,
    pongs_due: usize,
}

impl Heartbeat {
    /// Starts at the end of a handshake.
    pub fn new(config: HeartbeatConfig, now: Instant) -> Heartbeat {
        let tenths = config.ttl.as_millis() / 100;
        Heartbeat {
            interval: config.interval,
            timeout: config.timeout.unwrap_or(config.interval),
            ttl: u16::try_from(tenths).unwrap_or(u16::MAX),
            ping_at: after(now, config.interval),
            timeout_at: None,
            ttl_at: None,
            ping_due: false,
            pongs: Vec::new(),
            pongs_due: 0,
        }
    }

    /// Bytes came from the peer. To be called before the commands among them are
    /// handled: a TTL that comes with them starts after this.
    #[inline]
    pub fn handle_traffic(&mut self) {
        self.timeout_at = None;
        self.ttl_at = None;
    }

    /// Handles PING; every other command is just traffic.
    pub fn handle_command(&mut self, command: &Command<'_>, now: Instant) {
        self.handle_traffic();
        let Command::Ping { ttl, context } = command else {
            return;
        };
        self.ttl_at = after(now, Duration::from_millis(100) * u32::from(*ttl));
        if self.pongs_due < MAX_PONGS {
            self.pongs_due += 1;
            command::encode_pong(context, &mut self.pongs);
        }
    }

    /// A deadline may have passed: either a PING is due, or the peer is lost.
    pub fn handle_time(&mut self, now: Instant) -> Result<(), ProtocolError> {
        let passed = |deadline: Option<Instant>| deadline.is_some_and(|at| at <= now);
        if passed(self.timeout_at) || passed(self.ttl_at) {
            return Err(ProtocolError::PeerSilent);
        }
        if passed(self.ping_at) {
            self.ping_due = true;
            self.ping_at = after(now, self.interval);
        }
        Ok(())
    }

    /// Whole frames to be written now, between two messages or two frames of one.
    pub fn poll_output(&mut self, now: Instant) -> Option<Vec<u8>> {
        if !self.ping_due && self.pongs_due == 0 {
            return None;
        }
        self.pongs_due = 0;
        let mut output = std::mem::take(&mut self.pongs);
        if std::mem::take(&mut self.ping_due) {
            command::encode_ping(self.ttl, b"", &mut output);
            self.timeout_at = self.timeout_at.or(after(now, self.timeout));
        }
        Some(output)
    }

    /// When [`handle_time`](Heartbeat::handle_time) is to be called, if ever.
    pub fn deadline(&self) -> Option<Instant> {
        [self.ping_at, self.timeout_at, self.ttl_at]
            .into_iter()
            .flatten()
            .min()
    }
}

/// The end of a span that starts now; a span of zero has none.
fn after(now: Instant, span: Duration) -> Option<Instant> {
    if span.is_zero() {
        None
    } else {
        now.checked_add(span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING: &[u8] = b"\x04\x07\x04PING\0\0";

    /// Virtual time, in milliseconds.
    struct Clock(Instant);

    impl Clock {
        fn at(&self, millis: u64) -> Instant {
            self.0 + Duration::from_millis(millis)
        }
    }

    fn start(interval: u64, timeout: Option<u64>, ttl: u64) -> (Clock, Heartbeat) {
        let clock = Clock(Instant::now());
        let config = HeartbeatConfig {
            interval: Duration::from_millis(interval),
            timeout: timeout.map(Duration::from_millis),
            ttl: Duration::from_millis(ttl),
        };
        let heartbeat = Heartbeat::new(config, clock.at(0));
        (clock, heartbeat)
    }

    fn ping(ttl: u16, context: &[u8]) -> Command<'_> {
        Command::Ping { ttl, context }
    }

    #[test]
    fn nothing_is_due_without_an_interval() {
        let (clock, mut heartbeat) = start(0, None, 0);
        assert_eq!(heartbeat.deadline(), None);
        assert_eq!(heartbeat.handle_time(clock.at(1_000_000)), Ok(()));
        assert_eq!(heartbeat.poll_output(clock.at(1_000_000)), None);
    }

    #[test]
    fn pings_go_out_every_interval_even_under_traffic() {
        let (clock, mut heartbeat) = start(100, None, 0);
        for beat in 1..=5 {
            assert_eq!(heartbeat.deadline(), Some(clock.at(beat * 100)));
            assert_eq!(heartbeat.handle_time(clock.at(beat * 100 - 1)), Ok(()));
            assert_eq!(heartbeat.poll_output(clock.at(beat * 100 - 1)), None);
            assert_eq!(heartbeat.handle_time(clock.at(beat * 100)), Ok(()));
            assert_eq!(heartbeat.poll_output(clock.at(beat * 100)).unwrap(), PING);
            assert_eq!(heartbeat.poll_output(clock.at(beat * 100)), None);
            heartbeat.handle_traffic();
        }
    }

    #[test]
    fn a_silent_peer_is_lost_after_the_timeout() {
        let (clock, mut heartbeat) = start(100, Some(250), 0);
        for beat in [100, 200, 300] {
            assert_eq!(heartbeat.handle_time(clock.at(beat)), Ok(()));
            assert!(heartbeat.poll_output(clock.at(beat)).is_some());
        }
        assert_eq!(heartbeat.deadline(), Some(clock.at(350)));
        assert_eq!(heartbeat.handle_time(clock.at(349)), Ok(()));
        assert_eq!(
            heartbeat.handle_time(clock.at(350)),
            Err(ProtocolError::PeerSilent)
        );
    }

    #[test]
    fn the_timeout_defaults_to_the_interval() {
        let (clock, mut heartbeat) = start(100, None, 0);
        heartbeat.handle_time(clock.at(100)).unwrap();
        heartbeat.poll_output(clock.at(100)).unwrap();
        assert_eq!(
            heartbeat.handle_time(clock.at(200)),
            Err(ProtocolError::PeerSilent)
        );
    }

    #[test]
    fn a_timeout_of_zero_never_ends() {
        let (clock, mut heartbeat) = start(100, Some(0), 0);
        for beat in 1..100 {
            assert_eq!(heartbeat.handle_time(clock.at(beat * 100)), Ok(()));
            assert!(heartbeat.poll_output(clock.at(beat * 100)).is_some());
        }
    }

    #[test]
    fn any_traffic_is_a_sign_of_life() {
        let (clock, mut heartbeat) = start(100, Some(150), 0);
        heartbeat.handle_time(clock.at(100)).unwrap();
        heartbeat.poll_output(clock.at(100)).unwrap();
        heartbeat.handle_traffic();
        assert_eq!(heartbeat.deadline(), Some(clock.at(200)));
        heartbeat.handle_time(clock.at(200)).unwrap();
        heartbeat.poll_output(clock.at(200)).unwrap();
        heartbeat.handle_command(&Command::Pong(b""), clock.at(249));
        assert_eq!(heartbeat.handle_time(clock.at(250)), Ok(()));
    }

    #[test]
    fn a_ping_is_answered_with_its_context() {
        let (clock, mut heartbeat) = start(0, None, 0);
        heartbeat.handle_command(&ping(0, b"one"), clock.at(0));
        heartbeat.handle_command(&ping(0, &[b'x'; 58]), clock.at(0));
        let expected = [
            b"\x04\x08\x04PONGone",
            &b"\x04\x15\x04PONGxxxxxxxxxxxxxxxx"[..],
        ]
        .concat();
        assert_eq!(heartbeat.poll_output(clock.at(0)).unwrap(), expected);
        assert_eq!(heartbeat.deadline(), None);
    }

    #[test]
    fn a_flood_of_pings_is_answered_in_bounded_memory() {
        let (clock, mut heartbeat) = start(0, None, 0);
        for _ in 0..100_000 {
            heartbeat.handle_command(&ping(0, &[1; 16]), clock.at(0));
        }
        assert_eq!(
            heartbeat.poll_output(clock.at(0)).unwrap().len(),
            MAX_PONGS * 23
        );
        assert_eq!(heartbeat.poll_output(clock.at(0)), None);
    }

    #[test]
    fn the_peers_ttl_runs_until_its_next_traffic() {
        let (clock, mut heartbeat) = start(0, None, 0);
        heartbeat.handle_command(&ping(3, b""), clock.at(0));
        assert_eq!(heartbeat.deadline(), Some(clock.at(300)));
        heartbeat.handle_traffic();
        assert_eq!(heartbeat.deadline(), None);
        heartbeat.handle_command(&ping(u16::MAX, b""), clock.at(0));
        assert_eq!(heartbeat.deadline(), Some(clock.at(6_553_500)));
        assert_eq!(heartbeat.handle_time(clock.at(6_553_499)), Ok(()));
        assert_eq!(
            heartbeat.handle_time(clock.at(6_553_500)),
            Err(ProtocolError::PeerSilent)
        );
    }

    #[test]
    fn our_ttl_is_sent_in_tenths_rounded_down() {
        for (ttl, wire) in [
            (0, [0, 0]),
            (99, [0, 0]),
            (399, [0, 3]),
            (6_553_599, [0xff, 0xff]),
        ] {
            let (clock, mut heartbeat) = start(10, None, ttl);
            heartbeat.handle_time(clock.at(10)).unwrap();
            assert_eq!(heartbeat.poll_output(clock.at(10)).unwrap()[7..], wire);
        }
    }

    #[test]
    fn two_that_answer_each_other_stay_together() {
        let (clock, mut one) = start(50, Some(60), 100);
        let mut two = Heartbeat::new(HeartbeatConfig::default(), clock.at(0));
        for now in (0..10_000).map(|millis| clock.at(millis)) {
            one.handle_time(now).unwrap();
            two.handle_time(now).unwrap();
            if let Some(frames) = one.poll_output(now) {
                two.handle_command(&command::parse(&frames[2..]).unwrap(), now);
            }
            if let Some(frames) = two.poll_output(now) {
                one.handle_command(&command::parse(&frames[2..]).unwrap(), now);
            }
        }
        assert!(
            two.deadline().is_some(),
            "the TTL of the last PING is running"
        );
    }
}
