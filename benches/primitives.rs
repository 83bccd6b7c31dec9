//! What the concurrent primitives cost: nanoseconds an operation, printed as a table.
//!
//! `cargo bench --bench primitives`. Each figure is the best of several runs, because the
//! question is what the code costs, not what else the machine is doing. Nothing is asserted.

use std::hint::black_box;
use std::mem::MaybeUninit;
use std::time::Instant;
use zmq::link::Taker;
use zmq::link::outbox::{MORE, frames, outbox};
use zmq::sync::{MarkLock, barrier};

const RUNS: usize = 9;

/// Prints the best of several runs of `run`, which performs `operations` of them.
fn figure(name: &str, operations: u32, mut run: impl FnMut(u32)) {
    let best = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run(operations);
            start.elapsed().as_nanos()
        })
        .min()
        .unwrap_or_default();
    println!("{name:<44} {:8.2} ns", best as f64 / f64::from(operations));
}

fn locks() {
    let lock = MarkLock::new(0u64);
    figure("lock, release", 2_000_000, |count| {
        for _ in 0..count {
            let mut guard = lock.lock();
            *guard += 1;
            assert!(guard.release().is_none());
        }
    });
    figure("try_lock_or_mark, drop", 2_000_000, |count| {
        for _ in 0..count {
            let mut guard = lock.try_lock_or_mark().expect("nobody else is there");
            *guard += 1;
        }
    });
    let plain = std::sync::Mutex::new(0u64);
    figure("std::sync::Mutex, for comparison", 2_000_000, |count| {
        for _ in 0..count {
            *plain.lock().expect("no panic") += 1;
        }
    });
}

fn fences() {
    barrier::init();
    figure("light fence", 5_000_000, |count| {
        (0..count).for_each(|_| barrier::light());
    });
    figure("heavy fence", 20_000, |count| {
        (0..count).for_each(|_| barrier::heavy());
    });
}

/// Looks at every frame and copies none.
struct Look;

impl Taker for Look {
    fn copy(&mut self, body: &[u8], _more: bool) -> bool {
        black_box(body).len() == 16
    }
}

fn neighbours() {
    let (mut writer, mut reader) = frames::<Vec<u8>>();
    for batch in [1, 100, 2_000] {
        figure(
            &format!("send and take 16 B in the process, {batch} behind"),
            1_000_000,
            |count| {
                for _ in 0..count / batch {
                    for number in 0..batch {
                        writer.send_copy(&[], &[number as u8; 16]).unwrap();
                        black_box(writer.reader_idle());
                    }
                    for _ in 0..batch {
                        black_box(reader.next_bytes(&mut Look));
                        black_box(reader.acknowledge(1));
                    }
                }
            },
        );
    }
    figure("the same, a thread at each end", 4_000_000, |count| {
        let (mut writer, mut reader) = frames::<Vec<u8>>();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut taken = 0;
                while taken < count {
                    match reader.next_bytes(&mut Look) {
                        Some(_) => {
                            taken += 1;
                            black_box(reader.acknowledge(1));
                        }
                        None => std::thread::yield_now(),
                    }
                }
            });
            for number in 0..count {
                while writer.written_messages() - writer.acknowledged() >= 2_000 {
                    std::thread::yield_now();
                }
                writer.send_copy(&[], &[number as u8; 16]).unwrap();
                black_box(writer.reader_idle());
            }
        });
    });
}

fn outboxes() {
    let (mut writer, mut reader) = outbox::<Vec<u8>>();
    let mut pieces = [const { MaybeUninit::uninit() }; 64];
    let mut spent = Vec::new();
    for size in [0, 16, 64, 256, 1024] {
        let body = vec![7; size];
        let batch = u32::try_from(64 * 1024 / (size + 2)).expect("a small number");
        figure(
            &format!("append_copy of {size} B, commit, gather"),
            1_000_000,
            |count| {
                for _ in 0..count / batch {
                    for _ in 0..batch {
                        writer.append_copy(0, black_box(&body)).unwrap();
                        writer.commit();
                    }
                    let (_, mut total) = reader.gather(&mut pieces, usize::MAX);
                    while total > 0 {
                        let _ = reader.advance(total, &mut spent);
                        total = reader.gather(&mut pieces, usize::MAX).1;
                    }
                }
            },
        );
    }
    figure("append_body, commit, gather, spent", 200_000, |count| {
        let mut bodies: Vec<Vec<u8>> = (0..32).map(|_| vec![0; 16]).collect();
        for _ in 0..count / 32 {
            for body in bodies.drain(..) {
                writer.append_body(MORE, body).unwrap();
                writer.append_copy(0, b"").unwrap();
                writer.commit();
            }
            while !reader.is_empty() {
                let (_, total) = reader.gather(&mut pieces, usize::MAX);
                let _ = reader.advance(total, &mut bodies);
            }
        }
    });
}

fn main() {
    locks();
    fences();
    neighbours();
    outboxes();
}
