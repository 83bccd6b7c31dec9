//! What only draft types of sockets can do, and a ROUTER's view of one peer.

use std::ffi::{c_char, c_int, c_void};

use crate::capi::pointers::bytes;
use crate::capi::socket::refuse;
use crate::capi::{entry, status};
use crate::error::Error;
use crate::socket;

/// Joins a group of a DISH socket. Not built: fails with ENOTSUP, as for any
/// other type, or with ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_join(socket: *mut c_void, _group: *const c_char) -> c_int {
    status(|| Err(refuse(socket, Error::NotSupported)))
}

/// Leaves a group of a DISH socket. Not built: fails with ENOTSUP, as for any
/// other type, or with ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_leave(socket: *mut c_void, _group: *const c_char) -> c_int {
    status(|| Err(refuse(socket, Error::NotSupported)))
}

/// Connects a PEER socket and returns the number of the peer, 0 on failure. Not
/// built: fails with ENOTSUP, as for any other type, or with ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_connect_peer(socket: *mut c_void, _endpoint: *const c_char) -> u32 {
    entry(0, || Err(refuse(socket, Error::NotSupported)))
}

/// Disconnects a peer of a PEER or SERVER socket by its number. Not built: fails
/// with ENOTSUP, as for any other type, or with ENOTSOCK.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_disconnect_peer(socket: *mut c_void, _routing_id: u32) -> c_int {
    status(|| Err(refuse(socket, Error::NotSupported)))
}

/// What is possible with one peer of a ROUTER: ZMQ_POLLOUT if it can be sent to,
/// or 0. EHOSTUNREACH: no such peer. ENOTSUP: not by this type. EFAULT: no
/// routing id. ENOTSOCK, ETERM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_socket_get_peer_state(
    socket: *mut c_void,
    routing_id: *const c_void,
    routing_id_size: usize,
) -> c_int {
    // SAFETY: the contract of this layer.
    entry(-1, || match unsafe { bytes(routing_id, routing_id_size) } {
        Some(routing_id) => socket::peer_state(socket, routing_id),
        None => Err(refuse(socket, Error::Fault)),
    })
}
