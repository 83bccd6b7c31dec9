//! From the first byte of a connection to its first message.
//!
//! A [`Handshake`] takes bytes in any pieces, gives bytes out, and ends with a
//! [`Peer`] or a [`ProtocolError`]. Its states are named for what they await.
//!
//! Promises: not one byte of traffic is consumed; what is held of the peer's
//! bytes is bounded by [`MAX_COMMAND`], and grows only with bytes that came;
//! after an error nothing more is taken in or given out. What goes out is
//! byte for byte, and piece for piece, what libzmq sends. Peers before ZMTP 3 tell
//! less ([`older`]); [`Handshake::wire`] says how to go on with them.
//!
//! Does not know time: whoever drives it gives up a peer that takes too long.

mod older;
#[cfg(test)]
mod tests;

use bytes::{Buf, BufMut};
use older::AwaitRoutingId;

use super::error::ProtocolError;
use super::frame;
use super::greeting::{self, GREETING_LEN, Greeting, SIGNATURE_LEN, Version};
use super::mechanism::Mechanism;
use super::peer::{Config, Peer};
use super::socket_type::SocketType;
use super::v1;
use super::wire::Wire;

/// Largest body of a command before the traffic.
pub const MAX_COMMAND: u64 = 64 * 1024;

/// A connection before its traffic.
#[derive(Debug)]
pub struct Handshake {
    state: State,
    output: Vec<u8>,
    publishes: bool,
}

#[derive(Debug)]
enum State {
    Greeting(AwaitGreeting),
    Command(AwaitCommand),
    RoutingId(AwaitRoutingId),
    Done(Peer),
    Failed(ProtocolError),
}

impl Handshake {
    /// A fresh connection; its first output is due at once.
    pub fn new(config: Config) -> Handshake {
        let mechanism = Mechanism::new(&config);
        let ours = greeting::encode(config.routing_id.len(), mechanism.name());
        Handshake {
            output: ours[..SIGNATURE_LEN].to_vec(),
            publishes: matches!(config.socket_type, SocketType::Pub | SocketType::XPub),
            state: State::Greeting(AwaitGreeting {
                mechanism,
                socket_type: config.socket_type,
                routing_id: config.routing_id,
                ours,
                theirs: Greeting::default(),
            }),
        }
    }

    /// Takes in bytes of the peer and returns how many belonged to the handshake.
    /// Fewer than all means that it is done, and that the rest is traffic.
    pub fn handle(&mut self, input: &[u8]) -> Result<usize, ProtocolError> {
        let mut rest = input;
        loop {
            // Refused like any command out of place, should a state ever panic.
            let unsettled = State::Failed(ProtocolError::UnexpectedCommand);
            let next = match std::mem::replace(&mut self.state, unsettled) {
                State::Greeting(state) if !rest.is_empty() => {
                    state.handle(&mut rest, &mut self.output)
                }
                State::Command(state) if !rest.is_empty() => {
                    state.handle(&mut rest, &mut self.output)
                }
                State::RoutingId(state) if !rest.is_empty() => await_routing_id(state, &mut rest),
                State::Failed(error) => Err(error),
                settled => {
                    self.state = settled;
                    return Ok(input.len() - rest.len());
                }
            };
            self.state = match next {
                Ok(state) => state,
                Err(error) => {
                    self.state = State::Failed(error);
                    self.output.clear();
                    return Err(error);
                }
            };
        }
    }

    /// Bytes to be written now, before anything else.
    pub fn poll_output(&mut self) -> Option<Vec<u8>> {
        (!self.output.is_empty()).then(|| std::mem::take(&mut self.output))
    }

    /// Who translates the traffic of a peer that does not speak our frames.
    pub fn wire(&self) -> Option<Wire> {
        let version = self.peer()?.version;
        let wants_all = version == Version::Unversioned && self.publishes;
        (version < Version::V2_0).then(|| v1::wire(wants_all))
    }

