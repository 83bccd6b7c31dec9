//! Socket addresses as text, in the forms libzmq prints.

use std::ffi::CStr;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;

use libc::c_char;
use socket2::SockAddr;

/// The endpoint of an address: `tcp://1.2.3.4:5`, `tcp://[::1]:5`,
/// `ipc://path`, `ipc://@name`, or `ipc://` for a peer that has no name.
/// Empty for any other family.
pub(super) fn endpoint(address: &SockAddr) -> String {
    if address.is_unix() {
        return match (address.as_pathname(), address.as_abstract_namespace()) {
            (Some(path), _) => format!("ipc://{}", path.display()),
            (None, Some(name)) => format!("ipc://@{}", String::from_utf8_lossy(name)),
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
    let mut text = [0u8; libc::NI_MAXHOST as usize];
    // SAFETY: the address is of the length it states, `text` of the length
    // given, and no service is asked for.
    let failed = unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            text.as_mut_ptr().cast::<c_char>(),
            text.len() as libc::socklen_t,
            std::ptr::null_mut(),
            0,
            libc::NI_NUMERICHOST,
        )
    } != 0;
    match CStr::from_bytes_until_nul(&text) {
        Ok(text) if !failed => String::from_utf8_lossy(text.to_bytes()).into_owned(),
        _ => String::new(),
    }
}

/// The address of a path, or of an abstract name written with a leading `@`.
pub(super) fn unix(path: &str) -> std::io::Result<SockAddr> {
    match path.strip_prefix('@') {
        Some(name) => {
            let bytes = [b"\0", name.as_bytes()].concat();
            SockAddr::unix(std::ffi::OsStr::from_bytes(&bytes))
        }
        None => SockAddr::unix(path),
    }
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
