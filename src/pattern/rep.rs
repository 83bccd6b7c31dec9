//! REP (RFC 28): a request, then its reply, and so on in turn.
//!
//! The envelope of a request, up to and including its empty delimiter, is kept
//! and put before the reply. A request without a delimiter is dropped. A reply
//! to a peer that has left or has no room is dropped too: a server does not
//! wait for its clients.

use super::{FairQueue, Rules, Sent};
use crate::error::{Error, Result};
use crate::link::PipeId;
use crate::message::Msg;
use crate::pipe::{Body, Effort, Pipes, Reading, Sink};

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A request is awaited; the envelope may be there in part.
    #[default]
    Awaiting,
    /// Its body is being received.
    Receiving,
    /// A reply may be sent.
    Answering,
    /// Some frames of the reply have been sent.
    Sending,
}

/// A server in lockstep.
#[derive(Default)]
pub struct Rep {
    incoming: FairQueue,
    state: State,
    envelope: Vec<Msg>,
    client: Option<PipeId>,
}

impl Rules for Rep {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.incoming.activate(pipes, id);
        true
    }

    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.forget(id);
        self.incoming.activate(pipes, id);
        true
    }

    fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.forget(id);
        if self.incoming.remove(pipes, id) {
            self.envelope.clear();
            self.state = match self.state {
                State::Receiving => State::Awaiting,
                state => state,
            };
        }
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.incoming.activate(pipes, id);
    }

    fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        _effort: Effort,
    ) -> Result<Sent> {
        if self.state == State::Answering {
            if self.client.is_some_and(|id| !pipes[id].can_write_at_last()) {
                self.client = None;
            }
            if let Some(id) = self.client {
                self.address(pipes, id)?;
            }
            for frame in self.envelope.drain(..) {
                pipes.discard(frame);
            }
            self.state = State::Sending;
        } else if self.state != State::Sending {
            return Err(Error::State);
        }
        let client = self.client;
        let sent = match client {
            Some(pipe) => Sent {
                pipe,
                then: pipes[pipe].write(body, more)?,
            },
            None => Sent::NOWHERE,
        };
        if !more {
            self.state = State::Awaiting;
            self.client = None;
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
            State::Awaiting => self.find_request(pipes, reading)?,
            State::Receiving => {}
            State::Answering | State::Sending => return Err(Error::State),
        }
        let id = self
            .incoming
            .recv(pipes, reading, sink)
            .ok_or(Error::Again)?;
        self.state = if sink.more {
            State::Receiving
        } else {
            State::Answering
        };
        Ok(id)
    }

    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        matches!(self.state, State::Answering | State::Sending)
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        match self.state {
            State::Awaiting => self.find_request(pipes, reading).is_ok(),
            State::Receiving => true,
            State::Answering | State::Sending => false,
        }
    }
}

impl Rep {
    /// Writes the envelope of a reply: all of it or nothing.
    fn address(&mut self, pipes: &mut Pipes, id: PipeId) -> Result<()> {
        for frame in &mut self.envelope {
            let wrote = frame
                .share()
                .and_then(|mut frame| pipes[id].write(&mut Body::Msg(&mut frame), true));
            wrote.inspect_err(|_| pipes.take_back(id))?;
        }
        Ok(())
    }

    /// Reads up to the body of the next request that has a proper envelope.
    fn find_request(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> Result<()> {
        loop {
            let (mut msg, id) = self.incoming.recv_msg(pipes, reading).ok_or(Error::Again)?;
            if !msg.more() {
                pipes.discard(msg);
                self.envelope.clear();
                continue;
            }
            let bottom = msg.is_empty();
            msg.set_metadata(None);
            self.envelope.push(msg);
            if bottom {
                self.client = Some(id);
                self.state = State::Receiving;
                return Ok(());
            }
        }
    }

    /// The client is gone: its reply will be dropped.
    fn forget(&mut self, id: PipeId) {
        if self.client == Some(id) {
            self.client = None;
        }
    }
}
