//! What the library can do: `zmq_has`.

use std::ffi::{CStr, c_char, c_int};

use super::pointers::string;

/// The capabilities that are built, of those that can be asked for.
const BUILT: [&CStr; 1] = [c"ipc"];

/// 1 if the library has a capability, else 0: "ipc", "tipc", "pgm", "norm",
/// "vmci", "vsock", "curve", "gssapi", "draft", "WS", "WSS". What always is
/// there (tcp, inproc) has no name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_has(capability: *const c_char) -> c_int {
    // SAFETY: the contract of this layer.
    let capability = unsafe { string(capability) };
    capability.is_some_and(|name| BUILT.contains(&name)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_claims_what_is_built_and_nothing_else() {
        // SAFETY: strings, or null.
        unsafe {
            assert_eq!(zmq_has(c"ipc".as_ptr()), 1);
            for name in [c"tcp", c"curve", c"draft", c"IPC", c"", c"ipc "] {
                assert_eq!(zmq_has(name.as_ptr()), 0, "{name:?}");
            }
            assert_eq!(zmq_has(std::ptr::null()), 0);
        }
    }
}
