//! Sending in turn: each message goes to the next peer that has room.
//!
//! All frames of a message go to one peer. If that peer goes away in the middle
//! of a message, the rest of the message is dropped.

use crate::error::{Error, Result};
use crate::link::PipeId;
use crate::pipe::{Body, Effort, Pipes};

/// The peers that may have room, in turn.
#[derive(Default)]
pub struct LoadBalance {
    active: Vec<PipeId>,
    current: usize,
    /// The message under way has more frames to come.
    more: bool,
    /// Its peer is gone.
    dropping: bool,
}

impl LoadBalance {
    /// Adds a pipe, or returns one that was full to the turn.
    pub fn activate(&mut self, pipes: &mut Pipes, id: PipeId) {
        if !pipes.set_sending(id, true) {
            self.active.push(id);
        }
    }

    /// Takes a pipe out for good.
    pub fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        if !pipes.set_sending(id, false) {
            return;
        }
        let Some(index) = self.active.iter().position(|&other| other == id) else {
            return;
        };
        if index == self.current && self.more {
            self.dropping = true;
        }
        self.active.swap_remove(index);
        // Keep the turn where it was: the last pipe moved into the gap.
        if self.current == self.active.len() {
            self.current = 0;
        }
    }

    /// Sends one frame and says to whom; nobody, if it is dropped.
    #[inline]
    pub fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<PipeId> {
        if self.dropping {
            self.more = more;
            self.dropping = more;
            return Ok(PipeId::NONE);
        }
        if !self.more && !self.find(pipes, effort) {
            return Err(Error::Again);
        }
        let id = self.active[self.current];
        pipes[id].write(body, more)?;
        self.more = more;
        if !more {
            self.advance();
        }
        Ok(id)
    }

    /// Turns to the next pipe with room.
    #[inline]
    fn find(&mut self, pipes: &mut Pipes, effort: Effort) -> bool {
        let mut looked = 0;
        while looked < self.active.len() {
            let id = self.active[self.current];
            if pipes[id].can_write(effort) {
                return true;
            }
            if effort == Effort::Look {
                self.advance();
                looked += 1;
            } else if pipes[id].wait_writable() {
                pipes.set_sending(id, false);
                self.active.swap_remove(self.current);
                if self.current == self.active.len() {
                    self.current = 0;
                }
            } else if effort == Effort::Lazy {
                // Only the count was old; it is new for the next call.
                return false;
            }
        }
        false
    }

    #[inline]
    fn advance(&mut self) {
        self.current += 1;
        if self.current >= self.active.len() {
            self.current = 0;
        }
    }

    /// Whether a message could be sent now.
    pub fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.more || self.find(pipes, Effort::Settle)
    }
}
