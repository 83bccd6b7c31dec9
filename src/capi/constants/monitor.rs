//! What a monitor reports.

use std::ffi::c_int;

/// A connection is made, the handshake not yet.
pub const ZMQ_EVENT_CONNECTED: c_int = 0x0001;
/// A connect could not be completed at once and goes on.
pub const ZMQ_EVENT_CONNECT_DELAYED: c_int = 0x0002;
/// A connect will be tried again. Value: the pause in ms.
pub const ZMQ_EVENT_CONNECT_RETRIED: c_int = 0x0004;
/// An endpoint is bound. Value: the listening descriptor.
pub const ZMQ_EVENT_LISTENING: c_int = 0x0008;
/// A bind failed. Value: the errno.
pub const ZMQ_EVENT_BIND_FAILED: c_int = 0x0010;
/// A connection was accepted, the handshake is still to come.
pub const ZMQ_EVENT_ACCEPTED: c_int = 0x0020;
/// Accepting failed. Value: the errno.
pub const ZMQ_EVENT_ACCEPT_FAILED: c_int = 0x0040;
/// A connection or listener was closed by this side.
pub const ZMQ_EVENT_CLOSED: c_int = 0x0080;
/// Closing failed. Value: the errno.
pub const ZMQ_EVENT_CLOSE_FAILED: c_int = 0x0100;
/// A connection was lost.
pub const ZMQ_EVENT_DISCONNECTED: c_int = 0x0200;
/// The monitor ends; nothing follows.
pub const ZMQ_EVENT_MONITOR_STOPPED: c_int = 0x0400;
/// All events of monitors of version 1.
pub const ZMQ_EVENT_ALL: c_int = 0xFFFF;
/// A handshake ended in a system error. Value: the errno.
pub const ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: c_int = 0x0800;
/// A handshake is complete: messages can flow.
pub const ZMQ_EVENT_HANDSHAKE_SUCCEEDED: c_int = 0x1000;
/// Peer or ZAP handler broke the protocol. Value: ZMQ_PROTOCOL_ERROR_...
pub const ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: c_int = 0x2000;
/// Authentication was refused. Value: the ZAP status, 300, 400 or 500.
pub const ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: c_int = 0x4000;

/// ZMTP: broken in a way no other number names.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED: c_int = 0x10000000;
/// ZMTP: a command that does not belong here.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND: c_int = 0x10000001;
/// ZMTP: a nonce that does not follow the last one.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE: c_int = 0x10000002;
/// ZMTP: the exchange of keys failed.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE: c_int = 0x10000003;
/// ZMTP: a malformed command of any other kind.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED: c_int = 0x10000011;
/// ZMTP: a malformed MESSAGE.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE: c_int = 0x10000012;
/// ZMTP: a malformed HELLO.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO: c_int = 0x10000013;
/// ZMTP: a malformed INITIATE.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE: c_int = 0x10000014;
/// ZMTP: a malformed ERROR.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR: c_int = 0x10000015;
/// ZMTP: a malformed READY.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY: c_int = 0x10000016;
/// ZMTP: a malformed WELCOME.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME: c_int = 0x10000017;
/// ZMTP: metadata that cannot be read.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA: c_int = 0x10000018;
/// ZMTP: decryption failed; perhaps the keys do not match.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC: c_int = 0x11000001;
/// ZMTP: the two sides are set to different mechanisms.
pub const ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH: c_int = 0x11000002;
/// ZAP: broken in a way no other number names.
pub const ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED: c_int = 0x20000000;
/// ZAP: the reply has the wrong parts.
pub const ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY: c_int = 0x20000001;
/// ZAP: the reply belongs to another request.
pub const ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID: c_int = 0x20000002;
/// ZAP: the reply is of another version.
pub const ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION: c_int = 0x20000003;
/// ZAP: the status is not 200, 300, 400 or 500.
pub const ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE: c_int = 0x20000004;
/// ZAP: metadata that cannot be read.
pub const ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA: c_int = 0x20000005;
/// WebSocket: the peer broke the protocol.
pub const ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED: c_int = 0x30000000;
