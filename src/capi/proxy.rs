//! Proxies: passing messages on between two sockets until the context ends.
//!
//! A message is only taken from one side when the other side can send, and a
//! part that cannot be sent after all is kept and tried again, so that a proxy
//! that is stuck still serves its control socket. Captured parts and answers on
//! the control socket are waited for.

use std::collections::VecDeque;
use std::ffi::{c_int, c_short, c_void};
use std::ptr;

use super::constants::{ZMQ_DONTWAIT, ZMQ_POLLIN, ZMQ_POLLOUT, ZMQ_REP, ZMQ_SNDMORE, ZMQ_TYPE};
use super::{attempt, waiting};
use crate::error::{Error, Result};
use crate::message::Msg;
use crate::pause::Pause;
use crate::socket::{self, PollItem};

const IN: c_short = ZMQ_POLLIN as c_short;
const OUT: c_short = ZMQ_POLLOUT as c_short;
/// How many messages pass one way before the other is looked at.
const BURST: usize = 1000;

/// Passes messages between frontend and backend, both ways, and copies of all to
/// capture unless it is NULL. Returns only when it fails, at the latest with
/// ETERM when the context ends. EFAULT: frontend or backend is NULL. Other
/// errors as for zmq_poll(), zmq_msg_recv() and zmq_msg_send().
#[unsafe(no_mangle)]
pub extern "C-unwind" fn zmq_proxy(
    frontend: *mut c_void,
    backend: *mut c_void,
    capture: *mut c_void,
) -> c_int {
    zmq_proxy_steerable(frontend, backend, capture, std::ptr::null_mut())
}

/// As zmq_proxy(), and obeys the messages PAUSE, RESUME, TERMINATE and
/// STATISTICS on the socket control (PAIR, PULL, SUB or REP), unless it is NULL.
/// STATISTICS is answered by eight parts, a uint64_t each: messages and bytes
/// received from frontend, sent to frontend, received from backend, sent to
/// backend. A REP control is answered by an empty message otherwise. Returns 0
/// after TERMINATE.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn zmq_proxy_steerable(
    frontend: *mut c_void,
    backend: *mut c_void,
    capture: *mut c_void,
    control: *mut c_void,
) -> c_int {
    // SAFETY: nothing here has anything to drop.
    unsafe {
        waiting(
            |pause| attempt(|| Proxy::new(frontend, backend, capture, control)?.start(pause)),
            |pause| attempt(|| Proxy::again(pause)),
        )
    }
}

/// Old form of zmq_proxy(). The type has no effect.
#[unsafe(no_mangle)]
pub extern "C-unwind" fn zmq_device(
    _type: c_int,
    frontend: *mut c_void,
    backend: *mut c_void,
) -> c_int {
    zmq_proxy(frontend, backend, std::ptr::null_mut())
}

/// What has passed one end of a direction.
#[derive(Clone, Copy, Default)]
struct Count {
    messages: u64,
    bytes: u64,
}

impl Count {
    fn add(&mut self, bytes: u64) {
        self.messages += 1;
        self.bytes += bytes;
    }
}

/// What a direction waits for.
enum Stage {
    /// Something to receive.
    Input,
    /// Room to send; a part that has been taken already goes first.
    Output(Option<Msg>),
}

/// One way through the proxy.
struct Direction {
    from: *mut c_void,
    to: *mut c_void,
    stage: Stage,
    received: Count,
    sent: Count,
}

impl Direction {
    fn new(from: *mut c_void, to: *mut c_void) -> Self {
        Direction {
            from,
            to,
            stage: Stage::Input,
            received: Count::default(),
            sent: Count::default(),
        }
    }

    /// The events of `socket` that this direction waits for.
    fn awaits(&self, socket: *mut c_void) -> c_short {
        match self.stage {
            Stage::Input if socket == self.from => IN,
            Stage::Output(_) if socket == self.to => OUT,
            _ => 0,
        }
    }

