//! Messages: the functions `zmq_msg_*` except those that send and receive.
//!
//! The contract of every pointer to a message: it is null, or points to the 64
//! bytes of a `zmq_msg_t` that no other thread uses during the call. A message
//! that is null, was never initialised or was closed is answered with `EFAULT`
//! (memory that was never initialised may look like a message, though hardly
//! ever does). The `zmq_msg_init*` functions write over whatever was there.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use super::constants::{ZMQ_MORE, ZMQ_SHARED, ZMQ_SRCFD};
use super::pointers::{bytes, string};
use super::{entry, status};
use crate::error::{Error, Result};
use crate::message::{FreeFn, Msg};

/// A message: one frame. Its content is private; initialise it with one of the
/// zmq_msg_init functions before any other use, and close it when done.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct zmq_msg_t {
    _bytes: [MaybeUninit<u8>; 64],
    _align: [*mut c_void; 0],
}

const _: () = assert!(size_of::<zmq_msg_t>() == size_of::<Msg>());
const _: () = assert!(align_of::<zmq_msg_t>() == align_of::<Msg>());

/// The message behind a pointer, if there is one.
///
/// # Safety
/// The contract of this module.
#[inline]
pub(super) unsafe fn message<'a>(msg: *const zmq_msg_t) -> Result<&'a Msg> {
    // SAFETY: by the contract the pointer is null or good for 64 bytes, of which
    // `is_valid` reads plain integers only.
    let msg = unsafe { msg.cast::<Msg>().as_ref() }.ok_or(Error::Fault)?;
    msg.is_valid().then_some(msg).ok_or(Error::Fault)
}

/// The message behind a pointer, if there is one, to be changed.
///
/// # Safety
/// The contract of this module.
#[inline]
pub(super) unsafe fn message_mut<'a>(msg: *mut zmq_msg_t) -> Result<&'a mut Msg> {
    // SAFETY: as in `message`; no other thread uses it meanwhile.
    let msg = unsafe { msg.cast::<Msg>().as_mut() }.ok_or(Error::Fault)?;
    msg.is_valid().then_some(msg).ok_or(Error::Fault)
}

/// Writes a new message over whatever was at `place`. If none could be made, the
/// place is marked as closed, so that a close does no harm.
///
/// # Safety
/// The contract of this module.
unsafe fn initialise(place: *mut zmq_msg_t, msg: impl FnOnce() -> Result<Msg>) -> Result<()> {
    if place.is_null() {
        return Err(Error::Fault);
    }
    let (msg, answer) = match msg() {
        Ok(msg) => (msg, Ok(())),
        Err(error) => (Msg::closed(false), Err(error)),
    };
    // SAFETY: not null, so good for 64 bytes by the contract.
    unsafe { place.cast::<Msg>().write(msg) };
    answer
}

/// Puts a message in the place of another, and only then drops the old one: its
/// free function may use that place again.
///
/// # Safety
/// The contract of this module.
unsafe fn replace(place: *mut zmq_msg_t, msg: Msg) -> Result<()> {
    // SAFETY: the same contract.
    let old = std::mem::replace(unsafe { message_mut(place)? }, msg);
    drop(old);
    Ok(())
}

/// Makes an empty message. Never fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_init(msg: *mut zmq_msg_t) -> c_int {
    // SAFETY: the contract of this module.
    status(|| unsafe { initialise(msg, || Ok(Msg::new())) })
}

/// Makes a message with a body of size bytes, whose content is undefined.
/// Fails with ENOMEM.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_init_size(msg: *mut zmq_msg_t, size: usize) -> c_int {
    // SAFETY: the contract of this module.
    status(|| unsafe { initialise(msg, || Msg::with_size(size)) })
}

/// Makes a message with a copy of the size bytes at buf. Fails with ENOMEM,
/// or with EFAULT if buf is null and size is not 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_init_buffer(
    msg: *mut zmq_msg_t,
    buf: *const c_void,
    size: usize,
) -> c_int {
    // SAFETY: the contract of this module.
    status(|| unsafe {
        initialise(msg, || match bytes(buf, size) {
            Some(body) => Msg::copy_from(body),
            None if buf.is_null() => Err(Error::Fault),
            None => Err(Error::NoMemory),
        })
    })
}

