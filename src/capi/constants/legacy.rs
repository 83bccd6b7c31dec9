//! Names that older programs use.

use std::ffi::c_int;

use super::flags::ZMQ_DONTWAIT;
use super::options::{ZMQ_CONNECT_ROUTING_ID, ZMQ_IMMEDIATE, ZMQ_ROUTER_MANDATORY, ZMQ_ROUTING_ID};
use super::socket::{ZMQ_DEALER, ZMQ_ROUTER};

/// Old name of ZMQ_DEALER.
pub const ZMQ_XREQ: c_int = ZMQ_DEALER;
/// Old name of ZMQ_ROUTER.
pub const ZMQ_XREP: c_int = ZMQ_ROUTER;
/// Old name of ZMQ_ROUTING_ID.
pub const ZMQ_IDENTITY: c_int = ZMQ_ROUTING_ID;
/// Old name of ZMQ_CONNECT_ROUTING_ID.
pub const ZMQ_CONNECT_RID: c_int = ZMQ_CONNECT_ROUTING_ID;
/// Accept TCP peers only from this network (string, address/bits); may be set
/// several times, NULL clears. Deprecated by ZAP. Write only.
pub const ZMQ_TCP_ACCEPT_FILTER: c_int = 38;
/// Accept ipc peers of this process (pid_t); may be set several times. Deprecated
/// by ZAP. Write only.
pub const ZMQ_IPC_FILTER_PID: c_int = 58;
/// Accept ipc peers of this user (uid_t); may be set several times. Deprecated by
/// ZAP. Write only.
pub const ZMQ_IPC_FILTER_UID: c_int = 59;
/// Accept ipc peers of this group (gid_t); may be set several times. Deprecated
/// by ZAP. Write only.
pub const ZMQ_IPC_FILTER_GID: c_int = 60;
/// The opposite of ZMQ_IPV6. Default 1.
pub const ZMQ_IPV4ONLY: c_int = 31;
/// Old name of ZMQ_IMMEDIATE.
pub const ZMQ_DELAY_ATTACH_ON_CONNECT: c_int = ZMQ_IMMEDIATE;
/// Old name of ZMQ_DONTWAIT.
pub const ZMQ_NOBLOCK: c_int = ZMQ_DONTWAIT;
/// Old name of ZMQ_ROUTER_MANDATORY.
pub const ZMQ_FAIL_UNROUTABLE: c_int = ZMQ_ROUTER_MANDATORY;
/// Old name of ZMQ_ROUTER_MANDATORY.
pub const ZMQ_ROUTER_BEHAVIOR: c_int = ZMQ_ROUTER_MANDATORY;
/// Message property: the descriptor the message came from, -1 if unknown.
pub const ZMQ_SRCFD: c_int = 2;
/// Kind of zmq_device(); has no effect.
pub const ZMQ_STREAMER: c_int = 1;
/// Kind of zmq_device(); has no effect.
pub const ZMQ_FORWARDER: c_int = 2;
/// Kind of zmq_device(); has no effect.
pub const ZMQ_QUEUE: c_int = 3;
