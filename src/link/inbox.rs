//! What a link has received and its socket has not used up yet, under a mark.
//!
//! Promises: the receiver gets whole messages only; the frames of an open one are
//! held back, and forgotten with their connection. A message counts until the
//! receiver is done with the item that it is in. Where only the newest is kept,
//! nothing counts and all but the last message is let go.
//!
//! Whether more is read is not decided here.

use std::collections::VecDeque;

use super::chunk::Item;
use crate::error::{Error, Result};

/// Received messages.
pub struct Inbox {
    ready: VecDeque<Item>,
    /// Leading frames of a message whose last frame has not arrived.
    held: Vec<Item>,
    /// Messages that are ready or lent.
    outstanding: u64,
    /// Of these, those in the item the receiver works on.
    lent: u64,
    /// The high-water mark, 0 for none.
    mark: u64,
    /// Only the newest message is kept.
    conflate: bool,
}

impl Inbox {
    /// An empty one with this high-water mark, which counts messages; 0 for no limit.
    pub fn new(mark: u64, conflate: bool) -> Inbox {
        let mut inbox = Inbox {
            ready: VecDeque::new(),
            held: Vec::new(),
            outstanding: 0,
            lent: 0,
            mark: 0,
            conflate,
        };
        inbox.set_mark(mark);
        inbox
    }

    /// Changes the high-water mark.
    pub fn set_mark(&mut self, mark: u64) {
        self.mark = if self.conflate { 0 } else { mark };
    }

    /// Whether there is nothing for the receiver to take.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// Messages that wait for the receiver. Those it works on count to the last.
    pub fn waiting(&self) -> u64 {
        self.outstanding
    }

    /// Whether the mark is reached.
    pub fn is_full(&self) -> bool {
        !self.has_room_for(1)
    }

    /// Whether the mark would let this many more messages in.
    pub fn has_room_for(&self, messages: u64) -> bool {
        self.mark == 0 || self.outstanding.saturating_add(messages) <= self.mark
    }

    /// Whether so much was used up that reading may go on.
    pub fn may_resume(&self) -> bool {
        self.mark == 0 || self.outstanding <= self.mark / 2
    }

    /// The receiver is done with the item it had.
    pub fn used_up(&mut self) {
        self.outstanding -= self.lent;
        self.lent = 0;
    }

    /// The receiver is done with the item it had and takes the next.
    pub fn take(&mut self) -> Option<Item> {
        self.used_up();
        let item = self.ready.pop_front()?;
        self.lent = item.messages();
        Some(item)
    }

    /// Appends an item that ends a message or leaves one open.
    pub fn push(&mut self, item: Item, whole: bool) -> Result<()> {
        if self.conflate {
            if let Some(newest) = item.last() {
                self.ready.clear();
                self.outstanding = self.lent + newest.messages();
                self.ready.push_back(newest);
            }
        } else if whole {
            let frames = self.held.len() + 1;
            self.ready.try_reserve(frames).map_err(no_memory)?;
            self.outstanding += item.messages();
            self.ready.extend(self.held.drain(..));
            self.ready.push_back(item);
        } else {
            self.held.try_reserve(1).map_err(no_memory)?;
            self.held.push(item);
        }
        Ok(())
    }

    /// Forgets the frames of a message that will not become whole.
    pub fn forget_open(&mut self) {
        self.held.clear();
    }

    /// Drops what the receiver has not taken.
    pub fn discard(&mut self) {
        self.ready.clear();
        self.outstanding = self.lent;
    }
}

/// A queue that cannot grow ends its connection.
fn no_memory(_: std::collections::TryReserveError) -> Error {
    Error::NoMemory
}
