//! What the lock of a socket guards: the socket, and the lane.
//!
//! A socket that has one peer, and passes one short message after another, need not find
//! out each time whose turn it is. Once it has passed a few the lane is laid, and the next
//! call goes straight to the pipe.
//!
//! The lane is true for as long as nobody reaches the socket but through it:
//! [`Held::socket_mut`], which everything else comes by, takes it up. So whatever might
//! make it false (a peer that comes or goes, an option, a message in parts) does so
//! without knowing of it.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use super::inner::Inner;
use super::lease::LOOK_EVERY;
use crate::link::PipeId;
use crate::pipe::Pipe;

/// After so many short messages in a row the lane is laid.
const MANY: u8 = 8;

/// Which lane is laid, as can be seen without the lock: the generation of the socket, or 0.
/// Written under the lock.
#[derive(Default)]
pub(super) struct Ways {
    out: AtomicU32,
    incoming: AtomicU32,
}

impl Ways {
    /// Whether the socket of this generation has a lane for what it sends.
    #[inline(always)]
    pub fn lead_out(&self, generation: u32) -> bool {
        self.out.load(Ordering::Relaxed) == generation
    }

    /// The same for what it receives.
    #[inline(always)]
    pub fn lead_in(&self, generation: u32) -> bool {
        self.incoming.load(Ordering::Relaxed) == generation
    }

    fn set(&self, out: u32, incoming: u32) {
        self.out.store(out, Ordering::Relaxed);
        self.incoming.store(incoming, Ordering::Relaxed);
    }
}

/// An open socket, or none, and its lane.
#[derive(Default)]
pub(super) struct Held {
    lane: Option<Lane>,
    socket: Option<Box<Inner>>,
    /// How many short messages have been passed without anything else.
    row: u8,
}

/// The way to the one peer.
pub(super) struct Lane {
    pipe: NonNull<Pipe>,
    id: PipeId,
    /// How many more messages may be received before the socket is to look around, and
    /// how many that were when the lane was laid.
    left: u64,
    laid: u64,
}

impl Lane {
    /// The pipe at its end.
    #[inline(always)]
    pub fn pipe(&mut self) -> &mut Pipe {
        // SAFETY: a lane that is laid leads to a pipe in its place, and the exclusive
        // reference to what the lock guards excludes other users of it.
        unsafe { self.pipe.as_mut() }
    }

    /// Which pipe that is.
    pub fn pipe_id(&self) -> PipeId {
        self.id
    }

    /// Counts a message that was received through the lane; false when it is time to look
    /// around.
    #[inline(always)]
    pub fn pass(&mut self) -> bool {
        self.left -= 1;
        self.left != 0
    }
}

// SAFETY: the pipe belongs to the socket, which may be sent, and is used with it only.
unsafe impl Send for Lane {}

impl Held {
    /// The socket, if one is open.
    #[inline(always)]
    pub fn socket(&self) -> Option<&Inner> {
        self.socket.as_deref()
    }

    /// The socket, if one is open, for whatever it takes. There is no lane then.
    #[inline(always)]
    pub fn socket_mut(&mut self) -> Option<&mut Inner> {
        if self.lane.is_some() {
            self.take_up();
        }
        self.socket.as_deref_mut()
    }

    /// Opens a socket.
    pub fn open(&mut self, socket: Box<Inner>) {
        self.socket = Some(socket);
    }

    /// Takes the socket out.
    pub fn close(&mut self) -> Option<Box<Inner>> {
        self.socket_mut();
        self.socket.take()
    }

    /// The lane. Only for who has seen under the lock that it leads where it is to go.
    #[inline(always)]
    pub fn lane(&mut self) -> Option<&mut Lane> {
        self.lane.as_mut()
    }

    /// Something else than passing short messages has begun.
    #[inline(always)]
    pub fn interrupt(&mut self) {
        self.row = 0;
    }

    /// A short message has gone the ordinary way: lays the lane if it was one of many, and
    /// if there is but one way to go.
    #[inline(always)]
    pub fn passed(&mut self) {
        self.row += 1;
        if self.row == MANY {
            self.row = 0;
            self.lay();
        }
    }

    #[inline(never)]
    fn lay(&mut self) {
        let Some(inner) = self.socket_mut() else {
            return;
        };
        let (out, incoming) = match inner.pipes.count() {
            1 => inner.pattern.ways(),
            _ => return,
        };
        let looks = inner.uses.is_multiple_of(LOOK_EVERY);
        let incoming = incoming.filter(|_| !(inner.more || looks));
        let Some(id) = out.or(incoming) else {
            return;
        };
        let left = LOOK_EVERY - inner.uses % LOOK_EVERY;
        let plain = inner.plain;
        let ways = &inner.me.cell().ways;
        let Some(pipe) = inner.pipes.get(id) else {
            return;
        };
        let pipe = NonNull::from(pipe);
        ways.set(out.map_or(0, |_| plain), incoming.map_or(0, |_| plain));
        self.lane = Some(Lane {
            pipe,
            id,
            left,
            laid: left,
        });
    }

