//! What the two ends of a connection tell each other before its traffic.
//!
//! [`Config`] is ours, [`Peer`] what came of the other's. How it is told is the
//! [`handshake`](super::handshake)'s and the [`mechanism`](super::mechanism)'s affair.

use super::greeting::Version;
use super::metadata::{Metadata, Properties};
use super::socket_type::SocketType;

/// What we tell the peer of ourselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Our socket type.
    pub socket_type: SocketType,
    /// Our routing id, at most 255 bytes; sent by the types that announce one.
    pub routing_id: Vec<u8>,
    /// The application's own properties.
    pub properties: Properties,
    /// Whether we are the side that checks credentials. NULL has no sides, and
    /// no mechanism shows them in the greeting.
    pub as_server: bool,
}

impl Config {
    /// A socket of this type with nothing else to say.
    pub fn new(socket_type: SocketType) -> Config {
        Config {
            socket_type,
            routing_id: Vec::new(),
            properties: Vec::new(),
            as_server: false,
        }
    }
}

/// What we learnt of the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// The version to speak with it.
    pub version: Version,
    /// Its socket type, compatible with ours; `None` if it did not tell.
    pub socket_type: Option<SocketType>,
    /// Its routing id, at most 255 bytes; empty if it has none.
    pub routing_id: Vec<u8>,
    /// All its properties as they came, the two above included.
    pub properties: Properties,
}

impl Peer {
    /// A peer that says nothing of itself.
    pub fn unknown() -> Peer {
        Peer {
            version: Version::V3_1,
            socket_type: None,
            routing_id: Vec::new(),
            properties: Vec::new(),
        }
    }

    /// A peer of ZMTP 3 that said this.
    pub fn new(version: Version, metadata: Metadata) -> Peer {
        let Metadata {
            socket_type,
            routing_id,
            properties,
        } = metadata;
        Peer {
            version,
            socket_type,
            routing_id,
            properties,
        }
    }
}
