//! What a message promises, kind by kind.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;
use crate::error::Error;

/// A foreign body that counts how often it was freed.
struct Lent {
    freed: AtomicUsize,
    bytes: Vec<u8>,
}

impl Lent {
    fn new(bytes: &[u8]) -> Arc<Lent> {
        Arc::new(Lent {
            freed: AtomicUsize::new(0),
            bytes: bytes.to_vec(),
        })
    }

    fn lend(self: &Arc<Lent>) -> Msg {
        unsafe extern "C" fn free(_: *mut c_void, hint: *mut c_void) {
            // SAFETY: `hint` is the reference given away by `lend`.
            let lent = unsafe { Arc::from_raw(hint.cast::<Lent>()) };
            lent.freed.fetch_add(1, Ordering::SeqCst);
        }
        let data = self.bytes.as_ptr().cast_mut().cast();
        let hint = Arc::into_raw(Arc::clone(self)).cast_mut().cast();
        // SAFETY: the reference in `hint` keeps the bytes, which no test writes.
        unsafe { Msg::foreign(data, self.bytes.len(), free, hint).unwrap() }
    }

    fn freed(&self) -> usize {
        self.freed.load(Ordering::SeqCst)
    }
}

#[test]
fn a_new_message_is_empty() {
    let mut msg = Msg::new();
    assert!(msg.is_valid() && msg.is_empty() && !msg.more() && !msg.is_shared());
    assert_eq!(
        (msg.as_slice(), msg.len(), msg.routing_id()),
        (&b""[..], 0, 0)
    );
    assert_eq!(msg.group(), c"");
    assert!(msg.metadata().is_none() && !msg.data_ptr().is_null());
}

#[test]
fn bodies_of_every_size_are_kept() {
    for len in [0, 1, 7, 39, 40, 41, 64, 1000, 100_000] {
        let bytes: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
        let msg = Msg::copy_from(&bytes).unwrap();
        assert_eq!(msg.as_slice(), bytes);
        assert_eq!(msg.kind == Kind::INLINE, len <= INLINE_MAX);
    }
}

#[test]
fn a_sized_message_is_written_through_its_pointer() {
    for len in [1, 40, 41, 500] {
        let mut msg = Msg::with_size(len).unwrap();
        // SAFETY: the body has `len` bytes.
        unsafe { msg.data_ptr().write_bytes(7, len) };
        assert_eq!(msg.as_slice(), vec![7; len]);
    }
}

#[test]
#[cfg_attr(miri, ignore = "Miri ends at allocations that fail")]
fn absurd_sizes_are_refused() {
    assert_eq!(Msg::with_size(usize::MAX).unwrap_err(), Error::NoMemory);
    assert_eq!(
        Msg::with_size(isize::MAX as usize).unwrap_err(),
        Error::NoMemory
    );
}

#[test]
fn a_message_survives_being_moved() {
    let boxed = Box::new(Msg::copy_from(b"here").unwrap());
    let moved = *boxed;
    assert_eq!(moved.as_slice(), b"here");
}

#[test]
fn take_leaves_an_empty_message() {
    let mut msg = Msg::copy_from(&[1; 100]).unwrap();
    msg.set_more(true);
    let taken = msg.take();
    assert!(taken.more() && taken.len() == 100);
    assert!(msg.is_valid() && msg.is_empty() && !msg.more());
}

#[test]
fn a_closed_message_is_no_message() {
    for len in [0, 40, 41] {
        let mut msg = Msg::with_size(len).unwrap();
        drop(std::mem::replace(&mut msg, Msg::closed(false)));
        assert!(!msg.is_valid());
        assert_eq!((msg.as_slice(), msg.len()), (&b""[..], 0));
    }
}

#[test]
fn memory_that_is_no_message_is_recognised() {
    for byte in [0x00, 0x01, 0x55, 0x65, 0x66, 0xaa, 0xff] {
        let mut memory = MaybeUninit::<Msg>::uninit();
        // SAFETY: inside the memory of one message; any bytes may stand there.
        unsafe { memory.as_mut_ptr().write_bytes(byte, 1) };
        // SAFETY: every bit pattern of the fields that is_valid reads is allowed.
        assert!(!unsafe { memory.assume_init_ref() }.is_valid());
    }
}

