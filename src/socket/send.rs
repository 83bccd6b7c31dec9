//! Sending: from the C boundary to the pattern, and the flush that is due.

use std::ffi::{c_int, c_void};

use super::wait::{Kind, Wait};
use super::{DONTWAIT, Entered, SNDMORE, SocketRef};
use crate::error::{Error, Result};
use crate::link::LARGE;
use crate::message::Msg;
use crate::pattern::Sent;
use crate::pipe::{Body, Effort, Then};

/// `zmq_send`: the bytes are copied.
#[inline(always)]
pub fn send(socket: *mut c_void, bytes: &[u8], flags: c_int) -> Result<usize> {
    if bytes.len() >= LARGE {
        // Copied here, where no lock is held.
        return transmit(socket, &mut Body::Msg(&mut Msg::copy_from(bytes)?), flags);
    }
    transmit(socket, &mut Body::Bytes(bytes), flags)
}

/// `zmq_send_const`: the bytes are never freed, so they need no copy.
pub fn send_const(socket: *mut c_void, bytes: &[u8], flags: c_int) -> Result<usize> {
    // SAFETY: the caller of zmq_send_const promises that the bytes outlive all
    // use of them and do not change.
    let mut msg = unsafe { Msg::constant(bytes.as_ptr().cast_mut().cast(), bytes.len()) };
    transmit(socket, &mut Body::Msg(&mut msg), flags)
}

/// `zmq_msg_send`: on success the message is empty afterwards.
pub fn send_msg(socket: *mut c_void, msg: &mut Msg, flags: c_int) -> Result<usize> {
    let size = transmit(socket, &mut Body::Msg(msg), flags)?;
    // What was copied is released here, where no lock is held: that may call a
    // function of the application.
    drop(msg.take());
    Ok(size)
}

#[inline]
fn transmit(socket: *mut c_void, body: &mut Body<'_>, flags: c_int) -> Result<usize> {
    let mut socket = SocketRef::resolve(socket)?.enter()?.alive()?;
    let size = body.as_slice().len();
    let more = flags & SNDMORE != 0;
    let timeout = if flags & DONTWAIT != 0 {
        0
    } else {
        socket.options.sndtimeo
    };
    let effort = if timeout == 0 {
        Effort::Settle
    } else {
        Effort::Look
    };
    socket.lower();
    let inner = &mut *socket;
    match inner.pattern.send(&mut inner.pipes, body, more, effort) {
        Ok(sent) if sent.then == Then::Nothing => socket.leave(),
        Ok(sent) => finish(socket, sent),
        Err(Error::Again) if timeout != 0 => {
            let (socket, sent) = send_slowly(socket, body, more, timeout.into())?;
            finish(socket, sent);
        }
        Err(error) => return Err(error),
    }
    Ok(size)
}

/// Lets go, then does what is left to be done.
#[inline]
fn finish(mut socket: Entered, sent: Sent) {
    match sent.then {
        Then::Nothing => {}
        Then::List => socket.left.push(sent.pipe),
        Then::Due => {
            let due = socket.pipes.get(sent.pipe).and_then(|pipe| pipe.take_due());
            socket.asked = true;
            socket.leave();
            if let Some(due) = due {
                due.run();
            }
        }
    }
}

/// There is no room: writes what has gathered, and then waits.
#[cold]
fn send_slowly(
    mut socket: Entered,
    body: &mut Body<'_>,
    more: bool,
    timeout: i64,
) -> Result<(Entered, Sent)> {
    let mut wait = Wait::new(timeout);
    loop {
        socket = socket.flush_left()?;
        for effort in [Effort::Look, Effort::Settle] {
            let inner = &mut *socket;
            match inner.pattern.send(&mut inner.pipes, body, more, effort) {
                Ok(pipe) => {
                    wait.end(&mut socket);
                    return Ok((socket, pipe));
                }
                Err(Error::Again) => {}
                Err(error) => {
                    wait.end(&mut socket);
                    return Err(error);
                }
            }
        }
        if wait.timed_out() {
            wait.end(&mut socket);
            return Err(Error::Again);
        }
        socket = wait.sleep(socket, Kind::Sender)?;
    }
}
