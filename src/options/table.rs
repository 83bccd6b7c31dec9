//! The table of socket options: one row each, in the order of their numbers.
//!
//! A row reads: kind, number, name, where the value lives, range and default;
//! then what is special about it; then what it does. [`Support::Full`] says that
//! the library acts on the option, or stores it for a transport where nothing
//! else is to be done; it is to be changed together with what acts on it.

use std::ops::RangeInclusive;

use super::row::Accepts::{Any, NotNegative, ZeroOrOne};
use super::row::{Bytes, Field, SocketOption, Value, data, int, row, switch};
use super::{Mechanism, SocketOptions, number, value};
use crate::error::{Error, Result};
use crate::zmtp::SocketType::*;

/// A field of the options that a value is simply kept in.
macro_rules! field {
    ($name:ident) => {
        Field {
            get: |options| options.$name,
            set: |options, value| options.$name = value,
        }
    };
}

/// A field for bytes that a null pointer does not empty.
macro_rules! bytes {
    ($name:ident) => {
        Bytes {
            get: |options| &options.$name,
            set: |options, value| options.$name = value,
            length: 0..=usize::MAX,
            reset: None,
            text: false,
        }
    };
}

/// A string that a null pointer empties.
macro_rules! text {
    ($name:ident) => {
        Bytes {
            reset: Some(|options| options.$name.clear()),
            text: true,
            ..bytes!($name)
        }
    };
}

/// A user name or password: it turns PLAIN on, and a null pointer turns it off.
macro_rules! plain {
    ($name:ident) => {
        Bytes {
            set: |options, value| {
                options.$name = value;
                options.as_server = false;
                options.mechanism = Mechanism::Plain;
            },
            reset: Some(|options| options.mechanism = Mechanism::Null),
            ..text!($name)
        }
    };
}

/// Any value from 0 up.
const NATURAL: RangeInclusive<i32> = 0..=i32::MAX;
/// Any value from 1 up.
const POSITIVE: RangeInclusive<i32> = 1..=i32::MAX;
/// Any value from 0 up, and −1 for a special one.
const OR_NONE: RangeInclusive<i32> = -1..=i32::MAX;
/// Any value at all.
const ANY: RangeInclusive<i32> = i32::MIN..=i32::MAX;

