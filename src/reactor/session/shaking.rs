//! From a connection to a peer: the handshake, and handing the connection to the
//! link once it is done.

use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use super::{After, Loss, Phase, Session, read_some, write_out};
use crate::link::{Arrival, Conn, Pulse, Side};
use crate::message::Metadata;
use crate::reactor::monitor::Event;
use crate::sys::Instant;
use crate::transport::Stream;
use crate::zmtp::{Handshake, Peer, Version, Wire};

impl Session {
    /// Begins the handshake on a fresh connection.
    pub fn shake(&mut self, stream: Stream) -> After {
        let fd = stream.as_raw_fd();
        let watch = Some(fd);
        self.ends.local = stream.local_endpoint();
        if self.address.is_some() {
            self.report(Event::Connected, fd as u64);
        } else {
            self.ends.remote = stream.peer_endpoint();
            self.ends.bound = true;
            self.report(Event::Accepted, fd as u64);
        }
        if let Some(raw) = self.peering.raw {
            return self.attach(stream, Peer::unknown(), Vec::new(), &[], Some(raw.wire()));
        }
        let handshake = Handshake::new(self.peering.handshake.clone());
        self.enter(Phase::Shaking(stream, Box::new(handshake), Vec::new()));
        let timer = self.handshake_timer();
        let mut after = self.progress();
        if after.over || !matches!(self.phase, Phase::Shaking(..)) {
            return after;
        }
        after.watch = watch;
        after.timer = timer;
        after
    }

    pub(super) fn handshake_timer(&self) -> Option<Instant> {
        let limit = self.peering.handshake_limit;
        (limit > Duration::ZERO).then(|| Instant::now().after(limit))
    }

    /// One round of reading and writing within the handshake.
    pub(super) fn exchange(&mut self) -> After {
        let Phase::Shaking(stream, handshake, output) = &mut self.phase else {
            return After::default();
        };
        let mut input = [const { MaybeUninit::<u8>::uninit() }; 4096];
        loop {
            if let Err(errno) = send_output(stream, handshake, output) {
                return self.lose(Loss::Io(errno));
            }
            let input = match read_some(stream, &mut input) {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return After::default(),
                Err(errno) => return self.lose(Loss::Io(errno)),
            };
            let mut at = 0;
            while at < input.len() && handshake.peer().is_none() {
                match handshake.handle(&input[at..]) {
                    Ok(used) => at += used,
                    Err(error) => {
                        // The peer is to learn why, if it can.
                        let _ = send_output(stream, handshake, output);
                        return self.lose(Loss::Protocol(error));
                    }
                }
            }
            if handshake.peer().is_some() {
                if let Err(errno) = send_output(stream, handshake, output) {
                    return self.lose(Loss::Io(errno));
                }
                return self.arrive(&input[at..]);
            }
        }
    }

    /// The handshake is done.
    fn arrive(&mut self, rest: &[u8]) -> After {
        let Phase::Shaking(stream, handshake, output) =
            std::mem::replace(&mut self.phase, Phase::Over)
        else {
            return After::default();
        };
        let peer = handshake.peer().cloned().expect("the handshake is done");
        let wire = handshake.wire();
        if wire.is_some() && !output.is_empty() {
            // A kernel without room for a routing id has none for messages.
            return self.lose(Loss::Io(libc::ENOBUFS));
        }
        self.attach(stream, peer, output, rest, wire)
    }

    /// The link gets the connection, with what is still to be written of the
    /// handshake and what was read behind it; the socket hears of the peer.
    fn attach(
        &mut self,
        stream: Stream,
        peer: Peer,
        output: Vec<u8>,
        rest: &[u8],
        wire: Option<Wire>,
    ) -> After {
        let metadata = describe(&stream, &peer);
        let conn = Arc::new(Conn::new(stream, metadata));
        let (encode, decode) = wire.map(|wire| (wire.encode, wire.decode)).unzip();
        self.pause = self.peering.reconnect;
        self.link.with_flush(|half| {
            half.connect(conn.clone(), encode);
            half.queue_command(&output);
            if self.peering.raw.is_none() {
                self.peering.notes.greet(half);
            }
        });
        if self.is_closing() {
            // The socket has gone meanwhile, and left something to be sent.
            self.report_handshake(peer.version);
            return self.begin_draining(conn);
        }
        self.enter(Phase::Up(conn.clone()));
        let heartbeat = self.peering.heartbeat;
        let version = peer.version;
        let hears = self.peering.raw.is_none() && version >= Version::V3_0;
        let beats = !heartbeat.interval.is_zero() && hears;
        // A receiver may be reading by itself already: it gets the connection with what was
        // read of it, or bytes behind that would come first.
        let fed = self.link.feed(rest, |half| {
            half.connect(conn.clone(), decode);
            half.pulse = beats.then(|| Box::new(Pulse::new(heartbeat)));
            self.peering.notes.arrival(half)
        });
        let broken = fed.is_err();
        let arrival = Arrival {
            link: self.link.clone(),
            conn,
            peer,
            writer: self.writer.take(),
        };
        self.link.owner().arrived(arrival);
        self.report_handshake(version);
        if broken {
            return self.lose(Loss::Broken);
        }
        self.link.flush(Side::Background);
        After {
            watch: Some(-1),
            ..self.beat()
        }
    }

    /// Does what heartbeats ask for now, and finds out when the next is due.
    pub(super) fn beat(&mut self) -> After {
        self.beat_at = None;
        let Some(again) = self.link.beat() else {
            return self.lose(Loss::Io(libc::ETIMEDOUT));
        };
        self.beat_at = again.map(|again| Instant::now().after(again));
        After {
            timer: self.beat_at,
            ..After::default()
        }
    }

    /// Tells the monitor of a handshake, if there was one. Like libzmq it does not count
    /// those of ZMTP 2.0 and 1.0, which only exchange routing ids.
    fn report_handshake(&mut self, version: Version) {
        self.greeted = self.peering.raw.is_none() && version >= Version::V3_0;
        if self.greeted {
            self.report(Event::HandshakeSucceeded, 0);
        }
    }

    /// A heartbeat of the connection with this number is due earlier than it was.
    pub fn hurry(&mut self, conn: u64) -> After {
        match &self.phase {
            Phase::Up(now) if now.number() == conn => self.beat(),
            _ => After::default(),
        }
    }
}

/// Writes what the handshake has to say; an errno if the connection failed.
fn send_output(
    stream: &Stream,
    handshake: &mut Handshake,
    output: &mut Vec<u8>,
) -> std::result::Result<(), i32> {
    while let Some(bytes) = handshake.poll_output() {
        output.extend_from_slice(&bytes);
    }
    write_out(stream, output)
}

/// What messages from this peer tell of it.
fn describe(stream: &Stream, peer: &Peer) -> Arc<Metadata> {
    let mut metadata = Metadata::new();
    // What we know ourselves no peer can claim to be otherwise.
    metadata.insert(b"Peer-Address", stream.peer_address().as_bytes());
    metadata.set_fd(stream.as_raw_fd());
    for (name, value) in &peer.properties {
        metadata.insert(name, value);
    }
    Arc::new(metadata)
}
