//! The version of the API.

use std::ffi::c_int;

/// The version of the ZeroMQ API that this header describes. What the library
/// in use implements is told by zmq_version().
pub const ZMQ_VERSION_MAJOR: c_int = 4;
/// The minor number: grows with additions.
pub const ZMQ_VERSION_MINOR: c_int = 3;
/// The patch number.
pub const ZMQ_VERSION_PATCH: c_int = 5;
