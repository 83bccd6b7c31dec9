//! One connection: a descriptor shared by the two halves of a link, and what
//! is known of the peer at the other end.
//!
//! The descriptor is closed by its last owner only, so that its number is not
//! reused under a thread that still reads from it.

use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::message::Metadata;
use crate::transport::Stream;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// An established connection.
pub struct Conn {
    number: u64,
    /// The byte stream.
    pub stream: Stream,
    /// What every message from this peer carries.
    pub metadata: Arc<Metadata>,
}

impl Conn {
    /// A connection over `stream` whose messages carry `metadata`.
    pub fn new(stream: Stream, metadata: Arc<Metadata>) -> Conn {
        Conn {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            stream,
            metadata,
        }
    }

    /// Tells this connection from every other one of the process.
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl AsRawFd for Conn {
    fn as_raw_fd(&self) -> RawFd {
        self.stream.as_raw_fd()
    }
}
