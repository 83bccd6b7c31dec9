//! What the write half hands to the kernel, over real connections, with packets of a length
//! that is easy to reckon with.

use std::net::TcpStream;

use super::*;
use crate::link::OutWriter;
use crate::link::outbox::{MORE, outbox};
use crate::link::testing::{is_silent, read, tcp};
use crate::zmtp::frame::encode;

/// So many bytes go into a packet here.
const PACKET: usize = 20_000;
/// Room enough for all that a test writes at once.
const ROOM: usize = 200_000;

/// A write half, who fills its outbox, and who reads at the other end.
struct Wire {
    half: FlushHalf,
    writer: OutWriter,
    peer: TcpStream,
    /// All that was appended, as it is on the wire.
    appended: Vec<u8>,
    /// How much of that has been read.
    read: usize,
}

impl Wire {
    fn new() -> Wire {
        Wire::with_batch(Batches::default().write)
    }

    fn with_batch(batch: usize) -> Wire {
        let (writer, reader) = outbox();
        let mut half = FlushHalf::new(reader, None, batch);
        let peer = meet(&mut half);
        Wire {
            half,
            writer,
            peer,
            appended: Vec::new(),
            read: 0,
        }
    }

    /// Appends a message of so many bytes on the wire: a frame with a long header.
    fn append(&mut self, length: usize) {
        self.append_part(0, length);
        self.writer.commit();
    }

    fn append_part(&mut self, flags: u8, length: usize) {
        let number = self.appended.len() as u8;
        let body: Vec<u8> = (0..length - LONG_HEADER)
            .map(|at| (at % 251) as u8 ^ number)
            .collect();
        encode(flags, &body, &mut self.appended);
        if length < crate::link::LARGE {
            self.writer.append_copy(flags, &body).unwrap();
        } else {
            let body = Msg::copy_from(&body).unwrap();
            self.writer.append_body(flags, body).unwrap();
        }
    }

    fn write(&mut self, stream: bool) -> Wrote {
        self.half.write(stream, &mut Vec::new()).0
    }

    /// So many bytes have come, as they were appended, and no more.
    fn hear(&mut self, count: usize) {
        self.hear_before_more(count);
        assert!(is_silent(&self.peer), "after {count} bytes");
    }

    /// The same; more may have come.
    fn hear_before_more(&mut self, count: usize) {
        let heard = read(&mut self.peer, count);
        assert!(heard == self.appended[self.read..self.read + count]);
        self.read += count;
    }

    /// How much of what was appended the kernel has taken.
    fn out(&self) -> usize {
        (self.writer.committed_bytes() - self.writer.unflushed_bytes()) as usize
    }

    fn left(&self) -> usize {
        self.appended.len() - self.read
    }
}

/// Gives the half a new connection, whose other end is returned.
fn meet(half: &mut FlushHalf) -> TcpStream {
    let (conn, peer) = tcp(ROOM);
    half.connect(conn, None);
    half.pack(PACKET);
    peer
}

#[test]
fn a_stream_leaves_a_little_for_the_next_packet_and_everybody_else_nothing() {
    for (length, left) in [
        (300, 0),
        (PACKET - 1, 0),
        (PACKET, 0),
        (PACKET + 1, 1),
        (PACKET + PACKET / 4, PACKET / 4),
        (PACKET + PACKET / 4 + 1, 0),
        (2 * PACKET, 0),
        (4 * PACKET + 100, 100),
        // A batch and more, all of which is there.
        (8 * PACKET + 100, 100),
        (8 * PACKET + PACKET / 2, 0),
    ] {
        for stream in [false, true] {
            let mut wire = Wire::new();
            wire.append(length);
            let left = if stream { left } else { 0 };
            let expected = if left > 0 { Wrote::Most } else { Wrote::All };
            assert_eq!(wire.write(stream), expected, "{length} bytes, {stream}");
            assert_eq!(wire.half.is_clean(), left == 0);
            wire.hear(length - left);
        }
    }
}

#[test]
fn what_was_left_goes_with_the_next_message_or_alone() {
    let mut wire = Wire::new();
    for round in 1..=5 {
        wire.append(PACKET + 100);
        assert_eq!(wire.write(true), Wrote::Most);
        wire.hear(PACKET);
        assert_eq!(wire.left(), round * 100);
        assert_eq!(wire.writer.acknowledged(), round as u64 - 1, "not out yet");
    }
    // Also within a stream: whoever comes for it alone wants it out.
    assert_eq!(wire.write(true), Wrote::All);
    wire.hear(500);
    assert_eq!(wire.writer.acknowledged(), 5);
    // Of small messages, some may wait whole.
    for _ in 0..80 {
        wire.append(300);
    }
    assert_eq!(wire.write(true), Wrote::Most);
    wire.hear(PACKET);
    assert_eq!(wire.writer.acknowledged(), 5 + PACKET as u64 / 300);
    wire.append(300);
    assert_eq!(wire.write(false), Wrote::All);
    wire.hear(wire.left());
    assert!(wire.half.is_clean());
}

