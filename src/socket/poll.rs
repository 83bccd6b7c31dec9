//! `zmq_poll`: waiting for any of several sockets and descriptors.
//!
//! A poll looks at every item first. Before it sleeps it takes the read rights
//! of a few sockets, so that what arrives wakes it directly; of many sockets it
//! leaves the reading to their I/O threads, which then wake it. It sleeps
//! outside of the call, which is taken up again afterwards (see [`Pause`]).

use std::ffi::{c_long, c_short, c_void};
use std::io;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use libc::sigset_t;

use super::option::{POLLIN, POLLOUT};
use super::wait::{CROWDED, Kind, LOOK, Waiter, nap_on_descriptors};
use super::{Entered, SocketRef};
use crate::context::Context;
use crate::error::Result;
use crate::memory::try_to_vec;
use crate::pause::Pause;
use crate::sys::{EventFd, Instant, Nap, PollFd, poll as poll_now};

/// One item of a poll, laid out as `zmq_pollitem_t`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PollItem {
    /// The socket, or null for a descriptor.
    pub socket: *mut c_void,
    /// The descriptor, if there is no socket.
    pub fd: i32,
    /// What to wait for.
    pub events: c_short,
    /// What was found.
    pub revents: c_short,
}

/// `ZMQ_POLLERR` and `ZMQ_POLLPRI`, of descriptors only.
const POLLERR: c_short = 4;
const POLLPRI: c_short = 8;

/// Of how many sockets a poll takes the read rights.
const LEASES: usize = 8;

/// `zmq_poll`. A `mask` that is not null is that of the thread while it waits.
pub fn poll(
    items: &mut [PollItem],
    timeout: c_long,
    mask: *const sigset_t,
    pause: &mut Pause,
) -> Result<usize> {
    let begun = Instant::now();
    let limit = u64::try_from(timeout).ok().map(Duration::from_millis);
    let found = look(items, false, mask)?;
    if found > 0 || limit == Some(Duration::ZERO) {
        return Ok(found);
    }
    let mut call = Box::new(Poll {
        items: try_to_vec(items)?,
        begun,
        limit,
        mask,
        context: None,
        event: None,
        waiter: None,
        watched: Vec::new(),
        leased: Vec::new(),
        fds: Vec::new(),
    });
    if call.prepare()? {
        return Ok(call.found(items));
    }
    call.rest(items, pause)
}

/// Takes up a [`poll`] that has slept, of the same items.
pub fn poll_again(items: &mut [PollItem], pause: &mut Pause) -> Result<usize> {
    let (mut call, result) = pause.wake::<Poll>()?;
    if result < 0 {
        return Err(io::Error::from_raw_os_error(-result).into());
    }
    // In this order: a wake-up in between is seen by the next look. (An event
    // that cannot be read holds no count either.)
    if let (Some(event), Some(waiter)) = (&call.event, &call.waiter) {
        let _ = event.drain();
        waiter.reset();
    }
    call.mend();
    call.rest(items, pause)
}

/// Looks at every item without waiting, and says how many have something.
fn look(items: &mut [PollItem], settle: bool, mask: *const sigset_t) -> Result<usize> {
    // Of many, each is asked to report and passed over until it does.
    let settle = settle || items.len() > LEASES;
    let (mut found, mut fds) = (0, false);
    for item in items.iter_mut() {
        item.revents = 0;
        if item.socket.is_null() {
            fds = true;
            continue;
        }
        let events = i32::from(item.events);
        let socket = SocketRef::resolve(item.socket)?;
        if events & POLLOUT == 0 && socket.is_quiet() {
            continue;
        }
        let mut socket = socket.enter()?.alive()?.flush_left()?;
        socket.lower();
        socket.refresh();
        item.revents = socket.events(events, settle) as c_short;
        if settle && events & POLLIN != 0 && item.revents & POLLIN as c_short == 0 {
            socket.note_quiet();
        }
        found += usize::from(item.revents != 0);
    }
    // A signal that only the mask lets through is taken here.
    if fds || (found == 0 && !mask.is_null()) {
        let mut fds = descriptors(items);
        // SAFETY: null, or the mask that the caller of zmq_ppoll lends.
        poll_now(&mut fds, Some(Duration::ZERO), unsafe { mask.as_ref() })?;
        let items = items.iter_mut().filter(|item| item.socket.is_null());
        for (item, fd) in items.zip(&fds) {
            item.revents = from_system(fd.found());
            found += usize::from(item.revents != 0);
        }
    }
    Ok(found)
}

