//! Pollers: sets of sockets and descriptors that are polled again and again.
//!
//! A poller may be used by several threads; while one waits, changes of the set
//! count from the next wait on. A socket can be removed also after it was
//! closed; a closed socket that is still in the set ends a wait with `ENOTSOCK`.

use std::ffi::{c_int, c_long, c_short, c_void};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::capi::constants::{ZMQ_POLLERR, ZMQ_POLLIN, ZMQ_POLLOUT, ZMQ_POLLPRI};
use crate::capi::pointers::array_mut;
use crate::capi::poll::zmq_fd_t;
use crate::capi::socket::refuse;
use crate::capi::{attempt, entry, status, waiting};
use crate::error::{Error, Result};
use crate::handle::{Handle, Registry};
use crate::pause::Pause;
use crate::process;
use crate::socket::{self, PollItem};

/// What a poller found.
#[repr(C)]
pub struct zmq_poller_event_t {
    /// The socket, or NULL if fd counts.
    pub socket: *mut c_void,
    /// The descriptor, or -1 if socket counts.
    pub fd: zmq_fd_t,
    /// What was given when it was added.
    pub user_data: *mut c_void,
    /// The events that are there, ZMQ_POLLIN and others.
    pub events: c_short,
}

impl zmq_poller_event_t {
    const NONE: Self = zmq_poller_event_t {
        socket: ptr::null_mut(),
        fd: -1,
        user_data: ptr::null_mut(),
        events: 0,
    };
}

const ALL_EVENTS: c_int = ZMQ_POLLIN | ZMQ_POLLOUT | ZMQ_POLLERR | ZMQ_POLLPRI;

static POLLERS: Registry<Mutex<Set>> = Registry::new();

/// What an entry of a poller polls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Socket(*mut c_void),
    Descriptor(zmq_fd_t),
}

#[derive(Clone, Copy)]
struct Entry {
    subject: Subject,
    user_data: *mut c_void,
    events: c_short,
}

// SAFETY: the socket is a handle, and the user's data is only handed back;
// neither is read through.
unsafe impl Send for Entry {}

impl Entry {
    fn item(&self) -> PollItem {
        let (socket, fd) = match self.subject {
            Subject::Socket(socket) => (socket, -1),
            Subject::Descriptor(fd) => (ptr::null_mut(), fd),
        };
        PollItem {
            socket,
            fd,
            events: self.events,
            revents: 0,
        }
    }
}

/// The entries of a poller, in the order they were added.
#[derive(Default)]
struct Set(Vec<Entry>);

impl Set {
    fn position(&self, subject: Subject) -> Option<usize> {
        self.0.iter().position(|entry| entry.subject == subject)
    }

    fn add(&mut self, subject: Subject, user_data: *mut c_void, events: c_short) -> Result<()> {
        if self.position(subject).is_some() {
            return Err(Error::Invalid);
        }
        self.0.push(Entry {
            subject,
            user_data,
            events,
        });
        Ok(())
    }

    fn modify(&mut self, subject: Subject, events: c_short) -> Result<()> {
        let position = self.position(subject).ok_or(Error::Invalid)?;
        self.0[position].events = events;
        Ok(())
    }

    fn remove(&mut self, subject: Subject) -> Result<()> {
        let position = self.position(subject).ok_or(Error::Invalid)?;
        self.0.remove(position);
        Ok(())
    }
}

/// The set behind a handle, locked.
fn set(poller: *mut c_void) -> Result<(Handle<Mutex<Set>>, MutexGuard<'static, Set>)> {
    let handle = POLLERS.resolve(poller).ok_or(Error::Fault)?;
    let set = handle.get().lock().unwrap_or_else(PoisonError::into_inner);
    // It may have been destroyed between the two.
    handle
        .is_current()
        .then_some((handle, set))
        .ok_or(Error::Fault)
}

/// A socket as the subject of an entry, if all three arguments are good. No lock
/// of the poller is held while the socket is looked at.
fn checked_socket(poller: *mut c_void, socket: *mut c_void, events: c_short) -> Result<Subject> {
    POLLERS.resolve(poller).ok_or(Error::Fault)?;
    if refuse(socket, Error::Again) == Error::NotSocket {
        return Err(Error::NotSocket);
    }
    check_events(events)?;
    Ok(Subject::Socket(socket))
}

fn descriptor(fd: zmq_fd_t) -> Result<Subject> {
    if fd == -1 {
        Err(Error::BadDescriptor)
    } else {
        Ok(Subject::Descriptor(fd))
    }
}

fn check_events(events: c_short) -> Result<()> {
    if c_int::from(events) & !ALL_EVENTS == 0 {
        Ok(())
    } else {
        Err(Error::Invalid)
    }
}

pub(in crate::capi) fn after_fork() {
    POLLERS.reset_after_fork();
}

/// Makes an empty poller. NULL if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_poller_new() -> *mut c_void {
    entry(ptr::null_mut(), || {
        process::at_fork(crate::capi::after_fork);
        Ok(POLLERS.allocate()?.as_ptr())
    })
}

