//! Models of the outbox: what the reader sees, blocks changing hands, and waking.
//!
//! The bytes of a block are watched by its `Witness`: reading one that was not published to
//! the reader, or writing one that it may still be reading, fails the model.

use std::mem::MaybeUninit;

use super::*;
use crate::sync::MarkLock;
use crate::sync::loom_tests::{Bell, check};
use loom::thread;

type Bytes = Vec<u8>;

/// Takes what is published, in one go, and appends it to `stream`.
fn flush(reader: &mut Reader<Bytes>, stream: &mut Bytes) -> Progress {
    let mut room = [const { MaybeUninit::uninit() }; 16];
    let (pieces, total) = reader.gather(&mut room, usize::MAX);
    for piece in pieces {
        // SAFETY: the pieces are good until the reader advances.
        stream.extend_from_slice(unsafe {
            std::slice::from_raw_parts(piece.iov_base.cast::<u8>(), piece.iov_len)
        });
    }
    reader.advance(total, &mut Vec::new())
}

/// The messages of the models have two frames, so that halves would be noticed.
fn send(writer: &mut Writer<Bytes>, number: u8, length: usize) {
    writer.append_copy(MORE, &[number; 2]).unwrap();
    writer.append_copy(0, &vec![number; length]).unwrap();
    writer.commit();
}

fn expected(numbers: std::ops::Range<u8>, length: usize) -> Bytes {
    numbers
        .flat_map(|number| {
            [
                &[1, 2, number, number, 0, length as u8][..],
                &vec![number; length],
            ]
            .concat()
        })
        .collect()
}

#[test]
fn loom_outbox_shows_whole_messages_across_blocks() {
    check(3, || {
        let (mut writer, mut reader) = outbox();
        let appending = thread::spawn(move || {
            for number in 0..3 {
                send(&mut writer, number, 20);
            }
            writer
        });
        let mut stream = Bytes::new();
        for _ in 0..3 {
            let _ = flush(&mut reader, &mut stream);
            assert_eq!(stream.len() % 26, 0, "part of a message was visible");
            assert!(!reader.is_partial());
        }
        let writer = appending.join().unwrap();
        let _ = flush(&mut reader, &mut stream);
        assert_eq!(stream, expected(0..3, 20));
        assert_eq!(writer.acknowledged(), 3);
        assert!(reader.is_empty());
    });
}

#[test]
fn loom_outbox_recycles_blocks() {
    check(3, || {
        let (mut writer, mut reader) = outbox();
        let mut stream = Bytes::new();
        send(&mut writer, 0, 40);
        let appending = thread::spawn(move || {
            // Each message takes most of a block, so that every one needs the next.
            for number in 1..4 {
                send(&mut writer, number, 40);
            }
            writer
        });
        for _ in 0..3 {
            let _ = flush(&mut reader, &mut stream);
        }
        drop(appending.join().unwrap());
        let _ = flush(&mut reader, &mut stream);
        assert_eq!(stream, expected(0..4, 40));
    });
}

