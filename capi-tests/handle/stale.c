// ours-only: libzmq reads through handles that are closed or were never one
/* Handles that are closed, stale, foreign or of the wrong kind are refused, by
 * every call, and never make a call reach another socket. */
#include "support.h"

static void every_call(const char *name, void *socket)
{
    char byte;
    int value = 0;
    size_t size = sizeof value;
    zmq_msg_t m;
    zmq_pollitem_t item = {socket, 0, ZMQ_POLLIN, 0};
    title(name);
    MUST(zmq_msg_init(&m) == 0);
    TELL(zmq_send(socket, "x", 1, ZMQ_DONTWAIT));
    TELL(zmq_send_const(socket, "x", 1, ZMQ_DONTWAIT));
    TELL(zmq_recv(socket, &byte, 1, ZMQ_DONTWAIT));
    TELL(zmq_msg_send(&m, socket, ZMQ_DONTWAIT));
    TELL(zmq_msg_recv(&m, socket, ZMQ_DONTWAIT));
    TELL(zmq_bind(socket, "inproc://a"));
    TELL(zmq_connect(socket, "inproc://a"));
    TELL(zmq_unbind(socket, "inproc://a"));
    TELL(zmq_disconnect(socket, "inproc://a"));
    TELL(zmq_setsockopt(socket, ZMQ_LINGER, &value, sizeof value));
    TELL(zmq_getsockopt(socket, ZMQ_LINGER, &value, &size));
    TELL(zmq_getsockopt(socket, ZMQ_EVENTS, &value, &size));
    TELL(zmq_poll(&item, 1, 0));
    TELL(zmq_close(socket));
    MUST(zmq_msg_close(&m) == 0);
}

static void every_context_call(const char *name, void *context)
{
    title(name);
    TELL_PTR(zmq_socket(context, ZMQ_PAIR));
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, 1));
    TELL(zmq_ctx_get(context, ZMQ_IO_THREADS));
    TELL(zmq_ctx_shutdown(context));
    TELL(zmq_ctx_term(context));
}

static void reuse(void *context)
{
    void *old[200], *fresh[200];
    int reached = 0;
    title("a new socket never answers for an old handle");
    for (int round = 0; round < 50; round++) {
        char byte;
        for (int i = 0; i < 200; i++)
            MUST((old[i] = zmq_socket(context, ZMQ_PULL)) != NULL);
        for (int i = 0; i < 200; i++)
            shut(old[i]);
        for (int i = 0; i < 200; i++)
            MUST((fresh[i] = zmq_socket(context, ZMQ_PULL)) != NULL);
        for (int i = 0; i < 200; i++)
            reached += zmq_recv(old[i], &byte, 1, ZMQ_DONTWAIT) != -1 || zmq_errno() != ENOTSOCK;
        for (int i = 0; i < 200; i++)
            shut(fresh[i]);
    }
    printf("%d\n", reached);
}

int main(void)
{
    static char zeros[4096], *heap;
    void *context = make_context(), *other = make_context();
    void *socket = zmq_socket(context, ZMQ_PAIR), *dead = zmq_socket(other, ZMQ_PAIR);
    heap = calloc(1, 4096);
    shut(socket);
    every_call("a closed socket", socket);
    shut(dead);
    finish(other);
    every_call("a socket whose context has gone", dead);
    every_call("a context", context);
    every_call("a context that has gone", other);
    every_call("zeros", zeros);
    every_call("the heap", heap);
    every_call("1", (void *)1);
    every_call("-1", (void *)-1);
    every_call("the middle of a handle", (char *)zmq_socket(context, ZMQ_PAIR) + 1);
    every_context_call("a context that has gone", other);
    every_context_call("a closed socket", socket);
    every_context_call("zeros", zeros);
    every_context_call("the heap", heap);
    every_context_call("1", (void *)1);
    free(heap);
    reuse(context);
    title("the first word of a socket is a negative int");
    socket = zmq_socket(context, ZMQ_PAIR);
    printf("%s\n", *(int *)socket < 0 ? "yes" : "no");
    shut(socket);
    return 0;
}
