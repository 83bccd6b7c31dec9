//! The fuzz checks on stable Rust: bounded, from a fixed seed, the same each time.
//!
//! Half of the inputs are noise, half are well-formed conversations with a few
//! bytes changed, cut or repeated, because noise alone hardly gets past the first
//! frame. It finds what is shallow; `fuzz/` digs with coverage.

#[path = "../fuzz/src/lib.rs"]
mod checks;

use zmq::zmtp::frame::{self, COMMAND, MORE};
use zmq::zmtp::{SocketType, Version, command, metadata, v1};

const ROUNDS: u32 = 4_000;

/// A small generator with a fixed seed (xorshift*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn bytes(&mut self, max_len: usize) -> Vec<u8> {
        let len = self.below(max_len + 1);
        (0..len).map(|_| self.next() as u8).collect()
    }

    /// A few changes to something well-formed.
    fn spoil(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        for _ in 0..self.below(4) {
            if bytes.is_empty() {
                break;
            }
            let at = self.below(bytes.len());
            match self.below(4) {
                0 => bytes[at] = self.next() as u8,
                1 => bytes[at] ^= 1 << self.below(8),
                2 => bytes.truncate(at),
                _ => bytes.extend_from_within(at..),
            }
        }
        bytes
    }

    fn socket_type(&mut self) -> SocketType {
        SocketType::ALL[self.below(SocketType::ALL.len())]
    }
}

fn properties(random: &mut Random) -> Vec<u8> {
    let kind = random.socket_type();
    let (routing_id, value) = (random.bytes(300), random.bytes(20));
    let own = [(b"X-name".to_vec(), value)];
    let mut out = Vec::new();
    metadata::encode(kind, &routing_id, &own, &mut out);
    out
}

fn traffic(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..random.below(12) {
        let body = random.bytes(300);
        match random.below(6) {
            0 => frame::encode(MORE, &body, &mut out),
            1 => frame::encode(COMMAND, &body, &mut out),
            2 => command::encode_ping(random.next() as u16, &body, &mut out),
            3 => command::encode_subscribe(Version::V3_1, &body, &mut out),
            4 => (0..random.below(9)).for_each(|_| frame::encode(0, &body, &mut out)),
            _ => frame::encode(0, &body, &mut out),
        }
    }
    out
}

/// Feeds noise and spoiled well-formed input, each behind `prefix` random bytes.
fn feed(seed: u64, prefix: usize, check: fn(&[u8]), well_formed: fn(&mut Random) -> Vec<u8>) {
    let mut random = Random(seed);
    for round in 0..ROUNDS {
        let mut input: Vec<u8> = (0..prefix).map(|_| random.next() as u8).collect();
        let rest = match round % 2 {
            0 => random.bytes(200),
            _ => {
                let bytes = well_formed(&mut random);
                random.spoil(bytes)
            }
        };
        input.extend(rest);
        check(&input);
    }
}

#[test]
fn handshake() {
    feed(0x5eed_0001, 2, checks::handshake, |random| {
        let mut out = match random.below(4) {
            0 | 1 => checks::valid_greeting(),
            2 => Vec::new(),
            // An older peer, whose routing id follows.
            _ => {
                let mut greeting = checks::valid_greeting();
                greeting.truncate(10);
                greeting.extend([random.below(2) as u8, random.next() as u8]);
                greeting
            }
        };
        command::encode_ready(&properties(random), &mut out);
        out.extend(traffic(random));
        out
    });
}

#[test]
fn scan() {
    feed(0x5eed_0002, 3, checks::scan, traffic);
}

#[test]
fn command_bodies() {
    feed(0x5eed_0003, 0, checks::command, |random| {
        let names: [&[u8]; 8] = [
            b"\x05READY",
            b"\x05ERROR",
            b"\x04PING",
            b"\x04PONG",
            b"\x09SUBSCRIBE",
            b"\x06CANCEL",
            b"\x04JOIN",
            b"\x05LEAVE",
        ];
        let name = names[random.below(names.len())];
        [name, &random.bytes(300)].concat()
    });
}

#[test]
fn metadata_lists() {
    feed(0x5eed_0004, 1, checks::metadata, properties);
}

#[test]
fn heartbeat() {
    feed(0x5eed_0005, 3, checks::heartbeat, |random| {
        random.bytes(400)
    });
}

#[test]
fn version_1() {
    feed(0x5eed_0006, 1, checks::version_1, |random| {
        let mut out = Vec::new();
        for _ in 0..random.below(12) {
            let body = random.bytes(300);
            v1::put_header(random.below(2) == 0, body.len() as u64, &mut out);
            out.extend(body);
        }
        out
    });
}
