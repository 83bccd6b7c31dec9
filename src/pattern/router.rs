//! ROUTER (RFC 28): every peer has a routing id, which comes before each message
//! received and chooses the peer of each message sent.
//!
//! A peer that gives no routing id gets one of five bytes, the first of which is
//! zero. A message to nobody is dropped, or refused if the socket is mandatory.
//!
//! In raw mode each message is a routing id and one frame of bytes; an empty one
//! hangs up on the peer.

use super::{FairQueue, Names, Rules, Sent, Settings, Taken};
use crate::error::{Error, Result};
use crate::link::{PipeId, Taker};
use crate::message::Msg;
use crate::pipe::{Body, Effort, PeerInfo, Pipes, Reading, Refill, Sink};

/// The addressee of the message being sent.
#[derive(Default, Clone, Copy)]
enum To {
    /// The next frame is a routing id.
    #[default]
    Unknown,
    /// The frames go here; none has yet.
    First(PipeId),
    /// The frames go here.
    Pipe(PipeId),
    /// The frames are dropped.
    Nobody,
}

/// A server that talks to many peers by name.
#[derive(Default)]
pub struct Router {
    incoming: FairQueue,
    names: Names,
    next: u32,
    /// What [`take_newest`](Self::take_newest) gives.
    newest: Option<Vec<u8>>,
    to: To,
    /// The frame behind a routing id that has been, or is about to be, received.
    ahead: Msg,
    /// Whom `ahead` is from, if there is such a frame.
    from: Option<PipeId>,
    /// The name of that peer, if it is gone.
    former: Box<[u8]>,
    /// Who has lost its routing id to another in the middle of a message.
    parting: Option<PipeId>,
    /// The routing id of `ahead` is still to be received.
    named: bool,
    /// The message being received has more frames to come.
    more: bool,
    settings: Settings,
}

impl Rules for Router {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        // Without its routing id a peer can be neither read nor addressed.
        self.settings.probe(pipes, id);
        true
    }

    fn identify(&mut self, pipes: &mut Pipes, id: PipeId, peer: &PeerInfo) {
        if self.names.of(id).is_some() {
            // It came again, or was named by the application before it came.
            self.incoming.activate(pipes, id);
            return;
        }
        let routing_id = if peer.routing_id.is_empty() {
            self.generate()
        } else if let Some(holder) = self.names.holder(&peer.routing_id) {
            if !self.settings.router_handover {
                // The newcomer stays connected, unheard and without a name.
                return;
            }
            self.hand_over(pipes, holder);
            peer.routing_id.clone().into_boxed_slice()
        } else {
            peer.routing_id.clone().into_boxed_slice()
        };
        self.names.give(id, routing_id);
        self.incoming.activate(pipes, id);
    }

    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.stop_sending(id);
        if self.names.of(id).is_none() {
            // Who has no name is heard only to the end of a message.
            return self.parting == Some(id);
        }
        self.names.release(id);
        self.incoming.activate(pipes, id);
        true
    }

    fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.forget(id);
        self.parting = self.parting.filter(|parting| *parting != id);
        self.leave(pipes, id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        if self.names.of(id).is_some() {
            self.incoming.activate(pipes, id);
        }
    }

    fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<Sent> {
        match self.to {
            To::Unknown => {
                if more {
                    self.to = self.find(pipes, body.as_slice(), effort)?;
                }
                Ok(Sent::NOWHERE)
            }
            To::First(id) | To::Pipe(id) => {
                // A raw peer gets bytes: they are one frame, and none is the end.
                let more = more && !self.settings.router_raw;
                if self.settings.router_raw && body.as_slice().is_empty() {
                    self.to = To::Unknown;
                    pipes.hang_up(id);
                    return Ok(Sent::NOWHERE);
                }
                let then = pipes[id].write(body, more)?;
                self.to = if more { To::Pipe(id) } else { To::Unknown };
                Ok(Sent { pipe: id, then })
            }
            To::Nobody => {
                let more = more && !self.settings.router_raw;
                self.to = if more { To::Nobody } else { To::Unknown };
                Ok(Sent::NOWHERE)
            }
        }
    }

    fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        if self.more && self.from.is_none() {
            let id = self
                .incoming
                .recv(pipes, reading, sink)
                .ok_or(Error::Again)?;
            self.more = sink.more;
            if !self.more {
                self.part(pipes);
            }
            return Ok(id);
        }
        let id = self.look_ahead(pipes, reading)?;
        if self.named {
            let mut frame = Msg::copy_from(self.name(id))?;
            frame.set_more(true);
            frame.share_metadata(&self.ahead);
            (self.named, self.more) = (false, true);
            sink.put(frame);
            return Ok(id);
        }
        self.from = None;
        self.more = self.ahead.more();
        sink.put(self.ahead.take());
        Ok(id)
    }

    fn can_send(&mut self, pipes: &mut Pipes) -> bool {
        // Who drops messages can always send; who must not needs a peer with room.
        !self.settings.router_mandatory
            || !matches!(self.to, To::Unknown)
            || self
                .names
                .holders()
                .any(|id| pipes[id].can_write() || !pipes[id].wait_writable())
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        self.more || self.look_ahead(pipes, reading).is_ok()
    }

    fn has_room_for(&mut self, pipes: &mut Pipes, routing_id: &[u8]) -> Result<bool> {
        let id = self
            .names
            .holder(routing_id)
            .ok_or(Error::HostUnreachable)?;
        Ok(pipes[id].can_write_at_last())
    }

    fn configure(&mut self, settings: &Settings) {
        self.settings = *settings;
    }
}

