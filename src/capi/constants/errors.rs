//! The error numbers that are ZeroMQ's own.

use std::ffi::c_int;

/// Errors that the operating system does not define are counted from here.
pub const ZMQ_HAUSNUMERO: c_int = 156384712;
/// The call does not fit the state the socket is in: receiving on a REQ socket
/// before a request was sent, for example.
pub const EFSM: c_int = ZMQ_HAUSNUMERO + 51;
/// The transport cannot carry this type of socket.
pub const ENOCOMPATPROTO: c_int = ZMQ_HAUSNUMERO + 52;
/// The context has been terminated or shut down: close the socket.
pub const ETERM: c_int = ZMQ_HAUSNUMERO + 53;
/// The context has no I/O thread that could do this.
pub const EMTHREAD: c_int = ZMQ_HAUSNUMERO + 54;
