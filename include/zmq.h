// ZeroMQ's C API, version 4.3.5, as libzmq-oxide offers it.
//
// Made from the sources of the library: do not edit. Unless a comment says
// otherwise, a function returns 0 or more, or a pointer, when it succeeds, and -1
// or NULL when it fails; errno (or zmq_errno()) then says why. The comments name
// the errors that a correct program may meet.
//
// SPDX-License-Identifier: MPL-2.0

#ifndef __ZMQ_H_INCLUDED__
#define __ZMQ_H_INCLUDED__

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/select.h> // sigset_t, also in strict C99

#define ZMQ_DEFINED_STDINT 1

// Makes the functions of the shared library visible; defined away at the end.
#if defined ZMQ_NO_EXPORT
#define ZMQ_EXPORT
#elif defined __GNUC__ || defined __clang__
#define ZMQ_EXPORT __attribute__((visibility("default")))
#else
#define ZMQ_EXPORT
#endif

// Versions as numbers that can be compared:
// #if ZMQ_VERSION >= ZMQ_MAKE_VERSION(4, 3, 0)
#define ZMQ_MAKE_VERSION(major, minor, patch) \
    ((major) * 10000 + (minor) * 100 + (patch))
#define ZMQ_VERSION \
    ZMQ_MAKE_VERSION(ZMQ_VERSION_MAJOR, ZMQ_VERSION_MINOR, ZMQ_VERSION_PATCH)

// Errors that some systems lack. Where errno.h has them they are its own.
#ifndef ENOTSUP
#define ENOTSUP (ZMQ_HAUSNUMERO + 1)
#endif
#ifndef EPROTONOSUPPORT
#define EPROTONOSUPPORT (ZMQ_HAUSNUMERO + 2)
#endif
#ifndef ENOBUFS
#define ENOBUFS (ZMQ_HAUSNUMERO + 3)
#endif
#ifndef ENETDOWN
#define ENETDOWN (ZMQ_HAUSNUMERO + 4)
#endif
#ifndef EADDRINUSE
#define EADDRINUSE (ZMQ_HAUSNUMERO + 5)
#endif
#ifndef EADDRNOTAVAIL
#define EADDRNOTAVAIL (ZMQ_HAUSNUMERO + 6)
#endif
#ifndef ECONNREFUSED
#define ECONNREFUSED (ZMQ_HAUSNUMERO + 7)
#endif
#ifndef EINPROGRESS
#define EINPROGRESS (ZMQ_HAUSNUMERO + 8)
#endif
#ifndef ENOTSOCK
#define ENOTSOCK (ZMQ_HAUSNUMERO + 9)
#endif
#ifndef EMSGSIZE
#define EMSGSIZE (ZMQ_HAUSNUMERO + 10)
#endif
#ifndef EAFNOSUPPORT
#define EAFNOSUPPORT (ZMQ_HAUSNUMERO + 11)
#endif
#ifndef ENETUNREACH
#define ENETUNREACH (ZMQ_HAUSNUMERO + 12)
#endif
#ifndef ECONNABORTED
#define ECONNABORTED (ZMQ_HAUSNUMERO + 13)
#endif
#ifndef ECONNRESET
#define ECONNRESET (ZMQ_HAUSNUMERO + 14)
#endif
#ifndef ENOTCONN
#define ENOTCONN (ZMQ_HAUSNUMERO + 15)
#endif
#ifndef ETIMEDOUT
#define ETIMEDOUT (ZMQ_HAUSNUMERO + 16)
#endif
#ifndef EHOSTUNREACH
#define EHOSTUNREACH (ZMQ_HAUSNUMERO + 17)
#endif
#ifndef ENETRESET
#define ENETRESET (ZMQ_HAUSNUMERO + 18)
#endif

// zmq_has() and the timers are there.
#define ZMQ_HAS_CAPABILITIES 1
#define ZMQ_HAVE_TIMERS

#ifdef ZMQ_BUILD_DRAFT_API
// The poller is there.
#define ZMQ_HAVE_POLLER
// Names for zmq_msg_gets().
#define ZMQ_MSG_PROPERTY_ROUTING_ID "Routing-Id"
#define ZMQ_MSG_PROPERTY_SOCKET_TYPE "Socket-Type"
#define ZMQ_MSG_PROPERTY_USER_ID "User-Id"
#define ZMQ_MSG_PROPERTY_PEER_ADDRESS "Peer-Address"
#endif

