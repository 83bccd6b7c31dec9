//! The 64 bytes that open a connection (RFC 37, "Version Negotiation").
//!
//! The greeting is sent in the pieces that let older peers be told apart: the
//! signature at once, the major version after the peer's signature, the rest
//! after the peer's major version. [`Greeting::stage`] says which piece is due.
//!
//! A version above 3.1 is spoken to as 3.1. Of older peers' greetings there are
//! only the first [`OLD_LEN`] bytes (ZMTP 2.0, and libzmq's form of 1.0 that tells
//! a version), or none: ZMTP 1.0 begins with its routing id.

use std::ops::Range;

use bytes::{Buf, BufMut};

/// Length of the whole greeting.
pub const GREETING_LEN: usize = 64;
/// Length of an older peer's greeting: signature, version, socket type.
pub const OLD_LEN: usize = 12;
/// Length of the signature that opens it.
pub const SIGNATURE_LEN: usize = 10;
/// Where the major version stands.
const MAJOR: usize = 10;
/// Where the minor version stands.
const MINOR: usize = 11;
/// Where the mechanism's name stands, padded with zeros.
const MECHANISM: Range<usize> = 12..32;

/// A version of ZMTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// ZMTP 1.0 without a greeting: subscriptions are not forwarded.
    Unversioned,
    /// ZMTP 1.0 with a version in its greeting.
    V1_0,
    /// ZMTP 2.0: the frames of 3.0, and no commands.
    V2_0,
    /// ZMTP 3.0: subscriptions are messages.
    V3_0,
    /// ZMTP 3.1: subscriptions are commands.
    V3_1,
}

/// The peer's greeting as far as it has come.
#[derive(Debug, Clone, Default)]
pub struct Greeting {
    received: Vec<u8>,
}

/// How much of our own greeting the peer may see by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The signature.
    Signature,
    /// The major version too.
    Major,
    /// All of it.
    Whole,
}

impl Greeting {
    /// Takes what of `input` may belong to the greeting.
    pub fn handle(&mut self, input: &mut &[u8]) {
        while !input.is_empty() && !self.is_whole() {
            // Not a byte more than it takes to know what the next ones are.
            let end = match self.received.len() {
                0 => 1,
                1..SIGNATURE_LEN => SIGNATURE_LEN,
                SIGNATURE_LEN..OLD_LEN => OLD_LEN,
                _ => GREETING_LEN,
            };
            self.received.put(input.take(end - self.received.len()));
        }
    }

    /// How much of our own greeting is due.
    pub fn stage(&self) -> Stage {
        match self.version() {
            Some(Version::Unversioned) => Stage::Signature,
            Some(Version::V1_0 | Version::V2_0) => Stage::Major,
            _ => match self.received.len() {
                0..SIGNATURE_LEN => Stage::Signature,
                SIGNATURE_LEN => Stage::Major,
                _ => Stage::Whole,
            },
        }
    }

    /// The bytes of an unversioned peer, which are no greeting.
    pub fn received(&self) -> &[u8] {
        &self.received
    }

    /// Whether all of it is there.
    pub fn is_whole(&self) -> bool {
        match self.version() {
            Some(Version::Unversioned) => true,
            Some(Version::V1_0 | Version::V2_0) => self.received.len() == OLD_LEN,
            _ => self.received.len() == GREETING_LEN,
        }
    }

    /// The peer's version, once enough is there to tell.
    ///
    /// A first byte other than FF, or a tenth byte whose lowest bit is clear, is
    /// the start of a routing id frame of ZMTP 1.0.
    pub fn version(&self) -> Option<Version> {
        let received = &self.received;
        match (received.first(), received.get(SIGNATURE_LEN - 1)) {
            (None, _) => return None,
            (Some(0xff), None) => return None,
            (Some(0xff), Some(last)) if last & 1 == 1 => {}
            _ => return Some(Version::Unversioned),
        }
        match (received.get(MAJOR)?, received.get(MINOR)) {
            (0, _) => Some(Version::V1_0),
            (1, _) => Some(Version::V2_0),
            (3, Some(0)) => Some(Version::V3_0),
            (_, Some(_)) => Some(Version::V3_1),
            (_, None) => None,
        }
    }

    /// Whether the peer announced exactly this mechanism.
    pub fn has_mechanism(&self, name: &str) -> bool {
        self.received.get(MECHANISM) == encode(0, name).get(MECHANISM)
    }
}

