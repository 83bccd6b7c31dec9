//! Walks the frames of a receive buffer: validates, counts, copies nothing.
//!
//! Promises: looks at headers only, except that the body of each command is
//! shown to the caller; every byte counted as consumed belongs to a whole frame;
//! a size beyond the limit is refused as soon as its header is there, before any
//! memory is spent on it. Runs of frames with equal headers cost about one load
//! and one compare each.
//!
//! Does not build messages, and does not remember bytes: the caller keeps what
//! was not consumed and passes it again, from there, with more behind it.

use super::error::ProtocolError;
use super::frame::{Header, LONG, SHORT_HEADER, parse_header};

/// Where a scan stops or refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest body of one frame, if there is a limit.
    pub max_msg_size: Option<u64>,
    /// Stop after this many whole messages.
    pub max_messages: u32,
}

impl Limits {
    /// No limit at all.
    pub const NONE: Limits = Limits {
        max_msg_size: None,
        max_messages: u32::MAX,
    };
}

/// What a scan found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scan {
    /// Bytes of whole frames, from the start of the buffer.
    pub consumed: usize,
    /// Where the last whole message ends, zero if none did; frames behind it
    /// are commands or belong to a message that goes on.
    pub whole: usize,
    /// Messages whose last frame was consumed.
    pub messages: u32,
    /// Commands consumed; they are not messages and end none.
    pub commands: u32,
    /// Header of the frame that starts at `consumed` and is not whole yet.
    /// `None` if even the header is incomplete, if nothing is left, or if
    /// `max_messages` stopped the scan.
    pub next: Option<Header>,
}

/// Remembers between two scans whether a multipart message is open.
#[derive(Debug, Clone, Default)]
pub struct Scanner {
    more: bool,
}

impl Scanner {
    /// A scanner at the start of the traffic.
    pub const fn new() -> Scanner {
        Scanner { more: false }
    }

    /// Whether the last message frame consumed announced another one.
    pub const fn in_message(&self) -> bool {
        self.more
    }

    /// Takes note of a frame that the caller received without a scan.
    pub const fn pass(&mut self, more: bool) {
        self.more = more;
    }

    /// Scans the frames of `bytes`, which begin at a frame boundary, and calls
    /// `on_command` with the body of each command; an error it returns ends the
    /// scan. After an error the connection is lost, and so is the scanner.
    #[inline]
    pub fn scan(
        &mut self,
        bytes: &[u8],
        limits: Limits,
        mut on_command: impl FnMut(&[u8]) -> Result<(), ProtocolError>,
    ) -> Result<Scan, ProtocolError> {
        let max_body = limits.max_msg_size.unwrap_or(u64::MAX);
        let mut scan = Scan::default();
        while scan.messages < limits.max_messages {
            let rest = &bytes[scan.consumed..];
            let Some(header) = parse_header(rest)? else {
                break;
            };
            if header.body_len > max_body {
                return Err(ProtocolError::MessageTooLarge);
            }
            if header.frame_len() > rest.len() as u64 {
                scan.next = Some(header);
                break;
            }
            // The comparison above has shown that the length fits.
            let frame_len = header.frame_len() as usize;
            scan.consumed += frame_len;
            if header.is_command() {
                scan.commands += 1;
                on_command(&rest[header.header_len..frame_len])?;
                continue;
            }
            self.more = header.more();
            if !self.more {
                scan.messages += 1;
                let room = limits.max_messages - scan.messages;
                let repeats = count_repeats(rest, frame_len, room);
                scan.messages += repeats;
                scan.consumed += repeats as usize * frame_len;
                scan.whole = scan.consumed;
            }
        }
        Ok(scan)
    }
}

/// How many whole frames after the first, which ends a message, have its very
/// header; at most `max`. Only short headers are compared.
///
/// Back-to-back traffic is mostly such runs. The step is known here, so the
/// loads do not wait for each other as they do when each size gives the next.
#[inline]
fn count_repeats(bytes: &[u8], frame_len: usize, max: u32) -> u32 {
    let Some(first) = bytes.first_chunk::<SHORT_HEADER>() else {
        return 0;
    };
    if first[0] & LONG != 0 {
        return 0;
    }
    let mut repeats = 0;
    let mut frames = bytes[frame_len..].chunks_exact(frame_len);
    while repeats < max {
        match frames.next() {
            Some(frame) if frame.first_chunk::<SHORT_HEADER>() == Some(first) => repeats += 1,
            _ => break,
        }
    }
    repeats
}

#[cfg(test)]
mod tests {
    use super::super::frame::{COMMAND, MORE, encode};
    use super::*;

    fn no_command(_: &[u8]) -> Result<(), ProtocolError> {
        panic!("there is no command in this buffer")
    }

