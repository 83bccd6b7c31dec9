//! Inputs to begin with: well-formed ones, of all kinds, made from a seed.
//!
//! Noise alone hardly gets past the first frame, or the scheme of an endpoint. There
//! is one generator for each check, by the same name.

use zmq::options::TABLE;
use zmq::zmtp::frame::{self, COMMAND, MORE};
use zmq::zmtp::{SocketType, Version, command as body, metadata as list, v1};

use super::protocol::valid_greeting;

/// A small generator with a fixed seed (xorshift*).
pub struct Random(pub u64);

impl Random {
    /// The next number, of 48 bits.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// A number below this one.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// Noise.
    pub fn bytes(&mut self, max_len: usize) -> Vec<u8> {
        let len = self.below(max_len + 1);
        self.exactly(len)
    }

    /// A few changes to something well-formed.
    pub fn spoil(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
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

    /// Noise of this length.
    fn exactly(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.next() as u8).collect()
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
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
    list::encode(kind, &routing_id, &own, &mut out);
    out
}

fn traffic(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..random.below(12) {
        let body = random.bytes(300);
        match random.below(6) {
            0 => frame::encode(MORE, &body, &mut out),
            1 => frame::encode(COMMAND, &body, &mut out),
            2 => body::encode_ping(random.next() as u16, &body, &mut out),
            3 => body::encode_subscribe(Version::V3_1, &body, &mut out),
            4 => (0..random.below(9)).for_each(|_| frame::encode(0, &body, &mut out)),
            _ => frame::encode(0, &body, &mut out),
        }
    }
    out
}

/// A greeting, READY and traffic; at times an older peer's greeting, or none.
pub fn handshake(random: &mut Random) -> Vec<u8> {
    let mut out = random.exactly(2);
    match random.below(4) {
        0 | 1 => out.extend(valid_greeting()),
        2 => {}
        // An older peer, whose routing id follows.
        _ => {
            out.extend_from_slice(&valid_greeting()[..10]);
            out.extend([random.below(2) as u8, random.next() as u8]);
        }
    }
    body::encode_ready(&properties(random), &mut out);
    out.extend(traffic(random));
    out
}

/// Messages and commands.
pub fn scan(random: &mut Random) -> Vec<u8> {
    [random.exactly(3), traffic(random)].concat()
}

/// The body of a command.
pub fn command(random: &mut Random) -> Vec<u8> {
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
    [random.one_of(&names), &random.bytes(300)].concat()
}

/// A list of properties.
pub fn metadata(random: &mut Random) -> Vec<u8> {
    [random.exactly(1), properties(random)].concat()
}

/// A schedule.
pub fn heartbeat(random: &mut Random) -> Vec<u8> {
    random.bytes(400)
}

/// Frames of ZMTP 1.0.
pub fn version_1(random: &mut Random) -> Vec<u8> {
    let mut out = random.exactly(1);
    for _ in 0..random.below(12) {
        let body = random.bytes(300);
        v1::put_header(random.below(2) == 0, body.len() as u64, &mut out);
        out.extend(body);
    }
    out
}

/// A long run of bytes.
pub fn raw(random: &mut Random) -> Vec<u8> {
    random.bytes(10_000)
}

/// An endpoint, of parts that are each right somewhere.
pub fn endpoint(random: &mut Random) -> Vec<u8> {
    let schemes = ["tcp", "tcp", "ipc", "inproc", "udp", "ws", ""];
    let hosts = [
        "127.0.0.1",
        "*",
        "lo",
        "[::1]",
        "::1",
        "0",
        "255.255.255.255",
        "[fe80::1%lo]",
        "[::ffff:1.2.3.4]",
        "@name",
        "/path",
        "1.2",
        "0x7f.1",
        "",
    ];
    let ports = [
        ":5555",
        ":*",
        ":0",
        ":65536",
        ":99999999999",
        ":5555x",
        ":",
        "",
    ];
    let mut text = format!("{}://", random.one_of(&schemes));
    for _ in 0..=random.below(2) {
        text += random.one_of(&hosts);
        text += random.one_of(&ports);
        text += random.one_of(&["", "", ";", "%", "/"]);
    }
    text.into_bytes()
}

/// A proxy that agrees to everything, or to nearly everything.
pub fn socks(random: &mut Random) -> Vec<u8> {
    let cut = random.next() as u8;
    let login = random.below(2) as u8;
    let mut out = vec![cut, login, 5, login * 2];
    if login == 1 {
        out.extend([1, 0]);
    }
    out.extend([5, random.one_of(&[0, 0, 0, 1, 5, 8]), 0]);
    out.extend(match random.below(4) {
        0 => [vec![1], random.exactly(6)].concat(),
        1 => [vec![4], random.exactly(18)].concat(),
        2 => [vec![3, 5], random.exactly(7)].concat(),
        _ => random.bytes(8),
    });
    out.extend(random.bytes(20));
    out
}

/// Values that options may have, and some that they may not.
pub fn options(random: &mut Random) -> Vec<u8> {
    let mut out = random.exactly(1);
    for _ in 0..random.below(12) {
        let texts: [&[u8]; 8] = [
            b"NULL",
            b"127.0.0.0/8",
            b"[::1]/64",
            b"X-name:value",
            b"host:1080\0",
            b"1.2.3.4/33",
            b"lo",
            b"\0",
        ];
        let value = match random.below(5) {
            0 | 1 => (random.below(5) as i32 - 1).to_ne_bytes().to_vec(),
            2 => (random.next() as i64 - 1).to_ne_bytes().to_vec(),
            3 => random.one_of(&texts).to_vec(),
            _ => random.bytes(255),
        };
        out.push(random.below(TABLE.len()) as u8);
        out.push(random.below(10) as u8);
        out.push(value.len() as u8);
        out.extend(value);
    }
    out
}

/// Characters of Z85.
pub fn z85(random: &mut Random) -> Vec<u8> {
    let digits = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>";
    (0..random.below(16) * 5)
        .map(|_| random.one_of(digits))
        .collect()
}

/// Subscriptions to topics that share their beginnings.
pub fn topics(random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..random.below(60) {
        let len = random.below(8);
        out.extend([random.next() as u8, len as u8]);
        out.extend((0..len).map(|_| random.one_of(b"aab")));
    }
    out
}
