//! Endpoints and the sockets of the operating system behind them.
//!
//! [`parse_bind`], [`parse_connect`] and [`parse_end`] turn an endpoint's text into
//! an [`Address`], with libzmq's verdict on each text. [`Listener`] and [`Stream`]
//! are non-blocking sockets closed on `exec`; every error of the operating
//! system comes back as a value. Nothing here waits, except
//! [`TcpAddress::resolve`], [`TcpAddress::spellings`] and [`Listener::bind`] when
//! they look a name up; nothing knows ZMTP, starts threads or retries.

mod address;
mod fresh;
mod listener;
mod made_up;
mod name;
mod options;
mod resolve;
mod socks;
mod stream;
pub mod text;

pub use address::{
    Address, IpcAddress, TcpAddress, parse_bind, parse_connect, parse_end, parse_inproc,
};
pub use listener::{IpcListener, Listener, TcpListener};
pub use options::{ListenOptions, StreamOptions};
pub use socks::{Proxy, Socks};
pub use stream::{ConnectState, Stream};
