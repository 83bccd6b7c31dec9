//! Threads of the library's own.
//!
//! The standard library's allocate in a way that ends the process when there is no
//! memory. These say it. A panic ends its thread, and nothing else.

use std::ffi::c_void;
use std::io;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use libc::{c_int, pthread_attr_t, pthread_t};

/// The stack of a thread: more than any of ours needs.
const STACK: usize = 2 << 20;

/// A thread that runs, or has run. It goes on when this is dropped.
pub struct Thread(pthread_t);

impl Thread {
    /// Starts one that does `run`.
    pub fn start<F: FnOnce() + Send + 'static>(run: F) -> io::Result<Thread> {
        let mut attributes = MaybeUninit::<pthread_attr_t>::uninit();
        let mut thread: pthread_t = 0;
        let run = Box::into_raw(Box::new(run));
        // SAFETY: the attributes are made before they are used, and given up once;
        // `run` goes to the new thread if there is one.
        let result = unsafe {
            let attributes = attributes.as_mut_ptr();
            check(libc::pthread_attr_init(attributes)).and_then(|()| {
                let started =
                    check(libc::pthread_attr_setstacksize(attributes, STACK)).and_then(|()| {
                        check(libc::pthread_create(
                            &mut thread,
                            attributes,
                            main::<F>,
                            run.cast(),
                        ))
                    });
                libc::pthread_attr_destroy(attributes);
                started
            })
        };
        match result {
            Ok(()) => Ok(Thread(thread)),
            Err(error) => {
                // SAFETY: no thread has taken it.
                drop(unsafe { Box::from_raw(run) });
                Err(error)
            }
        }
    }

    /// Waits until it has ended.
    pub fn join(self) {
        let thread = ManuallyDrop::new(self);
        // SAFETY: it was started joinable, and is given up here.
        unsafe { libc::pthread_join(thread.0, ptr::null_mut()) };
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // SAFETY: it was started joinable, and is given up here.
        unsafe { libc::pthread_detach(self.0) };
    }
}

/// The calls of threads return their error.
fn check(result: c_int) -> io::Result<()> {
    match result {
        0 => Ok(()),
        number => Err(io::Error::from_raw_os_error(number)),
    }
}

extern "C" fn main<F: FnOnce() + Send>(run: *mut c_void) -> *mut c_void {
    // SAFETY: `start` gave up a boxed function to this thread.
    let run = unsafe { Box::from_raw(run.cast::<F>()) };
    // What it panicked over was its own.
    let _ = catch_unwind(AssertUnwindSafe(run));
    ptr::null_mut()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn it_runs_and_can_be_waited_for() {
        let (send, receive) = channel();
        let thread = Thread::start(move || send.send(7).unwrap()).unwrap();
        thread.join();
        assert_eq!(receive.try_recv(), Ok(7));
    }

    #[test]
    fn it_goes_on_when_nobody_waits_for_it_and_a_panic_is_its_own() {
        let (send, receive) = channel();
        drop(Thread::start(move || send.send(7).unwrap()).unwrap());
        assert_eq!(receive.recv(), Ok(7));
        Thread::start(|| std::panic::resume_unwind(Box::new(())))
            .unwrap()
            .join();
    }
}