fn descriptors(items: &[PollItem]) -> Vec<PollFd> {
    let items = items.iter().filter(|item| item.socket.is_null());
    items
        .map(|item| PollFd::new(item.fd, to_system(item.events)))
        .collect()
}

/// A poll that waits.
struct Poll {
    items: Vec<PollItem>,
    begun: Instant,
    limit: Option<Duration>,
    mask: *const sigset_t,
    /// Of the sockets, if there are any.
    context: Option<Arc<Context>>,
    event: Option<Arc<EventFd>>,
    waiter: Option<Arc<Waiter>>,
    /// The sockets that know of the waiter.
    watched: Vec<SocketRef>,
    /// The sockets whose read right it has.
    leased: Vec<SocketRef>,
    /// What it sleeps on.
    fds: Vec<PollFd>,
}

impl Poll {
    fn enter(item: &PollItem) -> Result<Entered> {
        SocketRef::resolve(item.socket)?.enter()?.alive()
    }

    /// Takes a few read rights and looks for a while; says whether there is
    /// something by now. If not, every socket knows whom to wake.
    fn prepare(&mut self) -> Result<bool> {
        let sockets = self.items.iter().filter(|item| !item.socket.is_null());
        let few = sockets.clone().count() <= LEASES;
        let mut pays = false;
        for item in sockets {
            let mut socket = Poll::enter(item)?;
            if self.context.is_none() {
                pays = socket.adaptive.pays();
                self.context = Some(socket.ctx.clone());
            }
            if !few {
                break;
            }
            // Who does not receive is not to keep the I/O thread from reading.
            let receives = i32::from(item.events) & POLLIN != 0
                && socket.signaler.is_none()
                && socket.pattern.rules().listens();
            if receives && socket.home.as_mut().is_some_and(|home| home.take()) {
                socket.uses += 1;
                socket.stir();
                self.leased.push(socket.me);
            }
        }
        let Some(context) = self.context.clone() else {
            return Ok(false);
        };
        if pays && self.mask.is_null() && self.look_around()? {
            return Ok(true);
        }
        let event = Arc::new(context.event()?);
        let waiter = Waiter::polling(event.clone());
        self.event = Some(event);
        self.waiter = Some(waiter.clone());
        for item in self.items.iter().filter(|item| !item.socket.is_null()) {
            let mut socket = Poll::enter(item)?;
            socket.waiters.push(waiter.clone());
            self.watched.push(socket.me);
        }
        Ok(false)
    }

    /// Looks again and again, for a moment.
    fn look_around(&mut self) -> Result<bool> {
        let mut now = Instant::now();
        while now.since(self.begun) <= LOOK.min(self.limit.unwrap_or(LOOK)) {
            if look(&mut self.items, false, self.mask)? > 0 {
                return Ok(true);
            }
            std::thread::yield_now();
            let later = Instant::now();
            if later.since(now) > CROWDED {
                self.first(|socket| socket.adaptive.yielded_long());
                break;
            }
            now = later;
        }
        Ok(false)
    }

    /// Tells the caller what was found.
    fn found(&self, items: &mut [PollItem]) -> usize {
        let mut found = 0;
        for (item, seen) in items.iter_mut().zip(&self.items) {
            item.revents = seen.revents;
            found += usize::from(item.revents != 0);
        }
        found
    }

