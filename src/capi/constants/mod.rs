//! Every number and alias of `zmq.h`, under the name C knows it by.
//!
//! One file for each section of the header. Each constant is written out,
//! because cbindgen sees nothing that a macro makes; its comment becomes the
//! header's. The macros that cbindgen cannot express (guarded, with arguments,
//! strings, empty) stand in `cbindgen.toml`.
//!
//! The values are fixed for ever: programs have them compiled in. Nothing below
//! `capi` takes them from here; `options` has its own table, and the tests of
//! the header compare.

pub mod context;
pub mod draft;
pub mod errors;
pub mod flags;
pub mod legacy;
pub mod monitor;
pub mod options;
pub mod poll;
pub mod security;
pub mod socket;
pub mod version;

pub use context::*;
pub use draft::*;
pub use errors::*;
pub use flags::*;
pub use legacy::*;
pub use monitor::*;
pub use options::*;
pub use poll::*;
pub use security::*;
pub use socket::*;
pub use version::*;
