//! A SOCKS5 proxy's client, as a machine without descriptors (RFC 1928, and RFC
//! 1929 for a login).
//!
//! Host names go to the proxy as they are: nothing is looked up here. What follows
//! the proxy's answer is the peer's, so no more is ever read than is
//! [wanted](Socks::wanted).

use std::net::IpAddr;

use bytes::BufMut;

use super::{TcpAddress, text};
use crate::error::{Error, Result};

const VERSION: u8 = 5;
/// The version of the negotiation of RFC 1929.
const LOGIN_VERSION: u8 = 1;
const NO_LOGIN: u8 = 0;
const LOGIN: u8 = 2;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// The proxy that connections go through.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where it is; nothing if that cannot be understood.
    pub address: Option<TcpAddress>,
    /// User name and password, if we are to log in.
    pub login: Option<(Vec<u8>, Vec<u8>)>,
}

impl Proxy {
    /// What the options say; an empty name stands for no login.
    pub fn new(address: &str, name: &[u8], password: &[u8]) -> Proxy {
        Proxy {
            address: TcpAddress::to_connect(address).ok(),
            login: (!name.is_empty()).then(|| (name.to_vec(), password.to_vec())),
        }
    }
}

/// Which answer comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Await {
    Method,
    Login,
    Reply,
    Nothing,
}

/// A connection's way through the proxy.
#[derive(Debug)]
pub struct Socks {
    awaits: Await,
    input: Vec<u8>,
    output: Vec<u8>,
    login: Option<(Vec<u8>, Vec<u8>)>,
    request: Vec<u8>,
}

impl Socks {
    /// To `target`, whose name may have 255 bytes.
    pub fn new(target: &TcpAddress, login: Option<(Vec<u8>, Vec<u8>)>) -> Result<Socks> {
        let method = if login.is_some() { LOGIN } else { NO_LOGIN };
        Ok(Socks {
            awaits: Await::Method,
            input: Vec::new(),
            output: vec![VERSION, 1, method],
            request: request(target)?,
            login,
        })
    }

    /// What is to be sent; whoever sends it takes it out.
    pub fn output(&mut self) -> &mut Vec<u8> {
        &mut self.output
    }

    /// How many bytes to read next at the most; 0 once the way is open.
    pub fn wanted(&self) -> usize {
        let whole = match self.awaits {
            Await::Nothing => return 0,
            Await::Method | Await::Login => 2,
            // The length of the address is known from its fifth byte on; five are
            // waited for before all, as `handle` judges them.
            Await::Reply => match self.input[..] {
                [_, _, _, IPV4, _, ..] => 10,
                [_, _, _, IPV6, _, ..] => 22,
                [_, _, _, NAME, len, ..] => 7 + usize::from(len),
                _ => 5,
            },
        };
        whole - self.input.len()
    }

    /// Takes what was read. The error is an errno of the proxy's refusal.
    pub fn handle(&mut self, bytes: &[u8]) -> std::result::Result<(), i32> {
        self.input.extend_from_slice(bytes);
        if self.input[0] != self.version() {
            return Err(libc::EPROTO);
        }
        if self.awaits == Await::Reply && self.input.len() == 5 {
            accepted(self.input[1])?;
            if !matches!(self.input[3], IPV4 | NAME | IPV6) {
                return Err(libc::EPROTO);
            }
        }
        if self.wanted() > 0 {
            return Ok(());
        }
        match (self.awaits, self.input[1]) {
            (Await::Method, NO_LOGIN) if self.login.is_none() => self.ask(),
            (Await::Method, LOGIN) if self.login.is_some() => self.log_in(),
            (Await::Method, _) => return Err(libc::EACCES),
            (Await::Login, 0) => self.ask(),
            (Await::Login, _) => return Err(libc::EACCES),
            (Await::Reply | Await::Nothing, _) => self.awaits = Await::Nothing,
        }
        self.input.clear();
        Ok(())
    }

    fn version(&self) -> u8 {
        match self.awaits {
            Await::Login => LOGIN_VERSION,
            _ => VERSION,
        }
    }

    fn log_in(&mut self) {
        self.awaits = Await::Login;
        self.output.push(LOGIN_VERSION);
        for part in self
            .login
            .iter()
            .flat_map(|(name, password)| [name, password])
        {
            // The options hold no more than 255 bytes.
            self.output.put_u8(part.len() as u8);
            self.output.put_slice(part);
        }
    }

    fn ask(&mut self) {
        self.awaits = Await::Reply;
        self.output.append(&mut self.request);
    }
}

/// The request to connect to `target`.
fn request(target: &TcpAddress) -> Result<Vec<u8>> {
    let (host, port) = target.peer()?;
    let mut request = vec![VERSION, CONNECT, 0];
    match host.parse() {
        Ok(IpAddr::V4(ip)) => {
            request.put_u8(IPV4);
            request.put_slice(&ip.octets());
        }
        Ok(IpAddr::V6(ip)) => {
            request.put_u8(IPV6);
            request.put_slice(&ip.octets());
        }
        Err(_) => {
            let host = text::write(host);
            let len = u8::try_from(host.len()).map_err(|_| Error::Invalid)?;
            request.put_slice(&[NAME, len]);
            request.put_slice(&host);
        }
    }
    request.put_u16(port);
    Ok(request)
}

