//! Peers of a socket: how they come, what happens to them, how they go.
//!
//! The pipes are the table's and what they mean the pattern's; here one is told of
//! the other, and those who wait are woken. What must not be done under the socket's
//! lock is [deferred](Inner::defer).

use std::sync::Arc;

use super::Inner;
use crate::link::{Arrival, Linger, Link, PipeId, Watch};
use crate::message::Msg;
use crate::pattern::Pattern;
use crate::pipe::{Body, LinkPipe, PeerInfo, Pipe, Then};
use crate::socket::event::Event;
use crate::socket::wait::Kind;
use crate::zmtp::Version;

impl Inner {
    /// Takes in what happened.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Arrived(arrival) => self.arrived(arrival),
            Event::Departed(link, last) => self.departed(&link, last),
            Event::Readable(id) => {
                if self.pipes.get(id).is_some() {
                    self.readable(id);
                    self.wake(Kind::Receiver);
                }
            }
            Event::Writable(id) => {
                if self.pipes.get(id).is_some() {
                    self.pattern.rules().writable(&mut self.pipes, id);
                    self.wake(Kind::Sender);
                }
            }
            Event::Met(pipe, peer) => {
                let id = self.attach(Pipe::Inproc(*pipe), Some(&peer));
                self.gone_already(id);
            }
            Event::Gone(id) => self.gone(id),
            Event::Known(id, peer) => self.known(id, &peer),
            Event::Terminate => {
                self.terminated = true;
                self.note_plain();
                self.stop_monitor();
                let woken = self.waiters.clone();
                self.defer().woken.extend(woken);
                self.raise();
            }
        }
    }

    /// Puts a pipe into the table; `peer` says who it is, if that is known.
    /// Nothing is returned if the pattern will not have it.
    pub fn attach(&mut self, pipe: Pipe, peer: Option<&PeerInfo>) -> Option<PipeId> {
        let id = self.pipes.insert(pipe);
        self.greet(id);
        if !self.pattern.rules().attach(&mut self.pipes, id) {
            self.refuse(id);
            return None;
        }
        if let Some(peer) = peer {
            self.pattern.rules().identify(&mut self.pipes, id, peer);
        }
        if let Pattern::Stream(stream) = &mut self.pattern
            && let Some(name) = stream.take_newest()
        {
            self.options.routing_id = name;
        }
        self.absorb(id);
        self.run_errands();
        self.wake(Kind::Receiver);
        self.wake(Kind::Sender);
        Some(id)
    }

    fn arrived(&mut self, arrival: Arrival) {
        let Arrival {
            link,
            conn,
            peer,
            writer,
        } = arrival;
        let peer = PeerInfo {
            routing_id: peer.routing_id,
            socket_type: peer.socket_type,
            commands: peer.version >= Version::V3_1,
        };
        let id = match writer {
            Some(writer) => {
                let mark = link.send_mark();
                let pipe = LinkPipe::new(link.clone(), writer, mark);
                self.attach(Pipe::Link(pipe), Some(&peer))
            }
            None => {
                let id = link.pipe();
                if self.pipes.get(id).is_some() {
                    self.pattern.rules().identify(&mut self.pipes, id, &peer);
                    self.readable(id);
                    self.run_errands();
                    self.wake(Kind::Receiver);
                }
                self.pipes.get(id).map(|_| id)
            }
        };
        if let (Some(id), Some(home)) = (id, &self.home)
            && home.set.add(id, &link, &conn).is_err()
        {
            // Unwatched it would be deaf: the peer had better come again.
            let _ = conn.stream.shutdown_both();
        }
    }

    pub fn departed(&mut self, link: &Arc<Link>, last: bool) {
        let id = link.pipe();
        match self.pipes.get(id) {
            // Once is enough: unbinding and the I/O thread both say it.
            Some(Pipe::Link(pipe)) if !pipe.departed => {}
            _ => return,
        }
        self.absorb(id);
        if !last {
            if self.pattern.rules().lost(id) {
                link.forget_unsent(&mut self.defer().spent);
            }
            return;
        }
        self.forget_endpoint(id);
        if self.pipes.get(id).is_none() {
            return;
        }
        let of_use = self.pattern.rules().depart(&mut self.pipes, id);
        if let Some(Pipe::Link(pipe)) = self.pipes.get(id) {
            pipe.departed = true;
        }
        let unread = of_use && {
            let (_, pipes, mut reading) = self.reading(false);
            reading.direct = false;
            pipes[id].can_read(&reading)
        };
        if !unread {
            self.remove(id);
        }
        // A pattern may have something to say of it.
        self.wake(Kind::Receiver);
        self.wake(Kind::Sender);
    }

    /// The pipe has something to read.
    pub fn readable(&mut self, id: PipeId) {
        self.pattern.rules().readable(&mut self.pipes, id);
        self.absorb(id);
    }

    /// Has the pattern read what is meant for it.
    fn absorb(&mut self, id: PipeId) {
        let (pattern, pipes, reading) = self.reading(true);
        pattern.rules().absorb(pipes, id, &reading);
        if self.pipes.has_errands() {
            self.run_errands();
        }
    }

    /// The socket at the other end of an inproc pipe has become known.
    pub fn known(&mut self, id: PipeId, peer: &PeerInfo) {
        if self.pipes.get(id).is_some() {
            self.pattern.rules().identify(&mut self.pipes, id, peer);
            self.run_errands();
            self.wake(Kind::Receiver);
            self.wake(Kind::Sender);
        }
    }

    /// The other end may have been closed before this one was attached.
    pub fn gone_already(&mut self, id: Option<PipeId>) {
        if let Some(id) = id
            && let Some(Pipe::Inproc(pipe)) = self.pipes.get(id)
            && pipe.is_gone()
        {
            self.gone(id);
        }
    }

    /// The socket at the other end of an inproc pipe is closed.
    fn gone(&mut self, id: PipeId) {
        if self.pipes.get(id).is_some() {
            self.absorb(id);
        }
        if self.pipes.get(id).is_none() {
            return;
        }
        self.take_leave(id);
        let of_use = self.pattern.rules().depart(&mut self.pipes, id);
        if !of_use || self.pipes[id].is_finished() {
            self.remove(id);
        }
        self.wake(Kind::Receiver);
        self.wake(Kind::Sender);
    }

    /// `ZMQ_DISCONNECT_MSG`, where a peer that came by inproc is gone.
    fn take_leave(&mut self, id: PipeId) {
        let last = self.notes().disconnect;
        if last.is_empty() {
            return;
        }
        if let Some(Pipe::Inproc(pipe)) = self.pipes.get(id)
            && pipe.is_bound()
            && let Ok(msg) = Msg::copy_from(&last)
        {
            pipe.set_farewell(msg);
        }
    }

    /// `ZMQ_HELLO_MSG`, before everything else that an inproc peer gets.
    fn greet(&mut self, id: PipeId) {
        let hello = self.notes().hello;
        if let Some(pipe @ Pipe::Inproc(_)) = self.pipes.get(id)
            && !hello.is_empty()
            && pipe.write(&mut Body::Bytes(&hello), false).is_ok()
        {
            self.pipes.leave_due(id);
        }
    }

    /// Takes a pipe out, with everything that knows of it. One that has gone before is
    /// not told of again: its place may be another's.
    pub fn remove(&mut self, id: PipeId) {
        self.stir();
        if self.pipes.get(id).is_none() {
            return;
        }
        self.forget_endpoint(id);
        self.pattern.rules().remove(&mut self.pipes, id);
        if let Some(pipe) = self.pipes.remove(id) {
            if let (Pipe::Link(pipe), Some(home)) = (&pipe, &self.home) {
                home.set.remove(id);
                let conn = pipe.link.with_fill(|half| half.conn.clone());
                home.set.stop(&pipe.link, conn.as_deref());
            }
            self.defer().bury(pipe);
        }
    }

    /// Takes a pipe out and has its connection closed at once.
    fn refuse(&mut self, id: PipeId) {
        if let Some(Pipe::Link(pipe)) = self.pipes.get(id) {
            pipe.link.close(Linger::NONE);
        }
        self.remove(id);
    }

    /// Does what the pattern has left to be done: takes out the pipes that it is
    /// through with, and sees to what is due of others.
    #[cold]
    pub fn run_errands(&mut self) {
        while let Some((id, refused)) = self.pipes.take_leaving() {
            if refused {
                self.refuse(id)
            } else {
                self.remove(id)
            }
        }
        while let Some(id) = self.pipes.take_hung_up() {
            self.hang_up(id);
        }
        while let Some((id, then)) = self.pipes.take_aside() {
            if then == Then::List {
                self.left.push(id);
                self.stir();
                continue;
            }
            let due = self.take_due(id);
            self.defer().due.extend(due);
        }
        let mut spent = self.pipes.take_spent();
        if !spent.is_empty() {
            self.defer().spent.append(&mut spent);
        }
    }
}
