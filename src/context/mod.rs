//! Contexts: what the sockets of a program share.
//!
//! A context has I/O threads, started when the first socket needs one, the names
//! of inproc endpoints, receive buffers, and a count of what is still alive. It
//! ends when every socket is closed and everything that lingers is sent or given
//! up. A handle on it is a slot of a registry, so that a stale one is told.

mod names;

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::handle::{Handle, Registry};
use crate::link::Pool;
use crate::memory::reserve::scarce;
use crate::options::ContextOptions;
use crate::pause::Pause;
use crate::process;
use crate::reactor::IoThread;
use crate::sync::barrier;
use crate::sys::{EventFd, Nap, Scheduling, futex};

pub use names::{Binder, Met, Names};

static CONTEXTS: Registry<ContextCell> = Registry::new();

/// How many eventfds of waiters are kept for their next use.
const SPARE_EVENTS: usize = 8;

/// The longest single wait for a context's end.
const LONGEST: Duration = Duration::from_secs(3600);

/// What a handle on a context points to.
#[derive(Default)]
struct ContextCell {
    process: AtomicU32,
    context: Mutex<Option<Arc<Context>>>,
}

/// A socket, as its context sees it.
pub trait Member: Send + Sync {
    /// The context has been shut down: every blocked call is to end.
    fn terminate(&self);
}

#[derive(Default)]
struct Members {
    next: u64,
    open: HashMap<u64, Arc<dyn Member>>,
}

/// A context.
pub struct Context {
    options: Mutex<ContextOptions>,
    /// Those that held when the first socket was made: they say how many sockets
    /// and which threads there are.
    settled: OnceLock<ContextOptions>,
    members: Mutex<Members>,
    threads: Mutex<Vec<Arc<IoThread>>>,
    turn: AtomicUsize,
    terminated: AtomicBool,
    /// Sockets that are open or linger; a futex.
    alive: AtomicU32,
    /// Inproc endpoints.
    pub names: Names,
    /// Receive buffers of all links.
    pub pool: Pool,
    events: Mutex<Vec<EventFd>>,
}

/// Keeps a context from ending. Shared by a socket and whatever lingers of it.
pub struct Keep(Arc<Context>);

impl Drop for Keep {
    fn drop(&mut self) {
        if self.0.alive.fetch_sub(1, Ordering::AcqRel) == 1 {
            futex::wake_all(&self.0.alive);
        }
    }
}

/// The panic of another thread leaves nothing half done under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Context {
    fn new() -> Context {
        Context {
            options: Mutex::default(),
            settled: OnceLock::new(),
            members: Mutex::default(),
            threads: Mutex::default(),
            turn: AtomicUsize::new(0),
            terminated: AtomicBool::new(false),
            alive: AtomicU32::new(0),
            names: Names::default(),
            pool: Pool::default(),
            events: Mutex::default(),
        }
    }

    /// Whether the context has been shut down or terminated.
    #[inline]
    pub fn is_terminated(&self) -> bool {
        self.terminated.load(Ordering::Relaxed)
    }

    /// The options in force now.
    pub fn options(&self) -> ContextOptions {
        lock(&self.options).clone()
    }

    /// The options that held when the first socket was made.
    fn settled(&self) -> &ContextOptions {
        self.settled.get_or_init(|| self.options())
    }

    /// Takes a socket in, unless there are too many or the context is ending.
    pub fn join(self: &Arc<Self>, member: Arc<dyn Member>) -> Result<(u64, Arc<Keep>)> {
        scarce()?;
        let most = self.settled().max_sockets as usize;
        let mut members = lock(&self.members);
        if self.is_terminated() {
            return Err(Error::Terminated);
        }
        if members.open.len() >= most {
            return Err(Error::TooManyFiles);
        }
        members.next += 1;
        let number = members.next;
        members.open.insert(number, member);
        self.alive.fetch_add(1, Ordering::Relaxed);
        Ok((number, Arc::new(Keep(self.clone()))))
    }

    /// A socket is closed; what lingers of it has its own [`Keep`].
    pub fn leave(&self, number: u64) {
        lock(&self.members).open.remove(&number);
    }

    fn shutdown(&self) {
        let members = lock(&self.members);
        self.terminated.store(true, Ordering::SeqCst);
        let open: Vec<Arc<dyn Member>> = members.open.values().cloned().collect();
        drop(members);
        // Without the lock: what this causes may call the application.
        open.iter().for_each(|member| member.terminate());
    }

    /// Ends the I/O threads once nothing is alive, or waits for that.
    fn finish(self: &Arc<Self>, pause: &mut Pause) -> Result<()> {
        let alive = self.alive.load(Ordering::Acquire);
        if alive != 0 {
            let nap = Nap::word(&self.alive, alive, LONGEST);
            return Err(pause.begin(nap, Box::new(self.clone())));
        }
        for thread in lock(&self.threads).drain(..) {
            thread.stop();
        }
        Ok(())
    }

    /// An I/O thread among those that `affinity` allows (0: any). Starts all of
    /// them at the first call.
    pub fn io_thread(&self, affinity: u64) -> Result<Arc<IoThread>> {
        let options = self.settled();
        let mut threads = lock(&self.threads);
        if threads.is_empty() {
            let mut started = Vec::new();
            for index in 0..options.io_threads {
                match IoThread::start(thread_name(options, index), scheduling(options)) {
                    Ok(thread) => started.push(thread),
                    Err(error) => {
                        started
                            .iter()
                            .for_each(|thread: &Arc<IoThread>| thread.stop());
                        return Err(error);
                    }
                }
            }
            *threads = started;
        }
        let allowed = |index: &usize| affinity == 0 || (*index < 64 && affinity >> index & 1 == 1);
        let allowed: Vec<usize> = (0..threads.len()).filter(allowed).collect();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let index = *allowed
            .get(turn % allowed.len().max(1))
            .ok_or(Error::NoThread)?;
        Ok(threads[index].clone())
    }

    /// An eventfd for a waiter.
    pub fn event(&self) -> Result<EventFd> {
        let spare = lock(&self.events).pop();
        match spare {
            Some(event) => Ok(event),
            None => Ok(EventFd::new()?),
        }
    }

    /// Keeps an eventfd for the next waiter.
    pub fn recycle(&self, event: EventFd) {
        let mut events = lock(&self.events);
        if events.len() < SPARE_EVENTS && event.as_raw_fd() >= 0 {
            // One that cannot be read holds no count either.
            let _ = event.drain();
            events.push(event);
        }
    }
}

