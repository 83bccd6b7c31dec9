//! REP (RFC 28): a request, then its reply, and so on in turn.
//!
//! The envelope of a request, up to its empty delimiter, is kept and put before the
//! reply. A request without a delimiter is dropped. A reply to a peer that has left or
//! has no room is dropped too: a server does not wait for its clients.

use super::{FairQueue, Rules, Sent, Taken};
use crate::error::{Error, Result};
use crate::link::{PipeId, Taker};
use crate::message::Msg;
use crate::pipe::{Body, Effort, Pipes, Reading, Sink};
use crate::zmtp::frame::DELIMITER;

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
    /// The frames before the delimiter, which most requests do not have.
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
        self.received(sink.more);
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

    fn listens(&self) -> bool {
        matches!(self.state, State::Awaiting | State::Receiving)
    }
}

impl Rep {
    /// Sends a whole reply with a short body, if that takes no more than the
    /// delimiter before it; otherwise nothing has happened.
    pub fn send_short(&mut self, pipes: &mut Pipes, body: &[u8]) -> Option<Sent> {
        if self.state != State::Answering || !self.envelope.is_empty() {
            return None;
        }
        let pipe = self.client?;
        let then = pipes[pipe].write_short(&DELIMITER, body)?;
        self.state = State::Awaiting;
        self.client = None;
        Some(Sent { pipe, then })
    }

    /// Receives a frame of a request in the same way; its delimiter may have been
    /// received by itself.
    pub fn recv_short(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        if self.state == State::Awaiting {
            self.begin_request(pipes)?;
        }
        if self.state != State::Receiving {
            return None;
        }
        let taken = self.incoming.recv_short(pipes, taker)?;
        self.received(taken.more);
        Some(taken)
    }

    /// Takes the delimiter of the next request, if that is all of its envelope that
    /// is left, and at hand.
    fn begin_request(&mut self, pipes: &mut Pipes) -> Option<()> {
        self.client = Some(self.incoming.recv_delimiter(pipes)?);
        self.state = State::Receiving;
        Some(())
    }

    /// A frame of the request has been received.
    fn received(&mut self, more: bool) {
        self.state = match more {
            true => State::Receiving,
            false => State::Answering,
        };
    }

    /// Writes the envelope of a reply: all of it or nothing.
    fn address(&mut self, pipes: &mut Pipes, id: PipeId) -> Result<()> {
        for frame in &mut self.envelope {
            let wrote = frame
                .share()
                .and_then(|mut frame| pipes[id].write(&mut Body::Msg(&mut frame), true));
            wrote.inspect_err(|_| pipes.take_back(id))?;
        }
        let delimiter = pipes[id].write(&mut Body::Bytes(&[]), true);
        delimiter.inspect_err(|_| pipes.take_back(id))?;
        Ok(())
    }

    /// Reads up to the body of the next request that has a proper envelope.
    fn find_request(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> Result<()> {
        loop {
            if !self.incoming.can_recv(pipes, reading) {
                return Err(Error::Again);
            }
            if self.begin_request(pipes).is_some() {
                return Ok(());
            }
            let (mut msg, id) = self.incoming.recv_msg(pipes, reading).ok_or(Error::Again)?;
            if !msg.more() {
                pipes.discard(msg);
                self.envelope.clear();
            } else if msg.is_empty() {
                pipes.discard(msg);
                self.client = Some(id);
                self.state = State::Receiving;
                return Ok(());
            } else {
                msg.set_metadata(None);
                self.envelope.push(msg);
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
