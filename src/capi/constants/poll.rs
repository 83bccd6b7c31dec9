//! Events to poll for.

use std::ffi::c_int;

/// A message can be received, or the descriptor is readable.
pub const ZMQ_POLLIN: c_int = 1;
/// A message can be sent, or the descriptor is writable.
pub const ZMQ_POLLOUT: c_int = 2;
/// Descriptors only: an error or hang-up.
pub const ZMQ_POLLERR: c_int = 4;
/// Descriptors only: urgent data.
pub const ZMQ_POLLPRI: c_int = 8;
/// A size some programs give their array of items. The library has no use for it.
pub const ZMQ_POLLITEMS_DFLT: c_int = 16;