/// Makes a message whose body is the size bytes at data, which are not
/// copied. When the last message that refers to them is closed or sent,
/// ffn(data, hint) is called, once, from any thread. Without ffn the bytes
/// must outlive every such message. Fails with ENOMEM, or with EFAULT if data is
/// null and size is not 0; ffn is not called then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_init_data(
    msg: *mut zmq_msg_t,
    data: *mut c_void,
    size: usize,
    ffn: Option<FreeFn>,
    hint: *mut c_void,
) -> c_int {
    let lend = || match ffn {
        _ if data.is_null() && size > 0 => Err(Error::Fault),
        // SAFETY: the caller promises what `Msg::foreign` asks for.
        Some(free) => unsafe { Msg::foreign(data, size, free, hint) },
        // SAFETY: the caller promises what `Msg::constant` asks for.
        None => Ok(unsafe { Msg::constant(data, size) }),
    };
    // SAFETY: the contract of this module.
    status(|| unsafe { initialise(msg, lend) })
}

/// Gives up a message and what it owns. A closed message can only be
/// initialised again, and asked for ZMQ_MORE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_close(msg: *mut zmq_msg_t) -> c_int {
    status(|| {
        // SAFETY: the contract of this module.
        unsafe {
            let more = message(msg)?.more();
            replace(msg, Msg::closed(more))
        }
    })
}

/// Closes dest, moves the message src there and leaves an empty one at src.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_move(dest: *mut zmq_msg_t, src: *mut zmq_msg_t) -> c_int {
    status(|| {
        // SAFETY: the contract of this module; the two are never used at once.
        unsafe {
            message(dest)?;
            replace(dest, message_mut(src)?.take())
        }
    })
}

/// Closes dest and makes it a copy of src. A large body is not copied but
/// shared: neither may be written to from then on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_copy(dest: *mut zmq_msg_t, src: *mut zmq_msg_t) -> c_int {
    status(|| {
        // SAFETY: the contract of this module; the two are never used at once.
        unsafe {
            message(dest)?;
            replace(dest, message_mut(src)?.share()?)
        }
    })
}

/// Where the body is; good until the message is closed, moved or sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_data(msg: *mut zmq_msg_t) -> *mut c_void {
    entry(ptr::null_mut(), || {
        // SAFETY: the contract of this module.
        Ok(unsafe { message_mut(msg)? }.data_ptr().cast())
    })
}

/// The length of the body in bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_size(msg: *const zmq_msg_t) -> usize {
    // SAFETY: the contract of this module.
    entry(0, || Ok(unsafe { message(msg)? }.len()))
}

/// Whether another frame of the same message follows; also of a closed one.
///
/// # Safety
/// The contract of this module.
unsafe fn more(msg: *const zmq_msg_t) -> Result<c_int> {
    // SAFETY: as in `message`.
    let msg = unsafe { msg.cast::<Msg>().as_ref() }.ok_or(Error::Fault)?;
    let known = msg.is_valid() || msg.is_closed();
    known.then(|| msg.more().into()).ok_or(Error::Fault)
}

/// 1 if another frame of the same message follows, else 0. May be asked of a
/// closed message.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_more(msg: *const zmq_msg_t) -> c_int {
    // SAFETY: the contract of this module.
    entry(-1, || unsafe { more(msg) })
}

/// A property of the message: ZMQ_MORE, ZMQ_SRCFD or ZMQ_SHARED. Fails
/// with EINVAL if there is none such, or this message has none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_get(msg: *const zmq_msg_t, property: c_int) -> c_int {
    entry(-1, || {
        if property == ZMQ_MORE {
            // SAFETY: the contract of this module.
            return unsafe { more(msg) };
        }
        // SAFETY: the contract of this module.
        let msg = unsafe { message(msg)? };
        match property {
            ZMQ_SHARED => Ok(msg.is_shared().into()),
            ZMQ_SRCFD => msg
                .metadata()
                .and_then(|peer| peer.fd())
                .ok_or(Error::Invalid),
            _ => Err(Error::Invalid),
        }
    })
}

/// Sets a property. There is none that can be set: fails with EINVAL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_set(
    msg: *mut zmq_msg_t,
    _property: c_int,
    _value: c_int,
) -> c_int {
    // SAFETY: the contract of this module.
    status(|| unsafe { message(msg) }.and(Err(Error::Invalid)))
}

