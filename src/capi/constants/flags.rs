//! Properties of a message, for `zmq_msg_get`, and flags of sending and receiving.

use std::ffi::c_int;

/// 1 if more parts of the same message follow this one.
pub const ZMQ_MORE: c_int = 1;
/// 1 if the body may be shared with copies of the message.
pub const ZMQ_SHARED: c_int = 3;

/// Flag of sending and receiving: fail with EAGAIN instead of waiting.
pub const ZMQ_DONTWAIT: c_int = 1;
/// Flag of sending: more parts of the same message follow.
pub const ZMQ_SNDMORE: c_int = 2;

/// The longest name of a group, in bytes.
pub const ZMQ_GROUP_MAX_LENGTH: c_int = 255;
