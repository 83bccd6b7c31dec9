//! Models of the lock, the fences and the counter.
//!
//! A thread that sleeps for ever is a deadlock, which loom reports: so every model in which a
//! thread waits also shows that no wake-up is lost.

use super::shim::{Arc, AtomicU32, Futex, Ordering, UnsafeCell, fence};
use super::{Credit, MarkLock, barrier};
use loom::thread;

/// Runs a model in which each thread is preempted at most so many times.
pub(crate) fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// Something to sleep on until somebody says so. A wake-up that comes early is kept.
pub(crate) struct Bell(Futex);

impl Bell {
    pub(crate) fn new() -> Self {
        Self(Futex::new(0))
    }

    pub(crate) fn ring(&self) {
        // Not a plain store: loom would let the swap below come after it and not see it.
        self.0.swap(1, Ordering::AcqRel);
        // SAFETY: the models keep the bell until all threads have been joined.
        unsafe { Futex::wake_one(&raw const self.0) };
    }

    pub(crate) fn wait(&self) {
        while self.0.swap(0, Ordering::AcqRel) == 0 {
            self.0.wait(0);
        }
    }
}

#[test]
fn loom_fences_show_one_side_the_other() {
    loom::model(|| {
        let flags = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
        let theirs = flags.clone();
        let frequent = thread::spawn(move || {
            theirs.0.store(1, Ordering::Relaxed);
            barrier::light();
            theirs.1.load(Ordering::Relaxed)
        });
        flags.1.store(1, Ordering::Relaxed);
        barrier::heavy();
        let seen = flags.0.load(Ordering::Relaxed);
        assert!(seen == 1 || frequent.join().unwrap() == 1);
    });
}

#[test]
fn loom_lock_excludes_and_wakes_two() {
    loom::model(|| exclude_and_wake(2));
}

#[test]
fn loom_lock_excludes_and_wakes_three() {
    check(2, || exclude_and_wake(3));
}

/// Each thread takes the lock and lets it go; loom's cell notices two at a time, and a
/// deadlock a waiter that was not woken.
fn exclude_and_wake(threads: usize) {
    let lock = Arc::new(MarkLock::new(0));
    let contend = |lock: &MarkLock<usize>, which: usize| {
        let mut guard = lock.lock();
        *guard += 1;
        if which == 0 {
            assert!(guard.release().is_none(), "nobody leaves a mark here");
        }
    };
    let others: Vec<_> = (1..threads)
        .map(|which| {
            let lock = lock.clone();
            thread::spawn(move || contend(&lock, which))
        })
        .collect();
    contend(&lock, 0);
    others.into_iter().for_each(|other| other.join().unwrap());
    assert_eq!(*lock.lock(), threads);
}

#[test]
fn loom_mark_is_never_lost_among_three() {
    check(3, || {
        let shared = Arc::new((MarkLock::new(0), AtomicU32::new(0)));
        let others: Vec<_> = (0..2)
            .map(|_| {
                let shared = shared.clone();
                thread::spawn(move || announce(&shared.0, &shared.1))
            })
            .collect();
        announce(&shared.0, &shared.1);
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(*shared.0.try_lock().unwrap(), 3, "work was left behind");
    });
}

/// Announces one piece of work beside the lock, and does whatever is announced if it can.
fn announce(lock: &MarkLock<u32>, announced: &AtomicU32) {
    announced.fetch_add(1, Ordering::Relaxed);
    let mut held = lock.try_lock_or_mark();
    while let Some(mut guard) = held {
        *guard += announced.swap(0, Ordering::Relaxed);
        held = guard.release();
    }
}

#[test]
fn loom_mark_shows_what_was_written_before_it() {
    loom::model(|| {
        let shared = Arc::new((MarkLock::new(()), UnsafeCell::new(0)));
        let theirs = shared.clone();
        let marker = thread::spawn(move || {
            // SAFETY: the holder reads only after it has seen the mark, or the lock.
            theirs.1.with_mut(|cell| unsafe { *cell = 7 });
            match theirs.0.try_lock_or_mark() {
                Some(guard) => guard.release().is_some(),
                None => true,
            }
        });
        let guard = shared.0.lock();
        if let Some(again) = guard.release() {
            // SAFETY: the marker wrote before it left the mark.
            assert_eq!(shared.1.with(|cell| unsafe { *cell }), 7);
            assert!(again.release().is_none());
        }
        marker.join().unwrap();
    });
}

