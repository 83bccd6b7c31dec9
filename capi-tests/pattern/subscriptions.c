/* Subscriptions are the subscriber's: a publisher that comes late, or comes back,
 * is told what is wanted then, each topic once; and a chain of XSUB and XPUB
 * passes them on to where messages come from. */
#include "topics.h"

static void *context;

/* Awaits that just these topics, in order, are wanted of a publisher. libzmq tells a
 * new one when the subscriber is called, and may tell it of a topic that is not wanted
 * any more, and then so, if it sees the loss of the old one in between. */
static void wanted(void *xpub, void *sub, const char *all)
{
    long long end = now_ms() + PATIENCE;
    char list[8][32], text[32], now[8 * 32] = "";
    for (int count = 0; strcmp(now, all) != 0;) {
        while (!await(xpub, ZMQ_POLLIN, 5))
            MUST(get_int(sub, ZMQ_EVENTS) != -1 && now_ms() < end);
        MUST(listen_to(xpub, text, sizeof text, 0) == 1);
        int at = 0;
        while (at < count && strcmp(list[at], text + 1) < 0)
            at++;
        if (*text == 1) {
            MUST(count < 8);
            memmove(list[at + 1], list[at], sizeof list[0] * (size_t) (count++ - at));
            strcpy(list[at], text + 1);
        } else {
            MUST(*text == 0 && at < count && strcmp(list[at], text + 1) == 0);
            memmove(list[at], list[at + 1], sizeof list[0] * (size_t) (--count - at));
        }
        *now = 0;
        for (int i = 0; i < count; i++)
            strcat(strcat(now, " "), list[i]);
    }
    printf("wanted:%s\n", now);
}

/* The publisher goes and another comes in its place, while what is wanted
 * changes: before, between and after. */
static void publisher_returns(const char *transport, int type)
{
    void *xpub = make(context, ZMQ_XPUB), *sub = make(context, type);
    set_int(sub, ZMQ_RECONNECT_IVL, 20);
    struct endpoint e = unused(context, transport);
    printf("-- a publisher returns, %s, %s\n", transport, type == ZMQ_SUB ? "SUB" : "XSUB");
    want(sub, "gone before it connects", 1);
    want(sub, "one", 1);
    want(sub, "gone before it connects", 0);
    join(sub, e);
    want(sub, "two", 1);
    want(sub, "two", 1);
    bind_again(xpub, e.text);
    wanted(xpub, sub, " one two");
    for (int round = 0; round < 3; round++) {
        want(sub, "three", 1);
        hear(xpub);
        shut(xpub);
        want(sub, "four", 1);
        want(sub, "one", 0);
        xpub = make(context, ZMQ_XPUB);
        bind_again(xpub, e.text);
        wanted(xpub, sub, " four three two");
        say(xpub, "two|parts");
        say(xpub, "one");
        say(xpub, "three");
        hear(sub);
        hear(sub);
        want(sub, "four", 0), want(sub, "three", 0), want(sub, "one", 1);
        hear(xpub), hear(xpub), hear(xpub);
    }
    shut(sub);
    hear(xpub), hear(xpub);
    shut(xpub);
}

/* The subscriber binds: each publisher that comes is told everything. */
static void publishers_come(const char *transport)
{
    void *sub = make(context, ZMQ_SUB), *late = make(context, ZMQ_XPUB);
    void *first = make(context, ZMQ_XPUB);
    struct endpoint e = bind_own(sub, transport);
    printf("-- publishers come, %s\n", transport);
    want(sub, "a", 1);
    want(sub, "b", 1);
    join(first, e);
    wanted(first, sub, " a b");
    want(sub, "c", 1);
    hear(first);
    join(late, e);
    wanted(late, sub, " a b c");
    want(sub, "b", 0);
    hear(first), hear(late);
    say(first, "a1"), hear(sub);
    say(late, "c2"), hear(sub);
    say(first, "b"), say(first, "c1"), hear(sub);
    shut(first), shut(late), shut(sub);
}

static void *pass_on(void *ends)
{
    void **pair = ends;
    zmq_proxy(pair[0], pair[1], NULL);
    return NULL;
}

