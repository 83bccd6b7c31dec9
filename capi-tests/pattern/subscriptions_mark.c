// differs: libzmq loses the subscriptions of a peer that are beyond its send mark
/* No mark counts subscriptions: a publisher is told all of them. */
#include "topics.h"

static void connect_with(void *context, const char *transport, int count)
{
    void *xpub = make(context, ZMQ_XPUB), *sub = make(context, ZMQ_SUB);
    char topic[32], text[32];
    set_int(xpub, ZMQ_RCVHWM, 0);
    set_int(sub, ZMQ_SNDHWM, 5);
    for (int i = 0; i < count; i++) {
        snprintf(topic, sizeof topic, "topic %d", i);
        want(sub, topic, 1);
    }
    join(sub, bind_any(xpub, transport));
    int told = 0;
    while (told < count && listen_to(xpub, text, sizeof text, 0) == 1)
        told++;
    printf("%s: of %d topics it is told %d\n", transport, count, told);
    shut(sub);
    shut(xpub);
}

int main(void)
{
    void *context = make_context();
    connect_with(context, "tcp", 2000);
    connect_with(context, "ipc", 2000);
    connect_with(context, "inproc", 2000);
    finish(context);
    return 0;
}
