//! From an endpoint to a connection: look-ups, attempts, the way through a proxy.
//!
//! Addresses are tried in order until one connects; a name is looked up by a
//! thread of its own. Nothing here waits.

use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::time::Duration;

use super::{After, Loss, Phase, Session, read_some, write_out};
use crate::error::Result;
use crate::reactor::monitor::Event;
use crate::sys::Instant;
use crate::transport::{Address, ConnectState, Socks, Stream, TcpAddress};

impl Session {
    /// Begins an attempt to connect.
    pub fn connect(&mut self) -> After {
        let resolved = match &self.address {
            Some(Address::Tcp(tcp)) => match self.next_hop(tcp) {
                Some(hop) => hop.resolved_now(self.peering.ipv6),
                None => return self.lose(Loss::Io(libc::EINVAL)),
            },
            Some(Address::Ipc(_)) => Some(Vec::new()),
            _ => return self.lose(Loss::Io(libc::EINVAL)),
        };
        match resolved {
            Some(candidates) => self.try_candidates(candidates),
            None => {
                self.enter(Phase::Resolving);
                After {
                    resolve: true,
                    ..After::default()
                }
            }
        }
    }

    /// The address to look up, for a thread that may wait for it.
    pub fn lookup(&self) -> Option<(Address, bool)> {
        let address = match self.address.as_ref()? {
            Address::Tcp(tcp) => Address::Tcp(self.next_hop(tcp)?.clone()),
            address => address.clone(),
        };
        Some((address, self.peering.ipv6))
    }

    /// Whom to connect to for a peer at `tcp`: the proxy, if there is one.
    fn next_hop<'a>(&'a self, tcp: &'a TcpAddress) -> Option<&'a TcpAddress> {
        match &self.peering.proxy {
            Some(proxy) => proxy.address.as_ref(),
            None => Some(tcp),
        }
    }

    /// The name was looked up.
    pub fn resolved(&mut self, stamp: u64, found: Result<Vec<SocketAddr>>) -> After {
        if stamp != self.stamp || !matches!(self.phase, Phase::Resolving) {
            return After::default();
        }
        match found {
            Ok(candidates) => self.try_candidates(candidates),
            Err(error) => self.lose(Loss::Io(error.errno())),
        }
    }

    fn try_candidates(&mut self, mut candidates: Vec<SocketAddr>) -> After {
        candidates.reverse();
        self.candidates = candidates;
        self.try_next()
    }

    /// Tries addresses in order until one connects or takes its time.
    pub(super) fn try_next(&mut self) -> After {
        let mut errno = libc::EADDRNOTAVAIL;
        loop {
            let attempt = match &self.address {
                Some(Address::Ipc(ipc)) => Stream::connect_ipc(ipc),
                Some(Address::Tcp(tcp)) => {
                    let Some(candidate) = self.candidates.pop() else {
                        return self.lose(Loss::Io(errno));
                    };
                    let hop = self.next_hop(tcp).unwrap_or(tcp);
                    let source = hop.source(self.peering.ipv6);
                    source
                        .map_err(|error| std::io::Error::from_raw_os_error(error.errno()))
                        .and_then(|source| {
                            Stream::connect_tcp(candidate, source, &self.peering.stream)
                        })
                }
                _ => return self.lose(Loss::Io(libc::EINVAL)),
            };
            errno = match attempt {
                Ok((stream, ConnectState::Done)) => return self.connected(stream),
                Ok((stream, ConnectState::InProgress)) => {
                    let watch = Some(stream.as_raw_fd());
                    self.report(Event::ConnectDelayed, libc::EINPROGRESS as u64);
                    self.enter(Phase::Connecting(stream));
                    let limit = self.peering.connect_limit;
                    let timer = (limit > Duration::ZERO).then(|| Instant::now().after(limit));
                    return After {
                        watch,
                        timer,
                        ..After::default()
                    };
                }
                Ok((stream, ConnectState::Failed(errno))) => {
                    self.closed(&stream);
                    errno
                }
                Err(error) => error.raw_os_error().unwrap_or(libc::EIO),
            };
            if self.candidates.is_empty() {
                return self.lose(Loss::Io(errno));
            }
        }
    }

    /// An attempt is over.
    pub(super) fn closed(&self, stream: &Stream) {
        self.report(Event::Closed, stream.as_raw_fd() as u64);
    }

    /// There is a connection to the peer, or to the proxy on the way to it.
    pub(super) fn connected(&mut self, stream: Stream) -> After {
        let (Some(Address::Tcp(target)), Some(proxy)) = (&self.address, &self.peering.proxy) else {
            return self.shake(stream);
        };
        let socks = match Socks::new(target, proxy.login.clone()) {
            Ok(socks) => Box::new(socks),
            Err(error) => {
                self.closed(&stream);
                return self.lose(Loss::Io(error.errno()));
            }
        };
        let watch = Some(stream.as_raw_fd());
        self.enter(Phase::Asking(stream, socks));
        let timer = self.handshake_timer();
        let after = self.ask();
        if !matches!(self.phase, Phase::Asking(..)) {
            return after;
        }
        After {
            watch,
            timer,
            ..after
        }
    }

    /// One round of reading and writing with the proxy.
    pub(super) fn ask(&mut self) -> After {
        let Phase::Asking(stream, socks) = &mut self.phase else {
            return After::default();
        };
        let mut input = [const { MaybeUninit::<u8>::uninit() }; 512];
        while socks.wanted() > 0 {
            let wanted = socks.wanted().min(input.len());
            let read = write_out(stream, socks.output())
                .and_then(|()| read_some(stream, &mut input[..wanted]));
            let answer = match read {
                Ok(Some(bytes)) => bytes,
                Ok(None) => return After::default(),
                Err(errno) => return self.lose(Loss::Io(errno)),
            };
            if let Err(errno) = socks.handle(answer) {
                return self.lose(Loss::Io(errno));
            }
        }
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Asking(stream, _) => self.shake(stream),
            _ => unreachable!("just matched"),
        }
    }
}