/* Two publishers, two proxies one behind the other, two subscribers. */
static void chain(const char *transport)
{
    void *own = make_context(), *pub[2], *sub[2], *back[2], *front[2];
    pthread_t thread[2];
    printf("-- a chain, %s\n", transport);
    for (int i = 0; i < 2; i++) {
        pub[i] = make(context, ZMQ_XPUB);
        back[i] = zmq_socket(own, ZMQ_XSUB);
        front[i] = zmq_socket(own, ZMQ_XPUB);
        sub[i] = make(context, ZMQ_SUB);
        set_int(back[i], ZMQ_LINGER, 0);
        set_int(front[i], ZMQ_LINGER, 0);
    }
    for (int i = 0; i < 2; i++)
        join(pub[i], bind_own(back[0], transport[0] == 'i' && transport[1] == 'n' ? "tcp" : transport));
    join(back[1], bind_own(front[0], transport));
    for (int i = 0; i < 2; i++)
        join(sub[i], bind_own(front[1], transport[0] == 'i' && transport[1] == 'n' ? "ipc" : transport));
    void *pairs[2][2] = {{back[0], front[0]}, {back[1], front[1]}};
    for (int i = 0; i < 2; i++)
        MUST(pthread_create(&thread[i], NULL, pass_on, pairs[i]) == 0);
    want(sub[0], "x", 1);
    hear(pub[0]), hear(pub[1]);
    want(sub[1], "y", 1);
    hear(pub[0]), hear(pub[1]);
    want(sub[1], "x", 1); /* known upstream */
    want(sub[1], "z", 1);
    hear(pub[0]), hear(pub[1]);
    say(pub[0], "x1|more"), hear(sub[0]), hear(sub[1]);
    say(pub[1], "y1"), say(pub[1], "x2"), hear(sub[0]), hear(sub[1]), hear(sub[1]);
    shut(sub[0]); /* the other still wants x */
    want(sub[1], "z", 0);
    hear(pub[0]), hear(pub[1]);
    want(sub[1], "x", 0);
    hear(pub[0]), hear(pub[1]);
    shut(sub[1]);
    hear(pub[0]), hear(pub[1]);
    shut(pub[0]), shut(pub[1]);
    MUST(zmq_ctx_shutdown(own) == 0);
    for (int i = 0; i < 2; i++) {
        MUST(pthread_join(thread[i], NULL) == 0);
        shut(back[i]), shut(front[i]);
    }
    finish(own);
}

/* From an XPUB to a SUB by way of an XSUB and an XPUB that pass on by hand: everything is
 * subscribed to, and an empty message is one, too. */
static void by_hand(const char *transport)
{
    void *pub = make(context, ZMQ_XPUB), *back = make(context, ZMQ_XSUB);
    void *front = make(context, ZMQ_XPUB), *sub = make(context, ZMQ_SUB);
    char bytes[16];
    printf("-- by hand, %s\n", transport);
    join(pub, bind_own(back, transport));
    join(sub, bind_own(front, transport));
    want(sub, "", 1);
    TELL(zmq_recv(front, bytes, sizeof bytes, 0));
    TELL(zmq_send(back, bytes, 1, 0));
    hear(pub);
    TELL(zmq_send(pub, NULL, 0, 0));
    TELL(zmq_recv(back, bytes, sizeof bytes, 0));
    TELL(zmq_send(front, NULL, 0, 0));
    TELL(zmq_recv(sub, bytes, sizeof bytes, 0));
    shut(pub), shut(back), shut(front), shut(sub);
}

/* As many topics as do not fit any buffer at once. */
static void many(const char *transport, int type)
{
    enum { COUNT = 20000 };
    void *xpub = make(context, ZMQ_XPUB), *sub = make(context, type);
    char topic[64], text[64];
    static char seen[COUNT];
    printf("-- many, %s\n", transport);
    set_int(xpub, ZMQ_RCVHWM, 0);
    set_int(sub, ZMQ_SNDHWM, 0);
    for (int i = 0; i < COUNT; i++) {
        snprintf(topic, sizeof topic, "topic number %d of those that are wanted.", i);
        want(sub, topic, 1);
    }
    join(sub, bind_own(xpub, transport));
    memset(seen, 0, sizeof seen);
    for (int i = 0, number; i < COUNT; i++) {
        MUST(listen_to(xpub, text, sizeof text, 0) == 1 && *text == 1);
        MUST(sscanf(text + 1, "topic number %d", &number) == 1 && !seen[number]++);
    }
    for (int i = 0; i < COUNT; i += 997) {
        snprintf(topic, sizeof topic, "topic number %d of those that are wanted", i);
        say(xpub, topic);
        strcat(topic, ". And more");
        say(xpub, topic);
        MUST(listen_to(sub, text, sizeof text, 0) == 1 && !strcmp(text, topic));
    }
    for (int i = 0; i < COUNT; i++) {
        snprintf(topic, sizeof topic, "topic number %d of those that are wanted.", i);
        want(sub, topic, 0);
    }
    for (int i = 0; i < COUNT; i++)
        MUST(listen_to(xpub, text, sizeof text, 0) == 1 && *text == 0);
    puts("all are told, matched and taken back");
    shut(sub);
    hear_nothing(xpub);
    shut(xpub);
}

int main(void)
{
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    context = make_context();
    for (int t = 0; t < 2; t++) {
        publisher_returns(transports[t], ZMQ_SUB);
        publisher_returns(transports[t], ZMQ_XSUB);
    }
    for (int t = 0; t < 3; t++) {
        publishers_come(transports[t]);
        by_hand(transports[t]);
        chain(transports[t]);
        many(transports[t], ZMQ_SUB);
        many(transports[t], ZMQ_XSUB);
    }
    finish(context);
    return 0;
}