/// What an I/O thread is called: as in libzmq, by which tools know it.
fn thread_name(options: &ContextOptions, index: i32) -> Vec<u8> {
    let own = format!("ZMQbg/IO/{index}").into_bytes();
    // A text of C ends with its NUL.
    let prefix = options.thread_name_prefix.split(|&byte| byte == 0).next();
    match prefix {
        Some(prefix) if !prefix.is_empty() => [prefix, b"/", &own].concat(),
        _ => own,
    }
}

fn scheduling(options: &ContextOptions) -> Scheduling {
    let given = |number: i32| (number >= 0).then_some(number);
    Scheduling {
        policy: given(options.thread_sched_policy),
        priority: given(options.thread_priority),
        processors: options
            .thread_affinity
            .iter()
            .map(|&number| number as usize)
            .collect(),
    }
}

fn after_fork() {
    CONTEXTS.reset_after_fork();
}

fn resolve(pointer: *mut c_void) -> Result<Handle<ContextCell>> {
    CONTEXTS.resolve(pointer).ok_or(Error::Fault)
}

/// The context of this process that `pointer` names.
pub fn find(pointer: *mut c_void) -> Result<Arc<Context>> {
    let cell = resolve(pointer)?;
    if cell.process.load(Ordering::Relaxed) != process::generation() {
        return Err(Error::Fault);
    }
    let context = lock(&cell.context).clone();
    if !cell.is_current() {
        return Err(Error::Fault);
    }
    context.ok_or(Error::Fault)
}

/// `zmq_ctx_new`.
pub fn ctx_new() -> Result<*mut c_void> {
    scarce()?;
    process::at_fork(after_fork);
    barrier::init();
    let cell = CONTEXTS.allocate()?;
    cell.process.store(process::generation(), Ordering::Relaxed);
    *lock(&cell.context) = Some(Arc::new(Context::new()));
    Ok(cell.as_ptr())
}

/// `zmq_ctx_term`: waits for everything to be closed and sent.
pub fn ctx_term(pointer: *mut c_void, pause: &mut Pause) -> Result<()> {
    let cell = resolve(pointer)?;
    if cell.process.load(Ordering::Relaxed) != process::generation() {
        // The parent's: here it only ceases to be known.
        CONTEXTS.release(cell);
        return Ok(());
    }
    let context = find(pointer)?;
    context.shutdown();
    end(pointer, &context, pause)
}

/// Takes up a [`ctx_term`] that has slept.
pub fn ctx_term_again(pointer: *mut c_void, pause: &mut Pause) -> Result<()> {
    let (context, result) = pause.wake::<Arc<Context>>()?;
    if result == -libc::EINTR {
        return Err(Error::Interrupted);
    }
    end(pointer, &context, pause)
}

fn end(pointer: *mut c_void, context: &Arc<Context>, pause: &mut Pause) -> Result<()> {
    context.finish(pause)?;
    // Of several that wait for the end, one takes the context away.
    if let Ok(cell) = resolve(pointer)
        && CONTEXTS.release(cell)
    {
        let ended = lock(&cell.context).take();
        drop(ended);
    }
    Ok(())
}

/// `zmq_ctx_shutdown`.
pub fn ctx_shutdown(pointer: *mut c_void) -> Result<()> {
    find(pointer)?.shutdown();
    Ok(())
}

/// `zmq_ctx_set`.
pub fn ctx_set(pointer: *mut c_void, option: c_int, value: c_int) -> Result<()> {
    lock(&find(pointer)?.options).set(option, &value.to_ne_bytes())
}

/// `zmq_ctx_get`.
pub fn ctx_get(pointer: *mut c_void, option: c_int) -> Result<c_int> {
    let mut value = [0; size_of::<c_int>()];
    lock(&find(pointer)?.options).get(option, &mut value)?;
    Ok(c_int::from_ne_bytes(value))
}

/// `zmq_ctx_set_ext`.
pub fn ctx_set_ext(pointer: *mut c_void, option: c_int, value: &[u8]) -> Result<()> {
    lock(&find(pointer)?.options).set(option, value)
}

/// `zmq_ctx_get_ext`.
pub fn ctx_get_ext(pointer: *mut c_void, option: c_int, out: &mut [u8]) -> Result<usize> {
    lock(&find(pointer)?.options).get(option, out)
}
