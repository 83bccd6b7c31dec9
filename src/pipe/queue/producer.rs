//! The end of the queue that pushes.

use super::{AHEAD, LARGEST, Place, SMALLEST, Segment, Shared};
use crate::memory::fetch_to_write;
use crate::sync::barrier;
use crate::sync::shim::{Arc, Ordering};
use std::mem::MaybeUninit;
use std::ptr;

/// Pushes values and publishes them, one message at a time.
#[derive(Debug)]
pub struct Producer<T> {
    pub(super) at: Place<T>,
    /// Values pushed, and of those how many are published.
    pushed: u64,
    published: u64,
    /// Messages published.
    written: u64,
    shared: Arc<Shared<T>>,
}

// SAFETY: the place lies in segments that belong to the shared part, which both ends keep
// alive; only the producer writes there.
unsafe impl<T: Send> Send for Producer<T> {}

impl<T> Producer<T> {
    pub(super) fn new(shared: Arc<Shared<T>>) -> Self {
        Self {
            at: Place::NOWHERE,
            pushed: 0,
            published: 0,
            written: 0,
            shared,
        }
    }

    /// Appends a value, which stays invisible until the next [`publish`](Self::publish).
    #[inline]
    pub fn push(&mut self, value: T) {
        // SAFETY: the place is written.
        unsafe { self.push_with(|place| _ = place.write(value)) }
    }

    /// As [`push`](Self::push), with a value that is made in its place.
    ///
    /// # Safety
    /// `make` leaves a valid value.
    #[inline(always)]
    pub unsafe fn push_with(&mut self, make: impl FnOnce(&mut MaybeUninit<T>)) {
        if self.at.at_end() {
            self.next_segment();
        }
        // SAFETY: the slot lies in the tail segment, after all that has been pushed, so it
        // is empty and nobody else looks at it.
        unsafe {
            fetch_to_write(self.at.slot.wrapping_add(AHEAD));
            (*self.at.slot).0.with_mut(|slot| make(&mut *slot));
            self.at.slot = self.at.slot.add(1);
        }
        self.pushed += 1;
    }

    /// Takes back the last push that is not yet published.
    pub fn unpush(&mut self) -> Option<T> {
        if self.pushed == self.published {
            return None;
        }
        if self.at.at_start() {
            // SAFETY: the value to be taken back is the last of the segment before. It is
            // not published, so the consumer is still in that segment or before it.
            let previous = unsafe { (*self.at.segment).previous.with(|cell| *cell) };
            self.at = Place::end_of(previous);
        }
        self.pushed -= 1;
        // SAFETY: the slot was written by a push that is not published.
        unsafe {
            self.at.slot = self.at.slot.sub(1);
            Some((*self.at.slot).0.with(|slot| slot.read().assume_init()))
        }
    }

    /// Makes what has been pushed visible, as one message.
    #[inline]
    pub fn publish(&mut self) {
        if self.pushed != self.published {
            self.published = self.pushed;
            self.written += 1;
            self.shared
                .from_producer
                .published
                .store(self.pushed, Ordering::Release);
        }
    }

    /// To be asked after [`publish`](Self::publish) or [`close`](Self::close): the consumer
    /// has declared itself idle, and must be woken by the caller. True once for each
    /// declaration.
    #[inline]
    #[must_use = "the consumer must be woken"]
    pub fn consumer_idle(&self) -> bool {
        barrier::light();
        let idle = &self.shared.rare.consumer_idle;
        idle.load(Ordering::Relaxed) && idle.swap(false, Ordering::AcqRel)
    }

    /// Messages published since the beginning.
    #[inline]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Messages that the consumer has acknowledged since the beginning.
    #[inline]
    pub fn acknowledged(&self) -> u64 {
        self.shared.from_consumer.credit.acknowledged()
    }

    /// Asks to be woken once `at` messages are acknowledged; false if they are already.
    #[must_use]
    pub fn wait_for_ack(&mut self, at: u64) -> bool {
        self.shared.from_consumer.credit.wait_for(at)
    }

    /// Withdraws the wish to be woken.
    pub fn cancel_wait(&mut self) {
        self.shared.from_consumer.credit.cancel();
    }

    /// Nothing more will come. What is not published is dropped, what is can still be read.
    pub fn close(&mut self) {
        while self.unpush().is_some() {}
        self.shared
            .rare
            .producer_gone
            .store(true, Ordering::Release);
    }

    /// The consumer is gone.
    pub fn is_closed(&self) -> bool {
        self.shared.rare.consumer_gone.load(Ordering::Acquire)
    }

    #[cold]
    fn next_segment(&mut self) {
        let tail = self.at.segment;
        if tail.is_null() {
            let first = Segment::allocate(SMALLEST);
            self.shared.rare.first.store(first, Ordering::Release);
            self.at = Place::start_of(first);
            return;
        }
        // SAFETY: the consumer does not leave the tail before something after it is published.
        unsafe {
            let mut next = (*tail).next.load(Ordering::Relaxed);
            // There is one already when pushes have been taken back.
            if next.is_null() {
                next = self.new_segment((*tail).len());
                (*next).previous.with_mut(|cell| *cell = tail);
                (*tail).next.store(next, Ordering::Release);
            }
            self.at = Place::start_of(next);
        }
    }

    /// The segment that the consumer gave back, or a larger one if it lags behind.
    fn new_segment(&mut self, current: usize) -> *mut Segment<T> {
        let spare = self
            .shared
            .rare
            .spare
            .swap(ptr::null_mut(), Ordering::Acquire);
        if spare.is_null() {
            return Segment::allocate((current * 4).min(LARGEST));
        }
        // SAFETY: the swap took the spare out of everyone else's reach; it is drained.
        unsafe {
            if (*spare).len() < current {
                Segment::free(spare);
                return Segment::allocate(current);
            }
            (*spare).next.store(ptr::null_mut(), Ordering::Relaxed);
        }
        spare
    }
}

impl<T> Drop for Producer<T> {
    fn drop(&mut self) {
        self.close();
    }
}