/// Our own greeting.
///
/// The padding of the signature holds the length of the routing id plus one, for
/// ZMTP 1.0 peers to read as the head of a frame. The byte that would tell the
/// server from the client stays zero: no mechanism needs it.
pub fn encode(routing_id_len: usize, mechanism: &str) -> [u8; GREETING_LEN] {
    let mut greeting = [0; GREETING_LEN];
    let mut fields = &mut greeting[..];
    fields.put_u8(0xff);
    fields.put_u64(routing_id_len as u64 + 1);
    fields.put_slice(&[0x7f, 3, 1]);
    fields.put_slice(mechanism.as_bytes());
    greeting
}

/// The part of our greeting that moves the peer's view from one stage to another.
pub fn piece(greeting: &[u8; GREETING_LEN], from: Stage, to: Stage) -> &[u8] {
    &greeting[end_of(from)..end_of(to).max(end_of(from))]
}

fn end_of(stage: Stage) -> usize {
    match stage {
        Stage::Signature => SIGNATURE_LEN,
        Stage::Major => MAJOR + 1,
        Stage::Whole => GREETING_LEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut bytes: &[u8]) -> Greeting {
        let mut greeting = Greeting::default();
        greeting.handle(&mut bytes);
        greeting
    }

    #[test]
    fn encode_is_byte_exact() {
        let mut expected = b"\xff\0\0\0\0\0\0\0\x04\x7f\x03\x01NULL".to_vec();
        expected.resize(64, 0);
        assert_eq!(encode(3, "NULL")[..], expected);
    }

    #[test]
    fn own_pieces_follow_the_peers() {
        let ours = encode(0, "NULL");
        let mut peer = Greeting::default();
        let (mut stage, mut sent) = (Stage::Signature, vec![SIGNATURE_LEN]);
        for (index, byte) in ours.iter().enumerate() {
            peer.handle(&mut &[*byte][..]);
            let piece = piece(&ours, stage, peer.stage());
            stage = peer.stage();
            if !piece.is_empty() {
                sent.push(piece.len());
                assert!(index == 9 || index == 10);
            }
        }
        assert_eq!(sent, [10, 1, 53]);
    }

    #[test]
    fn versions_are_told_apart() {
        let versioned = |tail: &[u8]| [b"\xff\0\0\0\0\0\0\0\x01\x7f", tail].concat();
        assert_eq!(read(&versioned(&[3])).version(), None);
        assert_eq!(read(&versioned(&[3, 0])).version(), Some(Version::V3_0));
        assert_eq!(read(&versioned(&[3, 1])).version(), Some(Version::V3_1));
        assert_eq!(read(&versioned(&[3, 9])).version(), Some(Version::V3_1));
        assert_eq!(read(&versioned(&[2, 0])).version(), Some(Version::V3_1));
        assert_eq!(read(&versioned(&[4, 0])).version(), Some(Version::V3_1));
    }

    #[test]
    fn older_peers_are_known_as_soon_as_can_be() {
        let unversioned = |bytes: &[u8]| {
            let greeting = read(bytes);
            assert_eq!(greeting.stage(), Stage::Signature);
            assert!(greeting.is_whole());
            assert_eq!(greeting.version(), Some(Version::Unversioned));
            greeting.received().len()
        };
        assert_eq!(unversioned(b"\x01"), 1);
        assert_eq!(unversioned(b"GET / HTTP/1.1"), 1);
        assert_eq!(unversioned(b"\xff\0\0\0\0\0\0\x01\0\x7eabc"), 10);

        let mut bytes = b"\xff\0\0\0\0\0\0\0\x01\x7f".to_vec();
        for (major, version) in [(0, Version::V1_0), (1, Version::V2_0)] {
            bytes.truncate(10);
            bytes.push(major);
            let greeting = read(&bytes);
            assert_eq!(greeting.version(), Some(version));
            assert_eq!(greeting.stage(), Stage::Major);
            assert!(!greeting.is_whole());
            bytes.extend(b"\x05\0\0");
            let greeting = read(&bytes);
            assert_eq!(greeting.received(), &bytes[..OLD_LEN]);
            assert!(greeting.is_whole());
        }
    }

    #[test]
    fn padding_has_no_meaning() {
        let mut bytes = encode(0, "NULL");
        bytes[1..9].fill(0xa5);
        bytes[32..].fill(0xa5);
        let greeting = read(&bytes);
        assert!(greeting.is_whole());
        assert_eq!(greeting.version(), Some(Version::V3_1));
        assert!(greeting.has_mechanism("NULL"));
    }

    #[test]
    fn the_mechanism_must_match_to_the_last_byte() {
        assert!(!read(&encode(0, "PLAIN")).has_mechanism("NULL"));
        assert!(!read(&encode(0, "NULLX")).has_mechanism("NULL"));
        let mut bytes = encode(0, "NULL");
        bytes[31] = 1;
        assert!(!read(&bytes).has_mechanism("NULL"));
    }
}
