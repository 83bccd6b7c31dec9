/* ROUTER: ids given and made, unknown ids, MANDATORY, a full peer, ids in use
 * already, malformed sends, ROUTER to ROUTER, a request routed through a chain. */
#include "support.h"

static void made_ids(const char *transport)
{
    void *context = make_context();
    void *router = make(context, ZMQ_ROUTER), *a = make(context, ZMQ_DEALER), *b = make(context, ZMQ_DEALER);
    unsigned char id[2][16];
    title("ids that the ROUTER makes");
    struct endpoint e = bind_any(router, transport);
    join(a, e);
    say(a, "from a");
    TELL(zmq_recv(router, id[0], 16, 0));
    TELL(id[0][0]);
    hear(router);
    join(b, e);
    say(b, "from b");
    TELL(zmq_recv(router, id[1], 16, 0));
    TELL(id[1][0]);
    hear(router);
    printf("they differ: %s\n", memcmp(id[0], id[1], 5) ? "yes" : "no");
    for (int i = 0; i < 2; i++) {
        TELL(zmq_send(router, id[i], 5, ZMQ_SNDMORE));
        TELL(zmq_send(router, i ? "to b" : "to a", 4, 0));
    }
    hear(a);
    hear(b);
    shut(a);
    shut(b);
    shut(router);
    finish(context);
}

static void await_unknown(void *router, const char *message)
{
    long long end = now_ms() + PATIENCE;
    while (say_with(router, message, 0) == 0)
        MUST(now_ms() < end);
    printf("router says %s: %s\n", message, error_name(zmq_errno()));
}

