//! Options of a context: `zmq_ctx_set` and `zmq_ctx_get`, and their forms with a
//! size (`_ext`).
//!
//! What a program sets here counts for the threads and sockets made afterwards. The
//! limit of sockets, and number, names and scheduling of the threads, are settled when
//! the first socket is made.
//! Values that nothing acts on are refused, as in a libzmq built without them.

use std::collections::BTreeSet;

use super::value::{read_int, write_exact};
use crate::error::{Error, Result};

const IO_THREADS: i32 = 1;
const MAX_SOCKETS: i32 = 2;
/// To be got. Setting the same number sets the priority of threads.
const SOCKET_LIMIT: i32 = 3;
const THREAD_PRIORITY: i32 = 3;
const THREAD_SCHED_POLICY: i32 = 4;
const MAX_MSGSZ: i32 = 5;
const MSG_T_SIZE: i32 = 6;
const THREAD_AFFINITY_CPU_ADD: i32 = 7;
const THREAD_AFFINITY_CPU_REMOVE: i32 = 8;
const THREAD_NAME_PREFIX: i32 = 9;
const ZERO_COPY_RECV: i32 = 10;
const IPV6: i32 = 42;
const BLOCKY: i32 = 70;

/// The most sockets that a context can be asked to have.
pub const SOCKETS_AT_MOST: i32 = 65_535;
/// The longest prefix of a thread's name.
const PREFIX_MAX: usize = 16;

/// The values of a context's options.
#[derive(Debug, Clone)]
pub struct ContextOptions {
    /// How many I/O threads to start.
    pub io_threads: i32,
    /// How many sockets may be open at once.
    pub max_sockets: i32,
    /// The longest message, as the application says; kept and told, as in libzmq,
    /// which holds no message against it.
    pub max_msgsz: i32,
    /// Whether large bodies may be parts of the buffer they were read into.
    pub zero_copy_recv: bool,
    /// Whether new sockets use IPv6.
    pub ipv6: bool,
    /// Whether new sockets linger for ever; otherwise not at all.
    pub blocky: bool,
    /// Priority of the threads that are started; −1 leaves it alone.
    pub thread_priority: i32,
    /// Scheduling policy of the threads that are started; −1 leaves it alone.
    pub thread_sched_policy: i32,
    /// The processors that the threads may run on; none means all.
    pub thread_affinity: BTreeSet<i32>,
    /// What the names of the threads start with.
    pub thread_name_prefix: Vec<u8>,
}

impl Default for ContextOptions {
    fn default() -> Self {
        ContextOptions {
            io_threads: 1,
            max_sockets: 1023,
            max_msgsz: i32::MAX,
            zero_copy_recv: true,
            ipv6: false,
            blocky: true,
            thread_priority: -1,
            thread_sched_policy: -1,
            thread_affinity: BTreeSet::new(),
            thread_name_prefix: Vec::new(),
        }
    }
}

impl ContextOptions {
    /// Sets an option. Fails with `Invalid` if there is no such option, or the
    /// value is not one it takes.
    pub fn set(&mut self, number: i32, value: &[u8]) -> Result<()> {
        if number == THREAD_NAME_PREFIX && value.len() != size_of::<i32>() {
            return self.set_prefix(value);
        }
        let value = read_int(value)?;
        if value < 0 && number != THREAD_NAME_PREFIX {
            return Err(Error::Invalid);
        }
        match number {
            IO_THREADS => self.io_threads = value,
            MAX_SOCKETS if value > 0 => self.max_sockets = value,
            THREAD_PRIORITY => self.thread_priority = value,
            THREAD_SCHED_POLICY => self.thread_sched_policy = value,
            MAX_MSGSZ => self.max_msgsz = value,
            THREAD_AFFINITY_CPU_ADD => _ = self.thread_affinity.insert(value),
            THREAD_AFFINITY_CPU_REMOVE if self.thread_affinity.remove(&value) => {}
            THREAD_NAME_PREFIX => self.thread_name_prefix = value.to_string().into_bytes(),
            ZERO_COPY_RECV => self.zero_copy_recv = value != 0,
            IPV6 => self.ipv6 = value != 0,
            BLOCKY => self.blocky = value != 0,
            _ => return Err(Error::Invalid),
        }
        Ok(())
    }

    fn set_prefix(&mut self, prefix: &[u8]) -> Result<()> {
        if prefix.is_empty() || prefix.len() > PREFIX_MAX {
            return Err(Error::Invalid);
        }
        self.thread_name_prefix = prefix.to_vec();
        Ok(())
    }

    /// Gets an option into `out` and says how long it is. Fails with `Invalid` if there is no such
    /// option, or `out` has not the size for it.
    pub fn get(&self, number: i32, out: &mut [u8]) -> Result<usize> {
        if number == THREAD_NAME_PREFIX && out.len() != size_of::<i32>() {
            let room = out
                .get_mut(..self.thread_name_prefix.len())
                .ok_or(Error::Invalid)?;
            room.copy_from_slice(&self.thread_name_prefix);
            return Ok(self.thread_name_prefix.len());
        }
        let value = match number {
            IO_THREADS => self.io_threads,
            MAX_SOCKETS => self.max_sockets,
            SOCKET_LIMIT => SOCKETS_AT_MOST,
            THREAD_SCHED_POLICY => self.thread_sched_policy,
            MAX_MSGSZ => self.max_msgsz,
            MSG_T_SIZE => size_of::<crate::message::Msg>() as i32,
            THREAD_NAME_PREFIX => leading_number(&self.thread_name_prefix),
            ZERO_COPY_RECV => self.zero_copy_recv.into(),
            IPV6 => self.ipv6.into(),
            BLOCKY => self.blocky.into(),
            _ => return Err(Error::Invalid),
        };
        write_exact(out, value.to_ne_bytes())
    }
}

