/* Whose turn it is: PUSH, DEALER and REQ go round their peers, PULL, DEALER,
 * ROUTER and REP take from each in turn; several endpoints on one socket. */
#include "support.h"

#define PEERS 4

static void round_robin(int type, int peer_type, const char *name, const char *transport)
{
    void *context = make_context(), *peer[PEERS];
    void *s = make(context, type);
    char text[64];
    printf("-- %s sends round, %s\n", name, transport);
    for (int i = 0; i < PEERS; i++) {
        peer[i] = make(context, peer_type);
        join(s, bind_any(peer[i], transport));
    }
    for (int i = 0; i < 3 * PEERS; i++) {
        snprintf(text, sizeof text, "message %d|of two", i);
        say(s, text);
    }
    for (int i = 0; i < PEERS; i++) {
        snprintf(text, sizeof text, "peer %d", i);
        for (int k = 0; k < 3; k++)
            hear_with(peer[i], text, 0);
        hear_nothing_(peer[i], text);
        shut(peer[i]);
    }
    shut_now(s);
    finish(context);
}

static void fair_queue(int type, int peer_type, const char *name, const char *transport)
{
    void *context = make_context(), *peer[PEERS];
    void *s = make(context, type);
    char text[64], id[8];
    printf("-- %s takes in turn, %s\n", name, transport);
    for (int i = 0; i < PEERS; i++) {
        peer[i] = make(context, peer_type);
        snprintf(id, sizeof id, "peer%d", i);
        MUST(zmq_setsockopt(peer[i], ZMQ_ROUTING_ID, id, 5) == 0);
        struct endpoint e = bind_any(peer[i], transport);
        join(s, e);
        MUST(await(peer[i], ZMQ_POLLOUT, PATIENCE));
    }
    if (!strcmp(transport, "inproc")) { /* everything is there at once: the order is certain */
        for (int i = 0; i < PEERS; i++)
            for (int k = 0; k < 3; k++) {
                snprintf(text, sizeof text, "from %d|number %d", i, k);
                say(peer[i], text);
            }
        for (int i = 0; i < 3 * PEERS; i++)
            hear(s);
    } else { /* one peer floods: the others still get their turn */
        int seen = 0;
        for (int k = 0; k < 500; k++)
            say(peer[0], "flood");
        for (int i = 1; i < PEERS; i++)
            say(peer[i], "few");
        let_happen();
        for (int i = 0; i < 400; i++) {
            MUST(listen_to(s, text, sizeof text, 0) >= 1);
            seen += strstr(text, "few") != NULL;
            if (seen < PEERS - 1)
                pause_ms(10); /* what the quiet ones said may still be on its way */
        }
        printf("heard from the quiet ones before the flood is over: %d\n", seen);
        for (int i = 400; i < 500 + PEERS - 1; i++)
            MUST(listen_to(s, text, sizeof text, 0) >= 1);
    }
    hear_nothing(s);
    for (int i = 0; i < PEERS; i++)
        shut(peer[i]);
    shut(s);
    finish(context);
}

/* A peer at its mark is passed over, and has its turn again later. */
static void passed_over(void)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *slow = make(context, ZMQ_PULL), *fast = make(context, ZMQ_PULL);
    char text[32];
    title("a peer at its mark is passed over");
    set_int(push, ZMQ_SNDHWM, 1);
    set_int(slow, ZMQ_RCVHWM, 1);
    set_int(fast, ZMQ_RCVHWM, 1);
    join(push, bind_any(slow, "inproc"));
    join(push, bind_any(fast, "inproc"));
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "%d", i);
        say(push, text);
    }
    TELL(zmq_send(push, "x", 1, ZMQ_DONTWAIT));
    hear(fast);
    hear(fast);
    say(push, "4");
    say(push, "5");
    TELL(zmq_send(push, "x", 1, ZMQ_DONTWAIT));
    hear(slow);
    hear(slow);
    say(push, "6");
    hear(fast);
    hear(fast);
    hear(slow);
    shut(push);
    shut(slow);
    shut(fast);
    finish(context);
}

static void several_endpoints(void)
{
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push[3];
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    char text[32], all[3] = {0, 0, 0};
    title("one socket bound on every transport");
    for (int i = 0; i < 3; i++) {
        push[i] = make(context, ZMQ_PUSH);
        join(push[i], bind_any(pull, transports[i]));
    }
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 10; k++) {
            snprintf(text, sizeof text, "%d:%d", i, k);
            say(push[i], text);
        }
    for (int i = 0; i < 30; i++) { /* in order for each peer */
        MUST(listen_to(pull, text, sizeof text, 0) == 1);
        MUST(all[text[0] - '0'] == text[2] - '0');
        all[text[0] - '0']++;
    }
    printf("%d %d %d\n", all[0], all[1], all[2]);
    for (int i = 0; i < 3; i++)
        shut(push[i]);
    shut(pull);

    title("a socket that binds and connects, and one connected to itself");
    void *a = make(context, ZMQ_DEALER), *b = make(context, ZMQ_DEALER);
    join(a, bind_any(b, "tcp"));
    join(b, bind_any(a, "ipc"));
    MUST(await(a, ZMQ_POLLOUT, PATIENCE) && await(b, ZMQ_POLLOUT, PATIENCE));
    for (int i = 0; i < 4; i++) {
        say(a, "both ways");
        hear(b);
    }
    shut_now(a);
    shut_now(b);
    void *self = make(context, ZMQ_DEALER);
    join(self, bind_any(self, "inproc"));
    say(self, "to myself");
    hear(self);
    struct endpoint e = bind_any(self, "tcp");
    join(self, e);
    shut_now(self);
    finish(context);
}

static void connected_twice(void)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    title("connected twice to one endpoint");
    struct endpoint e = bind_any(pull, "tcp");
    join(push, e);
    join(push, e);
    say(push, "a");
    say(push, "a");
    hear(pull);
    hear(pull);
    TELL(zmq_disconnect(push, e.text));
    TELL(zmq_disconnect(push, e.text));
    shut_now(push);
    shut(pull);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int i = 0; i < 3; i++) {
        round_robin(ZMQ_PUSH, ZMQ_PULL, "PUSH", transports[i]);
        round_robin(ZMQ_DEALER, ZMQ_DEALER, "DEALER", transports[i]);
        fair_queue(ZMQ_PULL, ZMQ_PUSH, "PULL", transports[i]);
        fair_queue(ZMQ_DEALER, ZMQ_DEALER, "DEALER", transports[i]);
        fair_queue(ZMQ_ROUTER, ZMQ_DEALER, "ROUTER", transports[i]);
    }
    passed_over();
    several_endpoints();
    connected_twice();
    return 0;
}
