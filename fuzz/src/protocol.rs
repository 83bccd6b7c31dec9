//! What must hold for any bytes from a peer, one check for each machine of
//! `zmq::zmtp`.

use std::time::{Duration, Instant};

use zmq::zmtp::frame::{self, COMMAND, MORE};
use zmq::zmtp::handshake::MAX_COMMAND;
use zmq::zmtp::heartbeat::MAX_PONGS;
use zmq::zmtp::raw::PIECE;
use zmq::zmtp::wire::{Encode, Frames, Part};
use zmq::zmtp::{
    Command, Config, Handshake, Heartbeat, HeartbeatConfig, Limits, Peer, ProtocolError, Raw, Scan,
    Scanner, SocketType, Version, command, greeting, metadata, v1,
};

/// The bytes of a well-behaved peer's greeting.
pub fn valid_greeting() -> Vec<u8> {
    greeting::encode(0, "NULL").to_vec()
}

/// Any bytes as the peer of a handshake. The first two choose our socket type,
/// the size of the pieces, and whether a valid greeting goes before the rest.
pub fn handshake(data: &[u8]) {
    let Some((&[kind, cut], data)) = data.split_first_chunk() else {
        return;
    };
    let kind = SocketType::ALL[usize::from(kind) % SocketType::ALL.len()];
    let mut input = if cut & 0x80 == 0 {
        valid_greeting()
    } else {
        Vec::new()
    };
    input.extend_from_slice(data);

    let whole = run_handshake(kind, &input, input.len().max(1));
    let cut = usize::from(cut & 0x7f) + 1;
    assert_eq!(whole, run_handshake(kind, &input, cut), "pieces of {cut}");

    if let Ok((consumed, output, peer)) = whole {
        assert!(consumed <= input.len());
        assert_eq!(&output[..10], &greeting::encode(0, "NULL")[..10]);
        match peer {
            Some(peer) => {
                assert!(peer.socket_type.is_none_or(|peer| kind.accepts(peer)));
                assert!(peer.routing_id.len() <= 255);
                assert!(consumed as u64 <= 64 + 9 + MAX_COMMAND);
            }
            None => assert_eq!(consumed, input.len(), "an open handshake takes all"),
        }
    }
}

type Outcome = Result<(usize, Vec<u8>, Option<Peer>), ProtocolError>;

fn run_handshake(kind: SocketType, input: &[u8], cut: usize) -> Outcome {
    let mut handshake = Handshake::new(Config::new(kind));
    let mut output = handshake
        .poll_output()
        .expect("the signature is due at once");
    let mut consumed = 0;
    for piece in input.chunks(cut) {
        let taken = match handshake.handle(piece) {
            Ok(taken) => taken,
            Err(error) => {
                assert_eq!(handshake.poll_output(), None);
                assert!(handshake.peer().is_none());
                assert_eq!(handshake.handle(piece), Err(error), "an error is final");
                return Err(error);
            }
        };
        consumed += taken;
        while let Some(bytes) = handshake.poll_output() {
            output.extend_from_slice(&bytes);
        }
        if taken < piece.len() {
            assert!(
                handshake.peer().is_some(),
                "only a finished handshake leaves bytes"
            );
            break;
        }
    }
    Ok((consumed, output, handshake.peer().cloned()))
}

/// Any bytes as what a peer of ZMTP 1.0 sends. The first chooses the pieces.
pub fn version_1(data: &[u8]) {
    let Some((&cut, data)) = data.split_first() else {
        return;
    };
    let decoded = |bytes: &[u8], cut: usize| {
        let mut decode = v1::wire(false).decode;
        let mut frames = Vec::new();
        let mut outcome = Ok(());
        for piece in bytes.chunks(cut) {
            outcome = decode.decode(piece, &mut frames);
            if outcome.is_err() {
                break;
            }
        }
        (frames, outcome)
    };
    let whole = decoded(data, data.len().max(1));
    assert_eq!(whole, decoded(data, usize::from(cut) + 1));
    assert!(
        whole.0.len() <= data.len() * 9,
        "what is announced is not made"
    );

    // What has been read is written as bytes that are read alike.
    let wire = encoded(&whole.0, v1::wire(false).encode);
    assert_eq!(decoded(&wire, wire.len().max(1)), (whole.0, Ok(())));
}

/// Frames of messages as the bytes that an encoder makes of them.
fn encoded(mut frames: &[u8], mut encode: Box<dyn Encode>) -> Vec<u8> {
    let (mut cutter, mut wire) = (Frames::default(), Vec::new());
    while let Some(part) = cutter.next(&mut frames) {
        match part {
            Part::Header(header) => {
                assert!(!header.is_command());
                encode.header(&header, &mut wire);
            }
            Part::Body(body) => encode.body(body, &mut wire),
            Part::End => encode.end(&mut wire),
        }
    }
    wire
}

