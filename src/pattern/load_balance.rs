//! Sending in turn: each message goes to the next peer that has room.
//!
//! All frames of a message go to one peer. If that peer goes away in the middle
//! of a message, the rest of the message is dropped.

use super::{Sent, Turn};
use crate::error::{Error, Result};
use crate::link::PipeId;
use crate::pipe::{Body, Effort, Pipes};

/// The peers that may have room, in turn.
#[derive(Default)]
pub struct LoadBalance {
    turn: Turn,
    /// The message under way has more frames to come.
    more: bool,
    /// Its peer is gone.
    dropping: bool,
}

impl LoadBalance {
    /// Adds a pipe, or returns one that was full to the turn.
    pub fn activate(&mut self, pipes: &mut Pipes, id: PipeId) {
        if !pipes.set_sending(id, true) {
            self.turn.add(id);
        }
    }

    /// Takes a pipe out for good.
    pub fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        if pipes.set_sending(id, false) && self.turn.remove(id) == Some(true) && self.more {
            self.dropping = true;
        }
    }

    /// The pipe that takes every message, unless one is under way.
    pub fn sole(&self) -> Option<PipeId> {
        let alone = self.turn.count() == 1 && !self.more && !self.dropping;
        self.turn.current().filter(|_| alone)
    }

    /// Sends one frame.
    #[inline(always)]
    pub fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<Sent> {
        if self.dropping {
            self.more = more;
            self.dropping = more;
            return Ok(Sent::NOWHERE);
        }
        let mut pipe = self.turn.current().ok_or(Error::Again)?;
        if !self.more && !pipes[pipe].can_write() {
            pipe = self.find(pipes, effort).ok_or(Error::Again)?;
        }
        let then = pipes[pipe].write(body, more)?;
        self.more = more;
        if !more {
            self.turn.advance();
        }
        Ok(Sent { pipe, then })
    }

    /// Takes back the frames of the message under way.
    #[cold]
    pub fn take_back(&mut self, pipes: &mut Pipes) {
        if self.more
            && !self.dropping
            && let Some(id) = self.turn.current()
        {
            pipes.take_back(id);
        }
        (self.more, self.dropping) = (false, false);
    }

    /// Sends a whole message, `envelope` and a short body, if nothing stands in its
    /// way; otherwise nothing has happened, and [`send`](Self::send) is to look.
    #[inline(always)]
    pub fn send_short(&mut self, pipes: &mut Pipes, envelope: &[u8], body: &[u8]) -> Option<Sent> {
        if self.more || self.dropping {
            return None;
        }
        let pipe = self.turn.current()?;
        let then = pipes[pipe].write_short(envelope, body)?;
        self.turn.advance();
        Some(Sent { pipe, then })
    }

    /// Turns to the next pipe with room.
    #[cold]
    fn find(&mut self, pipes: &mut Pipes, effort: Effort) -> Option<PipeId> {
        let mut looked = 0;
        while looked < self.turn.count() {
            let id = self.turn.current()?;
            if pipes[id].can_write() {
                return Some(id);
            }
            if effort == Effort::Look {
                self.turn.advance();
                looked += 1;
            } else if pipes[id].wait_writable() {
                pipes.set_sending(id, false);
                self.turn.remove_current();
            }
        }
        None
    }

    /// Whether a message could be sent now.
    pub fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.more || self.find(pipes, Effort::Settle).is_some()
    }
}
