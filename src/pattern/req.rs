//! REQ (RFC 28): a request, then its reply, and so on in turn.
//!
//! Only the reply of the peer that got the request counts; whatever else
//! arrives is dropped, and so is a reply without its empty delimiter.

use super::{FairQueue, LoadBalance, Rules, Sent};
use crate::error::{Error, Result};
use crate::link::PipeId;
use crate::pipe::{Body, Effort, Pipes, Reading, Sink};

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A request may be sent.
    #[default]
    Idle,
    /// Some frames of the request have been sent.
    Sending,
    /// The reply is awaited.
    Awaiting,
    /// Some frames of the reply have been received.
    Receiving,
}

/// A client in lockstep.
#[derive(Default)]
pub struct Req {
    out: LoadBalance,
    incoming: FairQueue,
    state: State,
    /// Who got the request; nobody once that peer is gone.
    server: Option<PipeId>,
    /// Skipping the rest of a message from this pipe that is not the reply.
    skipping: bool,
}

impl Rules for Req {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
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
        if self.server == Some(id) {
            self.server = None;
        }
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
        match self.state {
            State::Idle => {
                let delimiter = self.out.send(pipes, &mut Body::Bytes(&[]), true, effort)?;
                self.server = (delimiter.pipe != PipeId::NONE).then_some(delimiter.pipe);
                self.state = State::Sending;
            }
            State::Sending => {}
            State::Awaiting | State::Receiving => return Err(Error::State),
        }
        let sent = self.out.send(pipes, body, more, effort)?;
        if !more {
            self.state = State::Awaiting;
        }
        Ok(sent)
    }

    fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        match self.state {
            State::Idle | State::Sending => return Err(Error::State),
            State::Awaiting => self.find_reply(pipes, reading)?,
            State::Receiving => {}
        }
        let id = self.incoming.recv(pipes, reading, sink).ok_or(Error::Again)?;
        self.state = if sink.more { State::Receiving } else { State::Idle };
        Ok(id)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        match self.state {
            State::Idle => self.out.can_send(pipes),
            State::Sending => true,
            State::Awaiting | State::Receiving => false,
        }
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        match self.state {
            State::Idle | State::Sending => false,
            State::Awaiting => self.find_reply(pipes, reading).is_ok(),
            State::Receiving => true,
        }
    }
}

impl Req {
    /// Reads up to the body of the reply.
    fn find_reply(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> Result<()> {
        loop {
            let (msg, id) = self.incoming.recv_msg(pipes, reading).ok_or(Error::Again)?;
            let first = !std::mem::replace(&mut self.skipping, msg.more());
            let ours = self.server.is_none_or(|server| server == id);
            if first && ours && msg.is_empty() && msg.more() {
                self.skipping = false;
                self.state = State::Receiving;
                return Ok(());
            }
        }
    }
}
