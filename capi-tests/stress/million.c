// slow-args: 1000000
// slow-limit: 300
/* As many subscriptions as can be: each is found, whatever their number, and
 * taken back; a peer that leaves takes its own along. Were anything searched one
 * by one, this would not end within its limit. */
#include "support.h"

static int count = 100000;

static int topic_of(char *topic, int i)
{
    return sprintf(topic, "%07d/%x.", (int)((i * 7919LL) % 9999991), i);
}

static void subscribe_all(void *sub, int option)
{
    char topic[64];
    for (int i = 0; i < count; i++)
        MUST(zmq_setsockopt(sub, option, topic, topic_of(topic, i)) == 0);
}

/* Publishes until the last of what was asked for is in force. */
static void settle(void *pub, void *sub, const char *last)
{
    char text[64];
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, last, strlen(last)) == 0);
    do
        MUST(zmq_send(pub, last, strlen(last), 0) != -1);
    while (!await(sub, ZMQ_POLLIN, 5));
    MUST(zmq_send(pub, last, strlen(last) + 1, 0) != -1);
    while (zmq_recv(sub, text, sizeof text, 0) != (int)strlen(last) + 1)
        ;
}

static void match(void *pub, void **subs, int of_both)
{
    char topic[64], text[64];
    for (int i = 0; i < count; i += 100) {
        int size = topic_of(topic, i);
        MUST(zmq_send(pub, topic, size - 1, 0) == size - 1); /* nobody wants that */
        MUST(zmq_send(pub, topic, size + 1, 0) == size + 1);
        for (int k = of_both ? 0 : 1; k < 2; k++)
            MUST(zmq_recv(subs[k], text, sizeof text, 0) == size + 1 && !memcmp(text, topic, size));
    }
}

static void many(const char *transport)
{
    void *context = make_context(), *pub = make(context, ZMQ_PUB), *subs[2];
    struct endpoint e = bind_any(pub, transport);
    for (int k = 0; k < 2; k++) {
        subs[k] = make(context, ZMQ_SUB);
        set_int(subs[k], ZMQ_SNDHWM, 0); /* libzmq counts subscriptions as messages */
        set_int(subs[k], ZMQ_RCVHWM, 0);
        subscribe_all(subs[k], ZMQ_SUBSCRIBE);
        join(subs[k], e);
        settle(pub, subs[k], k ? "second" : "first");
    }
    match(pub, subs, 1);
    printf("%s: found\n", transport);
    subscribe_all(subs[0], ZMQ_UNSUBSCRIBE);
    settle(pub, subs[0], "third");
    match(pub, subs, 0);
    printf("%s: taken back\n", transport);
    shut(subs[1]);
    shut(subs[0]);
    shut(pub);
    finish(context);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        count = atoi(argv[1]);
    many("tcp");
    many("inproc");
    return 0;
}
