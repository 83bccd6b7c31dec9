//! Sockets that accept connections.
//!
//! A listener is non-blocking and closed on `exec`. An ipc path is left in
//! place when its listener goes, as libzmq leaves it: whoever binds next
//! removes it first, and removing it later could hit the file of whoever has
//! bound since. Only a path that was made up for `ipc://*` is removed, with its
//! directory, and only by the process that made it.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};

use socket2::{Domain, SockRef};

use super::fresh::{new_socket, new_tcp};
use super::made_up::MadeUpPath;
use super::options::{ListenOptions, StreamOptions};
use super::stream::Stream;
use super::{Address, IpcAddress, TcpAddress, name};
use crate::error::{Error, Result};
use crate::sys::{Fd, check};

/// A listening socket.
#[derive(Debug)]
pub enum Listener {
    /// Accepts tcp connections.
    Tcp(TcpListener),
    /// Accepts ipc connections.
    Ipc(IpcListener),
}

/// A listening tcp socket.
#[derive(Debug)]
pub struct TcpListener {
    fd: Fd,
    endpoint: String,
}

/// A listening ipc socket.
#[derive(Debug)]
pub struct IpcListener {
    fd: Fd,
    endpoint: String,
    /// What is to be removed with it.
    made_up: Option<MadeUpPath>,
}

impl Listener {
    /// Binds and listens; may have to look a name up, and wait for that. With
    /// [`ListenOptions::use_fd`] it takes that descriptor over as it is, and makes
    /// it non-blocking.
    pub fn bind(address: &Address, options: &ListenOptions) -> Result<Listener> {
        match address {
            Address::Tcp(address) => TcpListener::bind(address, options).map(Listener::Tcp),
            Address::Ipc(address) => IpcListener::bind(address, options).map(Listener::Ipc),
            Address::Inproc(_) => Err(Error::NotSupported),
        }
    }

    /// The endpoint it listens on, with every wildcard resolved.
    pub fn endpoint(&self) -> &str {
        match self {
            Listener::Tcp(listener) => &listener.endpoint,
            Listener::Ipc(listener) => &listener.endpoint,
        }
    }

    /// Takes the next connection, or `None` if there is none now.
    ///
    /// An error concerns one connection (`ECONNABORTED`, a refused option,
    /// `EACCES` for whom [`StreamOptions::accept_from`] keeps out) or
    /// the process (`EMFILE`, `ENFILE`, `ENOMEM`, `ENOBUFS`: the connection
    /// stays in the queue, and to ask again at once would spin).
    pub fn accept(&self, options: &StreamOptions) -> io::Result<Option<Stream>> {
        let flags = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        let (accepted, peer) = match SockRef::from(self.fd()).accept4(flags) {
            Ok((socket, peer)) => (Fd::from_raw(socket.into_raw_fd()), peer),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        };
        let filter = &options.accept_from;
        let (stream, welcome) = match self {
            Listener::Tcp(_) => {
                let from = peer.as_socket().map(|peer| peer.ip());
                let welcome = from.is_none_or(|from| filter.admits_address(from));
                if welcome {
                    options.accepted(&accepted)?;
                }
                (Stream::Tcp(accepted), welcome)
            }
            Listener::Ipc(_) => {
                let stream = Stream::Ipc(accepted);
                let welcome = !filter.asks_for_credentials()
                    || stream
                        .credentials()
                        .is_some_and(|peer| filter.admits(&peer));
                (stream, welcome)
            }
        };
        if welcome {
            Ok(Some(stream))
        } else {
            Err(io::Error::from_raw_os_error(libc::EACCES))
        }
    }

    /// Stops listening at once, so that the endpoint can be bound again even
    /// while another thread still holds the listener.
    pub fn stop(&self) {
        // An error means that it does not listen any more.
        let _ = SockRef::from(self.fd()).shutdown(std::net::Shutdown::Both);
    }

    /// Removes what was made up for it; without that, when it is dropped.
    pub fn remove_path(&self) -> io::Result<()> {
        match self {
            Listener::Ipc(IpcListener {
                made_up: Some(path),
                ..
            }) => path.remove(),
            _ => Ok(()),
        }
    }

    /// Whether its descriptor was closed behind our back.
    pub fn is_gone(&self) -> bool {
        self.fd().is_gone()
    }

    fn fd(&self) -> &Fd {
        match self {
            Listener::Tcp(listener) => &listener.fd,
            Listener::Ipc(listener) => &listener.fd,
        }
    }
}

impl AsRawFd for Listener {
    fn as_raw_fd(&self) -> RawFd {
        self.fd().as_raw_fd()
    }
}

