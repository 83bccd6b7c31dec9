//! What is told of the life of connections: the events of `zmq_socket_monitor`.
//!
//! Sessions and acceptors report to a [`Monitor`]; what it does with a report is
//! the socket's business. A report never waits.

/// What happened, by its bit in `zmq.h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Event {
    /// A connection is made; the value is its descriptor.
    Connected = 0x0001,
    /// Connecting takes its time; the value is the errno that says so.
    ConnectDelayed = 0x0002,
    /// Connecting is tried again; the value is the pause in milliseconds.
    ConnectRetried = 0x0004,
    /// An endpoint is bound; the value is the listening descriptor.
    Listening = 0x0008,
    /// A bind failed; the value is the errno.
    BindFailed = 0x0010,
    /// A connection was accepted; the value is its descriptor.
    Accepted = 0x0020,
    /// A connection could not be accepted; the value is the errno.
    AcceptFailed = 0x0040,
    /// A listener, or an attempt to connect, is over; the value is its descriptor.
    Closed = 0x0080,
    /// The path made up for a listener could not be removed; the value is the errno.
    CloseFailed = 0x0100,
    /// A connection was lost; the value is its descriptor.
    Disconnected = 0x0200,
    /// Nothing follows.
    MonitorStopped = 0x0400,
    /// The connection was lost in the handshake; the value is an errno.
    HandshakeFailedNoDetail = 0x0800,
    /// Messages can flow.
    HandshakeSucceeded = 0x1000,
    /// The peer broke the protocol in the handshake; the value says how.
    HandshakeFailedProtocol = 0x2000,
    /// The peer refused us; the value is the ZAP status.
    HandshakeFailedAuth = 0x4000,
    /// What waits in a pipe; the values are messages to be sent and received.
    PipesStats = 0x10000,
}

/// The two ends of a connection, as far as they are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    /// Our endpoint.
    pub local: String,
    /// The peer's endpoint.
    pub remote: String,
    /// Whether we were connected to: then the connection goes by our endpoint.
    pub bound: bool,
}

impl Ends {
    /// A listener.
    pub fn listener(local: &str) -> Ends {
        Ends {
            local: local.to_owned(),
            remote: String::new(),
            bound: true,
        }
    }

    /// The endpoint that the connection goes by.
    pub fn name(&self) -> &str {
        if self.bound {
            &self.local
        } else {
            &self.remote
        }
    }
}

/// Who is told. Cheap when nobody listens.
pub trait Monitor: Send + Sync {
    /// Tells what happened where.
    fn report(&self, event: Event, value: u64, ends: &Ends);
}
