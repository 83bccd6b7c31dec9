//! Numbers of the draft API, which may change until it is declared stable.

use std::ffi::c_int;

use super::monitor::ZMQ_EVENT_ALL;

/// Many CLIENT peers, addressed by the number in each message.
pub const ZMQ_SERVER: c_int = 12;
/// The other side of SERVER; usable from several threads.
pub const ZMQ_CLIENT: c_int = 13;
/// Sends to groups.
pub const ZMQ_RADIO: c_int = 14;
/// Receives the groups it has joined.
pub const ZMQ_DISH: c_int = 15;
/// PULL for several threads, single-part messages.
pub const ZMQ_GATHER: c_int = 16;
/// PUSH for several threads, single-part messages.
pub const ZMQ_SCATTER: c_int = 17;
/// Plain UDP datagrams.
pub const ZMQ_DGRAM: c_int = 18;
/// Equals that address each other by number.
pub const ZMQ_PEER: c_int = 19;
/// PAIR for several threads, single-part messages.
pub const ZMQ_CHANNEL: c_int = 20;

/// Refuse peers when ZMQ_ZAP_DOMAIN is set and there is no ZAP handler. Default 0.
pub const ZMQ_ZAP_ENFORCE_DOMAIN: c_int = 93;
/// Windows: fast path of the loopback device. No effect elsewhere.
pub const ZMQ_LOOPBACK_FASTPATH: c_int = 94;
/// A property (string, "X-name:value") to send in the handshake; may be set
/// several times. Write only.
pub const ZMQ_METADATA: c_int = 95;
/// Multicast reaches receivers on this machine too. Default 1.
pub const ZMQ_MULTICAST_LOOP: c_int = 96;
/// ROUTER: tell of peers that come and go, by ZMQ_NOTIFY_... bits. Default 0.
pub const ZMQ_ROUTER_NOTIFY: c_int = 97;
/// XPUB: as ZMQ_XPUB_MANUAL, and send only to the peer whose subscription was
/// received last. Default 0. Write only.
pub const ZMQ_XPUB_MANUAL_LAST_VALUE: c_int = 98;
/// User name (string) for the SOCKS5 proxy; NULL or empty means none.
pub const ZMQ_SOCKS_USERNAME: c_int = 99;
/// Password (string) for the SOCKS5 proxy.
pub const ZMQ_SOCKS_PASSWORD: c_int = 100;
/// Size of one read from a connection, in bytes, 1 or more. Default 8192.
pub const ZMQ_IN_BATCH_SIZE: c_int = 101;
/// Size of one write to a connection, in bytes, 1 or more. Default 8192.
pub const ZMQ_OUT_BATCH_SIZE: c_int = 102;
/// wss: the private key (string, PEM) of a server.
pub const ZMQ_WSS_KEY_PEM: c_int = 103;
/// wss: the certificate (string, PEM) of a server.
pub const ZMQ_WSS_CERT_PEM: c_int = 104;
/// wss: the certificates (string, PEM) a client trusts.
pub const ZMQ_WSS_TRUST_PEM: c_int = 105;
/// wss: the host name (string) a client expects in the certificate.
pub const ZMQ_WSS_HOSTNAME: c_int = 106;
/// wss: trust the certificates of the system. Default 0.
pub const ZMQ_WSS_TRUST_SYSTEM: c_int = 107;
/// XPUB: only the first part of a multipart message can subscribe. Default 0.
pub const ZMQ_ONLY_FIRST_SUBSCRIBE: c_int = 108;
/// When to give up reconnecting: ZMQ_RECONNECT_STOP_... bits. Default 0.
pub const ZMQ_RECONNECT_STOP: c_int = 109;
/// A message (bytes) to send first on each new connection. Write only.
pub const ZMQ_HELLO_MSG: c_int = 110;
/// A message (bytes) to receive when a peer has gone. Write only.
pub const ZMQ_DISCONNECT_MSG: c_int = 111;
/// SO_PRIORITY of the connections. Default 0.
pub const ZMQ_PRIORITY: c_int = 112;
/// SO_BUSY_POLL of the connections, in microseconds. Default 0.
pub const ZMQ_BUSY_POLL: c_int = 113;
/// A message (bytes) to receive when an own connection was lost. Write only.
pub const ZMQ_HICCUP_MSG: c_int = 114;
/// XSUB: pass on repeated unsubscriptions. Default 0. Write only.
pub const ZMQ_XSUB_VERBOSE_UNSUBSCRIBE: c_int = 115;
/// How many different subscriptions there are. Read only.
pub const ZMQ_TOPICS_COUNT: c_int = 116;
/// NORM: how sending is paced, ZMQ_NORM_FIXED, ...
pub const ZMQ_NORM_MODE: c_int = 117;
/// NORM: ask for repairs by unicast. Default 0.
pub const ZMQ_NORM_UNICAST_NACK: c_int = 118;
/// NORM: size of the buffer, in kilobytes.
pub const ZMQ_NORM_BUFFER_SIZE: c_int = 119;
/// NORM: payload of a packet, in bytes.
pub const ZMQ_NORM_SEGMENT_SIZE: c_int = 120;
/// NORM: segments of a coding block.
pub const ZMQ_NORM_BLOCK_SIZE: c_int = 121;
/// NORM: parity segments of a coding block.
pub const ZMQ_NORM_NUM_PARITY: c_int = 122;
/// NORM: parity segments sent without being asked for.
pub const ZMQ_NORM_NUM_AUTOPARITY: c_int = 123;
/// NORM: send each message on its own, without waiting for a segment to fill.
pub const ZMQ_NORM_PUSH: c_int = 124;