impl TcpListener {
    fn bind(address: &TcpAddress, options: &ListenOptions) -> Result<TcpListener> {
        let fd = if options.use_fd != -1 {
            adopt(options.use_fd)?
        } else {
            let local = address.local_address(options.ipv6)?;
            let (fd, local) = match new_tcp(local) {
                // A kernel without IPv6: what was asked for may have an IPv4 address.
                Err(error)
                    if error.raw_os_error() == Some(libc::EAFNOSUPPORT) && local.is_ipv6() =>
                {
                    let local = address.local_address(false)?;
                    (new_tcp(local)?, local)
                }
                made => (made?, local),
            };
            options.prepare(&fd)?;
            let socket = SockRef::from(&fd);
            socket.set_reuse_address(true)?;
            socket.bind(&local.into())?;
            socket.listen(options.backlog)?;
            fd
        };
        let endpoint = name::endpoint(&SockRef::from(&fd).local_addr()?);
        Ok(TcpListener { fd, endpoint })
    }
}

impl IpcListener {
    fn bind(address: &IpcAddress, options: &ListenOptions) -> Result<IpcListener> {
        if options.use_fd != -1 {
            IpcAddress::new(address.path())?.socket_address()?;
            let fd = adopt(options.use_fd)?;
            let endpoint = name::endpoint(&SockRef::from(&fd).local_addr()?);
            return Ok(IpcListener {
                fd,
                endpoint,
                made_up: None,
            });
        }
        if address.is_wildcard() {
            let (mut made_up, address) = MadeUpPath::new()?;
            let (fd, endpoint) = listen_on_path(&address, options)?;
            made_up.socket_is_there()?;
            return Ok(IpcListener {
                fd,
                endpoint,
                made_up: Some(made_up),
            });
        }
        if !address.is_abstract() {
            // Whatever an earlier run left behind. If it cannot be removed,
            // binding says why it is in the way.
            let _ = fs::remove_file(address.file());
        }
        let (fd, endpoint) = listen_on_path(address, options)?;
        Ok(IpcListener {
            fd,
            endpoint,
            made_up: None,
        })
    }
}

fn listen_on_path(address: &IpcAddress, options: &ListenOptions) -> Result<(Fd, String)> {
    let address = address.socket_address()?;
    let fd = new_socket(Domain::UNIX, None)?;
    let socket = SockRef::from(&fd);
    socket.bind(&address)?;
    socket.listen(options.backlog)?;
    Ok((fd, name::endpoint(&address)))
}

