//! Sockets: one lock around a pattern and its pipes.
//!
//! A handle points to a cell in memory that is never given back, so that every
//! call can take the cell's lock first and then see whether the socket that was
//! meant is still there. Calls are put in a row; a call that waits lets go of
//! the lock meanwhile.
//!
//! What I/O threads and other sockets have to say comes as [`Event`]s, which
//! whoever holds the lock takes in: they never wait for it. What a call causes
//! elsewhere (system calls, other sockets, functions of the application) is
//! done after the lock has been let go.

mod deferred;
mod endpoints;
mod event;
mod inner;
mod lane;
mod lease;
mod monitor;
mod option;
mod poll;
mod recv;
mod send;
mod wait;

use std::ffi::{c_int, c_void};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::context::{self, Member};
use crate::error::{Error, Result};
use crate::handle::{Handle, Registry};
use crate::pattern::Pattern;
use crate::process;
use crate::sync::mark_lock::{Guard, MarkLock};
use crate::zmtp::SocketType;

pub use crate::link::LARGE;
pub use endpoints::{bind, connect, disconnect, unbind};
pub use monitor::{monitor, pipes_stats};
pub use option::{getsockopt, peer_state, setsockopt};
pub use poll::{PollItem, poll, poll_again};
pub use recv::{recv, recv_again, recv_at_once, recv_msg, recv_msg_again, recv_msg_at_once};
pub use send::{
    send, send_again, send_at_once, send_const, send_const_again, send_msg, send_msg_again,
    send_msg_at_once,
};

use deferred::Deferred;
use event::Event;
use inner::Inner;
use lane::{Held, Ways};

static SOCKETS: Registry<Cell> = Registry::new();

/// `ZMQ_DONTWAIT`.
const DONTWAIT: c_int = 1;
/// `ZMQ_SNDMORE`.
const SNDMORE: c_int = 2;

/// What a handle on a socket points to.
pub(crate) struct Cell {
    /// The process that the socket belongs to.
    process: AtomicU32,
    /// The generation of the socket while there is nothing to receive and every
    /// pipe has been asked to report, otherwise 0: see [`Inner::note_quiet`].
    quiet: AtomicU32,
    ways: Ways,
    held: MarkLock<Held>,
    events: Mutex<Vec<(u32, Event)>>,
}

impl Default for Cell {
    fn default() -> Cell {
        Cell {
            process: AtomicU32::new(0),
            quiet: AtomicU32::new(0),
            ways: Ways::default(),
            held: MarkLock::new(Held::default()),
            events: Mutex::default(),
        }
    }
}

/// A cell whose lock is held, with the socket that is open there.
type Locked = Guard<'static, Held>;

/// One socket, for as long as it is open. Costs nothing to copy or keep.
#[derive(Clone, Copy)]
pub(crate) struct SocketRef(Handle<Cell>);

impl SocketRef {
    #[inline(always)]
    fn resolve(pointer: *mut c_void) -> Result<SocketRef> {
        let cell = SOCKETS.resolve(pointer).ok_or(Error::NotSocket)?;
        if cell.process.load(Ordering::Relaxed) != process::generation() {
            return Err(Error::NotSocket);
        }
        Ok(SocketRef(cell))
    }

    #[inline(always)]
    fn cell(self) -> &'static Cell {
        self.0.get()
    }

    /// Takes the lock of the cell, whatever is there.
    #[inline(always)]
    fn lock(self) -> Locked {
        self.cell().held.lock()
    }

    /// Takes the lock, if the lane leads the way that is asked for. Seen without the lock
    /// that is worth a try, seen under it it is true.
    #[inline(always)]
    fn lock_where(self, leads: impl Fn(&Ways, u32) -> bool) -> Option<Locked> {
        let (ways, generation) = (&self.cell().ways, self.0.generation());
        if !leads(ways, generation) {
            return None;
        }
        let locked = self.lock();
        if leads(ways, generation) {
            return Some(locked);
        }
        // Taken up meanwhile. Where the socket is closed, nobody else may come by to turn
        // away what was posted while we had the lock.
        drop(self.entered(locked));
        None
    }

    /// Takes the lock, if the socket is still open.
    #[inline(always)]
    fn enter(self) -> Result<Entered> {
        self.entered(self.lock()).ok_or(Error::NotSocket)
    }

    /// Whether it is certain, without a look at the socket itself, that there is
    /// nothing to receive.
    #[inline]
    fn is_quiet(self) -> bool {
        // Under a lock that is held, news may wait to be taken in.
        self.cell().held.is_free()
            && self.cell().quiet.load(Ordering::Relaxed) == self.0.generation()
    }

    /// The socket that was meant, if nothing about it asks for more than passing
    /// a message: it is open, its context too, and nobody looks at its `ZMQ_FD`.
    #[inline(always)]
    fn plain(self, guard: &mut Locked) -> Option<&mut Inner> {
        let inner = guard.socket_mut()?;
        (inner.plain == self.0.generation()).then_some(inner)
    }

    /// A guard of this very socket; of a later one, or none, the lock is let go.
    #[inline(always)]
    fn entered(self, mut guard: Locked) -> Option<Entered> {
        match guard.socket_mut() {
            Some(inner) if inner.me.0.generation() == self.0.generation() => {
                Some(Entered::new(guard))
            }
            _ => {
                self.release_foreign(guard);
                None
            }
        }
    }

    /// Lets go of a lock under which there is not the socket that was meant.
    #[cold]
    fn release_foreign(self, mut guard: Locked) {
        loop {
            let mut deferred = Deferred::default();
            self.drain(&mut guard, &mut deferred);
            match guard.release() {
                Some(again) => {
                    deferred.run();
                    guard = again;
                }
                None => {
                    deferred.run();
                    return;
                }
            }
        }
    }

    /// Tells the socket something, from any thread, without waiting for it.
    fn post(self, event: Event) {
        let cell = self.cell();
        let mut events = cell.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.push((self.0.generation(), event));
        drop(events);
        if let Some(mut guard) = cell.held.try_lock_or_mark() {
            let mut deferred = Deferred::default();
            self.drain(&mut guard, &mut deferred);
            match guard.socket() {
                Some(_) => drop(Entered::new(guard)),
                None => self.release_foreign(guard),
            }
            deferred.run();
        }
    }

    /// Takes in what was posted. What is meant for a socket that is closed is
    /// turned away.
    fn drain(self, held: &mut Held, deferred: &mut Deferred) {
        loop {
            let mut events = self
                .cell()
                .events
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let batch = std::mem::take(&mut *events);
            drop(events);
            if batch.is_empty() {
                return;
            }
            for (generation, event) in batch {
                match held.socket_mut() {
                    Some(inner) if inner.me.0.generation() == generation => inner.apply(event),
                    _ => event.turn_away(deferred),
                }
            }
        }
    }
}

