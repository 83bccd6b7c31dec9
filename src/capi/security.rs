//! Keys of CURVE and their text form, Z85 (RFC 32).

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use super::pointers::string;
use super::{entry, status};
use crate::error::{Error, Result};

const ALPHABET: &[u8; 85] =
    b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

/// What a byte that is no digit stands for.
const NO_DIGIT: u8 = 0xff;

const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut digit = 0;
    while digit < ALPHABET.len() {
        digits[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

/// Four bytes as five digits, the highest first.
fn encode(bytes: [u8; 4]) -> [u8; 5] {
    let mut value = u32::from_be_bytes(bytes);
    let mut text = [0; 5];
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(value % 85) as usize];
        value /= 85;
    }
    text
}

/// Five digits as four bytes, unless one is no digit or the value too high.
fn decode(text: [u8; 5]) -> Option<[u8; 4]> {
    let mut value = 0u32;
    for byte in text {
        let digit = DIGITS[usize::from(byte)];
        if digit == NO_DIGIT {
            return None;
        }
        value = value.checked_mul(85)?.checked_add(digit.into())?;
    }
    Some(value.to_be_bytes())
}

/// Writes size bytes, a multiple of 4, as Z85 to dest, which has room for
/// size * 5 / 4 characters and a NUL. Returns dest. EINVAL: not a multiple.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_z85_encode(
    dest: *mut c_char,
    data: *const u8,
    size: usize,
) -> *mut c_char {
    entry(ptr::null_mut(), || {
        if !size.is_multiple_of(4) || dest.is_null() || (data.is_null() && size > 0) {
            return Err(Error::Invalid);
        }
        for group in 0..size / 4 {
            // SAFETY: the caller's memory has `size` bytes to read, and room for
            // five characters for each four of them.
            unsafe {
                let bytes = data.add(group * 4).cast::<[u8; 4]>().read();
                dest.add(group * 5).cast::<[u8; 5]>().write(encode(bytes));
            }
        }
        // SAFETY: the room goes one further, for the NUL.
        unsafe { dest.add(size / 4 * 5).write(0) };
        Ok(dest)
    })
}

/// Writes the bytes of a Z85 string to dest, which has room for 4 bytes for each
/// 5 characters. Returns dest. EINVAL: the length is 0 or no multiple of 5, or
/// it is not Z85; dest may have been written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_z85_decode(dest: *mut u8, string: *const c_char) -> *mut u8 {
    entry(ptr::null_mut(), || {
        // SAFETY: the contract of this layer.
        let length = unsafe { self::string(string) }.map_or(0, |text| text.count_bytes());
        if length == 0 || !length.is_multiple_of(5) || dest.is_null() {
            return Err(Error::Invalid);
        }
        for group in 0..length / 5 {
            // SAFETY: the string has `length` characters, and the caller's memory
            // room for four bytes for each five. The two may be the same memory:
            // what is written here has been read.
            unsafe {
                let text = string.add(group * 5).cast::<[u8; 5]>().read();
                let bytes = decode(text).ok_or(Error::Invalid)?;
                dest.add(group * 4).cast::<[u8; 4]>().write(bytes);
            }
        }
        Ok(dest)
    })
}

/// Makes a pair of keys for CURVE, as Z85 of 40 characters and a NUL each.
/// ENOTSUP: this build has no CURVE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_curve_keypair(
    z85_public_key: *mut c_char,
    z85_secret_key: *mut c_char,
) -> c_int {
    status(|| without_curve([z85_public_key.cast(), z85_secret_key.cast()]))
}

/// Finds the public key to a secret one, both as Z85. EINVAL: not a key.
/// ENOTSUP: this build has no CURVE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zmq_curve_public(
    z85_public_key: *mut c_char,
    z85_secret_key: *const c_char,
) -> c_int {
    status(|| without_curve([z85_public_key.cast(), z85_secret_key.cast_mut().cast()]))
}

/// The answer of a build without CURVE, whatever the keys are.
fn without_curve(_keys: [*mut c_void; 2]) -> Result<()> {
    Err(Error::NotSupported)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capi::errors::zmq_errno;

    /// The example of RFC 32.
    const BYTES: [u8; 8] = [0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b];
    const TEXT: &std::ffi::CStr = c"HelloWorld";

    #[test]
    fn the_example_of_the_specification_both_ways() {
        let (mut text, mut bytes) = ([0x7f; 11], [0; 8]);
        // SAFETY: all of it has the room that is asked for.
        unsafe {
            assert_eq!(
                zmq_z85_encode(text.as_mut_ptr(), BYTES.as_ptr(), 8),
                text.as_mut_ptr()
            );
            assert_eq!(std::ffi::CStr::from_ptr(text.as_ptr()), TEXT);
            assert_eq!(
                zmq_z85_decode(bytes.as_mut_ptr(), TEXT.as_ptr()),
                bytes.as_mut_ptr()
            );
        }
        assert_eq!(bytes, BYTES);
    }

    #[test]
    fn decoding_in_place() {
        let mut memory = *b"HelloWorld\0";
        let start = memory.as_mut_ptr();
        // SAFETY: a string, and room for 8 bytes.
        assert_eq!(unsafe { zmq_z85_decode(start, start.cast()) }, start);
        assert_eq!(memory[..8], BYTES);
    }

    #[test]
    fn the_highest_value_and_the_next() {
        assert_eq!(decode(*b"%nSc0"), Some([0xff; 4]));
        assert_eq!(decode(*b"%nSc1"), None);
        assert_eq!(decode(*b"#####"), None);
        assert_eq!(decode(*b"00000"), Some([0; 4]));
    }

    #[test]
    fn only_the_alphabet_decodes() {
        for byte in 0..=255 {
            let text = [b'0', b'0', b'0', b'0', byte];
            assert_eq!(decode(text).is_some(), ALPHABET.contains(&byte));
        }
    }

    #[test]
    fn bad_lengths_are_refused_before_memory_is_touched() {
        // SAFETY: nothing is touched.
        unsafe {
            assert!(zmq_z85_encode(ptr::null_mut(), ptr::null(), 3).is_null());
            assert_eq!(zmq_errno(), libc::EINVAL);
            for text in [c"", c"0", c"0123", c"01234567"] {
                assert!(zmq_z85_decode(ptr::null_mut(), text.as_ptr()).is_null());
            }
        }
    }
}