#[test]
fn a_copy_of_a_small_body_is_a_body_of_its_own() {
    let mut msg = Msg::copy_from(b"abc").unwrap();
    let mut copy = msg.share().unwrap();
    // SAFETY: the copy has three bytes.
    unsafe { copy.data_ptr().write(b'X') };
    assert_eq!(
        (msg.as_slice(), copy.as_slice()),
        (&b"abc"[..], &b"Xbc"[..])
    );
    assert!(!msg.is_shared() && !copy.is_shared());
}

#[test]
fn a_copy_of_a_large_body_shares_it() {
    let mut msg = Msg::copy_from(&[5; 1024]).unwrap();
    assert!(!msg.is_shared());
    let mut copy = msg.share().unwrap();
    assert!(msg.is_shared() && copy.is_shared());
    assert_eq!(msg.data_ptr(), copy.data_ptr());
    drop(msg);
    assert_eq!(copy.as_slice(), [5; 1024]);
    assert!(
        copy.is_shared(),
        "once shared, it stays so for the C program"
    );
}

#[test]
fn a_copy_has_everything_that_travels_with_the_body() {
    let mut metadata = Metadata::new();
    metadata.insert(b"Socket-Type", b"PUSH");
    let metadata = Arc::new(metadata);
    let long = [b'g'; GROUP_MAX];
    for (len, group) in [(3, &b"cars"[..]), (3, &long), (300, b"cars"), (300, &long)] {
        let mut msg = Msg::with_size(len).unwrap();
        msg.set_more(true);
        msg.set_routing_id(77);
        msg.set_group(group).unwrap();
        msg.set_metadata(Some(Arc::clone(&metadata)));
        let copy = msg.share().unwrap();
        drop(msg);
        assert!(copy.more() && copy.routing_id() == 77);
        assert_eq!(copy.group().to_bytes(), group);
        assert_eq!(
            copy.metadata().unwrap().get(b"Socket-Type"),
            Some(&b"PUSH"[..])
        );
    }
    assert_eq!(Arc::strong_count(&metadata), 1);
}

#[test]
fn metadata_is_counted() {
    let metadata = Arc::new(Metadata::new());
    let mut msg = Msg::new();
    msg.set_metadata(Some(Arc::clone(&metadata)));
    msg.set_metadata(Some(Arc::clone(&metadata)));
    assert_eq!(Arc::strong_count(&metadata), 2);
    msg.set_metadata(None);
    assert_eq!(Arc::strong_count(&metadata), 1);
}

#[test]
fn groups_short_and_long_replace_each_other() {
    let mut msg = Msg::new();
    for len in [3, 7, 8, 14, 15, 254, 255, 0, 255] {
        let name = vec![b'x'; len];
        msg.set_group(&name).unwrap();
        assert_eq!(msg.group().to_bytes(), name);
    }
    assert_eq!(msg.set_group(&[b'x'; 256]), Err(Error::Invalid));
    assert_eq!(
        msg.group().to_bytes().len(),
        255,
        "a refused name changes nothing"
    );
    msg.set_group(b"ab\0cd").unwrap();
    assert_eq!(msg.group(), c"ab");
}

#[test]
fn slices_keep_their_buffer_and_give_it_back() {
    let mut buffer = Buffer::with_capacity(100).unwrap();
    // SAFETY: the only user of the buffer is this test.
    unsafe { buffer.bytes_mut(0..100).fill(1) };
    let mut first = Msg::slice(&buffer, 0..50);
    let second = Msg::slice(&buffer, 50..100);
    // SAFETY: the body of the first slice has 50 bytes.
    unsafe { first.data_ptr().write_bytes(2, 50) };
    assert_eq!(first.as_slice(), [2; 50]);
    assert_eq!(second.as_slice(), [1; 50]);
    assert!(!buffer.is_unique() && !first.is_shared());
    drop((first, second));
    assert!(buffer.is_unique());
    let slice = Msg::slice(&buffer, 10..60);
    drop(buffer);
    assert_eq!(slice.len(), 50);
}

#[test]
fn a_whole_buffer_becomes_a_body() {
    let mut buffer = Buffer::with_capacity(100).unwrap();
    // SAFETY: the only user of the buffer is this test.
    unsafe { buffer.bytes_mut(0..100).fill(3) };
    let start = buffer.as_ptr();
    let mut msg = Msg::from_buffer(buffer, 60);
    assert_eq!((msg.data_ptr(), msg.len()), (start, 60));
}

