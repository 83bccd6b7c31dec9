//! Connected sockets, and sockets on their way there.
//!
//! A stream is non-blocking and closed on `exec`. Reading and writing never
//! allocate, never wait, and never raise SIGPIPE; interrupted calls are
//! repeated. Any thread may call any method: the order of bytes is whoever's
//! who calls.

use std::io::{self, ErrorKind, IoSlice};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use libc::c_int;
use socket2::{Domain, SockRef};

use super::fresh::{new_socket, new_tcp};
use super::options::StreamOptions;
use super::{IpcAddress, name};
use crate::options::Credentials;
use crate::sys::{Fd, PollFd, check, check_len, poll};

/// A connection to a peer.
#[derive(Debug)]
pub enum Stream {
    /// Over tcp.
    Tcp(Fd),
    /// Over a Unix domain socket.
    Ipc(Fd),
}

/// How far an attempt to connect has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectState {
    /// The stream is connected.
    Done,
    /// It will become writable, and [`Stream::finish_connect`] tell the outcome.
    InProgress,
    /// It never will be, for the reason that this errno gives.
    Failed(c_int),
}

/// No more buffers than this go into one system call (`UIO_MAXIOV`).
const MOST_BUFFERS: usize = 1024;

/// How many groups of a peer are looked at.
const GROUPS_MAX: usize = 1024;

impl Stream {
    /// Starts to connect to `peer`, from `source` if one is given.
    ///
    /// A source is shared: several connections may leave from it, to different
    /// peers.
    pub fn connect_tcp(
        peer: SocketAddr,
        source: Option<SocketAddr>,
        options: &StreamOptions,
    ) -> io::Result<(Stream, ConnectState)> {
        let (fd, peer, source) = match new_tcp(peer) {
            // A kernel without IPv6 can still do what is mapped.
            Err(error) if error.raw_os_error() == Some(libc::EAFNOSUPPORT) => {
                let peer = unmapped(peer).ok_or(error)?;
                (new_tcp(peer)?, peer, source.and_then(unmapped))
            }
            made => (made?, peer, source),
        };
        options.prepare(&fd)?;
        let bound = source.map_or(Ok(()), |source| {
            let socket = SockRef::from(&fd);
            socket.set_reuse_address(true)?;
            socket.bind(&source.into())
        });
        let stream = Stream::Tcp(fd);
        let mut state = match bound {
            Ok(()) => stream.start_connect(&peer.into()),
            Err(error) => failed(&error),
        };
        if state == ConnectState::Done
            && let Err(error) = stream.finish_connect(options)
        {
            state = failed(&error);
        }
        Ok((stream, state))
    }

    /// Connects to a path or an abstract name. A listener whose queue is full
    /// gives `EAGAIN`: there is nothing to wait for, only to try again.
    pub fn connect_ipc(peer: &IpcAddress) -> io::Result<(Stream, ConnectState)> {
        let peer = name::unix(peer.path())?;
        let stream = Stream::Ipc(new_socket(Domain::UNIX, None)?);
        let state = stream.start_connect(&peer);
        Ok((stream, state))
    }

    fn start_connect(&self, peer: &socket2::SockAddr) -> ConnectState {
        match SockRef::from(self.fd()).connect(peer) {
            Ok(()) => ConnectState::Done,
            Err(error) => match error.raw_os_error() {
                Some(libc::EINPROGRESS | libc::EINTR) => ConnectState::InProgress,
                _ => failed(&error),
            },
        }
    }

    /// The outcome of an attempt, once the stream has become writable.
    ///
    /// A tcp socket that has met itself (both ends chose one port while nobody
    /// listened there) counts as refused.
    pub fn finish_connect(&self, options: &StreamOptions) -> io::Result<()> {
        let socket = SockRef::from(self.fd());
        if let Some(error) = socket.take_error()? {
            return Err(error);
        }
        if let Stream::Tcp(fd) = self {
            if socket.local_addr()?.as_socket() == socket.peer_addr()?.as_socket() {
                return Err(io::Error::from_raw_os_error(libc::ECONNREFUSED));
            }
            options.established(fd)?;
        }
        Ok(())
    }

    /// This end's endpoint; empty if the socket has none any more.
    pub fn local_endpoint(&self) -> String {
        let address = SockRef::from(self.fd()).local_addr();
        address.map_or_else(|_| String::new(), |address| name::endpoint(&address))
    }

