//! Handshakes byte by byte, with peers of each version.

use super::*;

const GREETING: &[u8; 64] = &{
    let mut greeting = [0; 64];
    let start = *b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\x01NULL";
    let mut at = 0;
    while at < start.len() {
        greeting[at] = start[at];
        at += 1;
    }
    greeting
};
const DEALER_READY: &[u8] = b"\x04\x29\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\0";
const PUSH_READY: &[u8] = b"\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PUSH";

fn handshake(socket_type: SocketType) -> Handshake {
    Handshake::new(Config::new(socket_type))
}

/// A handshake that has seen the greeting and given all its output.
fn greeted(socket_type: SocketType) -> Handshake {
    let mut handshake = handshake(socket_type);
    assert_eq!(handshake.handle(GREETING), Ok(64));
    while handshake.poll_output().is_some() {}
    handshake
}

fn refused(body: &[u8]) -> ProtocolError {
    let mut bytes = Vec::new();
    frame::encode(frame::COMMAND, body, &mut bytes);
    let mut handshake = greeted(SocketType::Pull);
    let error = handshake.handle(&bytes).unwrap_err();
    assert_eq!(handshake.poll_output(), None);
    assert_eq!(handshake.handle(PUSH_READY), Err(error));
    assert_eq!(handshake.peer(), None);
    error
}

#[test]
fn output_comes_in_the_pieces_that_libzmq_sends() {
    let mut handshake = handshake(SocketType::Dealer);
    assert_eq!(handshake.poll_output().unwrap(), GREETING[..10]);
    assert_eq!(handshake.poll_output(), None);
    assert_eq!(handshake.handle(&GREETING[..9]), Ok(9));
    assert_eq!(handshake.poll_output(), None);
    assert_eq!(handshake.handle(&GREETING[9..10]), Ok(1));
    assert_eq!(handshake.poll_output().unwrap(), [3]);
    assert_eq!(handshake.handle(&GREETING[10..11]), Ok(1));
    assert_eq!(handshake.poll_output().unwrap(), GREETING[11..]);
    assert_eq!(handshake.handle(&GREETING[11..63]), Ok(52));
    assert_eq!(handshake.poll_output(), None);
    assert_eq!(handshake.handle(&GREETING[63..]), Ok(1));
    assert_eq!(handshake.poll_output().unwrap(), DEALER_READY);
    assert_eq!(handshake.peer(), None);
}

#[test]
fn a_whole_greeting_is_answered_at_once() {
    let mut handshake = Handshake::new(Config {
        routing_id: b"abc".to_vec(),
        ..Config::new(SocketType::Dealer)
    });
    assert_eq!(
        handshake.poll_output().unwrap(),
        *b"\xff\0\0\0\0\0\0\0\x04\x7f"
    );
    assert_eq!(handshake.handle(GREETING), Ok(64));
    let ready = b"\x04\x2c\x05READY\x0bSocket-Type\0\0\0\x06DEALER\x08Identity\0\0\0\x03abc";
    assert_eq!(
        handshake.poll_output().unwrap(),
        [&GREETING[10..], ready].concat()
    );
}

#[test]
fn ready_has_the_published_sizes() {
    for (socket_type, len) in [
        (SocketType::Dealer, 43),
        (SocketType::Router, 43),
        (SocketType::Req, 40),
        (SocketType::Rep, 27),
        (SocketType::Sub, 27),
        (SocketType::XPub, 28),
        (SocketType::Push, 28),
    ] {
        let mut handshake = handshake(socket_type);
        handshake.handle(GREETING).unwrap();
        assert_eq!(
            handshake.poll_output().unwrap().len(),
            64 + len,
            "{socket_type:?}"
        );
    }
}

#[test]
fn traffic_behind_the_handshake_is_not_consumed() {
    let bytes = [GREETING, PUSH_READY, b"\0\x02hi"].concat();
    let mut handshake = handshake(SocketType::Pull);
    assert_eq!(handshake.handle(&bytes), Ok(bytes.len() - 4));
    assert_eq!(handshake.handle(b"\0\x02hi"), Ok(0));
    let peer = handshake.peer().unwrap();
    assert_eq!(peer.socket_type, Some(SocketType::Push));
    assert_eq!(peer.version, Version::V3_1);
    assert_eq!(
        peer.properties,
        [(b"Socket-Type".to_vec(), b"PUSH".to_vec())]
    );
}

