//! Any bytes as a receive buffer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::protocol::scan(data));
