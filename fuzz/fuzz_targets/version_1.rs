//! Any bytes as what a peer of ZMTP 1.0 sends.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::protocol::version_1(data));
