//! Tests of the outbox: each promise by itself, then long random runs against a plain model.

use super::*;
use std::collections::VecDeque;
use std::mem::MaybeUninit;

type Bytes = Vec<u8>;

const PIECES: usize = 64;

/// What the reader would hand to the kernel, copied.
fn gathered(reader: &mut Reader<Bytes>, max: usize) -> Bytes {
    let list = gather(reader, max);
    flatten(&list)
}

fn gather(reader: &mut Reader<impl Body>, max: usize) -> Vec<libc::iovec> {
    let mut room = [const { MaybeUninit::uninit() }; PIECES];
    let (list, total) = reader.gather(&mut room, max);
    assert_eq!(
        list.iter().map(|element| element.iov_len).sum::<usize>(),
        total
    );
    list.to_vec()
}

fn flatten(list: &[libc::iovec]) -> Bytes {
    list.iter()
        .flat_map(|element| {
            // SAFETY: the elements are good until the reader is used again.
            unsafe { std::slice::from_raw_parts(element.iov_base.cast::<u8>(), element.iov_len) }
        })
        .copied()
        .collect()
}

fn frame(flags: u8, body: &[u8]) -> Bytes {
    let mut bytes = match u8::try_from(body.len()) {
        Ok(short) => vec![flags, short],
        Err(_) => [&[flags | LONG][..], &(body.len() as u64).to_be_bytes()].concat(),
    };
    bytes.extend_from_slice(body);
    bytes
}

#[test]
fn frames_have_the_form_of_the_wire() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    writer.append_copy(MORE, b"ab").unwrap();
    writer.append_copy(0, &[7; 256]).unwrap();
    writer.commit();
    let mut expected = vec![1, 2, b'a', b'b', 2, 0, 0, 0, 0, 0, 0, 1, 0];
    expected.extend([7; 256]);
    assert_eq!(gathered(&mut reader, usize::MAX), expected);
}

#[test]
fn only_whole_messages_are_visible() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    assert!(reader.is_empty());
    writer.append_copy(MORE, b"a").unwrap();
    assert!(writer.is_mid_message());
    assert!(reader.is_empty());
    assert_eq!(gathered(&mut reader, 1), b"");
    writer.append_body(0, b"b".to_vec()).unwrap();
    writer.commit();
    assert!(!writer.is_mid_message());
    assert!(!reader.is_empty());
    assert_eq!(gathered(&mut reader, usize::MAX), [1, 1, b'a', 0, 1, b'b']);
    assert_eq!(writer.written_messages(), 1);
}

#[test]
fn a_rollback_leaves_no_trace_even_across_blocks() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    let mut spent = Vec::new();
    writer.append_copy(0, b"first").unwrap();
    writer.commit();
    for round in 0..100 {
        writer.append_copy(MORE, &[round; 200]).unwrap();
        writer.append_body(MORE, vec![round; 10]).unwrap();
    }
    writer.rollback(&mut spent);
    assert_eq!(spent.len(), 100);
    assert!(!writer.is_mid_message());
    writer.append_copy(0, b"second").unwrap();
    writer.commit();
    assert_eq!(
        gathered(&mut reader, usize::MAX),
        b"\0\x05first\0\x06second"
    );
    assert_eq!(
        reader.advance(15, &mut spent),
        Progress {
            messages: 2,
            wake_writer: false
        }
    );
    assert!(reader.is_empty());
}

#[test]
fn a_message_counts_once_it_is_completely_out() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    let mut spent = Vec::new();
    for _ in 0..3 {
        writer.append_copy(MORE, b"aaa").unwrap();
        writer.append_body(0, b"bbb".to_vec()).unwrap();
        writer.commit();
    }
    assert_eq!(gathered(&mut reader, usize::MAX).len(), 30);
    assert_eq!(reader.advance(9, &mut spent).messages, 0);
    assert!(reader.is_partial());
    assert_eq!(reader.advance(1, &mut spent).messages, 1);
    assert!(!reader.is_partial());
    assert_eq!(spent, [b"bbb"]);
    assert_eq!(reader.advance(12, &mut spent).messages, 1);
    assert!(reader.is_partial());
    assert_eq!(reader.advance(8, &mut spent).messages, 1);
    assert_eq!(writer.acknowledged(), 3);
    assert_eq!(writer.unflushed_bytes(), 0);
}

