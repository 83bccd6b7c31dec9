//! Sending: from the C boundary to the pattern, and the flush that is due.

use std::ffi::{c_int, c_void};
use std::ops::Range;
use std::time::Duration;

use super::inner::Inner;
use super::wait::{Kind, Wait};
use super::{DONTWAIT, Entered, Locked, SNDMORE, SocketRef, Ways, leave};
use crate::error::{Error, Result};
use crate::link::{LARGE, PipeId};
use crate::message::Msg;
use crate::pattern::Sent;
use crate::pause::Pause;
use crate::pipe::{Body, Due, Effort, Then};

/// Bodies of these sizes are written from where they lie, if the kernel takes them at
/// once. Shorter ones are worth gathering, and the background writes longer ones.
const LENT: Range<usize> = 32 * 1024..256 * 1024;

/// `zmq_send` of fewer than [`LARGE`] bytes, where the lane is laid; otherwise nothing has
/// happened, and [`send`] is to look.
#[inline(always)]
pub fn send_at_once(socket: *mut c_void, bytes: &[u8], flags: c_int) -> Option<usize> {
    if flags & SNDMORE != 0 {
        return None;
    }
    let socket = SocketRef::resolve(socket).ok()?;
    let mut locked = socket.lock_where(Ways::lead_out)?;
    if let Some(lane) = locked.lane()
        && let Some(then) = lane.pipe().write_short(&[], bytes)
    {
        let pipe = lane.pipe_id();
        match then {
            Then::Nothing => leave(locked),
            _ => finish_locked(locked, Sent { pipe, then }),
        }
        return Some(bytes.len());
    }
    leave(locked);
    None
}

/// `zmq_msg_send` in the same way: see [`send_msg`].
#[inline(always)]
pub fn send_msg_at_once(socket: *mut c_void, msg: &mut Msg, flags: c_int) -> Option<usize> {
    let size = send_at_once(socket, short_body(msg)?, flags)?;
    // Without the lock.
    msg.empty();
    Some(size)
}

/// The body of a message that is sent by copying it.
#[inline(always)]
fn short_body(msg: &Msg) -> Option<&[u8]> {
    msg.as_plain().filter(|body| body.len() < LARGE)
}

/// `zmq_send`: the bytes are copied.
#[inline(always)]
pub fn send(socket: *mut c_void, bytes: &[u8], flags: c_int, pause: &mut Pause) -> Result<usize> {
    if bytes.len() >= LARGE {
        return send_large(socket, bytes, flags, pause);
    }
    let socket = SocketRef::resolve(socket)?;
    match send_short(socket, socket.lock(), bytes, flags) {
        Ok(size) => Ok(size),
        Err(locked) => transmit(socket, locked, &mut Body::Bytes(bytes), flags, pause),
    }
}

/// Takes up a [`send`] that has slept.
pub fn send_again(bytes: &[u8], flags: c_int, pause: &mut Pause) -> Result<usize> {
    transmit_again(&mut Body::Bytes(bytes), flags, pause)
}

/// As [`send`]; the copy is made here, where no lock is held.
#[inline(never)]
fn send_large(socket: *mut c_void, bytes: &[u8], flags: c_int, pause: &mut Pause) -> Result<usize> {
    if LENT.contains(&bytes.len()) && flags & (SNDMORE | DONTWAIT) == 0 {
        let socket = SocketRef::resolve(socket)?;
        match send_lent(socket, socket.lock(), bytes) {
            Ok(()) => return Ok(bytes.len()),
            Err(locked) => drop(socket.entered(locked)),
        }
    }
    let mut msg = Msg::copy_from(bytes)?;
    let socket = SocketRef::resolve(socket)?;
    transmit(
        socket,
        socket.lock(),
        &mut Body::Msg(&mut msg),
        flags,
        pause,
    )
}

