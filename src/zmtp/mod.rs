//! ZMTP 1.0 to 3.1 (RFC 13, 15, 23 and 37) as pure state machines.
//!
//! Bytes come in by `handle_*` and `scan`, bytes go out by `poll_output` and
//! `encode_*`, and time is an argument. Nothing here owns a descriptor, reads a
//! clock, starts a thread or locks anything, so each machine can be driven by
//! whichever thread holds it and tested as a pair in memory.
//!
//! The life of a connection, in the order of the files: the [`greeting`] tells
//! versions and mechanisms apart; the [`handshake`] runs the [`mechanism`] and
//! leaves a [`Peer`]; from then on [`frame`] describes one frame, [`scan`] walks
//! many, [`command`] reads the ones that are not messages, and [`heartbeat`]
//! watches whether the peer is still there. A connection that carries something
//! else than these frames has a [`wire`] that translates; [`raw`] and [`v1`] are such.
//!
//! Not here: message bodies and queues (the link's), subscriptions (the
//! pattern's).

#![forbid(unsafe_code)]

pub mod command;
pub mod error;
pub mod frame;
pub mod greeting;
pub mod handshake;
pub mod heartbeat;
pub mod mechanism;
pub mod metadata;
pub mod peer;
pub mod raw;
pub mod scan;
pub mod socket_type;
pub mod v1;
pub mod wire;

pub use command::Command;
pub use error::{ProtocolError, Report};
pub use frame::Header;
pub use greeting::Version;
pub use handshake::Handshake;
pub use heartbeat::{Heartbeat, HeartbeatConfig};
pub use peer::{Config, Peer};
pub use raw::Raw;
pub use scan::{Limits, Scan, Scanner};
pub use socket_type::SocketType;
pub use wire::Wire;
