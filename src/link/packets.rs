//! Whole packets: how much of what is gathered is worth writing now.
//!
//! Over loopback a packet carries nearly 64 KiB, and each one costs the wake-up of a
//! receiver besides its bytes. A message a little larger than that takes a second packet
//! for the little; in a stream, the next message has room for it.

use crate::link::Conn;

/// Packets are filled where one carries so many bytes: over loopback, and not over a
/// network, where the kernel cuts what it is given into many.
const LONG: usize = 16 * 1024;

/// So many writes with one length of packets: it grows with what the peer can take.
const KNOWN: u32 = 64;

/// What is known of the packets of a connection.
#[derive(Default)]
pub struct Packets {
    /// How many bytes one carries; 0 where none is to be filled.
    length: usize,
    /// Writes since the kernel was asked for that.
    asked: u32,
}

impl Packets {
    /// Of a new connection.
    pub fn new(conn: &Conn) -> Packets {
        let mut packets = Packets::default();
        packets.ask(conn);
        packets
    }

    /// Of so many bytes each, whatever the connection says for the time being.
    #[cfg(test)]
    pub fn of(length: usize) -> Packets {
        Packets { length, asked: 0 }
    }

    fn ask(&mut self, conn: &Conn) {
        let length = conn.stream.packet().unwrap_or(0);
        self.length = if length < LONG { 0 } else { length };
        self.asked = 0;
    }

    /// How many of so many bytes are to be written now, if the others need not be: all,
    /// unless a small part of one packet would be left over. If they are written at once,
    /// what is left over may be as large as it is.
    pub fn fill(&mut self, conn: &Conn, bytes: usize, at_once: bool) -> usize {
        if self.length == 0 || bytes <= self.length {
            return bytes;
        }
        self.asked += 1;
        if self.asked >= KNOWN {
            self.ask(conn);
        }
        self.fitting(bytes, at_once)
    }

    fn fitting(&self, bytes: usize, at_once: bool) -> usize {
        match bytes.checked_rem(self.length) {
            Some(over) if at_once || over <= self.length / 4 => bytes - over,
            _ => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_part_of_a_packet_waits_for_more_unless_more_is_there() {
        let long = Packets::of(65_483);
        for (bytes, in_stream, at_once) in [
            (65_483, 65_483, 65_483),
            (65_545, 65_483, 65_483),
            (65_483 + 16_370, 65_483, 65_483),
            (65_483 + 16_371, 65_483 + 16_371, 65_483),
            (131_090, 130_966, 130_966),
        ] {
            assert_eq!(long.fitting(bytes, false), in_stream);
            assert_eq!(long.fitting(bytes, true), at_once);
            assert_eq!(Packets::of(0).fitting(bytes, true), bytes);
        }
    }
}
