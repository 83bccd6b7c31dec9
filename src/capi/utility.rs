//! Helpers of small programs: a stopwatch, sleeping, threads.

use std::ffi::{c_int, c_uint, c_ulong, c_void};
use std::ptr;
use std::time::Instant;

use super::entry;
use crate::error::Error;
use crate::sys::block_all_signals;

/// Starts a stopwatch, to be ended by zmq_stopwatch_stop().
#[unsafe(no_mangle)]
pub extern "C" fn zmq_stopwatch_start() -> *mut c_void {
    Box::into_raw(Box::new(Instant::now())).cast()
}

/// The microseconds since a stopwatch was started.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_stopwatch_intermediate(watch: *mut c_void) -> c_ulong {
    // SAFETY: null, or what `zmq_stopwatch_start` returned.
    let start = unsafe { watch.cast::<Instant>().as_ref() };
    start.map_or(0, |start| start.elapsed().as_micros() as c_ulong)
}

/// The microseconds since a stopwatch was started, which is given up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_stopwatch_stop(watch: *mut c_void) -> c_ulong {
    // SAFETY: the same contract.
    let elapsed = unsafe { zmq_stopwatch_intermediate(watch) };
    if !watch.is_null() {
        // SAFETY: `zmq_stopwatch_start` made it, and it is given up here.
        drop(unsafe { Box::from_raw(watch.cast::<Instant>()) });
    }
    elapsed
}

/// Sleeps for some seconds, or until a signal handler has run.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_sleep(seconds: c_int) {
    // SAFETY: touches no memory.
    unsafe { libc::sleep(c_uint::try_from(seconds).unwrap_or(0)) };
}

/// Runs in a thread of its own. In the parameters of functions it is `NULL` or
/// such a function.
pub type zmq_thread_fn = Option<unsafe extern "C" fn(*mut c_void)>;

/// What a new thread is to do.
struct Task {
    function: unsafe extern "C" fn(*mut c_void),
    argument: *mut c_void,
}

/// The first function of a thread. It holds nothing while the task runs, so
/// that the task may end by `pthread_exit` or be cancelled.
extern "C" fn run(task: *mut c_void) -> *mut c_void {
    // SAFETY: `zmq_threadstart` gave up a boxed task to this thread.
    let Task { function, argument } = *unsafe { Box::from_raw(task.cast::<Task>()) };
    // SAFETY: the caller of `zmq_threadstart` promised that this may be called.
    unsafe { function(argument) };
    ptr::null_mut()
}

/// Starts a thread, to be ended by zmq_threadclose(). Signals are blocked in it.
/// NULL if there is none to be had (EAGAIN) or no function (EFAULT).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_threadstart(func: zmq_thread_fn, arg: *mut c_void) -> *mut c_void {
    entry(ptr::null_mut(), || {
        let function = func.ok_or(Error::Fault)?;
        let task = Box::into_raw(Box::new(Task {
            function,
            argument: arg,
        }));
        let mut thread: libc::pthread_t = 0;
        let blocked = block_all_signals();
        // SAFETY: `thread` is a place for the new thread's name, and `task` is
        // what `run` expects.
        let result = unsafe { libc::pthread_create(&mut thread, ptr::null(), run, task.cast()) };
        drop(blocked);
        if result != 0 {
            // SAFETY: no thread has taken it.
            drop(unsafe { Box::from_raw(task) });
            return Err(Error::Os(result));
        }
        Ok(Box::into_raw(Box::new(thread)).cast())
    })
}

/// Waits until a thread has ended, and gives it up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_threadclose(thread: *mut c_void) {
    if !thread.is_null() {
        // SAFETY: `zmq_threadstart` made it, and it is given up here.
        let thread = *unsafe { Box::from_raw(thread.cast::<libc::pthread_t>()) };
        // SAFETY: the thread was started joinable and nobody else knows it.
        unsafe { libc::pthread_join(thread, ptr::null_mut()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn set(place: *mut c_void) {
        // SAFETY: the test below passes a place that lives until the join.
        unsafe { place.cast::<c_int>().write(7) };
    }

    #[test]
    fn a_thread_has_run_when_it_is_closed() {
        let mut place: c_int = 0;
        // SAFETY: the function and its place are good until the join.
        unsafe {
            let thread = zmq_threadstart(Some(set), (&raw mut place).cast());
            assert!(!thread.is_null());
            zmq_threadclose(thread);
            assert!(zmq_threadstart(None, ptr::null_mut()).is_null());
        }
        assert_eq!(place, 7);
    }

    #[test]
    fn a_stopwatch_runs_until_it_is_stopped() {
        let watch = zmq_stopwatch_start();
        // SAFETY: a stopwatch until it is stopped, then null.
        unsafe {
            let first = zmq_stopwatch_intermediate(watch);
            assert!(zmq_stopwatch_stop(watch) >= first);
            assert_eq!(zmq_stopwatch_stop(ptr::null_mut()), 0);
        }
    }
}
