//! The queue of an inproc pipe: one thread at a time at each end, no lock, no limit.
//!
//! What is pushed becomes visible at [`Producer::publish`], so the consumer only ever sees
//! whole multipart messages. Memory comes in segments that grow from a few slots to
//! 8,192 while the consumer lags behind by more than a segment; the consumer gives the one
//! it has drained back, so a steady stream allocates nothing and stays in the cache. Nothing
//! is allocated before the first push.
//!
//! Neither end waits here. Each can leave word that it is going to ([`Consumer::declare_idle`],
//! [`Producer::wait_for_ack`]), and the other is then told, once, that it must wake it; how
//! is the caller's business. Such a word is never lost, but a wake-up may come although the
//! word has been withdrawn. Dropping an end tells the other, but wakes nobody.

use crate::sync::Credit;
use crate::sync::shim::{Arc, AtomicBool, AtomicPtr, AtomicU64, Ordering, UnsafeCell};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr;

mod consumer;
mod producer;

#[cfg(all(test, loom))]
mod loom_tests;
#[cfg(all(test, not(loom)))]
mod tests;

pub use consumer::Consumer;
pub use producer::Producer;

/// Slots of the first segment.
const SMALLEST: usize = if cfg!(loom) { 2 } else { 16 };
/// Slots of the segments of a busy queue.
const LARGEST: usize = if cfg!(loom) { 2 } else { 8192 };

/// An empty queue.
pub fn queue<T>() -> (Producer<T>, Consumer<T>) {
    let shared = Arc::new(Shared::new());
    (Producer::new(shared.clone()), Consumer::new(shared))
}

/// Room for one value, on cache lines of its own: a value that is taken is not
/// on a line that is being written.
#[derive(Debug)]
#[repr(align(64))]
struct Slot<T>(UnsafeCell<MaybeUninit<T>>);

/// How many slots ahead both ends ask for, so that they need not wait for each
/// other's caches. The consumer asks only for what is published: a slot that is
/// still to be written would be taken away from the producer.
const AHEAD: usize = 6;

/// A stretch of slots, and the way to the next.
#[derive(Debug)]
struct Segment<T> {
    slots: Box<[Slot<T>]>,
    next: AtomicPtr<Segment<T>>,
    /// The one before, which is there as long as something in it is unpublished. For the
    /// producer only.
    previous: UnsafeCell<*mut Segment<T>>,
}

impl<T> Segment<T> {
    fn allocate(slots: usize) -> *mut Self {
        Box::into_raw(Box::new(Self {
            slots: (0..slots)
                .map(|_| Slot(UnsafeCell::new(MaybeUninit::uninit())))
                .collect(),
            next: AtomicPtr::new(ptr::null_mut()),
            previous: UnsafeCell::new(ptr::null_mut()),
        }))
    }

    fn len(&self) -> usize {
        self.slots.len()
    }

    /// # Safety
    /// `segment` comes from `allocate`, nobody else uses it, and its slots have been emptied.
    unsafe fn free(segment: *mut Self) {
        // SAFETY: as the caller promises.
        drop(unsafe { Box::from_raw(segment) });
    }
}

/// What both ends reach; the parts with different writers on different cache lines.
#[derive(Debug)]
struct Shared<T> {
    from_producer: FromProducer,
    from_consumer: FromConsumer,
    rare: Rare<T>,
}

/// Written by the producer at each message.
#[derive(Debug)]
#[repr(align(64))]
struct FromProducer {
    published: AtomicU64,
}

/// Written by the consumer at each acknowledgement.
#[derive(Debug)]
#[repr(align(64))]
struct FromConsumer {
    credit: Credit,
}

/// Read often, written seldom.
#[derive(Debug)]
#[repr(align(64))]
struct Rare<T> {
    consumer_idle: AtomicBool,
    producer_gone: AtomicBool,
    consumer_gone: AtomicBool,
    /// The first segment ever: how the consumer finds the list.
    first: AtomicPtr<Segment<T>>,
    /// A drained segment on its way back to the producer.
    spare: AtomicPtr<Segment<T>>,
    /// Where the consumer stood when it was dropped, and how many slots lay before.
    left_at: UnsafeCell<(Place<T>, u64)>,
}

/// A place in the list of segments.
#[derive(Debug)]
struct Place<T> {
    segment: *mut Segment<T>,
    slot: *const Slot<T>,
    end: *const Slot<T>,
}

impl<T> Clone for Place<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Place<T> {}

impl<T> Place<T> {
    const NOWHERE: Self = Self {
        segment: ptr::null_mut(),
        slot: ptr::null(),
        end: ptr::null(),
    };

