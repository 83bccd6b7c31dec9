//! Any bytes as subscriptions and messages.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::topics::topics(data));
