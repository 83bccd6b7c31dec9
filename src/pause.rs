//! A call that waits where nothing would be lost if its thread were cancelled.
//!
//! A call of the library that has to wait leaves everything it needs to go on in
//! a [`Pause`], which belongs to the frame that C called, and returns
//! [`Error::Asleep`]. That frame, which has nothing to drop, sleeps, and calls
//! again. If the thread is cancelled meanwhile, what was left is dropped: it
//! knows how to take itself out of whatever it has entered.

use std::any::Any;
use std::ffi::{c_int, c_void};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result};
use crate::sys::{Nap, cancellable};

/// Room for a call to be taken up again. Dropping it does nothing: a call that
/// has fallen asleep is always taken up, or given up.
#[derive(Default)]
pub struct Pause(Option<ManuallyDrop<Asleep>>);

struct Asleep {
    nap: Nap,
    result: c_int,
    call: Box<dyn Any>,
    /// Of the caller of the call.
    kept: Option<Box<dyn Any>>,
}

impl Pause {
    /// Nobody sleeps.
    #[inline(always)]
    pub const fn new() -> Pause {
        Pause(None)
    }

    /// To be called by a call that has to wait: it will be taken up with `call`
    /// once the nap is over. Returns what it is to fail with.
    pub fn begin(&mut self, nap: Nap, call: Box<dyn Any>) -> Error {
        self.0 = Some(ManuallyDrop::new(Asleep {
            nap,
            result: 0,
            call,
            kept: None,
        }));
        Error::Asleep
    }

    /// Keeps something of whoever called the call that has fallen asleep.
    pub fn keep(&mut self, kept: Box<dyn Any>) {
        if let Some(asleep) = &mut self.0 {
            asleep.kept = Some(kept);
        }
    }

    /// Gives back what was kept.
    pub fn kept<T: Any>(&mut self) -> Result<Box<T>> {
        let kept = self.0.as_mut().and_then(|asleep| asleep.kept.take());
        kept.and_then(|kept| kept.downcast().ok())
            .ok_or(Error::Fault)
    }

    /// What the call left, and the result of the nap.
    pub fn wake<T: Any>(&mut self) -> Result<(Box<T>, c_int)> {
        let asleep = self.0.take().ok_or(Error::Fault)?;
        let Asleep { call, result, .. } = ManuallyDrop::into_inner(asleep);
        let call = call.downcast().map_err(|_| Error::Fault)?;
        Ok((call, result))
    }

    /// Sleeps. If the thread is cancelled meanwhile, what the call left is
    /// dropped and this does not return.
    ///
    /// # Safety
    /// No frame from here to the C function that the application called has
    /// anything to drop, or catches unwinding.
    #[inline(always)]
    pub unsafe fn sleep(&mut self) {
        let this = &raw mut *self;
        if let Some(asleep) = &self.0 {
            // SAFETY: what the nap points to belongs to the call, which is kept
            // until it is taken up or given up.
            let result = unsafe { cancellable(asleep.nap, give_up, this.cast()) };
            if let Some(asleep) = &mut self.0 {
                asleep.result = result;
            }
        }
    }

    /// Sleeps, and goes on sleeping if the thread is cancelled.
    fn sleep_on(&mut self) {
        if let Some(asleep) = &mut self.0 {
            // SAFETY: as in `sleep`.
            asleep.result = unsafe { asleep.nap.take() };
        }
    }

    /// Makes a call that may wait, and takes it up until it is over, in a frame
    /// that has something to drop: a cancelled thread ends only afterwards.
    pub fn through<T>(
        first: impl FnOnce(&mut Pause) -> Result<T>,
        mut again: impl FnMut(&mut Pause) -> Result<T>,
    ) -> Result<T> {
        let mut pause = Pause::new();
        let mut result = first(&mut pause);
        while let Err(Error::Asleep) = result {
            pause.sleep_on();
            result = again(&mut pause);
        }
        result
    }
}

/// The thread was cancelled while it slept.
unsafe extern "C-unwind" fn give_up(pause: *mut c_void) {
    // SAFETY: the pause of the frame that sleeps, which is unwound only later.
    let pause = unsafe { &mut *pause.cast::<Pause>() };
    if let Some(asleep) = pause.0.take() {
        let dropping = AssertUnwindSafe(|| drop(ManuallyDrop::into_inner(asleep)));
        // A panic, which would be a defect, ends here.
        let _ = catch_unwind(dropping).map_err(std::mem::forget);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    static WORD: AtomicU32 = AtomicU32::new(0);

    fn begin(pause: &mut Pause, call: Box<dyn Any>) -> Error {
        pause.begin(Nap::word(&WORD, 1, Duration::ZERO), call)
    }

    #[test]
    fn a_call_is_taken_up_with_what_it_left() {
        let mut pause = Pause::new();
        assert!(pause.wake::<u8>().is_err());
        assert_eq!(begin(&mut pause, Box::new(5u8)), Error::Asleep);
        pause.keep(Box::new("caller"));
        // SAFETY: nobody cancels this thread.
        unsafe { pause.sleep() };
        assert_eq!(*pause.kept::<&str>().unwrap(), "caller");
        let (call, result) = pause.wake::<u8>().unwrap();
        assert_eq!((*call, result), (5, -libc::EAGAIN));
        assert!(pause.wake::<u8>().is_err());
    }

    #[test]
    fn what_is_given_up_is_dropped_once() {
        let counted = Rc::new(());
        let mut pause = Pause::new();
        begin(&mut pause, Box::new(counted.clone()));
        pause.keep(Box::new(counted.clone()));
        for _ in 0..2 {
            // SAFETY: the pause of this frame.
            unsafe { give_up((&raw mut pause).cast()) };
            assert_eq!(Rc::strong_count(&counted), 1);
        }
    }

    #[test]
    fn a_call_goes_through_in_the_end() {
        let mut rounds = 0;
        let first = |pause: &mut Pause| Err::<u8, _>(begin(pause, Box::new(())));
        let result = Pause::through(first, |pause| {
            pause.wake::<()>()?;
            rounds += 1;
            match rounds {
                3 => Ok(9),
                _ => Err(begin(pause, Box::new(()))),
            }
        });
        assert_eq!((result, rounds), (Ok(9), 3));
    }
}
