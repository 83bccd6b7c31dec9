//! The memory that C handles point into.
//!
//! A [`Registry`] owns slots whose memory is never unmapped and never changes
//! its type, so that any pointer a C program hands in can be judged safely:
//!
//! - **foreign** (never one of ours) is decided by address range and alignment
//!   alone; memory outside the registry is never read;
//! - **stale** (once ours, since released) is decided by address. Each life of a
//!   slot is handed out under another of its [`HEADS`] addresses, and a
//!   released slot queues behind at least [`QUARANTINE`] other free ones before
//!   it lives again.
//!
//! The limit of the second promise: an address comes back after `HEADS` lives
//! of its slot, so a stale handle can be taken for a live one at the earliest
//! `HEADS * (QUARANTINE + 1)` = 2,080 allocations after its release.
//!
//! [`Registry::resolve`] takes no lock and writes nothing. It says only that the
//! handle was live at that moment: whoever then locks what the slot holds looks
//! again with [`Handle::is_current`].
//!
//! What this module does not do: it never drops or resets a slot's value. The
//! value is made once with `Default` and belongs to the successive owners.

use std::alloc::Layout;
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ops::{Deref, DerefMut};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::memory::large;

/// Addresses of one slot, used in turn by its successive lives.
pub const HEADS: usize = 32;
/// How many other free slots a released slot lets pass before it is reused.
pub const QUARANTINE: u32 = 64;

/// What the first word of every handle reads as. Some bindings read an `int`
/// from a handle to learn what it is, and pass it on as a file descriptor:
/// either half of the word is negative, so it names none.
const HEAD: i64 = 0xa5b2_af00_a5b2_af00_u64 as i64;

/// Slots of the first chunk; each further chunk has twice as many.
const FIRST_CHUNK: usize = 128;
const CHUNKS: usize = 20;
/// The end of the free list.
const NONE: u32 = u32::MAX;

/// One place for a value, with the addresses it is known by in C. Its size is a
/// power of two, so that finding it takes no division.
#[repr(C, align(512))]
pub struct Slot<T> {
    heads: [i64; HEADS],
    /// The address by which C knows the life that it leads; 0 while it leads none.
    live: AtomicUsize,
    /// Odd while the slot is live; 0 until it has been used once.
    generation: AtomicU32,
    index: u32,
    /// Next in the free list; only touched under the registry's lock.
    next: AtomicU32,
    value: T,
}

/// All slots of one type.
pub struct Registry<T: 'static> {
    /// The first chunk is here, so that most handles are found without a look where.
    first: UnsafeCell<MaybeUninit<[Slot<T>; FIRST_CHUNK]>>,
    others: [AtomicPtr<Slot<T>>; CHUNKS - 1],
    locked: AtomicBool,
    /// The lock was held by a thread that a fork left behind.
    torn: AtomicBool,
    free: UnsafeCell<FreeList>,
}

/// First-in-first-out queue of free slots, linked through [`Slot::next`].
struct FreeList {
    /// Where it begins and ends, if there are any.
    first: u32,
    last: u32,
    length: u32,
    /// Slots with an index below this have been used at least once.
    used: u32,
}

impl FreeList {
    const fn new() -> Self {
        // All zeros, and so is the registry: it takes no place in the library's file.
        FreeList {
            first: 0,
            last: 0,
            length: 0,
            used: 0,
        }
    }
}

// SAFETY: `first` is used as other chunks are; `free` is only reached through
// `Registry::lock`, which admits one thread at a time; the slots hand out `&T` to any
// thread, hence `T: Sync`, and make `T` on one thread for use on others, hence `T: Send`.
unsafe impl<T: Send + Sync> Sync for Registry<T> {}

/// A live slot as seen by one call: the slot and the life that was meant.
pub struct Handle<T: 'static> {
    slot: &'static Slot<T>,
    generation: u32,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> PartialEq for Handle<T> {
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(self.slot, other.slot) && self.generation == other.generation
    }
}

impl<T> Eq for Handle<T> {}

impl<T> std::fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Handle({:p}, generation {})",
            self.as_ptr(),
            self.generation
        )
    }
}

