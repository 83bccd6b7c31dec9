//! PUSH (RFC 30): sends in turn, receives nothing.

use super::{LoadBalance, Rules, Sent};
use crate::error::Result;
use crate::link::PipeId;
use crate::pipe::{Body, Effort, Pipes};

/// The sending end of a pipeline.
#[derive(Default)]
pub struct Push {
    pub(super) out: LoadBalance,
}

impl Rules for Push {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.out.activate(pipes, id);
        true
    }

    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.out.remove(pipes, id);
        false
    }

    fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.out.remove(pipes, id);
    }

    fn writable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.out.activate(pipes, id);
    }

    #[inline(always)]
    fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<Sent> {
        self.out.send(pipes, body, more, effort)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.out.can_send(pipes)
    }
}
