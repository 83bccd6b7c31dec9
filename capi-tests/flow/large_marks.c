// unwrapped: so slow a sender is one of isolated messages, which are written at once
/* A ROUTER that sends large bodies without waiting finds its mark full, long before the
 * kernel is: with ZMQ_DONTWAIT, and with a time-out of 0. */
#include "support.h"

/* The kernel takes about 60 over tcp. */
#define SOME 40

static unsigned char bytes[64 * 1024];

static void fill_up(const char *how, int flags, int timeout)
{
    void *context = make_context(), *router = make(context, ZMQ_ROUTER), *dealer = make(context, ZMQ_DEALER);
    int count = 0;
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    set_int(router, ZMQ_SNDHWM, 1);
    set_int(dealer, ZMQ_RCVHWM, 1);
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "X", 1) == 0);
    join(dealer, bind_any(router, "tcp"));
    say(dealer, "here");
    hear(router);
    set_int(router, ZMQ_SNDTIMEO, timeout);
    while (count < SOME && zmq_send(router, "X", 1, flags | ZMQ_SNDMORE) == 1) {
        MUST(zmq_send(router, bytes, sizeof bytes, flags) == sizeof bytes);
        count++;
    }
    printf("%s: %s\n", how, count < SOME ? error_name(zmq_errno()) : "all are taken");
    for (int i = 0; i < count; i++)
        MUST(zmq_recv(dealer, bytes, sizeof bytes, 0) == sizeof bytes);
    shut(router);
    shut(dealer);
    finish(context);
}

int main(void)
{
    fill_up("ZMQ_DONTWAIT", ZMQ_DONTWAIT, PATIENCE);
    fill_up("ZMQ_SNDTIMEO of 0", 0, 0);
    return 0;
}