    /// The peer's endpoint as the kernel knows it: `ipc://` for an ipc peer
    /// that connected, empty if the connection is gone.
    pub fn peer_endpoint(&self) -> String {
        let address = SockRef::from(self.fd()).peer_addr();
        address.map_or_else(|_| String::new(), |address| name::endpoint(&address))
    }

    /// The text of a message's `Peer-Address`: the peer's numeric host, and for
    /// ipc `localhost:uid:gid:pid`. Empty if the connection is gone.
    pub fn peer_address(&self) -> String {
        let Ok(address) = SockRef::from(self.fd()).peer_addr() else {
            return String::new();
        };
        let host = name::host(&address);
        match self.peer_credentials() {
            Some(peer) if address.is_unix() => {
                format!("{host}:{}:{}:{}", peer.uid, peer.gid, peer.pid)
            }
            _ => host,
        }
    }

    /// Who is at the other end of an ipc connection.
    pub fn peer_credentials(&self) -> Option<libc::ucred> {
        let mut peer = libc::ucred {
            pid: 0,
            uid: 0,
            gid: 0,
        };
        let mut size = size_of::<libc::ucred>() as libc::socklen_t;
        // SAFETY: the kernel writes at most `size` bytes into `peer`, and the
        // length into `size`; both outlive the call.
        let result = unsafe {
            let peer = (&raw mut peer).cast();
            libc::getsockopt(
                self.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_PEERCRED,
                peer,
                &mut size,
            )
        };
        (result == 0).then_some(peer)
    }

    /// The same, with the groups it belongs to besides its own.
    pub fn credentials(&self) -> Option<Credentials> {
        let peer = self.peer_credentials()?;
        let mut groups = [0 as libc::gid_t; GROUPS_MAX];
        let mut size = size_of_val(&groups) as libc::socklen_t;
        // SAFETY: the kernel writes at most `size` bytes into `groups`, and the
        // length into `size`; both outlive the call.
        let result = unsafe {
            let groups = groups.as_mut_ptr().cast();
            libc::getsockopt(
                self.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_PEERGROUPS,
                groups,
                &mut size,
            )
        };
        // Where the kernel cannot tell them, the peer's own group has to do.
        let count = if result == 0 {
            size as usize / size_of::<libc::gid_t>()
        } else {
            0
        };
        Some(Credentials {
            user: peer.uid,
            groups: [peer.gid].iter().chain(&groups[..count]).copied().collect(),
            process: peer.pid as u32,
        })
    }

    /// Reads what is there into the head of `buffer` and returns how much it
    /// was; those bytes are then initialised. 0 is the end of the stream (or an
    /// empty buffer), `WouldBlock` says that nothing is there yet.
    pub fn read(&self, buffer: &mut [MaybeUninit<u8>]) -> io::Result<usize> {
        let socket = SockRef::from(self.fd());
        uninterrupted(|| socket.recv(buffer))
    }

    /// Writes what the kernel takes of `buffers`, in order, and returns how much
    /// it was; `WouldBlock` says that it takes nothing now. Buffers beyond the
    /// first 1,024 are not looked at.
    pub fn send_vectored(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let buffers = &buffers[..buffers.len().min(MOST_BUFFERS)];
        let socket = SockRef::from(self.fd());
        let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
        uninterrupted(|| socket.send_vectored_with_flags(buffers, flags))
    }

    /// As [`Stream::send_vectored`], for buffers that no lifetime describes.
    ///
    /// The system call is made without the C library's wrapper, in which a
    /// thread can be cancelled; one buffer goes the shorter way.
    ///
    /// # Safety
    /// Each entry states memory that may be read during the call.
    pub unsafe fn send_iovecs(&self, buffers: &[libc::iovec]) -> io::Result<usize> {
        const FLAGS: c_int = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
        let fd = self.as_raw_fd();
        let none = std::ptr::null::<libc::c_void>();
        // SAFETY: by the contract above the kernel may read what is stated; the
        // message header and the list outlive the call.
        uninterrupted(|| unsafe {
            if let [one] = buffers {
                let (base, len) = (one.iov_base, one.iov_len);
                return check_len(
                    libc::syscall(libc::SYS_sendto, fd, base, len, FLAGS, none, 0) as isize,
                );
            }
            let mut header: libc::msghdr = std::mem::zeroed();
            header.msg_iov = buffers.as_ptr().cast_mut();
            header.msg_iovlen = buffers.len().min(MOST_BUFFERS);
            check_len(libc::syscall(libc::SYS_sendmsg, fd, &raw const header, FLAGS) as isize)
        })
    }

