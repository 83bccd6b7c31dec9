//! Whom a listener accepts connections from: `ZMQ_TCP_ACCEPT_FILTER` and
//! `ZMQ_IPC_FILTER_UID`, `_GID`, `_PID`.
//!
//! Without a filter everybody is welcome; with some, whoever matches one. Pure
//! logic: who a peer is, is found out elsewhere.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::value::read_exact;
use crate::error::{Error, Result};

/// The longest text of an address filter.
const TEXT_MAX: usize = 255;

/// The filters of one socket.
#[derive(Debug, Clone, Default)]
pub struct AcceptFilter {
    addresses: Vec<Prefix>,
    users: BTreeSet<u32>,
    groups: BTreeSet<u32>,
    processes: BTreeSet<u32>,
}

/// The first `bits` bits of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Prefix {
    address: IpAddr,
    bits: u32,
}

/// Who is at the other end of an ipc connection.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    /// Its effective user.
    pub user: u32,
    /// Its effective group and those it belongs to besides.
    pub groups: Vec<u32>,
    /// Its process.
    pub process: u32,
}

impl AcceptFilter {
    /// Whether a tcp peer at this address is welcome.
    pub fn admits_address(&self, peer: IpAddr) -> bool {
        self.addresses.is_empty() || self.addresses.iter().any(|prefix| prefix.contains(peer))
    }

    /// Whether ipc peers are looked at.
    pub fn asks_for_credentials(&self) -> bool {
        !(self.users.is_empty() && self.groups.is_empty() && self.processes.is_empty())
    }

    /// Whether an ipc peer is welcome.
    pub fn admits(&self, peer: &Credentials) -> bool {
        !self.asks_for_credentials()
            || self.users.contains(&peer.user)
            || self.processes.contains(&peer.process)
            || peer.groups.iter().any(|group| self.groups.contains(group))
    }

    /// Adds `address` or `address/bits`; no value at all removes every one.
    pub(super) fn add_address(&mut self, given: Option<&[u8]>, ipv6: bool) -> Result<()> {
        let Some(text) = given else {
            self.addresses.clear();
            return Ok(());
        };
        if text.is_empty() || text.len() > TEXT_MAX {
            return Err(Error::Invalid);
        }
        // A C string may end before its size does.
        let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
        let text = std::str::from_utf8(text).map_err(|_| Error::Invalid)?;
        self.addresses.push(Prefix::parse(text, ipv6)?);
        Ok(())
    }

    pub(super) fn add_user(&mut self, given: Option<&[u8]>) -> Result<()> {
        add(&mut self.users, given)
    }

    pub(super) fn add_group(&mut self, given: Option<&[u8]>) -> Result<()> {
        add(&mut self.groups, given)
    }

    pub(super) fn add_process(&mut self, given: Option<&[u8]>) -> Result<()> {
        add(&mut self.processes, given)
    }
}

/// Adds a number; no value at all removes every one.
fn add(set: &mut BTreeSet<u32>, given: Option<&[u8]>) -> Result<()> {
    match given {
        None => set.clear(),
        Some(bytes) => _ = set.insert(u32::from_ne_bytes(read_exact(bytes)?)),
    }
    Ok(())
}

impl Prefix {
    /// With `ipv6` an IPv4 address is meant in its mapped form, and so are its
    /// bits counted.
    fn parse(text: &str, ipv6: bool) -> Result<Prefix> {
        let (address, bits) = match text.rsplit_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let literal = address
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(address);
        let address = match literal.parse::<IpAddr>() {
            Ok(IpAddr::V4(v4)) if ipv6 => v4.to_ipv6_mapped().into(),
            Ok(IpAddr::V6(_)) if !ipv6 => return Err(Error::Invalid),
            parsed => parsed.map_err(|_| Error::Invalid)?,
        };
        let most = match address {
            IpAddr::V4(_) => Ipv4Addr::BITS,
            IpAddr::V6(_) => Ipv6Addr::BITS,
        };
        let bits = match bits {
            None => most,
            Some(bits) => bits.parse().map_err(|_| Error::Invalid)?,
        };
        if bits > most {
            return Err(Error::Invalid);
        }
        Ok(Prefix { address, bits })
    }

    fn contains(&self, peer: IpAddr) -> bool {
        // How many bits of the two are the same from the left.
        let common = match (self.address, peer) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            _ => return false,
        };
        common >= self.bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(texts: &[&str], ipv6: bool) -> AcceptFilter {
        let mut filter = AcceptFilter::default();
        for text in texts {
            filter.add_address(Some(text.as_bytes()), ipv6).unwrap();
        }
        filter
    }

    fn admits(filter: &AcceptFilter, peer: &str) -> bool {
        filter.admits_address(peer.parse().unwrap())
    }

    #[test]
    fn prefixes_of_every_length() {
        assert!(admits(&AcceptFilter::default(), "10.0.0.1"));
        let one = filter(&["127.0.0.1"], false);
        assert!(admits(&one, "127.0.0.1") && !admits(&one, "127.0.0.2"));
        let odd = filter(&["10.1.2.0/23"], false);
        assert!(admits(&odd, "10.1.3.255") && !admits(&odd, "10.1.4.0"));
        let all = filter(&["0.0.0.0/0"], false);
        assert!(admits(&all, "8.8.8.8") && !admits(&all, "::1"));
        let two = filter(&["127.0.0.2/32", "127.0.0.1/32"], false);
        assert!(admits(&two, "127.0.0.1"));
        let mapped = filter(&["127.0.0.0/120", "[fe80::]/10"], true);
        assert!(admits(&mapped, "::ffff:127.0.0.9") && !admits(&mapped, "::ffff:127.0.1.0"));
        assert!(admits(&mapped, "fea0::1") && !admits(&mapped, "fec0::1"));
    }

    #[test]
    fn what_is_no_prefix_is_refused() {
        let mut filter = filter(&["127.0.0.1"], false);
        for text in [
            "",
            "/",
            "1.2.3.4/",
            "1.2.3.4/33",
            "1.2.3.4/-1",
            "x",
            "*",
            "::1",
            "localhost",
        ] {
            let refused = filter.add_address(Some(text.as_bytes()), false);
            assert_eq!(refused, Err(Error::Invalid), "{text}");
        }
        assert!(!admits(&filter, "127.0.0.2"));
        assert_eq!(filter.add_address(None, false), Ok(()));
        assert!(admits(&filter, "127.0.0.2"));
    }

    #[test]
    fn any_match_of_credentials_will_do() {
        let peer = Credentials {
            user: 1,
            groups: vec![2, 3],
            process: 4,
        };
        let mut filter = AcceptFilter::default();
        assert!(filter.admits(&peer));
        filter.add_user(Some(&9u32.to_ne_bytes())).unwrap();
        assert!(!filter.admits(&peer));
        filter.add_group(Some(&3u32.to_ne_bytes())).unwrap();
        assert!(filter.admits(&peer));
        filter.add_group(None).unwrap();
        assert!(!filter.admits(&peer));
        filter.add_process(Some(&4u32.to_ne_bytes())).unwrap();
        assert!(filter.admits(&peer));
        assert_eq!(filter.add_user(Some(b"xxx")), Err(Error::Invalid));
    }
}
