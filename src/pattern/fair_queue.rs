//! Receiving in turn: one message from each peer that has any.
//!
//! All frames of a message are taken from one peer before the next is looked at.

use crate::link::PipeId;
use crate::message::Msg;
use crate::pipe::{Pipes, Reading, Sink};

/// The peers that may have something, in turn.
#[derive(Default)]
pub struct FairQueue {
    active: Vec<PipeId>,
    current: usize,
    more: bool,
}

impl FairQueue {
    /// Adds a pipe, or returns one that was empty to the turn.
    pub fn activate(&mut self, pipes: &mut Pipes, id: PipeId) {
        if !pipes.set_receiving(id, true) {
            self.active.push(id);
        }
    }

    /// Takes a pipe out for good. Says whether a message of it has been
    /// received in part.
    pub fn remove(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        if !pipes.set_receiving(id, false) {
            return false;
        }
        let Some(index) = self.active.iter().position(|&other| other == id) else {
            return false;
        };
        let torn = index == self.current && std::mem::take(&mut self.more);
        self.drop_place(index);
        torn
    }

    fn drop_place(&mut self, index: usize) {
        self.active.swap_remove(index);
        // The last pipe has moved into the gap; the turn stays where it was.
        if self.current == self.active.len() {
            self.current = if index < self.current { index } else { 0 };
        }
    }

    /// Receives the next frame, and says whom it is from.
    #[inline(always)]
    pub fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Option<PipeId> {
        let mut looked = 0;
        while looked < self.active.len() {
            let id = self.active[self.current];
            if pipes[id].read(reading, sink) {
                self.more = sink.more;
                if !self.more && self.active.len() > 1 {
                    self.advance();
                    // Whose turn is next has been waiting in some far cache.
                    pipes[self.active[self.current]].fetch();
                }
                return Some(id);
            }
            looked += self.pass(pipes, id, reading);
        }
        None
    }

    /// Receives the next frame as a message of its own.
    pub fn recv_msg(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> Option<(Msg, PipeId)> {
        let mut msg = Msg::new();
        let id = self.recv(pipes, reading, &mut Sink::message(&mut msg))?;
        Some((msg, id))
    }

    /// Whether a frame could be received now.
    pub fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        let mut looked = 0;
        while looked < self.active.len() {
            let id = self.active[self.current];
            if pipes[id].can_read(reading) {
                return true;
            }
            looked += self.pass(pipes, id, reading);
        }
        false
    }

    /// Passes over a pipe that was empty: sets it aside if it will report, or
    /// leaves it in the turn. Says how many more were looked at in vain.
    #[cold]
    fn pass(&mut self, pipes: &mut Pipes, id: PipeId, reading: &Reading<'_>) -> usize {
        if pipes[id].is_finished() {
            pipes.retire(id);
        } else if !reading.settle {
            self.advance();
            return 1;
        } else if !pipes[id].go_idle() {
            // Something arrived at this moment.
            return 0;
        }
        pipes.set_receiving(id, false);
        self.drop_place(self.current);
        0
    }

    #[inline(always)]
    fn advance(&mut self) {
        self.current += 1;
        if self.current >= self.active.len() {
            self.current = 0;
        }
    }
}