#[test]
fn any_fragmentation_gives_the_same_peer() {
    let bytes = [GREETING, DEALER_READY, b"\0\x02hi"].concat();
    let end = bytes.len() - 4;
    for first in 0..=bytes.len() {
        for second in first..=bytes.len() {
            let mut handshake = handshake(SocketType::Router);
            let mut output = Vec::new();
            let mut consumed = 0;
            for piece in [&bytes[..first], &bytes[first..second], &bytes[second..]] {
                consumed += handshake.handle(piece).unwrap();
                while let Some(bytes) = handshake.poll_output() {
                    output.extend(bytes);
                }
            }
            assert_eq!(consumed, end, "cut at {first} and {second}");
            assert_eq!(output.len(), 64 + 43);
            assert_eq!(
                handshake.peer().unwrap().socket_type,
                Some(SocketType::Dealer)
            );
        }
    }
}

#[test]
fn versions_are_handed_on() {
    let version = |major, minor| {
        let mut greeting = *GREETING;
        (greeting[10], greeting[11]) = (major, minor);
        let mut handshake = handshake(SocketType::Pull);
        handshake.handle(&greeting)?;
        handshake.handle(PUSH_READY)?;
        Ok::<_, ProtocolError>(handshake.peer().unwrap().version)
    };
    assert_eq!(version(3, 0), Ok(Version::V3_0));
    assert_eq!(version(3, 1), Ok(Version::V3_1));
    assert_eq!(version(4, 0), Ok(Version::V3_1));
}

/// What an older peer sends, in any pieces, and what it gets.
fn old(bytes: &[u8], routing_id: &[u8]) -> (Vec<u8>, Peer, usize) {
    let mut outcome = None;
    for piece in 1..=bytes.len() {
        let mut handshake = Handshake::new(Config {
            routing_id: routing_id.to_vec(),
            ..Config::new(SocketType::Dealer)
        });
        let (mut output, mut consumed) = (Vec::new(), 0);
        for piece in bytes.chunks(piece) {
            if handshake.peer().is_none() {
                consumed += handshake.handle(piece).unwrap();
            }
            output.extend(handshake.poll_output().unwrap_or_default());
        }
        let now = (output, handshake.peer().unwrap().clone(), consumed);
        assert_eq!(
            outcome.get_or_insert_with(|| now.clone()),
            &now,
            "pieces of {piece}"
        );
    }
    outcome.unwrap()
}

#[test]
fn a_peer_of_2_0_gets_our_type_and_routing_id() {
    let bytes = b"\xff\0\0\0\0\0\0\0\x01\x7f\x01\x06\0\x03abc\0\x02hi";
    let (output, peer, consumed) = old(bytes, b"xy");
    assert_eq!(output, b"\xff\0\0\0\0\0\0\0\x03\x7f\x03\x05\0\x02xy");
    assert_eq!(peer.version, Version::V2_0);
    assert_eq!(peer.routing_id, b"abc");
    assert_eq!(consumed, bytes.len() - 4);
}

#[test]
fn a_versioned_peer_of_1_0_gets_the_same_in_its_frames() {
    let bytes = b"\xff\0\0\0\0\0\0\0\x01\x7f\x00\x06\x04\0abc\x03\0hi";
    let (output, peer, consumed) = old(bytes, b"");
    assert_eq!(output, b"\xff\0\0\0\0\0\0\0\x01\x7f\x03\x05\x01\0");
    assert_eq!(peer.version, Version::V1_0);
    assert_eq!(peer.routing_id, b"abc");
    assert_eq!(consumed, bytes.len() - 4);
}

#[test]
fn an_unversioned_peer_takes_our_signature_for_a_header() {
    let (output, peer, consumed) = old(b"\x01\0\x03\0hi", b"xy");
    assert_eq!(output, b"\xff\0\0\0\0\0\0\0\x03\x7fxy");
    assert_eq!(peer.version, Version::Unversioned);
    assert_eq!((peer.routing_id.len(), consumed), (0, 2));

    let mut bytes = b"\xff\0\0\0\0\0\0\x01\0\0".to_vec();
    bytes.extend([7; 255]);
    let (_, peer, consumed) = old(&bytes, b"");
    assert_eq!((peer.routing_id.len(), consumed), (255, bytes.len()));
}