impl<T> Handle<T> {
    /// The address by which C knows this life of the slot.
    pub fn as_ptr(&self) -> *mut c_void {
        ptr::from_ref(&self.slot.heads[head(self.generation)])
            .cast_mut()
            .cast()
    }

    /// Whether the slot still leads the life this handle was made for.
    #[inline]
    pub fn is_current(&self) -> bool {
        self.slot.generation.load(Ordering::Acquire) == self.generation
    }

    /// What the slot holds. The reference outlives the handle and the life: slots
    /// are never given back.
    #[inline]
    pub fn get(&self) -> &'static T {
        &self.slot.value
    }

    /// The number of this life; odd, and different from those of other lives.
    pub fn generation(&self) -> u32 {
        self.generation
    }
}

impl<T> Deref for Handle<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.slot.value
    }
}

/// Which of its addresses a slot uses in the life of this number.
#[inline]
const fn head(generation: u32) -> usize {
    (generation >> 1) as usize % HEADS
}

/// The slots of chunk `number`.
#[inline]
const fn chunk_length(number: usize) -> usize {
    FIRST_CHUNK << number
}

impl<T: Default + Send + Sync + 'static> Registry<T> {
    /// A registry without memory; usable as a `static`.
    pub const fn new() -> Self {
        Registry {
            first: UnsafeCell::new(MaybeUninit::zeroed()),
            others: [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS - 1],
            locked: AtomicBool::new(false),
            torn: AtomicBool::new(false),
            free: UnsafeCell::new(FreeList::new()),
        }
    }

    /// Starts a new life of a slot. The value is as its last owner left it, or
    /// `T::default()` in a first life.
    pub fn allocate(&'static self) -> Result<Handle<T>> {
        let mut free = self.lock();
        let slot = if free.length > QUARANTINE {
            let slot = self.slot(free.first);
            free.first = slot.next.load(Ordering::Relaxed);
            free.length -= 1;
            slot
        } else {
            let slot = self.first_use(free.used)?;
            free.used += 1;
            slot
        };
        // Nobody else writes the generation of a free slot.
        let generation = slot.generation.load(Ordering::Relaxed) | 1;
        slot.generation.store(generation, Ordering::Release);
        let handle = Handle { slot, generation };
        slot.live.store(handle.as_ptr().addr(), Ordering::Release);
        Ok(handle)
    }

    /// What a pointer from C names, unless it is foreign or stale.
    #[inline(always)]
    pub fn resolve(&'static self, pointer: *const c_void) -> Option<Handle<T>> {
        let base = self.chunk(0);
        let offset = pointer.addr().wrapping_sub(base.addr());
        if offset < chunk_length(0) * size_of::<Slot<T>>() {
            return Self::resolve_in(base, offset);
        }
        self.resolve_elsewhere(pointer)
    }

    /// What a pointer names that is not into the first chunk.
    #[cold]
    fn resolve_elsewhere(&'static self, pointer: *const c_void) -> Option<Handle<T>> {
        for number in 1..CHUNKS {
            let base = self.chunk(number);
            if base.is_null() {
                return None;
            }
            let offset = pointer.addr().wrapping_sub(base.addr());
            if offset < chunk_length(number) * size_of::<Slot<T>>() {
                return Self::resolve_in(base, offset);
            }
        }
        None
    }

    /// What lies `offset` bytes, which is within it, behind the start of a chunk.
    #[inline(always)]
    fn resolve_in(base: *mut Slot<T>, offset: usize) -> Option<Handle<T>> {
        // SAFETY: the chunk is never freed, and `offset` lies inside it.
        let slot = unsafe { base.add(offset / size_of::<Slot<T>>()) };
        // SAFETY: `slot` lies in a chunk, which began as zeros: these two are readable
        // whether or not the slot has been made. In this order, so that the generation is
        // not a later one than the address is of; an earlier one is not current.
        let (generation, live) = unsafe {
            let generation = (*slot).generation.load(Ordering::Acquire);
            (generation, (*slot).live.load(Ordering::Acquire))
        };
        if live != base.addr() + offset {
            return None;
        }
        // SAFETY: an address is stored after the slot has been made.
        let slot = unsafe { &*slot };
        Some(Handle { slot, generation })
    }

    /// Ends the life that `handle` names. Answers whether this call ended it:
    /// of several that try, one does.
    pub fn release(&'static self, handle: Handle<T>) -> bool {
        let Handle { slot, generation } = handle;
        let mut free = self.lock();
        if slot.generation.load(Ordering::Relaxed) != generation {
            return false;
        }
        // Zero would read as "never used".
        let ended = generation.wrapping_add(1).max(2);
        slot.live.store(0, Ordering::Release);
        slot.generation.store(ended, Ordering::Release);
        self.append(&mut free, slot);
        true
    }

    /// To be called in the child of a fork, before anything else is: the lock
    /// may be held by a thread that does not exist there. The free list, which
    /// that thread may have left half changed, is then made anew.
    pub fn reset_after_fork(&self) {
        if self.locked.load(Ordering::Relaxed) {
            self.torn.store(true, Ordering::Relaxed);
            self.locked.store(false, Ordering::Relaxed);
        }
    }

    fn append(&'static self, free: &mut FreeList, slot: &'static Slot<T>) {
        slot.next.store(NONE, Ordering::Relaxed);
        if free.length == 0 {
            free.first = slot.index;
        } else {
            self.slot(free.last)
                .next
                .store(slot.index, Ordering::Relaxed);
        }
        free.last = slot.index;
        free.length += 1;
    }

    /// Makes the slot `index`, and the chunk it opens if it is the first there.
    fn first_use(&'static self, index: u32) -> Result<&'static Slot<T>> {
        let (number, position) = place(index).ok_or(Error::TooManyFiles)?;
        if self.chunk(number).is_null() {
            let layout =
                Layout::array::<Slot<T>>(chunk_length(number)).map_err(|_| Error::NoMemory)?;
            // SAFETY: the layout is not of size zero, a slot has its addresses.
            let base = unsafe { large::alloc_zeroed(layout) }.cast::<Slot<T>>();
            if base.is_null() {
                return Err(Error::NoMemory);
            }
            self.others[number - 1].store(base, Ordering::Release);
        }
        // SAFETY: `position` lies in the chunk. The slot is not live, so `resolve_in` reads
        // only what says so, and we hold the lock: nobody else reads the rest. A slot
        // that a fork left here half made is overwritten; no handle names it.
        unsafe {
            let slot = self.chunk(number).add(position);
            (*slot).live.store(0, Ordering::Relaxed);
            (*slot).generation.store(0, Ordering::Relaxed);
            (&raw mut (*slot).heads).write([HEAD; HEADS]);
            (&raw mut (*slot).index).write(index);
            (&raw mut (*slot).value).write(T::default());
            Ok(&*slot)
        }
    }

    /// A slot that has been used.
    fn slot(&'static self, index: u32) -> &'static Slot<T> {
        let (number, position) = place(index).expect("an index below `used`");
        // SAFETY: only called with indexes below `used`, whose chunk exists and
        // whose slot `first_use` has made.
        unsafe { &*self.chunk(number).add(position) }
    }

    /// The slots of a chunk; null if there is none yet.
    #[inline(always)]
    fn chunk(&'static self, number: usize) -> *mut Slot<T> {
        match number {
            0 => self.first.get().cast(),
            _ => self.others[number - 1].load(Ordering::Acquire),
        }
    }

    /// Admits one thread to the free list. Held for a few instructions, or for
    /// one allocation; never while anything is waited for.
    fn lock(&'static self) -> FreeListGuard<'static> {
        let mut attempts = 0u32;
        while self.locked.swap(true, Ordering::Acquire) {
            attempts += 1;
            match attempts {
                0..=64 => std::hint::spin_loop(),
                65..=128 => std::thread::yield_now(),
                _ => std::thread::sleep(Duration::from_micros(50)),
            }
        }
        // SAFETY: the flag was ours to set, so no other guard exists.
        let free = unsafe { &mut *self.free.get() };
        let mut guard = FreeListGuard {
            locked: &self.locked,
            free,
        };
        if self.torn.swap(false, Ordering::Relaxed) {
            self.rebuild(&mut guard);
        }
        guard
    }

    /// Lists every used slot that is not live.
    fn rebuild(&'static self, free: &mut FreeList) {
        *free = FreeList {
            used: free.used,
            ..FreeList::new()
        };
        for index in 0..free.used {
            let slot = self.slot(index);
            if slot.generation.load(Ordering::Relaxed).is_multiple_of(2) {
                self.append(free, slot);
            }
        }
    }
}

impl<T: Default + Send + Sync + 'static> Default for Registry<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// The free list while its lock is held.
struct FreeListGuard<'a> {
    locked: &'a AtomicBool,
    free: &'a mut FreeList,
}

impl Deref for FreeListGuard<'_> {
    type Target = FreeList;

    fn deref(&self) -> &FreeList {
        self.free
    }
}