    #[cold]
    fn take_up(&mut self) {
        if let (Some(inner), Some(lane)) = (&mut self.socket, self.lane.take()) {
            let received = lane.laid - lane.left;
            inner.uses += received;
            inner.asked &= received == 0;
            inner.me.cell().ways.set(0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::ffi::{c_int, c_void};
    use std::mem::MaybeUninit;

    use super::*;
    use crate::context;
    use crate::error::Result;
    use crate::message::Msg;
    use crate::pause::Pause;
    use crate::pipe::inproc::{self, Marks};
    use crate::pipe::{PeerInfo, Pipe};
    use crate::socket::event::Event;
    use crate::socket::{self, SNDMORE, SocketRef};

    const DEALER: c_int = 5;
    const PULL: c_int = 7;
    const PUSH: c_int = 8;

    /// Two connected sockets, and their context.
    struct Two {
        context: *mut c_void,
        from: *mut c_void,
        to: *mut c_void,
    }

    fn two(types: [c_int; 2]) -> Two {
        let context = context::ctx_new().unwrap();
        let [from, to] = types.map(|number| socket::socket_new(context, number).unwrap());
        socket::bind(to, "inproc://here").unwrap();
        socket::connect(from, "inproc://here").unwrap();
        Two { context, from, to }
    }

    impl Drop for Two {
        fn drop(&mut self) {
            for handle in [self.from, self.to] {
                let _ = socket::close(handle);
            }
            context::ctx_term(self.context, &mut Pause::new()).unwrap();
        }
    }

    fn send(handle: *mut c_void) {
        assert_eq!(socket::send(handle, b"m", 0, &mut Pause::new()), Ok(1));
    }

    fn recv(handle: *mut c_void) -> Result<usize> {
        let room = &mut [MaybeUninit::uninit(); 4];
        socket::recv(handle, room, socket::DONTWAIT, &mut Pause::new())
    }

    fn recv_at_once(handle: *mut c_void) -> Option<usize> {
        socket::recv_at_once(handle, &mut [MaybeUninit::uninit(); 4])
    }

    fn leads(handle: *mut c_void) -> [bool; 2] {
        let me = SocketRef::resolve(handle).unwrap();
        let (ways, generation) = (&me.cell().ways, me.0.generation());
        [ways.lead_out(generation), ways.lead_in(generation)]
    }

    fn uses(handle: *mut c_void) -> u64 {
        SocketRef::resolve(handle).unwrap().enter().unwrap().uses
    }

    /// A row after which both have a lane, with a message under way.
    fn row(two: &Two) {
        let many = 3 * MANY;
        for _ in 0..many {
            if socket::send_at_once(two.from, b"m", 0).is_none() {
                send(two.from);
            }
        }
        for _ in 1..many {
            if recv_at_once(two.to).is_none() {
                assert_eq!(recv(two.to), Ok(1));
            }
        }
        assert!(leads(two.from)[0] && leads(two.to)[1]);
    }

    #[test]
    fn a_row_of_short_messages_lays_the_lane() {
        let two = two([PUSH, PULL]);
        // The first one is not of the row: it looks how much room there is.
        for _ in 0..=MANY {
            assert_eq!(socket::send_at_once(two.from, b"m", 0), None);
            assert_eq!(leads(two.from), [false, false]);
            send(two.from);
        }
        assert_eq!(leads(two.from), [true, false]);
        for _ in 0..MANY {
            assert_eq!(socket::send_at_once(two.from, b"m", 0), Some(1));
        }
        for _ in 0..MANY {
            assert_eq!(recv_at_once(two.to), None);
            assert_eq!(recv(two.to), Ok(1));
        }
        assert_eq!(leads(two.to), [false, true]);
        for _ in 0..=MANY {
            assert_eq!(recv_at_once(two.to), Some(1));
        }
        assert_eq!(recv_at_once(two.to), None, "there is nothing");
        assert_eq!(recv(two.to), Err(crate::error::Error::Again));
        assert_eq!(leads(two.to), [false, false]);
    }

    #[test]
    fn whatever_reaches_the_socket_takes_it_up() {
        let two = two([DEALER, DEALER]);
        let events = &mut [0; 4];
        let value = &7i32.to_ne_bytes()[..];
        let mut pause = Pause::new();
        let mut disturb: [Box<dyn FnMut(*mut c_void)>; 5] = [
            Box::new(|it| assert!(socket::getsockopt(it, 15, events).is_ok())),
            Box::new(|it| assert!(socket::setsockopt(it, 28, Some(value)).is_ok())),
            Box::new(|it| assert!(socket::disconnect(it, "inproc://elsewhere").is_err())),
            Box::new(|it| {
                SocketRef::resolve(it)
                    .unwrap()
                    .post(Event::Readable(PipeId::NONE))
            }),
            Box::new(|it| assert!(socket::send(it, b"part", SNDMORE, &mut pause).is_ok())),
        ];
        for disturb in &mut disturb {
            row(&two);
            for handle in [two.from, two.to] {
                disturb(handle);
                assert_eq!(leads(handle), [false, false]);
            }
            assert_eq!(recv(two.to), Ok(1));
        }
    }

    #[test]
    fn what_is_received_through_it_counts_and_looks_around_in_time() {
        let two = two([PUSH, PULL]);
        for count in uses(two.to)..3 * LOOK_EVERY {
            // A row that begins so that it would lay the lane where a look is due.
            if count == 2 * LOOK_EVERY - u64::from(MANY) {
                assert_eq!(uses(two.to), count);
            }
            send(two.from);
            let received = recv_at_once(two.to);
            if count.is_multiple_of(LOOK_EVERY) {
                assert_eq!(received, None, "it is time to look around");
            }
            if received.is_none() {
                assert_eq!(recv(two.to), Ok(1));
            }
        }
        assert_eq!(leads(two.to), [false, false]);
        assert_eq!(uses(two.to), 3 * LOOK_EVERY);
    }

    #[test]
    fn parts_and_messages_that_hold_something_go_the_other_way() {
        let two = two([PUSH, PULL]);
        row(&two);
        assert_eq!(socket::send_at_once(two.from, b"m", SNDMORE), None);
        let mut large = Msg::copy_from(&[7; socket::LARGE]).unwrap();
        assert_eq!(socket::send_msg_at_once(two.from, &mut large, 0), None);
        let mut shared = large.share().unwrap();
        assert_eq!(socket::recv_msg_at_once(two.to, &mut shared), None);
        assert_eq!(shared.as_slice(), [7; socket::LARGE]);
        assert_eq!(leads(two.from), [true, false]);
        assert_eq!(recv_at_once(two.to), Some(1));
        let mut short = Msg::new();
        for body in [&[7; 10][..], &[7; 100], &[7; 80]] {
            let mut sent = Msg::copy_from(body).unwrap();
            let size = Some(body.len());
            assert_eq!(socket::send_msg_at_once(two.from, &mut sent, 0), size);
            assert!(sent.is_empty());
            assert_eq!(socket::recv_msg_at_once(two.to, &mut short), size);
            assert_eq!(short.as_slice(), body);
        }
        let mut pause = Pause::new();
        assert_eq!(socket::send(two.from, b"a", SNDMORE, &mut pause), Ok(1));
        assert_eq!(socket::send(two.from, b"b", 0, &mut pause), Ok(1));
        assert_eq!(leads(two.to), [false, true]);
        assert_eq!(socket::recv_msg_at_once(two.to, &mut short), None);
        assert_eq!(short.as_slice(), [7; 80]);
    }

    #[test]
    fn it_ends_with_its_socket_and_with_the_context() {
        let closed = two([PUSH, PULL]);
        row(&closed);
        socket::close(closed.to).unwrap();
        assert_eq!(recv_at_once(closed.to), None);
        let shut = two([PUSH, PULL]);
        row(&shut);
        context::ctx_shutdown(shut.context).unwrap();
        assert_eq!(socket::send_at_once(shut.from, b"m", 0), None);
        assert_eq!(recv_at_once(shut.to), None);
    }

    #[test]
    fn who_comes_when_the_socket_has_gone_turns_away_what_was_posted() {
        let two = two([PUSH, PULL]);
        let gone = SocketRef::resolve(two.to).unwrap();
        socket::close(two.to).unwrap();
        let marks = Marks {
            send: 1,
            receive: 1,
        };
        let [end, other] = inproc::pair([marks; 2], Default::default());
        let (calls, end) = (Cell::new(0), RefCell::new(Some(end)));
        let locked = gone.lock_where(|_, _| {
            // The second time the lock is held.
            if calls.replace(calls.get() + 1) == 1 {
                let end = end.take().expect("twice only");
                gone.post(Event::Met(Box::new(end), PeerInfo::default()));
            }
            calls.get() == 1
        });
        assert!(locked.is_none());
        assert!(other.is_gone());
        drop(Pipe::Inproc(other));
    }
}
