/* Options of publishers: subscribing by hand, for the next message only, a
 * welcome, no dropping, and everything but what matches. */
#define ZMQ_BUILD_DRAFT_API
#include "topics.h"

static void *context;
static const char *transport;

static void *xpub_with(int option, int value)
{
    void *xpub = make(context, ZMQ_XPUB);
    set_int(xpub, option, value);
    return xpub;
}

static void by_hand(int type)
{
    void *xpub = xpub_with(ZMQ_XPUB_MANUAL, 1), *one = make(context, type);
    struct endpoint e = bind_any(xpub, transport);
    printf("-- by hand, over %s, from %s\n", transport, type == ZMQ_SUB ? "SUB" : "XSUB");
    want(one, "A", 1);
    join(one, e);
    hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "XA", 2));
    if (type == ZMQ_SUB) /* or it would filter what it did not ask for */
        want(one, "X", 1), hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "end", 3));
    want(one, "end", 1);
    hear(xpub);
    say(xpub, "A");
    say(xpub, "XA");
    say(xpub, "XB");
    say(xpub, "end");
    hears(one, "one");
    want(one, "A", 1);
    want(one, "A", 1);
    want(one, "A", 0);
    want(one, "never", 0);
    want(one, "B", 1);
    told(xpub, one, "A again, A again, not A, never never, B");
    want(one, "A", 0);
    want(one, "A", 0);
    want(one, "A", 0);
    told(xpub, one, "not A, for the last time");
    TELL(zmq_setsockopt(xpub, ZMQ_UNSUBSCRIBE, "XA", 2));
    TELL(zmq_setsockopt(xpub, ZMQ_UNSUBSCRIBE, "XA", 2));
    if (type == ZMQ_XSUB) /* what is no subscription passes as it is */
        say(one, "\2of its own|\1other"), hear(xpub);
    say(xpub, "XA");
    say(xpub, "end");
    hears(one, "one");

    void *two = make(context, type);
    want(two, "A", 1);
    want(two, "end", 1);
    join(two, e);
    hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "A", 1));
    hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "end", 3));
    say(xpub, "A");
    say(xpub, "end");
    hears(one, "one");
    hears(two, "two");
    shut(two);
    hear(xpub);
    hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "gone", 4));
    TELL(zmq_setsockopt(xpub, ZMQ_UNSUBSCRIBE, "A", 1));
    say(xpub, "end");
    hears(one, "one");
    shut(one);
    while (await_or_rest(xpub, ZMQ_POLLIN))
        hear(xpub);
    shut(xpub);
}

/* Two subscribers of one topic, by hand: the end of each is told. */
static void departures(void)
{
    void *xpub = xpub_with(ZMQ_XPUB_MANUAL, 1), *subs[2];
    struct endpoint e = bind_any(xpub, transport);
    printf("-- departures, over %s\n", transport);
    for (int i = 0; i < 2; i++) {
        want(subs[i] = make(context, ZMQ_SUB), "topic", 1);
        join(subs[i], e);
        hear(xpub);
        TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "topic", 5));
    }
    say(xpub, "topic|for both");
    hear(subs[0]), hear(subs[1]);
    for (int i = 0; i < 2; i++) {
        shut(subs[i]);
        hear(xpub);
        TELL(zmq_setsockopt(xpub, ZMQ_UNSUBSCRIBE, "topic", 5));
        if (i == 0)
            say(xpub, "topic|for one"), hear(subs[1]);
    }
    hear_nothing(xpub);
    shut(xpub);
}

static void last_value(int type)
{
    void *xpub = xpub_with(ZMQ_XPUB_MANUAL_LAST_VALUE, 1);
    void *one = make(context, type), *two = make(context, type);
    struct endpoint e = bind_any(xpub, transport);
    printf("-- last value, over %s, to %s\n", transport, type == ZMQ_SUB ? "SUB" : "XSUB");
    want(one, "A", 1);
    join(one, e);
    hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "A", 1));
    say(xpub, "A1");
    say(xpub, "A2");
    want(two, "A", 1);
    join(two, e);
    hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "A", 1));
    say(xpub, "A3|to the second only");
    say(xpub, "A4");
    want(one, "end", 1);
    hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "end", 3));
    say(xpub, "end");
    hears(one, "one");
    want(two, "end", 1);
    hear(xpub);
    TELL(zmq_setsockopt(xpub, ZMQ_SUBSCRIBE, "end", 3));
    say(xpub, "end");
    hears(two, "two");
    say(xpub, "A5");
    hear(one);
    hear(two);
    shut(one);
    shut(two);
    shut(xpub);
}

/* libzmq takes a new peer in when the publisher is called. */
static void hear_from(void *pub, void *sub)
{
    for (long long end = now_ms() + PATIENCE; !await(sub, ZMQ_POLLIN, 5);)
        MUST(get_int(pub, ZMQ_EVENTS) != -1 && now_ms() < end);
    hear(sub);
}

