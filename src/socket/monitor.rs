//! A socket's monitor: events of its connections, as messages over inproc.
//!
//! A monitor binds a name of the context and sends there whatever its sockets and
//! sessions report, through a pattern of its own: PAIR, PUSH or PUB. It is not a
//! socket: it has no handle and no lock but a short mutex, and nothing of it
//! lingers.
//!
//! Promises: events arrive in the order in which they were reported, whole, and
//! MONITOR_STOPPED last. Who reports never waits. While nobody is connected, or
//! the reader is behind by [`MOST`] events and its own high-water mark, as many
//! again are kept; what comes beyond that is dropped.

use std::collections::VecDeque;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::SocketRef;
use super::deferred::Deferred;
use super::inner::Inner;
use crate::context::{Binder, Context};
use crate::error::{Error, Result};
use crate::link::PipeId;
use crate::message::Msg;
use crate::pattern::Pattern;
use crate::pipe::inproc::{InprocPipe, Marks, Neighbour};
use crate::pipe::{Body, Due, Effort, PeerInfo, Pipe, Pipes, Reading, Then, Unwatched};
use crate::reactor::{Ends, Event, Monitor as Reports};
use crate::transport::{parse_inproc, text};
use crate::zmtp::SocketType;

/// How many events a reader may be behind, and how many are kept for one that is
/// not there.
const MOST: usize = 10_000;

/// Numbers of those who bind names for monitors; apart from those of sockets.
static NEXT_OWNER: AtomicU64 = AtomicU64::new(1 << 63);

/// `zmq_socket_monitor` and `zmq_socket_monitor_versioned`; no endpoint ends the
/// monitor there is.
pub fn monitor(
    pointer: *mut c_void,
    endpoint: Option<&str>,
    events: u64,
    version: i32,
    type_: i32,
) -> Result<()> {
    let mut socket = SocketRef::resolve(pointer)?.enter()?.alive()?;
    let format = Format::of(version).ok_or(Error::Invalid)?;
    if format == Format::Short && events >> 16 != 0 {
        return Err(Error::Invalid);
    }
    let Some(endpoint) = endpoint else {
        socket.stop_monitor();
        return Ok(());
    };
    let name = parse_inproc(endpoint)?;
    let one_way = [SocketType::Pair, SocketType::Push, SocketType::Pub];
    let socket_type = SocketType::from_number(type_).filter(|type_| one_way.contains(type_));
    let socket_type = socket_type.ok_or(Error::Invalid)?;
    let pattern = Pattern::new(socket_type).ok_or(Error::Invalid)?;
    socket.start_monitor(name, events, format, socket_type, pattern)
}

/// `zmq_socket_monitor_pipes_stats`.
pub fn pipes_stats(pointer: *mut c_void) -> Result<()> {
    let mut socket = SocketRef::resolve(pointer)?.enter()?.alive()?;
    if !socket.monitor.wants(Event::PipesStats) {
        return Err(Error::Invalid);
    }
    let waiting: Vec<_> = socket
        .pipes
        .iter_mut()
        .filter_map(|(_, pipe)| match pipe {
            Pipe::Link(pipe) => {
                let conn = pipe.link.with_fill(|half| half.conn.clone());
                let ends = conn.map_or_else(Ends::default, |conn| Ends {
                    local: conn.stream.local_endpoint(),
                    remote: conn.stream.peer_endpoint(),
                    bound: false,
                });
                Some((pipe.waiting(), ends))
            }
            Pipe::Inproc(_) => None,
        })
        .collect();
    if waiting.is_empty() {
        return Err(Error::Again);
    }
    let monitor = socket.monitor.clone();
    for (counts, ends) in waiting {
        monitor.send(Event::PipesStats, &counts, &ends, socket.defer());
    }
    Ok(())
}

impl Inner {
    /// Ends the monitor, if there is one.
    pub fn stop_monitor(&mut self) {
        let monitor = self.monitor.clone();
        monitor.replace(None, 0, self.defer());
    }