static void given_ids(const char *transport)
{
    void *context = make_context();
    void *router = make(context, ZMQ_ROUTER), *a = make(context, ZMQ_DEALER);
    char id[256];
    title("ids that peers give");
    TELL(zmq_setsockopt(a, ZMQ_ROUTING_ID, "", 0));
    memset(id, 'i', sizeof id);
    TELL(zmq_setsockopt(a, ZMQ_ROUTING_ID, id, 256));
    TELL(zmq_setsockopt(a, ZMQ_ROUTING_ID, "\0abc", 4));
    TELL(zmq_setsockopt(a, ZMQ_ROUTING_ID, "alice", 5));
    size_t size = sizeof id;
    TELL(zmq_getsockopt(a, ZMQ_ROUTING_ID, id, &size));
    printf("%zu %.*s\n", size, (int)size, id);
    struct endpoint e = bind_any(router, transport);
    join(a, e);
    say(a, "hello|world");
    hear(router);
    say(router, "alice|one|two");
    hear(a);

    title("unknown ids");
    TELL(zmq_send(router, "bob", 3, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    TELL(zmq_send(router, "dropped", 7, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    TELL(zmq_send(router, "whole", 5, ZMQ_DONTWAIT));
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    TELL(zmq_send(router, "bob", 3, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    TELL(zmq_send(router, "bob", 3, ZMQ_SNDMORE));
    TELL(zmq_send(router, "", 0, ZMQ_SNDMORE));
    say(router, "alice|still here");
    hear(a);

    title("an id frame with nothing behind it");
    TELL(zmq_send(router, "alice", 5, 0));
    TELL(zmq_send(router, "bob", 3, 0));
    hear_nothing(a);
    say(router, "alice|after it");
    hear(a);
    say(router, "alice||");
    hear(a);

    title("the peer goes");
    shut(a);
    hear_nothing(router); /* libzmq forgets an inproc peer only when it is read from */
    await_unknown(router, "alice|gone");
    a = make(context, ZMQ_DEALER);
    TELL(zmq_setsockopt(a, ZMQ_ROUTING_ID, "alice", 5));
    join(a, e);
    say(a, "back");
    hear(router);
    say(router, "alice|welcome");
    hear(a);
    TELL(get_int(router, ZMQ_EVENTS));
    shut(a);
    shut(router);
    finish(context);
}

static void same_id(const char *transport)
{
    void *context = make_context();
    void *router = make(context, ZMQ_ROUTER), *a = make(context, ZMQ_DEALER), *b = make(context, ZMQ_DEALER);
    title("a second peer with an id in use is not heard");
    MUST(zmq_setsockopt(a, ZMQ_ROUTING_ID, "same", 4) == 0);
    MUST(zmq_setsockopt(b, ZMQ_ROUTING_ID, "same", 4) == 0);
    struct endpoint e = bind_any(router, transport);
    join(a, e);
    say(a, "first");
    hear(router);
    join(b, e);
    say(b, "second");
    hear_nothing(router);
    say(router, "same|who hears this");
    hear(a);
    hear_nothing(b);
    say(a, "still here");
    hear(router);
    shut_now(a);
    shut_now(b);
    shut(router);

    title("with HANDOVER the newcomer takes the id");
    router = make(context, ZMQ_ROUTER);
    a = make(context, ZMQ_DEALER);
    b = make(context, ZMQ_DEALER);
    set_int(router, ZMQ_ROUTER_HANDOVER, 1);
    MUST(zmq_setsockopt(a, ZMQ_ROUTING_ID, "same", 4) == 0);
    MUST(zmq_setsockopt(b, ZMQ_ROUTING_ID, "same", 4) == 0);
    e = bind_any(router, transport);
    join(a, e);
    say(a, "first");
    hear(router);
    join(b, e);
    say(b, "second");
    hear(router);
    say(router, "same|who hears this");
    hear(b);
    hear_nothing(a);
    shut_now(a);
    shut_now(b);
    shut(router);
    finish(context);
}

static void full(void)
{
    void *context = make_context();
    void *router = make(context, ZMQ_ROUTER), *dealer = make(context, ZMQ_DEALER);
    int taken = 0;
    title("a peer at its mark (inproc, 1 + 1)");
    set_int(router, ZMQ_SNDHWM, 1);
    set_int(dealer, ZMQ_RCVHWM, 1);
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "D", 1) == 0);
    join(dealer, bind_any(router, "inproc"));
    say(dealer, "hello");
    hear(router);
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    while (say_with(router, "D|x", ZMQ_DONTWAIT) == 0)
        taken++;
    printf("mandatory: taken %d, then %s\n", taken, error_name(zmq_errno()));
    TELL(zmq_send(router, "D", 1, ZMQ_DONTWAIT));
    set_int(router, ZMQ_SNDTIMEO, 50);
    TELL(zmq_send(router, "D", 1, ZMQ_SNDMORE));
    set_int(router, ZMQ_ROUTER_MANDATORY, 0);
    TELL(say_with(router, "D|dropped", ZMQ_DONTWAIT));
    hear(dealer);
    hear(dealer);
    hear_nothing(dealer);
    say(router, "D|after");
    hear(dealer);
    shut(dealer);
    shut(router);
    finish(context);
}

static void two_routers(const char *transport)
{
    void *context = make_context();
    void *a = make(context, ZMQ_ROUTER), *b = make(context, ZMQ_ROUTER);
    title("ROUTER to ROUTER");
    MUST(zmq_setsockopt(a, ZMQ_ROUTING_ID, "A", 1) == 0);
    MUST(zmq_setsockopt(b, ZMQ_ROUTING_ID, "B", 1) == 0);
    set_int(a, ZMQ_ROUTER_MANDATORY, 1);
    join(a, bind_any(b, transport));
    long long end = now_ms() + PATIENCE;
    while (say_with(a, "B|hello", 0) == -1) {
        MUST(zmq_errno() == EHOSTUNREACH && now_ms() < end);
        pause_ms(1);
    }
    hear(b);
    say(b, "A|well");
    hear(a);
    shut(a);
    shut(b);

    title("CONNECT_ROUTING_ID names the peer at once");
    a = make(context, ZMQ_ROUTER);
    b = make(context, ZMQ_ROUTER);
    MUST(zmq_setsockopt(a, ZMQ_ROUTING_ID, "A", 1) == 0);
    set_int(a, ZMQ_ROUTER_MANDATORY, 1);
    MUST(zmq_setsockopt(a, ZMQ_CONNECT_ROUTING_ID, "other", 5) == 0);
    join(a, bind_any(b, transport));
    say(a, "other|at once");
    hear(b);
    say(b, "A|back");
    hear(a);
    shut(a);
    shut(b);
    finish(context);
}

/* Peers of another context that come and go, whose names are known beforehand. */
static void hundred_come_and_go(const char *transport)
{
    void *context = make_context(), *other = strcmp(transport, "inproc") ? make_context() : context;
    void *router = make(context, ZMQ_ROUTER);
    char name[11], text[16];
    int heard = 0;
    title("a hundred come and go");
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    struct endpoint e = bind_any(router, transport);
    for (int i = 0; i < 100; i++) {
        void *dealer = make(other, ZMQ_DEALER);
        snprintf(name, sizeof name, "%09d", i);
        MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, name, 10) == 0);
        MUST(zmq_send(router, name, 10, ZMQ_SNDMORE) == -1 && zmq_errno() == EHOSTUNREACH);
        join(dealer, e);
        long long end = now_ms() + PATIENCE;
        while (zmq_send(router, name, 10, ZMQ_SNDMORE) == -1) {
            MUST(zmq_errno() == EHOSTUNREACH && now_ms() < end);
            MUST(zmq_poll(NULL, 0, 1) == 0);
        }
        say(router, "HELLO");
        heard += zmq_recv(dealer, text, sizeof text, 0) == 5 && !memcmp(text, "HELLO", 5);
        shut_now(dealer);
    }
    printf("%d have heard\n", heard);
    shut(router);
    finish(context);
    if (other != context)
        finish(other);
}

static void chain(const char *transport)
{
    void *context = make_context();
    void *front = make(context, ZMQ_ROUTER), *back = make(context, ZMQ_DEALER);
    void *req = make(context, ZMQ_REQ), *rep = make(context, ZMQ_REP);
    title("REQ to ROUTER to DEALER to REP and back");
    join(req, bind_any(front, transport));
    join(rep, bind_any(back, transport));
    for (int i = 0; i < 2; i++) {
        void *from = i ? back : front, *to = i ? front : back;
        if (i) {
            hear(rep);
            say(rep, "answer|parts");
        } else
            say(req, "question|parts");
        int more = 1, parts = 0;
        while (more) {
            zmq_msg_t m;
            MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, from, 0) >= 0);
            more = zmq_msg_more(&m);
            MUST(zmq_msg_send(&m, to, more ? ZMQ_SNDMORE : 0) >= 0);
            parts++;
        }
        printf("passed on %d parts\n", parts);
    }
    hear(req);
    shut(req);
    shut(rep);
    shut(front);
    shut(back);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int i = 0; i < 3; i++) {
        printf("== %s\n", transports[i]);
        made_ids(transports[i]);
        given_ids(transports[i]);
        same_id(transports[i]);
        two_routers(transports[i]);
        hundred_come_and_go(transports[i]);
        chain(transports[i]);
    }
    full();
    return 0;
}
