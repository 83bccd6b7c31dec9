//! Copying and fetching of memory where a message's path is so short that a
//! call of `memcpy`, or a wait for another core's cache, is a large part of it; and
//! boxes whose memory may be refused. Below, where memory comes from, and what
//! happens when there is none.

pub mod large;
#[cfg_attr(
    any(miri, loom, fuzzing),
    allow(dead_code, reason = "these bring an allocator of their own")
)]
pub mod reserve;

use std::alloc::Layout;
use std::ptr::{self, NonNull};

use crate::error::{Error, Result};

/// A copy of what a caller gave, however much that is.
pub fn try_to_vec<T: Copy>(items: &[T]) -> Result<Vec<T>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(items.len())
        .map_err(|_| Error::NoMemory)?;
    copy.extend_from_slice(items);
    Ok(copy)
}

/// Waits for a moment, of one or two microseconds, in which another core gets ahead.
#[cold]
pub fn keep_away() {
    (0..80).for_each(|_| std::hint::spin_loop());
}

/// Up to this many bytes are copied in place.
const SHORT: usize = 64;

/// Copies `len` bytes, as [`ptr::copy_nonoverlapping`] does, without a call if
/// there are few.
///
/// # Safety
/// `from` may be read and `to` be written for `len` bytes, which do not overlap.
#[inline(always)]
pub unsafe fn copy_short(from: *const u8, to: *mut u8, len: usize) {
    /// Copies `[T; 2]`-ish: one piece from the start and one up to the end, which
    /// may overlap, so that any length from one to two pieces is covered.
    ///
    /// # Safety
    /// As for `copy_short`, with `len` from one to two sizes of `T`.
    #[inline(always)]
    unsafe fn ends<T: Copy>(from: *const u8, to: *mut u8, len: usize) {
        let last = len - size_of::<T>();
        // SAFETY: both pieces lie within `len` bytes.
        unsafe {
            let head = from.cast::<T>().read_unaligned();
            let tail = from.add(last).cast::<T>().read_unaligned();
            to.cast::<T>().write_unaligned(head);
            to.add(last).cast::<T>().write_unaligned(tail);
        }
    }
    // SAFETY: each arm has the length that its pieces need; the first is the
    // caller's promise.
    unsafe {
        if (16..=32).contains(&len) {
            ends::<u128>(from, to, len);
        } else if len > SHORT {
            ptr::copy_nonoverlapping(from, to, len);
        } else if len > 32 {
            ends::<[u128; 2]>(from, to, len);
        } else if len >= 8 {
            ends::<u64>(from, to, len);
        } else if len >= 4 {
            ends::<u32>(from, to, len);
        } else if len >= 2 {
            ends::<u16>(from, to, len);
        } else if len == 1 {
            to.write(from.read());
        }
    }
}

/// A box, or `NoMemory` where [`Box::new`] would end the process.
pub fn try_box<T>(value: T) -> Result<Box<T>> {
    const { assert!(size_of::<T>() > 0) };
    // SAFETY: the layout is not empty.
    let memory = unsafe { large::alloc(Layout::new::<T>()) };
    let place = NonNull::new(memory.cast::<T>()).ok_or(Error::NoMemory)?;
    // SAFETY: freshly allocated for one `T`, by the allocator that boxes have.
    Ok(unsafe {
        place.write(value);
        Box::from_raw(place.as_ptr())
    })
}

/// Asks for the cache line at `place`, which will be read soon. Any address will
/// do: one that is not there is not fetched.
#[inline(always)]
pub fn fetch_to_read<T>(place: *const T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: the instruction is in every x86-64 and touches no memory that the
    // program could see.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = place;
}

/// Asks for the cache line at `place`, which will be written soon.
#[inline(always)]
pub fn fetch_to_write<T>(place: *const T) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: as above. Written out, because the intrinsic becomes a fetch for
    // reading unless the compiler may assume a newer processor; those without
    // this instruction take it for no operation.
    unsafe {
        use std::arch::asm;
        asm!("prefetchw [{}]", in(reg) place, options(nostack, preserves_flags));
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = place;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_every_length() {
        let from: Vec<u8> = (0..100).map(|byte| byte ^ 0x5a).collect();
        for len in 0..=100 {
            let mut to = [0xee; 102];
            // SAFETY: both have room for `len` bytes.
            unsafe { copy_short(from.as_ptr(), to[1..].as_mut_ptr(), len) };
            assert_eq!(&to[1..=len], &from[..len]);
            assert_eq!((to[0], to[len + 1]), (0xee, 0xee));
        }
    }
}
