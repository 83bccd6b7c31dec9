/* zmq_ctx_set(3): EINVAL, for an option that is none and for a value out of its
 * range, and what each option of the page does: page/zmq_ctx_get reads them all.
 * That the I/O threads are named, scheduled and bound to processors as it says is
 * context/threads. A context that is none is EFAULT, which the page does not
 * say. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

static void errors(void *context)
{
    title("EINVAL, no option");
    TELL(zmq_ctx_set(context, -1, 0));
    TELL(zmq_ctx_set(context, 99, 0));
    TELL(zmq_ctx_set(context, ZMQ_MSG_T_SIZE, 64));
    title("EINVAL, no value");
    TELL(zmq_ctx_set(context, ZMQ_BLOCKY, -1));
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_SCHED_POLICY, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_PRIORITY, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_ADD, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_REMOVE, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_REMOVE, 3));
    TELL(zmq_ctx_set(context, ZMQ_MAX_MSGSZ, -1));
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 0));
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, -1));
    TELL(zmq_ctx_set(context, ZMQ_IPV6, -1));
    title("EFAULT");
    TELL(zmq_ctx_set(NULL, ZMQ_IO_THREADS, 1));
}

static void accepted(void *context)
{
    title("values");
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, 2));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_ADD, 0));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_REMOVE, 0));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_NAME_PREFIX, 42));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_NAME_PREFIX, -1));
    TELL(zmq_ctx_set(context, ZMQ_SOCKET_LIMIT, 10));
    TELL(zmq_ctx_set(context, ZMQ_ZERO_COPY_RECV, 0));
}

static void of_sockets(void *context)
{
    title("BLOCKY and IPV6 hold for the sockets made from then on");
    void *before = make(context, ZMQ_PUSH);
    TELL(zmq_ctx_set(context, ZMQ_BLOCKY, 0));
    TELL(zmq_ctx_set(context, ZMQ_IPV6, 1));
    void *after = make(context, ZMQ_PUSH);
    TELL(get_int(before, ZMQ_LINGER));
    TELL(get_int(before, ZMQ_IPV6));
    TELL(get_int(after, ZMQ_LINGER));
    TELL(get_int(after, ZMQ_IPV6));
    shut(before);
    shut(after);
}

static void mark_of_sockets(void)
{
    void *context = make_context(), *sockets[2];
    title("MAX_SOCKETS is how many there may be");
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 2));
    for (int i = 0; i < 2; i++)
        sockets[i] = make(context, ZMQ_PUSH);
    TELL_PTR(zmq_socket(context, ZMQ_PUSH));
    for (int i = 0; i < 2; i++)
        shut(sockets[i]);
    finish(context);
}

static void longest_message(void)
{
    void *context = make_context();
    title("MAX_MSGSZ keeps nothing back, in libzmq neither, though the page says so");
    TELL(zmq_ctx_set(context, ZMQ_MAX_MSGSZ, 8));
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    join(a, bind_any(b, "inproc"));
    TELL(zmq_send(a, "12345678", 8, 0));
    TELL(zmq_send(a, "123456789", 9, 0));
    hear(b);
    hear(b);
    shut(a);
    shut(b);
    finish(context);
}

static void no_threads(void)
{
    void *context = make_context();
    title("no I/O thread is enough for inproc");
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, 0));
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    join(a, bind_any(b, "inproc"));
    say(a, "over inproc");
    hear(b);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    void *context = make_context();
    errors(context);
    accepted(context);
    of_sockets(context);
    finish(context);
    mark_of_sockets();
    longest_message();
    no_threads();
    return 0;
}
