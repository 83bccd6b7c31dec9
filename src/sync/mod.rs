//! The primitives that several threads meet in: one lock, one pair of fences, one counter.
//!
//! Everything here is built on the types of [`shim`], so that each piece is model-checked
//! with loom exactly as it is written. Nothing in this module knows about messages or sockets.

pub mod barrier;
pub mod credit;
pub mod mark_lock;
pub mod shim;

#[cfg(all(test, loom))]
pub(crate) mod loom_tests;

pub use credit::Credit;
pub use mark_lock::{Guard, MarkLock};
