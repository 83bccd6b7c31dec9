//! Any bytes as values of options.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::texts::options(data));
