//! Messages about connections that a socket wants in its queue, or its peers in
//! theirs: `ZMQ_HELLO_MSG`, `ZMQ_DISCONNECT_MSG`, `ZMQ_HICCUP_MSG` and
//! `ZMQ_ROUTER_NOTIFY`.
//!
//! They do not count against the marks of a sender, and come in their place
//! among the messages of a connection: first, or behind the last whole one.

use crate::error::Result;
use crate::link::{FillHalf, FlushHalf};
use crate::zmtp::frame;

/// What is to be said; nothing is said of what is empty.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// The first message that each peer gets.
    pub hello: Vec<u8>,
    /// Received when a peer that came to us is gone.
    pub disconnect: Vec<u8>,
    /// Received when a connection that we made is lost.
    pub hiccup: Vec<u8>,
    /// An empty message is received when a connection is up.
    pub tell_arrival: bool,
    /// An empty message is received when a connection is lost.
    pub tell_loss: bool,
}

impl Notes {
    /// A connection is up; nothing has been written to it yet.
    pub(super) fn greet(&self, half: &mut FlushHalf) {
        if !self.hello.is_empty() {
            let mut framed = Vec::new();
            frame::encode(0, &self.hello, &mut framed);
            half.queue_first(&framed);
        }
    }

    /// A connection is up; nothing of it has been received yet.
    pub(super) fn arrival(&self, half: &mut FillHalf) -> Result<()> {
        if self.tell_arrival {
            half.insert(&[])?;
        }
        Ok(())
    }

    /// A connection is lost, which we `made` or a peer. What it brought whole is in
    /// the inbox.
    pub(super) fn loss(&self, half: &mut FillHalf, made: bool) -> Result<()> {
        let last = if made { &self.hiccup } else { &self.disconnect };
        if !last.is_empty() {
            half.insert(last)?;
        }
        if self.tell_loss {
            half.insert(&[])?;
        }
        Ok(())
    }
}
