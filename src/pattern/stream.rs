//! STREAM: raw connections, each message with a routing id before its bytes.
//!
//! A mandatory ROUTER in raw mode, whatever its options say. Of its own are the
//! fate of a message that is a routing id and nothing else, for which the next
//! frame is swallowed, and that the last name it made is to be seen in
//! `ZMQ_ROUTING_ID`.

use super::{Router, Rules, Sent, Settings};
use crate::error::Result;
use crate::link::PipeId;
use crate::pipe::{Body, Effort, PeerInfo, Pipes, Reading, Sink};

/// A socket for peers that know nothing of this library.
pub struct Stream {
    router: Router,
}

impl Default for Stream {
    fn default() -> Stream {
        let mut stream = Stream {
            router: Router::default(),
        };
        stream.configure(&Settings::default());
        stream
    }
}

impl Stream {
    /// The name that was made since the last call.
    pub fn take_newest(&mut self) -> Option<Vec<u8>> {
        self.router.take_newest()
    }
}

impl Rules for Stream {
    fn attach(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.router.attach(pipes, id)
    }

    fn identify(&mut self, pipes: &mut Pipes, id: PipeId, peer: &PeerInfo) {
        self.router.identify(pipes, id, peer);
    }

    fn depart(&mut self, pipes: &mut Pipes, id: PipeId) -> bool {
        self.router.depart(pipes, id)
    }

    fn remove(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.router.remove(pipes, id);
    }

    fn readable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.router.readable(pipes, id);
    }

    fn writable(&mut self, pipes: &mut Pipes, id: PipeId) {
        self.router.writable(pipes, id);
    }

    fn send(
        &mut self,
        pipes: &mut Pipes,
        body: &mut Body<'_>,
        more: bool,
        effort: Effort,
    ) -> Result<Sent> {
        if !more && self.router.awaits_routing_id() {
            self.router.address_nobody();
            return Ok(Sent::NOWHERE);
        }
        self.router.send(pipes, body, more, effort)
    }

    fn recv(
        &mut self,
        pipes: &mut Pipes,
        reading: &Reading<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<PipeId> {
        self.router.recv(pipes, reading, sink)
    }

    fn can_send(&mut self, _pipes: &mut Pipes) -> bool {
        // It depends on the peer, who is not known yet.
        true
    }

    fn can_recv(&mut self, pipes: &mut Pipes, reading: &Reading<'_>) -> bool {
        self.router.can_recv(pipes, reading)
    }

    fn configure(&mut self, _settings: &Settings) {
        self.router.configure(&Settings {
            router_raw: true,
            router_mandatory: true,
            ..Settings::default()
        });
    }
}