/// Every option of a socket.
pub static TABLE: &[SocketOption] = &[
    row(
        4,
        "AFFINITY",
        Value::U64 {
            field: field!(affinity),
            default: 0,
        },
    )
    .doc("Bit mask of the I/O threads that serve new connections; 0 means any"),
    data(5, "ROUTING_ID", bytes!(routing_id), 1..=255)
        .doc("The name by which a ROUTER on the other side knows this socket"),
    row(number::SUBSCRIBE, "SUBSCRIBE", Value::Live)
        .set_only(&[Sub, XPub, Pub])
        .doc("Receives messages with this prefix; once more for each time it was given"),
    row(number::UNSUBSCRIBE, "UNSUBSCRIBE", Value::Live)
        .set_only(&[Sub, XPub, Pub])
        .doc("Takes back one SUBSCRIBE of the same prefix"),
    int(8, "RATE", field!(rate), POSITIVE, 100).doc("Rate of multicast sending in kbit/s"),
    int(9, "RECOVERY_IVL", field!(recovery_ivl), NATURAL, 10_000)
        .doc("How long lost multicast packets may be asked for again"),
    int(11, "SNDBUF", field!(sndbuf), OR_NONE, -1)
        .doc("Send buffer of new connections in the kernel; −1 leaves it alone"),
    int(12, "RCVBUF", field!(rcvbuf), OR_NONE, -1)
        .doc("Receive buffer of new connections in the kernel; −1 leaves it alone"),
    row(number::RCVMORE, "RCVMORE", Value::Live)
        .get_only()
        .doc("Whether another frame of the message received last follows"),
    row(number::FD, "FD", Value::Live)
        .get_only()
        .doc("A descriptor that becomes readable when EVENTS may have changed"),
    row(number::EVENTS, "EVENTS", Value::Live)
        .get_only()
        .doc("Whether a message can be sent or received at once"),
    row(
        16,
        "TYPE",
        Value::Constant {
            get: |options| options.socket_type.number(),
            exact: true,
        },
    )
    .get_only()
    .doc("The type of the socket"),
    int(17, "LINGER", field!(linger), OR_NONE, -1)
        .doc("How long messages may still be sent after the socket was closed; −1 for ever"),
    int(18, "RECONNECT_IVL", field!(reconnect_ivl), OR_NONE, 100)
        .doc("Pause before a connection is tried again; −1 never tries again"),
    int(19, "BACKLOG", field!(backlog), NATURAL, 100)
        .doc("How many connections may wait to be accepted"),
    int(
        21,
        "RECONNECT_IVL_MAX",
        field!(reconnect_ivl_max),
        NATURAL,
        0,
    )
    .doc("The pause doubles up to this; 0 leaves it as it is"),
    row(
        22,
        "MAXMSGSIZE",
        Value::I64 {
            field: field!(maxmsgsize),
            default: -1,
        },
    )
    .doc("A peer that sends a longer frame is disconnected; −1 means no limit"),
    int(23, "SNDHWM", field!(sndhwm), NATURAL, 1000)
        .doc("How many messages may be queued for each peer; 0 means no limit"),
    int(24, "RCVHWM", field!(rcvhwm), NATURAL, 1000)
        .doc("How many messages may be queued from each peer; 0 means no limit"),
    int(25, "MULTICAST_HOPS", field!(multicast_hops), POSITIVE, 1)
        .doc("How many networks a multicast packet may cross"),
    int(27, "RCVTIMEO", field!(rcvtimeo), OR_NONE, -1).doc("How long a receive waits; −1 for ever"),
    int(28, "SNDTIMEO", field!(sndtimeo), OR_NONE, -1).doc("How long a send waits; −1 for ever"),
    switch(
        31,
        "IPV4ONLY",
        Field {
            get: |o| !o.ipv6,
            set: |o, on| o.ipv6 = !on,
        },
        ZeroOrOne,
        true,
    )
    .doc("The opposite of IPV6, its successor"),
    row(number::LAST_ENDPOINT, "LAST_ENDPOINT", Value::Live)
        .get_only()
        .doc("What the last bind or connect came to"),
    switch(
        33,
        "ROUTER_MANDATORY",
        field!(router_mandatory),
        NotNegative,
        false,
    )
    .set_only(&[Router, Rep])
    .doc("A message for an unknown peer is an error, not dropped"),
    int(34, "TCP_KEEPALIVE", field!(tcp_keepalive), -1..=1, -1)
        .doc("Keep-alive of TCP; −1 leaves it alone"),
    int(
        35,
        "TCP_KEEPALIVE_CNT",
        field!(tcp_keepalive_cnt),
        OR_NONE,
        -1,
    )
    .doc("How many probes fail before the peer is lost; −1 leaves it alone"),
    int(
        36,
        "TCP_KEEPALIVE_IDLE",
        field!(tcp_keepalive_idle),
        OR_NONE,
        -1,
    )
    .doc("Silence in seconds before the first probe; −1 leaves it alone"),
    int(
        37,
        "TCP_KEEPALIVE_INTVL",
        field!(tcp_keepalive_intvl),
        OR_NONE,
        -1,
    )
    .doc("Pause in seconds between probes; −1 leaves it alone"),
    row(
        38,
        "TCP_ACCEPT_FILTER",
        Value::Custom(|o, given| o.accept_from.add_address(given, o.ipv6)),
    )
    .set_only(&[])
    .doc("One more address, or address/bits, to accept tcp connections from"),
    switch(39, "IMMEDIATE", field!(immediate), ZeroOrOne, false)
        .doc("Queues messages for connections that are made only"),
    switch(40, "XPUB_VERBOSE", VERBOSE, NotNegative, false)
        .set_only(&[XPub, Pub])
        .doc("Tells the application of repeated subscriptions too"),
    switch(41, "ROUTER_RAW", field!(router_raw), NotNegative, false)
        .set_only(&[Router, Rep])
        .doc("Talks raw TCP to its peers; STREAM is its successor"),
    switch(42, "IPV6", field!(ipv6), ZeroOrOne, false).doc("Uses IPv6 as well as IPv4"),
    row(
        43,
        "MECHANISM",
        Value::Constant {
            get: |options| options.mechanism as i32,
            exact: true,
        },
    )
    .get_only()
    .doc("The security mechanism in use"),
    switch(44, "PLAIN_SERVER", PLAIN_SERVER, ZeroOrOne, false)
        .not_yet()
        .doc("Is the server of PLAIN, which asks for a user name and password"),
    data(45, "PLAIN_USERNAME", plain!(plain_username), 1..=255)
        .not_yet()
        .doc("The user name for PLAIN"),
    data(46, "PLAIN_PASSWORD", plain!(plain_password), 1..=255)
        .not_yet()
        .doc("The password for PLAIN"),
    row(47, "CURVE_SERVER", Value::Absent)
        .doc("Is the server of CURVE, which proves itself by its key"),
    row(48, "CURVE_PUBLICKEY", Value::Absent).doc("Our long-term public key"),
    row(49, "CURVE_SECRETKEY", Value::Absent).doc("Our long-term secret key"),
    row(50, "CURVE_SERVERKEY", Value::Absent).doc("The public key of the server to connect to"),
    switch(51, "PROBE_ROUTER", field!(probe_router), NotNegative, false)
        .set_only(&[Router, Rep, Dealer, Req])
        .doc("Sends an empty message on each new connection"),
    switch(
        52,
        "REQ_CORRELATE",
        field!(req_correlate),
        NotNegative,
        false,
    )
    .set_only(&[Req])
    .doc("Numbers requests, and takes replies of the last one only"),
    switch(53, "REQ_RELAXED", field!(req_relaxed), NotNegative, false)
        .set_only(&[Req])
        .doc("May send again before the reply has come"),
    switch(54, "CONFLATE", field!(conflate), ZeroOrOne, false)
        .doc("Keeps the last message only, in either direction"),
    data(
        55,
        "ZAP_DOMAIN",
        Bytes {
            reset: None,
            ..text!(zap_domain)
        },
        1..=255,
    )
    .not_yet()
    .doc("The domain that the authenticator is told"),
    switch(
        56,
        "ROUTER_HANDOVER",
        field!(router_handover),
        NotNegative,
        false,
    )
    .set_only(&[Router, Rep])
    .doc("A new peer of the same routing id replaces the old one"),
    int(57, "TOS", field!(tos), NATURAL, 0).doc("Type of service of IP packets"),
    row(
        58,
        "IPC_FILTER_PID",
        Value::Custom(|o, given| o.accept_from.add_process(given)),
    )
    .set_only(&[])
    .doc("One more process to accept ipc connections from"),
    row(
        59,
        "IPC_FILTER_UID",
        Value::Custom(|o, given| o.accept_from.add_user(given)),
    )
    .set_only(&[])
    .doc("One more user to accept ipc connections from"),
    row(
        60,
        "IPC_FILTER_GID",
        Value::Custom(|o, given| o.accept_from.add_group(given)),
    )
    .set_only(&[])
    .doc("One more group to accept ipc connections from"),
    data(
        61,
        "CONNECT_ROUTING_ID",
        bytes!(connect_routing_id),
        1..=usize::MAX,
    )
    .set_only(&[Router, Rep, Stream])
    .doc("The name that the peer of the next connect gets"),
    row(62, "GSSAPI_SERVER", Value::Absent).doc("Is the server of GSSAPI"),
    row(63, "GSSAPI_PRINCIPAL", Value::Absent).doc("Our principal"),
    row(64, "GSSAPI_SERVICE_PRINCIPAL", Value::Absent).doc("The principal of the server"),
    row(65, "GSSAPI_PLAINTEXT", Value::Absent).doc("Authenticates without encryption"),
    int(66, "HANDSHAKE_IVL", field!(handshake_ivl), NATURAL, 30_000)
        .doc("How long a handshake may take; 0 for ever"),
    data(68, "SOCKS_PROXY", text!(socks_proxy), 1..=usize::MAX)
        .doc("The SOCKS5 proxy to connect through"),
    switch(69, "XPUB_NODROP", field!(xpub_nodrop), NotNegative, false)
        .set_only(&[XPub, Pub, Radio])
        .doc("A send fails or waits where it would drop the message"),
    switch(71, "XPUB_MANUAL", field!(xpub_manual), NotNegative, false)
        .set_only(&[XPub, Pub])
        .doc("The application subscribes its peers by SUBSCRIBE"),
    data(
        72,
        "XPUB_WELCOME_MSG",
        bytes!(xpub_welcome_msg),
        0..=usize::MAX,
    )
    .set_only(&[XPub, Pub])
    .doc("What a new subscriber is sent"),
    switch(73, "STREAM_NOTIFY", field!(stream_notify), ZeroOrOne, true)
        .set_only(&[Stream])
        .doc("Tells of connects and disconnects by empty messages"),
    switch(74, "INVERT_MATCHING", field!(invert_matching), Any, false)
        .doc("Sends and receives what does not match"),
    int(75, "HEARTBEAT_IVL", field!(heartbeat_ivl), NATURAL, 0)
        .doc("Pause between PINGs; 0 sends none"),
    int(76, "HEARTBEAT_TTL", HEARTBEAT_TTL, -99..=6_553_599, 0)
        .doc("How soon the peer may give us up, in steps of 100 ms; 0 leaves it to the peer"),
    int(
        77,
        "HEARTBEAT_TIMEOUT",
        field!(heartbeat_timeout),
        NATURAL,
        -1,
    )
    .doc("How long a PONG may take; −1, the default, is as long as HEARTBEAT_IVL"),
    switch(78, "XPUB_VERBOSER", VERBOSER, NotNegative, false)
        .set_only(&[XPub, Pub])
        .doc("Tells the application of repeated subscriptions and unsubscriptions too"),
    int(79, "CONNECT_TIMEOUT", field!(connect_timeout), NATURAL, 0)
        .doc("How long an attempt to connect may take; 0 leaves it to the system"),
    int(80, "TCP_MAXRT", field!(tcp_maxrt), NATURAL, 0)
        .doc("How long TCP repeats what is not acknowledged; 0 leaves it to the system"),
    row(
        81,
        "THREAD_SAFE",
        Value::Constant {
            get: thread_safe,
            exact: false,
        },
    )
    .get_only()
    .doc("Whether this is one of the types made to be shared by threads"),
    int(
        84,
        "MULTICAST_MAXTPDU",
        field!(multicast_maxtpdu),
        POSITIVE,
        1500,
    )
    .doc("The longest multicast packet"),
    row(85, "VMCI_BUFFER_SIZE", Value::Absent).doc("Buffer of a VMCI connection"),
    row(86, "VMCI_BUFFER_MIN_SIZE", Value::Absent).doc("The least that buffer may shrink to"),
    row(87, "VMCI_BUFFER_MAX_SIZE", Value::Absent).doc("The most that buffer may grow to"),
    row(88, "VMCI_CONNECT_TIMEOUT", Value::Absent).doc("How long a VMCI connect may take"),
    int(89, "USE_FD", field!(use_fd), OR_NONE, -1)
        .doc("A bound descriptor to be used by the next bind; −1 means none"),
    row(90, "GSSAPI_PRINCIPAL_NAMETYPE", Value::Absent).doc("The kind of our principal's name"),
    row(91, "GSSAPI_SERVICE_PRINCIPAL_NAMETYPE", Value::Absent)
        .doc("The kind of the server's principal's name"),
    data(92, "BINDTODEVICE", text!(bound_device), 1..=16)
        .doc("The network interface that connections go over"),
    switch(
        93,
        "ZAP_ENFORCE_DOMAIN",
        field!(zap_enforce_domain),
        Any,
        false,
    )
    .not_yet()
    .doc("Asks the authenticator only if there is a ZAP_DOMAIN"),
    switch(
        94,
        "LOOPBACK_FASTPATH",
        field!(loopback_fastpath),
        Any,
        false,
    )
    .doc("For Windows; without effect elsewhere"),
    row(95, "METADATA", Value::Custom(add_metadata))
        .set_only(&[])
        .doc("A property that peers are told, as X-name:value"),
    switch(96, "MULTICAST_LOOP", field!(multicast_loop), Any, true)
        .doc("Multicasts reach this machine too"),
    int(97, "ROUTER_NOTIFY", field!(router_notify), 0..=3, 0)
        .setters(&[Router, Rep])
        .doc("Tells of connects (1) and disconnects (2) by messages of routing id and nothing"),
    switch(98, "XPUB_MANUAL_LAST_VALUE", LAST_VALUE, NotNegative, false)
        .set_only(&[XPub, Pub])
        .doc("As XPUB_MANUAL, and the next message goes to the last subscriber only"),
    data(99, "SOCKS_USERNAME", text!(socks_username), 0..=255)
        .doc("The user name for the SOCKS5 proxy"),
    data(100, "SOCKS_PASSWORD", text!(socks_password), 0..=255)
        .doc("The password for the SOCKS5 proxy"),
    int(
        101,
        "IN_BATCH_SIZE",
        field!(in_batch_size),
        POSITIVE,
        BATCH_SIZE,
    )
    .doc("How many bytes to read at once, if it is not the default; 64 KiB at the most"),
    int(
        102,
        "OUT_BATCH_SIZE",
        field!(out_batch_size),
        POSITIVE,
        BATCH_SIZE,
    )
    .doc("How many bytes to write at once, if it is not the default"),
    row(103, "WSS_KEY_PEM", Value::Absent)
        .set_only(&[])
        .doc("The key of a wss server"),
    row(104, "WSS_CERT_PEM", Value::Absent)
        .set_only(&[])
        .doc("The certificate of a wss server"),
    row(105, "WSS_TRUST_PEM", Value::Absent)
        .set_only(&[])
        .doc("Certificates that a wss client trusts"),
    row(106, "WSS_HOSTNAME", Value::Absent)
        .set_only(&[])
        .doc("The name that a wss server must prove"),
    row(107, "WSS_TRUST_SYSTEM", Value::Absent)
        .set_only(&[])
        .doc("Trusts the system's certificates too"),
    switch(
        108,
        "ONLY_FIRST_SUBSCRIBE",
        field!(only_first_subscribe),
        NotNegative,
        false,
    )
    .set_only(&[XPub, Pub, XSub])
    .doc("Only the first frame of a message can be a subscription"),
    int(109, "RECONNECT_STOP", field!(reconnect_stop), ANY, 0).doc(
        "When not to connect again: refused (1), handshake failed (2), disconnected by us (4)",
    ),
    data(110, "HELLO_MSG", bytes!(hello_msg), 0..=usize::MAX)
        .set_only(&[])
        .doc("What a new peer is sent"),
    data(
        111,
        "DISCONNECT_MSG",
        bytes!(disconnect_msg),
        0..=usize::MAX,
    )
    .set_only(&[])
    .doc("What is received when a peer is gone"),
    int(112, "PRIORITY", field!(priority), NATURAL, 0).doc("Priority of packets in the kernel"),
    int(113, "BUSY_POLL", field!(busy_poll), ANY, 0)
        .doc("How long the kernel polls the network device, in µs; 0 leaves it alone"),
    data(114, "HICCUP_MSG", bytes!(hiccup_msg), 0..=usize::MAX)
        .set_only(&[])
        .doc("What is received when a connection is lost and will be made again"),
    switch(
        115,
        "XSUB_VERBOSE_UNSUBSCRIBE",
        field!(xsub_verbose_unsubscribe),
        Any,
        false,
    )
    .set_only(&[XSub])
    .doc("Passes on repeated unsubscriptions too"),
    row(number::TOPICS_COUNT, "TOPICS_COUNT", Value::Live)
        .get_only()
        .doc("How many prefixes are subscribed"),
    row(117, "NORM_MODE", Value::Absent).doc("Congestion control of NORM"),
    row(118, "NORM_UNICAST_NACK", Value::Absent).doc("Whether NORM asks again by unicast"),
    row(119, "NORM_BUFFER_SIZE", Value::Absent).doc("Buffer of a NORM stream"),
    row(120, "NORM_SEGMENT_SIZE", Value::Absent).doc("Length of a NORM packet"),
    row(121, "NORM_BLOCK_SIZE", Value::Absent).doc("Packets in a NORM block"),
    row(122, "NORM_NUM_PARITY", Value::Absent).doc("Parity packets of a NORM block at most"),
    row(123, "NORM_NUM_AUTOPARITY", Value::Absent).doc("Parity packets that NORM sends unasked"),
    row(124, "NORM_PUSH", Value::Absent).doc("Whether a NORM sender may overrun"),
];