#[test]
fn what_does_not_count_is_never_acknowledged() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    let mut spent = Vec::new();
    writer.append_raw(&frame(COMMAND, b"\x04PING")).unwrap();
    writer.append_raw(&frame(0, b"\x01topic")).unwrap();
    writer.commit_uncounted();
    writer.append_copy(0, b"counts").unwrap();
    writer.commit();
    writer.append_copy(0, b"counts").unwrap();
    writer.commit();
    let total = gathered(&mut reader, usize::MAX).len();
    let mut acknowledged = 0;
    for _ in 0..total {
        acknowledged += reader.advance(1, &mut spent).messages;
    }
    assert_eq!((acknowledged, writer.acknowledged()), (2, 2));
}

#[test]
fn the_writer_is_woken_once_at_the_count_it_wants() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    let mut spent = Vec::new();
    for _ in 0..4 {
        writer.append_copy(0, b"x").unwrap();
        writer.commit();
    }
    assert!(writer.wait_for_ack(3));
    gathered(&mut reader, usize::MAX);
    assert_eq!(
        reader.advance(6, &mut spent),
        Progress {
            messages: 2,
            wake_writer: false
        }
    );
    assert_eq!(
        reader.advance(3, &mut spent),
        Progress {
            messages: 1,
            wake_writer: true
        }
    );
    assert_eq!(
        reader.advance(3, &mut spent),
        Progress {
            messages: 1,
            wake_writer: false
        }
    );
    assert!(!writer.wait_for_ack(4));
}

#[test]
fn a_gathering_is_bounded_in_bytes_and_elements() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    for _ in 0..100 {
        writer.append_body(0, vec![1; 100]).unwrap();
        writer.commit();
    }
    assert_eq!(gathered(&mut reader, 1).len(), 2);
    assert_eq!(gathered(&mut reader, 250).len(), 306);
    assert_eq!(gather(&mut reader, usize::MAX).len(), PIECES);
}

#[test]
fn after_a_lost_connection_the_next_byte_begins_a_message() {
    // A message of four frames, broken off at each of its bytes, one after another.
    let length = 2 + 3 + 9 + 400 + 9 + 300 + 2 + 2;
    for sent in 0..=length {
        let (mut writer, mut reader) = outbox::<Bytes>();
        let mut spent = Vec::new();
        writer.append_copy(MORE, b"abc").unwrap();
        writer.append_body(MORE, vec![1; 400]).unwrap();
        writer.append_copy(MORE, &[2; 300]).unwrap();
        writer.append_copy(0, b"de").unwrap();
        writer.commit();
        writer.append_copy(0, b"next").unwrap();
        writer.commit();
        gathered(&mut reader, usize::MAX);
        let before = reader.advance(sent, &mut spent).messages;
        let broken = sent != 0 && sent != length;
        assert_eq!(reader.is_partial(), broken, "after {sent} bytes");
        let dropped = reader.discard_partial(&mut spent).messages;
        assert_eq!(before + dropped, u64::from(sent != 0), "after {sent} bytes");
        assert!(!reader.is_partial());
        let rest = gathered(&mut reader, usize::MAX);
        assert!(rest.ends_with(b"\0\x04next"));
        assert_eq!(rest.len(), if sent == 0 { length + 6 } else { 6 });
    }
}

#[test]
fn clearing_acknowledges_and_empties() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    let mut spent = Vec::new();
    for _ in 0..1000 {
        writer.append_copy(MORE, &[0; 100]).unwrap();
        writer.append_body(0, vec![0; 10]).unwrap();
        writer.commit();
    }
    writer.append_copy(MORE, b"not committed").unwrap();
    gathered(&mut reader, usize::MAX);
    let _ = reader.advance(1, &mut spent);
    assert_eq!(reader.clear(&mut spent).messages, 1000);
    assert_eq!(spent.len(), 1000);
    assert!(reader.is_empty() && !reader.is_partial());
    assert_eq!(writer.unflushed_bytes(), 0);
    writer.append_copy(0, b"x").unwrap();
    writer.commit();
    assert_eq!(
        gathered(&mut reader, usize::MAX),
        b"\x01\x0dnot committed\0\x01x"
    );
}

#[test]
fn a_steady_stream_goes_round_in_two_blocks() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    let (mut spent, mut places) = (Vec::new(), std::collections::BTreeSet::new());
    for batch in 0..200 {
        for _ in 0..1000 {
            writer.append_copy(0, &[0; 62]).unwrap();
            writer.commit();
        }
        let list = gather(&mut reader, usize::MAX);
        let total = list.iter().map(|element| element.iov_len).sum();
        if batch > 10 {
            places.extend(list.iter().map(|element| element.iov_base as usize >> 16));
        }
        assert_eq!(total, 64_000);
        assert_eq!(reader.advance(total, &mut spent).messages, 1000);
    }
    // Two blocks of 64 KiB touch at most four aligned stretches of that length.
    assert!(places.len() <= 4, "{places:?}");
}

