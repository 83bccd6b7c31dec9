/* Connecting before anyone binds, for every pair of types and every transport;
 * connects that are never answered; many that wait; races of both. */
#include "support.h"

static void pair_of(int connecter, int binder, const char *transport, const char *names)
{
    void *context = make_context();
    void *c = make(context, connecter), *b = make(context, binder);
    struct endpoint e = unused(context, transport);
    printf("-- %s over %s\n", names, transport);
    TELL(get_int(c, ZMQ_EVENTS));
    join(c, e);
    TELL(get_int(c, ZMQ_EVENTS));
    if (connecter == ZMQ_PULL) {
        bind_again(b, e.text);
        say(b, "hello");
        hear(c);
    } else {
        if (connecter == ZMQ_DEALER)
            say(c, "|hello");
        else
            say(c, "hello");
        if (connecter != ZMQ_REQ && binder != ZMQ_REP) {
            say(c, "second");
            say(c, "third");
        }
        bind_again(b, e.text);
        if (binder == ZMQ_ROUTER) {
            char text[64];
            MUST(zmq_recv(b, text, sizeof text, 0) == 5 && text[0] == 0 && get_int(b, ZMQ_RCVMORE));
        }
        hear(b);
        for (int i = 0; i < 2 && connecter != ZMQ_REQ && binder != ZMQ_REP; i++) {
            if (binder == ZMQ_ROUTER)
                MUST(zmq_recv(b, NULL, 0, 0) == 5);
            hear(b);
        }
    }
    shut(c);
    shut(b);
    finish(context);
}

static void never_bound(const char *transport)
{
    void *context = make_context(), *s[20];
    printf("-- never bound, %s\n", transport);
    for (int i = 0; i < 20; i++) {
        s[i] = make(context, ZMQ_DEALER);
        join(s[i], unused(context, transport));
        say(s[i], "to no one");
    }
    for (int i = 0; i < 20; i++)
        shut_now(s[i]);
    finish(context);
    puts("terminated");
}

static void many_wait(void)
{
    void *context = make_context(), *push[50];
    char text[32];
    title("50 inproc connects wait in order");
    for (int i = 0; i < 50; i++) {
        push[i] = make(context, ZMQ_PUSH);
        MUST(zmq_connect(push[i], "inproc://late") == 0);
        snprintf(text, sizeof text, "from %d", i);
        say(push[i], text);
    }
    void *pull = make(context, ZMQ_PULL);
    MUST(zmq_bind(pull, "inproc://late") == 0);
    for (int i = 0; i < 50; i++)
        hear(pull);
    hear_nothing(pull);
    for (int i = 0; i < 50; i++)
        shut(push[i]);
    shut(pull);

    title("closed before anyone binds: what was sent still arrives");
    push[0] = make(context, ZMQ_PUSH);
    pull = make(context, ZMQ_PULL);
    MUST(zmq_connect(push[0], "inproc://closed early") == 0);
    say(push[0], "kept");
    shut(push[0]);
    MUST(zmq_bind(pull, "inproc://closed early") == 0);
    hear(pull);
    shut(pull);
    finish(context);

    title("shutdown while a connect waits");
    context = make_context();
    push[0] = make(context, ZMQ_PUSH);
    MUST(zmq_connect(push[0], "inproc://never") == 0);
    say(push[0], "lost");
    TELL(zmq_ctx_shutdown(context));
    shut(push[0]);
    TELL(zmq_ctx_term(context));
}

static void *connect_and_say(void *context)
{
    void *push = make(context, ZMQ_PUSH);
    MUST(zmq_connect(push, "inproc://race") == 0);
    say(push, "raced");
    shut(push);
    return NULL;
}

static void races(void)
{
    int count = 0;
    title("30 threads connect while one binds, 20 times");
    for (int round = 0; round < 20; round++) {
        pthread_t thread[30];
        char text[16];
        void *context = make_context();
        for (int i = 0; i < 30; i++)
            MUST(pthread_create(&thread[i], NULL, connect_and_say, context) == 0);
        void *pull = make(context, ZMQ_PULL);
        MUST(zmq_bind(pull, "inproc://race") == 0);
        for (int i = 0; i < 30; i++)
            count += zmq_recv(pull, text, sizeof text, 0) == 5;
        for (int i = 0; i < 30; i++)
            MUST(pthread_join(thread[i], NULL) == 0);
        shut(pull);
        finish(context);
    }
    printf("%d\n", count);
}

/* A publisher has nobody to keep anything for before there is a subscriber. */
static void publisher(const char *transport)
{
    void *context = make_context();
    void *pub = make(context, ZMQ_PUB), *sub = make(context, ZMQ_SUB);
    struct endpoint e = unused(context, transport);
    printf("-- PUB connects, SUB binds over %s\n", transport);
    join(pub, e);
    say(pub, "before");
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "", 0) == 0);
    bind_again(sub, e.text);
    do { /* once the subscription has arrived */
        get_int(sub, ZMQ_EVENTS); /* libzmq sends it when the subscriber is called */
        say(pub, "after");
    } while (!await(sub, ZMQ_POLLIN, 5));
    hear(sub);
    shut(pub);
    shut(sub);
    finish(context);
}

struct side { void *context; char name[32]; int binds; };

static void *be_a_side(void *argument)
{
    struct side *side = argument;
    void *pair = make(side->context, ZMQ_PAIR);
    char text[16];
    if (side->binds) {
        MUST(zmq_bind(pair, side->name) == 0);
        say(pair, "foobar");
    } else {
        MUST(zmq_connect(pair, side->name) == 0);
        MUST(zmq_recv(pair, text, sizeof text, 0) == 6 && !memcmp(text, "foobar", 6));
    }
    shut(pair);
    return NULL;
}

/* Each name has one thread that connects and one that binds, sends and closes. */
static void pairs_race(void)
{
    enum { PAIRS = 50 };
    static struct side sides[2 * PAIRS];
    pthread_t threads[2 * PAIRS];
    void *context = make_context();
    title("50 names, each bound and connected to at the same time, 5 times");
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 2 * PAIRS; i++) {
            sides[i] = (struct side){.context = context, .binds = i % 2};
            snprintf(sides[i].name, sizeof sides[i].name, "inproc://%d-%d", round, i / 2);
            MUST(pthread_create(&threads[i], NULL, be_a_side, &sides[i]) == 0);
        }
        for (int i = 0; i < 2 * PAIRS; i++)
            MUST(pthread_join(threads[i], NULL) == 0);
    }
    finish(context);
    puts("each was heard");
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int i = 0; i < 3; i++) {
        pair_of(ZMQ_PUSH, ZMQ_PULL, transports[i], "PUSH connects, PULL binds");
        pair_of(ZMQ_PULL, ZMQ_PUSH, transports[i], "PULL connects, PUSH binds");
        pair_of(ZMQ_REQ, ZMQ_REP, transports[i], "REQ connects, REP binds");
        pair_of(ZMQ_REQ, ZMQ_ROUTER, transports[i], "REQ connects, ROUTER binds");
        pair_of(ZMQ_DEALER, ZMQ_REP, transports[i], "DEALER connects, REP binds");
        pair_of(ZMQ_DEALER, ZMQ_ROUTER, transports[i], "DEALER connects, ROUTER binds");
        pair_of(ZMQ_DEALER, ZMQ_DEALER, transports[i], "DEALER connects, DEALER binds");
        pair_of(ZMQ_PAIR, ZMQ_PAIR, transports[i], "PAIR connects, PAIR binds");
        publisher(transports[i]);
        never_bound(transports[i]);
    }
    many_wait();
    races();
    pairs_race();
    return 0;
}
