//! Who a link belongs to and what it tells them.
//!
//! A link knows nothing of sockets: it reports to an [`Owner`], from whichever
//! thread noticed, and the owner decides when to look. Reports of one link
//! arrive in the order in which they were made.

use std::sync::Arc;

use crate::link::{Conn, Lease, Link, OutWriter};
use crate::zmtp::Peer;

/// Where a pipe sits in its socket: a place and how often it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PipeId(u64);

impl PipeId {
    /// No pipe at all.
    pub const NONE: PipeId = PipeId(0);

    /// The pipe in place `index`, in its `round`th use (from 1).
    pub fn new(index: u32, round: u32) -> PipeId {
        PipeId(u64::from(round) << 32 | u64::from(index))
    }

    /// The place in the socket's table.
    #[inline]
    pub fn index(self) -> usize {
        (self.0 & 0xffff_ffff) as usize
    }

    /// The number that [`PipeId::from_bits`] turns back.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// The identifier that gave `bits`.
    pub fn from_bits(bits: u64) -> PipeId {
        PipeId(bits)
    }
}

/// A peer that has finished its handshake.
pub struct Arrival {
    /// The link it arrived on.
    pub link: Arc<Link>,
    /// The connection that carries it.
    pub conn: Arc<Conn>,
    /// What the peer said of itself.
    pub peer: Peer,
    /// The producing end of the outbox, where the socket has none yet.
    pub writer: Option<OutWriter>,
}

/// What a link reports to. No call waits for the socket.
pub trait Owner: Send + Sync {
    /// A connection is up: the first one of a link, or the next.
    fn arrived(&self, arrival: Arrival);
    /// The connection is gone. `last` says that no other will follow.
    fn departed(&self, link: &Arc<Link>, last: bool);
    /// Something can be read after the pipe was found empty.
    fn readable(&self, pipe: PipeId);
    /// The peer took what the socket was waiting for.
    fn writable(&self, pipe: PipeId);
    /// The right of a receiver to be the only one who reads from a pipe, as it is since
    /// the mark was reached, until it finds nothing more.
    fn lease(&self, pipe: PipeId) -> Box<dyn Lease>;
}
