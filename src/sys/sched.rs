//! What a thread of ours is told about its name, processors and scheduling.
//!
//! All of it is a wish: what the kernel refuses, for want of a privilege or
//! because a number means nothing to it, is left as it was.

use libc::c_int;

/// How the calling thread is to be scheduled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scheduling {
    /// `SCHED_*`, if it is to be changed.
    pub policy: Option<c_int>,
    /// 1 to 99 for `SCHED_FIFO` and `SCHED_RR`; for other policies anything
    /// above 0 asks for the best there is. If it is to be changed.
    pub priority: Option<c_int>,
    /// The processors it may run on; none named means that nothing changes.
    pub processors: Vec<usize>,
}

/// Less is better; the kernel takes no less than −20.
const BEST_NICENESS: c_int = -20;

impl Scheduling {
    /// Applies it to the calling thread, as far as the kernel lets it.
    pub fn apply(&self) {
        if self.policy.is_some() || self.priority.is_some() {
            self.apply_policy();
        }
        if !self.processors.is_empty() {
            self.apply_processors();
        }
    }

    fn apply_policy(&self) {
        let mut policy = 0;
        // SAFETY: a sched_param is made of integers, for which zero is a value.
        let mut parameters: libc::sched_param = unsafe { std::mem::zeroed() };
        // SAFETY: the id is the calling thread's, and both places outlive the call.
        unsafe {
            let own = libc::pthread_self();
            if libc::pthread_getschedparam(own, &mut policy, &mut parameters) != 0 {
                return;
            }
        }
        policy = self.policy.unwrap_or(policy);
        let real_time = matches!(policy, libc::SCHED_FIFO | libc::SCHED_RR);
        parameters.sched_priority = match self.priority {
            Some(priority) if real_time => priority,
            None if real_time => parameters.sched_priority,
            _ => 0,
        };
        // SAFETY: as above; the parameters are only read.
        unsafe { libc::pthread_setschedparam(libc::pthread_self(), policy, &parameters) };
        if !real_time && self.priority.is_some_and(|priority| priority > 0) {
            // SAFETY: the call touches no memory; 0 is the calling thread.
            unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, BEST_NICENESS) };
        }
    }

    fn apply_processors(&self) {
        // SAFETY: a cpu_set_t is made of integers; zero is the empty set.
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        let most = libc::CPU_SETSIZE as usize;
        for &processor in self.processors.iter().filter(|&&number| number < most) {
            // SAFETY: the number is below the size of the set.
            unsafe { libc::CPU_SET(processor, &mut set) };
        }
        // SAFETY: 0 is the calling thread, and the set outlives the call.
        unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set) };
    }
}

/// Names the calling thread, for whoever lists threads. The kernel keeps 15
/// bytes, and none from the first NUL on.
pub fn name_thread(name: &[u8]) {
    let mut kept = [0u8; 16];
    for (to, from) in kept[..15].iter_mut().zip(name) {
        *to = *from;
    }
    // SAFETY: PR_SET_NAME reads up to a NUL, which the last byte is at least.
    unsafe { libc::prctl(libc::PR_SET_NAME, kept.as_ptr(), 0, 0, 0) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_cut_to_what_the_kernel_keeps() {
        on_a_thread(|| {
            let names = [
                (&b"short"[..], "short"),
                (b"0123456789abcdefg", "0123456789abcde"),
                (b"a\0b", "a"),
            ];
            for (given, kept) in names {
                name_thread(given);
                let name = std::fs::read_to_string("/proc/thread-self/comm").unwrap();
                assert_eq!(name.trim_end(), kept);
            }
        });
    }

    /// The processors the calling thread may run on.
    fn allowed() -> Vec<usize> {
        // SAFETY: zero is the empty set, and the kernel fills no more than it.
        unsafe {
            let mut set: libc::cpu_set_t = std::mem::zeroed();
            let size = size_of::<libc::cpu_set_t>();
            assert_eq!(libc::sched_getaffinity(0, size, &mut set), 0);
            let numbers = 0..libc::CPU_SETSIZE as usize;
            numbers
                .filter(|&number| libc::CPU_ISSET(number, &set))
                .collect()
        }
    }

    fn policy() -> c_int {
        // SAFETY: the call touches no memory; 0 is the calling thread.
        unsafe { libc::sched_getscheduler(0) }
    }

    fn on_a_thread(check: impl FnOnce() + Send + 'static) {
        std::thread::spawn(check).join().unwrap();
    }

    #[test]
    fn a_thread_keeps_to_the_processors_it_is_given() {
        on_a_thread(|| {
            let last = *allowed().last().unwrap();
            let processors = vec![last];
            Scheduling {
                processors,
                ..Scheduling::default()
            }
            .apply();
            assert_eq!(allowed(), [last]);
        });
    }

    #[test]
    fn what_is_not_possible_changes_nothing() {
        on_a_thread(|| {
            let before = (allowed(), policy());
            let nowhere = vec![100_000];
            Scheduling {
                processors: nowhere,
                ..Scheduling::default()
            }
            .apply();
            let (policy_, priority) = (Some(77), Some(1_000));
            Scheduling {
                policy: policy_,
                priority,
                ..Scheduling::default()
            }
            .apply();
            Scheduling::default().apply();
            assert_eq!((allowed(), policy()), before);
        });
    }

    #[test]
    fn the_policy_is_set() {
        on_a_thread(|| {
            let policy_ = Some(libc::SCHED_BATCH);
            Scheduling {
                policy: policy_,
                ..Scheduling::default()
            }
            .apply();
            assert_eq!(policy(), libc::SCHED_BATCH);
        });
    }
}
