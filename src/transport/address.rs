//! The text of an endpoint, taken apart and judged.
//!
//! The verdicts, down to the error numbers, are libzmq's for a build without
//! pgm, norm, tipc, vmci, vsock and WebSocket. Nothing is looked up here but by
//! the methods that say so, for whoever may wait: a name that a tcp endpoint
//! connects to is looked up again for each attempt.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use socket2::SockAddr;

use super::resolve::{Role, peer_parts, resolve};
use super::{name, text};
use crate::error::{Error, Result};

/// An endpoint that this library knows how to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `tcp://`.
    Tcp(TcpAddress),
    /// `ipc://`.
    Ipc(IpcAddress),
    /// `inproc://`: the name behind the scheme.
    Inproc(String),
}

/// The part of a tcp endpoint behind the scheme.
///
/// A `;` separates the source address, if there is one, from the peer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpAddress {
    text: String,
}

/// The part of an ipc endpoint behind the scheme: a path, `@` and an abstract
/// name, or, to bind, `*` for a path to be made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpcAddress {
    path: String,
}

/// Judges an endpoint to bind. What is behind `tcp://` is judged by listening.
pub fn parse_bind(endpoint: &str) -> Result<Address> {
    let (scheme, rest) = split_scheme(endpoint)?;
    match scheme {
        "tcp" => Ok(Address::Tcp(TcpAddress::unjudged(rest))),
        "ipc" if rest.starts_with('*') => Ok(Address::Ipc(IpcAddress {
            path: rest.to_owned(),
        })),
        _ => parse_other(scheme, rest),
    }
}

/// Judges an endpoint to connect to.
pub fn parse_connect(endpoint: &str) -> Result<Address> {
    let (scheme, rest) = split_scheme(endpoint)?;
    match scheme {
        "tcp" => TcpAddress::to_connect(rest).map(Address::Tcp),
        _ => parse_other(scheme, rest),
    }
}

/// Judges an endpoint to unbind or disconnect: only its scheme, because what was
/// never bound is not found.
pub fn parse_end(endpoint: &str) -> Result<Address> {
    let (scheme, rest) = split_scheme(endpoint)?;
    match scheme {
        "tcp" => Ok(Address::Tcp(TcpAddress::unjudged(rest))),
        "ipc" => Ok(Address::Ipc(IpcAddress {
            path: rest.to_owned(),
        })),
        _ => parse_other(scheme, rest),
    }
}

/// Judges an endpoint that can only be an inproc one, and gives its name.
pub fn parse_inproc(endpoint: &str) -> Result<String> {
    match split_scheme(endpoint)? {
        ("inproc", name) => Ok(name.to_owned()),
        ("udp", _) => Err(Error::NoCompatProto),
        _ => Err(Error::ProtoNotSupported),
    }
}

/// What does not depend on the direction.
fn parse_other(scheme: &str, rest: &str) -> Result<Address> {
    match scheme {
        "ipc" => IpcAddress::new(rest).map(Address::Ipc),
        "inproc" => Ok(Address::Inproc(rest.to_owned())),
        // Known, and for socket types of its own.
        "udp" => Err(Error::NoCompatProto),
        _ => Err(Error::ProtoNotSupported),
    }
}

fn split_scheme(endpoint: &str) -> Result<(&str, &str)> {
    match endpoint.split_once("://") {
        None | Some(("", _)) | Some((_, "")) => Err(Error::Invalid),
        Some(parts) => Ok(parts),
    }
}

impl TcpAddress {
    fn unjudged(text: &str) -> TcpAddress {
        TcpAddress {
            text: text.to_owned(),
        }
    }

