//! REQ (RFC 28): a request, then its reply, and so on in turn.
//!
//! Only the reply of the peer that got the request counts; whatever else
//! arrives, and whatever has arrived before a request, is dropped. A relaxed
//! socket may give up its request for another; one that correlates numbers its
//! requests, and takes the reply with the same number only. A connection on
//! which something arrives that has no empty delimiter is given up for good.

use super::{FairQueue, LoadBalance, Rules, Sent, Settings, Taken};
use crate::error::{Error, Result};
use crate::link::{PipeId, Taker};
use crate::pipe::{Body, Effort, Pipes, Reading, Sink, Unwatched};
use crate::zmtp::frame::DELIMITER;

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

/// The length of a request id, which a peer may put before the delimiter.
const REQUEST_ID: usize = 4;

/// How many frames that came too early are dropped at once: a peer that sends
/// without end is not to hold up a request.
const STALE: usize = 10_000;

/// Which part of an envelope has been read.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Before {
    #[default]
    Nothing,
    RequestId,
    Delimiter,
}

/// A client in lockstep.
#[derive(Default)]
pub struct Req {
    out: LoadBalance,
    incoming: FairQueue,
    settings: Settings,
    state: State,
    /// Who got the request; nobody once that peer is gone.
    server: Option<PipeId>,
    /// What has been read of a message that may or may not be the reply.
    before: Before,
    /// What has been read of it begins like the reply.
    promising: bool,
    /// The number of the last request, where requests are numbered.
    number: u32,
}

impl Rules for Req {
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
        if self.incoming.remove(pipes, id) {
            self.before = Before::Nothing;
            self.state = match self.state {
                State::Receiving => State::Awaiting,
                state => state,
            };
        }
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
            State::Sending => {}
            State::Awaiting | State::Receiving if !self.settings.req_relaxed => {
                return Err(Error::State);
            }
            _ => self.begin(pipes, effort)?,
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
        let id = self
            .incoming
            .recv(pipes, reading, sink)
            .ok_or(Error::Again)?;
        self.received(sink.more);
        Ok(id)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        match self.state {
            State::Sending => true,
            State::Awaiting | State::Receiving if !self.settings.req_relaxed => false,
            _ => self.out.can_send(pipes),
        }
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        match self.state {
            State::Idle | State::Sending => false,
            State::Awaiting => self.find_reply(pipes, reading).is_ok(),
            State::Receiving => true,
        }
    }

    fn listens(&self) -> bool {
        matches!(self.state, State::Awaiting | State::Receiving)
    }

    fn configure(&mut self, settings: &Settings) {
        self.settings = *settings;
    }
}

impl Req {
    /// Sends a whole request with a short body, if that takes no more than the
    /// delimiter before it; otherwise nothing has happened.
    pub fn send_short(&mut self, pipes: &mut Pipes, body: &[u8]) -> Option<Sent> {
        if self.state != State::Idle
            || self.settings.req_correlate
            || !self.incoming.is_silent(pipes)
        {
            return None;
        }
        let sent = self.out.send_short(pipes, &DELIMITER, body)?;
        self.before = Before::Nothing;
        self.server = Some(sent.pipe);
        self.state = State::Awaiting;
        Some(sent)
    }

    /// Receives a frame of the reply in the same way; its delimiter may have been
    /// received by itself.
    pub fn recv_short(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        if self.state == State::Awaiting {
            self.begin_reply(pipes)?;
        }
        if self.state != State::Receiving {
            return None;
        }
        let taken = self.incoming.recv_short(pipes, taker)?;
        self.received(taken.more);
        Some(taken)
    }

    /// Takes the delimiter of what can only be the reply, if it is at hand.
    fn begin_reply(&mut self, pipes: &mut Pipes) -> Option<()> {
        if self.before != Before::Nothing
            || self.settings.req_correlate
            || self.server != self.incoming.next()
        {
            return None;
        }
        self.incoming.recv_delimiter(pipes)?;
        self.state = State::Receiving;
        Some(())
    }

    /// A frame of the reply has been received.
    fn received(&mut self, more: bool) {
        self.state = match more {
            true => State::Receiving,
            false => State::Idle,
        };
    }

    /// Sends what comes before a request.
    fn begin(&mut self, pipes: &mut Pipes, effort: Effort) -> Result<()> {
        if self.settings.req_correlate {
            let number = match self.number {
                0 => crate::process::random() as u32,
                last => last.wrapping_add(1),
            };
            let id = number.to_ne_bytes();
            self.out.send(pipes, &mut Body::Bytes(&id), true, effort)?;
            self.number = number;
        }
        let delimiter = self.out.send(pipes, &mut Body::Bytes(&[]), true, effort);
        let delimiter = delimiter.inspect_err(|_| self.out.take_back(pipes))?;
        self.server = (delimiter.pipe != PipeId::NONE).then_some(delimiter.pipe);
        self.state = State::Sending;
        self.drop_stale(pipes);
        Ok(())
    }

    /// Drops what has arrived: it cannot be the reply to what was not sent yet.
    fn drop_stale(&mut self, pipes: &mut Pipes) {
        let watch = pipes.watch();
        let reading = Reading {
            direct: false,
            settle: false,
            watch: watch.as_deref().map_or(&Unwatched, |watch| watch),
        };
        for _ in 0..STALE {
            match self.incoming.recv_msg(pipes, &reading) {
                Some((msg, _)) => pipes.discard(msg),
                None => break,
            }
        }
        self.before = Before::Nothing;
    }

    /// Reads up to the body of the reply.
    fn find_reply(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> Result<()> {
        loop {
            if !self.incoming.can_recv(pipes, reading) {
                return Err(Error::Again);
            }
            if self.begin_reply(pipes).is_some() {
                return Ok(());
            }
            let (msg, id) = self.incoming.recv_msg(pipes, reading).ok_or(Error::Again)?;
            let delimiter = msg.is_empty() && msg.more();
            let request_id = msg.more() && msg.len() == REQUEST_ID;
            let valid = match self.before {
                Before::Nothing => delimiter || request_id,
                Before::RequestId => delimiter,
                Before::Delimiter => true,
            };
            if !valid && pipes[id].is_link() {
                // Not the peer of a REQ at all: there is nothing to hope for.
                pipes.refuse(id);
                self.incoming.remove(pipes, id);
                self.before = Before::Nothing;
                continue;
            }
            let correlate = self.settings.req_correlate;
            let first = self.before == Before::Nothing;
            let ours = self.server.is_none_or(|server| server == id);
            self.promising = ours
                && match (first, correlate) {
                    (true, true) => msg.as_slice() == self.number.to_ne_bytes() && request_id,
                    (true, false) => delimiter,
                    (false, _) => self.promising && delimiter && self.before == Before::RequestId,
                };
            self.before = match self.before {
                _ if !msg.more() => Before::Nothing,
                Before::Nothing if !delimiter && valid => Before::RequestId,
                _ => Before::Delimiter,
            };
            pipes.discard(msg);
            if self.promising && first != correlate {
                self.before = Before::Nothing;
                self.state = State::Receiving;
                return Ok(());
            }
        }
    }
}
