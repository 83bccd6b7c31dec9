//! PUB and XPUB (RFC 29): each message goes to all whose subscriptions match.
//!
//! Subscriptions are applied as they come, without a call of the application. A
//! subscriber that has no room loses messages and delays nobody. XPUB tells its
//! application of subscriptions, and passes on what subscribers send; it may also
//! subscribe them by itself (`ZMQ_XPUB_MANUAL`).

use std::collections::HashSet;

use super::fan_out::FanOut;
use super::notices::{Notices, Subscriber};
use super::subscriptions::{Removed, Subscribers};
use super::{Rules, Sent, Settings};
use crate::error::{Error, Result};
use crate::link::{PipeId, Taker};
use crate::message::Msg;
use crate::pipe::{Body, Effort, Pipes, Reading, Sink};

/// A publisher.
#[derive(Default)]
pub struct Publish {
    /// XPUB: the application receives.
    tells: bool,
    out: FanOut,
    subscribers: Subscribers,
    /// What peers asked for, where the application subscribes them.
    asked: Subscribers,
    peers: HashSet<PipeId>,
    notices: Notices,
    /// Pipes that are not read until the application has received something.
    stalled: Vec<PipeId>,
    /// Whose subscription was received last.
    last: Option<PipeId>,
    welcome: Vec<u8>,
    /// A send was refused because of what was known of some peer.
    refused: bool,
    settings: Settings,
}

impl Publish {
    /// A PUB.
    pub fn silent() -> Publish {
        Publish::default()
    }

    /// An XPUB.
    pub fn telling() -> Publish {
        Publish {
            tells: true,
            ..Publish::default()
        }
    }
}

impl Rules for Publish {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        pipes.set_receiving(id, true);
        self.peers.insert(id);
        if !self.welcome.is_empty()
            && let Ok(mut msg) = Msg::copy_from(&self.welcome)
            && let Ok(then) = pipes[id].write(&mut Body::Msg(&mut msg), false)
        {
            pipes.leave_aside(id, then);
        }
        true
    }

    fn depart(&mut self, _pipes: &mut Pipes, id: PipeId) -> bool {
        self.forget(id);
        self.stalled.contains(&id)
    }

    fn remove(&mut self, _pipes: &mut Pipes, id: PipeId) {
        self.forget(id);
        self.stalled.retain(|&stalled| stalled != id);
    }

    fn absorb(&mut self, pipes: &mut Pipes, id: PipeId, reading: &Reading<'_>) {
        if self.stalled.contains(&id) {
            return;
        }
        let mut first = true;
        // Whether a frame may be a subscription.
        let mut subscribes = true;
        loop {
            let mut msg = Msg::new();
            if !pipes[id].read(reading, &mut Sink::subscriptions(&mut msg)) {
                if pipes[id].go_idle() {
                    return;
                }
                continue;
            }
            let more = msg.more();
            let change = match msg.as_slice() {
                [on @ (0 | 1), ..] if first || subscribes => Some(*on == 1),
                _ => None,
            };
            if first {
                subscribes = !self.settings.only_first_subscribe || change.is_some();
            }
            match change {
                Some(on) => self.subscribed(pipes, id, msg, on),
                None if self.tells => self.notices.push(msg, Subscriber::Unchanged),
                None => pipes.discard(msg),
            }
            first = !more;
            let waits = change.is_none() || self.settings.xpub_manual;
            if first && self.tells && waits && self.notices.is_full() {
                self.stalled.push(id);
                return;
            }
        }
    }

    fn subscribe(&mut self, _pipes: &mut Pipes, topic: &[u8], on: bool) -> Result<()> {
        if !self.settings.xpub_manual {
            return Err(Error::Invalid);
        }
        match self.last {
            Some(id) if on => self.subscribers.add(topic, id).map(|_| ()),
            Some(id) => {
                self.subscribers.remove(topic, id);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn topics(&self) -> Option<usize> {
        Some(self.subscribers.count())
    }

    fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<Sent> {
        if !self.out.is_open() {
            self.choose(pipes, body.as_slice(), effort)?;
        }
        self.out.send(pipes, body, more)
    }

    fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        if !self.tells {
            return Err(Error::NotSupported);
        }
        let notice = self.notices.pop().ok_or(Error::Again)?;
        match notice.subscriber {
            Subscriber::Unchanged => {}
            Subscriber::Pipe(id) => self.last = self.peers.contains(&id).then_some(id),
            Subscriber::Gone => self.last = None,
        }
        sink.put(notice.msg);
        if !self.stalled.is_empty() && self.notices.may_resume() {
            for id in std::mem::take(&mut self.stalled) {
                self.absorb(pipes, id, reading);
                if pipes[id].is_finished() && !self.stalled.contains(&id) {
                    pipes.retire(id);
                }
            }
        }
        Ok(PipeId::NONE)
    }

    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        true
    }

    fn can_recv(&mut self, _pipes: &mut Pipes, _reading: &Reading<'_>) -> bool {
        !self.notices.is_empty()
    }

    fn configure(&mut self, settings: &Settings) {
        self.settings = *settings;
        self.notices.set_mark(settings.receive_mark);
    }

    fn welcome(&mut self, msg: &[u8]) {
        self.welcome = msg.to_vec();
    }
}

