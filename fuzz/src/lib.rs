//! What must hold whatever comes: from the network, and from a caller.
//!
//! A check takes any bytes and panics if a promise is broken; that it does not
//! panic, overflow or run for ever otherwise is part of each. [`TARGETS`] names them,
//! each with a generator of inputs that get further than noise does. The fuzz targets
//! beside this use them, and `tests/fuzz.rs` does without a fuzzer.

pub mod protocol;
pub mod seeds;
pub mod texts;
pub mod topics;

use seeds::Random;

/// A check, and what to begin with.
pub struct Target {
    /// The name of the fuzz target, too.
    pub name: &'static str,
    /// Panics if a promise is broken.
    pub check: fn(&[u8]),
    /// A well-formed input.
    pub seed: fn(&mut Random) -> Vec<u8>,
}

macro_rules! targets {
    ($($module:ident::$name:ident)*) => {
        &[$(Target {
            name: stringify!($name),
            check: $module::$name,
            seed: seeds::$name,
        }),*]
    };
}

/// Every check.
pub const TARGETS: &[Target] = targets! {
    protocol::handshake
    protocol::scan
    protocol::command
    protocol::metadata
    protocol::heartbeat
    protocol::version_1
    protocol::raw
    texts::endpoint
    texts::socks
    texts::options
    texts::z85
    topics::topics
};