/// A fixed rate.
pub const ZMQ_NORM_FIXED: c_int = 0;
/// Congestion control by round-trip time and loss.
pub const ZMQ_NORM_CC: c_int = 1;
/// Congestion control by loss only.
pub const ZMQ_NORM_CCL: c_int = 2;
/// Congestion control by congestion notification and loss.
pub const ZMQ_NORM_CCE: c_int = 3;
/// Congestion control by congestion notification only.
pub const ZMQ_NORM_CCE_ECNONLY: c_int = 4;

/// Give up when the connection is refused.
pub const ZMQ_RECONNECT_STOP_CONN_REFUSED: c_int = 0x1;
/// Give up when the handshake fails.
pub const ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED: c_int = 0x2;
/// Give up after zmq_disconnect().
pub const ZMQ_RECONNECT_STOP_AFTER_DISCONNECT: c_int = 0x4;

/// Context option: large bodies are received without a copy. Default 1.
pub const ZMQ_ZERO_COPY_RECV: c_int = 10;

/// ROUTER: a message when a peer has come.
pub const ZMQ_NOTIFY_CONNECT: c_int = 1;
/// ROUTER: a message when a peer has gone.
pub const ZMQ_NOTIFY_DISCONNECT: c_int = 2;

/// The answer to zmq_socket_monitor_pipes_stats(): two values, the messages
/// queued to and from a peer.
pub const ZMQ_EVENT_PIPES_STATS: c_int = 0x10000;
/// Monitor messages of two parts, with a 16-bit event and a 32-bit value.
pub const ZMQ_CURRENT_EVENT_VERSION: c_int = 1;
/// Monitor messages with 64-bit events and values and both addresses.
pub const ZMQ_CURRENT_EVENT_VERSION_DRAFT: c_int = 2;
/// All events of monitors of version 1.
pub const ZMQ_EVENT_ALL_V1: c_int = ZMQ_EVENT_ALL;
/// All events of monitors of version 2.
pub const ZMQ_EVENT_ALL_V2: c_int = ZMQ_EVENT_ALL_V1 | ZMQ_EVENT_PIPES_STATS;