/// What the proxy's answer to the request says.
fn accepted(reply: u8) -> std::result::Result<(), i32> {
    Err(match reply {
        0 => return Ok(()),
        2 => libc::EACCES,
        3 => libc::ENETUNREACH,
        4 => libc::EHOSTUNREACH,
        5 => libc::ECONNREFUSED,
        6 => libc::ETIMEDOUT,
        7 | 8 => libc::EOPNOTSUPP,
        _ => libc::EPROTO,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{Address, parse_connect};

    fn socks(target: &str, login: Option<(&str, &str)>) -> Socks {
        let Ok(Address::Tcp(target)) = parse_connect(&format!("tcp://{target}")) else {
            panic!("{target} is a target");
        };
        let login = login.map(|(name, password)| (name.into(), password.into()));
        Socks::new(&target, login).unwrap()
    }

    fn sent(socks: &mut Socks) -> Vec<u8> {
        std::mem::take(socks.output())
    }

    /// Hands over an answer in pieces of at most `step` bytes, never more than wanted;
    /// returns what is left of it.
    fn answer<'a>(socks: &mut Socks, mut bytes: &'a [u8], step: usize) -> &'a [u8] {
        while socks.wanted() > 0 && !bytes.is_empty() {
            let (now, later) = bytes.split_at(socks.wanted().min(step).min(bytes.len()));
            socks.handle(now).unwrap();
            bytes = later;
        }
        bytes
    }

    #[test]
    fn a_name_goes_to_the_proxy_and_what_follows_is_the_peers() {
        for step in [1, 2, 300] {
            let mut socks = socks("example.test:5555", None);
            assert_eq!(sent(&mut socks), [5, 1, 0]);
            assert_eq!(answer(&mut socks, &[5, 0], step), b"");
            assert_eq!(
                sent(&mut socks),
                b"\x05\x01\x00\x03\x0cexample.test\x15\xb3"
            );
            let reply = b"\x05\x00\x00\x03\x03abc\x00\x50peer";
            assert_eq!(answer(&mut socks, reply, step), b"peer");
            assert_eq!(socks.wanted(), 0);
        }
    }

    #[test]
    fn literals_go_as_addresses_and_any_address_is_an_answer() {
        let v4: &[u8] = &[5, 0, 0, 1, 127, 0, 0, 1, 0, 80];
        let v6 = [&[5, 0, 0, 4][..], &[9; 18]].concat();
        for (target, request, reply) in [
            ("127.0.0.1:80", &b"\x01\x7f\x00\x00\x01\x00\x50"[..], v4),
            (
                "[::1]:80",
                b"\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x00\x50",
                &v6,
            ),
            (
                "::1:80",
                b"\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x00\x50",
                v4,
            ),
        ] {
            let mut socks = socks(target, None);
            sent(&mut socks);
            answer(&mut socks, &[5, 0], 2);
            assert_eq!(sent(&mut socks)[3..], *request);
            assert_eq!(answer(&mut socks, reply, 300), b"");
            assert_eq!(socks.wanted(), 0);
        }
    }

    #[test]
    fn a_login_comes_before_the_request() {
        let mut socks = socks("h:1", Some(("me", "secret")));
        assert_eq!(sent(&mut socks), [5, 1, 2]);
        answer(&mut socks, &[5, 2], 2);
        assert_eq!(sent(&mut socks), b"\x01\x02me\x06secret");
        answer(&mut socks, &[1, 0], 1);
        assert_eq!(sent(&mut socks), b"\x05\x01\x00\x03\x01h\x00\x01");
    }

    #[test]
    fn refusals_are_told_apart() {
        let refused = |login, answers: &[&[u8]]| {
            let mut socks = socks("h:1", login);
            answers.iter().try_for_each(|&bytes| socks.handle(bytes))
        };
        let login = Some(("me", ""));
        assert_eq!(refused(None, &[&[4, 0]]), Err(libc::EPROTO));
        assert_eq!(refused(None, &[&[5, 255]]), Err(libc::EACCES));
        assert_eq!(refused(None, &[&[5, 2]]), Err(libc::EACCES));
        assert_eq!(refused(login, &[&[5, 0]]), Err(libc::EACCES));
        assert_eq!(refused(login, &[&[5, 2], &[1, 1]]), Err(libc::EACCES));
        for (reply, errno) in [
            (5, libc::ECONNREFUSED),
            (4, libc::EHOSTUNREACH),
            (1, libc::EPROTO),
        ] {
            let answers: [&[u8]; 2] = [&[5, 0], &[5, reply, 0, 1, 0]];
            assert_eq!(refused(None, &answers), Err(errno));
            let pieces: [&[u8]; 3] = [&[5, 0], &[5, reply, 0, 1], &[0]];
            assert_eq!(refused(None, &pieces), Err(errno));
        }
        assert_eq!(
            refused(None, &[&[5, 0], &[5, 0, 0, 9, 0]]),
            Err(libc::EPROTO)
        );
    }
}
