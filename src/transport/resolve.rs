//! From the `host:port` of a tcp endpoint to addresses.
//!
//! A host is `*`, an interface, a literal or a name, as far as its [`Role`]
//! allows; a port is a number or `*`. Numbers are read as leniently as libzmq
//! reads them. Names are looked up by `getaddrinfo`, which may take seconds;
//! literals and interfaces do not wait.

use std::ffi::{CStr, CString};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::ptr;

use super::text;
use crate::error::{Error, Result};

/// What an address is looked up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// To listen on: wildcards, interfaces, literals, names.
    Bind,
    /// To connect from: wildcards, interfaces, literals.
    Source,
    /// To connect to: literals, names.
    Peer,
    /// To connect to, without waiting: literals.
    PeerLiteral,
}

impl Role {
    fn is_local(self) -> bool {
        matches!(self, Role::Bind | Role::Source)
    }

    fn allows_names(self) -> bool {
        matches!(self, Role::Bind | Role::Peer)
    }
}

/// All addresses of `text`, the preferred one first; never empty.
///
/// With `ipv6` they are IPv6 addresses, IPv4 ones in their mapped form.
pub(super) fn resolve(text: &str, role: Role, ipv6: bool) -> Result<Vec<SocketAddr>> {
    let (host, port) = text.rsplit_once(':').ok_or(Error::Invalid)?;
    let port = parse_port(port, role)?;
    let (host, zone) = split_zone(unbracketed(host))?;
    let mut addresses = look_up(host, role, ipv6)?;
    for address in &mut addresses {
        address.set_port(port);
        if let (SocketAddr::V6(v6), 1..) = (address, zone) {
            v6.set_scope_id(zone);
        }
    }
    Ok(addresses)
}

/// Host and port of a peer, without brackets around the host.
pub(super) fn peer_parts(text: &str) -> Result<(&str, u16)> {
    let (host, port) = text.rsplit_once(':').ok_or(Error::Invalid)?;
    Ok((unbracketed(host), parse_port(port, Role::Peer)?))
}

fn unbracketed(host: &str) -> &str {
    let inner = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    inner.unwrap_or(host)
}

fn parse_port(text: &str, role: Role) -> Result<u16> {
    match text {
        "*" if role.is_local() => Ok(0),
        "0" => Ok(0),
        _ => match leading_number(text) as u16 {
            0 => Err(Error::Invalid),
            port => Ok(port),
        },
    }
}

/// The zone of an IPv6 address, `%eth0` or `%2`, is its interface.
fn split_zone(host: &str) -> Result<(&str, u32)> {
    let Some((host, zone)) = host.rsplit_once('%') else {
        return Ok((host, 0));
    };
    let index = match zone.bytes().next() {
        Some(first) if first.is_ascii_alphabetic() => {
            let name = CString::new(text::write(zone)).map_err(|_| Error::Invalid)?;
            // SAFETY: `name` is a C string that outlives the call.
            unsafe { libc::if_nametoindex(name.as_ptr()) }
        }
        _ => leading_number(zone) as u32,
    };
    if index == 0 {
        Err(Error::Invalid)
    } else {
        Ok((host, index))
    }
}

/// Reads a decimal number as C's `atoi` does: blanks and a sign may precede it,
/// anything may follow, and nothing at all is 0.
fn leading_number(text: &str) -> i32 {
    let text = text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let number = digits
        .bytes()
        .take_while(u8::is_ascii_digit)
        .fold(0i64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add((digit - b'0') as i64)
        });
    (if negative { -number } else { number }) as i32
}

fn look_up(host: &str, role: Role, ipv6: bool) -> Result<Vec<SocketAddr>> {
    if role.is_local() {
        if host == "*" {
            let any: IpAddr = if ipv6 {
                Ipv6Addr::UNSPECIFIED.into()
            } else {
                Ipv4Addr::UNSPECIFIED.into()
            };
            return Ok(vec![SocketAddr::new(any, 0)]);
        }
        // No interface has a name that reads as a literal.
        if host.parse::<IpAddr>().is_err()
            && let Some(address) = interface(host, ipv6)?
        {
            return Ok(vec![address]);
        }
    }
    host_addresses(host, role, ipv6)
}

