// ours-only: libzmq forbids a close while another thread is in a call
/* Closing a socket while other threads are blocked in it: each of them comes
 * back with ENOTSOCK, and the context can be terminated. */
#include "support.h"

struct blocked { void *socket; const char *what; int rc, number; };

static void *block(void *argument)
{
    struct blocked *b = argument;
    char byte;
    zmq_msg_t m;
    zmq_pollitem_t item = {b->socket, 0, ZMQ_POLLIN, 0};
    zmq_msg_init(&m);
    if (!strcmp(b->what, "recv"))
        b->rc = zmq_recv(b->socket, &byte, 1, 0);
    else if (!strcmp(b->what, "msg_recv"))
        b->rc = zmq_msg_recv(&m, b->socket, 0);
    else if (!strcmp(b->what, "send"))
        b->rc = zmq_send(b->socket, "x", 1, 0);
    else
        b->rc = zmq_poll(&item, 1, -1);
    b->number = zmq_errno();
    zmq_msg_close(&m);
    return NULL;
}

static void run(const char *what, int type, int threads, const char *transport)
{
    void *context = make_context(), *socket = zmq_socket(context, type);
    pthread_t thread[8];
    struct blocked b[8];
    if (transport)
        bind_any(socket, transport);
    for (int i = 0; i < threads; i++) {
        b[i] = (struct blocked){socket, what, 0, 0};
        MUST(pthread_create(&thread[i], NULL, block, &b[i]) == 0);
    }
    pause_ms(50);
    shut(socket);
    printf("%s, %d threads%s%s:", what, threads, transport ? ", " : "", transport ? transport : "");
    for (int i = 0; i < threads; i++) {
        MUST(pthread_join(thread[i], NULL) == 0);
        printf(" %d %s", b[i].rc, error_name(b[i].number));
    }
    putchar('\n');
    finish(context);
}

int main(void)
{
    static const char *transports[] = {NULL, "inproc", "tcp", "ipc"};
    for (int i = 0; i < 4; i++) {
        run("recv", ZMQ_PULL, 1, transports[i]);
        run("recv", ZMQ_ROUTER, 3, transports[i]);
        run("msg_recv", ZMQ_PAIR, 2, transports[i]);
        run("send", ZMQ_PUSH, 1, transports[i]);
        run("send", ZMQ_DEALER, 3, transports[i]);
        run("poll", ZMQ_REP, 1, transports[i]);
        run("poll", ZMQ_DEALER, 4, transports[i]);
    }
    return 0;
}
