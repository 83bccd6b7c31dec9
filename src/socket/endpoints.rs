//! Endpoints: bind, connect, and the end of both.

use std::ffi::c_void;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::inner::Inner;
use super::lease::Home;
use super::{Entered, SocketRef};
use crate::error::{Error, Result};
use crate::link::{Batches, Conflate, FillHalf, Limits, Linger, Link, PipeId, Watch};
use crate::memory::reserve::scarce;
use crate::options::BATCH_SIZE;
use crate::pipe::{LinkPipe, PeerInfo, Pipe};
use crate::reactor::{Acceptor, Connector, Ends, Event, IoThread, Notes, Peering, Request};
use crate::transport::{
    Address, ListenOptions, Listener, Proxy, StreamOptions, parse_bind, parse_connect, parse_end,
    text,
};
use crate::zmtp::{Config, HeartbeatConfig, Raw, SocketType};

/// Numbers of endpoints whose pipes come and go; apart from those of links.
static NEXT_ORIGIN: AtomicU64 = AtomicU64::new(1 << 63);

/// Milliseconds that a peer has to take what was sent before it is hung up on,
/// though the socket lingers for less.
const HANG_UP: u64 = 1000;

/// `ZMQ_NOTIFY_CONNECT`.
const NOTIFY_CONNECT: i32 = 1;
/// `ZMQ_NOTIFY_DISCONNECT`.
const NOTIFY_DISCONNECT: i32 = 2;

/// One endpoint of a socket, by the text that unbinds or disconnects it.
pub(super) struct Endpoint {
    text: String,
    what: What,
}

enum What {
    /// Accepts connections.
    Listener(u64, Arc<IoThread>, Arc<Listener>),
    /// A name of the context.
    Name(String),
    /// A connecting pipe.
    Pipe(PipeId),
    /// Connects, and has a pipe only while connected.
    Immediate(u64, Arc<IoThread>),
}

impl Endpoint {
    /// Ends what was bound. Pipes are ended on their own.
    pub fn release(self, socket: &Inner) {
        let linger = Linger::from_option(socket.options.linger);
        match self.what {
            What::Listener(number, io, listener) => {
                listener.stop();
                io.request(Request::Unlisten(number, linger));
            }
            What::Immediate(number, io) => io.request(Request::Unlisten(number, linger)),
            What::Name(name) => {
                socket.ctx.names.unbind(&name, socket.number);
            }
            What::Pipe(_) => {}
        }
    }
}

fn enter(socket: *mut c_void) -> Result<Entered> {
    SocketRef::resolve(socket)?.enter()?.alive()
}

/// `zmq_bind`. A name is looked up without the lock: a name server that does not
/// answer holds up this call, and no other.
pub fn bind(socket: *mut c_void, endpoint: &str) -> Result<()> {
    let mut entered = enter(socket)?;
    scarce()?;
    let listener = match parse_bind(endpoint) {
        Ok(Address::Inproc(name)) => return entered.bind_name(endpoint, name),
        Ok(address) => {
            let options = entered.listen_options();
            entered.leave();
            let listener = Listener::bind(&address, &options);
            entered = enter(socket)?;
            listener
        }
        Err(error) => Err(error),
    };
    let bound = listener.and_then(|listener| entered.listen(listener));
    if let (Err(error), Some(("tcp" | "ipc", rest))) = (&bound, endpoint.split_once("://"))
        && !rest.is_empty()
    {
        let ends = Ends::listener(rest);
        entered.report(Event::BindFailed, error.errno() as u64, &ends);
    }
    bound
}

/// `zmq_connect`.
pub fn connect(socket: *mut c_void, endpoint: &str) -> Result<()> {
    let mut socket = enter(socket)?;
    scarce()?;
    let address = parse_connect(endpoint)?;
    let known = socket.endpoints.iter().any(|known| known.text == endpoint);
    match address {
        Address::Inproc(name) => socket.connect_name(endpoint, &name),
        _ if known && socket.connects_once() => Ok(()),
        address => socket.connect_to(endpoint, address),
    }
}

