//! The rest of a handshake with a peer of ZMTP 1.0 or 2.0.
//!
//! Each end tells its routing id as the first frame, and before it, if there was a
//! greeting, its socket type as one byte. There is no mechanism and there are no
//! properties. Not one byte behind the peer's frame is consumed, and none is kept
//! of a frame that announces more than a routing id.

use bytes::{Buf, BufMut};

use crate::zmtp::error::ProtocolError;
use crate::zmtp::frame;
use crate::zmtp::greeting::Version;
use crate::zmtp::metadata::MAX_ROUTING_ID;
use crate::zmtp::peer::Peer;
use crate::zmtp::socket_type::SocketType;
use crate::zmtp::v1;

/// Appends what such a peer wants to know of us, behind the part of our greeting
/// that it has been given.
pub fn introduce(version: Version, socket_type: SocketType, routing_id: &[u8], out: &mut Vec<u8>) {
    match version {
        // It has taken our signature for the header of what follows.
        Version::Unversioned => {}
        Version::V1_0 => {
            out.put_u8(socket_type as u8);
            v1::put_header(false, routing_id.len() as u64, out);
        }
        _ => {
            out.put_u8(socket_type as u8);
            frame::put_header(0, routing_id.len(), out);
        }
    }
    out.put_slice(routing_id);
}

/// Waits for the rest of the peer's routing id, which comes as a frame.
#[derive(Debug)]
pub struct AwaitRoutingId {
    version: Version,
    frame: Vec<u8>,
}

impl AwaitRoutingId {
    /// Of the frame `begun` is there, which was taken for a greeting.
    pub fn new(version: Version, begun: &[u8]) -> AwaitRoutingId {
        AwaitRoutingId {
            version,
            frame: begun.to_vec(),
        }
    }

    /// Takes what of `input` belongs to the frame; the peer, once it is whole.
    pub fn handle(&mut self, input: &mut &[u8]) -> Result<Option<Peer>, ProtocolError> {
        loop {
            let missing = match self.lengths()? {
                Some((_, body_len)) if body_len > MAX_ROUTING_ID as u64 => {
                    return Err(ProtocolError::MessageTooLarge);
                }
                Some((header_len, body_len)) => {
                    let missing = header_len + body_len as usize - self.frame.len();
                    if missing == 0 {
                        return Ok(Some(self.peer(header_len)));
                    }
                    missing
                }
                None => 1,
            };
            if input.is_empty() {
                return Ok(None);
            }
            self.frame.put(input.take(missing));
        }
    }

    /// The lengths of the frame's header and of its body, once the header is there.
    fn lengths(&self) -> Result<Option<(usize, u64)>, ProtocolError> {
        Ok(match self.version {
            Version::V2_0 => {
                frame::parse_header(&self.frame)?.map(|header| (header.header_len, header.body_len))
            }
            _ => v1::parse_header(&self.frame)?
                .map(|(_, header_len, body_len)| (header_len, body_len)),
        })
    }

    fn peer(&self, header_len: usize) -> Peer {
        Peer {
            version: self.version,
            routing_id: self.frame[header_len..].to_vec(),
            ..Peer::unknown()
        }
    }
}
