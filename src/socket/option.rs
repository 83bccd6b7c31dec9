//! Options of a socket: those that live in the table, and those that only the
//! socket can answer.

use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd;

use super::SocketRef;
use super::inner::Inner;
use crate::error::{Error, Result};
use crate::options::number::{
    EVENTS, FD, LAST_ENDPOINT, RCVHWM, RCVMORE, SNDHWM, SUBSCRIBE, TOPICS_COUNT, UNSUBSCRIBE,
    XPUB_WELCOME_MSG,
};
use crate::options::{write_int, write_str};
use crate::pipe::Pipe;
use crate::transport::text;

/// `ZMQ_POLLIN`.
pub(super) const POLLIN: i32 = 1;
/// `ZMQ_POLLOUT`.
pub(super) const POLLOUT: i32 = 2;

/// `zmq_setsockopt`; no value at all stands for a null pointer of length 0.
pub fn setsockopt(socket: *mut c_void, option: c_int, value: Option<&[u8]>) -> Result<()> {
    let mut socket = SocketRef::resolve(socket)?.enter()?.alive()?;
    if let SUBSCRIBE | UNSUBSCRIBE = option {
        let inner = &mut *socket;
        let topic = value.unwrap_or_default();
        let rules = inner.pattern.rules();
        rules.subscribe(&mut inner.pipes, topic, option == SUBSCRIBE)?;
        inner.run_errands();
        inner.stir();
        return Ok(());
    }
    socket.options.set(option, value)?;
    socket.stir();
    if option == XPUB_WELCOME_MSG {
        let inner = &mut *socket;
        inner
            .pattern
            .rules()
            .welcome(&inner.options.xpub_welcome_msg);
    }
    socket.configure();
    if let SNDHWM | RCVHWM = option {
        socket.remark();
    }
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
        LAST_ENDPOINT => write_str(out, &text::write(&socket.last_endpoint)),
        TOPICS_COUNT => {
            let count = socket.pattern.rules().topics().ok_or(Error::Invalid)?;
            write_int(out, count as i32)
        }
        _ => socket.options.get(option, out),
    }
}

/// `zmq_socket_get_peer_state`: the events that are possible with one peer.
pub fn peer_state(socket: *mut c_void, routing_id: &[u8]) -> Result<i32> {
    let mut socket = SocketRef::resolve(socket)?.enter()?.alive()?.flush_left()?;
    let inner = &mut *socket;
    let has_room = inner
        .pattern
        .rules()
        .has_room_for(&mut inner.pipes, routing_id)?;
    Ok(if has_room { POLLOUT } else { 0 })
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
                    pipe.link
                        .with_fill(|half| half.inbox.set_mark(marks.receive));
                }
                Pipe::Inproc(pipe) => pipe.set_marks(marks),
            }
        }
    }
}