/// `zmq_unbind`.
pub fn unbind(socket: *mut c_void, endpoint: &str) -> Result<()> {
    end(socket, endpoint)
}

/// `zmq_disconnect`.
pub fn disconnect(socket: *mut c_void, endpoint: &str) -> Result<()> {
    end(socket, endpoint)
}

/// Ends whatever the socket has under this endpoint, bound or connected. Only a
/// text that is not known is looked up, without the lock.
fn end(socket: *mut c_void, endpoint: &str) -> Result<()> {
    let mut entered = enter(socket)?;
    let address = parse_end(endpoint)?;
    if entered.end_endpoint(endpoint) {
        return Ok(());
    }
    let Address::Tcp(address) = address else {
        return Err(Error::NotFound);
    };
    let is_tcp = |known: &Endpoint| known.text.starts_with("tcp://");
    if !entered.endpoints.iter().any(is_tcp) {
        return Err(Error::NotFound);
    }
    let ipv6 = entered.options.ipv6;
    entered.leave();
    for spelling in address.spellings(ipv6) {
        if enter(socket)?.end_endpoint(&spelling) {
            return Ok(());
        }
    }
    enter(socket).and(Err(Error::NotFound))
}

impl Inner {
    /// Types that connect to one endpoint only once.
    fn connects_once(&self) -> bool {
        use SocketType::{Dealer, Pub, Req, Sub};
        [Dealer, Sub, Pub, Req].contains(&self.options.socket_type)
    }

    /// Which way new pipes keep the newest message only: `ZMQ_CONFLATE`, on the
    /// types that have it. Subscriptions are all kept.
    fn conflates(&self) -> Conflate {
        use SocketType::{Dealer, Pub, Pull, Push, Sub};
        let (out, incoming) = match self.options.socket_type {
            Dealer | Pull | Push => (true, true),
            Pub => (true, false),
            Sub => (false, true),
            _ => (false, false),
        };
        Conflate {
            out: out && self.options.conflate,
            incoming: incoming && self.options.conflate,
        }
    }

    // --------------------------------------------------------------- tcp, ipc

    /// The I/O thread that reads for this socket, made with its first endpoint.
    fn settle_down(&mut self) -> Result<Arc<IoThread>> {
        if self.home.is_none() {
            let io = self.ctx.io_thread(self.options.affinity)?;
            let set = io.read_set()?;
            self.pipes.set_watch(set.clone());
            self.home = Some(Home::new(io, set));
        }
        self.ctx.io_thread(self.options.affinity)
    }

    fn listen(&mut self, listener: Listener) -> Result<()> {
        let io = self.settle_down()?;
        let listener = Arc::new(listener);
        let number = NEXT_ORIGIN.fetch_add(1, Ordering::Relaxed);
        let text = listener.endpoint().to_string();
        let peering = Arc::new(self.peering());
        let acceptor = Acceptor {
            number,
            listener: listener.clone(),
            peering,
        };
        let fd = listener.as_raw_fd();
        self.report(Event::Listening, fd as u64, &Ends::listener(&text));
        io.request(Request::Listen(Box::new(acceptor)));
        self.last_endpoint.clone_from(&text);
        self.endpoints.push(Endpoint {
            text,
            what: What::Listener(number, io, listener),
        });
        Ok(())
    }

