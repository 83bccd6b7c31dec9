//! Options of sockets and contexts.
//!
//! All options of a socket stand in one table (`table`): number, name, kind,
//! range, default, who may set or get it, on which socket types, and a line of
//! documentation. [`SocketOptions`] is where their values live; [`set`] and
//! [`get`] do exactly what the table says, with the sizes, ranges and errors of
//! libzmq.
//!
//! An option on which nothing here acts yet is [`Support::NotYet`]: setting it
//! fails, so that no program believes in vain that it took effect, and getting
//! it tells the default, which is in effect. Setting it to that default works.
//!
//! Options that only the socket can answer or carry out ([`Value::Live`], such
//! as `ZMQ_EVENTS` and `ZMQ_SUBSCRIBE`) are in the table for their names; the
//! socket deals with their numbers before it comes here, with the help of
//! [`write_int`] and its like.
//!
//! Options of a context are in [`context`]. The names of the C constants are not
//! known here.
//!
//! [`set`]: SocketOptions::set
//! [`get`]: SocketOptions::get

pub mod context;
mod filter;
pub mod number;
mod row;
mod table;
#[cfg(test)]
mod tests;
mod value;

pub use context::ContextOptions;
pub use filter::{AcceptFilter, Credentials};
pub use row::{Accepts, Access, Bytes, Field, SocketOption, Support, Value};
pub use table::{BATCH_SIZE, TABLE};
pub use value::{write_bytes, write_int, write_str, write_u64};

use crate::error::{Error, Result};
use crate::zmtp::SocketType;

/// The security mechanism, by its number in `ZMQ_MECHANISM`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum Mechanism {
    /// No authentication, no encryption.
    #[default]
    Null = 0,
    /// User name and password, in the clear.
    Plain = 1,
    /// Encryption and authentication by keys.
    Curve = 2,
}

/// The values of a socket's options. Times are in milliseconds; −1 means for
/// ever, or leave it to the system, where the table says so.
#[derive(Debug, Clone, Default)]
#[allow(
    missing_docs,
    reason = "each field is described by its row of the table"
)]
pub struct SocketOptions {
    pub socket_type: SocketType,
    pub affinity: u64,
    pub routing_id: Vec<u8>,
    pub sndhwm: i32,
    pub rcvhwm: i32,
    pub linger: i32,
    pub sndtimeo: i32,
    pub rcvtimeo: i32,
    pub immediate: bool,
    pub conflate: bool,
    pub maxmsgsize: i64,
    pub sndbuf: i32,
    pub rcvbuf: i32,
    pub backlog: i32,
    pub connect_timeout: i32,
    pub reconnect_ivl: i32,
    pub reconnect_ivl_max: i32,
    pub reconnect_stop: i32,
    pub handshake_ivl: i32,
    pub heartbeat_ivl: i32,
    pub heartbeat_ttl: i32,
    pub heartbeat_timeout: i32,
    pub ipv6: bool,
    pub tcp_keepalive: i32,
    pub tcp_keepalive_cnt: i32,
    pub tcp_keepalive_idle: i32,
    pub tcp_keepalive_intvl: i32,
    pub tcp_maxrt: i32,
    pub tos: i32,
    pub priority: i32,
    pub use_fd: i32,
    pub accept_from: AcceptFilter,
    pub bound_device: Vec<u8>,
    pub loopback_fastpath: bool,
    pub busy_poll: i32,
    /// What the context said when the socket was made.
    pub zero_copy_recv: bool,
    pub in_batch_size: i32,
    pub out_batch_size: i32,
    pub rate: i32,
    pub recovery_ivl: i32,
    pub multicast_hops: i32,
    pub multicast_maxtpdu: i32,
    pub multicast_loop: bool,
    pub socks_proxy: Vec<u8>,
    pub socks_username: Vec<u8>,
    pub socks_password: Vec<u8>,
    pub mechanism: Mechanism,
    pub as_server: bool,
    pub plain_username: Vec<u8>,
    pub plain_password: Vec<u8>,
    pub zap_domain: Vec<u8>,
    pub zap_enforce_domain: bool,
    /// Names and values to be sent in the handshake; the first of a name counts.
    pub metadata: Vec<(Vec<u8>, Vec<u8>)>,
    pub probe_router: bool,
    pub req_correlate: bool,
    pub req_relaxed: bool,
    pub router_mandatory: bool,
    pub router_raw: bool,
    pub router_handover: bool,
    pub router_notify: i32,
    /// For the next connect, which takes it away.
    pub connect_routing_id: Vec<u8>,
    pub stream_notify: bool,
    pub invert_matching: bool,
    pub xpub_verbose_subs: bool,
    pub xpub_verbose_unsubs: bool,
    pub xpub_nodrop: bool,
    pub xpub_manual: bool,
    pub xpub_manual_last_value: bool,
    pub xpub_welcome_msg: Vec<u8>,
    pub only_first_subscribe: bool,
    pub xsub_verbose_unsubscribe: bool,
    pub hello_msg: Vec<u8>,
    pub disconnect_msg: Vec<u8>,
    pub hiccup_msg: Vec<u8>,
}

