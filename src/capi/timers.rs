//! Timers: a list of functions to call again and again, each at its interval,
//! whenever the application asks for those that are due.
//!
//! A handler may do anything to its list, destroy it included: no lock is held
//! while it runs. Time is counted in milliseconds that never go back.
//!
//! Unlike libzmq's, a timer with an interval of 0 is called once for each
//! `zmq_timers_execute`, and an interval that reaches beyond the end of time
//! never comes.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{entry, status};
use crate::error::{Error, Result};
use crate::handle::{Handle, Registry};
use crate::process;

/// What a timer calls. In the parameters of functions it is `NULL` or such a
/// function.
pub type zmq_timer_fn = Option<unsafe extern "C" fn(c_int, *mut c_void)>;

static TIMERS: Registry<Mutex<List>> = Registry::new();

/// What to call for a timer.
#[derive(Clone, Copy)]
struct Call {
    id: c_int,
    handler: unsafe extern "C" fn(c_int, *mut c_void),
    argument: *mut c_void,
}

// SAFETY: the argument is only handed to the handler, by whichever thread the
// application lets execute the timers.
unsafe impl Send for Call {}

struct Timer {
    call: Call,
    interval: u64,
    due: u64,
    /// Of timers that are due at once, the one that was set first comes first.
    order: u64,
    /// The round of execution that called it last.
    round: u64,
}

/// The timers of one handle. The present time is an argument.
#[derive(Default)]
struct List {
    timers: Vec<Timer>,
    last_id: c_int,
    last_order: u64,
    last_round: u64,
}

impl List {
    fn add(&mut self, now: u64, interval: u64, call: impl FnOnce(c_int) -> Call) -> c_int {
        self.last_id = self.last_id.wrapping_add(1);
        let call = call(self.last_id);
        let timer = Timer {
            call,
            interval,
            due: 0,
            order: 0,
            round: 0,
        };
        self.timers.push(timer);
        self.schedule(now, self.timers.len() - 1);
        self.last_id
    }

    fn position(&self, id: c_int) -> Result<usize> {
        let found = self.timers.iter().position(|timer| timer.call.id == id);
        found.ok_or(Error::Invalid)
    }

    fn schedule(&mut self, now: u64, position: usize) {
        self.last_order += 1;
        let timer = &mut self.timers[position];
        timer.due = now.saturating_add(timer.interval);
        timer.order = self.last_order;
    }

    fn cancel(&mut self, id: c_int) -> Result<()> {
        self.position(id).map(|position| {
            self.timers.remove(position);
        })
    }

    /// Starts the interval again, perhaps another one.
    fn reset(&mut self, now: u64, id: c_int, interval: Option<u64>) -> Result<()> {
        let position = self.position(id)?;
        if let Some(interval) = interval {
            self.timers[position].interval = interval;
        }
        self.schedule(now, position);
        Ok(())
    }

    /// How long until the next timer is due.
    fn timeout(&self, now: u64) -> Option<u64> {
        let due = self.timers.iter().map(|timer| timer.due).min()?;
        Some(due.saturating_sub(now))
    }

    /// Begins to execute what is due; the number is for `next`.
    fn begin_round(&mut self) -> u64 {
        self.last_round += 1;
        self.last_round
    }

    /// The next call of a round, whose timer is set for its next time.
    fn next(&mut self, now: u64, round: u64) -> Option<Call> {
        let due = (self.timers.iter().enumerate())
            .filter(|(_, timer)| timer.due <= now && timer.round != round);
        let (position, _) = due.min_by_key(|(_, timer)| (timer.due, timer.order))?;
        self.timers[position].round = round;
        self.schedule(now, position);
        Some(self.timers[position].call)
    }
}

/// Milliseconds of a clock that never goes back.
fn now() -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: a place for the time; this clock always exists.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    time.tv_sec.cast_unsigned() * 1000 + time.tv_nsec.cast_unsigned() / 1_000_000
}

