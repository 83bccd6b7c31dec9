//! What the options of a socket ask of its connections, and how the operating
//! system is told.
//!
//! Where zero or −1 stands for "leave it as it is", no call is made. The ipc
//! transport has none of these: libzmq applies them to tcp only.

use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

use libc::c_int;
use socket2::SockRef;

use crate::options::AcceptFilter;
use crate::sys::{Fd, check};

/// What a listener needs to know.
#[derive(Debug, Clone)]
pub struct ListenOptions {
    /// Connections the kernel keeps ready to be accepted.
    pub backlog: i32,
    /// IPv6 addresses are wanted, IPv4 ones are mapped into them.
    pub ipv6: bool,
    /// Size of the kernel's send buffer; −1 leaves it.
    pub sndbuf: i32,
    /// Size of the kernel's receive buffer; −1 leaves it.
    pub rcvbuf: i32,
    /// Type of service of outgoing packets; 0 leaves it.
    pub tos: i32,
    /// `SO_PRIORITY`; 0 leaves it.
    pub priority: i32,
    /// `SO_BUSY_POLL` in microseconds; 0 leaves it.
    pub busy_poll: i32,
    /// Name of the one device to use; empty for any.
    pub bind_to_device: String,
    /// A listening descriptor made by the application; −1 for none.
    pub use_fd: i32,
}

impl Default for ListenOptions {
    fn default() -> Self {
        ListenOptions {
            backlog: 100,
            ipv6: false,
            sndbuf: -1,
            rcvbuf: -1,
            tos: 0,
            priority: 0,
            busy_poll: 0,
            bind_to_device: String::new(),
            use_fd: -1,
        }
    }
}

/// What a connection needs to know, connected or accepted.
#[derive(Debug, Clone)]
pub struct StreamOptions {
    /// Size of the kernel's send buffer; −1 leaves it.
    pub sndbuf: i32,
    /// Size of the kernel's receive buffer; −1 leaves it.
    pub rcvbuf: i32,
    /// Type of service of outgoing packets; 0 leaves it.
    pub tos: i32,
    /// `SO_PRIORITY`; 0 leaves it.
    pub priority: i32,
    /// `SO_BUSY_POLL` in microseconds; 0 leaves it.
    pub busy_poll: i32,
    /// Name of the one device to use; empty for any.
    pub bind_to_device: String,
    /// TCP keep-alive: −1 leaves it (and the next three), 0 off, 1 on.
    pub keepalive: i32,
    /// Unanswered probes before the connection ends; −1 leaves it.
    pub keepalive_cnt: i32,
    /// Seconds of silence before the first probe; −1 leaves it.
    pub keepalive_idle: i32,
    /// Seconds between probes; −1 leaves it.
    pub keepalive_intvl: i32,
    /// Milliseconds that sent bytes may stay unacknowledged; 0 leaves it.
    pub tcp_maxrt: i32,
    /// Whom an accepted connection may be from.
    pub accept_from: AcceptFilter,
}

impl Default for StreamOptions {
    fn default() -> Self {
        StreamOptions {
            sndbuf: -1,
            rcvbuf: -1,
            tos: 0,
            priority: 0,
            busy_poll: 0,
            bind_to_device: String::new(),
            keepalive: -1,
            keepalive_cnt: -1,
            keepalive_idle: -1,
            keepalive_intvl: -1,
            tcp_maxrt: 0,
            accept_from: AcceptFilter::default(),
        }
    }
}

impl ListenOptions {
    /// Prepares a tcp socket that is not yet bound.
    pub(super) fn prepare(&self, fd: &Fd) -> io::Result<()> {
        set_packets(fd, self.tos, self.priority)?;
        set_device(fd, &self.bind_to_device)?;
        set_buffers(fd, self.sndbuf, self.rcvbuf, self.busy_poll);
        Ok(())
    }
}

impl StreamOptions {
    /// Prepares a tcp socket that is not yet connected.
    pub(super) fn prepare(&self, fd: &Fd) -> io::Result<()> {
        set_packets(fd, self.tos, self.priority)?;
        set_device(fd, &self.bind_to_device)?;
        set_buffers(fd, self.sndbuf, self.rcvbuf, self.busy_poll);
        Ok(())
    }

    /// Prepares a tcp connection that was accepted. What belongs to its buffers
    /// and its device it has from the listener.
    pub(super) fn accepted(&self, fd: &Fd) -> io::Result<()> {
        set_packets(fd, self.tos, self.priority)?;
        self.established(fd)
    }

    /// Prepares a tcp connection that is established. The limit on
    /// retransmission belongs here: earlier it would also cut short the attempt
    /// to connect.
    pub(super) fn established(&self, fd: &Fd) -> io::Result<()> {
        let socket = SockRef::from(fd);
        socket.set_tcp_nodelay(true)?;
        if self.keepalive != -1 {
            socket.set_keepalive(self.keepalive != 0)?;
            set_unless_unset(fd, libc::TCP_KEEPCNT, self.keepalive_cnt)?;
            set_unless_unset(fd, libc::TCP_KEEPIDLE, self.keepalive_idle)?;
            set_unless_unset(fd, libc::TCP_KEEPINTVL, self.keepalive_intvl)?;
        }
        match u64::try_from(self.tcp_maxrt) {
            Ok(limit @ 1..) => socket.set_tcp_user_timeout(Some(Duration::from_millis(limit))),
            _ => Ok(()),
        }
    }
}

fn set_packets(fd: &Fd, tos: i32, priority: i32) -> io::Result<()> {
    let socket = SockRef::from(fd);
    if tos != 0 {
        socket.set_tos_v4(tos as u32)?;
        match socket.set_tclass_v6(tos as u32) {
            // An IPv4 socket has no traffic class.
            Err(error) if error.raw_os_error() != Some(libc::ENOPROTOOPT) => return Err(error),
            _ => {}
        }
    }
    if priority != 0 {
        socket.set_priority(priority as u32)?;
    }
    Ok(())
}

fn set_device(fd: &Fd, device: &str) -> io::Result<()> {
    match device {
        "" => Ok(()),
        device => SockRef::from(fd).bind_device(Some(device.as_bytes())),
    }
}

/// Buffers and busy polling are wishes: the kernel caps them, and may refuse.
fn set_buffers(fd: &Fd, sndbuf: i32, rcvbuf: i32, busy_poll: i32) {
    let socket = SockRef::from(fd);
    if let Ok(size) = usize::try_from(sndbuf) {
        let _ = socket.set_send_buffer_size(size);
    }
    if let Ok(size) = usize::try_from(rcvbuf) {
        let _ = socket.set_recv_buffer_size(size);
    }
    if busy_poll > 0 {
        let _ = socket.set_busy_poll(busy_poll as u32);
    }
}

/// Sets a number of `IPPROTO_TCP`, unless it is −1.
fn set_unless_unset(fd: &Fd, option: c_int, value: c_int) -> io::Result<()> {
    if value == -1 {
        return Ok(());
    }
    let size = size_of::<c_int>() as libc::socklen_t;
    // SAFETY: the kernel reads `size` bytes of `value`, which outlives the call.
    let result = unsafe {
        let value = (&raw const value).cast();
        libc::setsockopt(fd.as_raw_fd(), libc::IPPROTO_TCP, option, value, size)
    };
    check(result).map(drop)
}