/// `zmq_send_const`: the bytes are never freed, so they need no copy.
pub fn send_const(
    socket: *mut c_void,
    bytes: &[u8],
    flags: c_int,
    pause: &mut Pause,
) -> Result<usize> {
    let mut msg = constant(bytes);
    let socket = SocketRef::resolve(socket)?;
    transmit(
        socket,
        socket.lock(),
        &mut Body::Msg(&mut msg),
        flags,
        pause,
    )
}

/// Takes up a [`send_const`] that has slept.
pub fn send_const_again(bytes: &[u8], flags: c_int, pause: &mut Pause) -> Result<usize> {
    transmit_again(&mut Body::Msg(&mut constant(bytes)), flags, pause)
}

fn constant(bytes: &[u8]) -> Msg {
    // SAFETY: the caller of zmq_send_const promises that the bytes outlive all
    // use of them and do not change.
    unsafe { Msg::constant(bytes.as_ptr().cast_mut().cast(), bytes.len()) }
}

/// `zmq_msg_send`: on success the message is empty afterwards.
#[inline(always)]
pub fn send_msg(
    socket: *mut c_void,
    msg: &mut Msg,
    flags: c_int,
    pause: &mut Pause,
) -> Result<usize> {
    let socket = SocketRef::resolve(socket)?;
    let mut locked = socket.lock();
    if let Some(bytes) = short_body(msg) {
        match send_short(socket, locked, bytes, flags) {
            Ok(size) => {
                msg.empty();
                return Ok(size);
            }
            Err(again) => locked = again,
        }
    }
    send_any_msg(msg, |body| transmit(socket, locked, body, flags, pause))
}

/// Takes up a [`send_msg`] that has slept.
pub fn send_msg_again(msg: &mut Msg, flags: c_int, pause: &mut Pause) -> Result<usize> {
    send_any_msg(msg, |body| transmit_again(body, flags, pause))
}