/// PAIR, whose number is 0: the type of options that were told of none yet.
impl Default for SocketType {
    fn default() -> Self {
        SocketType::Pair
    }
}

/// The row of an option, by its number.
pub fn find(number: i32) -> Option<&'static SocketOption> {
    TABLE.iter().find(|option| option.number == number)
}

impl SocketOptions {
    /// The options of a new socket, before the context's say.
    pub fn default_for(socket_type: SocketType) -> SocketOptions {
        let mut options = SocketOptions {
            socket_type,
            ..SocketOptions::default()
        };
        for option in TABLE {
            match &option.value {
                Value::Int { field, default, .. } => (field.set)(&mut options, *default),
                Value::Switch { field, default, .. } => (field.set)(&mut options, *default),
                Value::U64 { field, default } => (field.set)(&mut options, *default),
                Value::I64 { field, default } => (field.set)(&mut options, *default),
                _ => {}
            }
        }
        options.linger = default_linger(socket_type, true);
        options
    }

    /// Takes over what a context says about its new sockets.
    pub fn apply_context(&mut self, context: &ContextOptions) {
        self.ipv6 = context.ipv6;
        self.zero_copy_recv = context.zero_copy_recv;
        self.linger = default_linger(self.socket_type, context.blocky);
    }

    /// Sets an option (`zmq_setsockopt`). No value at all, `None`, stands for a
    /// null pointer of length 0, which empties some options.
    ///
    /// Fails with `Invalid` if there is no such option, or not for this type of
    /// socket, or the value is not one it takes, or nothing acts on it yet and
    /// the value is not the default.
    pub fn set<'a>(&mut self, number: i32, value: impl Into<Option<&'a [u8]>>) -> Result<()> {
        let option = find(number).ok_or(Error::Invalid)?;
        let value = value.into();
        let ours = option.setters.is_empty() || option.setters.contains(&self.socket_type);
        let acts = option.support == Support::Full || option.value.is_default(value);
        if !ours || option.access == Access::Get || !acts {
            return Err(Error::Invalid);
        }
        option.value.set(self, value)
    }

    /// Gets an option (`zmq_getsockopt`) and says how long it is.
    ///
    /// Fails with `Invalid` if there is no such option, or it is not one to be
    /// got, or `out` has not the size for it.
    pub fn get(&self, number: i32, out: &mut [u8]) -> Result<usize> {
        let option = find(number).ok_or(Error::Invalid)?;
        if option.access == Access::Set {
            return Err(Error::Invalid);
        }
        option.value.get(self, out)
    }
}

/// How long a socket lingers unless told otherwise: those that send only
/// subscriptions not at all.
fn default_linger(socket_type: SocketType, blocky: bool) -> i32 {
    let quiet = [SocketType::Sub, SocketType::XSub, SocketType::Dish].contains(&socket_type);
    if blocky && !quiet { -1 } else { 0 }
}