    fn connect_to(&mut self, endpoint: &str, address: Address) -> Result<()> {
        let io = self.settle_down()?;
        let peering = Arc::new(self.peering());
        let background = io.background().clone();
        let origin = match peering.immediate {
            true => NEXT_ORIGIN.fetch_add(1, Ordering::Relaxed),
            false => 0,
        };
        let limits = Limits {
            origin,
            ..peering.limits
        };
        let pool = self.ctx.pool.clone();
        let (link, writer) = Link::new(peering.owner.clone(), background, pool, limits);
        let (what, writer) = if peering.immediate {
            (What::Immediate(origin, io.clone()), Some(writer))
        } else {
            let pipe = LinkPipe::new(link.clone(), writer, self.options.sndhwm as u64);
            let name = self.name_for_peer();
            let Some(id) = self.attach(Pipe::Link(pipe), name.as_ref()) else {
                // Taken for the pattern's refusal of a second peer: no error.
                return Ok(());
            };
            (What::Pipe(id), None)
        };
        io.request(Request::Connect(Box::new(Connector {
            link,
            writer,
            address,
            endpoint: endpoint.to_string(),
            peering,
        })));
        self.last_endpoint = endpoint.to_string();
        self.endpoints.push(Endpoint {
            text: endpoint.to_string(),
            what,
        });
        Ok(())
    }

    /// Whether peers are met without a handshake, and how.
    fn raw(&self) -> Option<Raw> {
        let options = &self.options;
        let raw = options.socket_type == SocketType::Stream || options.router_raw;
        raw.then_some(Raw {
            notify: options.stream_notify,
        })
    }

    /// How much a system call is asked to do. The default is the library's choice.
    fn batches(&self) -> Batches {
        let or = |given: i32, chosen: usize| match given {
            BATCH_SIZE => chosen,
            given => given.max(1) as usize,
        };
        let chosen = Batches::default();
        Batches {
            read: or(self.options.in_batch_size, chosen.read),
            write: or(self.options.out_batch_size, chosen.write),
        }
    }

    /// What this socket's connections are made with, as the options are now.
    fn peering(&self) -> Peering {
        let options = &self.options;
        let mut handshake = Config::new(options.socket_type);
        handshake.routing_id = options.routing_id.clone();
        handshake.properties = options.metadata.clone();
        let milliseconds = |value: i32| Duration::from_millis(value.max(0) as u64);
        Peering {
            owner: Arc::new(self.me),
            handshake,
            raw: self.raw(),
            stream: self.stream_options(),
            limits: Limits {
                origin: 0,
                send_mark: options.sndhwm as u64,
                receive_mark: options.rcvhwm as u64,
                // Bytes as they are come in no messages that could be too large.
                max_size: u64::try_from(options.maxmsgsize)
                    .ok()
                    .filter(|_| self.raw().is_none()),
                conflate: self.conflates(),
                subscribes: matches!(options.socket_type, SocketType::Pub | SocketType::XPub),
                batches: self.batches(),
                share: options.zero_copy_recv,
            },
            pool: self.ctx.pool.clone(),
            handshake_limit: milliseconds(options.handshake_ivl),
            connect_limit: milliseconds(options.connect_timeout),
            heartbeat: HeartbeatConfig {
                interval: milliseconds(options.heartbeat_ivl),
                timeout: u64::try_from(options.heartbeat_timeout)
                    .ok()
                    .map(Duration::from_millis),
                ttl: milliseconds(options.heartbeat_ttl),
            },
            reconnect: options.reconnect_ivl,
            reconnect_stop: options.reconnect_stop,
            reconnect_most: options.reconnect_ivl_max,
            ipv6: options.ipv6,
            proxy: (!options.socks_proxy.is_empty()).then(|| {
                Proxy::new(
                    &text::read(&options.socks_proxy),
                    &options.socks_username,
                    &options.socks_password,
                )
            }),
            immediate: options.immediate,
            notes: self.notes(),
            monitor: self.monitor.clone(),
            keep: self.keep.clone(),
        }
    }