    /// As [`Stream::read`], into several buffers one after the other, and made
    /// like [`Stream::send_iovecs`].
    ///
    /// # Safety
    /// Each entry states memory that may be written during the call.
    pub unsafe fn read_iovecs(&self, buffers: &[libc::iovec]) -> io::Result<usize> {
        const FLAGS: c_int = libc::MSG_DONTWAIT;
        let fd = self.as_raw_fd();
        let none = std::ptr::null_mut::<libc::c_void>();
        // SAFETY: by the contract above the kernel may write to what is stated;
        // the list outlives the call.
        uninterrupted(|| unsafe {
            if let [one] = buffers {
                let (base, len) = (one.iov_base, one.iov_len);
                let count = libc::syscall(libc::SYS_recvfrom, fd, base, len, FLAGS, none, none);
                return check_len(count as isize);
            }
            let count = buffers.len().min(MOST_BUFFERS);
            check_len(libc::syscall(libc::SYS_readv, fd, buffers.as_ptr(), count) as isize)
        })
    }

    /// How many bytes written are still in the kernel: not acknowledged (tcp),
    /// not read by the peer (ipc; the kernel's own overhead included).
    pub fn unsent(&self) -> io::Result<usize> {
        let mut count: c_int = 0;
        // SAFETY: TIOCOUTQ, which is SIOCOUTQ on a socket, writes one int.
        check(unsafe { libc::ioctl(self.as_raw_fd(), libc::TIOCOUTQ, &raw mut count) })?;
        Ok(count.max(0) as usize)
    }

    /// How many bytes one packet to a tcp peer carries at the most, as far as is known.
    pub fn packet(&self) -> Option<usize> {
        let Stream::Tcp(fd) = self else {
            return None;
        };
        let length = SockRef::from(fd).tcp_mss().ok()?;
        usize::try_from(length).ok()
    }

    /// Waits until the kernel takes more, or something is wrong; false if the time is
    /// over or a signal came before.
    pub fn await_room(&self, limit: Duration) -> bool {
        let mut room = [PollFd::new(self.as_raw_fd(), libc::POLLOUT)];
        poll(&mut room, Some(limit), None).is_ok_and(|ready| ready > 0)
    }

    /// Whether there is something to read.
    pub fn has_input(&self) -> bool {
        let mut count: c_int = 0;
        // SAFETY: FIONREAD writes one int.
        let asked = unsafe { libc::ioctl(self.as_raw_fd(), libc::FIONREAD, &raw mut count) };
        asked == 0 && count > 0
    }

    /// Ends what this end sends; the peer reads to the end of the stream.
    pub fn shutdown_write(&self) -> io::Result<()> {
        SockRef::from(self.fd()).shutdown(std::net::Shutdown::Write)
    }

    /// Ends both directions and wakes whoever waits for the descriptor.
    pub fn shutdown_both(&self) -> io::Result<()> {
        SockRef::from(self.fd()).shutdown(std::net::Shutdown::Both)
    }

    /// Its descriptor was closed behind our back: nothing more is done with its
    /// number.
    pub fn forget(&self) {
        self.fd().forget();
    }

    /// Whether its descriptor was closed behind our back.
    pub fn is_gone(&self) -> bool {
        self.fd().is_gone()
    }

    fn fd(&self) -> &Fd {
        match self {
            Stream::Tcp(fd) | Stream::Ipc(fd) => fd,
        }
    }
}

impl AsRawFd for Stream {
    fn as_raw_fd(&self) -> RawFd {
        self.fd().as_raw_fd()
    }
}

/// The IPv4 address behind `address`, if there is one.
fn unmapped(address: SocketAddr) -> Option<SocketAddr> {
    match address.ip().to_canonical() {
        ip if ip.is_ipv4() => Some(SocketAddr::new(ip, address.port())),
        ip if ip.is_unspecified() => Some(SocketAddr::new(
            std::net::Ipv4Addr::UNSPECIFIED.into(),
            address.port(),
        )),
        _ => None,
    }
}

/// Repeats a call that does not wait until no signal comes in between.
fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

