//! The one error type of the library and its one translation to C's `errno`.
//!
//! Everything below the C boundary returns [`Error`]; only `capi` turns it into
//! a number. ZeroMQ's own errors start at [`HAUSNUMERO`] so that they never
//! collide with the operating system's; an error of the operating system is
//! carried through unchanged as [`Error::Os`].

use libc::c_int;

/// First number of the errors that are ZeroMQ's own (`zmq.h`).
pub const HAUSNUMERO: c_int = 156_384_712;

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The call would have to wait and was told not to, or its time ran out.
    Again,
    /// An argument or option value is out of its range.
    Invalid,
    /// A pointer or handle is not usable at all.
    Fault,
    /// The handle does not name an open socket.
    NotSocket,
    /// The operation is not possible in the socket's present state (RFC 28).
    State,
    /// The transport cannot carry this socket type.
    NoCompatProto,
    /// The context was terminated or shut down.
    Terminated,
    /// No I/O thread is available for the task.
    NoThread,
    /// A signal handler ran while the call waited.
    Interrupted,
    /// Out of memory for a size that a caller or a peer chose.
    NoMemory,
    /// Too many sockets or descriptors are open.
    TooManyFiles,
    /// The transport or scheme of the endpoint is not known.
    ProtoNotSupported,
    /// The operation is not supported by this socket or build.
    NotSupported,
    /// The endpoint is in use already.
    AddrInUse,
    /// The endpoint is not an address of this machine.
    AddrNotAvailable,
    /// No such interface.
    NoDevice,
    /// No such endpoint.
    NotFound,
    /// The message cannot be routed to the peer.
    HostUnreachable,
    /// The path of the endpoint is too long.
    NameTooLong,
    /// Nobody listens on the endpoint.
    ConnectionRefused,
    /// A descriptor is not open.
    BadDescriptor,
    /// The thread may not do this (ownership of a resource).
    Permission,
    /// The message is larger than the other side allows.
    MessageSize,
    /// The call waits outside of itself, to be taken up again: see `pause`. C
    /// never hears of it.
    Asleep,
    /// Any other error of the operating system, by its number.
    Os(c_int),
}

/// The result of everything that can fail below the C boundary.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The number a C caller finds in `errno`.
    pub const fn errno(self) -> c_int {
        match self {
            Error::Again | Error::Asleep => libc::EAGAIN,
            Error::Invalid => libc::EINVAL,
            Error::Fault => libc::EFAULT,
            Error::NotSocket => libc::ENOTSOCK,
            Error::State => HAUSNUMERO + 51,
            Error::NoCompatProto => HAUSNUMERO + 52,
            Error::Terminated => HAUSNUMERO + 53,
            Error::NoThread => HAUSNUMERO + 54,
            Error::Interrupted => libc::EINTR,
            Error::NoMemory => libc::ENOMEM,
            Error::TooManyFiles => libc::EMFILE,
            Error::ProtoNotSupported => libc::EPROTONOSUPPORT,
            Error::NotSupported => libc::ENOTSUP,
            Error::AddrInUse => libc::EADDRINUSE,
            Error::AddrNotAvailable => libc::EADDRNOTAVAIL,
            Error::NoDevice => libc::ENODEV,
            Error::NotFound => libc::ENOENT,
            Error::HostUnreachable => libc::EHOSTUNREACH,
            Error::NameTooLong => libc::ENAMETOOLONG,
            Error::ConnectionRefused => libc::ECONNREFUSED,
            Error::BadDescriptor => libc::EBADF,
            Error::Permission => libc::EPERM,
            Error::MessageSize => libc::EMSGSIZE,
            Error::Os(number) => number,
        }
    }
}

impl From<std::io::Error> for Error {
    /// Keeps the operating system's number; an error without one is `EINVAL`.
    fn from(error: std::io::Error) -> Self {
        match error.raw_os_error() {
            Some(number) => Error::Os(number),
            None if error.kind() == std::io::ErrorKind::OutOfMemory => Error::NoMemory,
            None => Error::Invalid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeromq_errors_have_their_published_numbers() {
        assert_eq!(Error::State.errno(), 156_384_763);
        assert_eq!(Error::NoCompatProto.errno(), 156_384_764);
        assert_eq!(Error::Terminated.errno(), 156_384_765);
        assert_eq!(Error::NoThread.errno(), 156_384_766);
    }

    #[test]
    fn system_errors_keep_their_number() {
        let error = std::io::Error::from_raw_os_error(libc::EHOSTDOWN);
        assert_eq!(Error::from(error).errno(), libc::EHOSTDOWN);
    }
}
