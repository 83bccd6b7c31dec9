//! Bytes as they are, for peers that speak something else than ZMTP.
//!
//! There is no handshake. What is sent is the bodies of the frames, one behind
//! the other; what is read becomes messages of one frame of at most [`PIECE`]
//! bytes, whose borders mean nothing. Where notifications are wanted, an empty
//! message says that the peer has come, and another that it has gone.

use super::error::ProtocolError;
use super::frame::{Header, encode};
use super::wire::{Decode, Encode, Wire};

/// The most bytes that one message brings: what libzmq's users have room for.
pub const PIECE: usize = 8192;

/// How raw connections are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raw {
    /// Whether empty messages tell of the peer's coming and going.
    pub notify: bool,
}

impl Raw {
    /// The translators of one connection.
    pub fn wire(self) -> Wire {
        Wire {
            encode: Box::new(Bodies),
            decode: Box::new(Pieces {
                notify: self.notify,
                begun: false,
            }),
        }
    }
}

struct Bodies;

impl Encode for Bodies {
    fn header(&mut self, _header: &Header, _wire: &mut Vec<u8>) {}

    fn body(&mut self, bytes: &[u8], wire: &mut Vec<u8>) {
        wire.extend_from_slice(bytes);
    }
}

struct Pieces {
    notify: bool,
    begun: bool,
}

impl Decode for Pieces {
    fn decode(&mut self, wire: &[u8], frames: &mut Vec<u8>) -> Result<(), ProtocolError> {
        if !std::mem::replace(&mut self.begun, true) && self.notify {
            encode(0, &[], frames);
        }
        for piece in wire.chunks(PIECE) {
            encode(0, piece, frames);
        }
        Ok(())
    }

    fn end(&mut self, frames: &mut Vec<u8>) {
        if self.notify {
            encode(0, &[], frames);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::parse_header;
    use super::*;

    /// The bodies of whole frames.
    fn bodies(mut frames: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        while let Some(header) = parse_header(frames).unwrap() {
            assert!(!header.more() && !header.is_command());
            let (frame, rest) = frames.split_at(header.frame_len() as usize);
            found.push(frame[header.header_len..].to_vec());
            frames = rest;
        }
        found
    }

    #[test]
    fn what_is_read_becomes_messages_between_two_notifications() {
        let mut decode = Raw { notify: true }.wire().decode;
        let mut frames = Vec::new();
        decode.decode(b"", &mut frames).unwrap();
        decode.decode(b"ab", &mut frames).unwrap();
        decode.decode(&[1; PIECE + 1], &mut frames).unwrap();
        decode.end(&mut frames);
        let sizes: Vec<usize> = bodies(&frames).iter().map(Vec::len).collect();
        assert_eq!(sizes, [0, 2, PIECE, 1, 0]);
    }

    #[test]
    fn notifications_can_be_left_out() {
        let mut decode = Raw { notify: false }.wire().decode;
        let mut frames = Vec::new();
        decode.decode(b"", &mut frames).unwrap();
        decode.decode(b"ab", &mut frames).unwrap();
        decode.end(&mut frames);
        assert_eq!(bodies(&frames), [b"ab".to_vec()]);
    }
}