#[test]
fn loom_mark_and_waiter_at_the_same_lock() {
    check(3, || {
        let shared = Arc::new((MarkLock::new(0), AtomicU32::new(0)));
        let marker = {
            let shared = shared.clone();
            thread::spawn(move || announce(&shared.0, &shared.1))
        };
        let waiter = {
            let shared = shared.clone();
            thread::spawn(move || {
                let mut held = Some(shared.0.lock());
                while let Some(mut guard) = held {
                    *guard += shared.1.swap(0, Ordering::Relaxed);
                    held = guard.release();
                }
            })
        };
        announce(&shared.0, &shared.1);
        marker.join().unwrap();
        waiter.join().unwrap();
        assert_eq!(*shared.0.try_lock().unwrap(), 2, "work was left behind");
    });
}

/// What a link's flush relies on: the right to write, what waits to be written, and the
/// kernel, of which somebody is told when it is full.
struct Outlet {
    written: MarkLock<u32>,
    appended: AtomicU32,
    room: AtomicU32,
    full: AtomicU32,
    told: Bell,
}

impl Outlet {
    fn new() -> Self {
        Self {
            written: MarkLock::new(0),
            appended: AtomicU32::new(0),
            room: AtomicU32::new(0),
            full: AtomicU32::new(0),
            told: Bell::new(),
        }
    }

    fn append(&self) {
        self.appended.fetch_add(1, Ordering::Release);
        if self.full.load(Ordering::Relaxed) == 1 {
            fence(Ordering::SeqCst);
            if self.full.load(Ordering::Relaxed) == 1 {
                return;
            }
        }
        self.flush();
    }

    /// Nobody lets go but by `release`, also where the kernel is full.
    fn flush(&self) {
        let mut held = self.written.try_lock_or_mark();
        while let Some(mut written) = held {
            if self.room.load(Ordering::Relaxed) == 1 {
                *written = self.appended.load(Ordering::Acquire);
            } else if self.full.swap(1, Ordering::AcqRel) == 0 {
                self.told.ring();
            }
            held = written.release();
        }
    }

    fn resume(&self) {
        // Not a plain store, for the reason that `Bell::ring` gives.
        self.full.swap(0, Ordering::AcqRel);
        fence(Ordering::SeqCst);
        self.flush();
    }
}

#[test]
fn loom_mark_left_at_a_full_kernel_is_not_forgotten() {
    check(3, || {
        let outlet = Arc::new(Outlet::new());
        let senders = [(); 2].map(|()| {
            let outlet = outlet.clone();
            thread::spawn(move || outlet.append())
        });
        outlet.told.wait();
        outlet.room.store(1, Ordering::Relaxed);
        outlet.resume();
        senders.map(|sender| sender.join().unwrap());
        if outlet.full.load(Ordering::Relaxed) == 1 {
            // Found full just before, and told of it again.
            outlet.told.wait();
            outlet.resume();
        }
        assert_eq!(*outlet.written.lock(), 2, "something was left behind");
    });
}

#[test]
fn loom_credit_wakes_a_waiting_producer() {
    loom::model(|| {
        let shared = Arc::new((Credit::new(), Bell::new()));
        let theirs = shared.clone();
        let consumer = thread::spawn(move || {
            (1..=3)
                .filter(|&total| theirs.0.acknowledge(total))
                .inspect(|_| theirs.1.ring())
                .count()
        });
        if shared.0.wait_for(2) {
            shared.1.wait();
            assert!(shared.0.acknowledged() >= 2);
            assert_eq!(consumer.join().unwrap(), 1);
        } else {
            assert!(shared.0.acknowledged() >= 2);
            assert!(consumer.join().unwrap() <= 1);
        }
    });
}

#[test]
fn loom_credit_survives_a_wish_that_replaces_another() {
    check(3, || {
        let shared = Arc::new((Credit::new(), Bell::new()));
        let theirs = shared.clone();
        let consumer = thread::spawn(move || {
            for total in 1..=2 {
                if theirs.0.acknowledge(total) {
                    theirs.1.ring();
                }
            }
        });
        let _ = shared.0.wait_for(1);
        shared.0.cancel();
        while shared.0.wait_for(2) {
            // The ring may still be the one for the first wish.
            shared.1.wait();
        }
        assert_eq!(shared.0.acknowledged(), 2);
        consumer.join().unwrap();
    });
}

#[test]
fn loom_fences_order_an_announcement() {
    // The rule that a drainer follows before it sleeps: look again after saying so.
    loom::model(|| {
        let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0), Bell::new()));
        let theirs = shared.clone();
        let drainer = thread::spawn(move || {
            while theirs.0.load(Ordering::Acquire) == 0 {
                theirs.1.store(1, Ordering::Relaxed);
                barrier::heavy();
                if theirs.0.load(Ordering::Acquire) == 0 {
                    theirs.2.wait();
                }
            }
        });
        shared.0.store(1, Ordering::Release);
        fence(Ordering::SeqCst);
        if shared.1.swap(0, Ordering::AcqRel) == 1 {
            shared.2.ring();
        }
        drainer.join().unwrap();
    });
}
