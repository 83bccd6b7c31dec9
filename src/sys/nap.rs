//! One system call that waits, prepared as plain data, so that it can be made
//! where nothing would be left behind if the calling thread were cancelled.
//!
//! With glibc a cancelled thread is unwound from where it waits. That must meet
//! no frame that has something to drop and none that catches unwinding, or the
//! process is aborted. So who is to wait returns a [`Nap`], and the frame that C
//! called takes it, [`cancellable`]. What is to be put in order then is done by
//! the clean-up handler that is in force meanwhile.
//!
//! Any signal handler that runs ends a nap with `EINTR`, also one installed with
//! `SA_RESTART`: the kernel restarts only a futex wait without a limit, and here
//! each has one.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use libc::{c_int, c_long};

use super::poll::PollFd;
use super::raw::KERNEL_SIGSET;
use super::timerfd::timespec;
use super::{Epoll, EpollEvent};

/// A wait that is about to begin. What it points to is to stay where it is.
#[derive(Clone, Copy)]
pub struct Nap {
    number: c_long,
    arguments: [usize; 6],
    /// Which argument is the limit's place, if there is a limit.
    place: Option<usize>,
    limit: libc::timespec,
}

impl Nap {
    /// While `word` holds `expected`, but no longer than `limit`.
    pub fn word(word: &AtomicU32, expected: u32, limit: Duration) -> Nap {
        let operation = (libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG) as usize;
        let word = word.as_ptr() as usize;
        Nap {
            number: libc::SYS_futex,
            arguments: [word, operation, expected as usize, 0, 0, 0],
            place: Some(3),
            limit: timespec(limit),
        }
    }

    /// Until the set has events, which are put into `room`, but no longer than
    /// `limit`, in whole milliseconds and rounded up. The result is their number.
    pub fn set(set: &Epoll, room: &mut [EpollEvent], limit: Duration) -> Nap {
        let milliseconds = limit.as_nanos().div_ceil(1_000_000);
        let milliseconds = milliseconds.min(c_int::MAX as u128) as usize;
        let (start, count) = (room.as_mut_ptr() as usize, room.len());
        let fd = set.as_raw_fd() as usize;
        Nap {
            number: libc::SYS_epoll_pwait,
            arguments: [fd, start, count, milliseconds, 0, KERNEL_SIGSET],
            place: None,
            limit: timespec(Duration::ZERO),
        }
    }

    /// Until one of `fds` is ready, but no longer than `limit`, with another
    /// `mask` of blocked signals unless it is null. The result is their number.
    pub fn fds(fds: &mut [PollFd], limit: Option<Duration>, mask: *const libc::sigset_t) -> Nap {
        let (start, count) = (fds.as_mut_ptr() as usize, fds.len());
        Nap {
            number: libc::SYS_ppoll,
            arguments: [start, count, 0, mask as usize, KERNEL_SIGSET, 0],
            place: limit.map(|_| 2),
            limit: timespec(limit.unwrap_or_default()),
        }
    }

    /// Makes the call: its result, or the negative number of an error.
    ///
    /// # Safety
    /// What the nap points to is still there.
    #[inline(always)]
    pub unsafe fn take(mut self) -> c_int {
        match self.place {
            Some(3) => self.arguments[3] = &raw mut self.limit as usize,
            Some(_) => self.arguments[2] = &raw mut self.limit as usize,
            None => {}
        }
        let [a, b, c, d, e, f] = self.arguments;
        // SAFETY: the arguments were made for this call, and what they point to
        // is there by the contract.
        unsafe {
            match syscall(self.number, a, b, c, d, e, f) {
                -1 => -*libc::__errno_location(),
                result => result as c_int,
            }
        }
    }
}

/// What is done when a thread is cancelled in its nap.
pub type GiveUp = unsafe extern "C-unwind" fn(*mut c_void);

/// Room for a handler of the C library; glibc's, which is the longest.
#[repr(C)]
struct Handler {
    routine: Option<GiveUp>,
    argument: *mut c_void,
    cancel_type: c_int,
    previous: *mut c_void,
}

