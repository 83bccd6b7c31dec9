//! Who writes what a stream has left, and what becomes of a body that is lent. Nobody ticks
//! here but the test.

use std::io::Read;
use std::thread::yield_now;

use super::*;
use crate::link::testing::{is_silent, link, read, tcp};
use crate::link::{OutWriter, Ticking};
use crate::zmtp::frame::encode;

/// So many bytes go into a packet here.
const PACKET: usize = 20_000;

fn append(writer: &mut OutWriter, length: usize) {
    writer
        .append_body(0, Msg::copy_from(&vec![7; length]).unwrap())
        .unwrap();
    writer.commit();
}

/// Appends a body that is only referred to.
///
/// # Safety
/// It is there, and as it is, until `flush_lent` is done.
unsafe fn lend(writer: &mut OutWriter, body: &[u8], stream: bool) -> Lent {
    let mut lent = Lent::new(body).unwrap();
    // SAFETY: as the caller promises.
    let reference = unsafe { Msg::constant(body.as_ptr().cast_mut().cast(), body.len()) };
    writer.append_body(0, reference).unwrap();
    writer.commit();
    lent.begins = writer.committed_bytes() - body.len() as u64;
    lent.stream = stream;
    lent
}

#[test]
fn the_tick_writes_what_a_stream_leaves() {
    let (link, mut writer) = link();
    let (conn, mut peer) = tcp(200_000);
    link.with_flush(|half| {
        half.connect(conn, None);
        half.pack(PACKET);
    });
    append(&mut writer, PACKET);
    assert!(link.background.collect(true).is_empty());
    link.flush(Side::Stream);
    read(&mut peer, PACKET);
    assert!(is_silent(&peer));
    // It was asked to come, and finds something that is not old yet; then it is.
    let listed = link.background.collect(true);
    assert!(matches!(&listed[..], [Ticking::Link(one)] if Arc::ptr_eq(one, &link)));
    let nanos = link.oldest.load(Ordering::Relaxed);
    let written = Instant::default().after(Duration::from_nanos(nanos));
    assert!(link.tick(written.after(BACK_TO_BACK), false));
    assert!(is_silent(&peer));
    let later = written.after(BACK_TO_BACK + Duration::from_nanos(1));
    assert!(link.tick(later, false));
    read(&mut peer, 9);
    assert!(!link.tick(later, false), "nothing is left");
    // Whoever waits writes it himself.
    append(&mut writer, PACKET);
    link.flush(Side::Stream);
    read(&mut peer, PACKET);
    link.flush(Side::Caller);
    read(&mut peer, 9);
    assert!(link.is_clean());
}

#[test]
fn what_was_lent_may_change_afterwards() {
    for stream in [false, true] {
        let (link, mut writer) = link();
        let (conn, mut peer) = tcp(8_000);
        link.with_flush(|half| {
            half.connect(conn, None);
            half.pack(PACKET);
        });
        let (mut body, mut expected) = (Vec::new(), Vec::new());
        for number in 0..20u8 {
            // The kernel takes all, then some, and then nothing.
            body.clear();
            body.resize(3 * PACKET + usize::from(number), number);
            encode(0, &body, &mut expected);
            // SAFETY: `body` stays for as long as that.
            let lent = unsafe { lend(&mut writer, &body, stream) };
            let limit = Duration::from_micros(300 * u64::from(number % 2));
            link.flush_lent(lent, limit);
            body.fill(0xee);
        }
        drop(body);
        assert!(link.is_full(), "the peer did not read");
        let mut heard = Vec::new();
        while heard.len() < expected.len() {
            let out = (writer.committed_bytes() - writer.unflushed_bytes()) as usize;
            heard.extend(read(&mut peer, out - heard.len()));
            link.resume_writing();
        }
        assert!(heard == expected);
        assert!(link.is_clean());
    }
}

/// Has connections come and go, and returns what came over each.
fn lose_connections(link: &Arc<Link>) -> Vec<Vec<u8>> {
    let mut heard = Vec::<Vec<u8>>::new();
    while heard.iter().map(Vec::len).sum::<usize>() < 200 * PACKET {
        let (conn, mut peer) = tcp(8_000);
        let ours = conn.clone();
        link.with_flush(|half| {
            half.connect(ours, None);
            half.pack(PACKET);
        });
        link.resume_writing();
        let mut bytes = vec![0; 10 * PACKET];
        let (least, mut count) = (heard.len() % 10 * PACKET, 0);
        while count < least {
            count += peer.read(&mut bytes[count..]).unwrap();
            link.resume_writing();
        }
        let mut spent = Vec::new();
        link.with_flush(|half| half.disconnect(&mut spent));
        conn.stream.shutdown_both().unwrap();
        drop(conn);
        bytes.truncate(count);
        let _ = peer.read_to_end(&mut bytes);
        heard.push(bytes);
    }
    heard
}

#[test]
fn what_is_lent_over_a_connection_that_ends_is_given_back() {
    for stream in [false, true] {
        let (link, mut writer) = link();
        let heard = std::thread::scope(|scope| {
            let losing = scope.spawn(|| lose_connections(&link));
            let (mut body, mut number) = (vec![0; 3 * PACKET], 0);
            while !losing.is_finished() {
                if writer.unflushed_bytes() > 10 * PACKET as u64 {
                    yield_now();
                    continue;
                }
                body.fill(number as u8);
                // SAFETY: `body` stays for as long as that.
                let lent = unsafe { lend(&mut writer, &body, stream) };
                link.flush_lent(lent, Duration::from_micros(number % 200));
                number += 1;
            }
            losing.join().unwrap()
        });
        // Over each connection whole messages came, each of one kind, and a part of another.
        let mut last = None;
        for frame in heard.iter().flat_map(|came| came.chunks(PACKET * 3 + 9)) {
            let body = &frame[frame.len().min(9)..];
            assert!(body.windows(2).all(|pair| pair[0] == pair[1]), "mixed");
            if let [first, ..] = body {
                assert!(last.is_none_or(|last: u8| last.wrapping_sub(*first) > 127));
                last = Some(*first);
            }
        }
    }
}
