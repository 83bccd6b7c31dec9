/* Publishing and subscribing with each pair of types, over every transport, with
 * either side binding: what matches arrives, in order, and nothing else does. */
#include "support.h"

static int raw; /* the subscriber is an XSUB, which filters nothing by itself */

static void want(void *sub, const char *topic, int on)
{
    char text[64];
    if (!raw) {
        MUST(zmq_setsockopt(sub, on ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, topic, strlen(topic)) == 0);
        return;
    }
    text[0] = (char)on;
    strcpy(text + 1, topic);
    MUST(zmq_send(sub, text, 1 + strlen(topic), 0) == (int)(1 + strlen(topic)));
}

/* Publishes until what was wanted before is in force: subscriptions arrive in
 * order, so that the last one tells of all. */
static void settle(void *pub, void *sub)
{
    static int serial;
    char topic[32], last[40], text[64];
    snprintf(topic, sizeof topic, "~%d", ++serial);
    snprintf(last, sizeof last, "%s last", topic);
    want(sub, topic, 1);
    do
        say(pub, topic);
    while (!await(sub, ZMQ_POLLIN, 5));
    say(pub, last);
    do
        MUST(listen_to(sub, text, sizeof text, 0) == 1);
    while (strcmp(text, last));
    want(sub, topic, 0);
}

static void publish(void *pub)
{
    static const char *const messages[] = {
        "", "a", "ab", "abc", "b", "bc|second|third", "x|ab", "|a", "abd", "ac",
    };
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        say(pub, messages[i]);
    say(pub, "~end");
}

static void hear_all(void *sub, const char *what)
{
    char text[64];
    printf("%s:", what);
    while (listen_to(sub, text, sizeof text, 0) > 0 && strcmp(text, "~end"))
        printf(" '%s'", text);
    putchar('\n');
}

static void step(void *pub, void *sub, const char *what)
{
    settle(pub, sub);
    publish(pub);
    hear_all(sub, what);
}

static void round_trip(const char *transport, int pub_type, int pub_binds, int connect_first)
{
    void *context = make_context();
    void *pub = make(context, pub_type), *sub = make(context, raw ? ZMQ_XSUB : ZMQ_SUB);
    void *binder = pub_binds ? pub : sub, *other = pub_binds ? sub : pub;
    struct endpoint e = unused(context, transport);
    printf("-- %s, %s and %s, %s binds%s\n", transport, pub_type == ZMQ_PUB ? "PUB" : "XPUB",
           raw ? "XSUB" : "SUB", pub_binds ? "the first" : "the second",
           connect_first ? ", connect comes first" : "");
    say(pub, "to nobody");
    want(sub, "~end", 1);
    want(sub, "ab", 1);
    if (connect_first) {
        join(other, e);
        say(pub, "to nobody yet");
        bind_again(binder, e.text);
    } else {
        bind_again(binder, e.text);
        join(other, e);
    }
    step(pub, sub, "ab");
    want(sub, "b", 1);
    want(sub, "abc", 1);
    step(pub, sub, "ab, b, abc");
    want(sub, "ab", 0);
    step(pub, sub, "b, abc");
    want(sub, "abc", 1);
    want(sub, "abc", 1);
    want(sub, "abc", 0);
    want(sub, "never", 0);
    want(sub, "a", 0);
    step(pub, sub, "the same, for abc was subscribed three times");
    want(sub, "abc", 0);
    want(sub, "b", 0);
    step(pub, sub, "abc once more");
    want(sub, "abc", 0);
    step(pub, sub, "none");
    want(sub, "x", 1);
    step(pub, sub, "x");
    want(sub, "", 1);
    step(pub, sub, "everything");
    shut(sub);
    shut(pub);
    finish(context);
}

static void calls_of_the_wrong_side(int type, const char *name)
{
    void *context = make_context(), *socket = make(context, type);
    char text[8];
    title(name);
    TELL(zmq_send(socket, "a", 1, ZMQ_DONTWAIT));
    TELL(zmq_send(socket, "a", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE));
    TELL(zmq_send(socket, "a", 1, ZMQ_DONTWAIT));
    TELL(zmq_recv(socket, text, sizeof text, ZMQ_DONTWAIT));
    TELL(get_int(socket, ZMQ_EVENTS));
    TELL(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "a", 1));
    TELL(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, NULL, 0));
    TELL(zmq_setsockopt(socket, ZMQ_UNSUBSCRIBE, "a", 1));
    TELL(zmq_setsockopt(socket, ZMQ_UNSUBSCRIBE, "never", 5));
    TELL(zmq_getsockopt(socket, ZMQ_SUBSCRIBE, text, &(size_t){sizeof text}));
    shut(socket);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int t = 0; t < 3; t++)
        for (int kind = 0; kind < 16; kind++) {
            raw = kind & 1;
            round_trip(transports[t], kind & 2 ? ZMQ_XPUB : ZMQ_PUB, kind & 4, kind & 8);
        }
    calls_of_the_wrong_side(ZMQ_PUB, "PUB");
    calls_of_the_wrong_side(ZMQ_SUB, "SUB");
    calls_of_the_wrong_side(ZMQ_XPUB, "XPUB");
    calls_of_the_wrong_side(ZMQ_XSUB, "XSUB");
    return 0;
}
