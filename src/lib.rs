//! libzmq-oxide: ZeroMQ's messaging library, rebuilt behind libzmq's C ABI.
//!
//! The life of a message, sending: `capi` turns the caller's pointers into
//! references; `socket` takes its lock and asks its `pattern` for a peer; the
//! `pipe` appends the frame to the outbox of a `link`; the caller, or the I/O
//! thread of the `reactor`, writes what has gathered to a `transport`.
//!
//! Receiving: whoever holds the read right reads a chunk from the `transport`
//! into the inbox of a `link`, where `zmtp` finds whole messages; the `pattern`
//! chooses whose turn it is, and the `pipe` decodes the next frame.
//!
//! `ARCHITECTURE.md` tells the whole story.

pub mod capi;
pub mod context;
pub mod error;
pub mod handle;
pub mod link;
mod memory;
pub mod message;
pub mod options;
pub mod pattern;
pub mod pause;
pub mod pipe;
pub mod process;
pub mod reactor;
pub mod socket;
pub mod sync;
pub mod sys;
pub mod transport;
pub mod zmtp;
