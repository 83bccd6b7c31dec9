//! Socket addresses as text, in the forms libzmq prints.

use std::ffi::{CStr, OsStr};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;

use libc::c_char;
use socket2::SockAddr;

use super::text;

/// The endpoint of an address: `tcp://1.2.3.4:5`, `tcp://[::1]:5`,
/// `ipc://path`, `ipc://@name`, or `ipc://` for a peer that has no name.
/// Empty for any other family.
pub(super) fn endpoint(address: &SockAddr) -> String {
    if address.is_unix() {
        return match (address.as_pathname(), address.as_abstract_namespace()) {
            (Some(path), _) => format!("ipc://{}", text::read(path.as_os_str().as_bytes())),
            (None, Some(name)) => format!("ipc://@{}", text::read(name)),
            (None, None) => "ipc://".to_owned(),
        };
    }
    match address.as_socket() {
        Some(SocketAddr::V4(v4)) => format!("tcp://{v4}"),
        Some(SocketAddr::V6(v6)) => format!("tcp://[{}]:{}", host(address), v6.port()),
        None => String::new(),
    }
}

/// The numeric host of an address; a zone is given by its interface's name.
/// `localhost` for an address of the machine itself (ipc).
pub(super) fn host(address: &SockAddr) -> String {
    let mut host = [0u8; libc::NI_MAXHOST as usize];
    // SAFETY: the address is of the length it states, `host` of the length
    // given, and no service is asked for.
    let failed = unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr().cast::<c_char>(),
            host.len() as libc::socklen_t,
            std::ptr::null_mut(),
            0,
            libc::NI_NUMERICHOST,
        )
    } != 0;
    match CStr::from_bytes_until_nul(&host) {
        Ok(host) if !failed => text::read(host.to_bytes()),
        _ => String::new(),
    }
}

/// The address of a path, or of an abstract name written with a leading `@`.
pub(super) fn unix(path: &str) -> std::io::Result<SockAddr> {
    let mut bytes = text::write(path);
    if let Some(first @ b'@') = bytes.first_mut() {
        *first = 0;
    }
    SockAddr::unix(OsStr::from_bytes(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(address: &str) -> String {
        endpoint(&address.parse::<SocketAddr>().unwrap().into())
    }

    #[test]
    fn endpoints_are_printed_as_libzmq_does() {
        assert_eq!(text("127.0.0.1:5556"), "tcp://127.0.0.1:5556");
        assert_eq!(text("[::]:1"), "tcp://[::]:1");
        assert_eq!(text("[::ffff:127.0.0.1]:7"), "tcp://[::ffff:127.0.0.1]:7");
        assert_eq!(endpoint(&unix("/run/x").unwrap()), "ipc:///run/x");
        assert_eq!(endpoint(&unix("@x y").unwrap()), "ipc://@x y");
    }

    #[test]
    fn hosts_are_numeric() {
        assert_eq!(
            host(&"[::1]:80".parse::<SocketAddr>().unwrap().into()),
            "::1"
        );
        assert_eq!(
            host(&"10.0.0.1:80".parse::<SocketAddr>().unwrap().into()),
            "10.0.0.1"
        );
        assert_eq!(host(&unix("/run/x").unwrap()), "localhost");
    }
}
