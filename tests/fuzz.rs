//! The fuzz checks without a fuzzer, on stable Rust: some noise, some well-formed
//! inputs, most of them well-formed and then spoiled a little.
//!
//! By itself each check runs for a moment, from a fixed seed, the same each time.
//! `make fuzz` sets `FUZZ_SECONDS`, the time for each check, and inputs are new each
//! time; `FUZZ_SEED` repeats a run. What broke a promise is printed before the panic
//! goes on. This finds what is shallow; `fuzz/` digs with coverage.

#[path = "../fuzz/src/lib.rs"]
mod checks;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant, SystemTime};

use checks::TARGETS;
use checks::seeds::Random;

/// How many inputs a check gets if nothing is said of time.
const ROUNDS: u64 = 1_000;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn fuzz(name: &str) {
    let target = TARGETS
        .iter()
        .find(|target| target.name == name)
        .expect("the table has it");
    let time = variable("FUZZ_SECONDS").map(Duration::from_secs);
    let clock = || {
        SystemTime::UNIX_EPOCH
            .elapsed()
            .map(|age| age.as_nanos() as u64)
    };
    let seed = match (variable("FUZZ_SEED"), time) {
        (Some(seed), _) => seed,
        (None, Some(_)) => clock().expect("we are past 1970"),
        (None, None) => 0x5eed,
    };
    // Zero would stay zero; and each check gets its own.
    let mut random = Random(seed ^ (name.len() as u64) << 56 | 1);
    let (begun, mut round) = (Instant::now(), 0);
    while time.map_or(round < ROUNDS, |time| begun.elapsed() < time) {
        let input = match round % 8 {
            0 => random.bytes(200),
            1 => (target.seed)(&mut random),
            _ => {
                let bytes = (target.seed)(&mut random);
                random.spoil(bytes)
            }
        };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (target.check)(&input))) {
            eprintln!("{name}, FUZZ_SEED={seed}, input {round}: {input:?}");
            resume_unwind(panic);
        }
        round += 1;
    }
    println!("{name}: {round} inputs, FUZZ_SEED={seed}");
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            fuzz(stringify!($name));
        })*

        #[test]
        fn every_check_is_run() {
            let tests = [$(stringify!($name)),*];
            assert!(TARGETS.iter().map(|target| target.name).eq(tests));
        }
    };
}

tests! {
    handshake scan command metadata heartbeat version_1 raw endpoint socks options z85 topics
}
