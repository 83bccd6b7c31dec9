//! Sending and receiving.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};

use libc::iovec;

use super::constants::ZMQ_SNDMORE;
use super::message::{message_mut, zmq_msg_t};
use super::pointers::{array, array_mut, bytes, few_bytes, real_room, room};
use super::socket::refuse;
use super::{IN_FULL, at_once, attempt, waiting};
use crate::error::{Error, Result};
use crate::message::Msg;
use crate::pause::Pause;
use crate::socket;

/// Sends a copy of len bytes as one part of a message; with ZMQ_SNDMORE more
/// parts follow. Returns len. EAGAIN: it cannot be sent at once, or not within
/// ZMQ_SNDTIMEO. EFSM: not now (REQ, REP). ENOTSUP: not by this type.
/// EHOSTUNREACH: no such peer (ROUTER). EINTR, ETERM, ENOTSOCK, ENOMEM.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_send(
    socket: *mut c_void,
    buf: *const c_void,
    len: usize,
    flags: c_int,
) -> c_int {
    // SAFETY: the contract of this layer; nothing here has anything to drop.
    unsafe {
        let answer = at_once(|| {
            let body = few_bytes(buf, len, socket::LARGE)?;
            socket::send_at_once(socket, body, flags)
        });
        if answer != IN_FULL {
            return answer;
        }
        send_in_full(socket, buf, len, flags)
    }
}

/// # Safety
/// As for [`waiting`].
#[inline(never)]
unsafe extern "C-unwind" fn send_in_full(
    socket: *mut c_void,
    buf: *const c_void,
    len: usize,
    flags: c_int,
) -> c_int {
    // SAFETY: nothing here has anything to drop; the rest is the contract of this
    // layer.
    unsafe {
        waiting(
            |pause| {
                attempt(|| match bytes(buf, len) {
                    Some(body) => socket::send(socket, body, flags, pause),
                    None => Err(refuse(socket, no_body(buf))),
                })
            },
            |pause| {
                attempt(|| match bytes(buf, len) {
                    Some(body) => socket::send_again(body, flags, pause),
                    None => Err(no_body(buf)),
                })
            },
        )
    }
}

/// As zmq_send(), but may keep the bytes instead of a copy: they must neither
/// change nor go away while the process lives.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_send_const(
    socket: *mut c_void,
    buf: *const c_void,
    len: usize,
    flags: c_int,
) -> c_int {
    // SAFETY: nothing here has anything to drop; the rest is the contract of this
    // layer, and this function's of the bytes.
    unsafe {
        waiting(
            |pause| {
                attempt(|| match bytes(buf, len) {
                    Some(body) => socket::send_const(socket, body, flags, pause),
                    None => Err(refuse(socket, no_body(buf))),
                })
            },
            |pause| {
                attempt(|| match bytes(buf, len) {
                    Some(body) => socket::send_const_again(body, flags, pause),
                    None => Err(no_body(buf)),
                })
            },
        )
    }
}

/// Why there are no bytes at `start`.
#[cold]
fn no_body(start: *const c_void) -> Error {
    if start.is_null() {
        Error::Fault
    } else {
        Error::NoMemory
    }
}

/// Receives one part of a message into len bytes, and drops what does not fit.
/// Returns the length the part had. EAGAIN: none is there, or none came within
/// ZMQ_RCVTIMEO. EFSM: not now (REQ, REP). ENOTSUP: not by this type. EINTR,
/// ETERM, ENOTSOCK.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_recv(
    socket: *mut c_void,
    buf: *mut c_void,
    len: usize,
    flags: c_int,
) -> c_int {
    // SAFETY: the contract of this layer; nothing here has anything to drop.
    unsafe {
        let answer = at_once(|| socket::recv_at_once(socket, real_room(buf, len)?));
        if answer != IN_FULL {
            return answer;
        }
        recv_in_full(socket, buf, len, flags)
    }
}

/// # Safety
/// As for [`waiting`].
#[inline(never)]
unsafe extern "C-unwind" fn recv_in_full(
    socket: *mut c_void,
    buf: *mut c_void,
    len: usize,
    flags: c_int,
) -> c_int {
    // SAFETY: nothing here has anything to drop; the rest is the contract of this
    // layer.
    unsafe {
        waiting(
            |pause| {
                attempt(|| match room(buf, len) {
                    Some(room) => socket::recv(socket, room, flags, pause),
                    None => Err(refuse(socket, Error::Fault)),
                })
            },
            |pause| {
                attempt(|| match room(buf, len) {
                    Some(room) => socket::recv_again(room, pause),
                    None => Err(Error::Fault),
                })
            },
        )
    }
}

