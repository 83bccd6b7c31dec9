//! The types of sockets.

use std::ffi::c_int;

/// One peer, both ways, no routing.
pub const ZMQ_PAIR: c_int = 0;
/// Sends each message to every subscriber whose subscriptions match it.
pub const ZMQ_PUB: c_int = 1;
/// Receives what it has subscribed to.
pub const ZMQ_SUB: c_int = 2;
/// Sends a request, then receives its reply.
pub const ZMQ_REQ: c_int = 3;
/// Receives a request, then sends its reply.
pub const ZMQ_REP: c_int = 4;
/// Spreads messages over its peers in turn, receives from all in turn.
pub const ZMQ_DEALER: c_int = 5;
/// Addresses peers by routing id: the first part of each message.
pub const ZMQ_ROUTER: c_int = 6;
/// Receives from all its PUSH peers in turn.
pub const ZMQ_PULL: c_int = 7;
/// Spreads messages over its PULL peers in turn.
pub const ZMQ_PUSH: c_int = 8;
/// A PUB that receives the subscriptions as messages.
pub const ZMQ_XPUB: c_int = 9;
/// A SUB that subscribes by sending messages.
pub const ZMQ_XSUB: c_int = 10;
/// Plain TCP, without ZeroMQ's protocol.
pub const ZMQ_STREAM: c_int = 11;
