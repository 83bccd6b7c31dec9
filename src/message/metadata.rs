//! What is known about the peer a message came from: the properties of its
//! handshake and of its authentication, its address, and the descriptor of the
//! connection.
//!
//! One [`Metadata`] is made for each connection and shared by all its messages.
//! Values end with a NUL, so that `zmq_msg_gets` can return a pointer to them
//! that is good as long as the message is.

use std::ffi::CStr;
use std::os::fd::RawFd;

/// The name under which the descriptor of the connection can be asked for.
const FD: &[u8] = b"__fd";

/// A name, and a value with a NUL behind it.
type Property = (Box<[u8]>, Box<[u8]>);

/// Properties of one connection. Names are case-sensitive; of several values
/// for one name the first counts.
#[derive(Debug, Default)]
pub struct Metadata {
    properties: Vec<Property>,
    fd: Option<RawFd>,
}

impl Metadata {
    /// No properties yet.
    pub fn new() -> Metadata {
        Metadata::default()
    }

    /// Adds a property, unless there is one of that name already.
    pub fn insert(&mut self, name: &[u8], value: &[u8]) {
        if self.find(name).is_none() {
            self.properties
                .push((name.into(), [value, b"\0"].concat().into()));
        }
    }

    /// Notes the descriptor of the connection (`ZMQ_SRCFD`).
    pub fn set_fd(&mut self, fd: RawFd) {
        self.insert(FD, fd.to_string().as_bytes());
        self.fd = Some(fd);
    }

    /// The descriptor of the connection, if it has one.
    pub fn fd(&self) -> Option<RawFd> {
        self.fd
    }

    /// The value of a property. `Identity` is the old name of `Routing-Id`.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.with_nul(name)?.strip_suffix(b"\0")
    }

    /// The value of a property as C sees it: up to its first NUL.
    pub fn get_c(&self, name: &[u8]) -> Option<&CStr> {
        CStr::from_bytes_until_nul(self.with_nul(name)?).ok()
    }

    /// All properties, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.properties
            .iter()
            .map(|(name, value)| (&**name, &value[..value.len() - 1]))
    }

    fn with_nul(&self, name: &[u8]) -> Option<&[u8]> {
        let alias: &[u8] = if name == b"Identity" {
            b"Routing-Id"
        } else {
            name
        };
        self.find(name).or_else(|| self.find(alias))
    }

    fn find(&self, name: &[u8]) -> Option<&[u8]> {
        self.properties
            .iter()
            .find(|(known, _)| **known == *name)
            .map(|(_, value)| &**value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_counts_and_names_are_case_sensitive() {
        let mut metadata = Metadata::new();
        metadata.insert(b"Socket-Type", b"PUSH");
        metadata.insert(b"Socket-Type", b"PULL");
        assert_eq!(metadata.get(b"Socket-Type"), Some(&b"PUSH"[..]));
        assert_eq!(metadata.get(b"socket-type"), None);
        assert_eq!(metadata.iter().count(), 1);
    }

    #[test]
    fn identity_is_an_alias_of_routing_id_unless_it_is_set_itself() {
        let mut metadata = Metadata::new();
        assert_eq!(metadata.get(b"Identity"), None);
        metadata.insert(b"Routing-Id", b"abc");
        assert_eq!(metadata.get(b"Identity"), Some(&b"abc"[..]));
        metadata.insert(b"Identity", b"xyz");
        assert_eq!(metadata.get(b"Identity"), Some(&b"xyz"[..]));
    }

    #[test]
    fn c_sees_values_up_to_their_first_nul() {
        let mut metadata = Metadata::new();
        metadata.insert(b"X-a", b"one\0two");
        metadata.insert(b"X-empty", b"");
        assert_eq!(metadata.get(b"X-a"), Some(&b"one\0two"[..]));
        assert_eq!(metadata.get_c(b"X-a"), Some(c"one"));
        assert_eq!(metadata.get_c(b"X-empty"), Some(c""));
        assert_eq!(metadata.get_c(b"X-none"), None);
    }

    #[test]
    fn the_descriptor_is_a_property_too() {
        let mut metadata = Metadata::new();
        assert_eq!(metadata.fd(), None);
        metadata.set_fd(17);
        assert_eq!(metadata.fd(), Some(17));
        assert_eq!(metadata.get_c(b"__fd"), Some(c"17"));
    }
}
