//! Sockets: making and closing them, their options and endpoints.

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use super::constants::{ZMQ_SOCKS_PASSWORD, ZMQ_SOCKS_USERNAME, ZMQ_TYPE};
use super::pointers::{array_mut, bytes, text};
use super::{entry, slow_status, status};
use crate::error::{Error, Result};
use crate::socket;
use crate::sys::uncancelled;

/// What to answer for a bad argument: a bad socket comes first.
#[cold]
pub(super) fn refuse(socket: *mut c_void, error: Error) -> Error {
    let mut type_ = [0; size_of::<c_int>()];
    match socket::getsockopt(socket, ZMQ_TYPE, &mut type_) {
        Err(first) => first,
        Ok(_) => error,
    }
}

/// Makes a socket of the given type. NULL if that fails. EINVAL: no such type.
/// EMFILE: as many as ZMQ_MAX_SOCKETS allows are open, or no descriptor is left.
/// ETERM: the context has ended. EFAULT: not a context.
///
/// Every socket may be used by several threads; their calls are put in a row.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_socket(context: *mut c_void, type_: c_int) -> *mut c_void {
    let _uncancelled = uncancelled();
    entry(ptr::null_mut(), || socket::socket_new(context, type_))
}

/// Closes a socket. What was received is dropped; what is still to be sent is
/// sent within ZMQ_LINGER. ENOTSOCK: not an open socket.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_close(socket: *mut c_void) -> c_int {
    slow_status(|| socket::close(socket))
}

/// Sets an option of a socket. NULL of length 0 empties some options. EINVAL: no
/// such option, or a value or length out of range. ETERM, ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_setsockopt(
    socket: *mut c_void,
    option: c_int,
    optval: *const c_void,
    optvallen: usize,
) -> c_int {
    // SAFETY: the contract of this layer.
    status(|| match unsafe { bytes(optval, optvallen) } {
        Some(value) => socket::setsockopt(socket, option, (!optval.is_null()).then_some(value)),
        // Of these it counts as none at all, whatever its length.
        None if matches!(option, ZMQ_SOCKS_USERNAME | ZMQ_SOCKS_PASSWORD) => {
            socket::setsockopt(socket, option, None)
        }
        None => Err(refuse(socket, Error::Invalid)),
    })
}

/// Reads an option of a socket. optvallen is the room at optval, then the length
/// of the value; the rest of the room is filled with zeros. EINVAL: no such
/// option, or not enough room. ETERM, ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_getsockopt(
    socket: *mut c_void,
    option: c_int,
    optval: *mut c_void,
    optvallen: *mut usize,
) -> c_int {
    // SAFETY: the contract of this layer.
    status(|| match unsafe { value_place(optval, optvallen) } {
        Some((room, length)) => fill(room, length, |room| {
            socket::getsockopt(socket, option, room)
        }),
        None => Err(refuse(socket, Error::Invalid)),
    })
}

/// The room for an option's value, and where its length goes.
///
/// # Safety
/// The contract of this layer.
pub(super) unsafe fn value_place<'a>(
    value: *mut c_void,
    length: *mut usize,
) -> Option<(&'a mut [u8], &'a mut usize)> {
    // SAFETY: null, or a place for one length.
    let length = unsafe { length.as_mut() }?;
    // SAFETY: null, or memory to write, of that length. C does not know unset
    // bytes; whatever they are is overwritten.
    Some((unsafe { array_mut(value.cast(), *length) }?, length))
}

/// Reads a value into `room`, the rest of which becomes zeros, and tells its
/// length.
pub(super) fn fill(
    room: &mut [u8],
    length: &mut usize,
    read: impl FnOnce(&mut [u8]) -> Result<usize>,
) -> Result<()> {
    let written = read(room)?;
    room[written..].fill(0);
    *length = written;
    Ok(())
}

/// Calls `act` with an endpoint. One that is null is `EINVAL`.
///
/// # Safety
/// The contract of this layer.
unsafe fn with_endpoint(
    socket: *mut c_void,
    endpoint: *const c_char,
    act: impl FnOnce(*mut c_void, &str) -> Result<()>,
) -> c_int {
    // SAFETY: the contract of this layer.
    slow_status(|| match unsafe { text(endpoint) } {
        Some(endpoint) => act(socket, &endpoint),
        None => Err(refuse(socket, Error::Invalid)),
    })
}

/// Accepts peers at an endpoint: tcp://interface:port, ipc://path, inproc://name.
/// A port, path or interface * is chosen by the library: see ZMQ_LAST_ENDPOINT.
/// EINVAL: not an endpoint. EPROTONOSUPPORT: unknown transport. ENOCOMPATPROTO:
/// not for this type of socket. EADDRINUSE, EADDRNOTAVAIL, ENODEV. ETERM,
/// ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_bind(socket: *mut c_void, endpoint: *const c_char) -> c_int {
    // SAFETY: the contract of this layer.
    unsafe { with_endpoint(socket, endpoint, socket::bind) }
}

/// Connects to an endpoint, which may be bound later: the call does not wait,
/// and a lost connection is made again. EINVAL: not an endpoint.
/// EPROTONOSUPPORT: unknown transport. ENOCOMPATPROTO: not for this type of
/// socket. EMTHREAD: no I/O thread. ETERM, ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_connect(socket: *mut c_void, endpoint: *const c_char) -> c_int {
    // SAFETY: the contract of this layer.
    unsafe { with_endpoint(socket, endpoint, socket::connect) }
}

/// Ends what zmq_bind() began, with the connections it accepted. The endpoint is
/// the one ZMQ_LAST_ENDPOINT told. ENOENT: not bound. EINVAL: not an endpoint.
/// ETERM, ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_unbind(socket: *mut c_void, endpoint: *const c_char) -> c_int {
    // SAFETY: the contract of this layer.
    unsafe { with_endpoint(socket, endpoint, socket::unbind) }
}

/// Ends what zmq_connect() began. ENOENT: not connected. EINVAL: not an
/// endpoint. ETERM, ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_disconnect(socket: *mut c_void, endpoint: *const c_char) -> c_int {
    // SAFETY: the contract of this layer.
    unsafe { with_endpoint(socket, endpoint, socket::disconnect) }
}
