//! Any bytes as those of a raw peer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::protocol::raw(data));