    /// What this socket and its peers want to find in their queues about
    /// connections, as far as their types have it.
    pub fn notes(&self) -> Notes {
        let options = &self.options;
        let router = options.socket_type == SocketType::Router;
        let dealer = options.socket_type == SocketType::Dealer;
        let if_on = |on: bool, text: &Vec<u8>| if on { text.clone() } else { Vec::new() };
        Notes {
            hello: if_on(router || dealer, &options.hello_msg),
            disconnect: if_on(router, &options.disconnect_msg),
            hiccup: if_on(dealer, &options.hiccup_msg),
            tell_arrival: router && options.router_notify & NOTIFY_CONNECT != 0,
            tell_loss: router && options.router_notify & NOTIFY_DISCONNECT != 0,
        }
    }

    fn stream_options(&self) -> StreamOptions {
        let options = &self.options;
        StreamOptions {
            sndbuf: options.sndbuf,
            rcvbuf: options.rcvbuf,
            tos: options.tos,
            priority: options.priority,
            busy_poll: options.busy_poll,
            bind_to_device: String::from_utf8_lossy(&options.bound_device).into_owned(),
            keepalive: options.tcp_keepalive,
            keepalive_cnt: options.tcp_keepalive_cnt,
            keepalive_idle: options.tcp_keepalive_idle,
            keepalive_intvl: options.tcp_keepalive_intvl,
            tcp_maxrt: options.tcp_maxrt,
            accept_from: options.accept_from.clone(),
        }
    }

    fn listen_options(&self) -> ListenOptions {
        let options = &self.options;
        ListenOptions {
            backlog: options.backlog,
            ipv6: options.ipv6,
            sndbuf: options.sndbuf,
            rcvbuf: options.rcvbuf,
            tos: options.tos,
            priority: options.priority,
            busy_poll: options.busy_poll,
            bind_to_device: String::from_utf8_lossy(&options.bound_device).into_owned(),
            use_fd: options.use_fd,
        }
    }

    /// What `ZMQ_CONNECT_ROUTING_ID` calls the next peer, if it does and nobody has
    /// that name. A raw peer will not say who it is, so that is settled now in any case.
    fn name_for_peer(&mut self) -> Option<PeerInfo> {
        let routing_id = std::mem::take(&mut self.options.connect_routing_id);
        (!routing_id.is_empty() || self.raw().is_some()).then_some(PeerInfo {
            routing_id,
            socket_type: None,
            commands: false,
        })
    }

    // ----------------------------------------------------------------- inproc

    fn bind_name(&mut self, endpoint: &str, name: String) -> Result<()> {
        let ctx = self.ctx.clone();
        let (marks, info) = (self.marks(), self.introduction());
        let binder = Arc::new(self.me);
        let waiting = ctx
            .names
            .bind(&name, self.number, binder, marks, info.clone())?;
        for (pipe, peer) in waiting {
            let notice = pipe.introduce(info.clone());
            self.defer().due.push(crate::pipe::Due::Notify(notice));
            let id = self.attach(Pipe::Inproc(pipe), Some(&peer));
            self.gone_already(id);
        }
        self.last_endpoint = endpoint.to_string();
        self.endpoints.push(Endpoint {
            text: endpoint.to_string(),
            what: What::Name(name),
        });
        Ok(())
    }

    fn connect_name(&mut self, endpoint: &str, name: &str) -> Result<()> {
        let ctx = self.ctx.clone();
        let (marks, info) = (self.marks(), self.introduction());
        let (me, conflate) = (Box::new(self.me), self.conflates());
        let connected = ctx.names.connect(name, me, marks, info, conflate);
        self.defer().tell.extend(connected.tell);
        let name = self.name_for_peer();
        let peer = name.as_ref().or(connected.peer.as_ref());
        let Some(id) = self.attach(Pipe::Inproc(connected.pipe), peer) else {
            return Ok(());
        };
        if let (Some(_), Some(peer)) = (name, connected.peer) {
            // What it is called by itself counts if somebody has that name.
            self.known(id, &peer);
        }
        if let Some(Pipe::Inproc(pipe)) = self.pipes.get(id)
            && let Some(peer) = pipe.introduced()
        {
            self.known(id, &peer);
        }
        self.last_endpoint = endpoint.to_string();
        self.endpoints.push(Endpoint {
            text: endpoint.to_string(),
            what: What::Pipe(id),
        });
        Ok(())
    }

