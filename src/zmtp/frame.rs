//! The header of one frame (RFC 37, "Framing"), both ways.
//!
//! Promises: [`parse_header`] never looks past the header and never panics;
//! `header_len` is 2 or 9 and `body_len` at most 2^63 - 1, so their sum fits
//! into a `u64`. [`encode_header`] writes the short form up to 255 bytes and the
//! long form above, which is the only form a peer of ours ever sees.
//!
//! Reserved flag bits are ignored, and a long form with a short size is read,
//! as every deployed peer does. What a body means is not known here.

use bytes::{Buf, BufMut};

use super::error::ProtocolError;

/// More frames of the same message follow.
pub const MORE: u8 = 1;
/// The size takes eight bytes instead of one.
pub const LONG: u8 = 2;
/// The frame is a command, not a part of a message.
pub const COMMAND: u8 = 4;

/// Length of a header with a size of one byte.
pub const SHORT_HEADER: usize = 2;
/// Length of a header with a size of eight bytes.
pub const LONG_HEADER: usize = 9;

/// The frame that ends an envelope (RFC 28): empty, with more to follow.
pub const DELIMITER: [u8; SHORT_HEADER] = [MORE, 0];

/// Largest body the wire can announce.
pub const MAX_BODY: u64 = i64::MAX as u64;

/// A parsed frame header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// [`MORE`], [`LONG`] and [`COMMAND`]; other bits are cleared.
    pub flags: u8,
    /// Bytes of the header itself: 2 or 9.
    pub header_len: usize,
    /// Bytes of the body: at most [`MAX_BODY`].
    pub body_len: u64,
}

impl Header {
    /// Whether more frames of the same message follow.
    #[inline]
    pub const fn more(&self) -> bool {
        self.flags & MORE != 0
    }

    /// Whether this is a command.
    #[inline]
    pub const fn is_command(&self) -> bool {
        self.flags & COMMAND != 0
    }

    /// Header and body together.
    #[inline]
    pub const fn frame_len(&self) -> u64 {
        self.header_len as u64 + self.body_len
    }
}

/// Reads the header at the start of `buf`; `None` means that bytes are missing.
#[inline]
pub fn parse_header(buf: &[u8]) -> Result<Option<Header>, ProtocolError> {
    let Some(&[flags, size]) = buf.first_chunk::<SHORT_HEADER>() else {
        return Ok(None);
    };
    if flags & LONG == 0 {
        return Ok(Some(Header {
            flags: flags & (MORE | COMMAND),
            header_len: SHORT_HEADER,
            body_len: size as u64,
        }));
    }
    parse_long(flags, &buf[1..])
}

/// The rest of [`parse_header`], kept out of the way of small frames.
fn parse_long(flags: u8, mut size: &[u8]) -> Result<Option<Header>, ProtocolError> {
    let Ok(body_len) = size.try_get_u64() else {
        return Ok(None);
    };
    if body_len > MAX_BODY {
        return Err(ProtocolError::ImpossibleLength);
    }
    Ok(Some(Header {
        flags: flags & (MORE | LONG | COMMAND),
        header_len: LONG_HEADER,
        body_len,
    }))
}

/// Writes the header of a frame and returns its length, 2 or 9.
///
/// `flags` may hold [`MORE`] and [`COMMAND`]; [`LONG`] follows from `body_len`.
#[inline]
pub fn encode_header(flags: u8, body_len: usize, out: &mut [u8; LONG_HEADER]) -> usize {
    let mut rest = &mut out[..];
    put_header(flags, body_len, &mut rest);
    LONG_HEADER - rest.len()
}

/// Appends the header of a frame, like [`encode_header`].
#[inline]
pub fn put_header(flags: u8, body_len: usize, out: &mut impl BufMut) {
    let flags = flags & (MORE | COMMAND);
    match u8::try_from(body_len) {
        Ok(size) => out.put_slice(&[flags, size]),
        Err(_) => {
            out.put_u8(flags | LONG);
            out.put_u64(body_len as u64);
        }
    }
}

/// Appends a whole frame to `out`.
pub fn encode(flags: u8, body: &[u8], out: &mut Vec<u8>) {
    out.reserve(LONG_HEADER + body.len());
    put_header(flags, body.len(), out);
    out.put_slice(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(
        flags: u8,
        header_len: usize,
        body_len: u64,
    ) -> Result<Option<Header>, ProtocolError> {
        Ok(Some(Header {
            flags,
            header_len,
            body_len,
        }))
    }

    #[test]
    fn parse_reads_short_and_long() {
        assert_eq!(parse_header(&[0, 5, b'x']), header(0, 2, 5));
        assert_eq!(parse_header(&[MORE, 255]), header(MORE, 2, 255));
        assert_eq!(
            parse_header(&[2, 0, 0, 0, 0, 0, 1, 0, 0]),
            header(LONG, 9, 65536)
        );
        assert_eq!(
            parse_header(&[6, 0, 0, 0, 0, 0, 0, 0, 1]),
            header(LONG | COMMAND, 9, 1)
        );
    }

    #[test]
    fn parse_asks_for_more_until_the_header_is_whole() {
        let long = [2, 0, 0, 0, 0, 0, 0, 1, 0];
        for cut in 0..long.len() {
            assert_eq!(parse_header(&long[..cut]), Ok(None), "{cut} bytes");
        }
        assert_eq!(parse_header(&[0]), Ok(None));
    }

    #[test]
    fn parse_ignores_reserved_bits() {
        assert_eq!(parse_header(&[0xf8, 2]), header(0, 2, 2));
        assert_eq!(parse_header(&[0xfd, 2]), header(MORE | COMMAND, 2, 2));
    }

    #[test]
    fn parse_refuses_sizes_beyond_63_bits() {
        let mut buf = [0xff; 9];
        buf[0] = LONG;
        assert_eq!(parse_header(&buf), Err(ProtocolError::ImpossibleLength));
        buf[1] = 0x80;
        buf[2..].fill(0);
        assert_eq!(parse_header(&buf), Err(ProtocolError::ImpossibleLength));
        buf[1] = 0x7f;
        buf[2..].fill(0xff);
        assert_eq!(parse_header(&buf), header(LONG, 9, MAX_BODY));
        assert_eq!(
            parse_header(&buf).unwrap().unwrap().frame_len(),
            (1 << 63) + 8
        );
    }

    #[test]
    fn encode_switches_to_the_long_form_at_256() {
        let mut out = [0xaa; 9];
        assert_eq!(encode_header(MORE, 255, &mut out), 2);
        assert_eq!(out[..2], [MORE, 255]);
        assert_eq!(encode_header(0, 256, &mut out), 9);
        assert_eq!(out, [LONG, 0, 0, 0, 0, 0, 0, 1, 0]);
        assert_eq!(encode_header(COMMAND | LONG, 3, &mut out), 2);
        assert_eq!(out[..2], [COMMAND, 3]);
    }

    #[test]
    fn parse_reads_what_encode_wrote() {
        for len in [0, 1, 254, 255, 256, 257, 65535, 1 << 20, i64::MAX as usize] {
            for flags in [0, MORE, COMMAND] {
                let mut out = [0; 9];
                let header_len = encode_header(flags, len, &mut out);
                let header = parse_header(&out[..header_len]).unwrap().unwrap();
                assert_eq!(header.body_len, len as u64);
                assert_eq!(header.header_len, header_len);
                assert_eq!(header.more(), flags == MORE);
                assert_eq!(header.is_command(), flags == COMMAND);
            }
        }
    }
}