    /// Checks the characters, and that the last colon is followed by a digit.
    pub(super) fn to_connect(text: &str) -> Result<TcpAddress> {
        let (first, rest) = text.as_bytes().split_first().ok_or(Error::Invalid)?;
        let starts_well = first.is_ascii_alphanumeric() || b"[:".contains(first);
        let goes_on_well = rest
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b".-:%;[]_*".contains(b));
        let (_, port) = text.rsplit_once(':').ok_or(Error::Invalid)?;
        let ends_well = port.starts_with(|c: char| c.is_ascii_digit());
        if !(starts_well && goes_on_well && ends_well) {
            return Err(Error::Invalid);
        }
        Ok(TcpAddress::unjudged(text))
    }

    /// The text behind the scheme.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn split(&self) -> (Option<&str>, &str) {
        match self.text.rsplit_once(';') {
            Some((source, peer)) => (Some(source), peer),
            None => (None, &self.text),
        }
    }

    /// The peer's addresses, the preferred one first; never empty.
    ///
    /// Looks a name up, which may block for seconds. With `ipv6` the result is
    /// IPv6 addresses, IPv4 ones in their mapped form.
    pub fn resolve(&self, ipv6: bool) -> Result<Vec<SocketAddr>> {
        resolve(self.split().1, Role::Peer, ipv6)
    }

    /// The peer's address, if it can be told without a look-up.
    pub fn resolved_now(&self, ipv6: bool) -> Option<Vec<SocketAddr>> {
        resolve(self.split().1, Role::PeerLiteral, ipv6).ok()
    }

    /// The peer's host, as it was written, and its port.
    pub(super) fn peer(&self) -> Result<(&str, u16)> {
        peer_parts(self.split().1)
    }

    /// The address to connect from, if the endpoint states one: a literal or an
    /// interface, so that nothing is looked up.
    pub fn source(&self, ipv6: bool) -> Result<Option<SocketAddr>> {
        match self.split().0 {
            Some(source) => Ok(Some(first(resolve(source, Role::Source, ipv6)?)?)),
            None => Ok(None),
        }
    }

    /// The endpoints that it may have been made under when it was spelled in
    /// another way: as one that was connected to, and as one that was bound. None
    /// if it could not be connected to: `*` or an interface says too little.
    /// Each step of the iterator looks a name up.
    pub fn spellings(&self, ipv6: bool) -> impl Iterator<Item = String> + '_ {
        [Role::Peer, Role::Bind].into_iter().map_while(move |role| {
            self.source(ipv6).ok()?;
            let found = first(resolve(self.split().1, role, ipv6).ok()?).ok()?;
            Some(name::endpoint(&found.into()))
        })
    }

    /// The address to listen on, which may be a name to look up. A source address
    /// is judged and ignored.
    pub(super) fn local_address(&self, ipv6: bool) -> Result<SocketAddr> {
        self.source(ipv6)?;
        first(resolve(self.split().1, Role::Bind, ipv6)?)
    }
}

fn first(addresses: Vec<SocketAddr>) -> Result<SocketAddr> {
    addresses.first().copied().ok_or(Error::NoDevice)
}

impl IpcAddress {
    /// A path or an abstract name; `*` is taken literally.
    pub(super) fn new(path: &str) -> Result<IpcAddress> {
        if path.chars().count() >= LONGEST_PATH {
            return Err(Error::NameTooLong);
        }
        if path == "@" {
            return Err(Error::Invalid);
        }
        Ok(IpcAddress {
            path: path.to_owned(),
        })
    }

    /// The path, or the abstract name with its `@`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The file, of a path.
    pub(super) fn file(&self) -> PathBuf {
        OsString::from_vec(text::write(&self.path)).into()
    }

    pub(super) fn is_wildcard(&self) -> bool {
        self.path.starts_with('*')
    }

    pub(super) fn is_abstract(&self) -> bool {
        self.path.starts_with('@')
    }

    pub(super) fn socket_address(&self) -> Result<SockAddr> {
        name::unix(&self.path).map_err(Error::from)
    }
}

