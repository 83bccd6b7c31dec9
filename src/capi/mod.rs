//! The C boundary: the only `extern "C"` of the library, and the only place
//! where pointers of the caller become references.
//!
//! One file for each section of `zmq.h`. A body converts its arguments, calls
//! the layer below and converts the answer; it decides nothing else. Failure is
//! the value that the function documents (−1, `NULL`) and the number in the
//! calling thread's `errno`.
//!
//! # The contract of pointers
//!
//! What C programs promise, and all that the `unsafe` functions of this module
//! rely on:
//!
//! - **Handles** (contexts, sockets, pollers, timers) may be any value at all.
//!   They are never read through: null, foreign and stale ones are found out and
//!   answered with `EFAULT` or, for sockets, `ENOTSOCK`.
//! - **Memory to read or write** (bodies, options, arrays) is null, or good for
//!   the length given with it, for the whole call, and written by nobody else
//!   meanwhile. Null with a length other than 0 is answered with `EFAULT`, or
//!   with `EINVAL` where libzmq does so.
//! - **Strings** are null, or end in NUL.
//! - **Places for one value** (an `int *`, a `size_t *`) are null, or good for
//!   that value and aligned for it.
//! - **Messages** are described in `message`.
//! - **Functions** handed in (free functions, timers, threads) return; they do
//!   not throw and do not `longjmp` out.
//! - What `zmq_stopwatch_start`, `zmq_atomic_counter_new` and `zmq_threadstart`
//!   returned is handed back unchanged and not used after it was given up.
//!
//! # Threads that are cancelled
//!
//! Functions that may wait are `extern "C-unwind"`, and sleep in their outermost
//! frame: see [`waiting`] and `pause`.
//!
//! # Panics
//!
//! None crosses the boundary: a panic, which is a defect of the library, ends
//! the call with `EFAULT`. No call reports that number as a passing condition,
//! so no caller will try again in a loop.

// The contract above is every function's; their comments are made for C.
#![allow(clippy::missing_safety_doc)]
#![allow(non_camel_case_types)]

pub mod capability;
pub mod constants;
pub mod context;
pub mod counter;
pub mod draft;
pub mod errors;
pub mod message;
pub mod monitor;
mod pointers;
pub mod poll;
pub mod proxy;
pub mod security;
pub mod socket;
pub mod timers;
pub mod transfer;
pub mod utility;

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result};
use crate::pause::Pause;
use crate::sys::uncancelled;

/// Runs the body of a C function: its value, or `failed` with `errno` set.
#[inline]
fn entry<T: Copy>(failed: T, body: impl FnOnce() -> Result<T>) -> T {
    let fail = |error: Error| {
        set_errno(error.errno());
        failed
    };
    guarded(|| body().unwrap_or_else(fail), fail)
}

/// Runs a body; a panic becomes an error, of which `fail` makes the answer.
///
/// What the body answers passes through memory: let it be a plain number. A
/// `Result` is written in part and read as a whole, which a processor can only do
/// when all that was written before has reached its cache: a sixth of the time of a
/// short call.
#[inline]
fn guarded<T>(body: impl FnOnce() -> T, fail: impl FnOnce(Error) -> T) -> T {
    // What a body leaves behind when it unwinds is guarded by the locks it holds.
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
        // Dropping it might panic again.
        std::mem::forget(payload);
        fail(Error::Fault)
    })
}

/// As [`entry`], for functions that answer 0 or −1.
#[inline]
fn status(body: impl FnOnce() -> Result<()>) -> c_int {
    entry(-1, || body().map(|()| 0))
}

/// As [`status`], for functions that take their time: they may call what a
/// cancelled thread would end in.
fn slow_status(body: impl FnOnce() -> Result<()>) -> c_int {
    let _uncancelled = uncancelled();
    status(body)
}

fn as_length(length: usize) -> c_int {
    c_int::try_from(length).unwrap_or(c_int::MAX)
}

/// As [`attempt`], for a function that takes its time, too.
fn slow_attempt(body: impl FnOnce() -> Result<()>) -> c_int {
    let _uncancelled = uncancelled();
    attempt(|| body().map(|()| 0))
}

/// What [`attempt`] answers for a call that has fallen asleep.
const ASLEEP: c_int = -2;

/// What [`at_once`] answers for a call that is to be made in full.
const IN_FULL: c_int = -2;

/// The length that a call answers at once, which sets no `errno`; most calls do.
#[inline(always)]
fn at_once(body: impl FnOnce() -> Option<usize>) -> c_int {
    let answer = || body().map_or(IN_FULL, as_length);
    guarded(answer, failed_attempt)
}

/// As [`entry`], for a call that answers a length or −1 and may have to wait.
#[inline]
fn attempt(body: impl FnOnce() -> Result<usize>) -> c_int {
    let answer = || match body() {
        Ok(length) => as_length(length),
        Err(error) => failed_attempt(error),
    };
    guarded(answer, failed_attempt)
}

#[cold]
fn failed_attempt(error: Error) -> c_int {
    if error == Error::Asleep {
        return ASLEEP;
    }
    set_errno(error.errno());
    -1
}

/// Makes a call that may wait with `first`, and takes it up with `again` for as
/// long as it falls asleep. The thread may be cancelled in between. Both are to
/// be [`attempt`]s.
///
/// # Safety
/// The caller is the frame that C called, and has nothing to drop; nor have the
/// two functions.
#[inline(always)]
unsafe fn waiting(
    first: impl FnOnce(&mut Pause) -> c_int,
    again: impl Fn(&mut Pause) -> c_int,
) -> c_int {
    let mut pause = Pause::new();
    let answer = first(&mut pause);
    if answer != ASLEEP {
        return answer;
    }
    loop {
        // SAFETY: this frame is part of its caller's, and has nothing to drop.
        unsafe { pause.sleep() };
        let answer = again(&mut pause);
        if answer != ASLEEP {
            return answer;
        }
    }
}

#[cold]
fn set_errno(number: c_int) {
    // SAFETY: the place belongs to the calling thread and is always valid.
    unsafe { *libc::__errno_location() = number };
}

/// In the child of a fork, before anything else: see
/// `Registry::reset_after_fork`.
pub fn after_fork() {
    timers::after_fork();
    draft::poller::after_fork();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errno() -> c_int {
        errors::zmq_errno()
    }

    #[test]
    fn success_leaves_errno_alone() {
        set_errno(7);
        assert_eq!(status(|| Ok(())), 0);
        assert_eq!(errno(), 7);
    }

    #[test]
    fn failure_sets_errno() {
        assert_eq!(status(|| Err(Error::Again)), -1);
        assert_eq!(errno(), libc::EAGAIN);
    }

    #[test]
    fn a_panic_becomes_efault() {
        let answer = status(|| std::panic::resume_unwind(Box::new("defect")));
        assert_eq!((answer, errno()), (-1, libc::EFAULT));
    }

    #[test]
    fn a_length_beyond_int_is_cut() {
        assert_eq!(as_length(usize::MAX), c_int::MAX);
        assert_eq!(as_length(5), 5);
    }
}
