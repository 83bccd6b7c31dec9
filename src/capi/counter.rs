//! Atomic counters, for reference counts of applications.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

use super::entry;
use crate::memory::try_box;

/// The counter behind a pointer that `zmq_atomic_counter_new` returned.
///
/// # Safety
/// The contract of this layer.
unsafe fn counter<'a>(pointer: *mut c_void) -> Option<&'a AtomicI32> {
    // SAFETY: null, or a counter that was not destroyed.
    unsafe { pointer.cast::<AtomicI32>().as_ref() }
}

/// Makes a counter that stands at 0. NULL if there is no memory: ENOMEM.
#[unsafe(no_mangle)]
pub extern "C" fn zmq_atomic_counter_new() -> *mut c_void {
    entry(ptr::null_mut(), || {
        Ok(Box::into_raw(try_box(AtomicI32::new(0))?).cast())
    })
}

/// Sets a counter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_atomic_counter_set(counter: *mut c_void, value: c_int) {
    // SAFETY: the same contract.
    if let Some(counter) = unsafe { self::counter(counter) } {
        counter.store(value, Ordering::SeqCst);
    }
}

/// Adds 1 and returns the value from before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_atomic_counter_inc(counter: *mut c_void) -> c_int {
    // SAFETY: the same contract.
    let counter = unsafe { self::counter(counter) };
    counter.map_or(0, |counter| counter.fetch_add(1, Ordering::SeqCst))
}

/// Takes 1 away. Returns 0 if the counter stands at 0 then, else 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_atomic_counter_dec(counter: *mut c_void) -> c_int {
    // SAFETY: the same contract.
    let counter = unsafe { self::counter(counter) };
    counter.map_or(0, |counter| {
        c_int::from(counter.fetch_sub(1, Ordering::SeqCst) != 1)
    })
}

/// Where a counter stands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_atomic_counter_value(counter: *mut c_void) -> c_int {
    // SAFETY: the same contract.
    let counter = unsafe { self::counter(counter) };
    counter.map_or(0, |counter| counter.load(Ordering::SeqCst))
}

/// Destroys a counter and sets the pointer to it to NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_atomic_counter_destroy(counter_p: *mut *mut c_void) {
    // SAFETY: null, or a place for one pointer.
    let Some(place) = (unsafe { counter_p.as_mut() }) else {
        return;
    };
    let counter = std::mem::replace(place, ptr::null_mut()).cast::<AtomicI32>();
    if !counter.is_null() {
        // SAFETY: `zmq_atomic_counter_new` made it, and it is given up here.
        drop(unsafe { Box::from_raw(counter) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_as_libzmqs_does() {
        let mut counter = zmq_atomic_counter_new();
        // SAFETY: a counter until it is destroyed, null from then on.
        unsafe {
            assert_eq!(zmq_atomic_counter_inc(counter), 0);
            assert_eq!(zmq_atomic_counter_inc(counter), 1);
            assert_eq!(zmq_atomic_counter_dec(counter), 1);
            assert_eq!(zmq_atomic_counter_dec(counter), 0);
            assert_eq!(zmq_atomic_counter_dec(counter), 1, "below zero");
            assert_eq!(zmq_atomic_counter_value(counter), -1);
            zmq_atomic_counter_set(counter, 5);
            assert_eq!(zmq_atomic_counter_value(counter), 5);
            zmq_atomic_counter_destroy(&mut counter);
            assert!(counter.is_null());
            zmq_atomic_counter_destroy(&mut counter);
        }
    }
}