/// The list behind a handle, locked.
fn list(timers: *mut c_void) -> Result<(Handle<Mutex<List>>, MutexGuard<'static, List>)> {
    let handle = TIMERS.resolve(timers).ok_or(Error::Fault)?;
    let list = handle.get().lock().unwrap_or_else(PoisonError::into_inner);
    // It may have been destroyed between the two.
    handle
        .is_current()
        .then_some((handle, list))
        .ok_or(Error::Fault)
}

pub(in crate::capi) fn after_fork() {
    TIMERS.reset_after_fork();
}

/// Makes an empty list of timers. NULL if there is no memory.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_timers_new() -> *mut c_void {
    entry(ptr::null_mut(), || {
        process::at_fork(super::after_fork);
        Ok(TIMERS.allocate()?.as_ptr())
    })
}

/// Destroys a list and its timers, and sets the pointer to it to NULL. EFAULT:
/// not a list of timers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_timers_destroy(timers_p: *mut *mut c_void) -> c_int {
    status(|| {
        // SAFETY: null, or a place for one pointer.
        let place = unsafe { timers_p.as_mut() }.ok_or(Error::Fault)?;
        let (handle, mut list) = list(*place)?;
        *list = List::default();
        TIMERS.release(handle);
        *place = ptr::null_mut();
        Ok(())
    })
}

/// Adds a timer that calls handler with its number and arg every interval
/// milliseconds. Returns the number, above 0. EFAULT: no handler, or not a list
/// of timers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_timers_add(
    timers: *mut c_void,
    interval: usize,
    handler: zmq_timer_fn,
    arg: *mut c_void,
) -> c_int {
    entry(-1, || {
        let (_, mut list) = list(timers)?;
        let handler = handler.ok_or(Error::Fault)?;
        let call = |id| Call {
            id,
            handler,
            argument: arg,
        };
        Ok(list.add(now(), interval as u64, call))
    })
}

/// Takes a timer off its list. EINVAL: no such timer. EFAULT: not a list of
/// timers.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_timers_cancel(timers: *mut c_void, timer_id: c_int) -> c_int {
    status(|| list(timers)?.1.cancel(timer_id))
}

/// Gives a timer another interval, which begins now. EINVAL: no such timer.
/// EFAULT: not a list of timers.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_timers_set_interval(
    timers: *mut c_void,
    timer_id: c_int,
    interval: usize,
) -> c_int {
    status(|| {
        list(timers)?
            .1
            .reset(now(), timer_id, Some(interval as u64))
    })
}

/// Lets the interval of a timer begin again now. EINVAL: no such timer. EFAULT:
/// not a list of timers.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_timers_reset(timers: *mut c_void, timer_id: c_int) -> c_int {
    status(|| list(timers)?.1.reset(now(), timer_id, None))
}

/// The milliseconds until the next timer is due, 0 if one is; -1 and errno as it
/// was if there are no timers. EFAULT: not a list of timers.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_timers_timeout(timers: *mut c_void) -> c_long {
    entry(-1, || {
        let wait = list(timers)?.1.timeout(now());
        Ok(wait.map_or(-1, |wait| c_long::try_from(wait).unwrap_or(c_long::MAX)))
    })
}

