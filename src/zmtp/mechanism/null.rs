//! NULL: one READY each way, no authentication, no confidentiality.
//!
//! Both sides may send at once. An ERROR from the peer ends the handshake; we
//! send none, and close instead.

use crate::zmtp::command::{self, Command};
use crate::zmtp::error::ProtocolError;
use crate::zmtp::metadata::{self, Metadata};
use crate::zmtp::peer::Config;
use crate::zmtp::socket_type::SocketType;

/// The name in the greeting.
pub const NAME: &str = "NULL";

/// A NULL handshake in progress.
#[derive(Debug)]
pub struct Null {
    local: SocketType,
    ready: Option<Vec<u8>>,
    peer: Option<Metadata>,
}

impl Null {
    /// A handshake that has sent nothing yet.
    pub fn new(config: &Config) -> Null {
        let (mut properties, mut ready) = (Vec::new(), Vec::new());
        metadata::encode(
            config.socket_type,
            &config.routing_id,
            &config.properties,
            &mut properties,
        );
        command::encode_ready(&properties, &mut ready);
        Null {
            local: config.socket_type,
            ready: Some(ready),
            peer: None,
        }
    }

    /// Takes in READY or ERROR; anything else has no place here.
    pub fn handle_command(&mut self, body: &[u8]) -> Result<(), ProtocolError> {
        match command::parse(body) {
            Ok(Command::Ready(properties)) if self.peer.is_none() => {
                self.peer = Some(metadata::parse(properties, self.local)?);
                Ok(())
            }
            Ok(Command::Error(reason)) => Err(ProtocolError::Refused {
                status: command::zap_status(reason),
            }),
            Err(ProtocolError::MalformedError) => Err(ProtocolError::MalformedError),
            _ => Err(ProtocolError::UnexpectedCommand),
        }
    }

    /// Our READY, once.
    pub fn poll_output(&mut self) -> Option<Vec<u8>> {
        self.ready.take()
    }

    /// The peer's metadata, once both READYs are on their way.
    pub fn poll_metadata(&mut self) -> Option<Metadata> {
        if self.ready.is_some() {
            None
        } else {
            self.peer.take()
        }
    }
}