/// What libzmq reads and writes at once. Here it stands for what proved best.
pub const BATCH_SIZE: i32 = 8192;

const PLAIN_SERVER: Field<bool> = Field {
    get: |options| options.as_server && options.mechanism == Mechanism::Plain,
    set: |options, on| {
        options.as_server = on;
        options.mechanism = if on {
            Mechanism::Plain
        } else {
            Mechanism::Null
        };
    },
};

const VERBOSE: Field<bool> = Field {
    get: |options| options.xpub_verbose_subs,
    set: |options, on| (options.xpub_verbose_subs, options.xpub_verbose_unsubs) = (on, false),
};

const VERBOSER: Field<bool> = Field {
    get: |options| options.xpub_verbose_unsubs,
    set: |options, on| (options.xpub_verbose_subs, options.xpub_verbose_unsubs) = (on, on),
};

const LAST_VALUE: Field<bool> = Field {
    get: |options| options.xpub_manual_last_value,
    set: |options, on| (options.xpub_manual, options.xpub_manual_last_value) = (on, on),
};

/// The wire counts tenths of a second.
const HEARTBEAT_TTL: Field<i32> = Field {
    get: |options| options.heartbeat_ttl,
    set: |options, milliseconds| options.heartbeat_ttl = milliseconds / 100 * 100,
};

fn thread_safe(options: &SocketOptions) -> i32 {
    let shared = [Server, Client, Radio, Dish, Gather, Scatter, Peer, Channel];
    shared.contains(&options.socket_type).into()
}

/// `X-name:value`, neither part empty; each counts up to its first NUL. Four bytes
/// are taken for an `int` that was given by mistake.
fn add_metadata(options: &mut SocketOptions, given: Option<&[u8]>) -> Result<()> {
    let given = given.unwrap_or_default();
    let colon = given
        .iter()
        .position(|&byte| byte == b':')
        .ok_or(Error::Invalid)?;
    let (name, value) = (&given[..colon], &given[colon + 1..]);
    let named = name.starts_with(b"X-") && name.len() <= 255;
    if !named || value.is_empty() || given.len() == size_of::<i32>() {
        return Err(Error::Invalid);
    }
    let [name, value] = [name, value].map(up_to_nul);
    if !options.metadata.iter().any(|(known, _)| known == name) {
        options
            .metadata
            .push((value::keep(name)?, value::keep(value)?));
    }
    Ok(())
}

fn up_to_nul(text: &[u8]) -> &[u8] {
    text.split(|&byte| byte == 0).next().unwrap_or_default()
}
