//! Sockets before they listen or connect. None blocks, or survives `exec`.

use std::io;
use std::net::SocketAddr;
use std::os::fd::IntoRawFd;

use socket2::{Domain, Protocol, SockRef, Socket, Type};

use crate::sys::Fd;

/// A stream socket.
pub(super) fn new_socket(domain: Domain, protocol: Option<Protocol>) -> io::Result<Fd> {
    let kind = Type::STREAM.cloexec().nonblocking();
    Ok(Fd::from_raw(
        Socket::new_raw(domain, kind, protocol)?.into_raw_fd(),
    ))
}

/// A tcp socket for `address`; an IPv6 one serves mapped IPv4 addresses too.
pub(super) fn new_tcp(address: SocketAddr) -> io::Result<Fd> {
    let fd = new_socket(Domain::for_address(address), Some(Protocol::TCP))?;
    if address.is_ipv6() {
        SockRef::from(&fd).set_only_v6(false)?;
    }
    Ok(fd)
}
