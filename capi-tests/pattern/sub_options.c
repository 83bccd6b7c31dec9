// differs: libzmq 4.3.4 has none of these options
/* Options of libzmq 4.3.5: how many topics there are, which frames may be
 * subscriptions, and whether repeated unsubscriptions are passed on. */
#define ZMQ_BUILD_DRAFT_API
#include "topics.h"

static void *context;

static void count(void)
{
    void *xpub = make(context, ZMQ_XPUB), *one = make(context, ZMQ_SUB), *two = make(context, ZMQ_XSUB);
    struct endpoint e = bind_any(xpub, "tcp");
    title("topics");
    TELL(get_int(one, ZMQ_TOPICS_COUNT));
    want(one, "a", 1), want(one, "a", 1), want(one, "ab", 1), want(one, "", 1);
    TELL(get_int(one, ZMQ_TOPICS_COUNT));
    want(one, "a", 0);
    TELL(get_int(one, ZMQ_TOPICS_COUNT));
    want(one, "a", 0), want(one, "never", 0);
    TELL(get_int(one, ZMQ_TOPICS_COUNT));
    join(one, e);
    hear(xpub), hear(xpub);
    TELL(get_int(xpub, ZMQ_TOPICS_COUNT));
    want(two, "ab", 1), want(two, "c", 1);
    join(two, e);
    hear(xpub);
    TELL(get_int(two, ZMQ_TOPICS_COUNT));
    TELL(get_int(xpub, ZMQ_TOPICS_COUNT));
    shut(one);
    hear(xpub);
    TELL(get_int(xpub, ZMQ_TOPICS_COUNT));
    shut(two);
    hear(xpub), hear(xpub);
    TELL(get_int(xpub, ZMQ_TOPICS_COUNT));
    void *pub = make(context, ZMQ_PUB), *sub = make(context, ZMQ_SUB);
    join(sub, bind_any(pub, "tcp"));
    want(sub, "topic", 1), want(sub, "topic within", 1), want(sub, "topic", 1);
    long long end = now_ms() + PATIENCE;
    while (get_int(pub, ZMQ_TOPICS_COUNT) != 2)
        MUST(get_int(pub, ZMQ_EVENTS) != -1 && now_ms() < end);
    want(sub, "topic within", 0);
    while (get_int(pub, ZMQ_TOPICS_COUNT) != 1)
        MUST(get_int(pub, ZMQ_EVENTS) != -1 && now_ms() < end);
    puts("a PUB counts them, too");
    shut(sub), shut(pub);
    int value = 1;
    size_t size = sizeof value;
    void *push = make(context, ZMQ_PUSH);
    TELL(zmq_setsockopt(xpub, ZMQ_TOPICS_COUNT, &value, sizeof value));
    TELL(zmq_getsockopt(push, ZMQ_TOPICS_COUNT, &value, &size));
    shut(push), shut(xpub);
}

static void first_frames(int only)
{
    void *xpub = make(context, ZMQ_XPUB), *xsub = make(context, ZMQ_XSUB);
    printf("-- only the first frame: %s\n", only ? "yes" : "no");
    set_int(xpub, ZMQ_ONLY_FIRST_SUBSCRIBE, only);
    set_int(xsub, ZMQ_ONLY_FIRST_SUBSCRIBE, only);
    join(xsub, bind_any(xpub, "tcp"));
    MUST(await(xsub, ZMQ_POLLOUT, PATIENCE));
    say(xsub, "head|\1tail");
    hear(xpub);
    TELL(get_int(xpub, ZMQ_TOPICS_COUNT));
    TELL(get_int(xsub, ZMQ_TOPICS_COUNT));
    say(xsub, "\1first|\1second|third");
    hear(xpub), hear(xpub), hear(xpub);
    TELL(get_int(xpub, ZMQ_TOPICS_COUNT));
    TELL(get_int(xsub, ZMQ_TOPICS_COUNT));
    hear_nothing(xpub);
    shut(xsub), shut_now(xpub);
}

static void verbose_unsubscribe(void)
{
    void *xpub = make(context, ZMQ_XPUB), *xsub = make(context, ZMQ_XSUB);
    title("unsubscriptions");
    set_int(xpub, ZMQ_XPUB_VERBOSER, 1);
    /* before there is a connection, which is then told what is left of them */
    want(xsub, "a", 1), want(xsub, "a", 1), want(xsub, "a", 0);
    join(xsub, bind_any(xpub, "tcp"));
    told(xpub, xsub, "passed on by default");
    set_int(xsub, ZMQ_XSUB_VERBOSE_UNSUBSCRIBE, 1);
    want(xsub, "a", 1), want(xsub, "a", 0), want(xsub, "a", 0), want(xsub, "b", 0);
    told(xpub, xsub, "all are");
    shut(xsub), shut_now(xpub);
}

int main(void)
{
    context = make_context();
    count();
    first_frames(0);
    first_frames(1);
    verbose_unsubscribe();
    finish(context);
    return 0;
}