impl Router {
    /// Sends a whole message with a short body to whom a routing id was sent before, if
    /// there is room; otherwise nothing has happened.
    pub fn send_short(&mut self, pipes: &mut Pipes, body: &[u8]) -> Option<Sent> {
        let To::First(pipe) = self.to else {
            return None;
        };
        if self.settings.router_raw {
            return None;
        }
        let then = pipes[pipe].write_short(&[], body)?;
        self.to = To::Unknown;
        Some(Sent { pipe, then })
    }

    /// Receives a routing id, or a short frame, if it is at hand. A frame may have been
    /// read ahead; otherwise nothing has happened.
    pub fn recv_short(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        let Some(pipe) = self.from else {
            if !self.more {
                return self.name_next(pipes, taker);
            }
            if self.parting.is_some() {
                return None;
            }
            let taken = self.incoming.recv_short(pipes, taker)?;
            self.more = taken.more;
            return Some(taken);
        };
        if self.named || !self.ahead.is_short() {
            return None;
        }
        let more = self.ahead.more();
        if !taker.copy(self.ahead.as_slice(), more) {
            return None;
        }
        taker.peer_of(&self.ahead);
        self.from = None;
        self.more = more;
        Some(Taken {
            pipe,
            more,
            due: false,
        })
    }

    /// Reads a short frame ahead, and gives the name of its sender.
    fn name_next(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        let place = &mut Refill {
            msg: &mut self.ahead,
        };
        let taken = self.incoming.recv_short(pipes, place)?;
        self.from = Some(taken.pipe);
        self.named = !taker.copy(self.name(taken.pipe), true);
        if self.named {
            if taken.due {
                pipes.leave_due(taken.pipe);
            }
            return None;
        }
        taker.peer_of(&self.ahead);
        self.more = true;
        Some(Taken {
            more: true,
            ..taken
        })
    }

    /// What the peer is called whose frame was read ahead.
    fn name(&self, id: PipeId) -> &[u8] {
        self.names.of(id).unwrap_or(&self.former)
    }

    /// Whom a message to `routing_id` goes to.
    fn find(&mut self, pipes: &mut Pipes, routing_id: &[u8], effort: Effort) -> Result<To> {
        let mandatory = self.settings.router_mandatory;
        let Some(id) = self.names.holder(routing_id) else {
            return if mandatory {
                Err(Error::HostUnreachable)
            } else {
                Ok(To::Nobody)
            };
        };
        let pipe = &mut pipes[id];
        if !mandatory {
            // A message is dropped only when there really is no room.
            return Ok(if pipe.can_write_at_last() {
                To::First(id)
            } else {
                To::Nobody
            });
        }
        if pipe.can_write() || (effort == Effort::Settle && !pipe.wait_writable()) {
            Ok(To::First(id))
        } else {
            Err(Error::Again)
        }
    }

    /// Reads the first frame of the next message, whose routing id comes first, and
    /// says whom it is from.
    fn look_ahead(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> Result<PipeId> {
        if let Some(id) = self.from {
            return Ok(id);
        }
        let (msg, id) = self.incoming.recv_msg(pipes, reading).ok_or(Error::Again)?;
        self.ahead = msg;
        self.from = Some(id);
        self.named = true;
        Ok(id)
    }

    /// Whether the next frame is taken for a routing id.
    pub(super) fn awaits_routing_id(&self) -> bool {
        matches!(self.to, To::Unknown)
    }

    /// What is sent next goes to nobody.
    pub(super) fn address_nobody(&mut self) {
        self.to = To::Nobody;
    }

    /// The routing id that was generated since the last call.
    pub(super) fn take_newest(&mut self) -> Option<Vec<u8>> {
        self.newest.take()
    }

    /// A routing id that nobody has.
    fn generate(&mut self) -> Box<[u8]> {
        if self.next == 0 {
            self.next = crate::process::random() as u32;
        }
        loop {
            self.next = self.next.wrapping_add(1);
            let [a, b, c, d] = self.next.to_be_bytes();
            let routing_id = [0, a, b, c, d];
            if self.names.holder(&routing_id).is_none() {
                self.newest = Some(routing_id.to_vec());
                return Box::new(routing_id);
            }
        }
    }

    /// Takes the routing id of a peer for another one. A message that has been
    /// received in part is received to its end; nothing else of that peer is. It
    /// stays connected, or it would come again and take the routing id back; what
    /// is to be sent to it is sent.
    fn hand_over(&mut self, pipes: &mut Pipes, holder: PipeId) {
        self.forget(holder);
        let within = self.incoming.within() == Some(holder);
        self.parting = Some(holder);
        if !within {
            self.part(pipes);
        }
    }

    /// Hears no more of the peer that has lost its routing id, if there is one.
    fn part(&mut self, pipes: &mut Pipes) {
        if let Some(id) = self.parting.take() {
            self.leave(pipes, id);
            if !pipes[id].is_link() {
                pipes.refuse(id);
            }
        }
    }

    fn forget(&mut self, id: PipeId) {
        // The frame read ahead has been received: it does not go with its peer, and
        // still needs its name.
        if let Some(routing_id) = self.names.take(id)
            && self.from == Some(id)
        {
            self.former = routing_id;
        }
        self.stop_sending(id);
    }

    /// Receives nothing more from this pipe.
    fn leave(&mut self, pipes: &mut Pipes, id: PipeId) {
        if self.incoming.remove(pipes, id) {
            self.more = false;
        }
    }

    fn stop_sending(&mut self, id: PipeId) {
        if matches!(self.to, To::First(to) | To::Pipe(to) if to == id) {
            self.to = To::Nobody;
        }
    }
}
