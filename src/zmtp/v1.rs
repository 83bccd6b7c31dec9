//! Frames of ZMTP 1.0 (RFC 13), for peers that speak nothing newer.
//!
//! A frame is its length, which counts the flags, then the flags, then the body.
//! A length of 255 and more is eight bytes behind an FF. There are no commands:
//! what we would say in one is left out.
//!
//! Peers that greet without a version forward no subscriptions either: to a
//! publisher they are taken to want everything.

use bytes::{Buf, BufMut};

use super::error::ProtocolError;
use super::frame::{self, Header, MAX_BODY, MORE};
use super::wire::{Decode, Encode, Wire};

/// Length of the longest header: an FF, eight bytes of length, the flags.
pub const LONGEST: usize = 10;

/// The translators of one connection. `wants_all` puts a subscription to
/// everything before what the peer sends.
pub fn wire(wants_all: bool) -> Wire {
    Wire {
        encode: Box::new(Frames { skipping: false }),
        decode: Box::new(Bytes {
            wants_all,
            header: [0; LONGEST],
            header_len: 0,
            missing: 0,
        }),
    }
}

/// Appends the header of a frame: 2 bytes, or 10.
pub fn put_header(more: bool, body_len: u64, out: &mut Vec<u8>) {
    match u8::try_from(body_len + 1) {
        Ok(len @ ..=254) => out.put_u8(len),
        _ => {
            out.put_u8(0xff);
            out.put_u64(body_len + 1);
        }
    }
    out.put_u8(if more { MORE } else { 0 });
}

/// Reads the header at the start of `buf`: whether more frames follow, its own
/// length, that of the body. `None` means that bytes are missing.
pub fn parse_header(buf: &[u8]) -> Result<Option<(bool, usize, u64)>, ProtocolError> {
    let mut rest = buf;
    let len = match rest.try_get_u8() {
        Ok(0xff) => rest.try_get_u64(),
        short => short.map(u64::from),
    };
    let Ok(len) = len else {
        return Ok(None);
    };
    // Zero is the length of nothing, not even of flags.
    let body_len = len.checked_sub(1).filter(|&len| len <= MAX_BODY);
    let body_len = body_len.ok_or(ProtocolError::ImpossibleLength)?;
    let flags = rest.try_get_u8().ok();
    let header_len = buf.len() - rest.len();
    Ok(flags.map(|flags| (flags & MORE != 0, header_len, body_len)))
}

struct Frames {
    skipping: bool,
}

impl Encode for Frames {
    fn header(&mut self, header: &Header, wire: &mut Vec<u8>) {
        self.skipping = header.is_command();
        if !self.skipping {
            put_header(header.more(), header.body_len, wire);
        }
    }

    fn body(&mut self, bytes: &[u8], wire: &mut Vec<u8>) {
        if !self.skipping {
            wire.extend_from_slice(bytes);
        }
    }
}

struct Bytes {
    wants_all: bool,
    header: [u8; LONGEST],
    header_len: usize,
    /// What is to come of the body.
    missing: u64,
}

impl Decode for Bytes {
    fn decode(&mut self, mut wire: &[u8], frames: &mut Vec<u8>) -> Result<(), ProtocolError> {
        if std::mem::take(&mut self.wants_all) {
            frame::encode(0, &[1], frames);
        }
        loop {
            let len = usize::try_from(self.missing).unwrap_or(usize::MAX);
            let (body, rest) = wire.split_at(len.min(wire.len()));
            self.missing -= body.len() as u64;
            frames.extend_from_slice(body);
            wire = rest;
            let Some((&next, rest)) = wire.split_first() else {
                return Ok(());
            };
            self.header[self.header_len] = next;
            self.header_len += 1;
            wire = rest;
            if let Some((more, _, body_len)) = parse_header(&self.header[..self.header_len])? {
                let flags = if more { MORE } else { 0 };
                let len = usize::try_from(body_len).map_err(|_| ProtocolError::ImpossibleLength)?;
                frame::put_header(flags, len, frames);
                self.header_len = 0;
                self.missing = body_len;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::COMMAND;
    use super::super::wire::{Frames as Cut, Part};
    use super::*;

    fn encoded(frames: &[u8]) -> Vec<u8> {
        let (mut encode, mut cut) = (wire(false).encode, Cut::default());
        let (mut out, mut rest) = (Vec::new(), frames);
        while let Some(part) = cut.next(&mut rest) {
            match part {
                Part::Header(header) => encode.header(&header, &mut out),
                Part::Body(body) => encode.body(body, &mut out),
                Part::End => encode.end(&mut out),
            }
        }
        out
    }

    fn decoded(bytes: &[u8], piece: usize) -> Result<Vec<u8>, ProtocolError> {
        let mut decode = wire(false).decode;
        let mut frames = Vec::new();
        for piece in bytes.chunks(piece) {
            decode.decode(piece, &mut frames)?;
        }
        Ok(frames)
    }

    #[test]
    fn short_and_long_frames_are_byte_exact() {
        let mut frames = Vec::new();
        frame::encode(MORE, b"ab", &mut frames);
        frame::encode(0, b"", &mut frames);
        assert_eq!(encoded(&frames), b"\x03\x01ab\x01\x00");

        let mut out = Vec::new();
        put_header(false, 253, &mut out);
        put_header(true, 254, &mut out);
        assert_eq!(out, [254, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 255, 1]);
    }

    #[test]
    fn what_is_encoded_is_decoded_alike_in_any_pieces() {
        let mut frames = Vec::new();
        for len in [0, 1, 252, 253, 254, 255, 256, 1000] {
            frame::encode(MORE, &vec![7; len], &mut frames);
        }
        frame::encode(0, b"last", &mut frames);
        let bytes = encoded(&frames);
        for piece in 1..=300 {
            assert_eq!(
                decoded(&bytes, piece).as_ref(),
                Ok(&frames),
                "pieces of {piece}"
            );
        }
    }

    #[test]
    fn commands_are_left_out() {
        let mut frames = Vec::new();
        frame::encode(COMMAND, b"\x04PING\0\0", &mut frames);
        frame::encode(0, b"a", &mut frames);
        assert_eq!(encoded(&frames), b"\x02\0a");
    }

    #[test]
    fn other_flags_mean_nothing_and_long_forms_may_be_short() {
        assert_eq!(decoded(b"\x02\xfea", 9), Ok(b"\0\x01a".to_vec()));
        let long = b"\xff\0\0\0\0\0\0\0\x02\x01a";
        assert_eq!(decoded(long, 4), Ok(b"\x01\x01a".to_vec()));
    }

    #[test]
    fn lengths_without_sense_are_refused() {
        assert_eq!(decoded(b"\0", 1), Err(ProtocolError::ImpossibleLength));
        let zero = b"\xff\0\0\0\0\0\0\0\0";
        assert_eq!(decoded(zero, 9), Err(ProtocolError::ImpossibleLength));
        let huge = b"\xff\xff\0\0\0\0\0\0\0\0";
        assert_eq!(decoded(huge, 9), Err(ProtocolError::ImpossibleLength));
    }

    #[test]
    fn who_forwards_no_subscriptions_wants_everything() {
        let mut decode = wire(true).decode;
        let mut frames = Vec::new();
        decode.decode(b"", &mut frames).unwrap();
        decode.decode(b"\x02\0a", &mut frames).unwrap();
        assert_eq!(frames, b"\0\x01\x01\0\x01a");
    }
}