impl Member for SocketRef {
    fn terminate(&self) {
        self.post(Event::Terminate);
    }
}

/// An open socket whose lock is held. Dropping it lets go, takes in what was
/// posted meanwhile, and then does what the call has left to be done.
struct Entered {
    guard: Option<Locked>,
}

impl Entered {
    /// A socket is open under the lock.
    #[inline(always)]
    fn new(mut guard: Locked) -> Entered {
        guard.interrupt();
        Entered { guard: Some(guard) }
    }

    /// Lets go of the lock.
    #[inline(always)]
    fn leave(self) {}

    /// Fails if the context has been shut down.
    #[inline(always)]
    fn alive(self) -> Result<Entered> {
        if self.terminated {
            Err(Error::Terminated)
        } else {
            Ok(self)
        }
    }
}

impl Deref for Entered {
    type Target = Inner;

    #[inline(always)]
    fn deref(&self) -> &Inner {
        self.guard
            .as_ref()
            .and_then(|guard| guard.socket())
            .expect("an entered socket is open")
    }
}

impl DerefMut for Entered {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Inner {
        let guard = self.guard.as_mut().and_then(|guard| guard.socket_mut());
        guard.expect("an entered socket is open")
    }
}

impl Drop for Entered {
    #[inline(always)]
    fn drop(&mut self) {
        let Some(guard) = self.guard.take() else {
            return;
        };
        if let Some(inner) = guard.socket()
            && inner.has_deferred()
        {
            return leave_slowly(guard);
        }
        leave(guard);
    }
}

/// Lets go of a socket that has nothing left to do but what was posted.
#[inline(always)]
fn leave(guard: Locked) {
    if let Some(marked) = guard.release() {
        leave_slowly(marked);
    }
}

/// Lets go of a socket that has something left to do.
#[cold]
fn leave_slowly(mut guard: Locked) {
    let mut deferred = Deferred::default();
    loop {
        if let Some(me) = guard.socket().map(|inner| inner.me) {
            me.drain(&mut guard, &mut deferred);
        }
        if let Some(inner) = guard.socket_mut() {
            inner.take_deferred(&mut deferred);
        }
        match guard.release() {
            Some(again) => guard = again,
            None => break,
        }
    }
    deferred.run();
}

/// `zmq_socket`.
pub fn socket_new(context: *mut c_void, socket_type: c_int) -> Result<*mut c_void> {
    let context = context::find(context)?;
    if context.is_terminated() {
        return Err(Error::Terminated);
    }
    let socket_type = SocketType::from_number(socket_type).ok_or(Error::Invalid)?;
    let pattern = Pattern::new(socket_type).ok_or(Error::Invalid)?;
    process::at_fork(after_fork);
    let cell = SOCKETS.allocate()?;
    let me = SocketRef(cell);
    cell.process.store(process::generation(), Ordering::Relaxed);
    let (number, keep) = match context.join(Arc::new(me)) {
        Ok(joined) => joined,
        Err(error) => {
            SOCKETS.release(cell);
            return Err(error);
        }
    };
    let inner = Inner::new(me, number, context, keep, socket_type, pattern);
    let mut guard = me.cell().held.lock();
    guard.open(Box::new(inner));
    if let Some(inner) = guard.socket_mut() {
        // A shutdown before this moment told nobody, a later one will tell.
        inner.terminated = inner.ctx.is_terminated();
        inner.note_plain();
    }
    drop(Entered::new(guard));
    Ok(cell.as_ptr())
}

/// `zmq_close`.
pub fn close(pointer: *mut c_void) -> Result<()> {
    let cell = SOCKETS.resolve(pointer).ok_or(Error::NotSocket)?;
    if cell.process.load(Ordering::Relaxed) != process::generation() {
        // Inherited from the parent, to whom it still belongs: here it only
        // ceases to be known.
        SOCKETS.release(cell);
        return Ok(());
    }
    let me = SocketRef(cell);
    let mut entered = me.enter()?;
    SOCKETS.release(cell);
    let mut deferred = Deferred::default();
    let guard = entered.guard.as_mut().expect("just entered");
    me.drain(guard, &mut deferred);
    let mut inner = guard.close().expect("just entered");
    let guard = entered.guard.take().expect("just entered");
    inner.close(&mut deferred);
    me.release_foreign(guard);
    // Here, without the lock: dropping messages may call the application.
    drop(inner);
    deferred.run();
    Ok(())
}

fn after_fork() {
    SOCKETS.reset_after_fork();
}