const PTHREAD_CANCEL_ASYNCHRONOUS: c_int = 1;

unsafe extern "C-unwind" {
    fn syscall(number: c_long, ...) -> c_long;
    fn pthread_setcanceltype(kind: c_int, before: *mut c_int) -> c_int;
    fn _pthread_cleanup_push(place: *mut Handler, routine: GiveUp, argument: *mut c_void);
    fn _pthread_cleanup_pop(place: *mut Handler, execute: c_int);
}

/// Takes a nap in which the thread may be cancelled: then it is unwound, once
/// `give_up` has been called with `argument`, and this does not return.
///
/// # Safety
/// As for [`Nap::take`], and `give_up` may be called. No frame from here to the
/// C function that the application called has anything to drop, or catches
/// unwinding.
#[inline(never)]
pub unsafe fn cancellable(nap: Nap, give_up: GiveUp, argument: *mut c_void) -> c_int {
    let mut place = MaybeUninit::<Handler>::uninit();
    let mut before = 0;
    // SAFETY: the handler's place is in this frame until it is popped. Between
    // the two changes of the type there is nothing but a system call, which
    // leaves nothing half done wherever it ends.
    unsafe {
        _pthread_cleanup_push(place.as_mut_ptr(), give_up, argument);
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &mut before);
        let result = nap.take();
        pthread_setcanceltype(before, std::ptr::null_mut());
        _pthread_cleanup_pop(place.as_mut_ptr(), 0);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::EventFd;
    use std::os::unix::thread::JoinHandleExt;

    const SHORT: Duration = Duration::from_millis(1);

    fn take(nap: Nap) -> c_int {
        // SAFETY: every nap here points to what its test still borrows.
        unsafe { nap.take() }
    }

    #[test]
    fn a_word_that_has_changed_ends_it_at_once_and_so_does_the_limit() {
        let word = AtomicU32::new(1);
        let long = Duration::from_secs(3600);
        assert_eq!(take(Nap::word(&word, 0, long)), -libc::EAGAIN);
        assert_eq!(take(Nap::word(&word, 1, SHORT)), -libc::ETIMEDOUT);
    }

    #[test]
    fn a_restarting_handler_ends_it() {
        extern "C" fn nothing(_: c_int) {}
        // SAFETY: the handler does nothing, and `signal` restarts calls.
        unsafe { libc::signal(libc::SIGURG, nothing as *const () as libc::sighandler_t) };
        let sleeper = std::thread::spawn(|| {
            take(Nap::word(&AtomicU32::new(0), 0, Duration::from_secs(3600)))
        });
        // Sent until one arrives while it sleeps: there is no event for that.
        while !sleeper.is_finished() {
            // SAFETY: the thread is not joined yet, so its id is valid.
            unsafe { libc::pthread_kill(sleeper.as_pthread_t(), libc::SIGURG) };
            std::thread::yield_now();
        }
        assert_eq!(sleeper.join().unwrap(), -libc::EINTR);
    }

    #[test]
    fn descriptors_and_sets_tell_what_is_ready() {
        let (event, set) = (EventFd::new().unwrap(), Epoll::new().unwrap());
        set.add(event.as_raw_fd(), libc::EPOLLIN, 7).unwrap();
        let mut fds = [PollFd::new(event.as_raw_fd(), libc::POLLIN)];
        let mut room = [EpollEvent::EMPTY; 2];
        let nobody = std::ptr::null();
        assert_eq!(take(Nap::fds(&mut fds, Some(SHORT), nobody)), 0);
        assert_eq!(take(Nap::set(&set, &mut room, SHORT)), 0);
        event.notify().unwrap();
        assert_eq!(take(Nap::fds(&mut fds, None, nobody)), 1);
        assert_eq!(fds[0].found(), libc::POLLIN);
        assert_eq!(take(Nap::set(&set, &mut room, SHORT)), 1);
        assert_eq!(room[0].token(), 7);
    }
}
