/* Shutdown and termination while other threads are blocked: each of them comes
 * back with ETERM, and termination waits until they have closed. */
#include "support.h"

struct blocked {
    void *context, *socket;
    const char *what;
    int rc, number, send_after, close_rc;
};

static void *block(void *argument)
{
    struct blocked *b = argument;
    char byte;
    zmq_pollitem_t item = {b->socket, 0, ZMQ_POLLIN, 0};
    if (!strcmp(b->what, "recv"))
        b->rc = zmq_recv(b->socket, &byte, 1, 0);
    else if (!strcmp(b->what, "send"))
        b->rc = zmq_send(b->socket, "x", 1, 0);
    else
        b->rc = zmq_poll(&item, 1, -1);
    b->number = zmq_errno();
    b->send_after = zmq_send(b->socket, "x", 1, ZMQ_DONTWAIT) == -1 ? zmq_errno() : 0;
    b->close_rc = zmq_close(b->socket);
    return NULL;
}

static void run(const char *what, int type, int shutdown)
{
    pthread_t thread;
    void *context = make_context();
    struct blocked b = {context, zmq_socket(context, type), what, 0, 0, 0, 0};
    MUST(b.socket && pthread_create(&thread, NULL, block, &b) == 0);
    let_happen();
    if (shutdown)
        MUST(zmq_ctx_shutdown(context) == 0);
    printf("%s, %s: ", what, shutdown ? "shutdown, then term" : "term");
    finish(context);
    MUST(pthread_join(thread, NULL) == 0);
    printf("%d %s, then send %s, close %d\n", b.rc, error_name(b.number),
           error_name(b.send_after), b.close_rc);
}

static void *terminate(void *context)
{
    return zmq_ctx_term(context) == 0 ? "done" : "failed";
}

static void what_remains_after_shutdown(void)
{
    void *context = make_context(), *answer;
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    char text[16];
    size_t size = sizeof text;
    int value = 0;
    pthread_t thread;
    title("every call after shutdown");
    struct endpoint e = bind_any(a, "inproc");
    join(b, e);
    say(b, "unread");
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_recv(a, text, sizeof text, ZMQ_DONTWAIT));
    TELL(zmq_send(a, "x", 1, ZMQ_DONTWAIT));
    TELL(zmq_bind(a, "inproc://more"));
    TELL(zmq_connect(a, "inproc://more"));
    TELL(zmq_unbind(a, e.text));
    TELL(zmq_disconnect(b, e.text));
    TELL(zmq_setsockopt(a, ZMQ_LINGER, &value, sizeof value));
    size = sizeof value;
    TELL(zmq_getsockopt(a, ZMQ_EVENTS, &value, &size));
    TELL(zmq_getsockopt(a, ZMQ_TYPE, &value, &size));
    zmq_pollitem_t item = {a, 0, ZMQ_POLLIN, 0};
    TELL(zmq_poll(&item, 1, 0));
    MUST(pthread_create(&thread, NULL, terminate, context) == 0);
    shut(a);
    let_happen();
    MUST(pthread_tryjoin_np(thread, &answer) == EBUSY);
    puts("term waits for the last socket");
    shut(b);
    MUST(pthread_join(thread, &answer) == 0);
    printf("term: %s\n", (char *)answer);
}

int main(void)
{
    for (int shutdown = 0; shutdown < 2; shutdown++) {
        run("recv", ZMQ_PULL, shutdown);
        run("recv", ZMQ_PAIR, shutdown);
        run("recv", ZMQ_REP, shutdown);
        run("send", ZMQ_PUSH, shutdown);
        run("send", ZMQ_REQ, shutdown);
        run("poll", ZMQ_ROUTER, shutdown);
        run("poll", ZMQ_DEALER, shutdown);
    }
    what_remains_after_shutdown();
    return 0;
}
