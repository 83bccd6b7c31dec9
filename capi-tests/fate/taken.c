/* What becomes of the messages of a peer whose routing id is taken: they are never
 * read, not even when it has gone or when the id is free again. */
#include "../support.h"

static void taken(const char *transport)
{
    void *context = make_context(), *router = make(context, ZMQ_ROUTER);
    void *first = make(context, ZMQ_DEALER), *second = make(context, ZMQ_DEALER);
    printf("-- %s\n", transport);
    MUST(zmq_setsockopt(first, ZMQ_ROUTING_ID, "same", 4) == 0);
    MUST(zmq_setsockopt(second, ZMQ_ROUTING_ID, "same", 4) == 0);
    struct endpoint e = bind_any(router, transport);
    join(first, e);
    say(first, "first");
    hear(router);
    join(second, e);
    say(second, "second");
    say(second, "in|parts");
    hear_nothing(router);
    shut(second);
    hear_nothing(router);

    second = make(context, ZMQ_DEALER);
    set_int(second, ZMQ_RECONNECT_IVL, 10);
    MUST(zmq_setsockopt(second, ZMQ_ROUTING_ID, "same", 4) == 0);
    join(second, e);
    say(second, "too early");
    hear_nothing(router);
    shut(first);
    hear_nothing(router);
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    /* The router learns in its own time that the first has gone. */
    while (zmq_send(router, "same", 4, ZMQ_SNDMORE) != -1) {
        MUST(zmq_send(router, "", 0, 0) == 0);
        pause_ms(5);
    }
    MUST(zmq_errno() == EHOSTUNREACH);
    void *third = make(context, ZMQ_DEALER);
    MUST(zmq_setsockopt(third, ZMQ_ROUTING_ID, "same", 4) == 0);
    join(third, e);
    say(third, "the id is free");
    hear(router);
    say(router, "same|welcome");
    hear(third);
    shut(third);
    shut_now(second);
    shut(router);
    finish(context);
}

int main(void)
{
    taken("tcp");
    taken("ipc");
    taken("inproc");
    return 0;
}
