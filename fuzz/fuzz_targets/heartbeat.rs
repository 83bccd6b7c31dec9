//! Any bytes as a schedule of pings, traffic and time.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::protocol::heartbeat(data));