/// A copy of what is not out.
fn rest_of(body: &Bytes, out: usize) -> Bytes {
    [&vec![0xff; out][..], &body[out..]].concat()
}

#[test]
fn a_body_is_exchanged_for_the_rest_of_it_wherever_writing_stopped() {
    // What was before it may fill a block, so that it begins the next one; the end of that
    // may still wait, too.
    let step = if cfg!(miri) { 60 } else { 1 };
    for before in (0..520).step_by(step) {
        for stop in [-2, -1, 0, 1, 2, 10, 11, 12, 400, 410, 411, 412, 413] {
            let (mut writer, mut reader) = outbox::<Bytes>();
            let mut spent = Vec::new();
            writer.send_copy(&[], &vec![1; before]).unwrap();
            let first = gathered(&mut reader, usize::MAX);
            let length = first.len() - 2;
            let _ = reader.advance(length, &mut spent);
            let body: Bytes = (0..400).map(|at| at as u8).collect();
            let reference = body.clone();
            writer.append_raw(&[1, 0]).unwrap();
            writer.append_body(0, body).unwrap();
            writer.commit();
            let (body, begins) = (reference, writer.committed_bytes() - 400);
            writer.send_copy(&[], b"next").unwrap();
            let waits = &first[length..];
            let expected = [waits, &[1, 0], &frame(0, &body), &frame(0, b"next")].concat();
            assert_eq!(gathered(&mut reader, usize::MAX), expected);
            let stop = (2 + stop) as usize;
            let _ = reader.advance(stop, &mut spent);
            let (is_out, partial) = (stop >= 413, reader.is_partial());
            assert_eq!(reader.holds_body(begins), !is_out);
            let was = reader.exchange_body(begins, rest_of);
            assert_eq!(was, (!is_out).then_some(body), "after {stop} bytes");
            assert_eq!(reader.is_partial(), partial);
            assert_eq!(gathered(&mut reader, usize::MAX), expected[stop..]);
            let left = expected.len() - stop;
            let _ = reader.advance(left, &mut spent);
            assert_eq!((writer.acknowledged(), writer.unflushed_bytes()), (3, 0));
            assert!(reader.is_empty() && spent.len() == 1);
        }
    }
}

#[test]
fn an_outbox_may_begin_with_a_body() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    writer.append_raw(&[]).unwrap();
    assert!(!writer.is_mid_message());
    writer.append_body(0, vec![1; 300]).unwrap();
    writer.commit();
    assert_eq!(gathered(&mut reader, usize::MAX), frame(0, &[1; 300]));
}

#[test]
fn no_other_body_is_exchanged() {
    let (mut writer, mut reader) = outbox::<Bytes>();
    let mut spent = Vec::new();
    // Of one length, and a hundred more of them behind, over several blocks.
    let mut begins = Vec::new();
    let never = |_: &Bytes, _: usize| -> Bytes { panic!("another body") };
    assert_eq!(reader.exchange_body(0, never), None);
    for number in 0..100 {
        writer.append_body(0, vec![number; 300]).unwrap();
        begins.push(9 + 309 * u64::from(number));
        assert_eq!(
            reader.exchange_body(begins[usize::from(number)], never),
            None
        );
        writer.commit();
        assert_eq!(writer.committed_bytes() - 300, begins[usize::from(number)]);
    }
    for other in [0, 8, 10, 308, 309, 309 * 100, 309 * 100 + 9] {
        assert!(!reader.holds_body(other));
        assert_eq!(reader.exchange_body(other, never), None);
    }
    gathered(&mut reader, usize::MAX);
    for (number, begins) in begins.iter().enumerate() {
        assert!(reader.holds_body(*begins));
        let was = reader.exchange_body(*begins, rest_of).unwrap();
        assert_eq!(was, [number as u8; 300]);
        let _ = reader.advance(309, &mut spent);
        assert_eq!(reader.exchange_body(*begins, never), None);
        gathered(&mut reader, usize::MAX);
    }
    writer.append_body(0, vec![7; 300]).unwrap();
    writer.commit();
    let last = writer.committed_bytes() - 300;
    assert!(reader.holds_body(last));
    let _ = reader.clear(&mut spent);
    assert_eq!(reader.exchange_body(last, never), None);
}

