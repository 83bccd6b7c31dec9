//! What I/O threads and other sockets tell a socket.

use std::sync::Arc;

use super::SocketRef;
use super::deferred::Deferred;
use super::lease::PipeLease;
use crate::context::Binder;
use crate::link::{Arrival, Lease, Linger, Link, Owner, PipeId};
use crate::pipe::PeerInfo;
use crate::pipe::inproc::{InprocPipe, Neighbour};

/// Something that happened to a socket's peers.
pub(super) enum Event {
    /// A connection is up.
    Arrived(Arrival),
    /// A connection is lost, for good if so said.
    Departed(Arc<Link>, bool),
    /// A pipe has something to read.
    Readable(PipeId),
    /// A pipe has room.
    Writable(PipeId),
    /// Somebody connected by inproc.
    Met(Box<InprocPipe>, PeerInfo),
    /// The other end of an inproc pipe is gone.
    Gone(PipeId),
    /// The socket at the other end of an inproc pipe has become known.
    Known(PipeId, PeerInfo),
    /// The context has been shut down.
    Terminate,
}

impl Event {
    /// The socket is closed: nothing is to be left waiting for it.
    pub fn turn_away(self, deferred: &mut Deferred) {
        match self {
            Event::Arrived(arrival) => arrival.link.close(Linger::NONE),
            Event::Met(pipe, _) => deferred.bury(crate::pipe::Pipe::Inproc(*pipe)),
            _ => {}
        }
    }
}

impl Owner for SocketRef {
    fn arrived(&self, arrival: Arrival) {
        self.post(Event::Arrived(arrival));
    }

    fn departed(&self, link: &Arc<Link>, last: bool) {
        self.post(Event::Departed(link.clone(), last));
    }

    fn readable(&self, pipe: PipeId) {
        self.post(Event::Readable(pipe));
    }

    fn writable(&self, pipe: PipeId) {
        self.post(Event::Writable(pipe));
    }

    fn lease(&self, pipe: PipeId) -> Box<dyn Lease> {
        PipeLease::begin(*self, pipe)
    }
}

impl Neighbour for SocketRef {
    fn readable(&self, pipe: PipeId) {
        self.post(Event::Readable(pipe));
    }

    fn writable(&self, pipe: PipeId) {
        self.post(Event::Writable(pipe));
    }

    fn gone(&self, pipe: PipeId) {
        self.post(Event::Gone(pipe));
    }

    fn known(&self, pipe: PipeId, peer: PeerInfo) {
        self.post(Event::Known(pipe, peer));
    }
}

impl Binder for SocketRef {
    fn meet(&self, pipe: InprocPipe, peer: PeerInfo) {
        self.post(Event::Met(Box::new(pipe), peer));
    }

    fn neighbour(&self) -> Box<dyn Neighbour> {
        Box::new(*self)
    }
}