fn failed(error: &io::Error) -> ConnectState {
    ConnectState::Failed(error.raw_os_error().unwrap_or(libc::EIO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{PollFd, poll};
    use crate::transport::{Address, ListenOptions, Listener, parse_bind, parse_connect};

    fn listen(endpoint: &str) -> Listener {
        let address = parse_bind(endpoint).unwrap();
        Listener::bind(&address, &ListenOptions::default()).unwrap()
    }

    fn wait(fd: &impl AsRawFd, events: i16) {
        let mut fds = [PollFd::new(fd.as_raw_fd(), events)];
        assert_eq!(poll(&mut fds, None, None).unwrap(), 1);
    }

    fn connect(endpoint: &str, options: &StreamOptions) -> io::Result<Stream> {
        let (stream, state) = match parse_connect(endpoint).unwrap() {
            Address::Tcp(address) => {
                let peer = address.resolved_now(false).unwrap()[0];
                Stream::connect_tcp(peer, address.source(false).unwrap(), options)?
            }
            Address::Ipc(address) => Stream::connect_ipc(&address)?,
            Address::Inproc(_) => unreachable!("no test asks for it"),
        };
        match state {
            ConnectState::Done => {}
            ConnectState::InProgress => {
                wait(&stream, libc::POLLOUT);
                stream.finish_connect(options)?;
            }
            ConnectState::Failed(errno) => return Err(io::Error::from_raw_os_error(errno)),
        }
        Ok(stream)
    }

    /// Both ends of a connection over `endpoint`: connected, accepted.
    fn pair(endpoint: &str) -> (Stream, Stream) {
        let listener = listen(endpoint);
        let options = StreamOptions::default();
        let connected = connect(listener.endpoint(), &options).unwrap();
        wait(&listener, libc::POLLIN);
        (connected, listener.accept(&options).unwrap().unwrap())
    }

    fn read(stream: &Stream) -> io::Result<Vec<u8>> {
        let mut buffer = [MaybeUninit::uninit(); 64];
        let count = stream.read(&mut buffer)?;
        // SAFETY: `read` has initialised the first `count` bytes.
        Ok(buffer[..count]
            .iter()
            .map(|byte| unsafe { byte.assume_init() })
            .collect())
    }

    #[test]
    fn bytes_travel_both_ways_until_the_end() {
        for endpoint in ["tcp://127.0.0.1:*", "ipc://*"] {
            let (a, b) = pair(endpoint);
            assert_eq!(read(&a).unwrap_err().kind(), ErrorKind::WouldBlock);
            let hello = [IoSlice::new(b"hel"), IoSlice::new(b""), IoSlice::new(b"lo")];
            assert_eq!(a.send_vectored(&hello).unwrap(), 5);
            wait(&b, libc::POLLIN);
            assert_eq!(read(&b).unwrap(), b"hello");

            let back = libc::iovec {
                iov_base: b"back".as_ptr() as *mut _,
                iov_len: 4,
            };
            // SAFETY: the entry states four bytes of a literal.
            assert_eq!(unsafe { b.send_iovecs(&[back]) }.unwrap(), 4);
            b.shutdown_write().unwrap();
            wait(&a, libc::POLLIN);
            assert_eq!(read(&a).unwrap(), b"back");
            wait(&a, libc::POLLIN);
            assert_eq!(read(&a).unwrap(), b"");
        }
    }

    #[test]
    fn writing_to_a_peer_that_has_gone_is_an_error_and_no_signal() {
        let (a, b) = pair("ipc://*");
        drop(b);
        let error = a.send_vectored(&[IoSlice::new(b"x")]).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EPIPE));
        a.shutdown_both().unwrap();
    }

    #[test]
    fn more_buffers_than_the_kernel_allows_are_sent_in_part() {
        let (a, _b) = pair("ipc://*");
        let buffers = vec![IoSlice::new(b"x"); 3000];
        assert_eq!(a.send_vectored(&buffers).unwrap(), 1024);
    }

    #[test]
    fn what_the_peer_has_not_taken_is_counted() {
        let (a, b) = pair("ipc://*");
        assert_eq!(a.unsent().unwrap(), 0);
        a.send_vectored(&[IoSlice::new(&[7; 40])]).unwrap();
        assert!(a.unsent().unwrap() >= 40);
        assert_eq!(read(&b).unwrap().len(), 40);
        assert_eq!(a.unsent().unwrap(), 0);
    }

    #[test]
    fn each_end_knows_both_names() {
        let (a, b) = pair("tcp://127.0.0.1:*");
        assert!(a.local_endpoint().starts_with("tcp://127.0.0.1:"));
        assert_eq!(a.local_endpoint(), b.peer_endpoint());
        assert_eq!(a.peer_endpoint(), b.local_endpoint());
        assert_eq!(b.peer_address(), "127.0.0.1");

        let (a, b) = pair("ipc://*");
        assert_eq!(a.local_endpoint(), "ipc://");
        assert_eq!(b.peer_endpoint(), "ipc://");
        assert!(b.local_endpoint().ends_with("/socket"));
        assert_eq!(a.peer_endpoint(), b.local_endpoint());
        // SAFETY: these calls only return numbers.
        let (uid, gid) = unsafe { (libc::getuid(), libc::getgid()) };
        assert_eq!(
            b.peer_address(),
            format!("localhost:{uid}:{gid}:{}", std::process::id())
        );
    }

    #[test]
    fn nobody_listening_is_refused() {
        // A port that is taken, so that no other test listens there.
        let address = "127.0.0.1:0".parse::<SocketAddr>().unwrap();
        let taken = new_tcp(address).unwrap();
        SockRef::from(&taken).bind(&address.into()).unwrap();
        let endpoint = name::endpoint(&SockRef::from(&taken).local_addr().unwrap());
        let error = connect(&endpoint, &StreamOptions::default()).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED));
        let error = connect("ipc:///no/such/socket", &StreamOptions::default()).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
    }

    #[test]
    fn a_source_port_serves_two_peers() {
        let (first, second) = (listen("tcp://127.0.0.1:*"), listen("tcp://127.0.0.1:*"));
        let options = StreamOptions::default();
        let strip = |listener: &Listener| listener.endpoint()["tcp://".len()..].to_owned();
        let a = connect(&format!("tcp://127.0.0.1:0;{}", strip(&first)), &options).unwrap();
        let source = a.local_endpoint();
        let b = connect(&format!("{source};{}", strip(&second)), &options).unwrap();
        assert_eq!(b.local_endpoint(), source);
    }

    #[test]
    fn a_socket_that_met_itself_is_refused() {
        // Bound and connected to one address, it opens to itself at once.
        let address = "127.0.0.1:0".parse::<SocketAddr>().unwrap();
        let fd = new_tcp(address).unwrap();
        SockRef::from(&fd).bind(&address.into()).unwrap();
        let own = SockRef::from(&fd).local_addr().unwrap();
        let stream = Stream::Tcp(fd);
        assert!(!matches!(
            stream.start_connect(&own),
            ConnectState::Failed(_)
        ));
        wait(&stream, libc::POLLOUT);
        let error = stream
            .finish_connect(&StreamOptions::default())
            .unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED));
    }

    #[test]
    fn options_reach_the_kernel() {
        let options = StreamOptions {
            tos: 0x28,
            priority: 3,
            sndbuf: 40_000,
            keepalive: 1,
            keepalive_cnt: 4,
            keepalive_idle: 50,
            keepalive_intvl: 6,
            tcp_maxrt: 7_000,
            ..Default::default()
        };
        let listener = listen("tcp://127.0.0.1:*");
        let connected = connect(listener.endpoint(), &options).unwrap();
        wait(&listener, libc::POLLIN);
        let accepted = listener.accept(&options).unwrap().unwrap();
        assert_eq!(
            SockRef::from(connected.fd()).send_buffer_size().unwrap(),
            80_000
        );
        for stream in [connected, accepted] {
            let socket = SockRef::from(stream.fd());
            assert!(socket.tcp_nodelay().unwrap() && socket.keepalive().unwrap());
            assert!(socket.nonblocking().unwrap());
            assert_eq!(socket.tos_v4().unwrap(), 0x28);
            assert_eq!(socket.priority().unwrap(), 3);
            assert_eq!(socket.tcp_keepalive_retries().unwrap(), 4);
            assert_eq!(socket.tcp_keepalive_time().unwrap().as_secs(), 50);
            assert_eq!(socket.tcp_keepalive_interval().unwrap().as_secs(), 6);
            assert_eq!(socket.tcp_user_timeout().unwrap().unwrap().as_secs(), 7);
        }
    }

    #[test]
    fn a_stream_closed_behind_our_back_reports_it() {
        let (a, _b) = pair("ipc://*");
        // A number far from those other tests are handed meanwhile.
        // SAFETY: the calls touch no memory; the copy is nobody else's.
        let copy = unsafe { libc::fcntl(a.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 700) };
        let stream = Stream::Ipc(Fd::from_raw(check(copy).unwrap()));
        // SAFETY: as above.
        unsafe { libc::close(copy) };
        assert_eq!(read(&stream).unwrap_err().raw_os_error(), Some(libc::EBADF));
        let error = stream.send_vectored(&[IoSlice::new(b"x")]).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
        assert_eq!(
            stream.unsent().unwrap_err().raw_os_error(),
            Some(libc::EBADF)
        );
        assert_eq!(stream.peer_address(), "");
    }
}