    /// The peer, once the handshake is done. Traffic may follow, behind what
    /// [`poll_output`](Handshake::poll_output) still has to give.
    pub fn peer(&self) -> Option<&Peer> {
        match &self.state {
            State::Done(peer) => Some(peer),
            _ => None,
        }
    }
}

/// Waits for the rest of the peer's greeting.
#[derive(Debug)]
struct AwaitGreeting {
    mechanism: Mechanism,
    socket_type: SocketType,
    routing_id: Vec<u8>,
    ours: [u8; GREETING_LEN],
    theirs: Greeting,
}

impl AwaitGreeting {
    fn handle(mut self, input: &mut &[u8], output: &mut Vec<u8>) -> Result<State, ProtocolError> {
        let before = self.theirs.stage();
        self.theirs.handle(input);
        output.extend_from_slice(greeting::piece(&self.ours, before, self.theirs.stage()));
        let Some(version) = self.theirs.version().filter(|_| self.theirs.is_whole()) else {
            return Ok(State::Greeting(self));
        };
        if version < Version::V3_0 {
            return self.go_on_without(version, input, output);
        }
        if !self.theirs.has_mechanism(self.mechanism.name()) {
            return Err(ProtocolError::MechanismMismatch);
        }
        Ok(AwaitCommand {
            mechanism: self.mechanism,
            version,
            frame: Vec::new(),
        }
        .speak(output))
    }

    /// Goes on as older peers do, without a mechanism; so none may be wanted, or it
    /// would be gone round by being old.
    fn go_on_without(
        self,
        version: Version,
        input: &mut &[u8],
        output: &mut Vec<u8>,
    ) -> Result<State, ProtocolError> {
        if self.mechanism.name() != "NULL" {
            return Err(ProtocolError::UnsupportedVersion(version));
        }
        older::introduce(version, self.socket_type, &self.routing_id, output);
        let begun = match version {
            Version::Unversioned => self.theirs.received(),
            _ => &[],
        };
        await_routing_id(AwaitRoutingId::new(version, begun), input)
    }
}

fn await_routing_id(mut state: AwaitRoutingId, input: &mut &[u8]) -> Result<State, ProtocolError> {
    Ok(match state.handle(input)? {
        Some(peer) => State::Done(peer),
        None => State::RoutingId(state),
    })
}

/// Waits for the rest of the mechanism's next command.
#[derive(Debug)]
struct AwaitCommand {
    mechanism: Mechanism,
    version: Version,
    frame: Vec<u8>,
}

impl AwaitCommand {
    fn handle(mut self, input: &mut &[u8], output: &mut Vec<u8>) -> Result<State, ProtocolError> {
        let header = loop {
            if let Some(header) = frame::parse_header(&self.frame)? {
                break header;
            }
            if !self.take(input, 1) {
                return Ok(State::Command(self));
            }
        };
        if header.body_len > MAX_COMMAND {
            return Err(ProtocolError::MessageTooLarge);
        }
        let missing = header.frame_len() as usize - self.frame.len();
        if !self.take(input, missing) {
            return Ok(State::Command(self));
        }
        self.mechanism
            .handle_command(&self.frame[header.header_len..])?;
        self.frame.clear();
        Ok(self.speak(output))
    }

    /// Moves up to `wanted` bytes into the frame; whether all were there.
    fn take(&mut self, input: &mut &[u8], wanted: usize) -> bool {
        let end = self.frame.len() + wanted;
        self.frame.put(input.take(wanted));
        self.frame.len() == end
    }

    /// Lets the mechanism say what it has to, and ends when it is content.
    fn speak(mut self, output: &mut Vec<u8>) -> State {
        while let Some(frame) = self.mechanism.poll_output() {
            output.extend_from_slice(&frame);
        }
        match self.mechanism.poll_metadata() {
            Some(metadata) => State::Done(Peer::new(self.version, metadata)),
            None => State::Command(self),
        }
    }
}
