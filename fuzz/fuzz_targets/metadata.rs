//! Any bytes as a list of properties.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::protocol::metadata(data));
