// differs: in libzmq a limit below what a handshake takes lets nobody in
/* ZMQ_MAXMSGSIZE of a few bytes, or of none: it counts for messages only, so a
 * peer can still connect and send messages that are short enough. */
#include "support.h"

static void limited(void *context, int64_t limit)
{
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    MUST(zmq_setsockopt(pull, ZMQ_MAXMSGSIZE, &limit, sizeof limit) == 0);
    set_int(push, ZMQ_RECONNECT_IVL, -1);
    join(push, bind_any(pull, "tcp"));
    printf("-- at most %lld\n", (long long)limit);
    char text[16] = "0123456789";
    MUST(zmq_send(push, text, (size_t)limit, 0) == limit);
    MUST(zmq_send(push, text, (size_t)limit + 1, 0) == limit + 1);
    zmq_send(push, "", 0, ZMQ_DONTWAIT); /* the connection may be lost by now */
    hear(pull);
    hear_nothing(pull);
    shut_now(push);
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    limited(context, 0), limited(context, 1), limited(context, 9);
    finish(context);
    return 0;
}
