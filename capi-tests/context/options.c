/* Contexts: options, their ranges and defaults, shutdown, termination and the
 * errors of each. */
#include "support.h"

static void show(void *context, const char *name, int option)
{
    errno = 0;
    int value = zmq_ctx_get(context, option);
    if (value == -1)
        printf("%s: -1 %s\n", name, error_name(zmq_errno()));
    else
        printf("%s: %d\n", name, value);
}
#define SHOW(option) show(context, #option, option)

/* Whether or not large bodies are received without a copy. */
static void received_without_a_copy(void)
{
    void *context = make_context();
    title("received with one copy more or less");
    for (int value = 2; value >= 0; value--) {
        TELL(zmq_ctx_set(context, 10 /* ZMQ_ZERO_COPY_RECV */, value));
        show(context, "ZMQ_ZERO_COPY_RECV", 10);
        void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
        join(push, bind_any(pull, "tcp"));
        say(push, "abcd");
        say(push, "01234567890123456789012345678901234567890123456789");
        hear(pull);
        hear(pull);
        shut(push);
        shut(pull);
    }
    finish(context);
}

int main(void)
{
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    printf("version %d.%d\n", major, minor);

    title("no context");
    TELL_PTR(zmq_socket(NULL, ZMQ_PAIR));
    TELL(zmq_ctx_set(NULL, ZMQ_IO_THREADS, 1));
    TELL(zmq_ctx_get(NULL, ZMQ_IO_THREADS));
    TELL(zmq_ctx_shutdown(NULL));
    TELL(zmq_ctx_term(NULL));
    TELL(zmq_ctx_destroy(NULL));
    TELL(zmq_term(NULL));

    title("defaults");
    void *context = TELL_PTR(zmq_ctx_new());
    SHOW(ZMQ_IO_THREADS);
    SHOW(ZMQ_MAX_SOCKETS);
    SHOW(ZMQ_SOCKET_LIMIT);
    SHOW(ZMQ_MAX_MSGSZ);
    SHOW(ZMQ_MSG_T_SIZE);
    SHOW(ZMQ_IPV6);
    SHOW(ZMQ_BLOCKY);
    SHOW(ZMQ_THREAD_NAME_PREFIX);
    SHOW(ZMQ_THREAD_PRIORITY);
    SHOW(ZMQ_THREAD_SCHED_POLICY);
    show(context, "ZMQ_ZERO_COPY_RECV", 10);
    show(context, "-1", -1);
    show(context, "99", 99);

    title("setting");
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, 0));
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, -1));
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, 2));
    SHOW(ZMQ_IO_THREADS);
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 0));
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, -5));
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 3));
    SHOW(ZMQ_MAX_SOCKETS);
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 2 * 65536)); /* more than one can have */
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 3));
    TELL(zmq_ctx_set(context, ZMQ_SOCKET_LIMIT, 1));
    TELL(zmq_ctx_set(context, ZMQ_MAX_MSGSZ, -1));
    TELL(zmq_ctx_set(context, ZMQ_MAX_MSGSZ, 1000));
    SHOW(ZMQ_MAX_MSGSZ);
    TELL(zmq_ctx_set(context, ZMQ_IPV6, 2));
    TELL(zmq_ctx_set(context, ZMQ_IPV6, 1));
    SHOW(ZMQ_IPV6);
    TELL(zmq_ctx_set(context, ZMQ_BLOCKY, 0));
    SHOW(ZMQ_BLOCKY);
    TELL(zmq_ctx_set(context, ZMQ_MSG_T_SIZE, 64));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_PRIORITY, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_SCHED_POLICY, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_ADD, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_REMOVE, 3));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_NAME_PREFIX, -1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_NAME_PREFIX, 7));
    SHOW(ZMQ_THREAD_NAME_PREFIX);
    TELL(zmq_ctx_set(context, -1, 0));
    TELL(zmq_ctx_set(context, 99, 0));

    title("what sockets take from their context");
    void *socket = make(context, ZMQ_PUSH);
    TELL(get_int(socket, ZMQ_IPV6));
    TELL(get_int(socket, ZMQ_LINGER));
    TELL(zmq_ctx_set(context, ZMQ_IPV6, 0));
    TELL(get_int(socket, ZMQ_IPV6));

    title("the limit of sockets");
    void *second = TELL_PTR(zmq_socket(context, ZMQ_PULL));
    void *third = TELL_PTR(zmq_socket(context, ZMQ_PULL));
    TELL_PTR(zmq_socket(context, ZMQ_PULL));
    TELL_PTR(zmq_socket(context, ZMQ_PULL));
    TELL(zmq_close(third));
    shut(second);
    shut(socket);
    TELL(zmq_ctx_shutdown(context));
    TELL(zmq_ctx_shutdown(context));
    TELL_PTR(zmq_socket(context, ZMQ_PUSH));
    TELL(zmq_ctx_term(context));

    title("never used");
    context = TELL_PTR(zmq_init(1));
    SHOW(ZMQ_IO_THREADS);
    TELL(zmq_ctx_shutdown(context));
    TELL_PTR(zmq_socket(context, ZMQ_PUSH));
    TELL(zmq_term(context));
    TELL_PTR(zmq_init(-1));
    context = zmq_ctx_new();
    TELL(zmq_ctx_destroy(context));
    received_without_a_copy();
    return 0;
}
