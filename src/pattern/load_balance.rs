//! Sending in turn: each message goes to the next peer that has room.
//!
//! All frames of a message go to one peer. If that peer goes away in the middle
//! of a message, the rest of the message is dropped.

use super::Sent;
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
        // The last pipe has moved into the gap; the turn stays where it was.
        if self.current == self.active.len() {
            self.current = if index < self.current { index } else { 0 };
        }
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
        if let Some(&pipe) = self.active.get(self.current)
            && !self.dropping
        {
            let place = &mut pipes[pipe];
            if self.more || place.can_write() {
                let then = place.write(body, more)?;
                self.more = more;
                if !more {
                    self.advance();
                }
                return Ok(Sent { pipe, then });
            }
        }
        self.send_elsewhere(pipes, body, more, effort)
    }

    /// The peer whose turn it is has no room, or is gone.
    #[cold]
    fn send_elsewhere(
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
        if !self.find(pipes, effort) {
            return Err(Error::Again);
        }
        let pipe = self.active[self.current];
        let then = pipes[pipe].write(body, more)?;
        self.more = more;
        if !more {
            self.advance();
        }
        Ok(Sent { pipe, then })
    }

    /// Turns to the next pipe with room.
    fn find(&mut self, pipes: &mut Pipes, effort: Effort) -> bool {
        let mut looked = 0;
        while looked < self.active.len() {
            let id = self.active[self.current];
            if pipes[id].can_write() {
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
            }
        }
        false
    }

    #[inline(always)]
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
