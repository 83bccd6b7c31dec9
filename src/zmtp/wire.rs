//! What a connection carries where that is not ZMTP 3 frames in the clear.
//!
//! Outbox and inbox hold frames, whatever the peer speaks. A connection whose
//! wire looks different has a [`Wire`]: one half of it turns frames into the
//! bytes that are written, the other turns the bytes that are read into frames.
//! A connection without one pays nothing for there being such a thing.
//!
//! Promises: a translator sees every byte once and in order, and is made anew
//! for each connection. It knows nothing of pieces: [`Frames`] cuts what the
//! outbox gives into parts of frames, and a decoder keeps the beginning of what
//! it cannot translate yet.

use super::error::ProtocolError;
use super::frame::{Header, LONG_HEADER, parse_header};

/// From frames to the wire.
pub trait Encode: Send {
    /// A frame begins.
    fn header(&mut self, header: &Header, wire: &mut Vec<u8>);
    /// A part of its body.
    fn body(&mut self, bytes: &[u8], wire: &mut Vec<u8>);
    /// It is complete.
    fn end(&mut self, _wire: &mut Vec<u8>) {}
}

/// From the wire to frames.
pub trait Decode: Send {
    /// Takes in what was read, and appends the frames that it stands for. The
    /// first call comes as soon as the connection is up, with what was read
    /// behind the handshake, which may be nothing.
    fn decode(&mut self, wire: &[u8], frames: &mut Vec<u8>) -> Result<(), ProtocolError>;
    /// The connection is lost: appends what that stands for.
    fn end(&mut self, _frames: &mut Vec<u8>) {}
}

/// Both directions of one connection.
pub struct Wire {
    /// For what is written.
    pub encode: Box<dyn Encode>,
    /// For what is read.
    pub decode: Box<dyn Decode>,
}

/// A part of a frame.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Its header.
    Header(Header),
    /// Some of its body.
    Body(&'a [u8]),
    /// Its end.
    End,
}

/// Cuts frames, which come in any pieces, into parts.
#[derive(Debug, Default)]
pub struct Frames {
    header: [u8; LONG_HEADER],
    header_len: usize,
    /// What is missing of the body; nothing outside of a frame.
    missing: Option<u64>,
}

impl Frames {
    /// Takes the next part from the head of `bytes`, if there is one. Frames of
    /// our own making have valid headers; anything else ends the cutting.
    pub fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Option<Part<'a>> {
        match self.missing {
            Some(0) => {
                self.missing = None;
                Some(Part::End)
            }
            Some(missing) => {
                if bytes.is_empty() {
                    return None;
                }
                let len = usize::try_from(missing).unwrap_or(usize::MAX);
                let body = bytes.split_off(..len.min(bytes.len()))?;
                self.missing = Some(missing - body.len() as u64);
                Some(Part::Body(body))
            }
            None => loop {
                *self.header.get_mut(self.header_len)? = *bytes.split_off_first()?;
                self.header_len += 1;
                if let Some(header) = parse_header(&self.header[..self.header_len]).ok()? {
                    self.header_len = 0;
                    self.missing = Some(header.body_len);
                    return Some(Part::Header(header));
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{MORE, encode};
    use super::*;

    #[test]
    fn frames_are_cut_alike_in_any_pieces() {
        let bodies: [(u8, Vec<u8>); 4] = [
            (MORE, b"abc".to_vec()),
            (0, Vec::new()),
            (MORE, vec![7; 300]),
            (0, b"z".to_vec()),
        ];
        let mut bytes = Vec::new();
        for (flags, body) in &bodies {
            encode(*flags, body, &mut bytes);
        }
        for size in 1..=bytes.len() {
            let mut frames = Frames::default();
            let mut seen: Vec<(u8, Vec<u8>)> = Vec::new();
            let mut ends = 0;
            for mut piece in bytes.chunks(size) {
                while let Some(part) = frames.next(&mut piece) {
                    match part {
                        Part::Header(header) => seen.push((header.flags & MORE, Vec::new())),
                        Part::Body(body) => seen.last_mut().unwrap().1.extend(body),
                        Part::End => ends += 1,
                    }
                }
                assert!(piece.is_empty());
            }
            assert_eq!(seen, bodies, "in pieces of {size}");
            assert_eq!(ends, bodies.len());
        }
    }
}