    fn start_monitor(
        &mut self,
        name: String,
        events: u64,
        format: Format,
        socket_type: SocketType,
        pattern: Pattern,
    ) -> Result<()> {
        // A name that is to go on names the new one; otherwise a name that
        // cannot be had leaves the old one as it is.
        if self.monitor.is_named(&name) {
            self.stop_monitor();
        }
        let channel = Channel::bind(
            &self.ctx.clone(),
            name,
            format,
            socket_type,
            pattern,
            self.defer(),
        )?;
        let monitor = self.monitor.clone();
        monitor.replace(Some(channel), events, self.defer());
        Ok(())
    }

    /// Tells the monitor of something that a call does.
    pub fn report(&mut self, event: Event, value: u64, ends: &Ends) {
        if self.monitor.wants(event) {
            let monitor = self.monitor.clone();
            monitor.send(event, &[value], ends, self.defer());
        }
    }
}

/// What a socket shares with its acceptors and sessions. When the last of them is
/// gone the monitor stops.
#[derive(Default)]
pub(super) struct Monitor {
    /// The events that somebody wants.
    mask: AtomicU64,
    channel: Mutex<Option<Arc<Channel>>>,
}

impl Monitor {
    /// Whether anybody wants to know.
    #[inline]
    pub fn wants(&self, event: Event) -> bool {
        self.mask.load(Ordering::Relaxed) & event as u64 != 0
    }

    fn is_named(&self, name: &str) -> bool {
        let channel = lock(&self.channel);
        channel.as_ref().is_some_and(|channel| channel.name == name)
    }

    /// Ends what there is, and begins with `channel`.
    fn replace(&self, channel: Option<Arc<Channel>>, events: u64, deferred: &mut Deferred) {
        let mut place = lock(&self.channel);
        let stopped = self.wants(Event::MonitorStopped);
        let former = std::mem::replace(&mut *place, channel);
        self.mask.store(events, Ordering::Relaxed);
        drop(place);
        if let Some(former) = former {
            former.close(stopped, deferred);
        }
    }

    fn send(&self, event: Event, values: &[u64], ends: &Ends, deferred: &mut Deferred) {
        let channel = lock(&self.channel).clone();
        if let Some(channel) = channel {
            channel.send(event, values, ends, deferred);
        }
    }
}

impl Reports for Monitor {
    #[inline]
    fn report(&self, event: Event, value: u64, ends: &Ends) {
        if self.wants(event) {
            let mut deferred = Deferred::default();
            self.send(event, &[value], ends, &mut deferred);
            deferred.run();
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let mut deferred = Deferred::default();
        self.replace(None, 0, &mut deferred);
        deferred.run();
    }
}

/// How an event is put into a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// Version 1: 16 bits of event and 32 of value, then the endpoint.
    Short,
    /// Version 2: event, number of values and the values, 64 bits each, then
    /// both endpoints.
    Long,
}

impl Format {
    fn of(version: i32) -> Option<Format> {
        match version {
            1 => Some(Format::Short),
            2 => Some(Format::Long),
            _ => None,
        }
    }

    /// The frames of an event. Numbers are in the byte order of the machine.
    fn encode(self, event: Event, values: &[u64], ends: &Ends) -> Result<Vec<Msg>> {
        let bits = event as u64;
        let mut frames = Vec::new();
        match self {
            Format::Short => {
                let value = values.first().copied().unwrap_or(0);
                let head = [
                    &(bits as u16).to_ne_bytes()[..],
                    &(value as u32).to_ne_bytes(),
                ];
                frames.push(head.concat());
                frames.push(text::write(ends.name()));
            }
            Format::Long => {
                let numbers = [&[bits, values.len() as u64], values].concat();
                frames.extend(numbers.iter().map(|number| number.to_ne_bytes().to_vec()));
                frames.push(text::write(&ends.local));
                frames.push(text::write(&ends.remote));
            }
        }
        frames.iter().map(|frame| Msg::copy_from(frame)).collect()
    }
}

/// A bound monitor.
struct Channel {
    ctx: Arc<Context>,
    name: String,
    owner: u64,
    format: Format,
    outlet: Mutex<Outlet>,
}

