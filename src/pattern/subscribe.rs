//! SUB and XSUB (RFC 29): receives what was subscribed to from all publishers.
//!
//! Subscriptions are state, not messages: each publisher is told all of them when
//! its connection is up, and of each change from then on, past the high-water
//! mark. SUB also filters by itself, since what was on its way when a
//! subscription ended still arrives. XSUB leaves that to the application, which
//! sends subscriptions as messages and may send others too.

use super::fan_out::FanOut;
use super::subscriptions::Wanted;
use super::{FairQueue, Rules, Sent, Settings, Taken};
use crate::error::{Error, Result};
use crate::link::{PipeId, Taker};
use crate::message::Msg;
use crate::pipe::{Body, Effort, PeerInfo, Pipes, Reading, Sink, Then};

/// A subscriber.
#[derive(Default)]
pub struct Subscribe {
    /// XSUB: the application filters, and sends.
    raw: bool,
    incoming: FairQueue,
    wanted: Wanted,
    /// The message being received has more frames to come, which are wanted.
    more: bool,
    /// The rest of a message that is not wanted is still to be read.
    skipping: bool,
    /// A frame that was found by looking for one.
    ahead: Option<(Msg, PipeId)>,
    peers: Vec<Publisher>,
    out: FanOut,
    /// Frames of the message being sent may be subscriptions.
    subscribes: bool,
    settings: Settings,
}

/// A peer.
struct Publisher {
    pipe: PipeId,
    /// What was wanted has been written to its pipe, so that changes are, too.
    told: bool,
}

/// Passes a frame on if it is wanted.
struct Filter<'a, T> {
    inner: &'a mut T,
    wanted: &'a Wanted,
    inverted: bool,
    refused: bool,
}

impl<T: Taker> Taker for Filter<'_, T> {
    #[inline(always)]
    fn copy(&mut self, body: &[u8], more: bool) -> bool {
        self.refused = self.wanted.matches(body) == self.inverted;
        self.refused || self.inner.copy(body, more)
    }

    #[inline(always)]
    fn peer(&mut self, metadata: Option<&std::sync::Arc<crate::message::Metadata>>) {
        if !self.refused {
            self.inner.peer(metadata);
        }
    }
}

impl Rules for Subscribe {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.incoming.activate(pipes, id);
        self.peers.push(Publisher {
            pipe: id,
            told: false,
        });
        if !pipes[id].is_link() {
            self.introduce(pipes, id);
        }
        true
    }

    fn identify(&mut self, pipes: &mut Pipes, id: PipeId, peer: &PeerInfo) {
        pipes[id].set_subscription_commands(peer.commands);
        self.introduce(pipes, id);
    }

    fn lost(&mut self, id: PipeId) -> bool {
        if let Some(peer) = self.peer(id) {
            peer.told = false;
        }
        true
    }

    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.stop_sending(id);
        self.incoming.activate(pipes, id);
        true
    }

    fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.stop_sending(id);
        if self.incoming.remove(pipes, id) {
            self.more = false;
            self.skipping = false;
            self.ahead = None;
        }
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.incoming.activate(pipes, id);
    }

    fn subscribe(&mut self, pipes: &mut Pipes, topic: &[u8], on: bool) -> Result<()> {
        if self.raw {
            return Err(Error::Invalid);
        }
        self.change(pipes, topic, on)
    }

    fn topics(&self) -> Option<usize> {
        Some(self.wanted.count())
    }

    fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        _effort: Effort,
    ) -> Result<Sent> {
        if !self.raw {
            return Err(Error::NotSupported);
        }
        let first = !self.out.is_open();
        if first {
            self.subscribes = true;
        }
        if let [on @ (0 | 1), topic @ ..] = body.as_slice()
            && self.subscribes
        {
            if first && !more {
                self.change(pipes, topic, *on == 1)?;
                return Ok(Sent {
                    pipe: PipeId::NONE,
                    then: Then::Aside,
                });
            }
            // Among other frames it travels as one of them.
            if *on == 1 {
                self.wanted.add(topic)?;
            } else {
                self.wanted.remove(topic);
            }
        } else if first && self.settings.only_first_subscribe {
            self.subscribes = false;
        }
        if first {
            self.out.begin();
            for at in 0..self.peers.len() {
                let id = self.peers[at].pipe;
                self.introduce(pipes, id);
                self.out.choose(pipes, id);
            }
        }
        self.out.send(pipes, body, more)
    }

    fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        if self.ahead.is_none() && (self.more || (!self.skipping && self.passes_all())) {
            let id = self.incoming.recv(pipes, reading, sink);
            self.more = id.is_some() && sink.more;
            return id.ok_or(Error::Again);
        }
        self.look_ahead(pipes, reading)?;
        let (msg, id) = self.ahead.take().ok_or(Error::Again)?;
        self.more = msg.more();
        sink.put(msg);
        Ok(id)
    }

    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        self.raw
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        if self.more || self.ahead.is_some() {
            return true;
        }
        if !self.skipping && self.passes_all() {
            return self.incoming.can_recv(pipes, reading);
        }
        self.look_ahead(pipes, reading).is_ok()
    }

    fn configure(&mut self, settings: &Settings) {
        self.settings = *settings;
    }
}

