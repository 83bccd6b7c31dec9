//! Options of a socket: those that live in the table, and those that only the
//! socket can answer.

use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd;

use super::SocketRef;
use super::inner::Inner;
use crate::error::Result;
use crate::options::number::{EVENTS, FD, LAST_ENDPOINT, RCVMORE};
use crate::options::{write_int, write_str};
use crate::pipe::Pipe;

/// `ZMQ_POLLIN`.
pub(super) const POLLIN: i32 = 1;
/// `ZMQ_POLLOUT`.
pub(super) const POLLOUT: i32 = 2;

/// `zmq_setsockopt`; no value at all stands for a null pointer of length 0.
pub fn setsockopt(socket: *mut c_void, option: c_int, value: Option<&[u8]>) -> Result<()> {
    let mut socket = SocketRef::resolve(socket)?.enter()?.alive()?;
    socket.options.set(option, value)?;
    socket.stir();
    socket.configure();
    socket.remark();
    Ok(())
}

/// `zmq_getsockopt`: says how long the value is.
pub fn getsockopt(socket: *mut c_void, option: c_int, out: &mut [u8]) -> Result<usize> {
    let mut socket = SocketRef::resolve(socket)?.enter()?.alive()?;
    match option {
        RCVMORE => write_int(out, socket.more.into()),
        FD => {
            let fd = socket.signaler()?.event.as_raw_fd();
            write_int(out, fd)
        }
        EVENTS => {
            let written = write_int(out, 0)?;
            socket = socket.flush_left()?;
            socket.lower();
            socket.refresh();
            write_int(&mut out[..written], socket.events(POLLIN | POLLOUT, false))
        }
        LAST_ENDPOINT => write_str(out, socket.last_endpoint.as_bytes()),
        _ => socket.options.get(option, out),
    }
}

impl Inner {
    /// Which of `wanted` can be done now; with `settle` whatever cannot has been
    /// asked to report.
    pub fn events(&mut self, wanted: i32, settle: bool) -> i32 {
        let mut events = 0;
        if wanted & POLLOUT != 0 && self.pattern.rules().can_send(&mut self.pipes) {
            events |= POLLOUT;
        }
        if wanted & POLLIN != 0 {
            let found = self.can_recv(settle);
            events |= if found { POLLIN } else { 0 };
        }
        events
    }

    /// Changed high-water marks hold for the pipes there are, too.
    fn remark(&mut self) {
        let marks = self.marks();
        for (_, pipe) in self.pipes.iter_mut() {
            match pipe {
                Pipe::Link(pipe) => {
                    pipe.set_mark(marks.send);
                    pipe.link.with_fill(|half| half.set_mark(marks.receive));
                }
                Pipe::Inproc(pipe) => pipe.set_marks(marks),
            }
        }
    }
}