#[test]
fn what_goes_on_is_cut_at_whole_packets_and_only_its_end_is_left() {
    for stream in [false, true] {
        let mut wire = Wire::new();
        // Three of these are a batch.
        for _ in 0..4 {
            wire.append(3 * PACKET + 9);
        }
        assert_eq!(wire.write(stream), Wrote::Some);
        wire.hear(9 * PACKET);
        let (last, left) = match stream {
            true => (Wrote::Most, 4 * 9),
            false => (Wrote::All, 0),
        };
        assert_eq!(wire.write(stream), last);
        wire.hear(wire.left() - left);
    }
}

#[test]
fn who_wants_small_batches_gets_them() {
    let mut wire = Wire::with_batch(3000);
    wire.append(PACKET + 100);
    for _ in 0..6 {
        assert_eq!(wire.write(true), Wrote::Some);
        wire.hear(3000);
    }
    assert_eq!(wire.write(true), Wrote::All);
    wire.hear(2100);
}

#[test]
fn a_command_goes_right_behind_the_message_that_is_out_in_part() {
    const PING: &[u8] = b"\x04\x07\x04PING\0\0";
    // Small and large bodies, alone and in parts, over several blocks of the outbox.
    let shapes: [&[(u8, usize)]; 5] = [
        &[(0, PACKET + 100)],
        &[(0, 6 * PACKET)],
        &[(0, 7000)],
        &[(MORE, 300), (MORE, PACKET), (MORE, 5000), (0, PACKET + 7)],
        &[
            (MORE, 6000),
            (MORE, 7000),
            (MORE, 6500),
            (MORE, 7500),
            (0, 300),
        ],
    ];
    for batch in [Batches::default().write, 3000] {
        for shape in shapes {
            let mut wire = Wire::with_batch(batch);
            let mut ends = vec![0];
            while wire.appended.len() < 20 * PACKET {
                for (flags, length) in shape {
                    wire.append_part(*flags, *length);
                }
                wire.writer.commit();
                ends.push(wire.appended.len());
            }
            while wire.left() > 0 {
                let end = *ends.iter().find(|end| **end >= wire.read).unwrap();
                wire.half.queue_command(PING);
                while !wire.half.commands.is_empty() {
                    assert_eq!(wire.write(true), Wrote::Some);
                }
                wire.hear_before_more(end - wire.read);
                assert_eq!(read(&mut wire.peer, PING.len()), PING);
                assert!(is_silent(&wire.peer), "{shape:?}");
                assert_ne!(wire.write(true), Wrote::Full);
                wire.hear(wire.out() - wire.read);
            }
        }
    }
}

#[test]
fn the_next_connection_begins_with_a_whole_message() {
    for parts in [1, 3] {
        let mut wire = Wire::new();
        for round in 1..=3 {
            for _ in 1..parts {
                wire.append_part(MORE, PACKET);
            }
            wire.append(PACKET + 100);
            let end = wire.appended.len();
            wire.append(300);
            assert_eq!(wire.write(true), Wrote::Most);
            wire.hear(parts * PACKET);
            let mut spent = Vec::new();
            wire.half.disconnect(&mut spent);
            assert!(!wire.half.is_clean(), "what did not begin is kept");
            assert_eq!(wire.writer.acknowledged(), 2 * round - 1);
            wire.peer = meet(&mut wire.half);
            wire.read = end;
            assert_eq!(wire.write(true), Wrote::All);
            wire.hear(300);
            assert_eq!(wire.writer.acknowledged(), 2 * round);
        }
    }
}

#[test]
fn who_fills_the_kernel_is_told_so_and_goes_on_where_it_stopped() {
    let mut wire = Wire::new();
    // The peer does not read: neither end of the connection has room for so much.
    let mut length = 0;
    while wire.write(true) != Wrote::Full {
        wire.append(7 * PACKET + 11);
        length += 1;
        assert!(length < 1000);
    }
    while wire.left() > 0 {
        let out = wire.out() - wire.read;
        wire.hear_before_more(out);
        wire.write(length % 2 == 0);
        length += 1;
    }
    assert!(wire.half.is_clean());
}
