//! The end of the queue that pops.

use super::{AHEAD, Place, Segment, Shared};
use crate::memory::fetch_to_read;
use crate::sync::barrier;
use crate::sync::shim::{Arc, Ordering};
use std::mem::ManuallyDrop;

/// Pops values in the order in which they were pushed.
#[derive(Debug)]
pub struct Consumer<T> {
    at: Place<T>,
    /// Values taken, and how many are known to be published.
    taken: u64,
    known: u64,
    /// Messages acknowledged.
    acknowledged: u64,
    shared: Arc<Shared<T>>,
}

// SAFETY: the place lies in segments that belong to the shared part, which both ends keep
// alive; only the consumer reads and frees what is published.
unsafe impl<T: Send> Send for Consumer<T> {}

impl<T> Consumer<T> {
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        Self {
            at: Place::NOWHERE,
            taken: 0,
            known: 0,
            acknowledged: 0,
            shared,
        }
    }

    /// The next value, if one is published.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        // SAFETY: the value is taken out once.
        self.pop_with(|value| unsafe { ManuallyDrop::take(value) })
    }

    /// Has `take` take the next value out of its place, if one is published; what
    /// it leaves there is not dropped.
    #[inline(always)]
    pub fn pop_with<R>(&mut self, take: impl FnOnce(&mut ManuallyDrop<T>) -> R) -> Option<R> {
        if self.is_empty() {
            return None;
        }
        if self.at.segment.is_null() {
            self.at = Place::start_of(self.shared.rare.first.load(Ordering::Acquire));
        }
        self.fetch();
        // SAFETY: something is published after what has been taken.
        let (result, drained) = unsafe { self.at.take_with(take) };
        self.taken += 1;
        if let Some(drained) = drained {
            self.give_back(drained);
        }
        Some(result)
    }

    /// As [`pop_with`](Self::pop_with); if `take` returns nothing, the value stays.
    /// A value that `take` does take must need no drop.
    #[inline(always)]
    pub fn pop_if<R>(&mut self, take: impl FnOnce(&mut ManuallyDrop<T>) -> Option<R>) -> Option<R> {
        // The first value and the first of a segment are left to `pop_with`.
        if self.is_empty() || self.at.at_end() {
            return None;
        }
        self.fetch();
        // SAFETY: something is published after what has been taken.
        let result = unsafe { self.at.take_if(take) }?;
        self.taken += 1;
        Some(result)
    }

    /// Asks the processor for what will be taken soon.
    #[inline(always)]
    fn fetch(&self) {
        if self.known - self.taken > AHEAD as u64 {
            fetch_to_read(self.at.slot.wrapping_add(AHEAD));
        }
    }

    /// Nothing is published that has not been taken.
    #[inline]
    pub fn is_empty(&mut self) -> bool {
        if self.taken != self.known {
            return false;
        }
        self.known = self.shared.from_producer.published.load(Ordering::Acquire);
        self.taken == self.known
    }

    /// The producer is gone, and all that it published has been taken.
    pub fn is_finished(&mut self) -> bool {
        // In this order: what is published before the end must not be missed.
        self.shared.rare.producer_gone.load(Ordering::Acquire) && self.is_empty()
    }

    /// Tells the producer that so many more messages are done with. True if it asked to be
    /// woken at a count now reached; the caller must wake it. True once for each wish.
    #[inline]
    #[must_use = "the producer must be woken"]
    pub fn acknowledge(&mut self, messages: u64) -> bool {
        self.acknowledged += messages;
        self.shared
            .from_consumer
            .credit
            .acknowledge(self.acknowledged)
    }

    /// Declares that the consumer is going to wait. True: there is nothing to take, and the
    /// producer will say when that changes. False: there is, or the producer is gone; nothing
    /// is left declared, though a wake-up may just be on its way.
    #[must_use]
    pub fn declare_idle(&mut self) -> bool {
        self.shared
            .rare
            .consumer_idle
            .store(true, Ordering::Release);
        barrier::heavy();
        if self.is_empty() && !self.shared.rare.producer_gone.load(Ordering::Acquire) {
            return true;
        }
        self.withdraw_idle();
        false
    }

    /// Withdraws the declaration.
    pub fn withdraw_idle(&mut self) {
        self.shared
            .rare
            .consumer_idle
            .store(false, Ordering::Relaxed);
    }

    #[cold]
    fn give_back(&mut self, drained: *mut Segment<T>) {
        let older = self.shared.rare.spare.swap(drained, Ordering::AcqRel);
        if !older.is_null() {
            // SAFETY: the swap took it out of everyone else's reach; it was drained.
            unsafe { Segment::free(older) };
        }
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.shared
            .rare
            .consumer_gone
            .store(true, Ordering::Release);
        while self.pop().is_some() {}
        let left_at = (self.at, self.taken);
        // SAFETY: only the consumer uses the cell while it lives, and the shared part's drop
        // comes after.
        self.shared
            .rare
            .left_at
            .with_mut(|cell| unsafe { *cell = left_at });
    }
}
