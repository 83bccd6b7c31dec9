//! Monitors of version 2.

use std::ffi::{c_char, c_int, c_void};

use crate::capi::monitor::monitor;
use crate::capi::status;
use crate::socket;

/// As zmq_socket_monitor(), with a choice of version and of the socket that
/// sends the events: ZMQ_PAIR, ZMQ_PUB or ZMQ_PUSH. Events of version 2 have the
/// parts event, number of values, each value (uint64_t all), local and remote
/// address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_socket_monitor_versioned(
    socket: *mut c_void,
    endpoint: *const c_char,
    events: u64,
    event_version: c_int,
    type_: c_int,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { monitor(socket, endpoint, events, event_version, type_) }
}

/// Sends a ZMQ_EVENT_PIPES_STATS event for each connection: how many messages
/// wait to be sent, and how many to be received. Peers over inproc have none.
/// EINVAL: the monitor does not want this event, or there is no monitor. EAGAIN:
/// there is no connection. ETERM, ENOTSOCK.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_socket_monitor_pipes_stats(socket: *mut c_void) -> c_int {
    status(|| socket::pipes_stats(socket))
}
