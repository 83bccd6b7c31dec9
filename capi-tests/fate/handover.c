/* What becomes of the messages of a peer whose routing id another one takes over
 * (ROUTER_HANDOVER): one that is read ahead or in part is received to its end, and
 * the others are dropped; what was to be sent is sent. The former peer stays
 * connected, unheard, and does not come again to take its routing id back. */
#include "../support.h"

enum { COUNT = 640 };

struct three { void *context, *router, *first, *second; struct endpoint e; };

static struct three meet(const char *transport, int mark)
{
    struct three t;
    t.context = make_context();
    t.router = make(t.context, ZMQ_ROUTER);
    t.first = make(t.context, ZMQ_DEALER);
    t.second = make(t.context, ZMQ_DEALER);
    set_int(t.router, ZMQ_ROUTER_HANDOVER, 1);
    set_int(t.router, ZMQ_SNDHWM, 0);
    set_int(t.first, ZMQ_RCVHWM, mark);
    set_int(t.first, ZMQ_RECONNECT_IVL, 10);
    MUST(zmq_setsockopt(t.first, ZMQ_ROUTING_ID, "same", 4) == 0);
    MUST(zmq_setsockopt(t.second, ZMQ_ROUTING_ID, "same", 4) == 0);
    t.e = bind_any(t.router, transport);
    join(t.first, t.e);
    return t;
}

static void part(struct three *t)
{
    shut_now(t->first);
    shut_now(t->second);
    shut_now(t->router);
    finish(t->context);
}

static void inbox(const char *transport, int begun)
{
    struct three t = meet(transport, 1000);
    void *router = t.router;
    printf("-- what had arrived, %s%s\n", transport,
           begun == 0 ? "" : begun == 1 ? ", one of it read" : ", and the routing id of the next");
    say(t.first, "one");
    say(t.first, "two|parts");
    say(t.first, "three");
    if (begun)
        hear(router);
    MUST(await(router, ZMQ_POLLIN, PATIENCE));
    let_happen(); /* for the others */
    if (begun == 2) {
        char id[8];
        TELL(zmq_recv(router, id, sizeof id, 0));
        TELL(get_int(router, ZMQ_RCVMORE));
    }
    join(t.second, t.e);
    say(t.second, "from the second");
    set_int(router, ZMQ_RCVTIMEO, SILENCE * 2);
    let_happen();
    get_int(router, ZMQ_EVENTS); /* where libzmq takes the newcomer in */
    while (hear(router) != -1)
        ;
    say(router, "same|next");
    hear_with(t.second, "second", 0);
    hear_nothing_(t.first, "first");
    part(&t);
}

/* 40 MiB for a reader that does not read: more than the kernel holds. */
static void outbox(const char *transport)
{
    static char body[65536];
    struct three t = meet(transport, 1);
    int got = 0;
    void *router = t.router;
    say(t.first, "hello");
    hear(router);
    for (int i = 0; i < COUNT; i++) {
        MUST(zmq_send(router, "same", 4, ZMQ_SNDMORE) == 4);
        MUST(zmq_send(router, body, sizeof body, 0) == sizeof body);
    }
    join(t.second, t.e);
    say(t.second, "from the second");
    hear(router);
    let_happen();
    while (got < COUNT && await(t.first, ZMQ_POLLIN, PATIENCE)) {
        MUST(zmq_recv(t.first, body, sizeof body, 0) == sizeof body);
        got++;
    }
    printf("-- of what was to be sent %s arrives, %s\n", got == COUNT ? "all" : "not all", transport);
    part(&t);
}

static void half(const char *transport)
{
    struct three t = meet(transport, 1000);
    void *router = t.router;
    printf("-- a message of which two parts were sent, %s\n", transport);
    say(t.first, "hello");
    hear(router);
    MUST(zmq_send(router, "same", 4, ZMQ_SNDMORE) == 4);
    MUST(zmq_send(router, "one", 3, ZMQ_SNDMORE) == 3);
    join(t.second, t.e);
    say(t.second, "from the second");
    hear(router);
    TELL(zmq_send(router, "two", 3, ZMQ_SNDMORE));
    TELL(zmq_send(router, "three", 5, 0));
    hear_nothing_(t.first, "first");
    hear_nothing_(t.second, "second");
    say(router, "same|next|whole");
    hear_with(t.second, "second", 0);
    part(&t);
}

/* Who was handed over goes on speaking, and leaves. */
static void former(const char *transport)
{
    struct three t = meet(transport, 1000);
    void *router = t.router;
    printf("-- the former peer, %s\n", transport);
    say(t.first, "hello");
    hear(router);
    join(t.second, t.e);
    say(t.second, "from the second");
    hear(router);
    for (int i = 0; i < 3; i++) {
        (void)zmq_send(t.first, "still here", 10, ZMQ_DONTWAIT);
        hear_nothing(router);
        say(router, "same|who hears this");
        hear_with(t.second, "second", 0);
    }
    shut(t.first);
    t.first = make(t.context, ZMQ_DEALER);
    hear_nothing(router);
    say(router, "same|who hears this");
    hear_with(t.second, "second", 0);
    part(&t);
}

int main(void)
{
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    for (int t = 0; t < 3; t++) {
        for (int begun = 0; begun < 3; begun++)
            inbox(transports[t], begun);
        outbox(transports[t]);
        half(transports[t]);
        former(transports[t]);
    }
    return 0;
}