#[test]
fn loom_outbox_hands_over_bodies_once() {
    check(3, || {
        let alive = std::sync::Arc::new(());
        #[derive(Clone)]
        struct Counted(#[allow(dead_code)] std::sync::Arc<()>);
        impl AsRef<[u8]> for Counted {
            fn as_ref(&self) -> &[u8] {
                b"body"
            }
        }
        let (mut writer, mut reader) = outbox();
        let body = Counted(alive.clone());
        let appending = thread::spawn(move || {
            for _ in 0..2 {
                writer.append_body(MORE, body.clone()).unwrap();
                writer.append_body(0, body.clone()).unwrap();
                writer.commit();
            }
            writer.append_body(MORE, body).unwrap();
        });
        let mut room = [const { MaybeUninit::uninit() }; 16];
        let (_, total) = reader.gather(&mut room, usize::MAX);
        let mut spent = Vec::new();
        let _ = reader.advance(total.min(7), &mut spent);
        let _ = reader.discard_partial(&mut spent);
        drop((reader, spent));
        appending.join().unwrap();
        assert_eq!(std::sync::Arc::strong_count(&alive), 1);
    });
}

#[test]
fn loom_outbox_exchanges_a_body_while_more_is_appended() {
    check(3, || {
        let (mut writer, mut reader) = outbox();
        send(&mut writer, 0, 20);
        writer.append_body(0, vec![1; 20]).unwrap();
        writer.commit();
        let begins = writer.committed_bytes() - 20;
        let appending = thread::spawn(move || {
            // What is behind goes on into other blocks.
            for number in 2..4 {
                writer.append_body(0, vec![9; 20]).unwrap();
                writer.commit();
                send(&mut writer, number, 20);
            }
        });
        let mut stream = Bytes::new();
        let mut room = [const { MaybeUninit::uninit() }; 16];
        let (pieces, total) = reader.gather(&mut room, usize::MAX);
        for piece in &*pieces {
            // SAFETY: the pieces are good until the reader advances.
            stream.extend_from_slice(unsafe {
                std::slice::from_raw_parts(piece.iov_base.cast::<u8>(), piece.iov_len)
            });
        }
        // Some of what was before waits, too; or some of the body is out.
        let out = if total > 48 { 20 } else { 40 };
        stream.truncate(out);
        let _ = reader.advance(out, &mut Vec::new());
        assert!(reader.holds_body(begins));
        let was = reader.exchange_body(begins, |body, out| {
            assert_eq!((body.len(), out), (20, stream.len().saturating_sub(28)));
            vec![1; 20]
        });
        assert_eq!(was, Some(vec![1; 20]));
        appending.join().unwrap();
        let _ = flush(&mut reader, &mut stream);
        let body = |number| [&[0, 20][..], &[number; 20]].concat();
        let (first, third) = (expected(0..1, 20), expected(2..3, 20));
        let second = [body(1), body(9), third, body(9), expected(3..4, 20)].concat();
        assert_eq!(stream, [first, second].concat());
        assert!(!reader.holds_body(begins));
    });
}

#[test]
fn loom_outbox_rolls_back_unseen() {
    check(3, || {
        let (mut writer, mut reader) = outbox();
        let appending = thread::spawn(move || {
            send(&mut writer, 0, 10);
            // Goes on into another block, and comes back.
            writer.append_copy(MORE, &[9; 20]).unwrap();
            writer.append_copy(MORE, &[9; 20]).unwrap();
            writer.rollback(&mut Vec::new());
            send(&mut writer, 1, 10);
        });
        let mut stream = Bytes::new();
        let _ = flush(&mut reader, &mut stream);
        appending.join().unwrap();
        let _ = flush(&mut reader, &mut stream);
        assert_eq!(stream, expected(0..2, 10));
    });
}

#[test]
fn loom_outbox_wakes_a_writer_out_of_credit() {
    check(3, || {
        let (mut writer, mut reader) = outbox();
        let bells = Arc::new((Bell::new(), Bell::new()));
        let theirs = bells.clone();
        send(&mut writer, 0, 4);
        let appending = thread::spawn(move || {
            send(&mut writer, 1, 4);
            theirs.0.ring();
            while writer.acknowledged() < 2 {
                if writer.wait_for_ack(2) {
                    theirs.1.wait();
                }
            }
        });
        let mut stream = Bytes::new();
        let mut step = || {
            if flush(&mut reader, &mut stream).wake_writer {
                bells.1.ring();
            }
        };
        step();
        bells.0.wait();
        step();
        appending.join().unwrap();
    });
}

/// The outbox under its flush right, as a link uses it: whoever commits tries to flush or
/// leaves a mark, so nothing is left behind when all have gone.
#[test]
fn loom_outbox_flush_right_leaves_nothing_behind() {
    check(3, || {
        let (mut writer, reader) = outbox();
        let link = Arc::new(MarkLock::new((reader, Bytes::new())));
        let theirs = link.clone();
        let try_flush = |link: &MarkLock<(Reader<Bytes>, Bytes)>| {
            let mut held = link.try_lock_or_mark();
            while let Some(mut guard) = held {
                let (reader, stream) = &mut *guard;
                let _ = flush(reader, stream);
                held = guard.release();
            }
        };
        let background = thread::spawn(move || try_flush(&theirs));
        for number in 0..2 {
            send(&mut writer, number, 4);
            try_flush(&link);
        }
        background.join().unwrap();
        let (reader, stream) = &*link.try_lock().unwrap();
        assert!(reader.is_empty());
        assert_eq!(*stream, expected(0..2, 4));
    });
}

/// The next frame by its first byte and its length, and whether more follow.
fn take(reader: &mut FrameReader<Bytes>) -> Option<(u8, usize, bool)> {
    let mut found = None;
    reader.next_frame(|frame, more| {
        found = Some(match &frame {
            Frame::Bytes(bytes) => (bytes[0], bytes.len(), more),
            Frame::Body(body) => (body[0], body.len(), more),
        });
        true
    })?;
    found
}

#[test]
fn loom_frames_come_in_whole_messages_across_blocks() {
    check(3, || {
        let (mut writer, mut reader) = frames();
        let appending = thread::spawn(move || {
            for number in 0..3 {
                send(&mut writer, number, 20);
            }
        });
        let mut expected = (0..3).flat_map(|number| [(number, 2, true), (number, 20, false)]);
        for _ in 0..3 {
            if let Some(head) = take(&mut reader) {
                assert_eq!(Some(head), expected.next());
                assert_eq!(take(&mut reader), expected.next(), "the rest is there");
            }
        }
        appending.join().unwrap();
        while let Some(frame) = take(&mut reader) {
            assert_eq!(Some(frame), expected.next());
        }
        assert_eq!(expected.next(), None);
    });
}

#[test]
fn loom_frames_recycle_blocks_and_hand_over_bodies_once() {
    check(3, || {
        let (mut writer, mut reader) = frames();
        let appending = thread::spawn(move || {
            for number in 0..3 {
                writer.send_copy(&[], &[number; 30]).unwrap();
                writer.append_body(0, vec![number; 3]).unwrap();
                writer.commit();
            }
        });
        let mut expected = (0..3).flat_map(|number| [(number, 30, false), (number, 3, false)]);
        for _ in 0..4 {
            if let Some(frame) = take(&mut reader) {
                assert_eq!(Some(frame), expected.next());
            }
        }
        appending.join().unwrap();
        while let Some(frame) = take(&mut reader) {
            assert_eq!(Some(frame), expected.next());
        }
        assert_eq!(expected.next(), None);
    });
}

#[test]
fn loom_frames_wake_both_ends_at_a_mark_of_one() {
    check(2, || {
        let (mut writer, mut reader) = frames::<Bytes>();
        let bells = Arc::new((Bell::new(), Bell::new()));
        let theirs = bells.clone();
        let appending = thread::spawn(move || {
            for number in 0..3 {
                while writer.written_messages() > writer.acknowledged() {
                    if writer.wait_for_ack(writer.written_messages()) {
                        theirs.0.wait();
                    }
                }
                writer.send_copy(&[], &[number; 2]).unwrap();
                if writer.reader_idle() {
                    theirs.1.ring();
                }
            }
        });
        for expected in 0..3 {
            let found = loop {
                match take(&mut reader) {
                    Some(found) => break found,
                    None if reader.declare_idle() => bells.1.wait(),
                    None => {}
                }
            };
            assert_eq!(found, (expected, 2, false));
            if reader.acknowledge(1) {
                bells.0.ring();
            }
        }
        appending.join().unwrap();
    });
}
