//! What a peer can do wrong, and what the monitor says of it.
//!
//! Every variant ends the connection. [`ProtocolError::code`] gives the value of
//! the handshake event in `zmq.h`; [`ProtocolError::report`] says whether such an
//! event is due at all, because some failures are only seen as a disconnection.

use super::greeting::Version;

/// Why the bytes of a peer were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtocolError {
    /// The peer speaks a version of ZMTP that is not supported here.
    UnsupportedVersion(Version),
    /// The peer announced another security mechanism than ours.
    MechanismMismatch,
    /// A command that has no place in this state.
    UnexpectedCommand,
    /// A command whose name does not fit into its body.
    MalformedCommand,
    /// A PING, PONG, JOIN or other traffic command with an ill-formed body.
    MalformedMessage,
    /// An ERROR command whose reason does not fit into its body.
    MalformedError,
    /// A list of properties that does not add up, or is beyond our limits.
    InvalidMetadata,
    /// The two socket types may not be connected to each other.
    IncompatibleSocketType,
    /// The peer refused us with an ERROR command; `status` is its ZAP status
    /// (300, 400 or 500) if it gave one.
    Refused {
        /// ZAP status code.
        status: Option<u16>,
    },
    /// A frame announces a length that there cannot be: above 2^63 - 1, or not even
    /// that of its flags.
    ImpossibleLength,
    /// A frame announces more bytes than the limit set for it.
    MessageTooLarge,
    /// Nothing came from the peer within the time agreed for heartbeats.
    PeerSilent,
}

/// The handshake event that a failure causes before the disconnection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// `ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL` with this value.
    Protocol(i32),
    /// `ZMQ_EVENT_HANDSHAKE_FAILED_AUTH` with this ZAP status.
    Auth(u16),
    /// None: the disconnection speaks for itself.
    Nothing,
}

const UNSPECIFIED: i32 = 0x1000_0000;
const UNEXPECTED_COMMAND: i32 = 0x1000_0001;
const MALFORMED_COMMAND_UNSPECIFIED: i32 = 0x1000_0011;
const MALFORMED_COMMAND_MESSAGE: i32 = 0x1000_0012;
const MALFORMED_COMMAND_ERROR: i32 = 0x1000_0015;
const INVALID_METADATA: i32 = 0x1000_0018;
const MECHANISM_MISMATCH: i32 = 0x1100_0002;

impl ProtocolError {
    /// The `ZMQ_PROTOCOL_ERROR_ZMTP_*` number that comes closest.
    pub const fn code(self) -> i32 {
        match self {
            ProtocolError::MechanismMismatch => MECHANISM_MISMATCH,
            ProtocolError::UnexpectedCommand => UNEXPECTED_COMMAND,
            ProtocolError::MalformedCommand => MALFORMED_COMMAND_UNSPECIFIED,
            ProtocolError::MalformedMessage => MALFORMED_COMMAND_MESSAGE,
            ProtocolError::MalformedError => MALFORMED_COMMAND_ERROR,
            ProtocolError::InvalidMetadata | ProtocolError::IncompatibleSocketType => {
                INVALID_METADATA
            }
            ProtocolError::UnsupportedVersion(_)
            | ProtocolError::Refused { .. }
            | ProtocolError::ImpossibleLength
            | ProtocolError::MessageTooLarge
            | ProtocolError::PeerSilent => UNSPECIFIED,
        }
    }

    /// The event a monitor sees when this ends a handshake.
    ///
    /// Versions, metadata, socket types and sizes are refused without one: that
    /// is what programs written against libzmq observe.
    pub const fn report(self) -> Report {
        match self {
            ProtocolError::MechanismMismatch
            | ProtocolError::UnexpectedCommand
            | ProtocolError::MalformedCommand
            | ProtocolError::MalformedMessage
            | ProtocolError::MalformedError => Report::Protocol(self.code()),
            ProtocolError::Refused {
                status: Some(status),
            } => Report::Auth(status),
            ProtocolError::Refused { status: None }
            | ProtocolError::UnsupportedVersion(_)
            | ProtocolError::InvalidMetadata
            | ProtocolError::IncompatibleSocketType
            | ProtocolError::ImpossibleLength
            | ProtocolError::MessageTooLarge
            | ProtocolError::PeerSilent => Report::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_header() {
        assert_eq!(ProtocolError::MechanismMismatch.code(), 0x1100_0002);
        assert_eq!(ProtocolError::UnexpectedCommand.code(), 0x1000_0001);
        assert_eq!(ProtocolError::MalformedError.code(), 0x1000_0015);
        assert_eq!(ProtocolError::InvalidMetadata.code(), 0x1000_0018);
        assert_eq!(ProtocolError::ImpossibleLength.code(), 0x1000_0000);
    }

    #[test]
    fn a_refusal_with_a_status_is_an_authentication_failure() {
        let refused = |status| ProtocolError::Refused { status }.report();
        assert_eq!(refused(Some(400)), Report::Auth(400));
        assert_eq!(refused(None), Report::Nothing);
    }

    #[test]
    fn a_wrong_socket_type_is_only_a_disconnection() {
        assert_eq!(
            ProtocolError::IncompatibleSocketType.report(),
            Report::Nothing
        );
        assert_eq!(ProtocolError::InvalidMetadata.report(), Report::Nothing);
    }
}
