//! Security mechanisms: the commands between greeting and traffic.
//!
//! A mechanism takes the bodies of the peer's commands in and gives whole frames
//! out until both sides agree. It knows nothing of greetings, fragments or
//! descriptors. NULL is the only one so far; PLAIN and CURVE join as further
//! variants of [`Mechanism`], and nothing outside this folder changes for them
//! but the choice in [`Mechanism::new`].

pub mod null;

use super::error::ProtocolError;
use super::metadata::Metadata;
use super::peer::Config;

/// A handshake of one mechanism in progress.
#[derive(Debug)]
pub enum Mechanism {
    /// No security (RFC 37, "The NULL Security Mechanism").
    Null(null::Null),
}

impl Mechanism {
    /// The mechanism that `config` asks for.
    pub fn new(config: &Config) -> Mechanism {
        Mechanism::Null(null::Null::new(config))
    }

    /// The name in the greeting.
    pub const fn name(&self) -> &'static str {
        match self {
            Mechanism::Null(_) => null::NAME,
        }
    }

    /// Takes in the body of the peer's next command.
    pub fn handle_command(&mut self, body: &[u8]) -> Result<(), ProtocolError> {
        match self {
            Mechanism::Null(null) => null.handle_command(body),
        }
    }

    /// The next frame to send, if one is due.
    pub fn poll_output(&mut self) -> Option<Vec<u8>> {
        match self {
            Mechanism::Null(null) => null.poll_output(),
        }
    }

    /// What the peer said of itself, once both sides agree. Given once.
    pub fn poll_metadata(&mut self) -> Option<Metadata> {
        match self {
            Mechanism::Null(null) => null.poll_metadata(),
        }
    }
}
