//! Any bytes as the peer of a handshake.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::protocol::handshake(data));