#ifdef __cplusplus
extern "C" {
#endif

// One part of a message. What is in it is private: initialise it with one of the
// zmq_msg_init functions before any other use, and close it when done. It may be
// moved in memory only by zmq_msg_move().
typedef struct zmq_msg_t {
#if defined __GNUC__ || defined __clang__
    unsigned char _[64] __attribute__((aligned(sizeof(void *))));
#else
    unsigned char _[64];
#endif
} zmq_msg_t;

// Frees the body of a message, on any thread.
typedef void(zmq_free_fn)(void *data, void *hint);
// Is called when a timer is due.
typedef void(zmq_timer_fn)(int timer_id, void *arg);
// Runs in a thread of its own.
typedef void(zmq_thread_fn)(void *arg);

struct iovec;

// -----------------------------------------------------------------------------
// Version
// -----------------------------------------------------------------------------

// The version of the ZeroMQ API that this header describes. What the library
// in use implements is told by zmq_version().
#define ZMQ_VERSION_MAJOR 4

// The minor number: grows with additions.
#define ZMQ_VERSION_MINOR 3

// The patch number.
#define ZMQ_VERSION_PATCH 5

// -----------------------------------------------------------------------------
// Errors
// -----------------------------------------------------------------------------

// Errors that the operating system does not define are counted from here.
#define ZMQ_HAUSNUMERO 156384712

// The call does not fit the state the socket is in: receiving on a REQ socket
// before a request was sent, for example.
#define EFSM (ZMQ_HAUSNUMERO + 51)

// The transport cannot carry this type of socket.
#define ENOCOMPATPROTO (ZMQ_HAUSNUMERO + 52)

// The context has been terminated or shut down: close the socket.
#define ETERM (ZMQ_HAUSNUMERO + 53)

// The context has no I/O thread that could do this.
#define EMTHREAD (ZMQ_HAUSNUMERO + 54)

// The error of the calling thread's last failed call; the same as errno.
ZMQ_EXPORT int zmq_errno(void);

// The meaning of an error number, in English. Never NULL. The text stays valid;
// that of a number of the operating system until the next call, as strerror()'s.
ZMQ_EXPORT
const char *zmq_strerror(int errnum);

// The version of the library in use. Each pointer may be NULL.
ZMQ_EXPORT void zmq_version(int *major, int *minor, int *patch);

// -----------------------------------------------------------------------------
// Contexts
// -----------------------------------------------------------------------------

// Number of I/O threads, 0 or more. To be set before the first socket is made.
#define ZMQ_IO_THREADS 1

// How many sockets may be open at a time, 1 or more.
#define ZMQ_MAX_SOCKETS 2

// The largest value ZMQ_MAX_SOCKETS accepts. Read only.
#define ZMQ_SOCKET_LIMIT 3

// Scheduling priority of the I/O threads. Write only.
#define ZMQ_THREAD_PRIORITY 3

// Scheduling policy of the I/O threads, as for pthread_setschedparam().
#define ZMQ_THREAD_SCHED_POLICY 4

// The largest message body that may be sent or received, in bytes.
#define ZMQ_MAX_MSGSZ 5

// The size of zmq_msg_t in the library, in bytes. Read only.
#define ZMQ_MSG_T_SIZE 6

// Lets the I/O threads run on this CPU, in addition to those added before.
#define ZMQ_THREAD_AFFINITY_CPU_ADD 7

// Takes a CPU off the list that ZMQ_THREAD_AFFINITY_CPU_ADD made.
#define ZMQ_THREAD_AFFINITY_CPU_REMOVE 8

// A number, or a text of up to 16 bytes, that the I/O threads' names begin with.
#define ZMQ_THREAD_NAME_PREFIX 9

// What ZMQ_IO_THREADS is in a new context.
#define ZMQ_IO_THREADS_DFLT 1

// What ZMQ_MAX_SOCKETS is in a new context.
#define ZMQ_MAX_SOCKETS_DFLT 1023

// The system's own priority.
#define ZMQ_THREAD_PRIORITY_DFLT -1

// The system's own scheduling policy.
#define ZMQ_THREAD_SCHED_POLICY_DFLT -1

// Makes a context. NULL if there is no memory or no descriptor left.
ZMQ_EXPORT void *zmq_ctx_new(void);

// Ends a context: blocked calls of its sockets fail with ETERM, and the call
// waits until all of them are closed and what lingers is sent or given up.
// Fails with EINTR when a signal handler ran: call it again. EFAULT: not a
// context.
ZMQ_EXPORT int zmq_ctx_term(void *context);

// Lets blocked and later calls of the context's sockets fail with ETERM, and
// returns at once. The sockets are still to be closed, the context to be ended.
// EFAULT: not a context.
ZMQ_EXPORT int zmq_ctx_shutdown(void *context);

// Sets an option of a context. EINVAL: no such option, or not in its range.
// EFAULT: not a context.
ZMQ_EXPORT int zmq_ctx_set(void *context, int option, int optval);

// The value of an option of a context, -1 if that fails. EINVAL: no such
// option. EFAULT: not a context.
ZMQ_EXPORT int zmq_ctx_get(void *context, int option);

// Old form of zmq_ctx_new(), with the number of I/O threads. EINVAL: negative.
ZMQ_EXPORT void *zmq_init(int io_threads);

// Old name of zmq_ctx_term().
ZMQ_EXPORT int zmq_term(void *context);

// Old name of zmq_ctx_term().
ZMQ_EXPORT int zmq_ctx_destroy(void *context);

// -----------------------------------------------------------------------------
// Messages
// -----------------------------------------------------------------------------

// 1 if more parts of the same message follow this one.
#define ZMQ_MORE 1

// 1 if the body may be shared with copies of the message.
#define ZMQ_SHARED 3

// Flag of sending and receiving: fail with EAGAIN instead of waiting.
#define ZMQ_DONTWAIT 1

// Flag of sending: more parts of the same message follow.
#define ZMQ_SNDMORE 2

// The longest name of a group, in bytes.
#define ZMQ_GROUP_MAX_LENGTH 255

// Makes an empty message. Never fails.
ZMQ_EXPORT int zmq_msg_init(zmq_msg_t *msg);

// Makes a message with a body of size bytes, whose content is undefined.
// Fails with ENOMEM.
ZMQ_EXPORT int zmq_msg_init_size(zmq_msg_t *msg, size_t size);

// Makes a message whose body is the size bytes at data, which are not
// copied. When the last message that refers to them is closed or sent,
// ffn(data, hint) is called, once, from any thread. Without ffn the bytes
// must outlive every such message. Fails with ENOMEM, or with EFAULT if data is
// null and size is not 0; ffn is not called then.
ZMQ_EXPORT
int zmq_msg_init_data(zmq_msg_t *msg,
                      void *data,
                      size_t size,
                      zmq_free_fn * ffn,
                      void *hint);

// Gives up a message and what it owns. A closed message can only be
// initialised again, and asked for ZMQ_MORE.
ZMQ_EXPORT int zmq_msg_close(zmq_msg_t *msg);

// Closes dest, moves the message src there and leaves an empty one at src.
ZMQ_EXPORT int zmq_msg_move(zmq_msg_t *dest, zmq_msg_t *src);

// Closes dest and makes it a copy of src. A large body is not copied but
// shared: neither may be written to from then on.
ZMQ_EXPORT int zmq_msg_copy(zmq_msg_t *dest, zmq_msg_t *src);

// Where the body is; good until the message is closed, moved or sent.
ZMQ_EXPORT void *zmq_msg_data(zmq_msg_t *msg);

// The length of the body in bytes.
ZMQ_EXPORT size_t zmq_msg_size(const zmq_msg_t *msg);

// 1 if another frame of the same message follows, else 0. May be asked of a
// closed message.
ZMQ_EXPORT int zmq_msg_more(const zmq_msg_t *msg);

// A property of the message: ZMQ_MORE, ZMQ_SRCFD or ZMQ_SHARED. Fails
// with EINVAL if there is none such, or this message has none.
ZMQ_EXPORT int zmq_msg_get(const zmq_msg_t *msg, int property);

// Sets a property. There is none that can be set: fails with EINVAL.
ZMQ_EXPORT int zmq_msg_set(zmq_msg_t *msg, int property, int value);

// A property of the peer that the message came from, by name, such as
// Socket-Type or User-Id; good until the message is closed. Fails with
// EINVAL if there is none of that name.
ZMQ_EXPORT const char *zmq_msg_gets(const zmq_msg_t *msg, const char *property);

// -----------------------------------------------------------------------------
// Types of sockets
// -----------------------------------------------------------------------------

// One peer, both ways, no routing.
#define ZMQ_PAIR 0

// Sends each message to every subscriber whose subscriptions match it.
#define ZMQ_PUB 1

// Receives what it has subscribed to.
#define ZMQ_SUB 2

// Sends a request, then receives its reply.
#define ZMQ_REQ 3

// Receives a request, then sends its reply.
#define ZMQ_REP 4

// Spreads messages over its peers in turn, receives from all in turn.
#define ZMQ_DEALER 5

// Addresses peers by routing id: the first part of each message.
#define ZMQ_ROUTER 6

// Receives from all its PUSH peers in turn.
#define ZMQ_PULL 7

// Spreads messages over its PULL peers in turn.
#define ZMQ_PUSH 8

// A PUB that receives the subscriptions as messages.
#define ZMQ_XPUB 9

// A SUB that subscribes by sending messages.
#define ZMQ_XSUB 10

// Plain TCP, without ZeroMQ's protocol.
#define ZMQ_STREAM 11

// -----------------------------------------------------------------------------
// Options of sockets
// -----------------------------------------------------------------------------

// Bit mask (uint64_t) of the I/O threads to use; 0 means all. Default 0.
#define ZMQ_AFFINITY 4

// The name (1 to 255 bytes) that a ROUTER peer will know this socket by.
#define ZMQ_ROUTING_ID 5

// SUB: a prefix (bytes) to receive. An empty one matches all. Write only.
#define ZMQ_SUBSCRIBE 6

// SUB: takes back one ZMQ_SUBSCRIBE of the same prefix. Write only.
#define ZMQ_UNSUBSCRIBE 7

// Limit of multicast sending, in kilobits a second. Default 100.
#define ZMQ_RATE 8

// How long a lost multicast packet can be asked for again, in ms. Default 10000.
#define ZMQ_RECOVERY_IVL 9

// The kernel's send buffer, in bytes; -1 leaves it alone. Default -1.
#define ZMQ_SNDBUF 11

// The kernel's receive buffer, in bytes; -1 leaves it alone. Default -1.
#define ZMQ_RCVBUF 12

// 1 if the part received last is not the last of its message. Read only.
#define ZMQ_RCVMORE 13

// A descriptor (zmq_fd_t) that becomes readable when ZMQ_EVENTS may have
// changed. It signals edges: read ZMQ_EVENTS after it fires and after each send
// and receive. Read only.
#define ZMQ_FD 14

// What is possible at once: ZMQ_POLLIN, ZMQ_POLLOUT or both. Read only.
#define ZMQ_EVENTS 15

// The type the socket was made with. Read only.
#define ZMQ_TYPE 16

// How long messages not yet sent hold up zmq_ctx_term() once the socket is
// closed, in ms; -1 for ever, 0 drops them. Default -1. Counts at once.
#define ZMQ_LINGER 17

// Pause before a lost connection is tried again, in ms; -1 never. Default 100.
#define ZMQ_RECONNECT_IVL 18

// Length of the kernel's queue of connections to accept. Default 100.
#define ZMQ_BACKLOG 19

// Upper bound of the pause, which doubles from attempt to attempt, in ms; 0
// keeps it as ZMQ_RECONNECT_IVL says. Default 0.
#define ZMQ_RECONNECT_IVL_MAX 21

// The largest body (int64_t, bytes) a peer may send before it is cut off; -1
// means no limit. Default -1.
#define ZMQ_MAXMSGSIZE 22

// High-water mark of sending: messages queued for one peer; 0 means no limit.
// Default 1000.
#define ZMQ_SNDHWM 23

// High-water mark of receiving: messages queued from one peer; 0 means no
// limit. Default 1000.
#define ZMQ_RCVHWM 24

// How many routers a multicast packet may pass. Default 1.
#define ZMQ_MULTICAST_HOPS 25

// How long receiving waits before it fails with EAGAIN, in ms; -1 for ever.
// Default -1. Counts at once.
#define ZMQ_RCVTIMEO 27

// How long sending waits before it fails with EAGAIN, in ms; -1 for ever.
// Default -1. Counts at once.
#define ZMQ_SNDTIMEO 28

// The endpoint (string) of the last bind or connect, wildcards filled in. Read
// only.
#define ZMQ_LAST_ENDPOINT 32

// ROUTER: a message to an unknown peer fails with EHOSTUNREACH, and one to a
// full peer waits, instead of being dropped. Default 0.
#define ZMQ_ROUTER_MANDATORY 33

// SO_KEEPALIVE of TCP connections; -1 leaves it alone. Default -1.
#define ZMQ_TCP_KEEPALIVE 34

// TCP_KEEPCNT; -1 leaves it alone. Default -1.
#define ZMQ_TCP_KEEPALIVE_CNT 35

// TCP_KEEPIDLE in seconds; -1 leaves it alone. Default -1.
#define ZMQ_TCP_KEEPALIVE_IDLE 36

// TCP_KEEPINTVL in seconds; -1 leaves it alone. Default -1.
#define ZMQ_TCP_KEEPALIVE_INTVL 37

// Queue messages only to connections that are complete. Default 0.
#define ZMQ_IMMEDIATE 39

// XPUB: pass on repeated subscriptions too. Default 0.
#define ZMQ_XPUB_VERBOSE 40

// ROUTER: speak plain TCP to peers. Default 0. Deprecated by ZMQ_STREAM.
#define ZMQ_ROUTER_RAW 41

// Use IPv6 addresses as well. Default 0.
#define ZMQ_IPV6 42

// Which mechanism is in use: ZMQ_NULL, ZMQ_PLAIN, ... Read only.
#define ZMQ_MECHANISM 43

// Be the server of PLAIN. Default 0.
#define ZMQ_PLAIN_SERVER 44

// The name (string) a PLAIN client gives; NULL turns PLAIN off.
#define ZMQ_PLAIN_USERNAME 45

// The password (string) a PLAIN client gives; NULL turns PLAIN off.
#define ZMQ_PLAIN_PASSWORD 46

// Be the server of CURVE. Default 0.
#define ZMQ_CURVE_SERVER 47

// Own public key: 32 bytes, or 40 characters of Z85.
#define ZMQ_CURVE_PUBLICKEY 48

// Own secret key: 32 bytes, or 40 characters of Z85.
#define ZMQ_CURVE_SECRETKEY 49

// The server's public key: 32 bytes, or 40 characters of Z85.
#define ZMQ_CURVE_SERVERKEY 50

// Send an empty message with each new connection. Default 0. Write only.
#define ZMQ_PROBE_ROUTER 51

// REQ: number the requests and take only the matching reply. Default 0. Write
// only.
#define ZMQ_REQ_CORRELATE 52

// REQ: a new request may be sent before the reply has come. Default 0. Write
// only.
#define ZMQ_REQ_RELAXED 53

// Keep only the newest message of a queue. Default 0. Not for multipart.
#define ZMQ_CONFLATE 54

// The domain (string) to authenticate in; setting it turns ZAP on for NULL.
#define ZMQ_ZAP_DOMAIN 55

// ROUTER: a newcomer takes over a routing id that is in use. Default 0. Write
// only.
#define ZMQ_ROUTER_HANDOVER 56

// IP type of service of the connections. Default 0.
#define ZMQ_TOS 57

// The routing id (1 to 255 bytes) that the next connect gives its peer. Write
// only.
#define ZMQ_CONNECT_ROUTING_ID 61

// Be the server of GSSAPI. Default 0.
#define ZMQ_GSSAPI_SERVER 62

// The GSSAPI principal (string) of this socket.
#define ZMQ_GSSAPI_PRINCIPAL 63

// The GSSAPI principal (string) of the server.
#define ZMQ_GSSAPI_SERVICE_PRINCIPAL 64

// GSSAPI authenticates but does not encrypt. Default 0.
#define ZMQ_GSSAPI_PLAINTEXT 65

// How long a handshake may take, in ms; 0 for ever. Default 30000.
#define ZMQ_HANDSHAKE_IVL 66

// The SOCKS5 proxy (string, host:port) that TCP connects go through.
#define ZMQ_SOCKS_PROXY 68

// XPUB: fail with EAGAIN instead of dropping at the mark. Default 0. Write only.
#define ZMQ_XPUB_NODROP 69

// For zmq_ctx_set(): new sockets linger for ever (1) or not at all (0).
// Default 1.
#define ZMQ_BLOCKY 70

// XPUB: subscriptions take effect only when the application sets them. Default
// 0. Write only.
#define ZMQ_XPUB_MANUAL 71

// XPUB: a message (bytes) for each new subscriber. Write only.
#define ZMQ_XPUB_WELCOME_MSG 72

// STREAM: tell of connects and disconnects by empty messages. Default 1. Write
// only.
#define ZMQ_STREAM_NOTIFY 73

// PUB, SUB: deliver what the subscriptions do not match. Default 0.
#define ZMQ_INVERT_MATCHING 74

// Pause between heartbeats, in ms; 0 sends none. Default 0.
#define ZMQ_HEARTBEAT_IVL 75

// How long the peer shall wait for our traffic before it hangs up, in ms, 0 to
// 6553599. Default 0: it decides.
#define ZMQ_HEARTBEAT_TTL 76

// How long to wait for traffic after a heartbeat before hanging up, in ms; -1
// takes ZMQ_HEARTBEAT_IVL. Default -1.
#define ZMQ_HEARTBEAT_TIMEOUT 77

// XPUB: pass on repeated subscriptions and unsubscriptions. Default 0. Write
// only.
#define ZMQ_XPUB_VERBOSER 78

// How long a TCP connect may take, in ms; 0 leaves it to the system. Default 0.
#define ZMQ_CONNECT_TIMEOUT 79

// How long sent data may stay unacknowledged, in ms (TCP_USER_TIMEOUT); 0
// leaves it to the system. Default 0.
#define ZMQ_TCP_MAXRT 80

// 1 if the type of the socket is one of those libzmq calls thread-safe. Read
// only.
#define ZMQ_THREAD_SAFE 81

// Largest multicast packet, in bytes. Default 1500.
#define ZMQ_MULTICAST_MAXTPDU 84

// VMCI: size of the buffer (uint64_t, bytes).
#define ZMQ_VMCI_BUFFER_SIZE 85

// VMCI: smallest size of the buffer (uint64_t, bytes).
#define ZMQ_VMCI_BUFFER_MIN_SIZE 86

// VMCI: largest size of the buffer (uint64_t, bytes).
#define ZMQ_VMCI_BUFFER_MAX_SIZE 87

// VMCI: how long a connect may take, in ms; -1 for ever. Default -1.
#define ZMQ_VMCI_CONNECT_TIMEOUT 88

// A descriptor that listens already, for the next bind; -1 opens one. Default
// -1.
#define ZMQ_USE_FD 89

// How ZMQ_GSSAPI_PRINCIPAL is to be read: ZMQ_GSSAPI_NT_HOSTBASED, ...
#define ZMQ_GSSAPI_PRINCIPAL_NAMETYPE 90

// How ZMQ_GSSAPI_SERVICE_PRINCIPAL is to be read: ZMQ_GSSAPI_NT_HOSTBASED, ...
#define ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE 91

// The network interface (string) to use, as SO_BINDTODEVICE.
#define ZMQ_BINDTODEVICE 92

// -----------------------------------------------------------------------------
// Security
// -----------------------------------------------------------------------------

// No security.
#define ZMQ_NULL 0

// Name and password, in clear.
#define ZMQ_PLAIN 1

// Keys and encryption by elliptic curves.
#define ZMQ_CURVE 2

// Kerberos.
#define ZMQ_GSSAPI 3

// A host-based service name.
#define ZMQ_GSSAPI_NT_HOSTBASED 0

// A local user name.
#define ZMQ_GSSAPI_NT_USER_NAME 1

// A Kerberos principal.
#define ZMQ_GSSAPI_NT_KRB5_PRINCIPAL 2

// Writes size bytes, a multiple of 4, as Z85 to dest, which has room for
// size * 5 / 4 characters and a NUL. Returns dest. EINVAL: not a multiple.
ZMQ_EXPORT char *zmq_z85_encode(char *dest, const uint8_t *data, size_t size);

// Writes the bytes of a Z85 string to dest, which has room for 4 bytes for each
// 5 characters. Returns dest. EINVAL: the length is 0 or no multiple of 5, or
// it is not Z85; dest may have been written to.
ZMQ_EXPORT uint8_t *zmq_z85_decode(uint8_t *dest, const char *string);

// Makes a pair of keys for CURVE, as Z85 of 40 characters and a NUL each.
// ENOTSUP: this build has no CURVE.
ZMQ_EXPORT int zmq_curve_keypair(char *z85_public_key, char *z85_secret_key);

// Finds the public key to a secret one, both as Z85. EINVAL: not a key.
// ENOTSUP: this build has no CURVE.
ZMQ_EXPORT
int zmq_curve_public(char *z85_public_key,
                     const char *z85_secret_key);

// -----------------------------------------------------------------------------
// Sockets
// -----------------------------------------------------------------------------

// Makes a socket of the given type. NULL if that fails. EINVAL: no such type.
// EMFILE: as many as ZMQ_MAX_SOCKETS allows are open, or no descriptor is left.
// ETERM: the context has ended. EFAULT: not a context.
//
// Every socket may be used by several threads; their calls are put in a row.
ZMQ_EXPORT void *zmq_socket(void *context, int type);

// Closes a socket. What was received is dropped; what is still to be sent is
// sent within ZMQ_LINGER. ENOTSOCK: not an open socket.
ZMQ_EXPORT int zmq_close(void *socket);

// Sets an option of a socket. NULL of length 0 empties some options. EINVAL: no
// such option, or a value or length out of range. ETERM, ENOTSOCK.
ZMQ_EXPORT
int zmq_setsockopt(void *socket,
                   int option,
                   const void *optval,
                   size_t optvallen);

// Reads an option of a socket. optvallen is the room at optval, then the length
// of the value; the rest of the room is filled with zeros. EINVAL: no such
// option, or not enough room. ETERM, ENOTSOCK.
ZMQ_EXPORT
int zmq_getsockopt(void *socket,
                   int option,
                   void *optval,
                   size_t *optvallen);

// Accepts peers at an endpoint: tcp://interface:port, ipc://path, inproc://name.
// A port, path or interface * is chosen by the library: see ZMQ_LAST_ENDPOINT.
// EINVAL: not an endpoint. EPROTONOSUPPORT: unknown transport. ENOCOMPATPROTO:
// not for this type of socket. EADDRINUSE, EADDRNOTAVAIL, ENODEV. ETERM,
// ENOTSOCK.
ZMQ_EXPORT
int zmq_bind(void *socket,
             const char *endpoint);

// Connects to an endpoint, which may be bound later: the call does not wait,
// and a lost connection is made again. EINVAL: not an endpoint.
// EPROTONOSUPPORT: unknown transport. ENOCOMPATPROTO: not for this type of
// socket. EMTHREAD: no I/O thread. ETERM, ENOTSOCK.
ZMQ_EXPORT int zmq_connect(void *socket, const char *endpoint);

// Ends what zmq_bind() began, with the connections it accepted. The endpoint is
// the one ZMQ_LAST_ENDPOINT told. ENOENT: not bound. EINVAL: not an endpoint.
// ETERM, ENOTSOCK.
ZMQ_EXPORT int zmq_unbind(void *socket, const char *endpoint);

// Ends what zmq_connect() began. ENOENT: not connected. EINVAL: not an
// endpoint. ETERM, ENOTSOCK.
ZMQ_EXPORT int zmq_disconnect(void *socket, const char *endpoint);

// -----------------------------------------------------------------------------
// Sending and receiving
// -----------------------------------------------------------------------------

// Sends a copy of len bytes as one part of a message; with ZMQ_SNDMORE more
// parts follow. Returns len. EAGAIN: it cannot be sent at once, or not within
// ZMQ_SNDTIMEO. EFSM: not now (REQ, REP). ENOTSUP: not by this type.
// EHOSTUNREACH: no such peer (ROUTER). EINTR, ETERM, ENOTSOCK, ENOMEM.
ZMQ_EXPORT int zmq_send(void *socket, const void *buf, size_t len, int flags);

// As zmq_send(), but may keep the bytes instead of a copy: they must neither
// change nor go away while the process lives.
ZMQ_EXPORT
int zmq_send_const(void *socket,
                   const void *buf,
                   size_t len,
                   int flags);

// Receives one part of a message into len bytes, and drops what does not fit.
// Returns the length the part had. EAGAIN: none is there, or none came within
// ZMQ_RCVTIMEO. EFSM: not now (REQ, REP). ENOTSUP: not by this type. EINTR,
// ETERM, ENOTSOCK.
ZMQ_EXPORT int zmq_recv(void *socket, void *buf, size_t len, int flags);

// Sends a message as one part; with ZMQ_SNDMORE more parts follow. Returns the
// length of the body. On success the message is empty afterwards, on failure it
// is as before. Errors as for zmq_send(), and EFAULT: not a message.
ZMQ_EXPORT int zmq_msg_send(zmq_msg_t *msg, void *socket, int flags);

// Receives one part into a message, in place of what it held. Returns the
// length of the body. Errors as for zmq_recv(), and EFAULT: not a message.
ZMQ_EXPORT int zmq_msg_recv(zmq_msg_t *msg, void *socket, int flags);

// Old form of zmq_msg_send().
ZMQ_EXPORT int zmq_sendmsg(void *socket, zmq_msg_t *msg, int flags);

// Old form of zmq_msg_recv().
ZMQ_EXPORT int zmq_recvmsg(void *socket, zmq_msg_t *msg, int flags);

// Sends count buffers: with ZMQ_SNDMORE as the parts of one message, otherwise
// as a message each. Returns the length of the last. EINVAL: no buffers. Other
// errors as for zmq_send(); what was sent before stays sent.
ZMQ_EXPORT
int zmq_sendiov(void *socket,
                struct iovec *iov,
                size_t count,
                int flags);

// Receives the parts of one message, as many as there are or as count says.
// Each is put into new memory, to be given to free(). Returns how many there
// were; count tells the same also when the call failed after some. EINVAL: no
// buffers. ENOMEM. Other errors as for zmq_recv().
ZMQ_EXPORT
int zmq_recviov(void *socket,
                struct iovec *iov,
                size_t *count,
                int flags);

// -----------------------------------------------------------------------------
// Monitoring
// -----------------------------------------------------------------------------

// A connection is made, the handshake not yet.
#define ZMQ_EVENT_CONNECTED 1

// A connect could not be completed at once and goes on.
#define ZMQ_EVENT_CONNECT_DELAYED 2

// A connect will be tried again. Value: the pause in ms.
#define ZMQ_EVENT_CONNECT_RETRIED 4

// An endpoint is bound. Value: the listening descriptor.
#define ZMQ_EVENT_LISTENING 8

// A bind failed. Value: the errno.
#define ZMQ_EVENT_BIND_FAILED 16

// A connection was accepted, the handshake is still to come.
#define ZMQ_EVENT_ACCEPTED 32

// Accepting failed. Value: the errno.
#define ZMQ_EVENT_ACCEPT_FAILED 64

// A connection or listener was closed by this side.
#define ZMQ_EVENT_CLOSED 128

// Closing failed. Value: the errno.
#define ZMQ_EVENT_CLOSE_FAILED 256

// A connection was lost.
#define ZMQ_EVENT_DISCONNECTED 512

// The monitor ends; nothing follows.
#define ZMQ_EVENT_MONITOR_STOPPED 1024

// All events of monitors of version 1.
#define ZMQ_EVENT_ALL 65535

// A handshake ended in a system error. Value: the errno.
#define ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL 2048

// A handshake is complete: messages can flow.
#define ZMQ_EVENT_HANDSHAKE_SUCCEEDED 4096

// Peer or ZAP handler broke the protocol. Value: ZMQ_PROTOCOL_ERROR_...
#define ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL 8192

// Authentication was refused. Value: the ZAP status, 300, 400 or 500.
#define ZMQ_EVENT_HANDSHAKE_FAILED_AUTH 16384

// ZMTP: broken in a way no other number names.
#define ZMQ_PROTOCOL_ERROR_ZMTP_UNSPECIFIED 268435456

// ZMTP: a command that does not belong here.
#define ZMQ_PROTOCOL_ERROR_ZMTP_UNEXPECTED_COMMAND 268435457

// ZMTP: a nonce that does not follow the last one.
#define ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_SEQUENCE 268435458

// ZMTP: the exchange of keys failed.
#define ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE 268435459

// ZMTP: a malformed command of any other kind.
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_UNSPECIFIED 268435473

// ZMTP: a malformed MESSAGE.
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_MESSAGE 268435474

// ZMTP: a malformed HELLO.
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_HELLO 268435475

// ZMTP: a malformed INITIATE.
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_INITIATE 268435476

// ZMTP: a malformed ERROR.
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_ERROR 268435477

// ZMTP: a malformed READY.
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_READY 268435478

// ZMTP: a malformed WELCOME.
#define ZMQ_PROTOCOL_ERROR_ZMTP_MALFORMED_COMMAND_WELCOME 268435479

// ZMTP: metadata that cannot be read.
#define ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA 268435480

// ZMTP: decryption failed; perhaps the keys do not match.
#define ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC 285212673

// ZMTP: the two sides are set to different mechanisms.
#define ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH 285212674

// ZAP: broken in a way no other number names.
#define ZMQ_PROTOCOL_ERROR_ZAP_UNSPECIFIED 536870912

// ZAP: the reply has the wrong parts.
#define ZMQ_PROTOCOL_ERROR_ZAP_MALFORMED_REPLY 536870913

// ZAP: the reply belongs to another request.
#define ZMQ_PROTOCOL_ERROR_ZAP_BAD_REQUEST_ID 536870914

// ZAP: the reply is of another version.
#define ZMQ_PROTOCOL_ERROR_ZAP_BAD_VERSION 536870915

// ZAP: the status is not 200, 300, 400 or 500.
#define ZMQ_PROTOCOL_ERROR_ZAP_INVALID_STATUS_CODE 536870916

// ZAP: metadata that cannot be read.
#define ZMQ_PROTOCOL_ERROR_ZAP_INVALID_METADATA 536870917

// WebSocket: the peer broke the protocol.
#define ZMQ_PROTOCOL_ERROR_WS_UNSPECIFIED 805306368

// Binds a PAIR socket to an inproc endpoint and sends the events of the mask to
// whoever connects there. Each event has two parts: 16 bits of event and 32
// bits of value, in the byte order of the machine; then the address. An
// endpoint of NULL ends the monitor. EINVAL: not an endpoint or not events.
// EPROTONOSUPPORT: not inproc. ETERM, ENOTSOCK.
ZMQ_EXPORT
int zmq_socket_monitor(void *socket,
                       const char *endpoint,
                       int events);

// -----------------------------------------------------------------------------
// Polling
// -----------------------------------------------------------------------------

// A message can be received, or the descriptor is readable.
#define ZMQ_POLLIN 1

// A message can be sent, or the descriptor is writable.
#define ZMQ_POLLOUT 2

// Descriptors only: an error or hang-up.
#define ZMQ_POLLERR 4

// Descriptors only: urgent data.
#define ZMQ_POLLPRI 8

// A size some programs give their array of items. The library has no use for it.
#define ZMQ_POLLITEMS_DFLT 16

// A descriptor of the operating system.
typedef int zmq_fd_t;

// What to wait for, and what is there.
typedef struct zmq_pollitem_t {
    // A socket, or NULL if fd counts.
    void *socket;
    // A descriptor.
    zmq_fd_t fd;
    // The events to wait for, ZMQ_POLLIN and others.
    short events;
    // The events that are there; set by the call.
    short revents;
} zmq_pollitem_t;

// Waits until one of the items has an event, but no longer than timeout
// milliseconds (0 not at all, -1 for ever). Returns how many items have one, 0
// after the time. Without items it only waits. EINVAL: nitems is negative.
// EFAULT: items is NULL. ENOTSOCK: one is not an open socket. EINTR, ETERM.
ZMQ_EXPORT int zmq_poll(struct zmq_pollitem_t *items, int nitems, long timeout);

// -----------------------------------------------------------------------------
// Proxies
// -----------------------------------------------------------------------------

// Passes messages between frontend and backend, both ways, and copies of all to
// capture unless it is NULL. Returns only when it fails, at the latest with
// ETERM when the context ends. EFAULT: frontend or backend is NULL. Other
// errors as for zmq_poll(), zmq_msg_recv() and zmq_msg_send().
ZMQ_EXPORT int zmq_proxy(void *frontend, void *backend, void *capture);

// As zmq_proxy(), and obeys the messages PAUSE, RESUME, TERMINATE and
// STATISTICS on the socket control (PAIR, PULL, SUB or REP), unless it is NULL.
// STATISTICS is answered by eight parts, a uint64_t each: messages and bytes
// received from frontend, sent to frontend, received from backend, sent to
// backend. A REP control is answered by an empty message otherwise. Returns 0
// after TERMINATE.
ZMQ_EXPORT
int zmq_proxy_steerable(void *frontend,
                        void *backend,
                        void *capture,
                        void *control);

// Old form of zmq_proxy(). The type has no effect.
ZMQ_EXPORT int zmq_device(int type, void *frontend, void *backend);

// -----------------------------------------------------------------------------
// Capabilities
// -----------------------------------------------------------------------------

// 1 if the library has a capability, else 0: "ipc", "tipc", "pgm", "norm",
// "vmci", "vsock", "curve", "gssapi", "draft", "WS", "WSS". What always is
// there (tcp, inproc) has no name.
ZMQ_EXPORT int zmq_has(const char *capability);

// -----------------------------------------------------------------------------
// Atomic counters
// -----------------------------------------------------------------------------

// Makes a counter that stands at 0. NULL if there is no memory: ENOMEM.
ZMQ_EXPORT void *zmq_atomic_counter_new(void);

// Sets a counter.
ZMQ_EXPORT void zmq_atomic_counter_set(void *counter, int value);

// Adds 1 and returns the value from before.
ZMQ_EXPORT int zmq_atomic_counter_inc(void *counter);

// Takes 1 away. Returns 0 if the counter stands at 0 then, else 1.
ZMQ_EXPORT int zmq_atomic_counter_dec(void *counter);

// Where a counter stands.
ZMQ_EXPORT int zmq_atomic_counter_value(void *counter);

// Destroys a counter and sets the pointer to it to NULL.
ZMQ_EXPORT void zmq_atomic_counter_destroy(void **counter_p);

// -----------------------------------------------------------------------------
// Timers
// -----------------------------------------------------------------------------

// Makes an empty list of timers. NULL if there is no memory.
ZMQ_EXPORT void *zmq_timers_new(void);

// Destroys a list and its timers, and sets the pointer to it to NULL. EFAULT:
// not a list of timers.
ZMQ_EXPORT int zmq_timers_destroy(void **timers_p);

// Adds a timer that calls handler with its number and arg every interval
// milliseconds. Returns the number, above 0. EFAULT: no handler, or not a list
// of timers.
ZMQ_EXPORT
int zmq_timers_add(void *timers,
                   size_t interval,
                   zmq_timer_fn * handler,
                   void *arg);

// Takes a timer off its list. EINVAL: no such timer. EFAULT: not a list of
// timers.
ZMQ_EXPORT int zmq_timers_cancel(void *timers, int timer_id);

// Gives a timer another interval, which begins now. EINVAL: no such timer.
// EFAULT: not a list of timers.
ZMQ_EXPORT
int zmq_timers_set_interval(void *timers,
                            int timer_id,
                            size_t interval);

// Lets the interval of a timer begin again now. EINVAL: no such timer. EFAULT:
// not a list of timers.
ZMQ_EXPORT int zmq_timers_reset(void *timers, int timer_id);

// The milliseconds until the next timer is due, 0 if one is; -1 and errno as it
// was if there are no timers. EFAULT: not a list of timers.
ZMQ_EXPORT long zmq_timers_timeout(void *timers);

// Calls the timers that are due, the one due longest first. Each starts its
// interval again. EFAULT: not a list of timers.
ZMQ_EXPORT int zmq_timers_execute(void *timers);

// -----------------------------------------------------------------------------
// Helpers
// -----------------------------------------------------------------------------

// Starts a stopwatch, to be ended by zmq_stopwatch_stop().
ZMQ_EXPORT void *zmq_stopwatch_start(void);

// The microseconds since a stopwatch was started.
ZMQ_EXPORT unsigned long zmq_stopwatch_intermediate(void *watch);

// The microseconds since a stopwatch was started, which is given up.
ZMQ_EXPORT unsigned long zmq_stopwatch_stop(void *watch);

// Sleeps for some seconds, or until a signal handler has run.
ZMQ_EXPORT void zmq_sleep(int seconds);

// Starts a thread, to be ended by zmq_threadclose(). Signals are blocked in it.
// NULL if there is none to be had (EAGAIN) or no function (EFAULT).
ZMQ_EXPORT void *zmq_threadstart(zmq_thread_fn * func, void *arg);

// Waits until a thread has ended, and gives it up.
ZMQ_EXPORT void zmq_threadclose(void *thread);

// -----------------------------------------------------------------------------
// Older names
// -----------------------------------------------------------------------------

// Old name of ZMQ_DEALER.
#define ZMQ_XREQ ZMQ_DEALER

// Old name of ZMQ_ROUTER.
#define ZMQ_XREP ZMQ_ROUTER

// Old name of ZMQ_ROUTING_ID.
#define ZMQ_IDENTITY ZMQ_ROUTING_ID

// Old name of ZMQ_CONNECT_ROUTING_ID.
#define ZMQ_CONNECT_RID ZMQ_CONNECT_ROUTING_ID

// Accept TCP peers only from this network (string, address/bits); may be set
// several times, NULL clears. Deprecated by ZAP. Write only.
#define ZMQ_TCP_ACCEPT_FILTER 38

// Accept ipc peers of this process (pid_t); may be set several times. Deprecated
// by ZAP. Write only.
#define ZMQ_IPC_FILTER_PID 58

// Accept ipc peers of this user (uid_t); may be set several times. Deprecated by
// ZAP. Write only.
#define ZMQ_IPC_FILTER_UID 59

// Accept ipc peers of this group (gid_t); may be set several times. Deprecated
// by ZAP. Write only.
#define ZMQ_IPC_FILTER_GID 60

// The opposite of ZMQ_IPV6. Default 1.
#define ZMQ_IPV4ONLY 31

// Old name of ZMQ_IMMEDIATE.
#define ZMQ_DELAY_ATTACH_ON_CONNECT ZMQ_IMMEDIATE

// Old name of ZMQ_DONTWAIT.
#define ZMQ_NOBLOCK ZMQ_DONTWAIT

// Old name of ZMQ_ROUTER_MANDATORY.
#define ZMQ_FAIL_UNROUTABLE ZMQ_ROUTER_MANDATORY

// Old name of ZMQ_ROUTER_MANDATORY.
#define ZMQ_ROUTER_BEHAVIOR ZMQ_ROUTER_MANDATORY

// Message property: the descriptor the message came from, -1 if unknown.
#define ZMQ_SRCFD 2

// Kind of zmq_device(); has no effect.
#define ZMQ_STREAMER 1

// Kind of zmq_device(); has no effect.
#define ZMQ_FORWARDER 2

// Kind of zmq_device(); has no effect.
#define ZMQ_QUEUE 3

#ifdef ZMQ_BUILD_DRAFT_API

// What follows may change until it is declared stable.

// -----------------------------------------------------------------------------
// Draft: numbers
// -----------------------------------------------------------------------------

// Many CLIENT peers, addressed by the number in each message.
#define ZMQ_SERVER 12

// The other side of SERVER; usable from several threads.
#define ZMQ_CLIENT 13

// Sends to groups.
#define ZMQ_RADIO 14

// Receives the groups it has joined.
#define ZMQ_DISH 15

// PULL for several threads, single-part messages.
#define ZMQ_GATHER 16

// PUSH for several threads, single-part messages.
#define ZMQ_SCATTER 17

// Plain UDP datagrams.
#define ZMQ_DGRAM 18

// Equals that address each other by number.
#define ZMQ_PEER 19

// PAIR for several threads, single-part messages.
#define ZMQ_CHANNEL 20

// Refuse peers when ZMQ_ZAP_DOMAIN is set and there is no ZAP handler. Default 0.
#define ZMQ_ZAP_ENFORCE_DOMAIN 93

// Windows: fast path of the loopback device. No effect elsewhere.
#define ZMQ_LOOPBACK_FASTPATH 94

// A property (string, "X-name:value") to send in the handshake; may be set
// several times. Write only.
#define ZMQ_METADATA 95

// Multicast reaches receivers on this machine too. Default 1.
#define ZMQ_MULTICAST_LOOP 96

// ROUTER: tell of peers that come and go, by ZMQ_NOTIFY_... bits. Default 0.
#define ZMQ_ROUTER_NOTIFY 97

// XPUB: as ZMQ_XPUB_MANUAL, and send only to the peer whose subscription was
// received last. Default 0. Write only.
#define ZMQ_XPUB_MANUAL_LAST_VALUE 98

// User name (string) for the SOCKS5 proxy; NULL or empty means none.
#define ZMQ_SOCKS_USERNAME 99

// Password (string) for the SOCKS5 proxy.
#define ZMQ_SOCKS_PASSWORD 100

// Size of one read from a connection, in bytes, 1 or more. Default 8192.
#define ZMQ_IN_BATCH_SIZE 101

// Size of one write to a connection, in bytes, 1 or more. Default 8192.
#define ZMQ_OUT_BATCH_SIZE 102

// wss: the private key (string, PEM) of a server.
#define ZMQ_WSS_KEY_PEM 103

// wss: the certificate (string, PEM) of a server.
#define ZMQ_WSS_CERT_PEM 104

// wss: the certificates (string, PEM) a client trusts.
#define ZMQ_WSS_TRUST_PEM 105

// wss: the host name (string) a client expects in the certificate.
#define ZMQ_WSS_HOSTNAME 106

// wss: trust the certificates of the system. Default 0.
#define ZMQ_WSS_TRUST_SYSTEM 107

// XPUB: only the first part of a multipart message can subscribe. Default 0.
#define ZMQ_ONLY_FIRST_SUBSCRIBE 108

// When to give up reconnecting: ZMQ_RECONNECT_STOP_... bits. Default 0.
#define ZMQ_RECONNECT_STOP 109

// A message (bytes) to send first on each new connection. Write only.
#define ZMQ_HELLO_MSG 110

// A message (bytes) to receive when a peer has gone. Write only.
#define ZMQ_DISCONNECT_MSG 111

// SO_PRIORITY of the connections. Default 0.
#define ZMQ_PRIORITY 112

// SO_BUSY_POLL of the connections, in microseconds. Default 0.
#define ZMQ_BUSY_POLL 113

// A message (bytes) to receive when an own connection was lost. Write only.
#define ZMQ_HICCUP_MSG 114

// XSUB: pass on repeated unsubscriptions. Default 0. Write only.
#define ZMQ_XSUB_VERBOSE_UNSUBSCRIBE 115

// How many different subscriptions there are. Read only.
#define ZMQ_TOPICS_COUNT 116

// NORM: how sending is paced, ZMQ_NORM_FIXED, ...
#define ZMQ_NORM_MODE 117

// NORM: ask for repairs by unicast. Default 0.
#define ZMQ_NORM_UNICAST_NACK 118

// NORM: size of the buffer, in kilobytes.
#define ZMQ_NORM_BUFFER_SIZE 119

// NORM: payload of a packet, in bytes.
#define ZMQ_NORM_SEGMENT_SIZE 120

// NORM: segments of a coding block.
#define ZMQ_NORM_BLOCK_SIZE 121

// NORM: parity segments of a coding block.
#define ZMQ_NORM_NUM_PARITY 122

// NORM: parity segments sent without being asked for.
#define ZMQ_NORM_NUM_AUTOPARITY 123

// NORM: send each message on its own, without waiting for a segment to fill.
#define ZMQ_NORM_PUSH 124

// A fixed rate.
#define ZMQ_NORM_FIXED 0

// Congestion control by round-trip time and loss.
#define ZMQ_NORM_CC 1

// Congestion control by loss only.
#define ZMQ_NORM_CCL 2

// Congestion control by congestion notification and loss.
#define ZMQ_NORM_CCE 3

// Congestion control by congestion notification only.
#define ZMQ_NORM_CCE_ECNONLY 4

// Give up when the connection is refused.
#define ZMQ_RECONNECT_STOP_CONN_REFUSED 1

// Give up when the handshake fails.
#define ZMQ_RECONNECT_STOP_HANDSHAKE_FAILED 2

// Give up after zmq_disconnect().
#define ZMQ_RECONNECT_STOP_AFTER_DISCONNECT 4

// Context option: large bodies are received without a copy. Default 1.
#define ZMQ_ZERO_COPY_RECV 10

// ROUTER: a message when a peer has come.
#define ZMQ_NOTIFY_CONNECT 1

// ROUTER: a message when a peer has gone.
#define ZMQ_NOTIFY_DISCONNECT 2

// The answer to zmq_socket_monitor_pipes_stats(): two values, the messages
// queued to and from a peer.
#define ZMQ_EVENT_PIPES_STATS 65536

// Monitor messages of two parts, with a 16-bit event and a 32-bit value.
#define ZMQ_CURRENT_EVENT_VERSION 1

// Monitor messages with 64-bit events and values and both addresses.
#define ZMQ_CURRENT_EVENT_VERSION_DRAFT 2

// All events of monitors of version 1.
#define ZMQ_EVENT_ALL_V1 ZMQ_EVENT_ALL

// All events of monitors of version 2.
#define ZMQ_EVENT_ALL_V2 (ZMQ_EVENT_ALL_V1 | ZMQ_EVENT_PIPES_STATS)

// -----------------------------------------------------------------------------
// Draft: contexts
// -----------------------------------------------------------------------------

// As zmq_ctx_set(), for values of any kind. EINVAL, EFAULT.
ZMQ_EXPORT
int zmq_ctx_set_ext(void *context,
                    int option,
                    const void *optval,
                    size_t optvallen);

// As zmq_ctx_get(), for values of any kind. optvallen is the room at optval,
// then the length of the value; the rest of the room is filled with zeros.
// EINVAL, EFAULT.
ZMQ_EXPORT
int zmq_ctx_get_ext(void *context,
                    int option,
                    void *optval,
                    size_t *optvallen);

// -----------------------------------------------------------------------------
// Draft: sockets
// -----------------------------------------------------------------------------

// Joins a group of a DISH socket. Not built: fails with ENOTSUP, as for any
// other type, or with ENOTSOCK.
ZMQ_EXPORT int zmq_join(void *socket, const char *group);

// Leaves a group of a DISH socket. Not built: fails with ENOTSUP, as for any
// other type, or with ENOTSOCK.
ZMQ_EXPORT int zmq_leave(void *socket, const char *group);

// Connects a PEER socket and returns the number of the peer, 0 on failure. Not
// built: fails with ENOTSUP, as for any other type, or with ENOTSOCK.
ZMQ_EXPORT uint32_t zmq_connect_peer(void *socket, const char *endpoint);

// Disconnects a peer of a PEER or SERVER socket by its number. Not built: fails
// with ENOTSUP, as for any other type, or with ENOTSOCK.
ZMQ_EXPORT int zmq_disconnect_peer(void *socket, uint32_t routing_id);

// What is possible with one peer of a ROUTER: ZMQ_POLLOUT if it can be sent to,
// or 0. EHOSTUNREACH: no such peer. ENOTSUP: not by this type. EFAULT: no
// routing id. ENOTSOCK, ETERM.
ZMQ_EXPORT
int zmq_socket_get_peer_state(void *socket,
                              const void *routing_id,
                              size_t routing_id_size);

// -----------------------------------------------------------------------------
// Draft: messages
// -----------------------------------------------------------------------------

// Makes a message with a copy of the size bytes at buf. Fails with ENOMEM,
// or with EFAULT if buf is null and size is not 0.
ZMQ_EXPORT
int zmq_msg_init_buffer(zmq_msg_t *msg,
                        const void *buf,
                        size_t size);

// The routing id of the peer: where a SERVER's message came from, or goes to.
// 0 if there is none.
ZMQ_EXPORT uint32_t zmq_msg_routing_id(zmq_msg_t *msg);

// Says which peer of a SERVER the message goes to. Fails with EINVAL if the
// routing id is 0.
ZMQ_EXPORT int zmq_msg_set_routing_id(zmq_msg_t *msg, uint32_t routing_id);

// The group of a RADIO's or DISH's message; empty if there is none. Good until
// the message is closed or its group is set.
ZMQ_EXPORT const char *zmq_msg_group(zmq_msg_t *msg);

// Says which group a RADIO's message is for. Fails with EINVAL if the name is
// longer than ZMQ_GROUP_MAX_LENGTH.
ZMQ_EXPORT int zmq_msg_set_group(zmq_msg_t *msg, const char *group);

// -----------------------------------------------------------------------------
// Draft: monitoring
// -----------------------------------------------------------------------------

// As zmq_socket_monitor(), with a choice of version and of the socket that
// sends the events: ZMQ_PAIR, ZMQ_PUB or ZMQ_PUSH. Events of version 2 have the
// parts event, number of values, each value (uint64_t all), local and remote
// address.
ZMQ_EXPORT
int zmq_socket_monitor_versioned(void *socket,
                                 const char *endpoint,
                                 uint64_t events,
                                 int event_version,
                                 int type);

// Sends a ZMQ_EVENT_PIPES_STATS event for each connection: how many messages
// wait to be sent, and how many to be received. Peers over inproc have none.
// EINVAL: the monitor does not want this event, or there is no monitor. EAGAIN:
// there is no connection. ETERM, ENOTSOCK.
ZMQ_EXPORT int zmq_socket_monitor_pipes_stats(void *socket);

// -----------------------------------------------------------------------------
// Draft: polling
// -----------------------------------------------------------------------------

// What a poller found.
typedef struct zmq_poller_event_t {
    // The socket, or NULL if fd counts.
    void *socket;
    // The descriptor, or -1 if socket counts.
    zmq_fd_t fd;
    // What was given when it was added.
    void *user_data;
    // The events that are there, ZMQ_POLLIN and others.
    short events;
} zmq_poller_event_t;

// As zmq_poll(), with sigmask in place of the thread's mask of blocked signals
// while it waits, unless it is NULL: a signal that only sigmask lets through
// ends the call with EINTR if nothing is there.
ZMQ_EXPORT
int zmq_ppoll(zmq_pollitem_t *items,
              int nitems,
              long timeout,
              const sigset_t *sigmask);

// Makes an empty poller. NULL if there is no memory.
ZMQ_EXPORT void *zmq_poller_new(void);

// Destroys a poller and sets the pointer to it to NULL. EFAULT: not a poller.
ZMQ_EXPORT int zmq_poller_destroy(void **poller_p);

// How many sockets and descriptors there are. EFAULT: not a poller.
ZMQ_EXPORT int zmq_poller_size(void *poller);

// Adds a socket. The events may be 0. EINVAL: it is there already, or no such
// events. ENOTSOCK: not an open socket. EFAULT: not a poller.
ZMQ_EXPORT
int zmq_poller_add(void *poller,
                   void *socket,
                   void *user_data,
                   short events);

// Changes the events of a socket. EINVAL: it is not there, or no such events.
// ENOTSOCK: not an open socket. EFAULT: not a poller.
ZMQ_EXPORT int zmq_poller_modify(void *poller, void *socket, short events);

// Removes a socket, which may be closed already. EINVAL: it is not there.
// ENOTSOCK: nor an open socket. EFAULT: not a poller.
ZMQ_EXPORT int zmq_poller_remove(void *poller, void *socket);

// Adds a descriptor. EINVAL: it is there already, or no such events. EBADF: it
// is -1. EFAULT: not a poller.
ZMQ_EXPORT
int zmq_poller_add_fd(void *poller,
                      zmq_fd_t fd,
                      void *user_data,
                      short events);

// Changes the events of a descriptor. EINVAL: it is not there, or no such
// events. EBADF: it is -1. EFAULT: not a poller.
ZMQ_EXPORT int zmq_poller_modify_fd(void *poller, zmq_fd_t fd, short events);

// Removes a descriptor. EINVAL: it is not there. EBADF: it is -1. EFAULT: not a
// poller.
ZMQ_EXPORT int zmq_poller_remove_fd(void *poller, zmq_fd_t fd);

// Waits for one event, but no longer than timeout milliseconds (0 not at all,
// -1 for ever). Returns 0 and fills in the event; an empty one on failure.
// Errors as for zmq_poller_wait_all().
ZMQ_EXPORT
int zmq_poller_wait(void *poller,
                    struct zmq_poller_event_t *event,
                    long timeout);

// Waits until there are events, but no longer than timeout milliseconds (0 not
// at all, -1 for ever). Fills in as many as there are and have room, and empty
// ones behind; returns how many. EAGAIN: none in that time. EFAULT: not a
// poller, events is NULL, or there is nothing to wait for and timeout is -1.
// EINVAL: n_events is negative. ENOTSOCK: a socket was closed. EINTR, ETERM.
ZMQ_EXPORT
int zmq_poller_wait_all(void *poller,
                        struct zmq_poller_event_t *events,
                        int n_events,
                        long timeout);

// A descriptor to poll in place of the poller, which only exists if sockets of
// the types that libzmq calls thread-safe were added. These are not built:
// fails with EINVAL, or EFAULT if it is not a poller.
ZMQ_EXPORT int zmq_poller_fd(void *poller, zmq_fd_t *fd);

#endif // ZMQ_BUILD_DRAFT_API

#undef ZMQ_EXPORT

#ifdef __cplusplus
}
#endif

#endif