/// Destroys a poller and sets the pointer to it to NULL. EFAULT: not a poller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_poller_destroy(poller_p: *mut *mut c_void) -> c_int {
    status(|| {
        // SAFETY: null, or a place for one pointer.
        let place = unsafe { poller_p.as_mut() }.ok_or(Error::Fault)?;
        let (handle, mut set) = set(*place)?;
        *set = Set::default();
        POLLERS.release(handle);
        *place = ptr::null_mut();
        Ok(())
    })
}

/// How many sockets and descriptors there are. EFAULT: not a poller.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_poller_size(poller: *mut c_void) -> c_int {
    entry(-1, || Ok(set(poller)?.1.0.len() as c_int))
}

/// Adds a socket. The events may be 0. EINVAL: it is there already, or no such
/// events. ENOTSOCK: not an open socket. EFAULT: not a poller.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_poller_add(
    poller: *mut c_void,
    socket: *mut c_void,
    user_data: *mut c_void,
    events: c_short,
) -> c_int {
    status(|| {
        let subject = checked_socket(poller, socket, events)?;
        set(poller)?.1.add(subject, user_data, events)
    })
}

/// Changes the events of a socket. EINVAL: it is not there, or no such events.
/// ENOTSOCK: not an open socket. EFAULT: not a poller.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_poller_modify(
    poller: *mut c_void,
    socket: *mut c_void,
    events: c_short,
) -> c_int {
    status(|| {
        let subject = checked_socket(poller, socket, events)?;
        set(poller)?.1.modify(subject, events)
    })
}

/// Removes a socket, which may be closed already. EINVAL: it is not there.
/// ENOTSOCK: nor an open socket. EFAULT: not a poller.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_poller_remove(poller: *mut c_void, socket: *mut c_void) -> c_int {
    status(|| {
        let removed = set(poller)?.1.remove(Subject::Socket(socket));
        removed.map_err(|error| refuse(socket, error))
    })
}

/// Adds a descriptor. EINVAL: it is there already, or no such events. EBADF: it
/// is -1. EFAULT: not a poller.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_poller_add_fd(
    poller: *mut c_void,
    fd: zmq_fd_t,
    user_data: *mut c_void,
    events: c_short,
) -> c_int {
    status(|| {
        let (_, mut set) = set(poller)?;
        let subject = descriptor(fd)?;
        check_events(events)?;
        set.add(subject, user_data, events)
    })
}

/// Changes the events of a descriptor. EINVAL: it is not there, or no such
/// events. EBADF: it is -1. EFAULT: not a poller.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_poller_modify_fd(
    poller: *mut c_void,
    fd: zmq_fd_t,
    events: c_short,
) -> c_int {
    status(|| {
        let (_, mut set) = set(poller)?;
        let subject = descriptor(fd)?;
        check_events(events)?;
        set.modify(subject, events)
    })
}

/// Removes a descriptor. EINVAL: it is not there. EBADF: it is -1. EFAULT: not a
/// poller.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_poller_remove_fd(poller: *mut c_void, fd: zmq_fd_t) -> c_int {
    status(|| set(poller)?.1.remove(descriptor(fd)?))
}

/// Waits for one event, but no longer than timeout milliseconds (0 not at all,
/// -1 for ever). Returns 0 and fills in the event; an empty one on failure.
/// Errors as for zmq_poller_wait_all().
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_poller_wait(
    poller: *mut c_void,
    event: *mut zmq_poller_event_t,
    timeout: c_long,
) -> c_int {
    // SAFETY: the same contract, for one event.
    let found = unsafe { zmq_poller_wait_all(poller, event, 1, timeout) };
    if found >= 0 {
        return 0;
    }
    if !event.is_null() {
        // SAFETY: not null, so good for an event by the contract.
        unsafe { event.write(zmq_poller_event_t::NONE) };
    }
    found
}

/// Waits until there are events, but no longer than timeout milliseconds (0 not
/// at all, -1 for ever). Fills in as many as there are and have room, and empty
/// ones behind; returns how many. EAGAIN: none in that time. EFAULT: not a
/// poller, events is NULL, or there is nothing to wait for and timeout is -1.
/// EINVAL: n_events is negative. ENOTSOCK: a socket was closed. EINTR, ETERM.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn zmq_poller_wait_all(
    poller: *mut c_void,
    events: *mut zmq_poller_event_t,
    n_events: c_int,
    timeout: c_long,
) -> c_int {
    // SAFETY: the contract of this layer; nothing here has anything to drop.
    unsafe {
        waiting(
            |pause| {
                attempt(|| {
                    let entries = set(poller)?.1.0.clone();
                    let events = places(events, n_events)?;
                    wait(entries, events, timeout, pause)
                })
            },
            |pause| attempt(|| wait_again(places(events, n_events)?, pause)),
        )
    }
}

/// # Safety
/// The contract of this layer.
unsafe fn places<'a>(
    events: *mut zmq_poller_event_t,
    n_events: c_int,
) -> Result<&'a mut [zmq_poller_event_t]> {
    if events.is_null() {
        return Err(Error::Fault);
    }
    let room = usize::try_from(n_events).map_err(|_| Error::Invalid)?;
    // SAFETY: the same contract.
    unsafe { array_mut(events, room) }.ok_or(Error::Fault)
}