static void welcome(int type)
{
    void *pub = make(context, type), *one = make(context, ZMQ_SUB);
    struct endpoint e = bind_any(pub, transport);
    printf("-- welcome over %s by %s\n", transport, type == ZMQ_PUB ? "PUB" : "XPUB");
    TELL(zmq_setsockopt(pub, ZMQ_XPUB_WELCOME_MSG, "hello", 5));
    want(one, "hell", 1);
    join(one, e);
    hear_from(pub, one);
    TELL(zmq_setsockopt(pub, ZMQ_XPUB_WELCOME_MSG, NULL, 0));
    void *two = make(context, ZMQ_XSUB);
    join(two, e);
    get_int(pub, ZMQ_EVENTS);
    hear_nothing(two);
    hear_nothing(one);
    TELL(zmq_setsockopt(pub, ZMQ_XPUB_WELCOME_MSG, "again", 5));
    void *three = make(context, ZMQ_XSUB), *four = make(context, ZMQ_SUB);
    join(three, e);
    hear_from(pub, three);
    want(four, "other", 1);
    join(four, e);
    hear_nothing(four);
    hear_nothing(one);
    shut(one), shut(two), shut(three), shut(four), shut(pub);
}

static void no_drop(void)
{
    void *xpub = xpub_with(ZMQ_XPUB_NODROP, 1), *sub = make(context, ZMQ_SUB);
    static char body[1000], back[1000];
    int sent = 0, got = 0;
    printf("-- no drop, over %s\n", transport);
    set_int(xpub, ZMQ_SNDHWM, 10);
    set_int(sub, ZMQ_RCVHWM, 10);
    want(sub, "", 1);
    join(sub, bind_any(xpub, transport));
    hear(xpub);
    for (int round = 0; round < 3; round++) {
        while (zmq_send(xpub, body, sizeof body, ZMQ_DONTWAIT) != -1)
            sent++;
        MUST(zmq_errno() == EAGAIN);
        if (round == 0 && !strcmp(transport, "inproc"))
            printf("taken: %d\n", sent);
        set_int(xpub, ZMQ_SNDTIMEO, 0);
        MUST(zmq_send(xpub, body, sizeof body, 0) == -1 || ++sent);
        set_int(xpub, ZMQ_SNDTIMEO, 20);
        MUST(zmq_send(xpub, body, sizeof body, 0) == -1 || ++sent);
        set_int(xpub, ZMQ_SNDTIMEO, PATIENCE);
        while (got < sent && zmq_recv(sub, back, sizeof back, 0) > 0)
            got++;
        MUST(got == sent);
    }
    puts("what was taken arrives");
    set_int(xpub, ZMQ_XPUB_NODROP, 0);
    for (int i = 0; i < 20000; i++)
        MUST(zmq_send(xpub, body, sizeof body, ZMQ_DONTWAIT) == sizeof body);
    puts("now it drops");
    shut(sub);
    shut_now(xpub);
}

static void inverted(int pub_type, int sub_type)
{
    void *pub = make(context, pub_type), *one = make(context, sub_type), *two = make(context, sub_type);
    printf("-- inverted, over %s, %s\n", transport, sub_type == ZMQ_SUB ? "SUB" : "XSUB");
    set_int(pub, ZMQ_INVERT_MATCHING, 1);
    set_int(one, ZMQ_INVERT_MATCHING, 1);
    set_int(two, ZMQ_INVERT_MATCHING, 1);
    struct endpoint e = bind_any(pub, transport);
    want(one, "a", 1);
    want(two, "ab", 1);
    want(two, "b", 1);
    join(one, e);
    join(two, e);
    char text[64];
    for (int seen = 0; seen != 3;) { /* once both are there, and have said so */
        say(pub, "?");
        say(pub, "a");
        say(pub, "b");
        int others = 0;
        while (await(one, ZMQ_POLLIN, 20) && listen_to(one, text, sizeof text, 0) > 0)
            others |= *text == 'a' ? 4 : *text == 'b' ? 1 : 0;
        while (await(two, ZMQ_POLLIN, 20) && listen_to(two, text, sizeof text, 0) > 0)
            others |= *text == 'b' ? 4 : *text == 'a' ? 2 : 0;
        seen = others;
    }
    say(pub, "abc");
    say(pub, "ac|second");
    say(pub, "b|second");
    say(pub, "x|a");
    say(pub, "");
    say(pub, "end");
    hears(one, "not a");
    hears(two, "neither ab nor b");
    shut(one), shut(two), shut(pub);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    context = make_context();
    for (int t = 0; t < 3; t++) {
        transport = transports[t];
        by_hand(ZMQ_SUB), by_hand(ZMQ_XSUB);
        departures();
        last_value(ZMQ_SUB), last_value(ZMQ_XSUB);
        welcome(ZMQ_PUB), welcome(ZMQ_XPUB);
        no_drop();
        inverted(ZMQ_PUB, ZMQ_SUB), inverted(ZMQ_XPUB, ZMQ_XSUB);
    }
    finish(context);
    return 0;
}
