//! Errors and the version: `zmq_errno`, `zmq_strerror`, `zmq_version`.

use std::ffi::{CStr, c_char, c_int};

use super::constants::{
    EFSM, EMTHREAD, ENOCOMPATPROTO, ETERM, ZMQ_VERSION_MAJOR, ZMQ_VERSION_MINOR, ZMQ_VERSION_PATCH,
};

/// The error of the calling thread's last failed call; the same as errno.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_errno() -> c_int {
    // SAFETY: the place belongs to the calling thread and is always valid.
    unsafe { *libc::__errno_location() }
}

/// The meaning of an error number, in English. Never NULL. The text stays valid;
/// that of a number of the operating system until the next call, as strerror()'s.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_strerror(errnum: c_int) -> *const c_char {
    match own_text(errnum) {
        Some(text) => text.as_ptr(),
        // SAFETY: any number is allowed; the text is the C library's.
        None => unsafe { libc::strerror(errnum) },
    }
}

/// What libzmq says about the errors it has words of its own for. Programs
/// compare these texts.
fn own_text(number: c_int) -> Option<&'static CStr> {
    Some(match number {
        EFSM => c"Operation cannot be accomplished in current state",
        ENOCOMPATPROTO => c"The protocol is not compatible with the socket type",
        ETERM => c"Context was terminated",
        EMTHREAD => c"No thread available",
        libc::EHOSTUNREACH => c"Host unreachable",
        _ => return None,
    })
}

/// The version of the library in use. Each pointer may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_version(major: *mut c_int, minor: *mut c_int, patch: *mut c_int) {
    let parts = [
        (major, ZMQ_VERSION_MAJOR),
        (minor, ZMQ_VERSION_MINOR),
        (patch, ZMQ_VERSION_PATCH),
    ];
    for (place, number) in parts {
        if !place.is_null() {
            // SAFETY: not null, so good for an int by the contract.
            unsafe { place.write(number) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn text(number: c_int) -> &'static str {
        // SAFETY: never null; the texts asked for here are constants.
        unsafe { CStr::from_ptr(zmq_strerror(number)) }
            .to_str()
            .unwrap()
    }

    #[test]
    fn own_errors_have_their_texts() {
        assert_eq!(text(Error::Terminated.errno()), "Context was terminated");
        assert_eq!(text(Error::NoThread.errno()), "No thread available");
        assert_eq!(text(libc::EHOSTUNREACH), "Host unreachable");
    }

    #[test]
    fn other_errors_have_the_systems_text() {
        assert_eq!(text(libc::EINVAL), "Invalid argument");
        assert!(!zmq_strerror(-1).is_null());
    }

    #[test]
    fn the_version_is_told_where_it_is_asked_for() {
        let mut patch = 0;
        // SAFETY: null or a place on this stack.
        unsafe { zmq_version(std::ptr::null_mut(), std::ptr::null_mut(), &mut patch) };
        assert_eq!(patch, ZMQ_VERSION_PATCH);
    }
}