    /// Passes on what is there, once it is known that there is something. Every
    /// part goes to the capture socket first, if there is one.
    fn forward(&mut self, captured: &mut Delivery, pause: &mut Pause) -> Result<()> {
        let Stage::Output(kept) = std::mem::replace(&mut self.stage, Stage::Input) else {
            return Ok(());
        };
        if let Some(part) = kept
            && !self.send(part)?
        {
            return Ok(());
        }
        let mut messages = 0;
        while messages < BURST {
            let mut part = Msg::new();
            match receive(self.from, &mut part) {
                Ok(_) => {}
                Err(Error::Again) => break,
                // A REP or REQ takes turns: it has had its turn to receive.
                Err(Error::State) if messages > 0 => break,
                Err(error) => return Err(error),
            }
            self.received.add(part.len() as u64);
            if !captured.to.is_null()
                && let Err(error) = captured.part(part.share()?, pause)
            {
                self.stage = Stage::Output(Some(part));
                return Err(error);
            }
            messages += usize::from(!part.more());
            if !self.send(part)? {
                break;
            }
        }
        Ok(())
    }

    /// Sends a part, or keeps it if there is no room.
    fn send(&mut self, mut part: Msg) -> Result<bool> {
        let bytes = part.len() as u64;
        let flags = more_flag(&part) | ZMQ_DONTWAIT;
        match socket::send_msg(self.to, &mut part, flags, &mut Pause::new()) {
            Ok(_) => {
                self.sent.add(bytes);
                Ok(true)
            }
            Err(Error::Again) => {
                self.stage = Stage::Output(Some(part));
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// Receives a part if one is there. A call that does not wait needs no pause.
fn receive(socket: *mut c_void, part: &mut Msg) -> Result<usize> {
    socket::recv_msg(socket, part, ZMQ_DONTWAIT, &mut Pause::new())
}

/// Parts on their way to a socket, whose sender waits for room.
struct Delivery {
    to: *mut c_void,
    parts: VecDeque<Msg>,
}

impl Delivery {
    fn new(to: *mut c_void) -> Delivery {
        Delivery {
            to,
            parts: VecDeque::new(),
        }
    }

    fn part(&mut self, part: Msg, pause: &mut Pause) -> Result<()> {
        self.parts.push_back(part);
        self.go(false, pause)
    }

    /// Sends what there is. It may fall asleep, and is `asleep` when it is taken up.
    fn go(&mut self, mut asleep: bool, pause: &mut Pause) -> Result<()> {
        while let Some(part) = self.parts.front_mut() {
            let flags = more_flag(part);
            if std::mem::take(&mut asleep) {
                socket::send_msg_again(part, flags, pause)?;
            } else {
                socket::send_msg(self.to, part, flags, pause)?;
            }
            self.parts.pop_front();
        }
        Ok(())
    }
}

fn more_flag(part: &Msg) -> c_int {
    if part.more() { ZMQ_SNDMORE } else { 0 }
}

/// Whether the proxy passes messages on.
#[derive(PartialEq, Eq)]
enum State {
    Active,
    Paused,
    Terminated,
}

struct Proxy {
    /// From the frontend and from the backend; one only if they are the same.
    directions: Vec<Direction>,
    captured: Delivery,
    answers: Delivery,
    control: *mut c_void,
    state: State,
}

impl Proxy {
    fn new(
        frontend: *mut c_void,
        backend: *mut c_void,
        capture: *mut c_void,
        control: *mut c_void,
    ) -> Result<Proxy> {
        if frontend.is_null() || backend.is_null() {
            return Err(Error::Fault);
        }
        let mut directions = vec![Direction::new(frontend, backend)];
        if frontend != backend {
            directions.push(Direction::new(backend, frontend));
        }
        Ok(Proxy {
            directions,
            captured: Delivery::new(capture),
            answers: Delivery::new(control),
            control,
            state: State::Active,
        })
    }

    fn start(self, pause: &mut Pause) -> Result<usize> {
        let mut items = self.items();
        let polled = socket::poll(&mut items, -1, ptr::null(), pause);
        self.run(polled, items, pause)
    }

    /// Takes up a proxy that has slept.
    fn again(pause: &mut Pause) -> Result<usize> {
        let mut proxy = pause.kept::<Proxy>()?;
        if let Some(delivery) = proxy.delivery() {
            let gone = delivery.go(true, pause);
            return proxy.run(gone.map(|()| 0), Vec::new(), pause);
        }
        let mut items = proxy.items();
        let polled = socket::poll_again(&mut items, pause);
        proxy.run(polled, items, pause)
    }

    /// Goes on with what a poll of the items came to.
    fn run(
        mut self,
        mut polled: Result<usize>,
        mut items: Vec<PollItem>,
        pause: &mut Pause,
    ) -> Result<usize> {
        loop {
            match polled.and_then(|_| self.serve(&items, pause)) {
                Ok(()) => {}
                Err(Error::Asleep) => {
                    pause.keep(Box::new(self));
                    return Err(Error::Asleep);
                }
                Err(error) => return Err(error),
            }
            if self.state == State::Terminated {
                return Ok(0);
            }
            items = self.items();
            polled = socket::poll(&mut items, -1, ptr::null(), pause);
        }
    }

    /// What is on its way, and not gone yet.
    fn delivery(&mut self) -> Option<&mut Delivery> {
        let all = [&mut self.captured, &mut self.answers];
        all.into_iter().find(|delivery| !delivery.parts.is_empty())
    }

    fn serve(&mut self, items: &[PollItem], pause: &mut Pause) -> Result<()> {
        for item in items {
            if item.revents == 0 {
            } else if item.socket == self.control {
                self.obey(pause)?;
            } else {
                self.pass(item, pause)?;
            }
        }
        Ok(())
    }

    fn item(socket: *mut c_void, events: c_short) -> PollItem {
        PollItem {
            socket,
            fd: -1,
            events,
            revents: 0,
        }
    }

    /// What to wait for.
    fn items(&self) -> Vec<PollItem> {
        let mut items = Vec::with_capacity(3);
        for direction in &self.directions {
            let awaited = self
                .directions
                .iter()
                .map(|other| other.awaits(direction.from));
            let events = awaited.fold(0, |all, events| all | events);
            let events = if self.state == State::Active {
                events
            } else {
                0
            };
            items.push(Proxy::item(direction.from, events));
        }
        if !self.control.is_null() {
            items.push(Proxy::item(self.control, IN));
        }
        items
    }

    /// Lets each direction make use of the events of a socket.
    fn pass(&mut self, ready: &PollItem, pause: &mut Pause) -> Result<()> {
        let alone = self.directions.len() == 1;
        for direction in &mut self.directions {
            match direction.stage {
                Stage::Input if ready.socket == direction.from && ready.revents & IN != 0 => {
                    direction.stage = Stage::Output(None);
                    // A socket that answers itself can send once it has received.
                    if alone {
                        direction.forward(&mut self.captured, pause)?;
                    }
                }
                Stage::Output(_) if ready.socket == direction.to && ready.revents & OUT != 0 => {
                    direction.forward(&mut self.captured, pause)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Does what a message on the control socket says.
    fn obey(&mut self, pause: &mut Pause) -> Result<()> {
        let mut command = Msg::new();
        match receive(self.control, &mut command) {
            Err(Error::Again) => return Ok(()),
            result => result?,
        };
        match command.as_slice() {
            b"STATISTICS" => return self.tell_statistics(pause),
            b"PAUSE" => self.state = State::Paused,
            b"RESUME" => self.state = State::Active,
            b"TERMINATE" => self.state = State::Terminated,
            _ => {}
        }
        let mut type_ = [0; size_of::<c_int>()];
        socket::getsockopt(self.control, ZMQ_TYPE, &mut type_)?;
        if c_int::from_ne_bytes(type_) == ZMQ_REP {
            self.answers.part(Msg::new(), pause)?;
        }
        Ok(())
    }

    fn tell_statistics(&mut self, pause: &mut Pause) -> Result<()> {
        let first = &self.directions[0];
        // The same socket on both sides: all was received and sent by "frontend
        // to backend".
        let nothing = Count::default();
        let (back_received, front_sent) = self
            .directions
            .get(1)
            .map_or((nothing, nothing), |second| (second.received, second.sent));
        let counts = [first.received, front_sent, back_received, first.sent];
        let values = counts
            .iter()
            .flat_map(|count| [count.messages, count.bytes]);
        for value in values {
            let part = Msg::copy_from(&value.to_ne_bytes())?;
            self.answers.parts.push_back(part);
        }
        let last = self.answers.parts.len() - 1;
        for part in self.answers.parts.range_mut(..last) {
            part.set_more(true);
        }
        self.answers.go(false, pause)
    }
}