#[test]
fn after_a_loss_an_exchanged_body_is_discarded_or_begins_anew() {
    for sent in [0, 5, 9, 10, 250, 308] {
        let (mut writer, mut reader) = outbox::<Bytes>();
        let mut spent = Vec::new();
        writer.append_body(0, vec![3; 300]).unwrap();
        writer.commit();
        writer.send_copy(&[], b"next").unwrap();
        gathered(&mut reader, usize::MAX);
        let _ = reader.advance(sent, &mut spent);
        assert!(reader.exchange_body(9, rest_of).is_some());
        let _ = reader.discard_partial(&mut spent);
        assert_eq!(reader.holds_body(9), sent == 0);
        let whole = if sent == 0 {
            frame(0, &[3; 300])
        } else {
            Bytes::new()
        };
        let expected = [whole, frame(0, b"next")].concat();
        assert_eq!(gathered(&mut reader, usize::MAX), expected);
        // What comes then is where it is, too.
        writer.append_body(0, vec![4; 300]).unwrap();
        writer.commit();
        let begins = writer.committed_bytes() - 300;
        assert_eq!(reader.exchange_body(begins, rest_of), Some(vec![4; 300]));
    }
}

/// Counts how many of its kind are alive.
struct Counted {
    _alive: std::sync::Arc<()>,
    bytes: Bytes,
}

impl Counted {
    fn new(alive: &std::sync::Arc<()>, bytes: Bytes) -> Self {
        Self {
            _alive: alive.clone(),
            bytes,
        }
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[test]
fn bodies_are_dropped_once_whichever_end_goes_last() {
    for reader_first in [false, true] {
        for taken in [0, 1, 50, 2000, 9000] {
            let alive = std::sync::Arc::new(());
            let (mut writer, mut reader) = outbox::<Counted>();
            for _ in 0..200 {
                writer.append_copy(MORE, &[0; 40]).unwrap();
                writer
                    .append_body(0, Counted::new(&alive, vec![0; 10]))
                    .unwrap();
                writer.commit();
            }
            writer
                .append_body(MORE, Counted::new(&alive, Vec::new()))
                .unwrap();
            let mut spent = Vec::new();
            let mut left = taken;
            while left > 0 {
                let list = gather(&mut reader, usize::MAX);
                let step = list
                    .iter()
                    .map(|element| element.iov_len)
                    .sum::<usize>()
                    .min(left);
                let _ = reader.advance(step, &mut spent);
                left -= step;
            }
            drop(spent);
            assert_eq!(std::sync::Arc::strong_count(&alive), 202 - taken / 54);
            if reader_first {
                drop(reader);
                writer
                    .append_body(0, Counted::new(&alive, Vec::new()))
                    .unwrap();
                writer.commit();
                drop(writer);
            } else {
                drop(writer);
                drop(reader);
            }
            assert_eq!(std::sync::Arc::strong_count(&alive), 1);
        }
    }
}

/// A small generator, so that a failing run can be repeated by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// A message as the model keeps it: its bytes, whether it counts, how much of it is out.
struct Sent {
    bytes: Bytes,
    counts: bool,
    out: usize,
}

/// The outbox, and what it ought to contain.
struct Run {
    random: Random,
    writer: Writer<Bytes>,
    reader: Reader<Bytes>,
    spent: Vec<Bytes>,
    expected: VecDeque<Sent>,
    counted: u64,
    out: u64,
    acknowledged: u64,
}

impl Run {
    fn append(&mut self) {
        let counts = self.random.below(8) != 0;
        let mut bytes = Bytes::new();
        let parts = 1 + self.random.below(4);
        for part in 0..parts {
            let limit = [5, 40, 300, 3000, 40_000][self.random.below(5)];
            let body = vec![self.random.below(256) as u8; self.random.below(limit)];
            let flags = if part + 1 < parts { MORE } else { 0 };
            bytes.extend(frame(flags, &body));
            match self.random.below(4) {
                0 => self.writer.append_body(flags, body).unwrap(),
                1 => self.writer.append_raw(&frame(flags, &body)).unwrap(),
                _ => self.writer.append_copy(flags, &body).unwrap(),
            }
        }
        if self.random.below(6) == 0 {
            self.writer.rollback(&mut self.spent);
            return;
        }
        if counts {
            self.writer.commit();
            self.counted += 1;
        } else {
            self.writer.commit_uncounted();
        }
        self.expected.push_back(Sent {
            bytes,
            counts,
            out: 0,
        });
    }

    fn flush(&mut self) {
        let max = 1 + self.random.below(100_000);
        let bytes = gathered(&mut self.reader, max);
        let total = bytes.len();
        assert_eq!(total == 0, self.expected.is_empty());
        for _ in 0..self.random.below(3) {
            self.append();
        }
        let mut left = if self.random.below(3) == 0 {
            self.random.below(total + 1)
        } else {
            total
        };
        let (mut from, mut steps) = (0, 1 + self.random.below(3));
        while left > 0 {
            let step = if steps > 1 {
                self.random.below(left + 1)
            } else {
                left
            };
            (steps, left) = (steps - 1, left - step);
            self.take(&bytes[from..from + step]);
            from += step;
            self.acknowledged += self.reader.advance(step, &mut self.spent).messages;
            self.check();
        }
    }

    /// The model's side of a partial write.
    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let front = self.expected.front_mut().expect("something was sent");
            let step = bytes.len().min(front.bytes.len() - front.out);
            assert!(
                bytes[..step] == front.bytes[front.out..front.out + step],
                "other bytes"
            );
            front.out += step;
            bytes = &bytes[step..];
            if front.out == front.bytes.len() {
                self.out += u64::from(front.counts);
                self.expected.pop_front();
            }
        }
    }

