//! Tests of the end that takes frames, without and with a second thread.

use super::*;
use crate::link::Taker;
use std::collections::VecDeque;
use std::sync::Arc as StdArc;

type Bytes = Vec<u8>;

/// Takes the frame with this body only.
struct Only<'a>(&'a [u8]);

impl Taker for Only<'_> {
    fn copy(&mut self, body: &[u8], _more: bool) -> bool {
        body == self.0
    }
}

/// The next frame as bytes, whether it was handed over by reference, and whether more follow.
fn next(reader: &mut FrameReader<Bytes>) -> Option<(Bytes, bool, bool)> {
    let mut found = None;
    let more = reader.next_frame(|frame, more| {
        found = Some(match frame {
            Frame::Bytes(bytes) => (bytes.to_vec(), false, more),
            Frame::Body(body) => (body, true, more),
        });
        true
    });
    assert_eq!(more, found.as_ref().map(|found| found.2));
    found
}

#[test]
fn a_message_is_visible_once_it_is_committed() {
    let (mut writer, mut reader) = frames::<Bytes>();
    assert!(reader.is_empty());
    writer.append_copy(MORE, b"head").unwrap();
    assert!(reader.is_empty());
    assert_eq!(next(&mut reader), None);
    writer.append_copy(0, b"").unwrap();
    writer.commit();
    assert!(!reader.is_empty());
    assert_eq!(next(&mut reader), Some((b"head".to_vec(), false, true)));
    assert_eq!(next(&mut reader), Some((b"".to_vec(), false, false)));
    assert_eq!(next(&mut reader), None);
    assert_eq!(writer.written_messages(), 1);
}

#[test]
fn bodies_come_by_reference_between_bytes() {
    let (mut writer, mut reader) = frames::<Bytes>();
    let body = vec![7; 3_000];
    let at = body.as_ptr();
    writer.append_copy(MORE, b"").unwrap();
    writer.append_body(MORE, body).unwrap();
    writer.append_body(MORE, Bytes::new()).unwrap();
    writer.append_copy(0, &[8; 300]).unwrap();
    writer.commit();
    assert_eq!(next(&mut reader), Some((Bytes::new(), false, true)));
    let (body, by_reference, more) = next(&mut reader).expect("the body");
    assert!(by_reference && more && body == [7; 3_000]);
    assert_eq!(body.as_ptr(), at, "it was copied");
    assert_eq!(next(&mut reader), Some((Bytes::new(), true, true)));
    assert_eq!(next(&mut reader), Some((vec![8; 300], false, false)));
}

#[test]
fn what_is_declined_stays() {
    let (mut writer, mut reader) = frames::<Bytes>();
    writer.send_copy(&[], b"bytes").unwrap();
    writer.append_body(0, b"body".to_vec()).unwrap();
    writer.commit();
    assert_eq!(reader.next_frame(|_, _| false), None);
    // A body that is to come keeps the short way out of its block.
    assert_eq!(reader.next_bytes(&mut Only(b"bytes")), None);
    assert_eq!(next(&mut reader), Some((b"bytes".to_vec(), false, false)));
    assert_eq!(next(&mut reader), Some((b"body".to_vec(), true, false)));
    writer.send_copy(&[], b"more").unwrap();
    assert_eq!(reader.next_bytes(&mut Only(b"other")), None);
    assert_eq!(reader.next_bytes(&mut Only(b"more")), Some(false));
    assert_eq!(reader.next_bytes(&mut Only(b"more")), None);
}

#[test]
fn an_idle_reader_is_reported_once() {
    let (mut writer, mut reader) = frames::<Bytes>();
    assert!(!writer.reader_idle());
    assert!(reader.declare_idle());
    writer.send_copy(&[], b"1").unwrap();
    assert!(writer.reader_idle());
    assert!(!writer.reader_idle());
    assert!(!reader.declare_idle(), "there is something");
    assert!(!writer.reader_idle(), "the declaration was withdrawn");
    assert!(next(&mut reader).is_some());
    assert!(reader.declare_idle());
}

