//! Receiving: from the pattern to the C boundary, and the wait if there is
//! nothing yet.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::inner::{FEW, Inner};
use super::lease::LOOK_EVERY;
use super::wait::{Kind, Wait};
use super::{DONTWAIT, Entered, Locked, SocketRef, Ways, leave};
use crate::error::{Error, Result};
use crate::link::{PipeId, Taker};
use crate::message::{Metadata, Msg};
use crate::pause::Pause;
use crate::pipe::{Refill, Room, Sink, copy_into};

/// `zmq_recv` of a short message, where the lane is laid; otherwise nothing has happened, and
/// [`recv`] is to look.
#[inline(always)]
pub fn recv_at_once(socket: *mut c_void, room: &mut [MaybeUninit<u8>]) -> Option<usize> {
    let mut place = Room { room, size: 0 };
    through_lane(socket, &mut place)?;
    Some(place.size)
}

/// `zmq_msg_recv` in the same way: see [`recv_msg`].
#[inline(always)]
pub fn recv_msg_at_once(socket: *mut c_void, msg: &mut Msg) -> Option<usize> {
    if !msg.takes_refill() {
        return None;
    }
    through_lane(socket, &mut Refill { msg })?;
    Some(msg.len())
}

#[inline(always)]
fn through_lane(socket: *mut c_void, taker: &mut impl Taker) -> Option<()> {
    let socket = SocketRef::resolve(socket).ok()?;
    let mut locked = socket.lock_where(Ways::lead_in)?;
    if let Some(lane) = locked.lane()
        && let Some((_, due)) = lane.pipe().read_short(&mut Whole(taker))
    {
        // When it is time to look around the lane is taken up, and the next call looks.
        let (pipe, goes_on) = (lane.pipe_id(), lane.pass());
        match goes_on && !due {
            true => leave(locked),
            false => tell_locked(locked, pipe),
        }
        return Some(());
    }
    leave(locked);
    None
}

/// Takes messages of one frame.
struct Whole<'a, T>(&'a mut T);

impl<T: Taker> Taker for Whole<'_, T> {
    #[inline(always)]
    fn copy(&mut self, body: &[u8], more: bool) -> bool {
        !more && self.0.copy(body, more)
    }

    #[inline(always)]
    fn peer(&mut self, metadata: Option<&Arc<Metadata>>) {
        self.0.peer(metadata);
    }

    #[inline(always)]
    fn peer_of(&mut self, frame: &Msg) {
        self.0.peer_of(frame);
    }
}

/// `zmq_recv`: copies what fits and says how long the body was.
#[inline(always)]
pub fn recv(
    socket: *mut c_void,
    room: &mut [MaybeUninit<u8>],
    flags: c_int,
    pause: &mut Pause,
) -> Result<usize> {
    let socket = SocketRef::resolve(socket)?;
    let mut place = Room { room, size: 0 };
    match recv_short(socket, socket.lock(), &mut place) {
        Ok(()) => Ok(place.size),
        Err(locked) => recv_any(place.room, |sink| {
            receive(socket, locked, flags, sink, pause)
        }),
    }
}

/// Takes up a [`recv`] that has slept.
pub fn recv_again(room: &mut [MaybeUninit<u8>], pause: &mut Pause) -> Result<usize> {
    recv_any(room, |sink| receive_again(sink, pause))
}

