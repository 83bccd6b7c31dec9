//! Options of a context that are not numbers.

use std::ffi::{c_int, c_void};

use crate::capi::pointers::bytes;
use crate::capi::socket::{fill, value_place};
use crate::capi::status;
use crate::context;
use crate::error::Error;

/// As zmq_ctx_set(), for values of any kind. EINVAL, EFAULT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_ctx_set_ext(
    context: *mut c_void,
    option: c_int,
    optval: *const c_void,
    optvallen: usize,
) -> c_int {
    // SAFETY: the contract of this layer.
    status(|| match unsafe { bytes(optval, optvallen) } {
        Some(value) => context::ctx_set_ext(context, option, value),
        None => Err(Error::Fault),
    })
}

/// As zmq_ctx_get(), for values of any kind. optvallen is the room at optval,
/// then the length of the value; the rest of the room is filled with zeros.
/// EINVAL, EFAULT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_ctx_get_ext(
    context: *mut c_void,
    option: c_int,
    optval: *mut c_void,
    optvallen: *mut usize,
) -> c_int {
    // SAFETY: the contract of this layer.
    status(|| match unsafe { value_place(optval, optvallen) } {
        Some((room, length)) => fill(room, length, |room| {
            context::ctx_get_ext(context, option, room)
        }),
        None => Err(Error::Fault),
    })
}
