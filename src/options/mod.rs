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
//! it tells the default, which is in effect.
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
pub mod number;
mod table;
#[cfg(test)]
mod tests;
mod value;

use std::ops::RangeInclusive;

pub use context::ContextOptions;
pub use table::TABLE;
pub use value::{write_bytes, write_int, write_str, write_u64};

use crate::error::{Error, Result};
use crate::zmtp::SocketType;
use value::{keep, read_exact, read_int, write_exact};

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
    pub bound_device: Vec<u8>,
    pub loopback_fastpath: bool,
    pub busy_poll: i32,
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

/// One row of the table.
#[derive(Debug)]
pub struct SocketOption {
    /// Its number in `zmq.h`.
    pub number: i32,
    /// Its name in `zmq.h`, without `ZMQ_`.
    pub name: &'static str,
    /// Who may use it how.
    pub access: Access,
    /// The socket types that can set it; none named means all.
    pub setters: &'static [SocketType],
    /// What it is and where it lives.
    pub value: Value,
    /// Whether the library acts on it.
    pub support: Support,
    /// What it does, in a sentence.
    pub doc: &'static str,
}

/// What a program may do with an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// `zmq_setsockopt` only.
    Set,
    /// `zmq_getsockopt` only.
    Get,
    /// Both.
    Both,
}

/// Whether the library acts on an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It does.
    Full,
    /// Not yet: setting it is an error.
    NotYet,
}

/// Which `int`s a switch takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    /// 0 and 1.
    ZeroOrOne,
    /// 0, and whatever is positive for on.
    NotNegative,
    /// 0, and anything else for on.
    Any,
}

/// How a value of type `T` is read from and written to the options.
#[derive(Debug)]
pub struct Field<T> {
    get: fn(&SocketOptions) -> T,
    set: fn(&mut SocketOptions, T),
}

/// The kind of an option.
#[derive(Debug)]
pub enum Value {
    /// An `int` within a range.
    Int {
        #[allow(missing_docs)]
        field: Field<i32>,
        #[allow(missing_docs)]
        range: RangeInclusive<i32>,
        #[allow(missing_docs)]
        default: i32,
    },
    /// An `int` that means on or off.
    Switch {
        #[allow(missing_docs)]
        field: Field<bool>,
        #[allow(missing_docs)]
        accepts: Accepts,
        #[allow(missing_docs)]
        default: bool,
    },
    /// A `uint64_t`.
    U64 {
        #[allow(missing_docs)]
        field: Field<u64>,
        #[allow(missing_docs)]
        default: u64,
    },
    /// An `int64_t`.
    I64 {
        #[allow(missing_docs)]
        field: Field<i64>,
        #[allow(missing_docs)]
        default: i64,
    },
    /// Bytes, empty by default.
    Bytes(Bytes),
    /// Set by a rule of its own; nothing to get.
    Custom(fn(&mut SocketOptions, &[u8]) -> Result<()>),
    /// An `int` that is not set by its own number.
    Constant {
        /// What it is.
        get: fn(&SocketOptions) -> i32,
        /// Whether it has to be asked for with its own size.
        exact: bool,
    },
    /// Answered or carried out by the socket.
    Live,
    /// Known by name only, as in a libzmq that was built without it.
    Absent,
}

/// An option that is a run of bytes.
#[derive(Debug)]
pub struct Bytes {
    get: fn(&SocketOptions) -> &[u8],
    set: fn(&mut SocketOptions, Vec<u8>),
    length: RangeInclusive<usize>,
    /// What no value at all (a null pointer of length 0) does, if it is allowed.
    reset: Option<fn(&mut SocketOptions)>,
    /// Whether it is got as a string with a NUL behind it.
    text: bool,
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
        self.linger = default_linger(self.socket_type, context.blocky);
    }

    /// Sets an option (`zmq_setsockopt`). No value at all, `None`, stands for a
    /// null pointer of length 0, which empties some options.
    ///
    /// Fails with `Invalid` if there is no such option, or not for this type of
    /// socket, or the value is not one it takes, or nothing acts on it yet.
    pub fn set<'a>(&mut self, number: i32, value: impl Into<Option<&'a [u8]>>) -> Result<()> {
        let option = find(number).ok_or(Error::Invalid)?;
        let ours = option.setters.is_empty() || option.setters.contains(&self.socket_type);
        if !ours || option.access == Access::Get || option.support == Support::NotYet {
            return Err(Error::Invalid);
        }
        option.value.set(self, value.into())
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

impl Value {
    fn set(&self, options: &mut SocketOptions, given: Option<&[u8]>) -> Result<()> {
        let bytes = given.unwrap_or_default();
        match self {
            Value::Int { field, range, .. } => {
                let value = read_int(bytes)?;
                (range.contains(&value))
                    .then(|| (field.set)(options, value))
                    .ok_or(Error::Invalid)
            }
            Value::Switch { field, accepts, .. } => {
                let value = read_int(bytes)?;
                let accepted = match accepts {
                    Accepts::ZeroOrOne => matches!(value, 0 | 1),
                    Accepts::NotNegative => value >= 0,
                    Accepts::Any => true,
                };
                accepted
                    .then(|| (field.set)(options, value != 0))
                    .ok_or(Error::Invalid)
            }
            Value::U64 { field, .. } => {
                (field.set)(options, u64::from_ne_bytes(read_exact(bytes)?));
                Ok(())
            }
            Value::I64 { field, .. } => {
                (field.set)(options, i64::from_ne_bytes(read_exact(bytes)?));
                Ok(())
            }
            Value::Bytes(rule) => match (given, rule.reset) {
                (None, Some(reset)) => {
                    reset(options);
                    Ok(())
                }
                _ if rule.length.contains(&bytes.len()) => {
                    (rule.set)(options, keep(bytes)?);
                    Ok(())
                }
                _ => Err(Error::Invalid),
            },
            Value::Custom(set) => set(options, bytes),
            Value::Constant { .. } | Value::Live | Value::Absent => Err(Error::Invalid),
        }
    }

    fn get(&self, options: &SocketOptions, out: &mut [u8]) -> Result<usize> {
        match self {
            Value::Int { field, .. } => write_exact(out, (field.get)(options).to_ne_bytes()),
            Value::Switch { field, .. } => {
                write_exact(out, i32::from((field.get)(options)).to_ne_bytes())
            }
            Value::U64 { field, .. } => write_exact(out, (field.get)(options).to_ne_bytes()),
            Value::I64 { field, .. } => write_exact(out, (field.get)(options).to_ne_bytes()),
            Value::Bytes(rule) if rule.text => write_str(out, (rule.get)(options)),
            Value::Bytes(rule) => write_bytes(out, (rule.get)(options)),
            Value::Constant { get, exact: true } => write_exact(out, get(options).to_ne_bytes()),
            Value::Constant { get, exact: false } => write_int(out, get(options)),
            Value::Custom(_) | Value::Live | Value::Absent => Err(Error::Invalid),
        }
    }
}
