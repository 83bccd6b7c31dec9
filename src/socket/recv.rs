//! Receiving: from the pattern to the C boundary, and the wait if there is
//! nothing yet.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

use super::inner::Inner;
use super::wait::{Kind, Wait};
use super::{DONTWAIT, Entered, SocketRef};
use crate::error::{Error, Result};
use crate::message::Msg;

/// `zmq_recv`: copies what fits and says how long the body was.
pub fn recv(socket: *mut c_void, room: &mut [MaybeUninit<u8>], flags: c_int) -> Result<usize> {
    let msg = receive(socket, flags, true)?;
    let body = msg.as_slice();
    let count = body.len().min(room.len());
    // SAFETY: `count` bytes are there on both sides, and a received body is
    // not within the caller's room.
    unsafe { std::ptr::copy_nonoverlapping(body.as_ptr(), room.as_mut_ptr().cast(), count) };
    Ok(body.len())
}

/// `zmq_msg_recv`: the frame takes the place of what `msg` held. When there is
/// none, the message is left empty.
pub fn recv_msg(socket: *mut c_void, msg: &mut Msg, flags: c_int) -> Result<usize> {
    let received = match receive(socket, flags, false) {
        Ok(received) => received,
        Err(error) => {
            if error == Error::Again {
                drop(msg.take());
            }
            return Err(error);
        }
    };
    let size = received.len();
    // What it held is released here, where no lock is held.
    drop(std::mem::replace(msg, received));
    Ok(size)
}

/// The next frame. With `borrow` it is gone before the next call.
#[inline]
fn receive(socket: *mut c_void, flags: c_int, borrow: bool) -> Result<Msg> {
    let mut socket = SocketRef::resolve(socket)?.enter()?.alive()?;
    socket.lower();
    match socket.try_recv(borrow, false) {
        Err(Error::Again) => receive_slowly(socket, flags, borrow),
        result => result,
    }
}

#[cold]
fn receive_slowly(mut socket: Entered, flags: c_int, borrow: bool) -> Result<Msg> {
    let timeout = if flags & DONTWAIT != 0 { 0 } else { socket.options.rcvtimeo };
    if timeout == 0 {
        socket = socket.flush_left()?;
        socket.refresh();
        return socket.try_recv(borrow, false);
    }
    let mut wait = Wait::new(timeout.into());
    loop {
        socket = socket.flush_left()?;
        wait.lease(&mut socket);
        if socket.adaptive.pays() {
            match wait.look(socket, |inner| inner.try_recv(borrow, false))? {
                Ok((mut socket, msg)) => {
                    wait.end(&mut socket);
                    return Ok(msg);
                }
                Err(again) => socket = again,
            }
        }
        // Once more, with the pipes asked to report: nothing can slip through.
        socket.refresh();
        match socket.try_recv(borrow, true) {
            Err(Error::Again) if !wait.timed_out() => {}
            result => {
                wait.end(&mut socket);
                return result;
            }
        }
        socket = wait.sleep(socket, Kind::Receiver)?;
        match socket.try_recv(borrow, false) {
            Err(Error::Again) => {}
            result => {
                wait.end(&mut socket);
                return result;
            }
        }
    }
}

impl Inner {
    /// The next frame, if there is one. With `settle` every pipe that has
    /// nothing has been asked to report.
    #[inline]
    pub fn try_recv(&mut self, borrow: bool, settle: bool) -> Result<Msg> {
        let received = self.reading(borrow, settle, |pattern, pipes, reading| {
            pattern.recv(pipes, reading)
        });
        if self.pipes.has_leaving() {
            self.remove_leaving();
        }
        let (msg, id) = received?;
        self.more = msg.more();
        if let Some(due) = self.pipes.get(id).and_then(|pipe| pipe.take_due()) {
            self.defer().due.push(due);
        }
        Ok(msg)
    }
}