    /// Looks once more, with everybody asked to report, and falls asleep.
    fn rest(mut self: Box<Self>, items: &mut [PollItem], pause: &mut Pause) -> Result<usize> {
        let found = look(&mut self.items, true, self.mask)?;
        let elapsed = Instant::now().since(self.begun);
        let left = self.limit.map(|limit| limit.saturating_sub(elapsed));
        if found > 0 || left == Some(Duration::ZERO) {
            return Ok(self.found(items));
        }
        let mut fds = descriptors(&self.items);
        if let Some(event) = &self.event {
            fds.push(PollFd::new(event.as_raw_fd(), libc::POLLIN));
        }
        for &socket in &self.leased {
            let socket = socket.enter()?.alive()?;
            if let Some(home) = &socket.home {
                fds.push(PollFd::new(home.set.as_raw_fd(), libc::POLLIN));
            }
        }
        self.fds = fds;
        let left = match &self.event {
            Some(_) => {
                let nap = nap_on_descriptors(elapsed);
                Some(left.map_or(nap, |left| left.min(nap)))
            }
            None => left,
        };
        let nap = Nap::fds(&mut self.fds, left, self.mask);
        Err(pause.begin(nap, self))
    }

    /// Where descriptors of ours were closed behind our back, goes on without them.
    fn mend(&mut self) {
        let theirs = self.items.iter().filter(|item| item.socket.is_null());
        let ours = &self.fds[theirs.count().min(self.fds.len())..];
        if ours.iter().all(|fd| fd.found() & libc::POLLNVAL == 0) {
            return;
        }
        if let Some(event) = &self.event {
            let _ = event.renew();
        }
        for me in std::mem::take(&mut self.leased) {
            if let Ok(mut socket) = me.enter()
                && let Some(home) = &mut socket.home
            {
                home.end_lease();
                home.set.complain();
            }
        }
    }

    /// The first socket, if it is still there.
    fn first(&self, act: impl FnOnce(&mut Entered)) {
        let mut sockets = self.items.iter().filter(|item| !item.socket.is_null());
        if let Some(item) = sockets.next()
            && let Ok(mut socket) = Poll::enter(item)
        {
            act(&mut socket);
        }
    }
}

impl Drop for Poll {
    /// However it ends: nobody is to wake it any more, and the read rights go
    /// back, or stay.
    fn drop(&mut self) {
        let now = Instant::now();
        let begun = self.begun;
        if let Some(waiter) = self.waiter.take() {
            for socket in &self.watched {
                if let Ok(mut socket) = socket.enter() {
                    socket.waiters.retain(|other| !Arc::ptr_eq(other, &waiter));
                }
            }
        }
        if let (Some(context), Some(event)) = (&self.context, self.event.take())
            && let Ok(event) = Arc::try_unwrap(event)
        {
            context.recycle(event);
        }
        self.first(|socket| socket.adaptive.ended(now.since(begun)));
        for me in std::mem::take(&mut self.leased) {
            if let Ok(mut socket) = me.enter() {
                let mut waiters = socket.waiters.iter();
                let alone = waiters.all(|waiter| waiter.kind() != Kind::Receiver);
                let uses = socket.uses;
                if let Some(home) = &mut socket.home {
                    home.finish(me, begun, now, alone, uses);
                }
            }
        }
    }
}

fn to_system(events: c_short) -> c_short {
    let mut system = 0;
    for (ours, theirs) in PAIRS {
        if events & ours != 0 {
            system |= theirs;
        }
    }
    system
}

fn from_system(found: c_short) -> c_short {
    let mut events = 0;
    for (ours, theirs) in PAIRS {
        if found & theirs != 0 {
            events |= ours;
        }
    }
    if found & !(libc::POLLIN | libc::POLLOUT | libc::POLLPRI) != 0 {
        events |= POLLERR;
    }
    events
}

const PAIRS: [(c_short, c_short); 3] = [
    (POLLIN as c_short, libc::POLLIN),
    (POLLOUT as c_short, libc::POLLOUT),
    (POLLPRI, libc::POLLPRI),
];
