//! Monitoring a socket.

use std::ffi::{c_char, c_int, c_void};

use super::constants::{ZMQ_CURRENT_EVENT_VERSION, ZMQ_PAIR};
use super::pointers::text;
use super::socket::refuse;
use super::status;
use crate::error::Error;
use crate::socket;

/// Binds a PAIR socket to an inproc endpoint and sends the events of the mask to
/// whoever connects there. Each event has two parts: 16 bits of event and 32
/// bits of value, in the byte order of the machine; then the address. An
/// endpoint of NULL ends the monitor. EINVAL: not an endpoint or not events.
/// EPROTONOSUPPORT: not inproc. ETERM, ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_socket_monitor(
    socket: *mut c_void,
    endpoint: *const c_char,
    events: c_int,
) -> c_int {
    // A negative mask has bits that version 1 does not know.
    let events = i64::from(events).cast_unsigned();
    // SAFETY: the same contract.
    unsafe {
        monitor(
            socket,
            endpoint,
            events,
            ZMQ_CURRENT_EVENT_VERSION,
            ZMQ_PAIR,
        )
    }
}

/// # Safety
/// The contract of this layer.
pub(super) unsafe fn monitor(
    socket: *mut c_void,
    endpoint: *const c_char,
    events: u64,
    version: c_int,
    type_: c_int,
) -> c_int {
    status(|| {
        let endpoint = if endpoint.is_null() {
            None
        } else {
            // SAFETY: the contract of this layer.
            let text = unsafe { text(endpoint) };
            Some(text.ok_or_else(|| refuse(socket, Error::Invalid))?)
        };
        socket::monitor(socket, endpoint.as_deref(), events, version, type_)
    })
}
