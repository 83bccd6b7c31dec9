//! PAIR (RFC 31): one peer at a time, both ways.

use super::{Rules, Sent, Taken};
use crate::error::{Error, Result};
use crate::link::{PipeId, Taker};
use crate::pipe::{Body, Effort, Pipes, Reading, Sink};

/// An exclusive pair.
#[derive(Default)]
pub struct Pair {
    peer: Option<PipeId>,
    /// The peer that has left, while there is something of it to be read.
    former: Option<PipeId>,
    /// The pipe that holds the message being received.
    reading: Option<PipeId>,
    /// The message being sent has more frames to come, and its peer is gone.
    dropping: bool,
    more: bool,
}

impl Rules for Pair {
    fn attach(&mut self, _pipes: &mut Pipes, id: PipeId) -> bool {
        if self.peer.is_some() {
            return false;
        }
        self.peer = Some(id);
        true
    }

    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        if self.peer != Some(id) {
            return false;
        }
        self.peer = None;
        self.dropping = self.more;
        if let Some(older) = self.former.replace(id) {
            pipes.retire(older);
        }
        true
    }

    fn remove(&mut self, _pipes: &mut Pipes, id: PipeId) {
        if self.peer == Some(id) {
            self.dropping = self.more;
        }
        for place in [&mut self.peer, &mut self.former, &mut self.reading] {
            if *place == Some(id) {
                *place = None;
            }
        }
    }

    fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<Sent> {
        if self.dropping {
            self.dropping = more;
            self.more = more;
            return Ok(Sent::NOWHERE);
        }
        let id = self.peer.ok_or(Error::Again)?;
        let pipe = &mut pipes[id];
        let room =
            self.more || pipe.can_write() || (effort == Effort::Settle && !pipe.wait_writable());
        if !room {
            return Err(Error::Again);
        }
        let then = pipe.write(body, more)?;
        self.more = more;
        Ok(Sent { pipe: id, then })
    }

    fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        let (id, ()) = self.source(pipes, reading, |pipes, id| {
            pipes[id].read(reading, sink).then_some(())
        })?;
        self.reading = sink.more.then_some(id);
        Ok(id)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.more
            || self
                .peer
                .is_some_and(|id| pipes[id].can_write() || !pipes[id].wait_writable())
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        let look = |pipes: &mut Pipes, id| pipes[id].can_read(reading).then_some(());
        self.source(pipes, reading, look).is_ok()
    }
}

impl Pair {
    /// Sends a whole message with a short body, if there is room; otherwise nothing has
    /// happened.
    pub fn send_short(&mut self, pipes: &mut Pipes, body: &[u8]) -> Option<Sent> {
        if self.more || self.dropping {
            return None;
        }
        let pipe = self.peer?;
        let then = pipes[pipe].write_short(&[], body)?;
        Some(Sent { pipe, then })
    }

    /// See [`Pattern::ways`](super::Pattern::ways).
    pub fn ways(&self) -> (Option<PipeId>, Option<PipeId>) {
        let alone = self.former.is_none() && self.reading.is_none();
        (
            self.peer.filter(|_| !self.more && !self.dropping),
            self.peer.filter(|_| alone),
        )
    }

    /// Receives a frame with a short body in the same way.
    pub fn recv_short(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        if self.former.is_some() {
            return None;
        }
        let pipe = self.peer?;
        let (more, due) = pipes[pipe].read_short(taker)?;
        self.reading = more.then_some(pipe);
        Some(Taken { pipe, more, due })
    }

    /// Looks at what a peer that has left sent before what the present one did.
    fn source<T>(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        mut look: impl FnMut(&mut Pipes, PipeId) -> Option<T>,
    ) -> Result<(PipeId, T)> {
        for id in [self.reading, self.former, self.peer].into_iter().flatten() {
            if let Some(found) = look(pipes, id) {
                return Ok((id, found));
            }
            if pipes[id].is_finished() {
                pipes.retire(id);
            } else if reading.settle
                && !pipes[id].go_idle()
                && let Some(found) = look(pipes, id)
            {
                return Ok((id, found));
            }
        }
        Err(Error::Again)
    }
}
