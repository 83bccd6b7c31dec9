//! The bodies of command frames (RFC 37, "Commands").
//!
//! A body is a name, preceded by its length, and data whose form depends on the
//! name. [`parse`] borrows from the body; `encode_*` append a whole frame.
//!
//! Promises: no body makes [`parse`] panic or read past its end. A name that is
//! not known here is [`Command::Unknown`] and to be ignored, so that later
//! versions of the protocol may add their own. Metadata inside READY is read by
//! [`metadata`](super::metadata).

use bytes::{Buf, BufMut};

use super::error::ProtocolError;
use super::frame::{self, COMMAND};
use super::greeting::Version;

/// Longest context of a PING that is echoed.
pub const MAX_CONTEXT: usize = 16;

/// What the body of a SUBSCRIBE starts with; the topic follows.
pub const SUBSCRIBE: &[u8] = b"\x09SUBSCRIBE";

/// What the body of a CANCEL starts with; the topic follows.
pub const CANCEL: &[u8] = b"\x06CANCEL";

/// A command of NULL's handshake or of the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command<'a> {
    /// End of the handshake; holds encoded metadata.
    Ready(&'a [u8]),
    /// The peer will not talk to us; holds its reason.
    Error(&'a [u8]),
    /// Asks for a PONG.
    Ping {
        /// Time without traffic, in tenths of a second, after which the peer
        /// asks to be given up; zero for never.
        ttl: u16,
        /// Bytes to send back.
        context: &'a [u8],
    },
    /// Answers a PING; holds its context.
    Pong(&'a [u8]),
    /// Asks for messages that start with this topic.
    Subscribe(&'a [u8]),
    /// Takes a subscription back.
    Cancel(&'a [u8]),
    /// Joins a group of a RADIO.
    Join(&'a [u8]),
    /// Leaves a group of a RADIO.
    Leave(&'a [u8]),
    /// Some other name.
    Unknown(&'a [u8]),
}

/// The topic of a body that subscribes, or takes that back, and which of both.
pub fn subscription(body: &[u8]) -> Option<(bool, &[u8])> {
    let subscribed = body.strip_prefix(SUBSCRIBE).map(|topic| (true, topic));
    subscribed.or_else(|| body.strip_prefix(CANCEL).map(|topic| (false, topic)))
}

/// Reads the body of a command frame.
pub fn parse(body: &[u8]) -> Result<Command<'_>, ProtocolError> {
    let mut data = body;
    let name = take_counted(&mut data).ok_or(ProtocolError::MalformedCommand)?;
    Ok(match name {
        b"READY" => Command::Ready(data),
        b"ERROR" => Command::Error(take_counted(&mut data).ok_or(ProtocolError::MalformedError)?),
        b"PING" => ping(data)?,
        b"PONG" => Command::Pong(data),
        b"SUBSCRIBE" => Command::Subscribe(data),
        b"CANCEL" => Command::Cancel(data),
        b"JOIN" => Command::Join(data),
        b"LEAVE" => Command::Leave(data),
        b"" => return Err(ProtocolError::MalformedCommand),
        _ => Command::Unknown(name),
    })
}

fn ping(mut data: &[u8]) -> Result<Command<'_>, ProtocolError> {
    match data.try_get_u16() {
        Ok(ttl) => Ok(Command::Ping { ttl, context: data }),
        Err(_) => Err(ProtocolError::MalformedMessage),
    }
}

/// Takes bytes that are preceded by their number.
fn take_counted<'a>(data: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = data.try_get_u8().ok()?;
    data.split_off(..len.into())
}

/// The ZAP status in the reason of an ERROR, if that is what it is.
pub fn zap_status(reason: &[u8]) -> Option<u16> {
    match reason {
        b"300" => Some(300),
        b"400" => Some(400),
        b"500" => Some(500),
        _ => None,
    }
}

/// Appends a READY with this encoded metadata.
pub fn encode_ready(metadata: &[u8], out: &mut Vec<u8>) {
    encode_command("READY", &[metadata], out);
}

/// Appends an ERROR; a reason is cut to the 255 bytes that it can have.
pub fn encode_error(reason: &[u8], out: &mut Vec<u8>) {
    let len = reason.len().min(u8::MAX.into());
    encode_command("ERROR", &[&[len as u8], &reason[..len]], out);
}

/// Appends a PING; a context is cut to [`MAX_CONTEXT`].
pub fn encode_ping(ttl: u16, context: &[u8], out: &mut Vec<u8>) {
    encode_command("PING", &[&ttl.to_be_bytes(), short_context(context)], out);
}

/// Appends a PONG; a context is cut to [`MAX_CONTEXT`].
pub fn encode_pong(context: &[u8], out: &mut Vec<u8>) {
    encode_command("PONG", &[short_context(context)], out);
}

/// Appends a subscription in the form that a peer of this version reads: a
/// command from ZMTP 3.1 on, before that a message that starts with 1.
pub fn encode_subscribe(version: Version, topic: &[u8], out: &mut Vec<u8>) {
    encode_subscription(version, ("SUBSCRIBE", 1), topic, out);
}

/// Appends the end of a subscription: a command, or a message that starts with 0.
pub fn encode_cancel(version: Version, topic: &[u8], out: &mut Vec<u8>) {
    encode_subscription(version, ("CANCEL", 0), topic, out);
}

fn encode_subscription(
    version: Version,
    (name, first): (&str, u8),
    topic: &[u8],
    out: &mut Vec<u8>,
) {
    if version >= Version::V3_1 {
        encode_command(name, &[topic], out);
    } else {
        encode_parts(0, &[&[first], topic], out);
    }
}

fn encode_command(name: &str, data: &[&[u8]], out: &mut Vec<u8>) {
    let (first, second) = (data[0], data.get(1).copied().unwrap_or_default());
    encode_parts(
        COMMAND,
        &[&[name.len() as u8], name.as_bytes(), first, second],
        out,
    );
}

fn encode_parts(flags: u8, parts: &[&[u8]], out: &mut Vec<u8>) {
    let body_len = parts.iter().map(|part| part.len()).sum();
    out.reserve(frame::LONG_HEADER + body_len);
    frame::put_header(flags, body_len, out);
    parts.iter().for_each(|part| out.put_slice(part));
}

fn short_context(context: &[u8]) -> &[u8] {
    &context[..context.len().min(MAX_CONTEXT)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(encode: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        encode(&mut out);
        out
    }

    #[test]
    fn encode_is_byte_exact() {
        assert_eq!(
            encoded(|out| encode_ping(0, b"", out)),
            b"\x04\x07\x04PING\0\0"
        );
        assert_eq!(
            encoded(|out| encode_ping(0x1234, b"ab", out)),
            b"\x04\x09\x04PING\x12\x34ab"
        );
        assert_eq!(
            encoded(|out| encode_pong(b"abc", out)),
            b"\x04\x08\x04PONGabc"
        );
        assert_eq!(encoded(|out| encode_ready(b"", out)), b"\x04\x06\x05READY");
        assert_eq!(
            encoded(|out| encode_error(b"400", out)),
            b"\x04\x0a\x05ERROR\x03400"
        );
    }

    #[test]
    fn contexts_are_cut_to_sixteen_bytes() {
        let pong = encoded(|out| encode_pong(&[7; 58], out));
        assert_eq!(pong[..2], [COMMAND, 21]);
        assert_eq!(pong.len(), 23);
    }

    #[test]
    fn subscriptions_take_the_peers_form() {
        let form = |version| encoded(|out| encode_subscribe(version, b"A", out));
        assert_eq!(form(Version::V3_0), b"\0\x02\x01A");
        assert_eq!(form(Version::V3_1), b"\x04\x0b\x09SUBSCRIBEA");
        let form = |version| encoded(|out| encode_cancel(version, b"A", out));
        assert_eq!(form(Version::V3_0), b"\0\x02\0A");
        assert_eq!(form(Version::V3_1), b"\x04\x08\x06CANCELA");
    }

    #[test]
    fn subscriptions_cross_the_short_form_where_the_frame_does() {
        let flags = |version, len| encoded(|out| encode_subscribe(version, &vec![0; len], out))[0];
        assert_eq!(flags(Version::V3_1, 245), COMMAND);
        assert_eq!(flags(Version::V3_1, 246), COMMAND | frame::LONG);
        assert_eq!(flags(Version::V3_0, 254), 0);
        assert_eq!(flags(Version::V3_0, 255), frame::LONG);
    }

    #[test]
    fn parse_reads_each_command() {
        assert_eq!(parse(b"\x05READYmeta"), Ok(Command::Ready(b"meta")));
        assert_eq!(parse(b"\x05ERROR\x02noxx"), Ok(Command::Error(b"no")));
        assert_eq!(
            parse(b"\x04PING\0\x0actx"),
            Ok(Command::Ping {
                ttl: 10,
                context: b"ctx"
            })
        );
        assert_eq!(parse(b"\x04PONG"), Ok(Command::Pong(b"")));
        assert_eq!(parse(b"\x09SUBSCRIBEA"), Ok(Command::Subscribe(b"A")));
        assert_eq!(parse(b"\x06CANCEL"), Ok(Command::Cancel(b"")));
        assert_eq!(parse(b"\x04JOINg"), Ok(Command::Join(b"g")));
        assert_eq!(parse(b"\x05LEAVEg"), Ok(Command::Leave(b"g")));
        assert_eq!(parse(b"\x04pingxx"), Ok(Command::Unknown(b"ping")));
    }

    #[test]
    fn parse_refuses_what_does_not_fit() {
        assert_eq!(parse(b""), Err(ProtocolError::MalformedCommand));
        assert_eq!(parse(b"\0"), Err(ProtocolError::MalformedCommand));
        assert_eq!(parse(b"\xffFOO"), Err(ProtocolError::MalformedCommand));
        assert_eq!(parse(b"\x04PING"), Err(ProtocolError::MalformedMessage));
        assert_eq!(parse(b"\x04PING\0"), Err(ProtocolError::MalformedMessage));
        assert_eq!(parse(b"\x05ERROR"), Err(ProtocolError::MalformedError));
        assert_eq!(
            parse(b"\x05ERROR\x05ab"),
            Err(ProtocolError::MalformedError)
        );
    }

    #[test]
    fn only_three_reasons_are_statuses() {
        assert_eq!(zap_status(b"400"), Some(400));
        for other in [&b"200"[..], b"401", b"4000", b"", b"Sorry"] {
            assert_eq!(zap_status(other), None);
        }
    }
}
