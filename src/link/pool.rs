//! Receive buffers, shared by all links of a context.
//!
//! A link borrows a buffer for one read and keeps it only while somebody still
//! uses a part of it; ten thousand idle connections keep none.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Result;
use crate::message::Buffer;

/// What one read takes at the most, in bytes.
pub const CHUNK: usize = 64 * 1024;

/// How many buffers wait for their next use.
const KEPT: usize = 16;

/// A few spare buffers of [`CHUNK`] bytes.
#[derive(Clone, Default)]
pub struct Pool(Arc<Mutex<Vec<Buffer>>>);

impl Pool {
    /// A buffer that nobody else holds.
    pub fn take(&self) -> Result<Buffer> {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(mut spare) = spare else {
            return Buffer::with_capacity(CHUNK);
        };
        spare.stagger();
        Ok(spare)
    }

    /// Keeps `buffer` for its next use, if nothing refers to it any more.
    pub fn give(&self, buffer: Buffer) {
        if buffer.capacity() == CHUNK && buffer.is_unique() {
            let mut spare = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if spare.len() < KEPT {
                spare.push(buffer);
            }
        }
    }
}