#[test]
fn a_waiting_writer_is_reported_once() {
    let (mut writer, mut reader) = frames::<Bytes>();
    (0..4).for_each(|_| writer.send_copy(&[], b"x").unwrap());
    assert!(writer.wait_for_ack(2));
    assert!(!reader.acknowledge(1));
    assert!(reader.acknowledge(1));
    assert!(!reader.acknowledge(1));
    assert_eq!(writer.acknowledged(), 3);
    assert!(!writer.wait_for_ack(3));
}

#[test]
fn bodies_are_dropped_once_whichever_end_goes_last() {
    #[derive(Clone)]
    struct Counted(#[allow(dead_code)] StdArc<()>);
    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            b"body"
        }
    }
    for taken in [0, 1, 5, 6, 99, 100] {
        for (reader_first, open) in [(false, 0), (false, 40), (true, 0), (true, 40)] {
            let alive = StdArc::new(());
            let (mut writer, mut reader) = frames();
            for _ in 0..100 {
                writer.append_body(0, Counted(alive.clone())).unwrap();
                writer.commit();
            }
            (0..open).for_each(|_| writer.append_body(MORE, Counted(alive.clone())).unwrap());
            for _ in 0..taken {
                assert_eq!(reader.next_frame(|_, _| true), Some(false));
            }
            assert_eq!(StdArc::strong_count(&alive), 101 + open - taken);
            if reader_first {
                drop(reader);
                drop(writer);
            } else {
                drop(writer);
                drop(reader);
            }
            assert_eq!(StdArc::strong_count(&alive), 1);
        }
    }
}

#[test]
fn order_and_content_hold_whatever_the_lag() {
    let (mut writer, mut reader) = frames::<Bytes>();
    let mut expected = VecDeque::new();
    let mut number = 0u32;
    for lag in [1, 5, 100, 3_000, 20_000, 7, 0] {
        for _ in 0..3 {
            while expected.len() < lag {
                number += 1;
                let body = vec![number as u8; (number.wrapping_mul(2_654_435_761) >> 23) as usize];
                let more = number.is_multiple_of(5);
                let by_reference = number.is_multiple_of(7);
                let flags = if more { MORE } else { 0 };
                match (by_reference, more || writer.is_mid_message()) {
                    (true, _) => writer.append_body(flags, body.clone()).unwrap(),
                    (false, true) => writer.append_copy(flags, &body).unwrap(),
                    (false, false) => writer.send_copy(&[], &body).unwrap(),
                }
                if !more {
                    writer.commit();
                }
                expected.push_back((body, by_reference, more));
                if number.is_multiple_of(11) && more {
                    let mut spent = Vec::new();
                    writer.rollback(&mut spent);
                    expected.pop_back();
                }
            }
            if writer.is_mid_message() {
                writer.append_copy(0, b"end").unwrap();
                writer.commit();
                expected.push_back((b"end".to_vec(), false, false));
            }
            while expected.len() > lag / 2 {
                assert_eq!(next(&mut reader), expected.pop_front());
            }
        }
    }
    assert_eq!(next(&mut reader), expected.pop_front());
}

#[test]
fn the_ends_may_work_at_the_same_time() {
    const MESSAGES: u64 = 200_000;
    let (mut writer, mut reader) = frames::<Bytes>();
    let consumer = std::thread::spawn(move || {
        let mut number = 0u64;
        while number < MESSAGES {
            let expected = number.to_ne_bytes();
            let more = reader.next_bytes(&mut Only(&expected)).or_else(|| {
                next(&mut reader)
                    .map(|(bytes, ..)| assert_eq!(bytes, expected))
                    .map(|()| false)
            });
            match more {
                Some(_) => {
                    number += 1;
                    let _ = reader.acknowledge(1);
                }
                None => std::thread::yield_now(),
            }
        }
    });
    for number in 0..MESSAGES {
        while writer.written_messages() - writer.acknowledged() >= 1_000 {
            std::thread::yield_now();
        }
        match number % 13 {
            0 => {
                writer
                    .append_body(0, number.to_ne_bytes().to_vec())
                    .unwrap();
                writer.commit();
            }
            _ => writer.send_copy(&[], &number.to_ne_bytes()).unwrap(),
        }
    }
    consumer.join().expect("the reader ran to its end");
    assert_eq!(writer.acknowledged(), MESSAGES);
}
