// ours-only: libzmq gives room back by halves of the mark, whatever came before
// slow-args: 100
// slow-limit: 300
/* A burst of exactly the mark arrives whole: a publisher sends 1,000 messages as
 * fast as it can, with all marks at their default, and each of 8 subscribers gets
 * every one; then the next burst. */
#include "support.h"

enum { SUBSCRIBERS = 8, MARK = 1000 };

static void burst(void *pub, void **subs, size_t size)
{
    char body[64] = {0}, back[64];
    for (int i = 0; i < MARK; i++) {
        memcpy(body, &i, sizeof i);
        MUST(zmq_send(pub, body, size, ZMQ_DONTWAIT) == (int)size);
    }
    for (int k = 0; k < SUBSCRIBERS; k++)
        for (int i = 0; i < MARK; i++)
            MUST(zmq_recv(subs[k], back, sizeof back, 0) == (int)size && !memcmp(back, &i, sizeof i));
}

static void bursts(const char *transport, int type, int count)
{
    void *context = make_context(), *pub = make(context, type), *subs[SUBSCRIBERS];
    struct endpoint e = bind_any(pub, transport);
    for (int i = 0; i < SUBSCRIBERS; i++) {
        subs[i] = make(context, ZMQ_SUB);
        MUST(zmq_setsockopt(subs[i], ZMQ_SUBSCRIBE, "", 0) == 0);
        join(subs[i], e);
    }
    for (int i = 0; i < SUBSCRIBERS; i++) /* until it has subscribed */
        while (!await(subs[i], ZMQ_POLLIN, 5))
            MUST(zmq_send(pub, "", 0, 0) == 0);
    char back[64];
    MUST(zmq_send(pub, "now", 3, 0) == 3);
    for (int i = 0; i < SUBSCRIBERS; i++)
        while (zmq_recv(subs[i], back, sizeof back, 0) == 0)
            ;
    for (int i = 0; i < count; i++)
        burst(pub, subs, 4 + i % 60);
    printf("%s: all bursts arrive whole\n", transport);
    for (int i = 0; i < SUBSCRIBERS; i++)
        shut(subs[i]);
    shut(pub);
    finish(context);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 10;
    bursts("tcp", ZMQ_PUB, count);
    bursts("ipc", ZMQ_XPUB, count);
    bursts("inproc", ZMQ_PUB, count);
    return 0;
}