#[inline(never)]
fn recv_any(
    room: &mut [MaybeUninit<u8>],
    receive: impl FnOnce(&mut Sink<'_>) -> Result<()>,
) -> Result<usize> {
    let mut msg = Msg::new();
    let mut sink = Sink::room(room, &mut msg);
    receive(&mut sink)?;
    let size = sink.size;
    if !msg.is_empty() {
        copy_into(msg.as_slice(), room);
    }
    Ok(size)
}

/// `zmq_msg_recv`: the frame takes the place of what `msg` held. When there is
/// none, the message is left empty.
#[inline(always)]
pub fn recv_msg(
    socket: *mut c_void,
    msg: &mut Msg,
    flags: c_int,
    pause: &mut Pause,
) -> Result<usize> {
    let socket = SocketRef::resolve(socket)?;
    let mut locked = socket.lock();
    if msg.takes_refill() {
        match recv_short(socket, locked, &mut Refill { msg }) {
            Ok(()) => return Ok(msg.len()),
            Err(again) => locked = again,
        }
    }
    recv_any_msg(msg, |sink| receive(socket, locked, flags, sink, pause))
}

/// Takes up a [`recv_msg`] that has slept.
pub fn recv_msg_again(msg: &mut Msg, pause: &mut Pause) -> Result<usize> {
    recv_any_msg(msg, |sink| receive_again(sink, pause))
}

#[inline(never)]
fn recv_any_msg(msg: &mut Msg, receive: impl FnOnce(&mut Sink<'_>) -> Result<()>) -> Result<usize> {
    // What it held is released at the end, where no lock is held.
    let held = msg.take();
    let mut sink = Sink::message(msg);
    let received = receive(&mut sink);
    let size = sink.size;
    match received {
        Err(error) if error != Error::Again => {
            *msg = held;
            Err(error)
        }
        result => result.map(|()| size),
    }
}

/// The short way: a frame with a short body that is at hand. If there is more to
/// it, the lock comes back and nothing has happened.
#[inline(always)]
fn recv_short(
    socket: SocketRef,
    mut locked: Locked,
    taker: &mut impl Taker,
) -> std::result::Result<(), Locked> {
    if let Some(inner) = socket.plain(&mut locked)
        && !inner.uses.is_multiple_of(LOOK_EVERY)
        && let Some(taken) = inner.pattern.recv_short(&mut inner.pipes, taker)
    {
        inner.uses += 1;
        inner.more = taken.more;
        inner.asked = false;
        locked.passed();
        match taken.due {
            false => leave(locked),
            true => tell_locked(locked, taken.pipe),
        }
        return Ok(());
    }
    Err(locked)
}

/// Lets go, then tells the other end of a pipe what there is to tell.
#[inline(never)]
fn tell_locked(locked: Locked, pipe: PipeId) {
    Entered::new(locked).defer_due(pipe);
}

/// Receives the next frame.
fn receive(
    socket: SocketRef,
    locked: Locked,
    flags: c_int,
    sink: &mut Sink<'_>,
    pause: &mut Pause,
) -> Result<()> {
    let mut socket = socket.entered(locked).ok_or(Error::NotSocket)?.alive()?;
    if flags & DONTWAIT == 0 && socket.options.rcvtimeo < 0 {
        socket.lend_room(sink);
    }
    socket.lower();
    if socket.uses.is_multiple_of(LOOK_EVERY) && socket.reads_itself() {
        socket.refresh();
    }
    // Who has just asked need not look: the short way has found nothing. Of many peers
    // others may have something to say meanwhile.
    let late = socket.asked && socket.pipes.count() <= FEW;
    if !late {
        match socket.try_recv(sink, false) {
            Err(Error::Again) => {}
            result => return result,
        }
    }
    receive_slowly(socket, flags, sink, pause)
}

#[cold]
fn receive_slowly(
    mut socket: Entered,
    flags: c_int,
    sink: &mut Sink<'_>,
    pause: &mut Pause,
) -> Result<()> {
    let timeout = if flags & DONTWAIT != 0 {
        0
    } else {
        socket.options.rcvtimeo
    };
    // Who has just asked gives way before looking, and so does who has looked at all
    // there is; everybody else looks first.
    let looked =
        std::mem::take(&mut socket.asked) || socket.reads_itself() || socket.home.is_none();
    if timeout == 0 {
        socket = socket.flush_left()?;
        socket.refresh();
        return socket.try_recv(sink, false);
    }
    wait_for(socket, Wait::new(timeout.into()), looked, sink, pause)
}

/// There is nothing: looks for a while, then sleeps. Who has just `looked` gives
/// way first.
fn wait_for(
    mut socket: Entered,
    mut wait: Wait,
    looked: bool,
    sink: &mut Sink<'_>,
    pause: &mut Pause,
) -> Result<()> {
    socket = socket.flush_left()?;
    wait.lease(&mut socket);
    if socket.adaptive.pays() {
        match wait.look(socket, looked, |inner| inner.recv_soon(sink))? {
            Ok((mut socket, ())) => {
                wait.end(&mut socket);
                return Ok(());
            }
            Err(again) => socket = again,
        }
    }
    // Once more, with the pipes asked to report: nothing can slip through.
    socket.refresh();
    match socket.try_recv(sink, true) {
        Err(Error::Again) if !wait.timed_out() => {}
        result => {
            wait.end(&mut socket);
            return result;
        }
    }
    Err(wait.sleep(socket, Kind::Receiver, pause))
}

/// Takes up a receive that has slept.
fn receive_again(sink: &mut Sink<'_>, pause: &mut Pause) -> Result<()> {
    let (mut socket, mut wait) = Wait::resume(pause)?;
    if wait.is_endless() {
        socket.lend_room(sink);
    }
    match socket.try_recv(sink, false) {
        Err(Error::Again) => wait_for(socket, wait, true, sink, pause),
        result => {
            wait.end(&mut socket);
            result
        }
    }
}

impl Inner {
    /// Has a message of the only peer read straight into the room of a call that goes on
    /// until it has one. With others a shorter message could come before the rest.
    fn lend_room(&self, sink: &mut Sink<'_>) {
        if self.pipes.count() == 1 {
            sink.lend_room();
        }
    }

    /// Receives the next frame, if there is one: by the short way if that will do.
    fn recv_soon(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        if self.plain == 0 {
            return self.try_recv(sink, false);
        }
        let Some(taken) = self.pattern.recv_short(&mut self.pipes, sink) else {
            return self.try_recv(sink, false);
        };
        self.uses += 1;
        self.more = taken.more;
        self.asked = false;
        if taken.due {
            self.defer_due(taken.pipe);
        }
        Ok(())
    }

    /// Receives the next frame, if there is one. With `settle` every pipe that
    /// has nothing has been asked to report.
    pub fn try_recv(&mut self, sink: &mut Sink<'_>, settle: bool) -> Result<()> {
        let (pattern, pipes, reading) = self.reading(settle);
        let received = pattern.recv(pipes, &reading, sink);
        if self.pipes.has_errands() {
            self.run_errands();
        }
        let id = received?;
        self.more = sink.more;
        self.asked = false;
        if sink.due {
            self.defer_due(id);
        }
        Ok(())
    }

    /// What a pipe has to tell the other end is told when the lock is let go.
    fn defer_due(&mut self, id: PipeId) {
        if let Some(due) = self.pipes.get(id).and_then(|pipe| pipe.take_due()) {
            self.defer().due.push(due);
        }
    }
}
