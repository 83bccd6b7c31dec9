/* What a REQ does with something that is no reply: the connection ends, with all
 * that came behind, and is not made again. A reply that came before is heard.
 * (libzmq notices as soon as the bytes are there; this library, when it comes to
 * them.) */
#include "../support.h"

static void bad_reply(const char *transport, const char *first, const char *second)
{
    void *ours = make_context(), *theirs = make_context();
    void *req = make(ours, ZMQ_REQ), *router = make(theirs, ZMQ_ROUTER);
    printf("-- %s, then %s, %s\n", first ? first : "nothing", second, transport);
    MUST(zmq_setsockopt(req, ZMQ_ROUTING_ID, "asker", 5) == 0);
    set_int(req, ZMQ_RECONNECT_IVL, 10);
    struct endpoint e = bind_any(router, transport);
    join(req, e);
    say(req, "question");
    hear(router);
    if (first)
        say(router, first);
    say(router, second);
    let_happen();
    set_int(req, ZMQ_RCVTIMEO, SILENCE);
    set_int(req, ZMQ_SNDTIMEO, SILENCE);
    hear(req);
    if (!first) {
        TELL(zmq_send(req, "next", 4, 0));
        hear_nothing(router);
        set_int(router, ZMQ_ROUTER_MANDATORY, 1);
        TELL(zmq_send(router, "asker", 5, ZMQ_SNDMORE));
    }
    shut_now(req);
    shut_now(router);
    finish(ours);
    finish(theirs);
}

int main(void)
{
    static const char *transports[] = {"tcp", "ipc"};
    for (int t = 0; t < 2; t++) {
        bad_reply(transports[t], NULL, "asker|no delimiter");
        bad_reply(transports[t], NULL, "asker|no|delimiter");
        bad_reply(transports[t], "asker||good", "asker|no delimiter");
        bad_reply(transports[t], "asker||good|reply", "asker|no delimiter");
    }
    return 0;
}
