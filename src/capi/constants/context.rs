//! Options of a context, for `zmq_ctx_set` and `zmq_ctx_get`.

use std::ffi::c_int;

/// Number of I/O threads, 0 or more. To be set before the first socket is made.
pub const ZMQ_IO_THREADS: c_int = 1;
/// How many sockets may be open at a time, 1 or more.
pub const ZMQ_MAX_SOCKETS: c_int = 2;
/// The largest value ZMQ_MAX_SOCKETS accepts. Read only.
pub const ZMQ_SOCKET_LIMIT: c_int = 3;
/// Scheduling priority of the I/O threads. Write only.
pub const ZMQ_THREAD_PRIORITY: c_int = 3;
/// Scheduling policy of the I/O threads, as for pthread_setschedparam().
pub const ZMQ_THREAD_SCHED_POLICY: c_int = 4;
/// The largest message body that may be sent or received, in bytes.
pub const ZMQ_MAX_MSGSZ: c_int = 5;
/// The size of zmq_msg_t in the library, in bytes. Read only.
pub const ZMQ_MSG_T_SIZE: c_int = 6;
/// Lets the I/O threads run on this CPU, in addition to those added before.
pub const ZMQ_THREAD_AFFINITY_CPU_ADD: c_int = 7;
/// Takes a CPU off the list that ZMQ_THREAD_AFFINITY_CPU_ADD made.
pub const ZMQ_THREAD_AFFINITY_CPU_REMOVE: c_int = 8;
/// A number, or a text of up to 16 bytes, that the I/O threads' names begin with.
pub const ZMQ_THREAD_NAME_PREFIX: c_int = 9;

/// What ZMQ_IO_THREADS is in a new context.
pub const ZMQ_IO_THREADS_DFLT: c_int = 1;
/// What ZMQ_MAX_SOCKETS is in a new context.
pub const ZMQ_MAX_SOCKETS_DFLT: c_int = 1023;
/// The system's own priority.
pub const ZMQ_THREAD_PRIORITY_DFLT: c_int = -1;
/// The system's own scheduling policy.
pub const ZMQ_THREAD_SCHED_POLICY_DFLT: c_int = -1;
