//! Values on their way to and from a C program's memory.
//!
//! Two rules of libzmq stand side by side and are kept apart here. Stored
//! numbers have one size exactly. What a socket answers itself (strings, bytes,
//! and the numbers that are not stored) needs at least its own size; the rest of
//! the memory is zeroed, and the size that was used is told.

use crate::error::{Error, Result};

/// Writes an `int` that is not stored, such as `ZMQ_EVENTS`.
pub fn write_int(out: &mut [u8], value: i32) -> Result<usize> {
    write_bytes(out, &value.to_ne_bytes())
}

/// Writes a `uint64_t` that is not stored.
pub fn write_u64(out: &mut [u8], value: u64) -> Result<usize> {
    write_bytes(out, &value.to_ne_bytes())
}

/// Writes bytes, without a NUL behind them.
pub fn write_bytes(out: &mut [u8], value: &[u8]) -> Result<usize> {
    let (head, rest) = out
        .split_at_mut_checked(value.len())
        .ok_or(Error::Invalid)?;
    head.copy_from_slice(value);
    rest.fill(0);
    Ok(value.len())
}

/// Writes a string with a NUL behind it, which counts.
pub fn write_str(out: &mut [u8], value: &[u8]) -> Result<usize> {
    if out.len() <= value.len() {
        return Err(Error::Invalid);
    }
    write_bytes(out, value)?;
    Ok(value.len() + 1)
}

/// Writes a stored number, which has to be asked for with its own size.
pub(super) fn write_exact<const SIZE: usize>(out: &mut [u8], value: [u8; SIZE]) -> Result<usize> {
    if out.len() != SIZE {
        return Err(Error::Invalid);
    }
    write_bytes(out, &value)
}

/// Reads a number, which has to be given with its own size.
pub(super) fn read_exact<const SIZE: usize>(value: &[u8]) -> Result<[u8; SIZE]> {
    value.try_into().map_err(|_| Error::Invalid)
}

/// Reads an `int`.
pub(super) fn read_int(value: &[u8]) -> Result<i32> {
    read_exact(value).map(i32::from_ne_bytes)
}

/// Keeps a copy of bytes whose length the caller chose.
pub(super) fn keep(value: &[u8]) -> Result<Vec<u8>> {
    let mut kept = Vec::new();
    kept.try_reserve_exact(value.len())
        .map_err(|_| Error::NoMemory)?;
    kept.extend_from_slice(value);
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_room_than_needed_is_zeroed() {
        let mut out = [0xff; 8];
        assert_eq!(write_int(&mut out, 1), Ok(4));
        assert_eq!(out[..4], 1i32.to_ne_bytes());
        assert_eq!(out[4..], [0; 4]);
        assert_eq!(write_u64(&mut out, u64::MAX - 1), Ok(8));
        assert_eq!(out, (u64::MAX - 1).to_ne_bytes());
    }

    #[test]
    fn too_little_room_is_refused_and_left_alone() {
        let mut out = [7; 3];
        assert_eq!(write_int(&mut out, 1), Err(Error::Invalid));
        assert_eq!(write_str(&mut out, b"abc"), Err(Error::Invalid));
        assert_eq!(out, [7; 3]);
    }

    #[test]
    fn strings_end_with_a_nul_that_counts() {
        let mut out = [7; 5];
        assert_eq!(write_str(&mut out, b"abc"), Ok(4));
        assert_eq!(out, *b"abc\0\0");
        assert_eq!(write_str(&mut out, b"abcd"), Ok(5));
        assert_eq!(write_bytes(&mut out, b"abcde"), Ok(5));
    }

    #[test]
    fn stored_numbers_have_one_size() {
        let value = 5i32.to_ne_bytes();
        assert_eq!(write_exact(&mut [0; 4], value), Ok(4));
        for size in [0, 3, 5, 8] {
            assert_eq!(write_exact(&mut vec![0; size], value), Err(Error::Invalid));
            assert_eq!(read_int(&vec![0; size]), Err(Error::Invalid));
        }
        assert_eq!(read_int(&value), Ok(5));
    }
}
