/* PUSH and PULL over every transport: whole messages in order, either side
 * first, many messages, a body of each size. */
#include "support.h"

static void round_trip(const char *transport, int pull_binds, int connect_first)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    void *binder = pull_binds ? pull : push, *other = pull_binds ? push : pull;
    struct endpoint e = unused(context, transport);
    printf("-- %s, %s binds%s\n", transport, pull_binds ? "PULL" : "PUSH",
           connect_first ? ", connect comes first" : "");
    if (connect_first) {
        join(other, e);
        if (other == push)
            say(push, "sent before anyone is there");
        bind_again(binder, e.text);
    } else {
        bind_again(binder, e.text);
        join(other, e);
    }
    say(push, "hello");
    say(push, "a|b|");
    say(push, "|");
    if (connect_first && other == push)
        hear(pull);
    hear(pull);
    hear(pull);
    hear(pull);

    for (int i = 0; i < 20000; i++) {
        int got = -1;
        MUST(zmq_send(push, &i, sizeof i, 0) == sizeof i);
        if (i % 500 == 499)
            for (int k = i - 499; k <= i; k++)
                MUST(zmq_recv(pull, &got, sizeof got, 0) == sizeof got && got == k);
    }
    puts("20000 in order");

    static char body[3000001], back[3000001];
    for (size_t size = 0; size <= 3000000; size = size < 300 ? size + 1 : size * 3 / 2) {
        memset(body, (int)('a' + size % 26), size);
        MUST(zmq_send(push, body, size, 0) == (int)size);
        MUST(zmq_recv(pull, back, sizeof back, 0) == (int)size && !memcmp(body, back, size));
    }
    puts("all sizes arrive");
    shut(push);
    shut(pull);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int t = 0; t < 3; t++)
        for (int kind = 0; kind < 4; kind++)
            round_trip(transports[t], kind & 1, kind >> 1);
    return 0;
}
