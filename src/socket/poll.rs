//! `zmq_poll`: waiting for any of several sockets and descriptors.
//!
//! A poll looks at every item first. Before it sleeps it takes the read rights
//! of a few sockets, so that what arrives wakes it directly; of many sockets it
//! leaves the reading to their I/O threads, which then wake it.

use std::ffi::{c_long, c_short, c_void};
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;

use super::option::{POLLIN, POLLOUT};
use super::wait::{CROWDED, Kind, LOOK, Waiter};
use super::{Entered, SocketRef};
use crate::context::Context;
use crate::error::Result;
use crate::sys::{EventFd, Instant, PollFd, poll as poll_fds};

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

/// `zmq_poll`.
pub fn poll(items: &mut [PollItem], timeout: c_long) -> Result<usize> {
    let begun = Instant::now();
    let limit = u64::try_from(timeout).ok().map(Duration::from_millis);
    let mut call = Poll {
        items,
        begun,
        leased: Vec::new(),
        fds: false,
    };
    call.fds = call.items.iter().any(|item| item.socket.is_null());
    let found = call.look(false)?;
    if found > 0 || limit == Some(Duration::ZERO) {
        return Ok(found);
    }
    let result = call.wait(limit);
    call.finish();
    result
}

struct Poll<'a> {
    items: &'a mut [PollItem],
    begun: Instant,
    leased: Vec<SocketRef>,
    /// Some items are descriptors.
    fds: bool,
}

impl Poll<'_> {
    fn enter(item: &PollItem) -> Result<Option<Entered>> {
        if item.socket.is_null() {
            return Ok(None);
        }
        SocketRef::resolve(item.socket)?.enter()?.alive().map(Some)
    }

    /// Looks at every item without waiting, and says how many have something.
    fn look(&mut self, settle: bool) -> Result<usize> {
        // Of many, each is asked to report and passed over until it does.
        let settle = settle || self.items.len() > LEASES;
        let mut found = 0;
        for item in self.items.iter_mut() {
            item.revents = 0;
            let events = i32::from(item.events);
            if item.socket.is_null() {
                continue;
            }
            let socket = SocketRef::resolve(item.socket)?;
            if events & POLLOUT == 0 && socket.is_quiet() {
                continue;
            }
            let mut socket = socket.enter()?.alive()?;
            socket = socket.flush_left()?;
            socket.lower();
            socket.refresh();
            item.revents = socket.events(events, settle) as c_short;
            if settle && events & POLLIN != 0 && item.revents & POLLIN as c_short == 0 {
                socket.note_quiet();
            }
            found += usize::from(item.revents != 0);
        }
        if self.fds {
            let mut fds = self.descriptors();
            poll_fds(&mut fds, Some(Duration::ZERO))?;
            found += self.found(&fds);
        }
        Ok(found)
    }

    fn descriptors(&self) -> Vec<PollFd> {
        let items = self.items.iter().filter(|item| item.socket.is_null());
        items
            .map(|item| PollFd::new(item.fd, to_system(item.events)))
            .collect()
    }

    fn found(&mut self, fds: &[PollFd]) -> usize {
        let items = self.items.iter_mut().filter(|item| item.socket.is_null());
        let mut found = 0;
        for (item, fd) in items.zip(fds) {
            item.revents = from_system(fd.found());
            found += usize::from(item.revents != 0);
        }
        found
    }

    fn wait(&mut self, limit: Option<Duration>) -> Result<usize> {
        let mut context: Option<Arc<Context>> = None;
        let mut pays = false;
        let sockets = self
            .items
            .iter()
            .filter(|item| !item.socket.is_null())
            .count();
        for index in 0..self.items.len() {
            let item = self.items[index];
            let Some(mut socket) = Poll::enter(&item)? else {
                continue;
            };
            let me = socket.me;
            if sockets <= LEASES
                && socket.signaler.is_none()
                && socket.home.as_mut().is_some_and(|home| home.take())
            {
                socket.uses += 1;
                socket.stir();
                self.leased.push(me);
            }
            if context.is_none() {
                pays = socket.adaptive.pays();
                context = Some(socket.ctx.clone());
            }
        }
        let Some(context) = context else {
            let mut fds = self.descriptors();
            poll_fds(&mut fds, limit)?;
            return Ok(self.found(&fds));
        };
        let mut now = Instant::now();
        while pays && now.since(self.begun) <= LOOK.min(limit.unwrap_or(LOOK)) {
            let found = self.look(false)?;
            if found > 0 {
                return Ok(found);
            }
            std::thread::yield_now();
            let later = Instant::now();
            if later.since(now) > CROWDED {
                self.first(|socket| socket.adaptive.yielded_long());
                break;
            }
            now = later;
        }
        let event = Arc::new(context.event()?);
        let waiter = Waiter::polling(event.clone());
        let result = self.sleep(&waiter, &event, limit);
        for item in self.items.iter() {
            if let Ok(Some(mut socket)) = Poll::enter(item) {
                socket.waiters.retain(|other| !Arc::ptr_eq(other, &waiter));
            }
        }
        drop(waiter);
        if let Ok(event) = Arc::try_unwrap(event) {
            context.recycle(event);
        }
        result
    }

    fn sleep(
        &mut self,
        waiter: &Arc<Waiter>,
        event: &EventFd,
        limit: Option<Duration>,
    ) -> Result<usize> {
        for item in self.items.iter() {
            if let Some(mut socket) = Poll::enter(item)? {
                socket.waiters.push(waiter.clone());
            }
        }
        loop {
            let found = self.look(true)?;
            let left = limit.map(|limit| limit.saturating_sub(Instant::now().since(self.begun)));
            if found > 0 || left == Some(Duration::ZERO) {
                return Ok(found);
            }
            let mut fds = self.descriptors();
            fds.push(PollFd::new(event.as_raw_fd(), libc::POLLIN));
            for &socket in &self.leased {
                let socket = socket.enter()?.alive()?;
                if let Some(home) = &socket.home {
                    fds.push(PollFd::new(home.set.as_raw_fd(), libc::POLLIN));
                }
            }
            poll_fds(&mut fds, left)?;
            // In this order: a wake-up in between is seen by the next look. (An
            // event that cannot be read holds no count either.)
            let _ = event.drain();
            waiter.reset();
        }
    }

    /// The first socket, if it is still there.
    fn first(&mut self, act: impl FnOnce(&mut Entered)) {
        let mut sockets = self.items.iter().filter(|item| !item.socket.is_null());
        if let Some(item) = sockets.next()
            && let Ok(Some(mut socket)) = Poll::enter(item)
        {
            act(&mut socket);
        }
    }

    /// The read rights go back, or stay.
    fn finish(&mut self) {
        let now = Instant::now();
        let begun = self.begun;
        self.first(|socket| socket.adaptive.ended(now.since(begun)));
        for me in std::mem::take(&mut self.leased) {
            if let Ok(mut socket) = me.enter() {
                let alone = socket
                    .waiters
                    .iter()
                    .all(|waiter| waiter.kind() != Kind::Receiver);
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
