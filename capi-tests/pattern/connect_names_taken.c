// breaks: it aborts when a name is given to a second peer
/* ZMQ_CONNECT_ROUTING_ID with a name that a peer has already, one that has connected
 * or that was connected to. The name stays its; the newcomer goes by the name that it
 * has without, its own or one that is made up, unless ZMQ_ROUTER_HANDOVER gives it
 * the other's. */
#include "support.h"

static void *context;

static void set_name(void *socket, int option, const char *name)
{
    MUST(zmq_setsockopt(socket, option, name, strlen(name)) == 0);
}

static void taken(const char *transport, int incoming, const char *own)
{
    void *router = make(context, ZMQ_ROUTER), *first = make(context, ZMQ_DEALER), *second = make(context, ZMQ_DEALER);
    printf("-- the first one %s, the second is called \"%s\", over %s\n",
        incoming ? "has connected" : "was connected to", own, transport);
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    if (*own)
        set_name(second, ZMQ_ROUTING_ID, own);
    if (incoming) {
        set_name(first, ZMQ_ROUTING_ID, "same");
        join(first, bind_any(router, transport));
    } else {
        set_name(router, ZMQ_CONNECT_ROUTING_ID, "same");
        join(router, bind_any(first, transport));
    }
    say(first, "here");
    hear(router);
    struct endpoint e = bind_any(second, transport);
    set_name(router, ZMQ_CONNECT_ROUTING_ID, "same");
    TELL(zmq_connect(router, e.text));
    say(router, "same|to the first");
    hear(first);
    hear_nothing(second);
    say(second, "from the second");
    char name[64];
    int size = zmq_recv(router, name, sizeof name, 0);
    printf("it is called %s: ", size == 5 && !name[0] ? "something made up" : "by its own name");
    hear(router);
    MUST(zmq_send(router, name, size, ZMQ_SNDMORE) == size);
    say(router, "to the second");
    hear(second);
    say(first, "from the first");
    hear(router);
    shut(router);
    shut_now(first);
    shut_now(second);
}

static void handed_over(const char *transport)
{
    void *router = make(context, ZMQ_ROUTER), *first = make(context, ZMQ_DEALER), *second = make(context, ZMQ_DEALER);
    printf("-- handed over, over %s\n", transport);
    set_int(router, ZMQ_ROUTER_HANDOVER, 1);
    set_name(first, ZMQ_ROUTING_ID, "same");
    join(first, bind_any(router, transport));
    say(first, "here");
    hear(router);
    set_name(router, ZMQ_CONNECT_ROUTING_ID, "same");
    join(router, bind_any(second, transport));
    say(router, "same|to the second");
    hear(second);
    hear_nothing(first);
    say(second, "from the second");
    hear(router);
    shut(router);
    shut_now(first);
    shut_now(second);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    context = make_context();
    for (int i = 0; i < 3; i++) {
        taken(transports[i], 0, "");
        taken(transports[i], 1, "");
        taken(transports[i], 0, "own");
        handed_over(transports[i]);
    }
    finish(context);
    return 0;
}
