// differs: libzmq drops what was received over a connection that is lost
/* ZMQ_IMMEDIATE, and input that waits to be received when the connection goes. */
#include "support.h"

static void lose(void *context, const char *transport)
{
    void *other = make_context();
    void *dealer = make(context, ZMQ_DEALER), *router = make(other, ZMQ_ROUTER);
    set_int(dealer, ZMQ_IMMEDIATE, 1);
    set_int(dealer, ZMQ_RCVTIMEO, SILENCE);
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "dealer", 6) == 0);
    join(dealer, bind_any(router, transport));
    say(dealer, "hello");
    hear(router);
    say(router, "dealer|one|more");
    say(router, "dealer|two");
    MUST(await(dealer, ZMQ_POLLIN, PATIENCE));
    shut(router);
    finish(other);
    long long end = now_ms() + PATIENCE;
    while (zmq_send(dealer, "x", 1, ZMQ_DONTWAIT) == 1)
        MUST(now_ms() < end);
    TELL(get_int(dealer, ZMQ_EVENTS));
    hear(dealer);
    hear(dealer);
    TELL(zmq_recv(dealer, NULL, 0, ZMQ_DONTWAIT));
    shut(dealer);
}

int main(void)
{
    void *context = make_context();
    lose(context, "tcp");
    lose(context, "ipc");
    finish(context);
    return 0;
}