/// A property of the peer that the message came from, by name, such as
/// Socket-Type or User-Id; good until the message is closed. Fails with
/// EINVAL if there is none of that name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_gets(
    msg: *const zmq_msg_t,
    property: *const c_char,
) -> *const c_char {
    entry(ptr::null(), || {
        // SAFETY: the contract of this module.
        let (msg, name) = unsafe { (message(msg)?, string(property).ok_or(Error::Fault)?) };
        let value = msg.metadata().and_then(|peer| peer.get_c(name.to_bytes()));
        value.map(CStr::as_ptr).ok_or(Error::Invalid)
    })
}

/// The routing id of the peer: where a SERVER's message came from, or goes to.
/// 0 if there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_routing_id(msg: *mut zmq_msg_t) -> u32 {
    // SAFETY: the contract of this module.
    entry(0, || Ok(unsafe { message(msg)? }.routing_id()))
}

/// Says which peer of a SERVER the message goes to. Fails with EINVAL if the
/// routing id is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_set_routing_id(msg: *mut zmq_msg_t, routing_id: u32) -> c_int {
    status(|| {
        // SAFETY: the contract of this module.
        let msg = unsafe { message_mut(msg)? };
        if routing_id == 0 {
            return Err(Error::Invalid);
        }
        msg.set_routing_id(routing_id);
        Ok(())
    })
}

/// The group of a RADIO's or DISH's message; empty if there is none. Good until
/// the message is closed or its group is set.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_group(msg: *mut zmq_msg_t) -> *const c_char {
    entry(ptr::null(), || {
        // SAFETY: the contract of this module.
        Ok(unsafe { message(msg)? }.group().as_ptr())
    })
}