impl Publish {
    /// Decides whom a message goes to by its first frame.
    fn choose(&mut self, pipes: &mut Pipes, body: &[u8], effort: Effort) -> Result<()> {
        let settings = self.settings;
        if settings.xpub_nodrop {
            self.wait_for_room(pipes, body, effort)?;
        }
        let only = match settings.xpub_manual_last_value {
            true => self.last.take(),
            false => None,
        };
        let out = &mut self.out;
        out.begin();
        if settings.invert_matching {
            let mut matching = Vec::new();
            self.subscribers
                .for_each_match(body, |id| matching.push(id));
            for &id in self.peers.iter().filter(|id| !matching.contains(id)) {
                out.choose(pipes, id);
            }
        } else if let Some(only) = only {
            self.subscribers.for_each_match(body, |id| {
                if id == only {
                    out.choose(pipes, id);
                }
            });
        } else {
            self.subscribers
                .for_each_match(body, |id| out.choose(pipes, id));
        }
        Ok(())
    }

    /// For who drops nothing: all that would get the message must have room.
    ///
    /// Where the mark is used up as far as was known, the send is refused once,
    /// even if a look shows room: who does not wait learns of each mark that is
    /// full, as with libzmq, and not only when the kernel's buffers are.
    fn wait_for_room(&mut self, pipes: &mut Pipes, body: &[u8], effort: Effort) -> Result<()> {
        let (mut used_up, mut full) = (false, None);
        self.subscribers.for_each_match(body, |id| {
            let pipe = &mut pipes[id];
            if full.is_none() {
                used_up |= !pipe.has_room();
                full = (!pipe.can_write_at_last()).then_some(id);
            }
        });
        let news = used_up && !self.refused;
        self.refused = used_up;
        match full {
            None if news => Err(Error::Again),
            Some(id) if effort == Effort::Look || pipes[id].wait_writable() => Err(Error::Again),
            _ => Ok(()),
        }
    }

    /// A peer has subscribed, or taken that back, by a message that starts with 1
    /// or 0.
    fn subscribed(&mut self, pipes: &mut Pipes, id: PipeId, mut msg: Msg, on: bool) {
        let settings = &self.settings;
        let topic = &msg.as_slice()[1..];
        let store = match settings.xpub_manual {
            true => &mut self.asked,
            false => &mut self.subscribers,
        };
        // Whether it changes what is wanted of us, and whether it is told anyway.
        let (changes, verbose) = if !self.peers.contains(&id) {
            (false, false)
        } else if on {
            let Ok(first) = store.add(topic, id) else {
                // Who wants more than we can remember had better go.
                return pipes.refuse(id);
            };
            (first, settings.xpub_verbose)
        } else {
            let removed = store.remove(topic, id);
            let unknown = removed == Removed::Unknown;
            (removed == Removed::Last, unknown || settings.xpub_verboser)
        };
        if self.tells && (changes || verbose || settings.xpub_manual) {
            msg.set_more(false);
            let count = changes || settings.xpub_verboser || settings.xpub_manual;
            self.notices.tell(msg, Subscriber::Pipe(id), count);
        } else {
            pipes.discard(msg);
        }
    }

    /// The peer is gone, and with it what it subscribed to.
    fn forget(&mut self, id: PipeId) {
        self.peers.remove(&id);
        self.out.remove(id);
        if self.last == Some(id) {
            self.last = None;
        }
        let asked = self.asked.remove_all(id);
        let left = self.subscribers.remove_all(id);
        if !self.tells {
            return;
        }
        let verbose = self.settings.xpub_verboser;
        let gone = match self.settings.xpub_manual {
            true => asked.into_iter().map(|(topic, _)| (topic, true)).collect(),
            false => left,
        };
        for (topic, last) in gone {
            if (last || verbose)
                && let Ok(msg) = Msg::of_parts(&[0], &topic)
            {
                self.notices.tell(msg, Subscriber::Gone, true);
            }
        }
    }
}