#[inline(never)]
fn send_any_msg(
    msg: &mut Msg,
    transmit: impl FnOnce(&mut Body<'_>) -> Result<usize>,
) -> Result<usize> {
    let size = transmit(&mut Body::Msg(msg))?;
    // What was copied is released here, where no lock is held: that may call a
    // function of the application.
    drop(msg.take());
    Ok(size)
}

/// The short way: a whole message with a short body, to a peer that has room.
/// If there is more to it, the lock comes back and nothing has happened.
#[inline(always)]
fn send_short(
    socket: SocketRef,
    mut locked: Locked,
    bytes: &[u8],
    flags: c_int,
) -> std::result::Result<usize, Locked> {
    if flags & SNDMORE == 0
        && let Some(inner) = socket.plain(&mut locked)
        && let Some(sent) = inner.pattern.send_short(&mut inner.pipes, bytes)
    {
        // Without connections it is with the peer already.
        inner.asked |= inner.home.is_none();
        locked.passed();
        match sent.then {
            Then::Nothing => leave(locked),
            _ => finish_locked(locked, sent),
        }
        return Ok(bytes.len());
    }
    Err(locked)
}

/// The way of a large body that is written from where it lies. If there is more to it,
/// the lock comes back and nothing has happened. Not for who sends without waiting: it is
/// to find its mark full, and not only the kernel.
fn send_lent(
    socket: SocketRef,
    mut locked: Locked,
    bytes: &[u8],
) -> std::result::Result<(), Locked> {
    if let Some(inner) = socket.plain(&mut locked)
        && inner.options.sndtimeo != 0
        && let Some(sent) = inner.pattern.send_short(&mut inner.pipes, bytes)
    {
        let limit = match inner.pipes.count() {
            1 => u64::try_from(inner.options.sndtimeo).map_or(Duration::MAX, Duration::from_millis),
            _ => Duration::ZERO,
        };
        let pipe = inner.pipes.get(sent.pipe);
        let lent = pipe.and_then(|pipe| pipe.take_lent());
        inner.list(sent.pipe);
        inner.asked = true;
        leave(locked);
        if let Some((link, lent)) = lent {
            link.flush_lent(lent, limit);
        }
        return Ok(());
    }
    Err(locked)
}

#[inline(never)]
fn transmit(
    socket: SocketRef,
    locked: Locked,
    body: &mut Body<'_>,
    flags: c_int,
    pause: &mut Pause,
) -> Result<usize> {
    let mut socket = socket.entered(locked).ok_or(Error::NotSocket)?.alive()?;
    let size = body.as_slice().len();
    let more = flags & SNDMORE != 0;
    let timeout = match flags & DONTWAIT {
        0 => socket.options.sndtimeo,
        _ => 0,
    };
    let effort = if timeout == 0 {
        Effort::Settle
    } else {
        Effort::Look
    };
    socket.lower();
    let inner = &mut *socket;
    let sent = inner.pattern.send(&mut inner.pipes, body, more, effort);
    if inner.pipes.has_errands() {
        inner.run_errands();
    }
    match sent {
        Ok(sent) if sent.then == Then::Nothing => socket.leave(),
        Ok(sent) => finish(socket, sent),
        Err(Error::Again) if timeout != 0 => {
            let wait = Wait::new(timeout.into());
            let (socket, sent) = send_slowly(socket, body, more, wait, pause)?;
            finish(socket, sent);
        }
        Err(error) => return Err(error),
    }
    Ok(size)
}

/// Takes up a send that has slept.
fn transmit_again(body: &mut Body<'_>, flags: c_int, pause: &mut Pause) -> Result<usize> {
    let size = body.as_slice().len();
    let more = flags & SNDMORE != 0;
    let (mut socket, mut wait) = Wait::resume(pause)?;
    if LENT.contains(&size) && wait.may_go_on() && socket.waits_empty() {
        wait.go_on();
        return Err(wait.sleep(socket, Kind::Sender, pause));
    }
    let (socket, sent) = send_slowly(socket, body, more, wait, pause)?;
    finish(socket, sent);
    Ok(size)
}

impl Inner {
    /// What is due of a pipe when the lock has been let go.
    pub(super) fn take_due(&mut self, id: PipeId) -> Option<Due> {
        let due = self.pipes.get(id).and_then(|pipe| pipe.take_due());
        self.list(id);
        due
    }

    /// Notes a pipe whose last message may not be written to its end.
    fn list(&mut self, id: PipeId) {
        if self.pipes.get(id).is_some_and(|pipe| pipe.lists()) {
            self.left.push(id);
            self.stir();
        }
    }

    /// For a sender that has waited for room, and found it: asks to be told when all is out,
    /// so that what it sends can be written from where it lies. Says whether it will be told.
    ///
    /// Nobody else may rely on hearing of room meanwhile: what is asked of a pipe replaces
    /// what was asked before, and other senders come after this one.
    fn waits_empty(&mut self) -> bool {
        self.pipes.count() == 1
            && !self.has_waiting_sender()
            && self.pattern.rules().can_send(&mut self.pipes)
            && self.pipes.iter_mut().all(|(_, pipe)| pipe.wait_empty())
    }
}

#[inline(never)]
fn finish_locked(locked: Locked, sent: Sent) {
    finish(Entered::new(locked), sent);
}

/// Lets go, then does what is left to be done.
#[inline]
fn finish(mut socket: Entered, sent: Sent) {
    match sent.then {
        Then::Nothing => {}
        Then::List => {
            socket.left.push(sent.pipe);
            socket.stir();
        }
        Then::Aside => socket.run_errands(),
        Then::Due => {
            let due = socket.take_due(sent.pipe);
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
    mut wait: Wait,
    pause: &mut Pause,
) -> Result<(Entered, Sent)> {
    socket = socket.flush_left()?;
    for effort in [Effort::Look, Effort::Settle] {
        let inner = &mut *socket;
        match inner.pattern.send(&mut inner.pipes, body, more, effort) {
            Err(Error::Again) => {}
            result => {
                wait.end(&mut socket);
                return result.map(|sent| (socket, sent));
            }
        }
    }
    if wait.timed_out() {
        wait.end(&mut socket);
        return Err(Error::Again);
    }
    Err(wait.sleep(socket, Kind::Sender, pause))
}
