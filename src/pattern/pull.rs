//! PULL (RFC 30): receives in turn, sends nothing.

use super::{FairQueue, Rules};
use crate::error::{Error, Result};
use crate::link::PipeId;
use crate::pipe::{Pipes, Reading, Sink};

/// The receiving end of a pipeline.
#[derive(Default)]
pub struct Pull {
    pub(super) incoming: FairQueue,
}

impl Rules for Pull {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.incoming.activate(pipes, id);
        true
    }

    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.incoming.activate(pipes, id);
        true
    }

    fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.incoming.remove(pipes, id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.incoming.activate(pipes, id);
    }

    #[inline(always)]
    fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        self.incoming.recv(pipes, reading, sink).ok_or(Error::Again)
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        self.incoming.can_recv(pipes, reading)
    }
}