/// The first address of the interface called `name` in the wanted family.
fn interface(name: &str, ipv6: bool) -> Result<Option<SocketAddr>> {
    let mut list: *mut libc::ifaddrs = ptr::null_mut();
    // SAFETY: `list` is where the call stores the head of the list it makes.
    if unsafe { libc::getifaddrs(&mut list) } != 0 {
        let error = io::Error::last_os_error();
        return match error.raw_os_error() {
            // A system that cannot list its interfaces has none by that name.
            Some(libc::EINVAL | libc::EOPNOTSUPP) => Ok(None),
            _ => Err(error.into()),
        };
    }
    let mut found = None;
    let mut next = list;
    // SAFETY: `next` runs along the list, which lives until it is freed below;
    // its names are C strings, its addresses null or of their family's size.
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ifa_next;
        // SAFETY: as above.
        let (entry_name, address) = unsafe {
            (
                CStr::from_ptr(entry.ifa_name),
                socket_address(entry.ifa_addr),
            )
        };
        if entry_name.to_bytes() == name.as_bytes() {
            found = address.filter(|address| address.is_ipv6() == ipv6);
            if found.is_some() {
                break;
            }
        }
    }
    // SAFETY: `list` came from `getifaddrs` and nothing points into it any more.
    unsafe { libc::freeifaddrs(list) };
    Ok(found)
}

/// All addresses that `getaddrinfo` knows for `host`.
fn host_addresses(host: &str, role: Role, ipv6: bool) -> Result<Vec<SocketAddr>> {
    let host = CString::new(text::write(host)).map_err(|_| Error::Invalid)?;
    let mut flags = 0;
    if role.is_local() {
        flags |= libc::AI_PASSIVE;
    }
    if !role.allows_names() {
        flags |= libc::AI_NUMERICHOST;
    }
    if ipv6 {
        flags |= libc::AI_V4MAPPED;
    }
    // To connect, IPv4 addresses are worth a try also where there are others.
    if ipv6 && role == Role::Peer {
        flags |= libc::AI_ALL;
    }
    // SAFETY: an addrinfo of zeros and null pointers is a request for anything.
    let mut request: libc::addrinfo = unsafe { std::mem::zeroed() };
    request.ai_flags = flags;
    request.ai_family = if ipv6 { libc::AF_INET6 } else { libc::AF_INET };
    request.ai_socktype = libc::SOCK_STREAM;

    let mut list: *mut libc::addrinfo = ptr::null_mut();
    // SAFETY: `host` and `request` outlive the call, which stores the head of
    // the list it makes in `list`.
    let failure = unsafe { libc::getaddrinfo(host.as_ptr(), ptr::null(), &request, &mut list) };
    if failure != 0 {
        return Err(look_up_error(failure, role));
    }
    let mut addresses = Vec::new();
    let mut next = list;
    // SAFETY: `next` runs along the list, which lives until it is freed below.
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ai_next;
        // SAFETY: the address of an entry is of its family's size.
        let address = unsafe { socket_address(entry.ai_addr) };
        addresses.extend(address.filter(|address| !addresses.contains(address)));
    }
    // SAFETY: `list` came from `getaddrinfo` and nothing points into it any more.
    unsafe { libc::freeaddrinfo(list) };
    if addresses.is_empty() {
        Err(look_up_error(libc::EAI_NONAME, role))
    } else {
        Ok(addresses)
    }
}

/// libzmq's number for a failure of `getaddrinfo`, which has numbers of its own.
fn look_up_error(failure: libc::c_int, role: Role) -> Error {
    if failure == libc::EAI_MEMORY {
        return Error::NoMemory;
    }
    if failure == libc::EAI_SYSTEM {
        let error = io::Error::last_os_error();
        if let Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) = error.raw_os_error() {
            return error.into();
        }
    }
    if role.is_local() {
        Error::NoDevice
    } else {
        Error::Invalid
    }
}