/// The sending end of a monitor.
struct Outlet {
    pattern: Pattern,
    pipes: Pipes,
    /// Events that nobody takes yet.
    kept: VecDeque<Vec<Msg>>,
    closed: bool,
}

impl Channel {
    fn bind(
        ctx: &Arc<Context>,
        name: String,
        format: Format,
        socket_type: SocketType,
        pattern: Pattern,
        deferred: &mut Deferred,
    ) -> Result<Arc<Channel>> {
        let owner = NEXT_OWNER.fetch_add(1, Ordering::Relaxed);
        let channel = Arc::new(Channel {
            ctx: ctx.clone(),
            name,
            owner,
            format,
            outlet: Mutex::new(Outlet {
                pattern,
                pipes: Pipes::default(),
                kept: VecDeque::new(),
                closed: false,
            }),
        });
        let marks = Marks {
            send: MOST as u64,
            receive: 1,
        };
        let info = PeerInfo {
            routing_id: Vec::new(),
            socket_type: Some(socket_type),
            commands: false,
        };
        let binder = Arc::new(End(Arc::downgrade(&channel)));
        let waiting = ctx
            .names
            .bind(&channel.name, owner, binder, marks, info.clone())?;
        for (pipe, _) in waiting {
            let notice = pipe.introduce(info.clone());
            deferred.due.push(Due::Notify(notice));
            channel.with(deferred, |outlet, deferred| outlet.attach(pipe, deferred));
        }
        Ok(channel)
    }

    /// Changes the outlet, unless it is closed.
    fn with(&self, deferred: &mut Deferred, change: impl FnOnce(&mut Outlet, &mut Deferred)) {
        let mut outlet = lock(&self.outlet);
        if !outlet.closed {
            change(&mut outlet, deferred);
        }
    }

    fn send(&self, event: Event, values: &[u64], ends: &Ends, deferred: &mut Deferred) {
        // Without memory for it an event is lost, as one too many is.
        if let Ok(frames) = self.format.encode(event, values, ends) {
            self.with(deferred, |outlet, deferred| outlet.send(frames, deferred));
        }
    }

    /// Lets go of the name and of all peers, which can still read what was sent.
    fn close(&self, stopped: bool, deferred: &mut Deferred) {
        self.ctx.names.unbind(&self.name, self.owner);
        let last = (self.format)
            .encode(Event::MonitorStopped, &[0], &Ends::default())
            .ok()
            .filter(|_| stopped);
        self.with(deferred, |outlet, deferred| outlet.close(last, deferred));
    }
}

impl Outlet {
    fn attach(&mut self, pipe: InprocPipe, deferred: &mut Deferred) {
        let gone = pipe.is_gone();
        let id = self.pipes.insert(Pipe::Inproc(pipe));
        let taken = !gone && self.pattern.rules().attach(&mut self.pipes, id);
        if !taken {
            return self.remove(id, deferred);
        }
        // The peer may have been closed before it could find this end.
        if let Some(Pipe::Inproc(pipe)) = self.pipes.get(id)
            && pipe.is_gone()
        {
            return self.remove(id, deferred);
        }
        self.absorb(id, deferred);
        self.send_kept(deferred);
    }

    /// Has the pattern read what is meant for it: subscriptions.
    fn absorb(&mut self, id: PipeId, deferred: &mut Deferred) {
        let reading = Reading {
            direct: false,
            settle: true,
            watch: &Unwatched,
        };
        let rules = self.pattern.rules();
        rules.absorb(&mut self.pipes, id, &reading);
        self.run_errands(deferred);
    }

    /// Does what the pattern has left to be done.
    fn run_errands(&mut self, deferred: &mut Deferred) {
        while let Some((id, _)) = self.pipes.take_leaving() {
            self.remove(id, deferred);
        }
        while let Some((id, _)) = self.pipes.take_aside() {
            let due = self.pipes.get(id).and_then(|pipe| pipe.take_due());
            deferred.due.extend(due);
        }
        deferred.spent.append(&mut self.pipes.take_spent());
    }

