//! Any bytes as a proxy's answers.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::texts::socks(data));
