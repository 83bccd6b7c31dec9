//! Options of a socket, for `zmq_setsockopt` and `zmq_getsockopt`.
//!
//! Unless a comment says otherwise an option is an `int`, 0 or 1 if it is a
//! switch, and counts for the binds and connects that come after it.

use std::ffi::c_int;

/// Bit mask (uint64_t) of the I/O threads to use; 0 means all. Default 0.
pub const ZMQ_AFFINITY: c_int = 4;
/// The name (1 to 255 bytes) that a ROUTER peer will know this socket by.
pub const ZMQ_ROUTING_ID: c_int = 5;
/// SUB: a prefix (bytes) to receive. An empty one matches all. Write only.
pub const ZMQ_SUBSCRIBE: c_int = 6;
/// SUB: takes back one ZMQ_SUBSCRIBE of the same prefix. Write only.
pub const ZMQ_UNSUBSCRIBE: c_int = 7;
/// Limit of multicast sending, in kilobits a second. Default 100.
pub const ZMQ_RATE: c_int = 8;
/// How long a lost multicast packet can be asked for again, in ms. Default 10000.
pub const ZMQ_RECOVERY_IVL: c_int = 9;
/// The kernel's send buffer, in bytes; -1 leaves it alone. Default -1.
pub const ZMQ_SNDBUF: c_int = 11;
/// The kernel's receive buffer, in bytes; -1 leaves it alone. Default -1.
pub const ZMQ_RCVBUF: c_int = 12;
/// 1 if the part received last is not the last of its message. Read only.
pub const ZMQ_RCVMORE: c_int = 13;
/// A descriptor (zmq_fd_t) that becomes readable when ZMQ_EVENTS may have
/// changed. It signals edges: read ZMQ_EVENTS after it fires and after each send
/// and receive. Read only.
pub const ZMQ_FD: c_int = 14;
/// What is possible at once: ZMQ_POLLIN, ZMQ_POLLOUT or both. Read only.
pub const ZMQ_EVENTS: c_int = 15;
/// The type the socket was made with. Read only.
pub const ZMQ_TYPE: c_int = 16;
/// How long messages not yet sent hold up zmq_ctx_term() once the socket is
/// closed, in ms; -1 for ever, 0 drops them. Default -1. Counts at once.
pub const ZMQ_LINGER: c_int = 17;
/// Pause before a lost connection is tried again, in ms; -1 never. Default 100.
pub const ZMQ_RECONNECT_IVL: c_int = 18;
/// Length of the kernel's queue of connections to accept. Default 100.
pub const ZMQ_BACKLOG: c_int = 19;
/// Upper bound of the pause, which doubles from attempt to attempt, in ms; 0
/// keeps it as ZMQ_RECONNECT_IVL says. Default 0.
pub const ZMQ_RECONNECT_IVL_MAX: c_int = 21;
/// The largest body (int64_t, bytes) a peer may send before it is cut off; -1
/// means no limit. Default -1.
pub const ZMQ_MAXMSGSIZE: c_int = 22;
/// High-water mark of sending: messages queued for one peer; 0 means no limit.
/// Default 1000.
pub const ZMQ_SNDHWM: c_int = 23;
/// High-water mark of receiving: messages queued from one peer; 0 means no
/// limit. Default 1000.
pub const ZMQ_RCVHWM: c_int = 24;
/// How many routers a multicast packet may pass. Default 1.
pub const ZMQ_MULTICAST_HOPS: c_int = 25;
/// How long receiving waits before it fails with EAGAIN, in ms; -1 for ever.
/// Default -1. Counts at once.
pub const ZMQ_RCVTIMEO: c_int = 27;
/// How long sending waits before it fails with EAGAIN, in ms; -1 for ever.
/// Default -1. Counts at once.
pub const ZMQ_SNDTIMEO: c_int = 28;
/// The endpoint (string) of the last bind or connect, wildcards filled in. Read
/// only.
pub const ZMQ_LAST_ENDPOINT: c_int = 32;
/// ROUTER: a message to an unknown peer fails with EHOSTUNREACH, and one to a
/// full peer waits, instead of being dropped. Default 0.
pub const ZMQ_ROUTER_MANDATORY: c_int = 33;
/// SO_KEEPALIVE of TCP connections; -1 leaves it alone. Default -1.
pub const ZMQ_TCP_KEEPALIVE: c_int = 34;
/// TCP_KEEPCNT; -1 leaves it alone. Default -1.
pub const ZMQ_TCP_KEEPALIVE_CNT: c_int = 35;
/// TCP_KEEPIDLE in seconds; -1 leaves it alone. Default -1.
pub const ZMQ_TCP_KEEPALIVE_IDLE: c_int = 36;
/// TCP_KEEPINTVL in seconds; -1 leaves it alone. Default -1.
pub const ZMQ_TCP_KEEPALIVE_INTVL: c_int = 37;
/// Queue messages only to connections that are complete. Default 0.
pub const ZMQ_IMMEDIATE: c_int = 39;
/// XPUB: pass on repeated subscriptions too. Default 0.
pub const ZMQ_XPUB_VERBOSE: c_int = 40;
/// ROUTER: speak plain TCP to peers. Default 0. Deprecated by ZMQ_STREAM.
pub const ZMQ_ROUTER_RAW: c_int = 41;
/// Use IPv6 addresses as well. Default 0.
pub const ZMQ_IPV6: c_int = 42;
/// Which mechanism is in use: ZMQ_NULL, ZMQ_PLAIN, ... Read only.
pub const ZMQ_MECHANISM: c_int = 43;
/// Be the server of PLAIN. Default 0.
pub const ZMQ_PLAIN_SERVER: c_int = 44;
/// The name (string) a PLAIN client gives; NULL turns PLAIN off.
pub const ZMQ_PLAIN_USERNAME: c_int = 45;
/// The password (string) a PLAIN client gives; NULL turns PLAIN off.
pub const ZMQ_PLAIN_PASSWORD: c_int = 46;
/// Be the server of CURVE. Default 0.
pub const ZMQ_CURVE_SERVER: c_int = 47;
/// Own public key: 32 bytes, or 40 characters of Z85.
pub const ZMQ_CURVE_PUBLICKEY: c_int = 48;
/// Own secret key: 32 bytes, or 40 characters of Z85.
pub const ZMQ_CURVE_SECRETKEY: c_int = 49;
/// The server's public key: 32 bytes, or 40 characters of Z85.
pub const ZMQ_CURVE_SERVERKEY: c_int = 50;
/// Send an empty message with each new connection. Default 0. Write only.
pub const ZMQ_PROBE_ROUTER: c_int = 51;
/// REQ: number the requests and take only the matching reply. Default 0. Write
/// only.
pub const ZMQ_REQ_CORRELATE: c_int = 52;
/// REQ: a new request may be sent before the reply has come. Default 0. Write
/// only.
pub const ZMQ_REQ_RELAXED: c_int = 53;
/// Keep only the newest message of a queue. Default 0. Not for multipart.
pub const ZMQ_CONFLATE: c_int = 54;
/// The domain (string) to authenticate in; setting it turns ZAP on for NULL.
pub const ZMQ_ZAP_DOMAIN: c_int = 55;
/// ROUTER: a newcomer takes over a routing id that is in use. Default 0. Write
/// only.
pub const ZMQ_ROUTER_HANDOVER: c_int = 56;
/// IP type of service of the connections. Default 0.
pub const ZMQ_TOS: c_int = 57;
/// The routing id (1 to 255 bytes) that the next connect gives its peer. Write
/// only.
pub const ZMQ_CONNECT_ROUTING_ID: c_int = 61;
/// Be the server of GSSAPI. Default 0.
pub const ZMQ_GSSAPI_SERVER: c_int = 62;
/// The GSSAPI principal (string) of this socket.
pub const ZMQ_GSSAPI_PRINCIPAL: c_int = 63;
/// The GSSAPI principal (string) of the server.
pub const ZMQ_GSSAPI_SERVICE_PRINCIPAL: c_int = 64;
/// GSSAPI authenticates but does not encrypt. Default 0.
pub const ZMQ_GSSAPI_PLAINTEXT: c_int = 65;
/// How long a handshake may take, in ms; 0 for ever. Default 30000.
pub const ZMQ_HANDSHAKE_IVL: c_int = 66;
/// The SOCKS5 proxy (string, host:port) that TCP connects go through.
pub const ZMQ_SOCKS_PROXY: c_int = 68;
/// XPUB: fail with EAGAIN instead of dropping at the mark. Default 0. Write only.
pub const ZMQ_XPUB_NODROP: c_int = 69;
/// For zmq_ctx_set(): new sockets linger for ever (1) or not at all (0).
/// Default 1.
pub const ZMQ_BLOCKY: c_int = 70;
/// XPUB: subscriptions take effect only when the application sets them. Default
/// 0. Write only.
pub const ZMQ_XPUB_MANUAL: c_int = 71;
/// XPUB: a message (bytes) for each new subscriber. Write only.
pub const ZMQ_XPUB_WELCOME_MSG: c_int = 72;
/// STREAM: tell of connects and disconnects by empty messages. Default 1. Write
/// only.
pub const ZMQ_STREAM_NOTIFY: c_int = 73;
/// PUB, SUB: deliver what the subscriptions do not match. Default 0.
pub const ZMQ_INVERT_MATCHING: c_int = 74;
/// Pause between heartbeats, in ms; 0 sends none. Default 0.
pub const ZMQ_HEARTBEAT_IVL: c_int = 75;
/// How long the peer shall wait for our traffic before it hangs up, in ms, 0 to
/// 6553599. Default 0: it decides.
pub const ZMQ_HEARTBEAT_TTL: c_int = 76;
/// How long to wait for traffic after a heartbeat before hanging up, in ms; -1
/// takes ZMQ_HEARTBEAT_IVL. Default -1.
pub const ZMQ_HEARTBEAT_TIMEOUT: c_int = 77;
/// XPUB: pass on repeated subscriptions and unsubscriptions. Default 0. Write
/// only.
pub const ZMQ_XPUB_VERBOSER: c_int = 78;
/// How long a TCP connect may take, in ms; 0 leaves it to the system. Default 0.
pub const ZMQ_CONNECT_TIMEOUT: c_int = 79;
/// How long sent data may stay unacknowledged, in ms (TCP_USER_TIMEOUT); 0
/// leaves it to the system. Default 0.
pub const ZMQ_TCP_MAXRT: c_int = 80;
/// 1 if the type of the socket is one of those libzmq calls thread-safe. Read
/// only.
pub const ZMQ_THREAD_SAFE: c_int = 81;
/// Largest multicast packet, in bytes. Default 1500.
pub const ZMQ_MULTICAST_MAXTPDU: c_int = 84;
/// VMCI: size of the buffer (uint64_t, bytes).
pub const ZMQ_VMCI_BUFFER_SIZE: c_int = 85;
/// VMCI: smallest size of the buffer (uint64_t, bytes).
pub const ZMQ_VMCI_BUFFER_MIN_SIZE: c_int = 86;
/// VMCI: largest size of the buffer (uint64_t, bytes).
pub const ZMQ_VMCI_BUFFER_MAX_SIZE: c_int = 87;
/// VMCI: how long a connect may take, in ms; -1 for ever. Default -1.
pub const ZMQ_VMCI_CONNECT_TIMEOUT: c_int = 88;
/// A descriptor that listens already, for the next bind; -1 opens one. Default
/// -1.
pub const ZMQ_USE_FD: c_int = 89;
/// How ZMQ_GSSAPI_PRINCIPAL is to be read: ZMQ_GSSAPI_NT_HOSTBASED, ...
pub const ZMQ_GSSAPI_PRINCIPAL_NAMETYPE: c_int = 90;
/// How ZMQ_GSSAPI_SERVICE_PRINCIPAL is to be read: ZMQ_GSSAPI_NT_HOSTBASED, ...
pub const ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE: c_int = 91;
/// The network interface (string) to use, as SO_BINDTODEVICE.
pub const ZMQ_BINDTODEVICE: c_int = 92;
