//! Asymmetric fences: a pair in which the frequent side costs almost nothing.
//!
//! The pattern is always the same. One side writes A and then reads B, the other writes B
//! and then reads A, and at least one of them must see the other's write. That takes a full
//! fence between the two steps on both sides. [`light`] is the fence of the side that runs
//! for every message, [`heavy`] that of the side that is about to sleep: with the kernel's
//! `membarrier` the heavy side makes every running thread of the process execute a fence at
//! that moment, and the light side only has to keep the compiler from reordering.
//!
//! Where `membarrier` is missing or forbidden both are full fences. A process may use both
//! before [`init`] was called: the light side then is a full fence too. The registration
//! with the kernel is inherited by the child of a fork. Under loom both are full fences,
//! which is the version the models check.

#[cfg(not(loom))]
pub use membarrier::{heavy, init, light};

#[cfg(loom)]
pub use modelled::{heavy, init, light};

#[cfg(loom)]
mod modelled {
    use loom::sync::atomic::{Ordering, fence};

    /// Nothing to prepare in a model.
    pub fn init() {}

    /// The fence of the frequent side.
    pub fn light() {
        fence(Ordering::SeqCst);
    }

    /// The fence of the rare side.
    pub fn heavy() {
        fence(Ordering::SeqCst);
    }
}

#[cfg(not(loom))]
mod membarrier {
    use std::sync::atomic::{AtomicU8, Ordering, compiler_fence, fence};
    use std::time::Duration;

    /// Not asked yet: the light side fences, the heavy side asks first.
    const UNKNOWN: u8 = 0;
    /// The kernel has registered this process: the light side need not fence.
    const REGISTERED: u8 = 1;
    /// No `membarrier` here: both sides fence.
    const ABSENT: u8 = 2;

    static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);

    const CMD_PRIVATE_EXPEDITED: libc::c_int = 1 << 3;
    const CMD_REGISTER_PRIVATE_EXPEDITED: libc::c_int = 1 << 4;

    fn membarrier(command: libc::c_int) -> bool {
        // SAFETY: the call takes three integers and touches no memory of ours.
        unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
    }

    /// Registers the process with the kernel, once. Cheap when called again.
    pub fn init() {
        if STATE.load(Ordering::Relaxed) != UNKNOWN {
            return;
        }
        let works = membarrier(CMD_REGISTER_PRIVATE_EXPEDITED) && membarrier(CMD_PRIVATE_EXPEDITED);
        let state = if works { REGISTERED } else { ABSENT };
        // Whoever decides first decides for all; ABSENT is final.
        let _ = STATE.compare_exchange(UNKNOWN, state, Ordering::SeqCst, Ordering::SeqCst);
    }

    /// The fence of the frequent side. Pairs with [`heavy`] (and with itself it does not).
    #[inline(always)]
    pub fn light() {
        if STATE.load(Ordering::Relaxed) != REGISTERED {
            full_fence();
        }
        compiler_fence(Ordering::SeqCst);
    }

    #[cold]
    fn full_fence() {
        fence(Ordering::SeqCst);
    }

    /// The fence of the rare side. Pairs with [`light`] and with itself.
    pub fn heavy() {
        init();
        fence(Ordering::SeqCst);
        if STATE.load(Ordering::Relaxed) == ABSENT || membarrier(CMD_PRIVATE_EXPEDITED) {
            return;
        }
        // The call worked once and is refused now: a sandbox was put up in between. From
        // here on everyone fences; what the light side did just before without a fence
        // becomes visible within this pause, which is thousands of times longer than a
        // processor holds a store back.
        STATE.store(ABSENT, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(1));
        fence(Ordering::SeqCst);
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::sync::atomic::AtomicU32;

        #[test]
        fn init_decides_once_and_for_good() {
            init();
            let decided = STATE.load(Ordering::Relaxed);
            assert_ne!(decided, UNKNOWN);
            init();
            heavy();
            light();
            assert_eq!(STATE.load(Ordering::Relaxed), decided);
        }

        #[test]
        fn a_forked_child_can_still_use_the_heavy_side() {
            init();
            let registered = STATE.load(Ordering::Relaxed) == REGISTERED;
            // SAFETY: the child makes two system calls and leaves without running anything else.
            unsafe {
                let child = libc::fork();
                assert!(child >= 0);
                if child == 0 {
                    let works = membarrier(CMD_PRIVATE_EXPEDITED);
                    libc::_exit(i32::from(works != registered));
                }
                let mut status = -1;
                assert_eq!(libc::waitpid(child, &mut status, 0), child);
                assert_eq!(status, 0, "the registration was not inherited");
            }
        }

        /// The pattern of the module's head, on real hardware: never may both sides miss the
        /// other's write.
        #[test]
        fn one_side_always_sees_the_other() {
            const ROUNDS: u32 = 500;
            init();
            let (a, b) = (AtomicU32::new(0), AtomicU32::new(0));
            let (seen_a, seen_b) = (AtomicU32::new(0), AtomicU32::new(0));
            let gate = std::sync::Barrier::new(2);
            let gate = &gate;
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    for round in 1..=ROUNDS {
                        gate.wait();
                        a.store(round, Ordering::Relaxed);
                        light();
                        seen_b.store(b.load(Ordering::Relaxed), Ordering::Relaxed);
                        gate.wait();
                    }
                });
                for round in 1..=ROUNDS {
                    gate.wait();
                    b.store(round, Ordering::Relaxed);
                    heavy();
                    seen_a.store(a.load(Ordering::Relaxed), Ordering::Relaxed);
                    gate.wait();
                    let (seen_a, seen_b) = (
                        seen_a.load(Ordering::Relaxed),
                        seen_b.load(Ordering::Relaxed),
                    );
                    assert!(
                        seen_a == round || seen_b == round,
                        "both sides missed the other"
                    );
                }
            });
        }
    }
}