    // ------------------------------------------------------------------- ends

    /// Ends the endpoints of this text; says whether there were any. A name that is
    /// bound and connected to is only unbound, and disconnected the next time.
    fn end_endpoint(&mut self, text: &str) -> bool {
        let is_name = |known: &Endpoint| matches!(known.what, What::Name(_));
        let bound = self.endpoints.iter().any(|e| e.text == text && is_name(e));
        let (ending, kept) = std::mem::take(&mut self.endpoints)
            .into_iter()
            .partition(|known| known.text == text && is_name(known) == bound);
        self.endpoints = kept;
        let ending: Vec<Endpoint> = ending;
        let found = !ending.is_empty();
        for endpoint in ending {
            match endpoint.what {
                What::Pipe(id) => self.end_pipe(id),
                What::Listener(number, ..) => {
                    endpoint.release(self);
                    self.end_pipes_of(number, Inner::dismiss);
                }
                What::Immediate(number, _) => {
                    endpoint.release(self);
                    self.end_pipes_of(number, Inner::end_pipe);
                }
                What::Name(_) => endpoint.release(self),
            }
        }
        found
    }

    /// A connecting pipe is gone for good, and so is its endpoint.
    pub fn forget_endpoint(&mut self, pipe: PipeId) {
        let is_it = |what: &What| matches!(what, What::Pipe(id) if *id == pipe);
        self.endpoints.retain(|endpoint| !is_it(&endpoint.what));
    }

    /// Ends the pipes of the peers that came by an endpoint.
    fn end_pipes_of(&mut self, origin: u64, end: fn(&mut Inner, PipeId)) {
        let came = |pipe: &Pipe| matches!(pipe, Pipe::Link(pipe) if pipe.link.origin() == origin);
        let came: Vec<PipeId> = self
            .pipes
            .iter_mut()
            .filter(|(_, pipe)| came(pipe))
            .map(|(id, _)| id)
            .collect();
        for id in came {
            end(self, id);
        }
    }

    /// Unbinds: what was received stays readable; its acceptor has what is still
    /// to be sent sent.
    fn dismiss(&mut self, id: PipeId) {
        let mut spent = Vec::new();
        let Some(Pipe::Link(pipe)) = self.pipes.get(id) else {
            return;
        };
        pipe.rollback(&mut spent);
        let link = pipe.link.clone();
        let conn = link.with_fill(FillHalf::disconnect);
        if let Some(home) = &self.home {
            home.set.remove(id);
            home.set.stop(&link, conn.as_deref());
        }
        self.departed(&link, true);
        self.defer().spent.append(&mut spent);
    }

    /// Closes the connection of a peer because the application said so with an
    /// empty message: what came before it has a moment to be sent at least.
    pub(super) fn hang_up(&mut self, id: PipeId) {
        let linger = match Linger::from_option(self.options.linger) {
            Linger::For(limit) => Linger::For(limit.max(HANG_UP)),
            Linger::Forever => Linger::Forever,
        };
        self.end_pipe_within(id, linger);
    }

    /// Disconnects: what was received is dropped, what is still to be sent is
    /// sent while the socket's linger lasts.
    fn end_pipe(&mut self, id: PipeId) {
        if let Some(Pipe::Link(pipe)) = self.pipes.get(id) {
            pipe.link.part();
        }
        self.end_pipe_within(id, Linger::from_option(self.options.linger));
    }

    fn end_pipe_within(&mut self, id: PipeId, linger: Linger) {
        let mut spent = Vec::new();
        if let Some(Pipe::Link(pipe)) = self.pipes.get(id) {
            pipe.rollback(&mut spent);
            let link = pipe.link.clone();
            self.remove(id);
            link.close(linger);
        } else {
            self.remove(id);
        }
        self.defer().spent.append(&mut spent);
    }
}