/// Takes over a listening descriptor of the application.
fn adopt(fd: RawFd) -> Result<Fd> {
    // SAFETY: F_GETFL and F_SETFL take and return integers.
    let flags = check(unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
    // SAFETY: as above.
    check(unsafe { libc::fcntl(fd, libc::F_SETFL, flags | libc::O_NONBLOCK) })?;
    Ok(Fd::from_raw(fd))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::made_up::tests::Scratch;
    use crate::transport::parse_bind;
    use std::os::unix::net::UnixStream;
    use std::path::PathBuf;

    fn bind(endpoint: &str, options: &ListenOptions) -> Result<Listener> {
        Listener::bind(&parse_bind(endpoint)?, options)
    }

    fn bind_v4(endpoint: &str) -> Result<Listener> {
        bind(endpoint, &ListenOptions::default())
    }

    fn port(listener: &Listener) -> u16 {
        listener
            .endpoint()
            .rsplit_once(':')
            .unwrap()
            .1
            .parse()
            .unwrap()
    }

    #[test]
    fn wildcards_are_resolved_in_the_endpoint() {
        for (endpoint, prefix) in [
            ("tcp://127.0.0.1:*", "tcp://127.0.0.1:"),
            ("tcp://*:*", "tcp://0.0.0.0:"),
            ("tcp://lo:0", "tcp://127.0.0.1:"),
        ] {
            let listener = bind_v4(endpoint).unwrap();
            assert!(
                listener.endpoint().starts_with(prefix),
                "{}",
                listener.endpoint()
            );
            assert_ne!(port(&listener), 0);
        }
    }

    #[test]
    fn an_ipv6_listener_serves_ipv4_too() {
        let options = ListenOptions {
            ipv6: true,
            ..Default::default()
        };
        for (endpoint, prefix) in [
            ("tcp://*:*", "tcp://[::]:"),
            ("tcp://127.0.0.1:*", "tcp://[::ffff:127.0.0.1]:"),
        ] {
            let listener = bind(endpoint, &options).unwrap();
            assert!(
                listener.endpoint().starts_with(prefix),
                "{}",
                listener.endpoint()
            );
            let client = std::net::TcpStream::connect(("127.0.0.1", port(&listener))).unwrap();
            let stream = listener.accept(&StreamOptions::default()).unwrap().unwrap();
            let local = client.local_addr().unwrap();
            assert_eq!(stream.peer_address(), "::ffff:127.0.0.1");
            assert_eq!(
                stream.peer_endpoint(),
                format!("tcp://[::ffff:127.0.0.1]:{}", local.port())
            );
        }
    }

    #[test]
    fn what_cannot_be_bound_says_why() {
        let taken = bind_v4("tcp://127.0.0.1:*").unwrap();
        assert_eq!(
            bind_v4(taken.endpoint()).unwrap_err().errno(),
            libc::EADDRINUSE
        );
        assert_eq!(
            bind_v4("tcp://8.8.8.8:*").unwrap_err().errno(),
            libc::EADDRNOTAVAIL
        );
        assert_eq!(
            bind_v4("ipc:///no/such/directory").unwrap_err().errno(),
            libc::ENOENT
        );
        let inproc = Address::Inproc("x".to_owned());
        let refused = Listener::bind(&inproc, &ListenOptions::default()).unwrap_err();
        assert_eq!(refused, Error::NotSupported);

        let device = ListenOptions {
            bind_to_device: "nosuchif".to_owned(),
            ..Default::default()
        };
        let error = bind("tcp://127.0.0.1:*", &device).unwrap_err().errno();
        assert!([libc::ENODEV, libc::EPERM].contains(&error), "{error}");
    }

    #[test]
    fn nothing_to_accept_is_no_error() {
        let listener = bind_v4("tcp://127.0.0.1:*").unwrap();
        assert!(
            listener
                .accept(&StreamOptions::default())
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn a_path_is_taken_over_and_left_behind() {
        let scratch = Scratch::new();
        let endpoint = scratch.endpoint("s");
        let path = scratch.0.join("s");
        let first = bind_v4(&endpoint).unwrap();
        assert_eq!(first.endpoint(), endpoint);
        let second = bind_v4(&endpoint).unwrap();
        drop(first);
        let _client = UnixStream::connect(&path).unwrap();
        assert!(second.accept(&StreamOptions::default()).unwrap().is_some());
        drop(second);
        assert!(path.exists());

        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(bind_v4(&endpoint).unwrap_err().errno(), libc::EADDRINUSE);
    }

    #[test]
    fn abstract_names_have_no_file() {
        let endpoint = format!(
            "ipc://@libzmq-oxide-{}-{:?}",
            std::process::id(),
            std::thread::current().id()
        );
        let listener = bind_v4(&endpoint).unwrap();
        assert_eq!(listener.endpoint(), endpoint);
        assert_eq!(bind_v4(&endpoint).unwrap_err().errno(), libc::EADDRINUSE);
        drop(listener);
        drop(bind_v4(&endpoint).unwrap());
    }

    #[test]
    fn a_wildcard_path_lives_as_long_as_its_listener() {
        let listener = bind_v4("ipc://*").unwrap();
        let path = PathBuf::from(listener.endpoint().strip_prefix("ipc://").unwrap());
        assert!(path.ends_with("socket"));
        let _client = UnixStream::connect(&path).unwrap();
        assert!(
            listener
                .accept(&StreamOptions::default())
                .unwrap()
                .is_some()
        );
        drop(listener);
        assert!(!path.parent().unwrap().exists());
    }

    #[test]
    fn a_descriptor_of_the_application_is_taken_over() {
        let theirs = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("tcp://{}", theirs.local_addr().unwrap());
        let options = ListenOptions {
            use_fd: theirs.into_raw_fd(),
            ..Default::default()
        };
        let ours = bind("tcp://127.0.0.1:*", &options).unwrap();
        assert_eq!(
            (ours.endpoint(), ours.as_raw_fd()),
            (endpoint.as_str(), options.use_fd)
        );
        assert!(ours.accept(&StreamOptions::default()).unwrap().is_none());

        let scratch = Scratch::new();
        let path = scratch.0.join("s");
        let theirs = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let options = ListenOptions {
            use_fd: theirs.into_raw_fd(),
            ..Default::default()
        };
        let ours = bind(&scratch.endpoint("s"), &options).unwrap();
        assert_eq!(ours.endpoint(), scratch.endpoint("s"));
        drop(ours);
        assert!(path.exists());

        let options = ListenOptions {
            use_fd: 1 << 20,
            ..Default::default()
        };
        let refused = bind("tcp://127.0.0.1:*", &options).unwrap_err();
        assert_eq!(refused.errno(), libc::EBADF);
    }
}
