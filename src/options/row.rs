//! What the rows of the table are made of, and what each kind of option does
//! when it is set and got.
//!
//! The rules of sizes and ranges are here; what an option means is not.

use std::ops::RangeInclusive;

use super::SocketOptions;
use super::value::{keep, read_exact, read_int, write_bytes, write_exact, write_int, write_str};
use crate::error::{Error, Result};
use crate::zmtp::SocketType;

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
    /// Not yet: setting it to anything but its default is an error.
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
    pub(super) get: fn(&SocketOptions) -> T,
    pub(super) set: fn(&mut SocketOptions, T),
}

/// The kind of an option: where its value is, what it may be, what it is at first.
#[derive(Debug)]
#[allow(missing_docs, reason = "the fields say no more than their names")]
pub enum Value {
    /// An `int` within a range.
    Int {
        field: Field<i32>,
        range: RangeInclusive<i32>,
        default: i32,
    },
    /// An `int` that means on or off.
    Switch {
        field: Field<bool>,
        accepts: Accepts,
        default: bool,
    },
    /// A `uint64_t`.
    U64 { field: Field<u64>, default: u64 },
    /// An `int64_t`.
    I64 { field: Field<i64>, default: i64 },
    /// Bytes, empty by default.
    Bytes(Bytes),
    /// Set by a rule of its own; nothing to get.
    Custom(fn(&mut SocketOptions, Option<&[u8]>) -> Result<()>),
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
    pub(super) get: fn(&SocketOptions) -> &[u8],
    pub(super) set: fn(&mut SocketOptions, Vec<u8>),
    pub(super) length: RangeInclusive<usize>,
    /// What no value at all (a null pointer of length 0) does, if it is allowed.
    pub(super) reset: Option<fn(&mut SocketOptions)>,
    /// Whether it is got as a string with a NUL behind it.
    pub(super) text: bool,
}

impl Value {
    /// Whether `given` asks for what holds by default.
    pub(super) fn is_default(&self, given: Option<&[u8]>) -> bool {
        let bytes = given.unwrap_or_default();
        match self {
            Value::Int { default, .. } => read_int(bytes) == Ok(*default),
            Value::Switch { default, .. } => {
                read_int(bytes).is_ok_and(|value| (value != 0) == *default)
            }
            Value::Bytes(_) => bytes.is_empty(),
            _ => false,
        }
    }

    pub(super) fn set(&self, options: &mut SocketOptions, given: Option<&[u8]>) -> Result<()> {
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
            Value::Custom(set) => set(options, given),
            Value::Constant { .. } | Value::Live | Value::Absent => Err(Error::Invalid),
        }
    }

    pub(super) fn get(&self, options: &SocketOptions, out: &mut [u8]) -> Result<usize> {
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

pub(super) const fn row(number: i32, name: &'static str, value: Value) -> SocketOption {
    SocketOption {
        number,
        name,
        access: Access::Both,
        setters: &[],
        value,
        support: Support::Full,
        doc: "",
    }
}

pub(super) const fn int(
    number: i32,
    name: &'static str,
    field: Field<i32>,
    range: RangeInclusive<i32>,
    default: i32,
) -> SocketOption {
    row(
        number,
        name,
        Value::Int {
            field,
            range,
            default,
        },
    )
}

pub(super) const fn switch(
    number: i32,
    name: &'static str,
    field: Field<bool>,
    accepts: Accepts,
    default: bool,
) -> SocketOption {
    row(
        number,
        name,
        Value::Switch {
            field,
            accepts,
            default,
        },
    )
}

pub(super) const fn data(
    number: i32,
    name: &'static str,
    bytes: Bytes,
    length: RangeInclusive<usize>,
) -> SocketOption {
    row(number, name, Value::Bytes(Bytes { length, ..bytes }))
}

impl SocketOption {
    pub(super) const fn get_only(self) -> SocketOption {
        SocketOption {
            access: Access::Get,
            ..self
        }
    }

    /// Not to be got, and to be set by these types only; none named means all.
    pub(super) const fn set_only(self, setters: &'static [SocketType]) -> SocketOption {
        SocketOption {
            access: Access::Set,
            setters,
            ..self
        }
    }

    /// To be set by these types only.
    pub(super) const fn setters(self, setters: &'static [SocketType]) -> SocketOption {
        SocketOption { setters, ..self }
    }

    pub(super) const fn not_yet(self) -> SocketOption {
        SocketOption {
            support: Support::NotYet,
            ..self
        }
    }

    pub(super) const fn doc(self, doc: &'static str) -> SocketOption {
        SocketOption { doc, ..self }
    }
}