fn wait(
    mut entries: Vec<Entry>,
    events: &mut [zmq_poller_event_t],
    timeout: c_long,
    pause: &mut Pause,
) -> Result<usize> {
    entries.retain(|entry| entry.events != 0);
    if entries.is_empty() && timeout < 0 {
        return Err(Error::Fault);
    }
    let mut items: Vec<_> = entries.iter().map(Entry::item).collect();
    let polled = socket::poll(&mut items, timeout, ptr::null(), pause);
    tell(polled, entries, &items, events, pause)
}

/// Takes up a [`wait`] that has slept.
fn wait_again(events: &mut [zmq_poller_event_t], pause: &mut Pause) -> Result<usize> {
    let entries = *pause.kept::<Vec<Entry>>()?;
    let mut items: Vec<_> = entries.iter().map(Entry::item).collect();
    let polled = socket::poll_again(&mut items, pause);
    tell(polled, entries, &items, events, pause)
}

/// Fills in what was found, or keeps the entries of a poll that sleeps.
fn tell(
    polled: Result<usize>,
    entries: Vec<Entry>,
    items: &[PollItem],
    events: &mut [zmq_poller_event_t],
    pause: &mut Pause,
) -> Result<usize> {
    if let Err(error) = polled {
        if error == Error::Asleep {
            pause.keep(Box::new(entries));
        }
        return Err(error);
    }
    let ready = (entries.iter().zip(items)).filter(|(_, item)| item.revents != 0);
    let mut found = 0;
    for ((entry, item), event) in ready.zip(events.iter_mut()) {
        *event = zmq_poller_event_t {
            socket: item.socket,
            fd: item.fd,
            user_data: entry.user_data,
            events: item.revents,
        };
        found += 1;
    }
    if found == 0 {
        return Err(Error::Again);
    }
    events[found..].fill_with(|| zmq_poller_event_t::NONE);
    Ok(found)
}

/// A descriptor to poll in place of the poller, which only exists if sockets of
/// the types that libzmq calls thread-safe were added. These are not built:
/// fails with EINVAL, or EFAULT if it is not a poller.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_poller_fd(poller: *mut c_void, _fd: *mut zmq_fd_t) -> c_int {
    status(|| set(poller).and(Err(Error::Invalid)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capi::errors::zmq_errno;

    #[test]
    fn a_set_has_each_subject_once_in_order() {
        let mut set = Set::default();
        let (first, second) = (Subject::Descriptor(3), Subject::Descriptor(4));
        set.add(first, ptr::null_mut(), 1).unwrap();
        set.add(second, ptr::null_mut(), 0).unwrap();
        assert_eq!(set.add(first, ptr::null_mut(), 1), Err(Error::Invalid));
        set.modify(second, 2).unwrap();
        set.remove(first).unwrap();
        assert_eq!(set.remove(first), Err(Error::Invalid));
        assert_eq!(set.modify(first, 1), Err(Error::Invalid));
        assert_eq!((set.0.len(), set.0[0].events), (1, 2));
    }

    #[test]
    fn what_is_no_poller_is_refused() {
        let mut null: *mut c_void = ptr::null_mut();
        let pointer_to_null = (&raw mut null).cast();
        for poller in [null, pointer_to_null] {
            assert_eq!(zmq_poller_size(poller), -1);
            assert_eq!(zmq_errno(), libc::EFAULT);
            assert_eq!(zmq_poller_remove_fd(poller, -1), -1);
            assert_eq!(zmq_errno(), libc::EFAULT, "before the descriptor");
        }
        // SAFETY: null, or a place on this stack.
        unsafe {
            assert_eq!(zmq_poller_destroy(ptr::null_mut()), -1);
            assert_eq!(zmq_poller_destroy(&mut null), -1);
        }
    }

    #[test]
    fn arguments_are_checked_in_libzmqs_order() {
        let mut poller = zmq_poller_new();
        assert_eq!(zmq_poller_add_fd(poller, -1, ptr::null_mut(), 64), -1);
        assert_eq!(zmq_errno(), libc::EBADF);
        assert_eq!(zmq_poller_add_fd(poller, 0, ptr::null_mut(), 64), -1);
        assert_eq!(zmq_errno(), libc::EINVAL);
        let mut event = zmq_poller_event_t {
            events: 5,
            ..zmq_poller_event_t::NONE
        };
        // SAFETY: the places live on this stack.
        unsafe {
            assert_eq!(zmq_poller_wait(poller, &mut event, -1), -1);
            assert_eq!(zmq_errno(), libc::EFAULT, "nothing to wait for");
            assert_eq!(event.events, 0);
            assert_eq!(zmq_poller_wait_all(poller, &mut event, -1, 0), -1);
            assert_eq!(zmq_errno(), libc::EINVAL);
            assert_eq!(zmq_poller_wait_all(poller, ptr::null_mut(), -1, 0), -1);
            assert_eq!(zmq_errno(), libc::EFAULT);
            assert_eq!(zmq_poller_destroy(&mut poller), 0);
        }
        assert!(poller.is_null());
    }
}
