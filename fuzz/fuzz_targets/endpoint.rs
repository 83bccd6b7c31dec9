//! Any text as an endpoint.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::texts::endpoint(data));
