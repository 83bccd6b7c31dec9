//! Contexts: `zmq_ctx_*` and their older names.

use std::ffi::{c_int, c_void};
use std::ptr;

use super::constants::ZMQ_IO_THREADS;
use super::{entry, slow_attempt, slow_status, status, waiting};
use crate::context;
use crate::error::Error;
use crate::pause::Pause;

/// Makes a context. NULL if there is no memory or no descriptor left.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_ctx_new() -> *mut c_void {
    entry(ptr::null_mut(), context::ctx_new)
}

/// Ends a context: blocked calls of its sockets fail with ETERM, and the call
/// waits until all of them are closed and what lingers is sent or given up.
/// Fails with EINTR when a signal handler ran: call it again. EFAULT: not a
/// context.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn zmq_ctx_term(context: *mut c_void) -> c_int {
    // SAFETY: nothing here has anything to drop.
    unsafe {
        waiting(
            |pause| slow_attempt(|| context::ctx_term(context, pause)),
            |pause| slow_attempt(|| context::ctx_term_again(context, pause)),
        )
    }
}

/// Lets blocked and later calls of the context's sockets fail with ETERM, and
/// returns at once. The sockets are still to be closed, the context to be ended.
/// EFAULT: not a context.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_ctx_shutdown(context: *mut c_void) -> c_int {
    slow_status(|| context::ctx_shutdown(context))
}

/// Sets an option of a context. EINVAL: no such option, or not in its range.
/// EFAULT: not a context.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_ctx_set(context: *mut c_void, option: c_int, optval: c_int) -> c_int {
    status(|| context::ctx_set(context, option, optval))
}

/// The value of an option of a context, -1 if that fails. EINVAL: no such
/// option. EFAULT: not a context.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_ctx_get(context: *mut c_void, option: c_int) -> c_int {
    entry(-1, || context::ctx_get(context, option))
}

/// Old form of zmq_ctx_new(), with the number of I/O threads. EINVAL: negative.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_init(io_threads: c_int) -> *mut c_void {
    entry(ptr::null_mut(), || {
        if io_threads < 0 {
            return Err(Error::Invalid);
        }
        let context = context::ctx_new()?;
        match context::ctx_set(context, ZMQ_IO_THREADS, io_threads) {
            Ok(()) => Ok(context),
            Err(error) => {
                // Nothing of it is alive, so there is nothing to wait for.
                context::ctx_term(context, &mut Pause::new()).and(Err(error))
            }
        }
    })
}

/// Old name of zmq_ctx_term().
#[unsafe(no_mangle)]
pub extern "C-unwind" fn zmq_term(context: *mut c_void) -> c_int {
    zmq_ctx_term(context)
}

/// Old name of zmq_ctx_term().
#[unsafe(no_mangle)]
pub extern "C-unwind" fn zmq_ctx_destroy(context: *mut c_void) -> c_int {
    zmq_ctx_term(context)
}
