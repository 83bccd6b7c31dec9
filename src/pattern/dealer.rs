//! DEALER (RFC 28): sends in turn and receives in turn.

use super::{FairQueue, LoadBalance, Rules, Sent, Settings};
use crate::error::{Error, Result};
use crate::link::PipeId;
use crate::pipe::{Body, Effort, Pipes, Reading, Sink};

/// An asynchronous client or worker.
#[derive(Default)]
pub struct Dealer {
    pub(super) out: LoadBalance,
    pub(super) incoming: FairQueue,
    settings: Settings,
}

impl Rules for Dealer {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.settings.probe(pipes, id);
        self.out.activate(pipes, id);
        self.incoming.activate(pipes, id);
        true
    }

    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.out.remove(pipes, id);
        self.incoming.activate(pipes, id);
        true
    }

    fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.out.remove(pipes, id);
        self.incoming.remove(pipes, id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.incoming.activate(pipes, id);
    }

    fn writable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.out.activate(pipes, id);
    }

    fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<Sent> {
        self.out.send(pipes, body, more, effort)
    }

    fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        self.incoming.recv(pipes, reading, sink).ok_or(Error::Again)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        self.out.can_send(pipes)
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        self.incoming.can_recv(pipes, reading)
    }

    fn configure(&mut self, settings: &Settings) {
        self.settings = *settings;
    }
}
