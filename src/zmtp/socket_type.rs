//! Socket types: their numbers in `zmq.h`, their names on the wire, and who may
//! talk to whom (RFC 37, "The Socket-Type Property").
//!
//! What a type does with messages is the pattern's affair, not known here.

/// A socket type; the discriminant is its number in `zmq.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum SocketType {
    /// Exclusive pair (RFC 31).
    Pair = 0,
    /// Publisher (RFC 29).
    Pub = 1,
    /// Subscriber (RFC 29).
    Sub = 2,
    /// Client of a request-reply exchange (RFC 28).
    Req = 3,
    /// Server of a request-reply exchange (RFC 28).
    Rep = 4,
    /// Asynchronous REQ or REP (RFC 28).
    Dealer = 5,
    /// Asynchronous REP that addresses its peers (RFC 28).
    Router = 6,
    /// Receiving end of a pipeline (RFC 30).
    Pull = 7,
    /// Sending end of a pipeline (RFC 30).
    Push = 8,
    /// Publisher that sees subscriptions (RFC 29).
    XPub = 9,
    /// Subscriber that sends subscriptions as messages (RFC 29).
    XSub = 10,
    /// Raw bytes, no ZMTP at all.
    Stream = 11,
    /// Server of many clients (RFC 41).
    Server = 12,
    /// Client of a SERVER (RFC 41).
    Client = 13,
    /// Sender to groups (RFC 48).
    Radio = 14,
    /// Receiver of groups (RFC 48).
    Dish = 15,
    /// Receiving end of a single-part pipeline (RFC 49).
    Gather = 16,
    /// Sending end of a single-part pipeline (RFC 49).
    Scatter = 17,
    /// Raw datagrams.
    Dgram = 18,
    /// One of equals (RFC 51).
    Peer = 19,
    /// Single-part exclusive pair (RFC 52).
    Channel = 20,
}

use SocketType::*;

impl SocketType {
    /// Every type, in the order of its number.
    pub const ALL: [SocketType; 21] = [
        Pair, Pub, Sub, Req, Rep, Dealer, Router, Pull, Push, XPub, XSub, Stream, Server, Client,
        Radio, Dish, Gather, Scatter, Dgram, Peer, Channel,
    ];

    /// The type with this number in `zmq.h`.
    pub fn from_number(number: i32) -> Option<SocketType> {
        let index = usize::try_from(number).ok()?;
        SocketType::ALL.get(index).copied()
    }

    /// The number in `zmq.h`.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The type with this name on the wire; names are upper case.
    pub fn from_name(name: &[u8]) -> Option<SocketType> {
        SocketType::ALL
            .into_iter()
            .find(|kind| kind.name().as_bytes() == name)
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Pair => "PAIR",
            Pub => "PUB",
            Sub => "SUB",
            Req => "REQ",
            Rep => "REP",
            Dealer => "DEALER",
            Router => "ROUTER",
            Pull => "PULL",
            Push => "PUSH",
            XPub => "XPUB",
            XSub => "XSUB",
            Stream => "STREAM",
            Server => "SERVER",
            Client => "CLIENT",
            Radio => "RADIO",
            Dish => "DISH",
            Gather => "GATHER",
            Scatter => "SCATTER",
            Dgram => "DGRAM",
            Peer => "PEER",
            Channel => "CHANNEL",
        }
    }

    /// Whether a socket of this type may be connected to one of type `peer`.
    pub const fn accepts(self, peer: SocketType) -> bool {
        match self {
            Pair => matches!(peer, Pair),
            Pub | XPub => matches!(peer, Sub | XSub),
            Sub | XSub => matches!(peer, Pub | XPub),
            Req => matches!(peer, Rep | Router),
            Rep => matches!(peer, Req | Dealer),
            Dealer => matches!(peer, Rep | Dealer | Router),
            Router => matches!(peer, Req | Dealer | Router),
            Pull => matches!(peer, Push),
            Push => matches!(peer, Pull),
            Server => matches!(peer, Client),
            Client => matches!(peer, Server),
            Radio => matches!(peer, Dish),
            Dish => matches!(peer, Radio),
            Gather => matches!(peer, Scatter),
            Scatter => matches!(peer, Gather),
            Dgram => matches!(peer, Dgram),
            Peer => matches!(peer, Peer),
            Channel => matches!(peer, Channel),
            Stream => false,
        }
    }

    /// Whether the type tells its peers its routing id, even an empty one.
    pub const fn announces_routing_id(self) -> bool {
        matches!(self, Req | Dealer | Router)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_go_both_ways() {
        for (number, kind) in SocketType::ALL.into_iter().enumerate() {
            assert_eq!(kind.number(), number as i32);
            assert_eq!(SocketType::from_number(number as i32), Some(kind));
            assert_eq!(SocketType::from_name(kind.name().as_bytes()), Some(kind));
        }
        assert_eq!(SocketType::from_number(-1), None);
        assert_eq!(SocketType::from_number(21), None);
        assert_eq!(SocketType::from_name(b"push"), None);
        assert_eq!(SocketType::from_name(b""), None);
    }

    #[test]
    fn acceptance_is_mutual() {
        for a in SocketType::ALL {
            for b in SocketType::ALL {
                assert_eq!(a.accepts(b), b.accepts(a), "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn request_reply_pairs_are_those_of_the_specification() {
        let accepted = |kind: SocketType| {
            SocketType::ALL
                .into_iter()
                .filter(|&peer| kind.accepts(peer))
                .collect::<Vec<_>>()
        };
        assert_eq!(accepted(Req), [Rep, Router]);
        assert_eq!(accepted(Rep), [Req, Dealer]);
        assert_eq!(accepted(Dealer), [Rep, Dealer, Router]);
        assert_eq!(accepted(Router), [Req, Dealer, Router]);
        assert_eq!(accepted(Push), [Pull]);
        assert_eq!(accepted(Pub), [Sub, XSub]);
        assert_eq!(accepted(Pair), [Pair]);
        assert_eq!(accepted(Stream), []);
    }
}
