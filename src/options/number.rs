//! The numbers of the options that a socket answers or carries out itself
//! ([`Value::Live`](super::Value::Live)), or acts on at once.

#![allow(missing_docs, reason = "each is described by its row of the table")]

pub const SUBSCRIBE: i32 = 6;
pub const UNSUBSCRIBE: i32 = 7;
pub const RCVMORE: i32 = 13;
pub const FD: i32 = 14;
pub const EVENTS: i32 = 15;
pub const SNDHWM: i32 = 23;
pub const RCVHWM: i32 = 24;
pub const LAST_ENDPOINT: i32 = 32;
pub const XPUB_WELCOME_MSG: i32 = 72;
pub const TOPICS_COUNT: i32 = 116;
