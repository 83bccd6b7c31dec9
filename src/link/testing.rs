//! What the tests of links share: a link that nobody looks after, and connections of tcp
//! whose other end is the test's.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::os::fd::IntoRawFd;
use std::sync::Arc;
use std::time::Duration;

use super::{
    Arrival, Background, Batches, Conflate, Conn, Lease, Limits, Link, OutWriter, Owner, PipeId,
    Pool, Watch,
};
use crate::sys::{EventFd, Fd, TimerFd};
use crate::transport::Stream;

/// How long a test waits for what has been sent.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who has a link, and watches its connection, and does nothing about it.
pub struct Nobody;

impl Owner for Nobody {
    fn arrived(&self, _: Arrival) {}
    fn departed(&self, _: &Arc<Link>, _: bool) {}
    fn readable(&self, _: PipeId) {}
    fn writable(&self, _: PipeId) {}
    fn lease(&self, _: PipeId) -> Box<dyn Lease> {
        Box::new(Nobody)
    }
}

impl Lease for Nobody {
    fn look(&mut self) -> bool {
        false
    }
}

impl Watch for Nobody {
    fn stop(&self, _: &Link, _: Option<&Conn>) {}
    fn resume(&self, _: &Link, _: &Conn) {}
}

/// A link without a connection, and without a thread behind it.
pub fn link() -> (Arc<Link>, OutWriter) {
    let (notices, _unread) = crossbeam_channel::unbounded();
    let (waker, timer) = (EventFd::new().unwrap(), TimerFd::new().unwrap());
    let background = Arc::new(Background::new(notices, waker, timer));
    let limits = Limits {
        origin: 0,
        send_mark: 0,
        receive_mark: 0,
        max_size: None,
        conflate: Conflate::default(),
        subscribes: false,
        batches: Batches::default(),
        share: false,
    };
    Link::new(Arc::new(Nobody), background, Pool::default(), limits)
}

/// Both ends of a connection over loopback, with room for `room` bytes in the kernel.
pub fn tcp(room: usize) -> (Arc<Conn>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    socket2::SockRef::from(&ours)
        .set_send_buffer_size(room)
        .unwrap();
    theirs.set_read_timeout(Some(PATIENCE)).unwrap();
    let stream = Stream::Tcp(Fd::from_raw(ours.into_raw_fd()));
    (Arc::new(Conn::new(stream, Arc::default())), theirs)
}

/// The next `count` bytes that come.
pub fn read(peer: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    peer.read_exact(&mut bytes).unwrap();
    bytes
}

/// Whether nothing has come.
pub fn is_silent(peer: &TcpStream) -> bool {
    peer.set_nonblocking(true).unwrap();
    let seen = peer.peek(&mut [0]);
    peer.set_nonblocking(false).unwrap();
    seen.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}
