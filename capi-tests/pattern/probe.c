/* ZMQ_PROBE_ROUTER: an empty message on each new connection, from types that have a
 * use for it, so that a ROUTER knows its peer before it has said anything. */
#include "support.h"

static void *context;

static const char *const names[] = {"PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER"};

/* Of a socket that is connected to, libzmq sends the probe when it is next called. */
static void called_upon(void *prober, void *router)
{
    long long end = now_ms() + PATIENCE;
    do
        get_int(prober, ZMQ_EVENTS);
    while (!await(router, ZMQ_POLLIN, 5) && now_ms() < end);
}

/* The prober connects, or is connected to. */
static void probe(const char *transport, int type, int connects)
{
    void *router = make(context, ZMQ_ROUTER), *prober = make(context, type);
    set_int(prober, ZMQ_PROBE_ROUTER, 1);
    MUST(zmq_setsockopt(prober, ZMQ_ROUTING_ID, "P", 1) == 0);
    MUST(zmq_setsockopt(router, ZMQ_ROUTING_ID, "R", 1) == 0);
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    if (connects)
        join(prober, bind_own(router, transport));
    else
        join(router, bind_own(prober, transport));
    printf("-- %s %s over %s\n", names[type], connects ? "connects" : "is connected to", transport);
    called_upon(prober, router);
    hear(router); /* its name and nothing else */
    if (type == ZMQ_REQ)
        say(prober, "request"), hear(router), say(router, "P||reply");
    else
        say(router, "P|to you");
    hear(prober);
    if (type == ZMQ_DEALER)
        say(prober, "and to you"), hear(router);
    if (!strcmp(transport, "tcp"))
        hear_nothing(router);
    shut(prober);
    shut_now(router);
}

/* A probe is a message of no bytes to whoever is no ROUTER. */
static void to_others(void)
{
    title("to a DEALER, and to a REP");
    void *dealer = make(context, ZMQ_DEALER), *prober = make(context, ZMQ_DEALER);
    set_int(prober, ZMQ_PROBE_ROUTER, 1);
    join(prober, bind_own(dealer, "tcp"));
    hear(dealer);
    shut(prober);
    prober = make(context, ZMQ_REQ);
    void *rep = make(context, ZMQ_REP);
    set_int(prober, ZMQ_PROBE_ROUTER, 1);
    join(prober, bind_own(rep, "tcp"));
    say(prober, "request");
    hear(rep); /* what has no delimiter is no request */
    say(rep, "reply");
    hear(prober);
    shut(prober), shut(rep), shut(dealer);
}

/* For each peer, and not for one that comes again under the same pipe. */
static void again(void)
{
    title("again");
    void *router = make(context, ZMQ_ROUTER), *prober = make(context, ZMQ_DEALER);
    set_int(prober, ZMQ_PROBE_ROUTER, 1);
    set_int(prober, ZMQ_RECONNECT_IVL, 10);
    MUST(zmq_setsockopt(prober, ZMQ_ROUTING_ID, "P", 1) == 0);
    struct endpoint e = bind_own(router, "tcp");
    join(prober, e);
    hear(router);
    shut_now(router);
    router = make(context, ZMQ_ROUTER);
    bind_again(router, e.text);
    do /* what is sent before the loss is noticed is lost */
        say(prober, "back");
    while (!await(router, ZMQ_POLLIN, 50));
    hear(router);
    int off = 0;
    TELL(zmq_setsockopt(prober, ZMQ_PROBE_ROUTER, &off, sizeof off));
    void *second = make(context, ZMQ_ROUTER);
    join(prober, bind_own(second, "tcp"));
    hear_nothing(second);
    shut(prober), shut_now(second), shut_now(router);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    context = make_context();
    for (int i = 0; i < 3; i++)
        for (int connects = 1; connects >= 0; connects--) {
            probe(transports[i], ZMQ_DEALER, connects);
            probe(transports[i], ZMQ_ROUTER, connects);
            probe(transports[i], ZMQ_REQ, connects);
        }
    to_others();
    again();
    finish(context);
    return 0;
}