#[test]
fn an_older_peers_routing_id_is_bounded() {
    let mut handshake = handshake(SocketType::Dealer);
    let bytes = b"\xff\0\0\0\0\0\0\x01\x01\0";
    assert_eq!(handshake.handle(bytes), Err(ProtocolError::MessageTooLarge));
    let refused = Handshake::handle(&mut self::handshake(SocketType::Dealer), b"\0\0");
    assert_eq!(refused, Err(ProtocolError::ImpossibleLength));
}

#[test]
fn only_peers_of_1_0_are_translated_for() {
    let wire = |bytes: &[u8]| {
        let mut handshake = handshake(SocketType::Pub);
        handshake.handle(bytes).unwrap();
        let mut frames = Vec::new();
        handshake.wire().map(|mut wire| {
            wire.decode.decode(b"", &mut frames).unwrap();
            frames
        })
    };
    let signature = b"\xff\0\0\0\0\0\0\0\x01\x7f";
    assert_eq!(wire(b"\x01\0"), Some(b"\0\x01\x01".to_vec()));
    assert_eq!(
        wire(&[&signature[..], b"\0\x02\x01\0"].concat()),
        Some(Vec::new())
    );
    assert_eq!(wire(&[&signature[..], b"\x01\x02\0\0"].concat()), None);
}

#[test]
fn another_mechanism_is_refused_without_another_byte() {
    let mut greeting = *GREETING;
    greeting[12..17].copy_from_slice(b"PLAIN");
    let mut handshake = handshake(SocketType::Pull);
    assert_eq!(
        handshake.handle(&greeting),
        Err(ProtocolError::MechanismMismatch)
    );
    assert_eq!(handshake.poll_output(), None);
    assert_eq!(handshake.handle(b""), Err(ProtocolError::MechanismMismatch));
}

#[test]
fn flags_of_a_handshake_frame_have_no_meaning() {
    for flags in [0, 4, 5, 0xfc] {
        let mut ready = PUSH_READY.to_vec();
        ready[0] = flags;
        let mut handshake = greeted(SocketType::Pull);
        assert_eq!(handshake.handle(&ready), Ok(ready.len()));
        assert!(handshake.peer().is_some(), "flags {flags:#x}");
    }
}

#[test]
fn a_peer_may_keep_its_type_to_itself() {
    let mut handshake = greeted(SocketType::Pull);
    assert_eq!(handshake.handle(b"\x04\x06\x05READY"), Ok(8));
    assert_eq!(handshake.peer().unwrap().socket_type, None);
}

#[test]
fn commands_out_of_place_are_refused() {
    assert_eq!(refused(b"\x05HELLO"), ProtocolError::UnexpectedCommand);
    assert_eq!(refused(b"\x04PING\0\0"), ProtocolError::UnexpectedCommand);
    assert_eq!(refused(b""), ProtocolError::UnexpectedCommand);
    assert_eq!(refused(b"\xffREADY"), ProtocolError::UnexpectedCommand);
    assert_eq!(refused(b"\x05ERROR"), ProtocolError::MalformedError);
    assert_eq!(refused(b"\x05ERROR\x05ab"), ProtocolError::MalformedError);
    assert_eq!(refused(b"\x05READY\x01"), ProtocolError::InvalidMetadata);
}

#[test]
fn an_error_of_the_peer_carries_its_status() {
    let status = |body| match refused(body) {
        ProtocolError::Refused { status } => status,
        other => panic!("{other:?}"),
    };
    assert_eq!(status(b"\x05ERROR\x03400"), Some(400));
    assert_eq!(status(b"\x05ERROR\x03300"), Some(300));
    assert_eq!(status(b"\x05ERROR\x05Sorry"), None);
    assert_eq!(status(b"\x05ERROR\0"), None);
}

#[test]
fn incompatible_types_are_refused() {
    let ready = b"\x05READY\x0bSocket-Type\0\0\0\x03PUB";
    assert_eq!(refused(ready), ProtocolError::IncompatibleSocketType);
}

#[test]
fn an_announced_size_is_refused_before_its_bytes_come() {
    let mut handshake = greeted(SocketType::Pull);
    let huge = [6, 0x40, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(handshake.handle(&huge), Err(ProtocolError::MessageTooLarge));
    let mut handshake = greeted(SocketType::Pull);
    let absurd = [6, 0x80, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        handshake.handle(&absurd),
        Err(ProtocolError::ImpossibleLength)
    );
    let mut handshake = greeted(SocketType::Pull);
    let largest = [6, 0, 0, 0, 0, 0, 1, 0, 0];
    assert_eq!(handshake.handle(&largest), Ok(9));
}
