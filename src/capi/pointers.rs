//! From pointers of C to references: one function for each kind of pointer in
//! the contract of this layer. `None` means null, or a length no memory has.

use std::ffi::{CStr, c_char, c_void};
use std::mem::MaybeUninit;
use std::slice;

use crate::transport::text;

/// The longest that a slice may be.
const LONGEST: usize = isize::MAX as usize;

/// `length` values to read. Null is an empty array if the length is 0.
///
/// # Safety
/// `start` is null, or good for reading that many values of `T` for `'a`.
#[inline]
pub unsafe fn array<'a, T>(start: *const T, length: usize) -> Option<&'a [T]> {
    if length == 0 {
        return Some(&[]);
    }
    if start.is_null() || length > LONGEST / size_of::<T>() {
        return None;
    }
    // SAFETY: not null, and good for `length` values by the contract.
    Some(unsafe { slice::from_raw_parts(start, length) })
}

/// `length` values to read and write. Null is an empty array if the length is 0.
///
/// # Safety
/// `start` is null, or good for reading and writing that many values of `T`,
/// by this caller only, for `'a`.
#[inline]
pub unsafe fn array_mut<'a, T>(start: *mut T, length: usize) -> Option<&'a mut [T]> {
    if length == 0 {
        return Some(&mut []);
    }
    if start.is_null() || length > LONGEST / size_of::<T>() {
        return None;
    }
    // SAFETY: not null, and ours for `length` values by the contract.
    Some(unsafe { slice::from_raw_parts_mut(start, length) })
}

/// `length` bytes to read.
///
/// # Safety
/// As for [`array`].
#[inline]
pub unsafe fn bytes<'a>(start: *const c_void, length: usize) -> Option<&'a [u8]> {
    // SAFETY: the same contract.
    unsafe { array(start.cast(), length) }
}

/// The same, if there are fewer than `limit`, in a place that is not null.
///
/// # Safety
/// As for [`array`].
#[inline(always)]
pub unsafe fn few_bytes<'a>(start: *const c_void, length: usize, limit: usize) -> Option<&'a [u8]> {
    if length >= limit || start.is_null() {
        return None;
    }
    // SAFETY: not null, and good for `length` bytes by the contract.
    Some(unsafe { slice::from_raw_parts(start.cast(), length) })
}

/// `length` bytes to write, if that is not more than a slice can have, in a place that is
/// not null.
///
/// # Safety
/// As for [`room`].
#[inline(always)]
pub unsafe fn real_room<'a>(
    start: *mut c_void,
    length: usize,
) -> Option<&'a mut [MaybeUninit<u8>]> {
    if length > LONGEST || start.is_null() {
        return None;
    }
    // SAFETY: not null, and good for `length` bytes by the contract.
    Some(unsafe { slice::from_raw_parts_mut(start.cast(), length) })
}

/// `length` bytes to write, or as many as a slice can have.
///
/// # Safety
/// `start` is null, or good for writing that many bytes, by this caller only,
/// for `'a`.
#[inline]
pub unsafe fn room<'a>(start: *mut c_void, length: usize) -> Option<&'a mut [MaybeUninit<u8>]> {
    // SAFETY: the same contract; bytes that may be unset need no reading.
    unsafe { array_mut(start.cast(), length.min(LONGEST)) }
}

/// A string, without its NUL.
///
/// # Safety
/// `start` is null, or the start of a string that ends in NUL and stays as it is
/// for `'a`.
#[inline]
pub unsafe fn string<'a>(start: *const c_char) -> Option<&'a CStr> {
    // SAFETY: not null, so a string by the contract.
    (!start.is_null()).then(|| unsafe { CStr::from_ptr(start) })
}

/// A string as [`text`](crate::transport::text).
///
/// # Safety
/// As for [`string`].
#[inline]
pub unsafe fn text(start: *const c_char) -> Option<String> {
    // SAFETY: the same contract.
    unsafe { string(start) }.map(|string| text::read(string.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr;

    #[test]
    fn null_is_an_empty_array_but_not_a_longer_one() {
        // SAFETY: null is allowed everywhere.
        unsafe {
            assert_eq!(bytes(ptr::null(), 0), Some(&[][..]));
            assert_eq!(bytes(ptr::null(), 1), None);
            assert!(room(ptr::null_mut(), 0).is_some());
            assert!(room(ptr::null_mut(), 1).is_none());
            assert_eq!(text(ptr::null()), None);
        }
    }

    #[test]
    fn a_length_that_no_memory_has_is_refused() {
        let byte = 1u8;
        let word = 1u64;
        // SAFETY: refused before anything is read.
        unsafe {
            assert_eq!(bytes((&raw const byte).cast(), usize::MAX), None);
            assert_eq!(array(&raw const word, usize::MAX / 8), None);
        }
    }

    #[test]
    fn arrays_and_strings_are_what_was_pointed_to() {
        let numbers = [1, 2, 3];
        // SAFETY: all of it lives on this stack or for ever.
        unsafe {
            assert_eq!(array(numbers.as_ptr(), 3), Some(&numbers[..]));
            assert_eq!(text(c"tcp://*:*".as_ptr()).as_deref(), Some("tcp://*:*"));
            assert_eq!(text(c"\xff".as_ptr()).as_deref(), Some("ÿ"));
            assert_eq!(string(c"\xff".as_ptr()), Some(c"\xff"));
        }
    }
}