/// Copies an address out of the form the C library gives.
///
/// # Safety
/// `address` is null or points to a socket address of its family's size.
unsafe fn socket_address(address: *const libc::sockaddr) -> Option<SocketAddr> {
    // SAFETY: by the contract above; sizes are those of the family found.
    unsafe {
        match address.as_ref()?.sa_family as libc::c_int {
            libc::AF_INET => {
                let v4 = address.cast::<libc::sockaddr_in>().read_unaligned();
                let ip = Ipv4Addr::from_bits(u32::from_be(v4.sin_addr.s_addr));
                Some(SocketAddr::new(ip.into(), u16::from_be(v4.sin_port)))
            }
            libc::AF_INET6 => {
                let v6 = address.cast::<libc::sockaddr_in6>().read_unaligned();
                let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
                let port = u16::from_be(v6.sin6_port);
                Some(SocketAddrV6::new(ip, port, 0, v6.sin6_scope_id).into())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str, role: Role, ipv6: bool) -> Result<String> {
        resolve(text, role, ipv6).map(|all| all[0].to_string())
    }

    #[test]
    fn numbers_are_read_as_leniently_as_libzmq_does() {
        for (text, number) in [
            ("12ab", 12),
            (" 7", 7),
            ("-1", -1),
            ("+3", 3),
            ("", 0),
            ("x1", 0),
            ("\t\x0b9 1", 9),
        ] {
            assert_eq!(leading_number(text), number, "{text:?}");
        }
        assert_eq!(leading_number("99999999999999999999"), -1);
        assert_eq!(
            first("127.0.0.1:65537", Role::Peer, false).unwrap(),
            "127.0.0.1:1"
        );
        assert_eq!(
            first("127.0.0.1:65536", Role::Peer, false),
            Err(Error::Invalid)
        );
    }

    #[test]
    fn wildcards_are_for_local_addresses() {
        assert_eq!(first("*:*", Role::Bind, false).unwrap(), "0.0.0.0:0");
        assert_eq!(first("*:5", Role::Source, true).unwrap(), "[::]:5");
        assert_eq!(first("127.0.0.1:*", Role::Peer, false), Err(Error::Invalid));
        assert_eq!(first("*:5", Role::PeerLiteral, false), Err(Error::Invalid));
    }

    #[test]
    fn literals_take_the_form_of_the_family_wanted() {
        assert_eq!(first("127.1:5", Role::Bind, false).unwrap(), "127.0.0.1:5");
        assert_eq!(
            first("127.0.0.1:5", Role::Bind, true).unwrap(),
            "[::ffff:127.0.0.1]:5"
        );
        assert_eq!(first("[::1]:5", Role::Peer, true).unwrap(), "[::1]:5");
        assert_eq!(first("::1:5", Role::Peer, true).unwrap(), "[::1]:5");
        assert_eq!(first("[::1]:5", Role::Bind, false), Err(Error::NoDevice));
        assert_eq!(first("[::1]:5", Role::Peer, false), Err(Error::Invalid));
        assert_eq!(first(":5", Role::Bind, false), Err(Error::NoDevice));
    }

    #[test]
    fn interfaces_are_found_by_name_for_local_addresses_only() {
        assert_eq!(first("lo:5", Role::Bind, false).unwrap(), "127.0.0.1:5");
        assert_eq!(first("lo:5", Role::Source, false).unwrap(), "127.0.0.1:5");
        assert_eq!(
            first("nosuchif:5", Role::Source, false),
            Err(Error::NoDevice)
        );
        assert_eq!(first("lo:5", Role::PeerLiteral, false), Err(Error::Invalid));
    }

    #[test]
    fn zones_are_numbers_or_interfaces() {
        assert_eq!(
            first("fe80::1%9:5", Role::Peer, true).unwrap(),
            "[fe80::1%9]:5"
        );
        assert!(
            first("[fe80::1%lo]:5", Role::Peer, true)
                .unwrap()
                .starts_with("[fe80::1%")
        );
        for wrong in ["[::1%]:5", "[::1%nosuchif]:5", "[::1%0]:5"] {
            assert_eq!(
                first(wrong, Role::Bind, true),
                Err(Error::Invalid),
                "{wrong}"
            );
        }
    }
}