impl DerefMut for FreeListGuard<'_> {
    fn deref_mut(&mut self) -> &mut FreeList {
        self.free
    }
}

impl Drop for FreeListGuard<'_> {
    fn drop(&mut self) {
        self.locked.store(false, Ordering::Release);
    }
}

/// The chunk of slot `index` and the position in it.
fn place(index: u32) -> Option<(usize, usize)> {
    let shifted = index as usize + FIRST_CHUNK;
    let number = (shifted.ilog2() - FIRST_CHUNK.ilog2()) as usize;
    (number < CHUNKS).then(|| (number, shifted - chunk_length(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{HashSet, VecDeque};
    use std::sync::atomic::AtomicUsize;

    fn registry<T: Default + Send + Sync>() -> &'static Registry<T> {
        Box::leak(Box::new(Registry::new()))
    }

    #[test]
    fn a_live_handle_resolves_to_its_slot() {
        let registry = registry::<AtomicUsize>();
        let handle = registry.allocate().unwrap();
        handle.store(7, Ordering::Relaxed);
        let found = registry.resolve(handle.as_ptr()).unwrap();
        assert_eq!(found, handle);
        assert!(found.is_current());
        assert_eq!(found.load(Ordering::Relaxed), 7);
    }

    #[test]
    fn both_ints_of_the_first_word_are_negative() {
        let registry = registry::<u64>();
        let handle = registry.allocate().unwrap();
        // SAFETY: a handle points to the eight bytes of one of its addresses.
        let ints = unsafe { handle.as_ptr().cast::<[i32; 2]>().read() };
        assert!(ints.iter().all(|&int| int < 0));
    }

    #[test]
    fn foreign_pointers_are_refused_unread() {
        let registry = registry::<u64>();
        assert!(registry.resolve(ptr::null()).is_none());
        let handle = registry.allocate().unwrap();
        let start = handle.as_ptr().cast::<u8>();
        let local = 5;
        assert!(registry.resolve((&raw const local).cast()).is_none());
        assert!(
            registry
                .resolve(ptr::without_provenance(usize::MAX))
                .is_none()
        );
        // Inside the memory of the registry, but no address of a live slot.
        let mut found = 0;
        for offset in 0..size_of::<Slot<u64>>() * FIRST_CHUNK + 64 {
            found += usize::from(
                registry
                    .resolve(start.wrapping_add(offset).cast())
                    .is_some(),
            );
        }
        assert_eq!(found, 1);
    }

    #[test]
    fn a_released_handle_is_stale() {
        let registry = registry::<u64>();
        let handle = registry.allocate().unwrap();
        assert!(registry.release(handle));
        assert!(!handle.is_current());
        assert!(registry.resolve(handle.as_ptr()).is_none());
        assert!(!registry.release(handle), "only one call ends a life");
    }

    #[test]
    fn an_address_comes_back_only_after_the_documented_number_of_lives() {
        let registry = registry::<u64>();
        let first = registry.allocate().unwrap();
        let address = first.as_ptr();
        registry.release(first);
        let limit = HEADS * (QUARANTINE as usize + 1);
        for _ in 1..limit {
            let handle = registry.allocate().unwrap();
            assert_ne!(handle.as_ptr(), address);
            assert!(registry.resolve(address).is_none());
            registry.release(handle);
        }
    }

    #[test]
    fn one_handle_at_a_time_touches_few_slots() {
        let registry = registry::<u64>();
        let mut slots = HashSet::new();
        for _ in 0..10_000 {
            let handle = registry.allocate().unwrap();
            slots.insert(handle.slot.index);
            registry.release(handle);
        }
        assert_eq!(slots.len(), QUARANTINE as usize + 1);
    }

    #[test]
    fn a_value_is_made_once_and_kept() {
        let registry = registry::<AtomicUsize>();
        for _ in 0..1_000 {
            let handle = registry.allocate().unwrap();
            handle.fetch_add(1, Ordering::Relaxed);
            registry.release(handle);
        }
        let handle = registry.allocate().unwrap();
        assert!(handle.load(Ordering::Relaxed) > 1);
    }

    #[test]
    fn many_live_handles_span_chunks_and_are_distinct() {
        let registry = registry::<u64>();
        let handles: Vec<_> = (0..5_000).map(|_| registry.allocate().unwrap()).collect();
        let addresses: HashSet<_> = handles
            .iter()
            .map(|handle| handle.as_ptr().addr())
            .collect();
        assert_eq!(addresses.len(), handles.len());
        for handle in &handles {
            assert_eq!(registry.resolve(handle.as_ptr()), Some(*handle));
        }
    }

    #[test]
    fn places_cover_each_chunk_from_its_start_to_its_end() {
        assert_eq!(place(0), Some((0, 0)));
        assert_eq!(place(127), Some((0, 127)));
        assert_eq!(place(128), Some((1, 0)));
        assert_eq!(place(383), Some((1, 255)));
        assert_eq!(place(384), Some((2, 0)));
        assert_eq!(place(NONE), None);
    }

    #[test]
    fn a_generation_that_wraps_never_reads_as_unused() {
        let registry = registry::<u64>();
        let handle = registry.allocate().unwrap();
        handle.slot.generation.store(u32::MAX, Ordering::Relaxed);
        let last = registry.resolve(handle.as_ptr()).unwrap();
        assert!(registry.release(last));
        assert_eq!(last.slot.generation.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn threads_never_share_a_life() {
        let registry = registry::<AtomicUsize>();
        let rounds = if cfg!(miri) { 50 } else { 5_000 };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut kept = VecDeque::new();
                    for round in 0..rounds {
                        let handle = registry.allocate().unwrap();
                        assert_eq!(handle.fetch_add(1, Ordering::Relaxed), 0);
                        kept.push_back(handle);
                        if round % 3 != 0 || kept.len() > 40 {
                            let oldest = kept.pop_front().unwrap();
                            assert_eq!(registry.resolve(oldest.as_ptr()), Some(oldest));
                            assert_eq!(oldest.fetch_sub(1, Ordering::Relaxed), 1);
                            assert!(registry.release(oldest));
                        }
                    }
                });
            }
        });
    }

    #[test]
    fn of_several_threads_one_ends_a_life() {
        let registry = registry::<u64>();
        for _ in 0..100 {
            let handle = registry.allocate().unwrap();
            let ended = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..3)
                    .map(|_| scope.spawn(move || registry.release(handle)))
                    .collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().unwrap())
                    .filter(|&ended| ended)
                    .count()
            });
            assert_eq!(ended, 1);
        }
    }

    #[test]
    fn a_lock_lost_in_a_fork_is_taken_over_and_the_list_made_anew() {
        let registry = registry::<u64>();
        let handles: Vec<_> = (0..200).map(|_| registry.allocate().unwrap()).collect();
        for handle in &handles[..150] {
            registry.release(*handle);
        }
        let mut guard = registry.lock();
        guard.first = NONE;
        guard.length = 77;
        std::mem::forget(guard);
        registry.reset_after_fork();
        let again = registry.allocate().unwrap();
        assert!(
            handles[..150]
                .iter()
                .any(|handle| ptr::eq(handle.slot, again.slot))
        );
        for handle in &handles[150..] {
            assert!(registry.release(*handle));
        }
        assert_eq!(registry.lock().length, 199);
    }

    #[test]
    fn a_reset_leaves_a_free_lock_alone() {
        let registry = registry::<u64>();
        let handle = registry.allocate().unwrap();
        registry.reset_after_fork();
        registry.release(handle);
        assert_eq!(registry.lock().length, 1);
    }
}