/// Sends a message as one part; with ZMQ_SNDMORE more parts follow. Returns the
/// length of the body. On success the message is empty afterwards, on failure it
/// is as before. Errors as for zmq_send(), and EFAULT: not a message.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_msg_send(
    msg: *mut zmq_msg_t,
    socket: *mut c_void,
    flags: c_int,
) -> c_int {
    // SAFETY: the contract of this layer; nothing here has anything to drop.
    unsafe {
        let answer = at_once(|| socket::send_msg_at_once(socket, message_mut(msg).ok()?, flags));
        if answer != IN_FULL {
            return answer;
        }
        send_msg_in_full(msg, socket, flags)
    }
}

/// # Safety
/// As for [`waiting`].
#[inline(never)]
unsafe extern "C-unwind" fn send_msg_in_full(
    msg: *mut zmq_msg_t,
    socket: *mut c_void,
    flags: c_int,
) -> c_int {
    // SAFETY: nothing here has anything to drop; the rest is the contract of this
    // layer.
    unsafe {
        waiting(
            |pause| {
                attempt(|| match message_mut(msg) {
                    Ok(msg) => socket::send_msg(socket, msg, flags, pause),
                    Err(error) => Err(refuse(socket, error)),
                })
            },
            |pause| {
                attempt(|| match message_mut(msg) {
                    Ok(msg) => socket::send_msg_again(msg, flags, pause),
                    Err(error) => Err(error),
                })
            },
        )
    }
}

/// Receives one part into a message, in place of what it held. Returns the
/// length of the body. Errors as for zmq_recv(), and EFAULT: not a message.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_msg_recv(
    msg: *mut zmq_msg_t,
    socket: *mut c_void,
    flags: c_int,
) -> c_int {
    // SAFETY: the contract of this layer; nothing here has anything to drop.
    unsafe {
        let answer = at_once(|| socket::recv_msg_at_once(socket, message_mut(msg).ok()?));
        if answer != IN_FULL {
            return answer;
        }
        recv_msg_in_full(msg, socket, flags)
    }
}

/// # Safety
/// As for [`waiting`].
#[inline(never)]
unsafe extern "C-unwind" fn recv_msg_in_full(
    msg: *mut zmq_msg_t,
    socket: *mut c_void,
    flags: c_int,
) -> c_int {
    // SAFETY: nothing here has anything to drop; the rest is the contract of this
    // layer.
    unsafe {
        waiting(
            |pause| {
                attempt(|| match message_mut(msg) {
                    Ok(msg) => socket::recv_msg(socket, msg, flags, pause),
                    Err(error) => Err(refuse(socket, error)),
                })
            },
            |pause| {
                attempt(|| match message_mut(msg) {
                    Ok(msg) => socket::recv_msg_again(msg, pause),
                    Err(error) => Err(error),
                })
            },
        )
    }
}

/// Old form of zmq_msg_send().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_sendmsg(
    socket: *mut c_void,
    msg: *mut zmq_msg_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { zmq_msg_send(msg, socket, flags) }
}

/// Old form of zmq_msg_recv().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_recvmsg(
    socket: *mut c_void,
    msg: *mut zmq_msg_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the same contract.
    unsafe { zmq_msg_recv(msg, socket, flags) }
}

/// Sends count buffers: with ZMQ_SNDMORE as the parts of one message, otherwise
/// as a message each. Returns the length of the last. EINVAL: no buffers. Other
/// errors as for zmq_send(); what was sent before stays sent.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_sendiov(
    socket: *mut c_void,
    iov: *mut iovec,
    count: usize,
    flags: c_int,
) -> c_int {
    // How many have been sent.
    let sent = Cell::new(0);
    // SAFETY: nothing here has anything to drop; the rest is the contract of this
    // layer.
    unsafe {
        waiting(
            |pause| {
                attempt(|| match array(iov.cast_const(), count) {
                    Some(buffers @ [_, ..]) => {
                        send_buffers(socket, buffers, flags, &sent, false, pause)
                    }
                    Some([]) | None => Err(refuse(socket, Error::Invalid)),
                })
            },
            |pause| {
                attempt(|| match array(iov.cast_const(), count) {
                    Some(buffers) => send_buffers(socket, buffers, flags, &sent, true, pause),
                    None => Err(Error::Invalid),
                })
            },
        )
    }
}