/// The number that a text starts with, 0 if none.
fn leading_number(text: &[u8]) -> i32 {
    let sign = usize::from(text.starts_with(b"-"));
    let digits = text[sign..].iter().take_while(|byte| byte.is_ascii_digit());
    let number = &text[..sign + digits.count()];
    let number = std::str::from_utf8(number).unwrap_or_default();
    number.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(options: &mut ContextOptions, number: i32, value: i32) -> Result<()> {
        options.set(number, &value.to_ne_bytes())
    }

    fn get(options: &ContextOptions, number: i32) -> Result<i32> {
        let mut out = [0; 4];
        options.get(number, &mut out)?;
        Ok(i32::from_ne_bytes(out))
    }

    #[test]
    fn defaults() {
        let options = ContextOptions::default();
        let known = [
            (IO_THREADS, 1),
            (MAX_SOCKETS, 1023),
            (SOCKET_LIMIT, 65_535),
            (THREAD_SCHED_POLICY, -1),
            (MAX_MSGSZ, i32::MAX),
            (MSG_T_SIZE, 64),
            (THREAD_NAME_PREFIX, 0),
            (ZERO_COPY_RECV, 1),
            (IPV6, 0),
            (BLOCKY, 1),
        ];
        for number in -1..100 {
            let expected = known.iter().find(|(known, _)| *known == number);
            let expected = expected.map(|(_, value)| *value).ok_or(Error::Invalid);
            assert_eq!(get(&options, number), expected, "{number}");
        }
    }

    #[test]
    fn negative_values_are_refused_by_all_numbers() {
        for number in (0..100).filter(|number| *number != THREAD_NAME_PREFIX) {
            for value in [-1, i32::MIN] {
                let mut options = ContextOptions::default();
                assert_eq!(set(&mut options, number, value), Err(Error::Invalid));
            }
        }
    }

    #[test]
    fn values_are_kept() {
        let mut options = ContextOptions::default();
        for number in [IO_THREADS, MAX_SOCKETS, THREAD_SCHED_POLICY, MAX_MSGSZ] {
            assert_eq!(set(&mut options, number, 7), Ok(()));
            assert_eq!(get(&options, number), Ok(7));
        }
        for number in [IPV6, BLOCKY, ZERO_COPY_RECV] {
            for (value, kept) in [(0, 0), (5, 1)] {
                assert_eq!(set(&mut options, number, value), Ok(()));
                assert_eq!(get(&options, number), Ok(kept));
            }
        }
        assert_eq!(set(&mut options, THREAD_PRIORITY, 2), Ok(()));
        assert_eq!(
            (options.thread_priority, get(&options, SOCKET_LIMIT)),
            (2, Ok(65_535))
        );
        assert_eq!(set(&mut options, IO_THREADS, 0), Ok(()));
        assert_eq!(set(&mut options, MAX_SOCKETS, 0), Err(Error::Invalid));
        assert_eq!(set(&mut options, MSG_T_SIZE, 64), Err(Error::Invalid));
    }

    #[test]
    fn only_processors_that_were_added_can_be_removed() {
        let mut options = ContextOptions::default();
        assert_eq!(
            set(&mut options, THREAD_AFFINITY_CPU_REMOVE, 0),
            Err(Error::Invalid)
        );
        assert_eq!(set(&mut options, THREAD_AFFINITY_CPU_ADD, 0), Ok(()));
        assert_eq!(set(&mut options, THREAD_AFFINITY_CPU_ADD, 0), Ok(()));
        assert_eq!(set(&mut options, THREAD_AFFINITY_CPU_REMOVE, 0), Ok(()));
        assert_eq!(
            set(&mut options, THREAD_AFFINITY_CPU_REMOVE, 0),
            Err(Error::Invalid)
        );
    }

    #[test]
    fn the_prefix_is_a_number_or_a_text_of_16_bytes() {
        let mut options = ContextOptions::default();
        for number in [1234, -7, i32::MIN, i32::MAX] {
            assert_eq!(set(&mut options, THREAD_NAME_PREFIX, number), Ok(()));
            assert_eq!(get(&options, THREAD_NAME_PREFIX), Ok(number));
        }
        assert_eq!(options.set(THREAD_NAME_PREFIX, b"a thread's name"), Ok(()));
        assert_eq!(get(&options, THREAD_NAME_PREFIX), Ok(0));
        let mut out = [7; 16];
        assert_eq!(options.get(THREAD_NAME_PREFIX, &mut out), Ok(15));
        assert_eq!(out, *b"a thread's name\x07");
        assert_eq!(
            options.get(THREAD_NAME_PREFIX, &mut out[..14]),
            Err(Error::Invalid)
        );
        assert_eq!(options.set(THREAD_NAME_PREFIX, b""), Err(Error::Invalid));
        assert_eq!(
            options.set(THREAD_NAME_PREFIX, &[b'x'; 17]),
            Err(Error::Invalid)
        );
    }

    #[test]
    fn numbers_have_one_size() {
        let mut options = ContextOptions::default();
        for size in [0, 1, 3, 5, 8] {
            assert_eq!(options.set(IO_THREADS, &vec![0; size]), Err(Error::Invalid));
            assert_eq!(
                options.get(IO_THREADS, &mut vec![0; size]),
                Err(Error::Invalid)
            );
        }
    }
}
