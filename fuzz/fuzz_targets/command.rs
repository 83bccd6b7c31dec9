//! Any bytes as the body of a command.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::protocol::command(data));