/// Any bytes as those of a raw peer. The first two choose the pieces, and whether
/// its coming and going are told.
pub fn raw(data: &[u8]) {
    let Some((&[cut, notify], data)) = data.split_first_chunk() else {
        return;
    };
    let notify = notify & 1 == 1;
    let mut decode = Raw { notify }.wire().decode;
    let mut frames = Vec::new();
    decode.decode(b"", &mut frames).expect("anything is raw");
    for piece in data.chunks(usize::from(cut) * 50 + 1) {
        decode.decode(piece, &mut frames).expect("anything is raw");
    }
    decode.end(&mut frames);
    let (mut rest, mut empty) = (&frames[..], 0);
    while let Some(header) = frame::parse_header(rest).expect("our own frames") {
        assert_eq!(header.flags & (COMMAND | MORE), 0);
        assert!(header.body_len <= PIECE as u64);
        empty += usize::from(header.body_len == 0);
        rest = &rest[header.frame_len() as usize..];
    }
    assert!(rest.is_empty());
    assert_eq!(empty, if notify { 2 } else { 0 });
    assert_eq!(encoded(&frames, Raw { notify }.wire().encode), data);
}

/// Any bytes as a receive buffer. The first three choose limits and pieces.
pub fn scan(data: &[u8]) {
    let Some((&[max_size, max_messages, cut], data)) = data.split_first_chunk() else {
        return;
    };
    let max_msg_size = (max_size != 0).then(|| u64::from(max_size) * 16);
    let unlimited = Limits {
        max_msg_size,
        max_messages: u32::MAX,
    };

    let expected = walk(data, max_msg_size);
    let mut bodies = Vec::new();
    let mut scanner = Scanner::new();
    let found = scanner.scan(data, unlimited, |body| {
        bodies.push(body.to_vec());
        Ok(())
    });
    assert_eq!(found, expected);
    let Ok(found) = found else {
        return;
    };
    assert_eq!(bodies.len(), found.commands as usize);

    // Piece by piece, a growing buffer that keeps what was not consumed.
    let (mut pieces, mut sum, mut buffer) = (Scanner::new(), Scan::default(), Vec::new());
    for piece in data.chunks(usize::from(cut) + 1) {
        buffer.extend_from_slice(piece);
        let scan = pieces
            .scan(&buffer, unlimited, |_| Ok(()))
            .expect("the whole was accepted");
        buffer.drain(..scan.consumed);
        if scan.messages > 0 {
            sum.whole = sum.consumed + scan.whole;
        }
        sum.consumed += scan.consumed;
        sum.messages += scan.messages;
        sum.commands += scan.commands;
        sum.next = scan.next;
    }
    assert_eq!(sum, found);
    assert_eq!(pieces.in_message(), scanner.in_message());

    // A few messages at a time.
    let few = Limits {
        max_msg_size,
        max_messages: u32::from(max_messages).max(1),
    };
    let (mut steps, mut consumed, mut messages) = (Scanner::new(), 0, 0);
    loop {
        let scan = steps
            .scan(&data[consumed..], few, |_| Ok(()))
            .expect("accepted before");
        assert!(scan.messages <= few.max_messages);
        consumed += scan.consumed;
        messages += scan.messages;
        if scan.messages < few.max_messages {
            break;
        }
    }
    assert_eq!((consumed, messages), (found.consumed, found.messages));
}

/// The plainest possible scan, to compare with.
fn walk(bytes: &[u8], max_msg_size: Option<u64>) -> Result<Scan, ProtocolError> {
    let mut scan = Scan::default();
    while let Some(header) = frame::parse_header(&bytes[scan.consumed..])? {
        if max_msg_size.is_some_and(|max| header.body_len > max) {
            return Err(ProtocolError::MessageTooLarge);
        }
        if header.frame_len() > (bytes.len() - scan.consumed) as u64 {
            scan.next = Some(header);
            break;
        }
        scan.consumed += header.frame_len() as usize;
        scan.commands += u32::from(header.is_command());
        if !header.is_command() && !header.more() {
            scan.messages += 1;
            scan.whole = scan.consumed;
        }
    }
    Ok(scan)
}

