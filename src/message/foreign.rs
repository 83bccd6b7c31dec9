//! A body that the application owns and lends with a function that frees it
//! (`zmq_msg_init_data`).
//!
//! The function runs exactly once, when the last message that refers to the
//! body is gone, on whichever thread that happens, and after everything here has
//! been let go: it may call back into the library.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use libc::c_void;

use super::buffer::MAX_REFERENCES;
use crate::error::{Error, Result};
use crate::memory::try_box;

/// The application's function to free a body: `(data, hint)`.
pub type FreeFn = unsafe extern "C" fn(*mut c_void, *mut c_void);

/// The counted description of one such body.
pub(super) struct Foreign {
    references: AtomicU32,
    data: *mut c_void,
    hint: *mut c_void,
    free: FreeFn,
}

impl Foreign {
    /// A first reference, or `NoMemory`: then the body stays the application's.
    pub(super) fn new(
        data: *mut c_void,
        free: FreeFn,
        hint: *mut c_void,
    ) -> Result<NonNull<Foreign>> {
        let references = AtomicU32::new(1);
        let foreign = try_box(Foreign {
            references,
            data,
            hint,
            free,
        })?;
        Ok(NonNull::from(Box::leak(foreign)))
    }

    /// Counts another reference, or answers `NoMemory` if there are absurdly many.
    pub(super) fn retain(&self) -> Result<()> {
        if self.references.fetch_add(1, Ordering::Relaxed) > MAX_REFERENCES {
            self.references.fetch_sub(1, Ordering::Relaxed);
            return Err(Error::NoMemory);
        }
        Ok(())
    }

    /// Gives a reference back; the last one frees the body.
    ///
    /// # Safety
    /// The pointer came from [`Foreign::new`], and the caller gives back a
    /// reference it holds.
    pub(super) unsafe fn release(this: NonNull<Foreign>) {
        // SAFETY: the caller's reference keeps it alive.
        let references = unsafe { &this.as_ref().references };
        if references.fetch_sub(1, Ordering::Release) != 1 {
            return;
        }
        fence(Ordering::Acquire);
        // SAFETY: made by `Box::leak` in `new`, and the last reference is gone.
        let Foreign {
            data, hint, free, ..
        } = *unsafe { Box::from_raw(this.as_ptr()) };
        // SAFETY: whoever lent the body promised that this function frees it,
        // with these arguments, from any thread.
        unsafe { free(data, hint) };
    }
}