impl Subscribe {
    /// A SUB.
    pub fn filtering() -> Subscribe {
        Subscribe::default()
    }

    /// An XSUB.
    pub fn raw() -> Subscribe {
        Subscribe {
            raw: true,
            ..Subscribe::default()
        }
    }

    /// Receives a short frame that is at hand; see [`FairQueue::recv_short`]. A
    /// frame that is not wanted is left to [`recv`](Rules::recv) to go on from.
    #[inline(always)]
    pub fn recv_short(&mut self, pipes: &mut Pipes, taker: &mut impl Taker) -> Option<Taken> {
        if self.skipping || self.ahead.is_some() {
            return None;
        }
        let taken = if self.more || self.passes_all() {
            self.incoming.recv_short(pipes, taker)?
        } else {
            let mut filter = Filter {
                inner: taker,
                wanted: &self.wanted,
                inverted: self.settings.invert_matching,
                refused: false,
            };
            let taken = self.incoming.recv_short(pipes, &mut filter)?;
            if filter.refused {
                self.skipping = taken.more;
                if taken.due {
                    pipes.leave_aside(taken.pipe, Then::Due);
                }
                return None;
            }
            taken
        };
        self.more = taken.more;
        Some(taken)
    }

    /// Whether every message is wanted.
    #[inline(always)]
    fn passes_all(&self) -> bool {
        self.raw || (self.wanted.everything() && !self.settings.invert_matching)
    }

    /// Reads up to the next frame that is to be received.
    fn look_ahead(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> Result<()> {
        while self.ahead.is_none() {
            let mut msg = Msg::new();
            let mut sink = Sink::message(&mut msg);
            let read = self.incoming.recv(pipes, reading, &mut sink);
            let due = sink.due;
            let id = read.ok_or(Error::Again)?;
            if due {
                pipes.leave_aside(id, Then::Due);
            }
            let wanted = self.passes_all()
                || self.wanted.matches(msg.as_slice()) != self.settings.invert_matching;
            if !self.skipping && wanted {
                self.ahead = Some((msg, id));
            } else {
                self.skipping = msg.more();
                pipes.discard(msg);
            }
        }
        Ok(())
    }

    /// Tells a publisher everything that is wanted, unless it has been told.
    fn introduce(&mut self, pipes: &mut Pipes, id: PipeId) {
        match self.peer(id) {
            Some(peer) if !peer.told => peer.told = true,
            _ => return,
        }
        let (mut written, mut whole) = (false, true);
        self.wanted.for_each(|topic| {
            let told = pipes[id].subscribe(topic, true).is_ok();
            written |= told;
            whole &= told;
        });
        if !whole {
            // There is no memory for all of it: better to meet again later.
            pipes[id].cut();
        }
        if written {
            pipes.leave_aside(id, Then::Due);
        }
    }

    /// Subscribes, or takes that back, and tells the publishers.
    fn change(&mut self, pipes: &mut Pipes, topic: &[u8], on: bool) -> Result<()> {
        if on {
            // Each time: some publisher may want to tell its application.
            self.wanted.add(topic)?;
        } else if !self.wanted.remove(topic) && !self.settings.xsub_verbose_unsubscribe {
            return Ok(());
        }
        for peer in self.peers.iter().filter(|peer| peer.told) {
            let then = pipes[peer.pipe].subscribe(topic, on)?;
            pipes.leave_aside(peer.pipe, then);
        }
        Ok(())
    }

    fn peer(&mut self, id: PipeId) -> Option<&mut Publisher> {
        self.peers.iter_mut().find(|peer| peer.pipe == id)
    }

    fn stop_sending(&mut self, id: PipeId) {
        self.peers.retain(|peer| peer.pipe != id);
        self.out.remove(id);
    }
}
