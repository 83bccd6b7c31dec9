//! Receiving in turn: one message from each peer that has any.
//!
//! All frames of a message are taken from one peer before the next is looked at.

use super::{Taken, Turn};
use crate::link::{PipeId, Taker};
use crate::message::Msg;
use crate::pipe::{Pipes, Reading, Sink};

/// The peers that may have something, in turn.
#[derive(Default)]
pub struct FairQueue {
    turn: Turn,
    more: bool,
}

impl FairQueue {
    /// Adds a pipe, or returns one that was empty to the turn.
    pub fn activate(&mut self, pipes: &mut Pipes, id: PipeId) {
        if !pipes.set_receiving(id, true) {
            self.turn.add(id);
        }
    }

    /// Takes a pipe out for good. Says whether a message of it has been
    /// received in part.
    pub fn remove(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        if !pipes.set_receiving(id, false) {
            return false;
        }
        self.turn.remove(id) == Some(true) && std::mem::take(&mut self.more)
    }

    /// Whose message has been received in part.
    pub fn within(&self) -> Option<PipeId> {
        self.turn.current().filter(|_| self.more)
    }

    /// Whose turn it is.
    pub fn next(&self) -> Option<PipeId> {
        self.turn.current()
    }

    /// The pipe that every message comes from, unless one is under way.
    pub fn sole(&self) -> Option<PipeId> {
        let alone = self.turn.count() == 1 && !self.more;
        self.turn.current().filter(|_| alone)
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
        while let Some(id) = self.turn.current().filter(|_| looked < self.turn.count()) {
            if pipes[id].read(reading, sink) {
                self.received(pipes, sink.more);
                return Some(id);
            }
            looked += self.pass(pipes, id, reading);
        }
        None
    }

    /// Receives the next frame, if its body is short and at hand; otherwise
    /// nothing has happened, and [`recv`](Self::recv) is to look.
    #[inline(always)]
    pub fn recv_short(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        let pipe = self.turn.current()?;
        let (more, due) = pipes[pipe].read_short(taker)?;
        self.received(pipes, more);
        Some(Taken { pipe, more, due })
    }

    /// Takes the delimiter of an envelope, if that is the next frame and at hand,
    /// and says whom it is from; otherwise nothing has happened.
    #[inline]
    pub fn recv_delimiter(&mut self, pipes: &mut Pipes) -> Option<PipeId> {
        self.recv_short(pipes, &mut Delimiter)
            .map(|taken| taken.pipe)
    }

    /// Whether nothing has arrived that was not received, as far as is known
    /// without asking the kernel.
    pub fn is_silent(&self, pipes: &mut Pipes) -> bool {
        let mut active = self.turn.iter();
        active.all(|id| pipes[id].is_silent())
    }

    /// A frame was received of the pipe whose turn it is.
    #[inline(always)]
    fn received(&mut self, pipes: &Pipes, more: bool) {
        self.more = more;
        if !more && self.turn.count() > 1 {
            self.turn.advance();
            // Whose turn is next has been waiting in some far cache.
            if let Some(next) = self.turn.current() {
                pipes[next].fetch();
            }
        }
    }

    /// Receives the next frame as a message of its own.
    pub fn recv_msg(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> Option<(Msg, PipeId)> {
        let mut msg = Msg::new();
        let mut sink = Sink::message(&mut msg);
        let id = self.recv(pipes, reading, &mut sink)?;
        if sink.due {
            pipes.leave_due(id);
        }
        Some((msg, id))
    }

    /// Whether a frame could be received now.
    pub fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        let mut looked = 0;
        while let Some(id) = self.turn.current().filter(|_| looked < self.turn.count()) {
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
            self.turn.advance();
            return 1;
        } else if !pipes[id].go_idle() {
            // Something arrived at this moment.
            return 0;
        }
        pipes.set_receiving(id, false);
        self.turn.remove_current();
        0
    }
}

/// Takes an empty frame that is not the last of its message.
struct Delimiter;

impl Taker for Delimiter {
    #[inline(always)]
    fn copy(&mut self, body: &[u8], more: bool) -> bool {
        body.is_empty() && more
    }
}