    fn lose_connection(&mut self) {
        if self.expected.front().is_some_and(|front| front.out > 0) {
            let front = self.expected.pop_front().expect("it is there");
            self.out += u64::from(front.counts);
        }
        self.acknowledged += self.reader.discard_partial(&mut self.spent).messages;
        self.check();
        assert!(!self.reader.is_partial());
    }

    fn check(&mut self) {
        let partial = self.expected.front().is_some_and(|front| front.out > 0);
        assert_eq!(self.reader.is_partial(), partial);
        assert_eq!(self.reader.is_empty(), self.expected.is_empty());
        assert_eq!(self.writer.written_messages(), self.counted);
        assert_eq!(self.writer.acknowledged(), self.acknowledged);
        assert!(self.acknowledged <= self.out);
        if self.expected.is_empty() {
            assert_eq!(self.acknowledged, self.out);
            assert_eq!(self.writer.unflushed_bytes(), 0);
        }
    }
}

#[test]
fn random_runs_agree_with_the_model() {
    for seed in 1..=25 {
        let (writer, reader) = outbox();
        let mut run = Run {
            random: Random(0x9e37_79b9_7f4a_7c15 + seed),
            writer,
            reader,
            spent: Vec::new(),
            expected: VecDeque::new(),
            counted: 0,
            out: 0,
            acknowledged: 0,
        };
        for _ in 0..400 {
            match run.random.below(20) {
                0..10 => run.append(),
                10..19 => run.flush(),
                _ if run.random.below(4) == 0 => {
                    run.acknowledged += run.reader.clear(&mut run.spent).messages;
                    for sent in std::mem::take(&mut run.expected) {
                        run.out += u64::from(sent.counts);
                    }
                    run.check();
                }
                _ => run.lose_connection(),
            }
            run.spent.clear();
        }
    }
}

#[test]
fn the_ends_may_work_at_the_same_time() {
    const MESSAGES: u64 = 100_000;
    let (mut writer, mut reader) = outbox::<Bytes>();
    let consumer = std::thread::spawn(move || {
        let (mut spent, mut stream) = (Vec::new(), Bytes::new());
        let mut acknowledged = 0;
        while acknowledged < MESSAGES {
            let bytes = gathered(&mut reader, 64 * 1024);
            if bytes.is_empty() {
                std::thread::yield_now();
                continue;
            }
            acknowledged += reader.advance(bytes.len(), &mut spent).messages;
            stream.extend(bytes);
            spent.clear();
        }
        stream
    });
    let mut expected = Bytes::new();
    for number in 0..MESSAGES {
        let body = vec![number as u8; number as usize % 37];
        let flags = if number % 3 == 0 { MORE } else { 0 };
        if number % 11 == 0 {
            writer.append_body(flags, body.clone()).unwrap();
        } else {
            writer.append_copy(flags, &body).unwrap();
        }
        expected.extend(frame(flags, &body));
        if flags == MORE {
            writer.append_copy(0, b"tail").unwrap();
            expected.extend(frame(0, b"tail"));
        }
        writer.commit();
    }
    assert!(consumer.join().expect("the reader ran to its end") == expected);
}
