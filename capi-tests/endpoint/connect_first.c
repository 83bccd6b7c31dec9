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
        bind_again(b, e.text);
        if (binder == ZMQ_ROUTER) {
            char text[64];
            MUST(zmq_recv(b, text, sizeof text, 0) == 5 && text[0] == 0 && get_int(b, ZMQ_RCVMORE));
        }
        hear(b);
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
        never_bound(transports[i]);
    }
    many_wait();
    races();
    return 0;
}
