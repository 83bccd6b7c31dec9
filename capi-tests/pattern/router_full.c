/* ROUTER and peers that are full or unknown: what is dropped, what is refused,
 * when it may send, and that room comes back. */
#include "support.h"

static void *connected(void *context, void *router, const char *name, const char *transport)
{
    void *dealer = make(context, ZMQ_DEALER);
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, name, strlen(name)) == 0);
    set_int(dealer, ZMQ_RCVHWM, 1);
    join(dealer, bind_any(router, transport));
    say(dealer, "here");
    return dealer;
}

static void mandatory(void *context, const char *transport)
{
    char *body = calloc(1, 100000);
    void *router = make(context, ZMQ_ROUTER);
    printf("mandatory, over %s\n", transport);
    TELL(get_int(router, ZMQ_EVENTS));
    TELL(zmq_send(router, "nobody", 6, ZMQ_SNDMORE));
    TELL(zmq_send(router, "x", 1, 0));
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    set_int(router, ZMQ_SNDHWM, 1);
    TELL(get_int(router, ZMQ_EVENTS));
    TELL(zmq_send(router, "nobody", 6, ZMQ_SNDMORE));
    TELL(zmq_send(router, "nobody", 6, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    TELL(zmq_send(router, "nobody", 6, 0)); /* a routing id and nothing else */
    void *dealer = connected(context, router, "d", transport);
    hear(router);
    TELL(get_int(router, ZMQ_EVENTS));
    int sent = 0;
    set_int(router, ZMQ_SNDTIMEO, SILENCE * 4); /* until the kernel takes no more */
    while (zmq_send(router, "d", 1, ZMQ_SNDMORE) == 1
           || (await_rest(), zmq_send(router, "d", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) == 1)) {
        MUST(zmq_send(router, body, 100000, ZMQ_DONTWAIT) == 100000);
        MUST(++sent < 1000);
    }
    printf("full: %s\n", error_name(zmq_errno()));
    TELL(zmq_send(router, "d", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    TELL(zmq_send(router, "nobody", 6, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    TELL(get_int(router, ZMQ_EVENTS));
    TELL(zmq_send(router, "d", 1, ZMQ_SNDMORE));
    for (int i = 0; i < sent; i++)
        MUST(zmq_recv(dealer, body, 100000, 0) == 100000);
    MUST(await(router, ZMQ_POLLOUT, PATIENCE));
    set_int(router, ZMQ_SNDTIMEO, PATIENCE);
    say(router, "d|again");
    hear(dealer);
    shut(dealer);
    long long end = now_ms() + PATIENCE;
    do {
        MUST(now_ms() < end);
        char none[1]; /* libzmq learns of the end when it receives */
        MUST(zmq_recv(router, none, 1, ZMQ_DONTWAIT) == -1);
        while (zmq_send(router, "d", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) == 1)
            MUST(zmq_send(router, "x", 1, 0) == 1);
    } while (zmq_errno() != EHOSTUNREACH);
    title("gone");
    shut_now(router);
    free(body);
}

/* A sender that waits for room wakes when a ROUTER, or what is built on it, has
 * received. */
static void *send_many(void *socket)
{
    for (int i = 0; i < 5000; i++)
        MUST(zmq_send(socket, "x", 1, 0) == 1);
    return NULL;
}

static void waits_for_room(void *context, int type, const char *transport)
{
    void *from = make(context, ZMQ_DEALER), *to = make(context, type);
    char text[64];
    pthread_t thread;
    printf("type %d makes room over %s\n", type, transport);
    set_int(from, ZMQ_SNDHWM, 10);
    set_int(to, ZMQ_RCVHWM, 10);
    join(from, bind_any(to, transport));
    MUST(pthread_create(&thread, NULL, send_many, from) == 0);
    for (int i = 0; i < 5000; i++) {
        if (type == ZMQ_ROUTER)
            MUST(zmq_recv(to, text, sizeof text, 0) == 5);
        MUST(zmq_recv(to, text, sizeof text, 0) == 1);
    }
    MUST(pthread_join(thread, NULL) == 0);
    shut(from);
    shut(to);
}

int main(void)
{
    void *context = make_context();
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    for (int i = 0; i < 3; i++) {
        mandatory(context, transports[i]);
        waits_for_room(context, ZMQ_ROUTER, transports[i]);
        waits_for_room(context, ZMQ_DEALER, transports[i]);
    }
    finish(context);
    return 0;
}