/// Sends what has not been sent, of which the first may have been `asleep`.
///
/// # Safety
/// Each buffer is memory to read as in the contract of this layer.
unsafe fn send_buffers(
    socket: *mut c_void,
    buffers: &[iovec],
    flags: c_int,
    sent: &Cell<usize>,
    mut asleep: bool,
    pause: &mut Pause,
) -> Result<usize> {
    let mut size = 0;
    for (index, buffer) in buffers.iter().enumerate().skip(sent.get()) {
        let is_last = index + 1 == buffers.len();
        let flags = if is_last { flags & !ZMQ_SNDMORE } else { flags };
        // SAFETY: the same contract.
        let body = match unsafe { bytes(buffer.iov_base, buffer.iov_len) } {
            Some(body) => body,
            None => return Err(refuse(socket, no_body(buffer.iov_base))),
        };
        size = if std::mem::take(&mut asleep) {
            socket::send_again(body, flags, pause)?
        } else {
            send_outlined(socket, body, flags, pause)?
        };
        sent.set(index + 1);
    }
    Ok(size)
}

/// The short way is laid out once, in [`zmq_send`].
#[inline(never)]
fn send_outlined(
    socket: *mut c_void,
    body: &[u8],
    flags: c_int,
    pause: &mut Pause,
) -> Result<usize> {
    socket::send(socket, body, flags, pause)
}

/// Receives the parts of one message, as many as there are or as count says.
/// Each is put into new memory, to be given to free(). Returns how many there
/// were; count tells the same also when the call failed after some. EINVAL: no
/// buffers. ENOMEM. Other errors as for zmq_recv().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_recviov(
    socket: *mut c_void,
    iov: *mut iovec,
    count: *mut usize,
    flags: c_int,
) -> c_int {
    // SAFETY: nothing here has anything to drop; the rest is the contract of this
    // layer.
    unsafe {
        waiting(
            |pause| {
                attempt(|| {
                    receive_parts(socket, iov, count, flags, |msg| {
                        socket::recv_msg(socket, msg, flags, pause)
                    })
                })
            },
            |pause| {
                attempt(|| {
                    receive_parts(socket, iov, count, flags, |msg| {
                        socket::recv_msg_again(msg, pause)
                    })
                })
            },
        )
    }
}

/// The parts of one message into as many buffers as they take. Only the `first`
/// one has to be waited for.
///
/// # Safety
/// The contract of this layer: `count` is null or a place for one count, and `iov`
/// null or as many buffers.
unsafe fn receive_parts(
    socket: *mut c_void,
    iov: *mut iovec,
    count: *mut usize,
    flags: c_int,
    first: impl FnOnce(&mut Msg) -> Result<usize>,
) -> Result<usize> {
    // SAFETY: the same contract.
    let Some(count) = (unsafe { count.as_mut() }) else {
        return Err(refuse(socket, Error::Invalid));
    };
    // SAFETY: the same contract.
    let buffers = match unsafe { array_mut(iov, *count) } {
        None | Some([]) => return Err(refuse(socket, Error::Invalid)),
        Some(buffers) => buffers,
    };
    let mut received = 0;
    let outcome = fill_buffers(socket, buffers, flags, first, &mut received);
    // Where there is no socket, and before it has slept, nothing is touched.
    let untouched = [Err(Error::NotSocket), Err(Error::Asleep)];
    if received > 0 || !untouched.contains(&outcome) {
        *count = received;
    }
    outcome.map(|()| received)
}

fn fill_buffers(
    socket: *mut c_void,
    buffers: &mut [iovec],
    flags: c_int,
    first: impl FnOnce(&mut Msg) -> Result<usize>,
    received: &mut usize,
) -> Result<()> {
    let mut first = Some(first);
    for buffer in buffers {
        let mut msg = Msg::new();
        match first.take() {
            Some(first) => first(&mut msg)?,
            None => rest(socket, &mut msg, flags)?,
        };
        *buffer = malloc_copy(msg.as_slice())?;
        *received += 1;
        if !msg.more() {
            break;
        }
    }
    Ok(())
}

/// A further part of a message. It is there; if it were not, no thread would end
/// here, as what was received before is not to be lost.
fn rest(socket: *mut c_void, msg: &mut Msg, flags: c_int) -> Result<usize> {
    let place = RefCell::new(msg);
    Pause::through(
        |pause| socket::recv_msg(socket, &mut place.borrow_mut(), flags, pause),
        |pause| socket::recv_msg_again(&mut place.borrow_mut(), pause),
    )
}

/// A copy that the caller gives to C's `free`.
fn malloc_copy(bytes: &[u8]) -> Result<iovec> {
    // SAFETY: any size may be asked for; one byte at least, so that null always
    // means failure.
    let iov_base = unsafe { libc::malloc(bytes.len().max(1)) };
    if iov_base.is_null() {
        return Err(Error::NoMemory);
    }
    // SAFETY: the new memory has room for all of them and overlaps nothing.
    unsafe {
        iov_base
            .cast::<u8>()
            .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())
    };
    Ok(iovec {
        iov_base,
        iov_len: bytes.len(),
    })
}