/// Says which group a RADIO's message is for. Fails with EINVAL if the name is
/// longer than ZMQ_GROUP_MAX_LENGTH.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_msg_set_group(msg: *mut zmq_msg_t, group: *const c_char) -> c_int {
    // SAFETY: the contract of this module.
    status(|| unsafe {
        let msg = message_mut(msg)?;
        msg.set_group(string(group).ok_or(Error::Fault)?.to_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a call answered, and the errno it set if it set one.
    macro_rules! outcome {
        ($call:expr) => {{
            // SAFETY: this thread's own errno; and the tests below keep the
            // contract of this module.
            unsafe {
                *libc::__errno_location() = 0;
                let answer = $call;
                (answer, *libc::__errno_location())
            }
        }};
    }

    fn garbage(byte: u8) -> zmq_msg_t {
        zmq_msg_t {
            _bytes: [MaybeUninit::new(byte); 64],
            _align: [],
        }
    }

    fn made(body: &[u8]) -> zmq_msg_t {
        let mut msg = garbage(0);
        let start = body.as_ptr().cast();
        assert_eq!(
            outcome!(zmq_msg_init_buffer(&mut msg, start, body.len())),
            (0, 0)
        );
        msg
    }

    fn body(msg: &mut zmq_msg_t) -> Vec<u8> {
        let (data, size) = (outcome!(zmq_msg_data(msg)).0, outcome!(zmq_msg_size(msg)).0);
        // SAFETY: that is where the body is.
        unsafe { std::slice::from_raw_parts(data.cast::<u8>(), size) }.to_vec()
    }

    #[test]
    fn what_is_no_message_is_a_fault_everywhere() {
        let mut good = made(b"good");
        let good = &raw mut good;
        let fault = (-1, libc::EFAULT);
        for byte in [0, 1, 0x65, 0xff] {
            let mut bad = garbage(byte);
            let looks_closed = if byte == 0 { (0, 0) } else { fault };
            assert_eq!(outcome!(zmq_msg_more(&bad)), looks_closed);
            assert_eq!(outcome!(zmq_msg_get(&bad, ZMQ_MORE)), looks_closed);
            for bad in [&raw mut bad, ptr::null_mut()] {
                assert_eq!(outcome!(zmq_msg_close(bad)), fault);
                assert_eq!(outcome!(zmq_msg_move(bad, good)), fault);
                assert_eq!(outcome!(zmq_msg_move(good, bad)), fault);
                assert_eq!(outcome!(zmq_msg_copy(bad, good)), fault);
                assert_eq!(outcome!(zmq_msg_copy(good, bad)), fault);
                assert_eq!(outcome!(zmq_msg_get(bad, ZMQ_SHARED)), fault);
                assert_eq!(outcome!(zmq_msg_set(bad, ZMQ_MORE, 1)), fault);
                assert_eq!(outcome!(zmq_msg_set_routing_id(bad, 1)), fault);
                assert_eq!(outcome!(zmq_msg_set_group(bad, c"g".as_ptr())), fault);
                assert_eq!(outcome!(zmq_msg_size(bad)), (0, libc::EFAULT));
                assert_eq!(outcome!(zmq_msg_routing_id(bad)), (0, libc::EFAULT));
                assert_eq!(outcome!(zmq_msg_data(bad)), (ptr::null_mut(), libc::EFAULT));
                assert_eq!(outcome!(zmq_msg_group(bad)), (ptr::null(), libc::EFAULT));
                let name = c"Socket-Type".as_ptr();
                assert_eq!(
                    outcome!(zmq_msg_gets(bad, name)),
                    (ptr::null(), libc::EFAULT)
                );
            }
        }
        assert_eq!(outcome!(zmq_msg_more(ptr::null())), fault);
        // SAFETY: the message is good.
        assert_eq!(body(unsafe { &mut *good }), b"good");
        assert_eq!(outcome!(zmq_msg_close(good)), (0, 0));
        assert_eq!(outcome!(zmq_msg_more(good)), (0, 0));
        assert_eq!(outcome!(zmq_msg_close(good)), (-1, libc::EFAULT));
    }

    #[test]
    fn null_places_and_bodies_are_faults() {
        let null = ptr::null_mut();
        let (none, mut msg) = (ptr::null_mut(), garbage(7));
        assert_eq!(outcome!(zmq_msg_init(null)), (-1, libc::EFAULT));
        assert_eq!(outcome!(zmq_msg_init_size(null, 1)), (-1, libc::EFAULT));
        assert_eq!(
            outcome!(zmq_msg_init_buffer(&mut msg, none, 1)),
            (-1, libc::EFAULT)
        );
        assert_eq!(
            outcome!(zmq_msg_init_data(&mut msg, none, 1, None, none)),
            (-1, libc::EFAULT)
        );
        assert_eq!(outcome!(zmq_msg_init_buffer(&mut msg, none, 0)), (0, 0));
        assert_eq!(outcome!(zmq_msg_size(&msg)), (0, 0));
        assert_eq!(
            outcome!(zmq_msg_gets(&msg, ptr::null())),
            (ptr::null(), libc::EFAULT)
        );
        assert_eq!(
            outcome!(zmq_msg_set_group(&mut msg, ptr::null())),
            (-1, libc::EFAULT)
        );
        assert_eq!(outcome!(zmq_msg_close(&mut msg)), (0, 0));
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri ends at allocations that fail")]
    fn a_message_that_could_not_be_made_is_closed() {
        let mut msg = garbage(7);
        assert_eq!(
            outcome!(zmq_msg_init_size(&mut msg, usize::MAX)),
            (-1, libc::ENOMEM)
        );
        assert_eq!(outcome!(zmq_msg_close(&mut msg)), (-1, libc::EFAULT));
    }

    #[test]
    fn move_empties_the_source_and_copy_keeps_it() {
        for len in [3, 300] {
            let (mut a, mut b) = (made(&vec![1; len]), made(&vec![2; len]));
            assert_eq!(outcome!(zmq_msg_copy(&mut a, &mut b)), (0, 0));
            assert_eq!((body(&mut a), body(&mut b)), (vec![2; len], vec![2; len]));
            assert_eq!(
                outcome!(zmq_msg_get(&a, ZMQ_SHARED)),
                ((len > 100).into(), 0)
            );
            assert_eq!(outcome!(zmq_msg_close(&mut a)), (0, 0));
            assert_eq!(outcome!(zmq_msg_init(&mut a)), (0, 0));
            assert_eq!(outcome!(zmq_msg_move(&mut a, &mut b)), (0, 0));
            assert_eq!((body(&mut a), body(&mut b)), (vec![2; len], vec![]));
            assert_eq!(outcome!(zmq_msg_close(&mut a)), (0, 0));
            assert_eq!(outcome!(zmq_msg_close(&mut b)), (0, 0));
        }
    }

    #[test]
    fn onto_itself_a_message_stays_what_it_is() {
        for len in [3, 300] {
            let mut msg = made(&vec![1; len]);
            let msg = &raw mut msg;
            assert_eq!(outcome!(zmq_msg_move(msg, msg)), (0, 0));
            assert_eq!(outcome!(zmq_msg_copy(msg, msg)), (0, 0));
            // SAFETY: the message is good.
            assert_eq!(body(unsafe { &mut *msg }), vec![1; len]);
            assert_eq!(outcome!(zmq_msg_close(msg)), (0, 0));
        }
    }

    #[test]
    fn properties_are_told_and_unknown_ones_refused() {
        let mut msg = made(b"x");
        let invalid = (-1, libc::EINVAL);
        assert_eq!(outcome!(zmq_msg_get(&msg, ZMQ_MORE)), (0, 0));
        assert_eq!(outcome!(zmq_msg_get(&msg, ZMQ_SRCFD)), invalid);
        assert_eq!(outcome!(zmq_msg_get(&msg, 77)), invalid);
        assert_eq!(outcome!(zmq_msg_set(&mut msg, ZMQ_MORE, 1)), invalid);
        let socket_type = c"Socket-Type".as_ptr();
        assert_eq!(
            outcome!(zmq_msg_gets(&msg, socket_type)),
            (ptr::null(), libc::EINVAL)
        );

        let mut metadata = crate::message::Metadata::new();
        metadata.insert(b"Socket-Type", b"PUSH");
        metadata.set_fd(42);
        // SAFETY: the message is good.
        unsafe { message_mut(&mut msg) }
            .unwrap()
            .set_metadata(Some(metadata.into()));
        assert_eq!(outcome!(zmq_msg_get(&msg, ZMQ_SRCFD)), (42, 0));
        let value = outcome!(zmq_msg_gets(&msg, socket_type)).0;
        // SAFETY: a C string that lives as long as the message.
        assert_eq!(unsafe { CStr::from_ptr(value) }, c"PUSH");
        assert_eq!(outcome!(zmq_msg_close(&mut msg)), (0, 0));
    }

    #[test]
    fn routing_ids_are_not_zero_and_groups_not_too_long() {
        let mut msg = made(b"x");
        assert_eq!(outcome!(zmq_msg_routing_id(&mut msg)), (0, 0));
        assert_eq!(
            outcome!(zmq_msg_set_routing_id(&mut msg, 0)),
            (-1, libc::EINVAL)
        );
        assert_eq!(outcome!(zmq_msg_set_routing_id(&mut msg, 9)), (0, 0));
        assert_eq!(outcome!(zmq_msg_routing_id(&mut msg)), (9, 0));
        let name = [b'n' as c_char; 257];
        let group = |len: usize| [&name[..len], &[0]].concat();
        assert_eq!(
            outcome!(zmq_msg_set_group(&mut msg, group(256).as_ptr())),
            (-1, libc::EINVAL)
        );
        assert_eq!(
            outcome!(zmq_msg_set_group(&mut msg, group(255).as_ptr())),
            (0, 0)
        );
        let told = outcome!(zmq_msg_group(&mut msg)).0;
        // SAFETY: a C string that lives as long as the message.
        let told = unsafe { CStr::from_ptr(told) };
        assert_eq!(told.to_bytes(), [b'n'; 255]);
        assert_eq!(outcome!(zmq_msg_close(&mut msg)), (0, 0));
    }

    #[test]
    fn a_free_function_may_use_the_message_that_is_closed() {
        unsafe extern "C" fn free(_: *mut c_void, hint: *mut c_void) {
            let msg = hint.cast::<zmq_msg_t>();
            assert_eq!(outcome!(zmq_msg_close(msg)), (-1, libc::EFAULT));
            assert_eq!(outcome!(zmq_msg_init_size(msg, 100)), (0, 0));
        }
        let mut bytes = *b"lent";
        let mut msg = garbage(0);
        let (data, hint) = (bytes.as_mut_ptr().cast(), &raw mut msg);
        assert_eq!(
            outcome!(zmq_msg_init_data(hint, data, 4, Some(free), hint.cast())),
            (0, 0)
        );
        assert_eq!(outcome!(zmq_msg_close(hint)), (0, 0));
        assert_eq!(outcome!(zmq_msg_size(hint)), (100, 0));
        assert_eq!(outcome!(zmq_msg_close(hint)), (0, 0));
    }
}
