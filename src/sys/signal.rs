//! What a thread of ours sets up for itself: signals and timer slack.
//!
//! Threads inherit the mask of the thread that starts them. Blocking every
//! signal around the start leaves no moment in which a handler of the
//! application could run on one of our threads.

use std::io;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::time::Duration;

use super::check;

/// Every signal is blocked for this thread until this is dropped.
#[must_use = "dropping it restores the mask at once"]
pub struct SignalsBlocked {
    before: libc::sigset_t,
    /// The mask belongs to one thread.
    not_send: PhantomData<*const ()>,
}

/// Blocks every signal for the calling thread.
pub fn block_all_signals() -> SignalsBlocked {
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    let mut before = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: both sets are large enough and live during the calls, which
    // cannot fail with these arguments; `sigfillset` and `pthread_sigmask`
    // have filled them when they are read.
    let before = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
        before.assume_init()
    };
    SignalsBlocked {
        before,
        not_send: PhantomData,
    }
}

impl Drop for SignalsBlocked {
    fn drop(&mut self) {
        // SAFETY: `before` is the mask this thread had, as the kernel gave it.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, std::ptr::null_mut());
        }
    }
}

/// Whether the process has a handler for any signal.
///
/// If not, `EINTR` says nothing: the kernel ends some waits also when the thread
/// was stopped and goes on, when a debugger comes, or for a signal that is ignored
/// after all.
#[cold]
pub fn any_handler() -> bool {
    (1..=libc::SIGRTMAX()).any(|signal| {
        let mut action = MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: with no new action the call only fills the old one.
        let known = unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) } == 0;
        // SAFETY: filled, as the call says.
        known
            && ![libc::SIG_DFL, libc::SIG_IGN]
                .contains(&unsafe { action.assume_init() }.sa_sigaction)
    })
}

/// Sets how late the kernel may end timed waits of the calling thread, to
/// wake it together with others (by default 50 µs); zero counts as 1 ns.
pub fn set_timer_slack(slack: Duration) -> io::Result<()> {
    let nanoseconds = slack.as_nanos().clamp(1, 1 << 31) as libc::c_ulong;
    // SAFETY: PR_SET_TIMERSLACK takes an integer and touches no memory.
    check(unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0) }).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked(signal: libc::c_int) -> bool {
        let mut mask = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: with no new mask the call only fills the old one.
        unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), mask.as_mut_ptr());
            libc::sigismember(mask.as_ptr(), signal) == 1
        }
    }

    #[test]
    fn a_thread_started_under_the_guard_inherits_the_mask() {
        assert!(!blocked(libc::SIGTERM));
        let guard = block_all_signals();
        assert!(blocked(libc::SIGTERM) && blocked(libc::SIGUSR1));
        let thread = std::thread::spawn(|| blocked(libc::SIGTERM));
        drop(guard);
        assert!(!blocked(libc::SIGTERM));
        assert!(thread.join().unwrap());
    }

    #[test]
    fn a_handler_is_seen() {
        extern "C" fn handle(_: libc::c_int) {}
        // SAFETY: the handler does nothing, and the signal is never sent.
        unsafe { libc::signal(libc::SIGUSR2, handle as *const () as libc::sighandler_t) };
        assert!(any_handler());
    }

    #[test]
    fn the_slack_is_set_for_this_thread() {
        std::thread::spawn(|| {
            set_timer_slack(Duration::from_micros(5)).unwrap();
            // SAFETY: PR_GET_TIMERSLACK touches no memory.
            let slack = unsafe { libc::prctl(libc::PR_GET_TIMERSLACK, 0, 0, 0, 0) };
            assert_eq!(slack, 5_000);
        })
        .join()
        .unwrap();
    }
}