/// A path of this many bytes does not fit into a socket address with its NUL.
const LONGEST_PATH: usize = 108;

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(endpoint: &str) -> Result<Address> {
        let address = parse_bind(endpoint)?;
        if let Address::Tcp(tcp) = &address {
            tcp.local_address(false)?;
        }
        Ok(address)
    }

    fn connect(endpoint: &str) -> Result<Address> {
        parse_connect(endpoint)
    }

    #[test]
    fn malformed_and_unknown_schemes() {
        for endpoint in ["", "tcp", "://x", "tcp://", "ipc://", "inproc://", "tcp:/x"] {
            assert_eq!(bind(endpoint), Err(Error::Invalid), "{endpoint}");
            assert_eq!(connect(endpoint), Err(Error::Invalid), "{endpoint}");
        }
        for scheme in [
            "foo", "TCP", " tcp", "pgm", "epgm", "norm", "ws", "wss", "tipc", "vmci", "vsock",
        ] {
            let endpoint = format!("{scheme}://127.0.0.1:5");
            assert_eq!(bind(&endpoint), Err(Error::ProtoNotSupported), "{endpoint}");
            assert_eq!(
                connect(&endpoint),
                Err(Error::ProtoNotSupported),
                "{endpoint}"
            );
        }
        assert_eq!(connect("udp://127.0.0.1:5"), Err(Error::NoCompatProto));
    }

    #[test]
    fn tcp_to_bind() {
        for endpoint in [
            "tcp://127.0.0.1:*",
            "tcp://*:*",
            "tcp://lo:*",
            "tcp://127.0.0.1:0",
            "tcp://[*]:*",
            "tcp://lo:*;127.0.0.1:*",
            "tcp://127.0.0.1%lo:*",
            "tcp://[lo]:*",
        ] {
            assert!(bind(endpoint).is_ok(), "{endpoint}");
        }
        for endpoint in [
            "tcp://127.0.0.1",
            "tcp://127.0.0.1:",
            "tcp://127.0.0.1:x",
            "tcp://127.0.0.1:65536",
            "tcp://127.0.0.1: 0",
            "tcp://127.0.0.1:*1",
            "tcp://lo;127.0.0.1:*",
            "tcp://[::1%]:*",
            "tcp://127.0.0.1:*;",
            "tcp://127.0.0.1:* ",
            "tcp://*",
        ] {
            assert_eq!(bind(endpoint), Err(Error::Invalid), "{endpoint}");
        }
        for endpoint in [
            "tcp://[::1]:*",
            "tcp://:*",
            "tcp://[]:*",
            "tcp://127.0.0.1 :*",
        ] {
            assert_eq!(bind(endpoint), Err(Error::NoDevice), "{endpoint}");
        }
    }

    #[test]
    fn tcp_to_connect_is_syntax_only() {
        for endpoint in [
            "tcp://127.0.0.1:0",
            "tcp://lo:55",
            "tcp://127.0.0.1:5x",
            "tcp://:5",
            "tcp://[::1]:5",
            "tcp://a_b:5",
            "tcp://localhost:99999",
            "tcp://lo:1;127.0.0.1:5",
            "tcp://127.0.0.1:5;",
            "tcp://fe80::1%lo:5",
            "tcp://no.such.host.invalid:1",
        ] {
            assert!(connect(endpoint).is_ok(), "{endpoint}");
        }
        for endpoint in [
            "tcp://127.0.0.1:*",
            "tcp://*:5",
            "tcp://127.0.0.1:foobar",
            "tcp://a b:5",
            "tcp://_x:5",
            "tcp://-x:5",
            "tcp://a/b:5",
            "tcp://;127.0.0.1:5",
            "tcp://a",
            "tcp://a:",
            "tcp://\u{e9}:5",
            "tcp://a:5\u{e9}",
            "tcp://a.b.c:5 ",
        ] {
            assert_eq!(connect(endpoint), Err(Error::Invalid), "{endpoint}");
        }
    }

    #[test]
    fn source_and_peer_of_a_tcp_address() {
        let Ok(Address::Tcp(address)) = connect("tcp://lo:7;127.0.0.1:5") else {
            panic!()
        };
        assert_eq!(address.text(), "lo:7;127.0.0.1:5");
        assert_eq!(
            address.source(false),
            Ok(Some("127.0.0.1:7".parse().unwrap()))
        );
        assert_eq!(
            address.resolved_now(false),
            Some(vec!["127.0.0.1:5".parse().unwrap()])
        );
        assert_eq!(
            address.resolve(true).unwrap(),
            ["[::ffff:127.0.0.1]:5".parse().unwrap()]
        );

        let Ok(Address::Tcp(address)) = connect("tcp://some.host:5") else {
            panic!()
        };
        assert_eq!(
            (address.source(false), address.resolved_now(false)),
            (Ok(None), None)
        );
        let Ok(Address::Tcp(address)) = connect("tcp://nosuchif:5;127.0.0.1:5") else {
            panic!()
        };
        assert_eq!(address.source(false), Err(Error::NoDevice));
    }

    #[test]
    fn an_endpoint_that_ends_may_be_spelled_in_another_way() {
        let spellings = |endpoint: &str, ipv6| match parse_end(endpoint) {
            Ok(Address::Tcp(address)) => address.spellings(ipv6).collect(),
            _ => Vec::new(),
        };
        assert_eq!(spellings("tcp://*:5", false), [""; 0]);
        assert_eq!(
            spellings("tcp://127.1:5", false),
            ["tcp://127.0.0.1:5", "tcp://127.0.0.1:5"]
        );
        assert_eq!(
            spellings("tcp://127.0.0.1:5", true)[0],
            "tcp://[::ffff:127.0.0.1]:5"
        );
        assert_eq!(spellings("tcp://nonsense", false), [""; 0]);
        assert_eq!(parse_end("nonsense"), Err(Error::Invalid));
        assert_eq!(parse_end("foo://x"), Err(Error::ProtoNotSupported));
        assert!(parse_end("ipc://@").is_ok());
    }

    #[test]
    fn ipc_and_inproc() {
        let long = format!("ipc://{}", "a".repeat(108));
        let fits = format!("ipc://{}", "a".repeat(107));
        for parse in [bind, connect] {
            assert_eq!(parse("ipc://@"), Err(Error::Invalid));
            assert_eq!(parse(&long), Err(Error::NameTooLong));
            assert!(parse(&fits).is_ok());
            let Ok(Address::Ipc(address)) = parse("ipc://@name") else {
                panic!()
            };
            assert_eq!(address.path(), "@name");
            assert_eq!(parse("inproc://a b"), Ok(Address::Inproc("a b".to_owned())));
        }
    }
}