#[test]
#[should_panic(expected = "range.end <= self.capacity()")]
fn a_slice_beyond_its_buffer_panics() {
    let buffer = Buffer::with_capacity(100).unwrap();
    Msg::slice(&buffer, 90..101);
}

#[test]
fn a_foreign_body_is_freed_once_by_the_last_message() {
    let lent = Lent::new(b"theirs");
    let mut msg = lent.lend();
    assert_eq!(msg.as_slice(), b"theirs");
    assert!(!msg.is_shared());
    let mut copies = vec![msg.share().unwrap(), msg.share().unwrap()];
    assert!(msg.is_shared());
    drop(msg);
    assert_eq!(lent.freed(), 0);
    let last = copies.pop().unwrap();
    drop(copies);
    assert_eq!(lent.freed(), 0);
    thread::spawn(move || drop(last)).join().unwrap();
    assert_eq!(lent.freed(), 1);
}

#[test]
fn an_empty_foreign_body_may_have_no_address() {
    thread_local!(static FREED: Cell<usize> = const { Cell::new(0) });
    unsafe extern "C" fn free(_: *mut c_void, _: *mut c_void) {
        FREED.set(FREED.get() + 1);
    }
    // SAFETY: there are no bytes.
    let mut msg = unsafe { Msg::foreign(ptr::null_mut(), 0, free, ptr::null_mut()).unwrap() };
    assert_eq!(msg.as_slice(), b"");
    assert!(msg.data_ptr().is_null());
    drop(msg);
    assert_eq!(FREED.get(), 1);
}

#[test]
fn a_constant_body_counts_as_shared() {
    let bytes = *b"forever";
    // SAFETY: the bytes outlive the message, and nobody writes them.
    let mut msg = unsafe { Msg::constant(bytes.as_ptr().cast_mut().cast(), bytes.len()) };
    let copy = msg.share().unwrap();
    assert!(msg.is_shared() && copy.is_shared());
    assert_eq!(copy.as_slice(), b"forever");
}

#[test]
fn many_threads_share_and_drop_one_body() {
    let lent = Lent::new(&[9; 64]);
    let mut msgs = vec![lent.lend(), Msg::copy_from(&[9; 64]).unwrap()];
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let mut mine: Vec<_> = msgs.iter_mut().map(|msg| msg.share().unwrap()).collect();
            thread::spawn(move || {
                for msg in &mut mine {
                    for _ in 0..50 {
                        assert_eq!(msg.share().unwrap().as_slice(), [9; 64]);
                    }
                }
            })
        })
        .collect();
    drop(msgs);
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(lent.freed(), 1);
}

#[test]
fn a_short_message_is_made_anew_and_keeps_its_metadata() {
    let metadata = Arc::new(Metadata::default());
    let mut msg = Msg::copy_from(b"first").unwrap();
    msg.set_metadata(Some(metadata.clone()));
    for body in [&b"second"[..], &[7; 100]] {
        assert!(msg.is_short());
        assert!(msg.refill(body, true));
        assert_eq!(msg.as_slice(), body);
        assert!(msg.more());
        assert!(std::ptr::eq(msg.metadata().unwrap(), &*metadata));
    }
    assert!(!msg.is_short(), "a long body is outside");
    let place = msg.as_slice().as_ptr();
    for (len, fits) in [
        (100, true),
        (50, true),
        (101, false),
        (49, false),
        (40, false),
        (73, true),
    ] {
        assert!(msg.takes_refill());
        let body = vec![len as u8; len];
        assert_eq!(msg.refill(&body, len == 73), fits, "{len}");
        assert!(!fits || msg.as_slice() == body && msg.as_slice().as_ptr() == place);
    }
    assert!(msg.more() && msg.as_plain().is_none(), "there is metadata");
    let mut copy = msg.share().unwrap();
    assert!(
        !msg.takes_refill() && !copy.takes_refill(),
        "one body for two"
    );
    drop(msg);
    assert!(copy.takes_refill() && copy.refill(&[9; 60], false));
    assert!(!copy.is_shared() && !copy.more());
    let mut msg = copy;
    msg.set_routing_id(7);
    assert!(msg.refill(&[9; 60], false) && msg.routing_id() == 0);
    assert_eq!(Arc::strong_count(&metadata), 2);
    msg.renew_metadata(Some(&metadata));
    assert_eq!(Arc::strong_count(&metadata), 2);
    msg.renew_metadata(None);
    assert_eq!(Arc::strong_count(&metadata), 1);
}
