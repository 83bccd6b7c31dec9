/* What an XPUB tells its application: subscriptions and their ends, each topic
 * once or, if it is asked to be verbose, each time; and the messages of XSUBs. */
#include "topics.h"

static void *context;

static void subscriptions(const char *transport, int type)
{
    void *xpub = make(context, ZMQ_XPUB), *one = make(context, type), *two = make(context, type);
    struct endpoint e = bind_any(xpub, transport);
    printf("-- over %s, from %s\n", transport, type == ZMQ_SUB ? "SUBs" : "XSUBs");
    want(one, "before", 1);
    join(one, e);
    told(xpub, one, "before it connects");
    join(two, e);
    want(one, "a", 1);
    want(one, "b", 1);
    want(one, "a", 1);
    told(xpub, one, "a, b, a");
    want(two, "a", 1);
    want(two, "", 1);
    told(xpub, two, "another: a and everything");
    want(one, "a", 0);
    told(xpub, one, "not a once");
    want(one, "a", 0);
    told(xpub, one, "not a twice");
    want(one, "a", 0);
    want(one, "c", 0);
    told(xpub, one, "what it has not");
    want(two, "a", 0);
    told(xpub, two, "the other: not a");

    title("verbose");
    set_int(xpub, ZMQ_XPUB_VERBOSE, 1);
    want(one, "b", 1);
    told(xpub, one, "b");
    want(two, "b", 1);
    told(xpub, two, "the other: b");
    want(one, "b", 0);
    told(xpub, one, "not b once");
    want(one, "b", 0);
    told(xpub, one, "not b twice");
    want(two, "b", 0);
    told(xpub, two, "the other: not b");

    title("more verbose");
    set_int(xpub, ZMQ_XPUB_VERBOSER, 1);
    want(one, "b", 1);
    told(xpub, one, "b");
    want(two, "b", 1);
    told(xpub, two, "the other: b");
    want(two, "b", 1);
    told(xpub, two, "again");
    want(one, "b", 0);
    told(xpub, one, "not b");
    want(two, "b", 0);
    told(xpub, two, "the other: not b");
    want(two, "b", 0);
    told(xpub, two, "again");
    want(two, "b", 0);
    told(xpub, two, "once more");

    title("not any more");
    set_int(xpub, ZMQ_XPUB_VERBOSER, 0);
    want(one, "b", 1);
    told(xpub, one, "b");
    want(two, "b", 1);
    told(xpub, two, "the other: b");
    want(one, "b", 0);
    told(xpub, one, "not b");
    want(two, "d", 1);
    want(two, "de", 1);
    want(two, "bc", 1);
    told(xpub, two, "d, de, bc");
    shut(two);
    for (int i = 0; i < 5; i++)
        hear(xpub);
    shut(one);
    hear(xpub);
    hear_nothing(xpub);
    shut(xpub);
}

static void messages(const char *transport)
{
    void *xpub = make(context, ZMQ_XPUB), *xsub = make(context, ZMQ_XSUB);
    printf("-- messages over %s\n", transport);
    join(xsub, bind_any(xpub, transport));
    MUST(await(xsub, ZMQ_POLLOUT, PATIENCE));
    want(xsub, "x", 1);
    hear(xpub);
    say(xsub, "hello");
    say(xsub, "");
    say(xsub, "a|b||c");
    want(xsub, "y", 1);
    for (int i = 0; i < 4; i++)
        hear(xpub);
    TELL(zmq_send(xsub, "\1", 1, 0));
    hear(xpub);
    say(xpub, "to all|of them");
    hear(xsub);
    char *big = calloc(1, 100000);
    memset(big, 'z', 100000);
    TELL(zmq_send(xsub, big, 100000, 0));
    hear(xpub);
    free(big);
    shut(xsub);
    for (int i = 0; i < 3; i++)
        hear(xpub);
    shut(xpub);
}

/* A SUB disconnects and connects again, which is a subscription taken back and made
 * again; what is published between is lost. */
static void disconnects(const char *transport)
{
    void *xpub = make(context, ZMQ_XPUB), *sub = make(context, ZMQ_SUB);
    struct endpoint e = bind_any(xpub, transport);
    printf("-- disconnects, over %s\n", transport);
    want(sub, "foo", 1);
    say(xpub, "foo|before");
    for (int round = 0; round < 2; round++) {
        join(sub, e);
        hear(xpub);
        for (int i = 0; i < 3; i++)
            say(xpub, "foo|this is foo!");
        say(xpub, "bar|this is not");
        for (int i = 0; i < 3; i++)
            hear(sub);
        TELL(zmq_disconnect(sub, e.text));
        while (!await(xpub, ZMQ_POLLIN, 5)) /* libzmq goes on when the subscriber is called */
            get_int(sub, ZMQ_EVENTS);
        hear(xpub);
        say(xpub, "foo|after");
        hear_nothing(sub);
        hear_nothing(xpub);
    }
    shut(sub);
    hear_nothing(xpub);
    shut(xpub);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    context = make_context();
    for (int t = 0; t < 3; t++) {
        subscriptions(transports[t], ZMQ_SUB);
        subscriptions(transports[t], ZMQ_XSUB);
        messages(transports[t]);
        disconnects(transports[t]);
    }
    finish(context);
    return 0;
}
