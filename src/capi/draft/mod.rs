//! The draft API: what `zmq.h` declares under `ZMQ_BUILD_DRAFT_API`.
//!
//! The functions are always exported. Those of socket types that are not built
//! fail with `ENOTSUP`, as their comments say. The draft functions of messages
//! stand with the others in `capi::message`.

pub mod context;
pub mod monitor;
pub mod poll;
pub mod poller;
pub mod socket;
