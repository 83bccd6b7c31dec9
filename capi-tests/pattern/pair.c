/* PAIR: both directions, one peer at a time, what happens to a second one, the
 * next one after the first has gone. */
#include "support.h"

static void run(const char *transport)
{
    void *context = make_context();
    void *b = make(context, ZMQ_PAIR), *a = make(context, ZMQ_PAIR), *c = make(context, ZMQ_PAIR);
    title(transport);
    struct endpoint e = bind_any(b, transport);
    join(a, e);
    for (int i = 0; i < 3; i++) {
        say(a, "there|with|parts");
        hear(b);
        say(b, "back");
        hear(a);
    }
    puts("a second one is not heard");
    join(c, e);
    TELL(zmq_send(c, "second", 6, ZMQ_DONTWAIT) == 6 || zmq_errno() == EAGAIN);
    hear_nothing(b);
    say(b, "to the first");
    hear(a);
    hear_nothing(c);
    shut_now(c);
    puts("the first goes, the next comes");
    shut(a);
    hear_nothing(b); /* libzmq forgets an inproc peer only when it is read from */
    long long end = now_ms() + PATIENCE;
    while (get_int(b, ZMQ_EVENTS) & ZMQ_POLLOUT)
        MUST(now_ms() < end);
    TELL(zmq_send(b, "x", 1, ZMQ_DONTWAIT));
    a = make(context, ZMQ_PAIR);
    join(a, e);
    say(a, "next");
    hear(b);
    say(b, "welcome");
    hear(a);
    shut(a);
    shut(b);
    finish(context);
}

static void many(const char *transport)
{
    void *context = make_context();
    void *b = make(context, ZMQ_PAIR), *a = make(context, ZMQ_PAIR);
    printf("-- 5000 each way at once, %s\n", transport);
    set_int(a, ZMQ_SNDHWM, 0);
    set_int(b, ZMQ_SNDHWM, 0);
    join(a, bind_any(b, transport));
    for (int i = 0; i < 5000; i++) {
        MUST(zmq_send(a, &i, sizeof i, 0) == sizeof i);
        MUST(zmq_send(b, &i, sizeof i, 0) == sizeof i);
    }
    for (int i = 0; i < 5000; i++) {
        int x = -1, y = -1;
        MUST(zmq_recv(b, &x, sizeof x, 0) == sizeof x && x == i);
        MUST(zmq_recv(a, &y, sizeof y, 0) == sizeof y && y == i);
    }
    puts("done");
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int i = 0; i < 3; i++) {
        run(transports[i]);
        many(transports[i]);
    }
    return 0;
}