    /// The beginning of `segment`, which must be alive.
    fn start_of(segment: *mut Segment<T>) -> Self {
        // SAFETY: the segment is alive, and its slots never move.
        let slots = unsafe { (*segment).slots.as_ptr_range() };
        Self {
            segment,
            slot: slots.start,
            end: slots.end,
        }
    }

    fn end_of(segment: *mut Segment<T>) -> Self {
        let start = Self::start_of(segment);
        Self {
            slot: start.end,
            ..start
        }
    }

    /// Takes the next value, going on to the next segment if need be.
    ///
    /// # Safety
    /// The next value has been published and not been taken.
    unsafe fn take(&mut self) -> (T, Option<*mut Segment<T>>) {
        // SAFETY: as the caller promises; the value is taken out once.
        unsafe { self.take_with(|value| ManuallyDrop::take(value)) }
    }

    /// Has `take` take the next value out of its place; what it leaves there is
    /// not dropped. Returns the segment that is done with, if one is.
    ///
    /// # Safety
    /// The next value has been published and not been taken.
    #[inline(always)]
    unsafe fn take_with<R>(
        &mut self,
        take: impl FnOnce(&mut ManuallyDrop<T>) -> R,
    ) -> (R, Option<*mut Segment<T>>) {
        // SAFETY: a published value in the next segment means that there is one, and that
        // its slot was written; nobody else looks at it any more.
        unsafe {
            let mut drained = None;
            if self.at_end() {
                drained = Some(self.segment);
                *self = Self::start_of((*self.segment).next.load(Ordering::Acquire));
            }
            let result = (*self.slot).0.with_mut(|slot| take(&mut *slot.cast()));
            self.slot = self.slot.add(1);
            (result, drained)
        }
    }

    /// As [`take_with`](Self::take_with), within a segment: goes on to the next
    /// place if `take` returns something.
    ///
    /// # Safety
    /// The next value has been published and not been taken, and the place is not
    /// at the end of its segment.
    #[inline(always)]
    unsafe fn take_if<R>(
        &mut self,
        take: impl FnOnce(&mut ManuallyDrop<T>) -> Option<R>,
    ) -> Option<R> {
        // SAFETY: the slot was written; nobody else looks at it any more.
        unsafe {
            let result = (*self.slot).0.with_mut(|slot| take(&mut *slot.cast()))?;
            self.slot = self.slot.add(1);
            Some(result)
        }
    }

    #[inline(always)]
    fn at_end(&self) -> bool {
        self.slot == self.end
    }

    fn at_start(&self) -> bool {
        // SAFETY: a place is always in a living segment.
        self.slot == unsafe { (*self.segment).slots.as_ptr() }
    }
}

impl<T> Shared<T> {
    fn new() -> Self {
        Self {
            from_producer: FromProducer {
                published: AtomicU64::new(0),
            },
            from_consumer: FromConsumer {
                credit: Credit::new(),
            },
            rare: Rare {
                consumer_idle: AtomicBool::new(false),
                producer_gone: AtomicBool::new(false),
                consumer_gone: AtomicBool::new(false),
                first: AtomicPtr::new(ptr::null_mut()),
                spare: AtomicPtr::new(ptr::null_mut()),
                left_at: UnsafeCell::new((Place::NOWHERE, 0)),
            },
        }
    }
}

// SAFETY: the segments belong to the shared part and move with it; what both ends touch at
// the same time in them is atomic, and the values may move between threads.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        // SAFETY: both ends are gone, nobody else can reach the cell.
        let (mut at, taken) = self.rare.left_at.with(|left| unsafe { *left });
        if at.segment.is_null() {
            at = match self.rare.first.load(Ordering::Acquire) {
                first if first.is_null() => return,
                first => Place::start_of(first),
            };
        }
        // SAFETY: the list is ours alone. The producer took back what was not published, so
        // the slots from `at` on hold what was published and not taken, and nothing else.
        unsafe {
            for _ in taken..self.from_producer.published.load(Ordering::Acquire) {
                let (value, drained) = at.take();
                drop(value);
                drained
                    .into_iter()
                    .for_each(|segment| Segment::free(segment));
            }
            while !at.segment.is_null() {
                let next = (*at.segment).next.load(Ordering::Acquire);
                Segment::free(at.segment);
                at.segment = next;
            }
        }
        let spare = self.rare.spare.load(Ordering::Acquire);
        if !spare.is_null() {
            // SAFETY: a spare segment is in no list.
            unsafe { Segment::free(spare) };
        }
    }
}