/// Calls the timers that are due, the one due longest first. Each starts its
/// interval again. EFAULT: not a list of timers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_timers_execute(timers: *mut c_void) -> c_int {
    let now = now();
    let round = entry(0, || Ok(list(timers)?.1.begin_round()));
    if round == 0 {
        return -1;
    }
    // A handler may destroy the list: then there is no next call, and that is no
    // failure. Nothing is held while one runs.
    while let Some(call) = entry(None, || Ok(list(timers)?.1.next(now, round))) {
        // SAFETY: the caller of `zmq_timers_add` promised that it may be called.
        unsafe { (call.handler)(call.id, call.argument) };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn nothing(_: c_int, _: *mut c_void) {}

    fn call(id: c_int) -> Call {
        Call {
            id,
            handler: nothing,
            argument: ptr::null_mut(),
        }
    }

    /// The timers called at a time, in order.
    fn execute(list: &mut List, now: u64) -> Vec<c_int> {
        let round = list.begin_round();
        std::iter::from_fn(|| list.next(now, round))
            .map(|call| call.id)
            .collect()
    }

    #[test]
    fn a_timer_comes_at_each_interval() {
        let mut list = List::default();
        let id = list.add(1000, 100, call);
        assert_eq!(list.timeout(1000), Some(100));
        assert_eq!(execute(&mut list, 1099), []);
        assert_eq!(execute(&mut list, 1130), [id]);
        assert_eq!(list.timeout(1130), Some(100), "counted from the call");
        assert_eq!(list.timeout(5000), Some(0));
    }

    #[test]
    fn the_longest_due_comes_first_and_equals_in_order() {
        let mut list = List::default();
        let late = list.add(0, 50, call);
        let early = list.add(0, 20, call);
        let later = list.add(0, 50, call);
        assert_eq!(execute(&mut list, 60), [early, late, later]);
    }

    #[test]
    fn reset_and_another_interval_begin_now() {
        let mut list = List::default();
        let id = list.add(0, 100, call);
        list.reset(60, id, None).unwrap();
        assert_eq!(list.timeout(60), Some(100));
        list.reset(70, id, Some(5)).unwrap();
        assert_eq!(list.timeout(70), Some(5));
    }

    #[test]
    fn a_cancelled_timer_is_gone() {
        let mut list = List::default();
        let id = list.add(0, 1, call);
        list.cancel(id).unwrap();
        assert_eq!(list.cancel(id), Err(Error::Invalid));
        assert_eq!(list.reset(0, id, None), Err(Error::Invalid));
        assert_eq!(list.timeout(0), None);
        assert_eq!(execute(&mut list, 9), []);
        assert_ne!(list.add(0, 1, call), id, "numbers are not used again");
    }

    #[test]
    fn extreme_intervals() {
        let mut list = List::default();
        let never = list.add(5, u64::MAX, call);
        assert_eq!(execute(&mut list, 1 << 60), []);
        list.cancel(never).unwrap();
        let always = list.add(5, 0, call);
        assert_eq!(execute(&mut list, 5), [always]);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let mut null: *mut c_void = ptr::null_mut();
        let pointer_to_null = (&raw mut null).cast();
        let mut place = zmq_timers_new();
        let stale = place;
        // SAFETY: handles may be anything; the places live on this stack.
        unsafe {
            assert_eq!(zmq_timers_destroy(ptr::null_mut()), -1);
            assert_eq!(zmq_timers_destroy(&mut null), -1);
            assert_eq!(zmq_timers_add(place, 1, None, ptr::null_mut()), -1);
            assert_eq!(zmq_timers_destroy(&mut place), 0);
            assert!(place.is_null());
            assert_eq!(zmq_timers_execute(stale), -1);
        }
        for timers in [null, pointer_to_null, stale] {
            assert_eq!(zmq_timers_cancel(timers, 1), -1);
            assert_eq!(zmq_timers_timeout(timers), -1);
            assert_eq!(super::super::errors::zmq_errno(), libc::EFAULT);
        }
    }

    /// What a handler does to its own list.
    unsafe extern "C" fn destroy(_: c_int, place: *mut c_void) {
        // SAFETY: the test passes the place of the list's handle.
        unsafe { zmq_timers_destroy(place.cast()) };
    }

    #[test]
    fn a_handler_may_destroy_its_list() {
        let mut timers = zmq_timers_new();
        let place = &raw mut timers;
        // SAFETY: the place lives until the handler has run.
        unsafe {
            let list = *place;
            assert_eq!(zmq_timers_add(list, 0, Some(destroy), place.cast()), 1);
            assert_eq!(zmq_timers_add(list, 0, Some(nothing), ptr::null_mut()), 2);
            assert_eq!(zmq_timers_execute(list), 0);
            assert!((*place).is_null());
        }
    }
}