    fn frames(list: &[(u8, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (flags, body) in list {
            encode(*flags, body, &mut out);
        }
        out
    }

    #[test]
    fn counts_whole_messages_of_one_and_many_frames() {
        let bytes = frames(&[
            (0, b"a"),
            (MORE, b"b"),
            (MORE, &[7; 300]),
            (0, b""),
            (0, b"c"),
        ]);
        let scan = Scanner::new()
            .scan(&bytes, Limits::NONE, no_command)
            .unwrap();
        assert_eq!(
            scan,
            Scan {
                consumed: bytes.len(),
                whole: bytes.len(),
                messages: 3,
                commands: 0,
                next: None
            }
        );
    }

    #[test]
    fn counts_runs_of_equal_frames() {
        for body_len in [0, 1, 16, 255, 256, 1000] {
            let body = vec![0; body_len];
            let bytes = frames(&vec![(0, &body[..]); 1000]);
            let scan = Scanner::new()
                .scan(&bytes, Limits::NONE, no_command)
                .unwrap();
            assert_eq!((scan.messages, scan.consumed), (1000, bytes.len()));
        }
    }

    #[test]
    fn sizes_that_differ_only_at_their_end_are_no_run() {
        let bytes = frames(&[(0, &[0; 256]), (0, &[0; 257]), (0, &[0; 256]), (0, b"a")]);
        let scan = Scanner::new()
            .scan(&bytes, Limits::NONE, no_command)
            .unwrap();
        assert_eq!((scan.messages, scan.consumed), (4, bytes.len()));
    }

    #[test]
    fn stops_at_max_messages() {
        let bytes = frames(&[(0, b"ab"), (0, b"cd"), (0, b"ef"), (0, b"xyz")]);
        for max_messages in 0..=4 {
            let limits = Limits {
                max_msg_size: None,
                max_messages,
            };
            let scan = Scanner::new().scan(&bytes, limits, no_command).unwrap();
            assert_eq!(scan.messages, max_messages);
            assert_eq!(scan.consumed, [0, 4, 8, 12, 17][max_messages as usize]);
            assert_eq!(scan.next, None);
        }
    }

    #[test]
    fn an_incomplete_frame_is_left_and_described() {
        let bytes = frames(&[(0, b"ab"), (MORE, b"hello")]);
        let mut scanner = Scanner::new();
        let scan = scanner
            .scan(&bytes[..10], Limits::NONE, no_command)
            .unwrap();
        assert_eq!((scan.consumed, scan.messages), (4, 1));
        assert_eq!(
            scan.next,
            Some(Header {
                flags: MORE,
                header_len: 2,
                body_len: 5
            })
        );
        assert!(!scanner.in_message());
        let scan = scanner.scan(&bytes[..5], Limits::NONE, no_command).unwrap();
        assert_eq!((scan.consumed, scan.next), (4, None));
        let scan = scanner.scan(&bytes[4..], Limits::NONE, no_command).unwrap();
        assert_eq!((scan.consumed, scan.messages), (7, 0));
        assert!(scanner.in_message());
    }

    #[test]
    fn commands_are_shown_and_end_no_message() {
        let bytes = frames(&[(MORE, b"a"), (COMMAND | MORE, b"\x04PING\0\0"), (0, b"b")]);
        let mut seen = Vec::new();
        let mut scanner = Scanner::new();
        let on_command = |body: &[u8]| {
            seen.push(body.to_vec());
            Ok(())
        };
        let scan = scanner.scan(&bytes, Limits::NONE, on_command).unwrap();
        assert_eq!(
            (scan.messages, scan.commands, scan.consumed),
            (1, 1, bytes.len())
        );
        assert_eq!(seen, [b"\x04PING\0\0"]);
        assert!(!scanner.in_message());
    }

    #[test]
    fn whole_ends_behind_the_last_message() {
        let bytes = frames(&[(0, b"a"), (0, b"a"), (COMMAND, b"\x01X"), (MORE, b"b")]);
        let scan = Scanner::new()
            .scan(&bytes, Limits::NONE, |_| Ok(()))
            .unwrap();
        assert_eq!((scan.whole, scan.consumed), (6, bytes.len()));
        let scan = Scanner::new()
            .scan(&bytes[6..], Limits::NONE, |_| Ok(()))
            .unwrap();
        assert_eq!((scan.whole, scan.messages), (0, 0));
    }

    #[test]
    fn an_error_of_the_callback_ends_the_scan() {
        let bytes = frames(&[(COMMAND, b""), (0, b"b")]);
        let refuse = |_: &[u8]| Err(ProtocolError::MalformedCommand);
        let refused = Scanner::new().scan(&bytes, Limits::NONE, refuse);
        assert_eq!(refused, Err(ProtocolError::MalformedCommand));
    }

    #[test]
    fn a_size_beyond_the_limit_is_refused_by_its_header() {
        let limits = Limits {
            max_msg_size: Some(64),
            max_messages: u32::MAX,
        };
        let fits = frames(&[(0, &[0; 64])]);
        assert_eq!(
            Scanner::new()
                .scan(&fits, limits, no_command)
                .unwrap()
                .messages,
            1
        );
        let refused = Scanner::new().scan(&[0, 65], limits, no_command);
        assert_eq!(refused, Err(ProtocolError::MessageTooLarge));
        let huge = [LONG, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(
            Scanner::new()
                .scan(&huge, Limits::NONE, no_command)
                .unwrap()
                .next
                .unwrap()
                .body_len,
            i64::MAX as u64
        );
        let absurd = [LONG, 0x80, 0, 0, 0, 0, 0, 0, 0];
        let refused = Scanner::new().scan(&absurd, Limits::NONE, no_command);
        assert_eq!(refused, Err(ProtocolError::ImpossibleLength));
    }

    #[test]
    fn any_fragmentation_gives_the_same_counts() {
        let bytes = frames(&[
            (0, b"one"),
            (0, b"two"),
            (MORE, &[1; 256]),
            (COMMAND, b"\x03FOO"),
            (0, b""),
            (0, b""),
            (0, &[2; 255]),
        ]);
        for step in 1..=bytes.len() {
            let (mut scanner, mut start, mut messages, mut commands) = (Scanner::new(), 0, 0, 0);
            for end in (0..bytes.len()).step_by(step).skip(1).chain([bytes.len()]) {
                let scan = scanner
                    .scan(&bytes[start..end], Limits::NONE, |_| Ok(()))
                    .unwrap();
                start += scan.consumed;
                messages += scan.messages;
                commands += scan.commands;
            }
            assert_eq!(
                (start, messages, commands),
                (bytes.len(), 5, 1),
                "step {step}"
            );
        }
    }
}
