//! A listening endpoint of a socket, as its I/O thread sees it.
//!
//! Running out of descriptors does not make it spin: it pauses and tries again.

use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;
use std::time::Duration;

use crate::memory::reserve::scarce;
use crate::reactor::{Ends, Event, Peering};
use crate::transport::{Listener, Stream};

/// How long no connection is accepted after the operating system refused one.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// How many connections are accepted before others get their turn.
const BATCH: usize = 64;

/// A listener and how its connections are to be met.
pub struct Acceptor {
    /// Tells it from every other acceptor and link of the process.
    pub number: u64,
    /// The listening descriptor.
    pub listener: Arc<Listener>,
    /// What accepted connections are made with.
    pub peering: Arc<Peering>,
}

/// What one round of accepting came to.
pub(super) struct Accepted {
    /// New connections.
    pub streams: Vec<Stream>,
    /// Why it ended.
    pub end: End,
}

/// Why a round of accepting ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nobody else is waiting.
    Done,
    /// More may be waiting.
    More,
    /// The operating system has no room: later.
    Refused,
}

impl Acceptor {
    /// Accepts what is waiting, within bounds.
    pub(super) fn accept(&self) -> Accepted {
        let mut streams = Vec::new();
        for _ in 0..BATCH {
            let accepted = scarce()
                .map_err(|_| std::io::Error::from_raw_os_error(libc::ENOMEM))
                .and_then(|()| self.listener.accept(&self.peering.stream));
            match accepted {
                Ok(Some(stream)) => streams.push(stream),
                Ok(None) => {
                    return Accepted {
                        streams,
                        end: End::Done,
                    };
                }
                Err(error) if connection_lost(&error) => self.failed(&error),
                Err(error) => {
                    self.failed(&error);
                    return Accepted {
                        streams,
                        end: End::Refused,
                    };
                }
            }
        }
        Accepted {
            streams,
            end: End::More,
        }
    }

    /// Tells the monitor of a connection that was not to be had. A listener that
    /// does not listen any more (`EINVAL`) has none.
    fn failed(&self, error: &std::io::Error) {
        let errno = error.raw_os_error().unwrap_or(libc::EIO);
        if errno != libc::EINVAL {
            self.report(Event::AcceptFailed, errno as u64);
        }
    }

    /// Tells the monitor that nobody is accepted any more, or that the path which
    /// was made up for it is not as it was left.
    pub(super) fn closed(&self) {
        match self.listener.remove_path() {
            Ok(()) => self.report(Event::Closed, self.as_raw_fd() as u64),
            Err(error) => {
                let errno = error.raw_os_error().unwrap_or(libc::EIO);
                self.report(Event::CloseFailed, errno as u64);
            }
        }
    }

    fn report(&self, event: Event, value: u64) {
        let ends = Ends::listener(self.listener.endpoint());
        self.peering.monitor.report(event, value, &ends);
    }
}

/// Whether the error concerns one connection only.
fn connection_lost(error: &std::io::Error) -> bool {
    let lasting = [
        libc::EMFILE,
        libc::ENFILE,
        libc::ENOMEM,
        libc::ENOBUFS,
        libc::EBADF,
    ];
    !error.raw_os_error().is_some_and(|number| {
        lasting.contains(&number) || number == libc::EINVAL || number == libc::ENOTSOCK
    })
}

impl AsRawFd for Acceptor {
    fn as_raw_fd(&self) -> RawFd {
        self.listener.as_raw_fd()
    }
}