/// Any bytes as the body of a command: what is read can be written again.
pub fn command(body: &[u8]) {
    let mut out = Vec::new();
    let parsed = command::parse(body);
    match parsed {
        Ok(Command::Ready(data)) => command::encode_ready(data, &mut out),
        Ok(Command::Error(reason)) => command::encode_error(reason, &mut out),
        Ok(Command::Ping { ttl, context }) => command::encode_ping(ttl, context, &mut out),
        Ok(Command::Pong(context)) => command::encode_pong(context, &mut out),
        Ok(Command::Subscribe(topic)) => {
            command::encode_subscribe(Version::V3_1, topic, &mut out);
            let mut legacy = Vec::new();
            command::encode_subscribe(Version::V3_0, topic, &mut legacy);
            let body = only_frame(&legacy, 0);
            assert_eq!(body.split_first(), Some((&1, topic)));
        }
        Ok(Command::Cancel(topic)) => command::encode_cancel(Version::V3_1, topic, &mut out),
        Ok(Command::Join(_) | Command::Leave(_) | Command::Unknown(_)) | Err(_) => return,
    }
    let again = command::parse(only_frame(&out, COMMAND));
    match (parsed, again) {
        (Ok(Command::Ping { ttl, context }), Ok(Command::Ping { ttl: t, context: c })) => {
            assert_eq!((ttl, &context[..context.len().min(16)]), (t, c));
        }
        (Ok(Command::Pong(context)), Ok(Command::Pong(c))) => {
            assert_eq!(&context[..context.len().min(16)], c);
        }
        _ => assert_eq!(parsed, again),
    }
}

/// The body of the one frame that `bytes` must be.
fn only_frame(bytes: &[u8], kind: u8) -> &[u8] {
    let header = frame::parse_header(bytes)
        .expect("well-formed")
        .expect("whole");
    assert_eq!(header.flags & (COMMAND | MORE), kind);
    assert_eq!(header.frame_len(), bytes.len() as u64);
    &bytes[header.header_len..]
}

/// Any bytes as a list of properties; the first byte chooses our socket type.
pub fn metadata(data: &[u8]) {
    let Some((&kind, data)) = data.split_first() else {
        return;
    };
    let kind = SocketType::ALL[usize::from(kind) % SocketType::ALL.len()];
    let Ok(parsed) = metadata::parse(data, kind) else {
        return;
    };
    let mut again = Vec::new();
    for (name, value) in &parsed.properties {
        metadata::encode_property(name, value, &mut again);
    }
    assert!(again.len() <= data.len());
    assert!(parsed.properties.len() <= metadata::MAX_PROPERTIES);
    let reparsed = metadata::parse(&again, kind).expect("our own encoding is well-formed");
    assert_eq!(reparsed.properties, parsed.properties);
    assert_eq!(reparsed.routing_id, parsed.routing_id);
    assert_eq!(reparsed.socket_type.is_some(), parsed.socket_type.is_some());
}

/// Any bytes as a schedule: three for the options, then one for each step.
pub fn heartbeat(data: &[u8]) {
    let Some((&[interval, timeout, ttl], steps)) = data.split_first_chunk() else {
        return;
    };
    let millis = |count: u8| Duration::from_millis(u64::from(count) * 10);
    let config = HeartbeatConfig {
        interval: millis(interval),
        timeout: (timeout != 255).then(|| millis(timeout)),
        ttl: millis(ttl),
    };
    let start = Instant::now();
    let (mut now, mut heartbeat) = (start, Heartbeat::new(config, start));
    for &step in steps {
        match step % 5 {
            0 => now += millis(step),
            1 => heartbeat.handle_traffic(),
            2 => {
                let context = [step; 20];
                let context = &context[..usize::from(step) % 20];
                heartbeat.handle_command(
                    &Command::Ping {
                        ttl: step.into(),
                        context,
                    },
                    now,
                );
            }
            3 => heartbeat.handle_command(&Command::Pong(b""), now),
            _ => {
                if let Some(frames) = heartbeat.poll_output(now) {
                    assert!(frames.len() <= (MAX_PONGS + 1) * 23);
                    let scan = Scanner::new().scan(&frames, Limits::NONE, |body| {
                        assert!(matches!(
                            command::parse(body),
                            Ok(Command::Ping { .. } | Command::Pong(_))
                        ));
                        Ok(())
                    });
                    assert_eq!(scan.expect("own frames").consumed, frames.len());
                    assert_eq!(heartbeat.poll_output(now), None);
                }
            }
        }
        match heartbeat.handle_time(now) {
            Ok(()) => assert!(heartbeat.deadline().is_none_or(|at| at > now)),
            Err(error) => {
                assert_eq!(error, ProtocolError::PeerSilent);
                return;
            }
        }
    }
}