    fn remove(&mut self, id: PipeId, deferred: &mut Deferred) {
        if self.pipes.get(id).is_none() {
            return;
        }
        self.pattern.rules().remove(&mut self.pipes, id);
        if let Some(pipe) = self.pipes.remove(id) {
            deferred.bury(pipe);
        }
    }

    fn send(&mut self, frames: Vec<Msg>, deferred: &mut Deferred) {
        if self.kept.len() < MOST {
            self.kept.push_back(frames);
        }
        self.send_kept(deferred);
    }

    /// Sends what somebody takes.
    fn send_kept(&mut self, deferred: &mut Deferred) {
        while let Some(mut frames) = self.kept.pop_front() {
            let count = frames.len();
            for (at, frame) in frames.iter_mut().enumerate() {
                let (body, more) = (&mut Body::Msg(frame), at + 1 < count);
                let sent = self
                    .pattern
                    .send(&mut self.pipes, body, more, Effort::Settle);
                match sent {
                    Ok(sent) if sent.then == Then::Due => {
                        let due = self.pipes.get(sent.pipe).and_then(|pipe| pipe.take_due());
                        deferred.due.extend(due);
                    }
                    Ok(_) => self.run_errands(deferred),
                    // Only the first frame can find nobody, or no room.
                    Err(_) => {
                        self.kept.push_front(frames);
                        return;
                    }
                }
            }
        }
    }

    /// Sends the rest, whatever the marks say, and then `last`.
    fn close(&mut self, last: Option<Vec<Msg>>, deferred: &mut Deferred) {
        let none = Marks {
            send: 0,
            receive: 0,
        };
        for id in self.pipes.ids() {
            if let Some(Pipe::Inproc(pipe)) = self.pipes.get(id) {
                pipe.set_marks(none);
            }
            self.pattern.rules().writable(&mut self.pipes, id);
        }
        self.kept.extend(last);
        self.send_kept(deferred);
        for id in self.pipes.ids() {
            self.remove(id, deferred);
        }
        deferred.spent.extend(self.kept.drain(..).flatten());
        self.closed = true;
    }
}

/// A channel as names and peers know it.
#[derive(Clone)]
struct End(Weak<Channel>);

impl End {
    fn with(&self, change: impl FnOnce(&mut Outlet, &mut Deferred)) {
        if let Some(channel) = self.0.upgrade() {
            let mut deferred = Deferred::default();
            channel.with(&mut deferred, change);
            deferred.run();
        }
    }
}

impl Binder for End {
    fn meet(&self, pipe: InprocPipe, _peer: PeerInfo) {
        let mut pipe = Some(pipe);
        self.with(|outlet, deferred| {
            if let Some(pipe) = pipe.take() {
                outlet.attach(pipe, deferred);
            }
        });
        // The monitor has stopped meanwhile.
        if let Some(pipe) = pipe {
            let mut deferred = Deferred::default();
            deferred.bury(Pipe::Inproc(pipe));
            deferred.run();
        }
    }

    fn neighbour(&self) -> Box<dyn Neighbour> {
        Box::new(self.clone())
    }
}

impl Neighbour for End {
    fn readable(&self, id: PipeId) {
        self.with(|outlet, deferred| {
            if outlet.pipes.get(id).is_some() {
                outlet.pattern.rules().readable(&mut outlet.pipes, id);
                outlet.absorb(id, deferred);
                outlet.send_kept(deferred);
            }
        });
    }

    fn writable(&self, id: PipeId) {
        self.with(|outlet, deferred| {
            if outlet.pipes.get(id).is_some() {
                outlet.pattern.rules().writable(&mut outlet.pipes, id);
                outlet.send_kept(deferred);
            }
        });
    }

    fn gone(&self, id: PipeId) {
        self.with(|outlet, deferred| outlet.remove(id, deferred));
    }

    fn known(&self, _id: PipeId, _peer: PeerInfo) {}
}

/// The panic of another thread leaves nothing half done under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
