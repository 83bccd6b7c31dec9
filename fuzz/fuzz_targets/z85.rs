//! Any bytes as Z85, and as what is to be Z85.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::texts::z85(data));
