/* ZMQ_REQ_RELAXED and ZMQ_REQ_CORRELATE: a request may be given up for another,
 * and only the reply to the last one counts. What came before a request is never
 * taken for its reply. */
#include "support.h"

static void *requester(void *context, int relaxed, int correlate)
{
    void *req = make(context, ZMQ_REQ);
    set_int(req, ZMQ_REQ_RELAXED, relaxed);
    set_int(req, ZMQ_REQ_CORRELATE, correlate);
    return req;
}

/* A request as its server sees it. */
struct request { unsigned char id[256]; int id_size; unsigned char number[8]; int number_size; };

static struct request take(void *router)
{
    struct request r = {.number_size = 0};
    char body[64];
    r.id_size = zmq_recv(router, r.id, sizeof r.id, 0);
    MUST(r.id_size > 0);
    r.number_size = zmq_recv(router, r.number, sizeof r.number, 0);
    MUST(r.number_size >= 0);
    if (r.number_size > 0)
        MUST(zmq_recv(router, body, 1, 0) == 0);
    int size = zmq_recv(router, body, sizeof body - 1, 0);
    MUST(size >= 0);
    body[size] = 0;
    printf("asked %s, with a number of %d bytes\n", body, r.number_size);
    return r;
}

static void answer(void *router, struct request r, const char *text)
{
    MUST(zmq_send(router, r.id, r.id_size, ZMQ_SNDMORE) == r.id_size);
    if (r.number_size)
        MUST(zmq_send(router, r.number, r.number_size, ZMQ_SNDMORE) == r.number_size);
    MUST(zmq_send(router, "", 0, ZMQ_SNDMORE) == 0);
    say(router, text);
}

static void relaxed_only(void *context, const char *transport)
{
    void *req = requester(context, 1, 0), *router = make(context, ZMQ_ROUTER);
    printf("relaxed, over %s\n", transport);
    join(req, bind_own(router, transport));
    TELL(zmq_recv(req, NULL, 0, ZMQ_DONTWAIT));
    say(req, "first");
    TELL(get_int(req, ZMQ_EVENTS));
    say(req, "second|part");
    struct request r1 = take(router), r2 = take(router);
    (void)zmq_recv(router, NULL, 0, 0);
    answer(router, r1, "to the first"); /* nothing tells it from the other */
    hear(req);
    TELL(zmq_recv(req, NULL, 0, ZMQ_DONTWAIT));
    answer(router, r2, "late");
    let_happen();
    say(req, "third");
    answer(router, take(router), "to the third");
    hear(req);
    shut(req);
    shut(router);
}

static void strict(void *context, const char *transport)
{
    void *req = requester(context, 0, 0), *router = make(context, ZMQ_ROUTER);
    printf("strict, over %s: a second reply\n", transport);
    join(req, bind_own(router, transport));
    say(req, "first");
    TELL(zmq_send(req, "more", 4, 0));
    struct request r = take(router);
    answer(router, r, "reply");
    answer(router, r, "second reply|of two");
    hear(req);
    let_happen();
    say(req, "second");
    answer(router, take(router), "right");
    hear(req);
    shut(req);
    shut(router);
}

static void correlated(void *context, const char *transport)
{
    void *req = requester(context, 1, 1), *router = make(context, ZMQ_ROUTER);
    printf("correlated, over %s\n", transport);
    join(req, bind_own(router, transport));
    say(req, "first");
    struct request first = take(router);
    say(req, "second");
    struct request second = take(router);
    uint32_t a, b;
    memcpy(&a, first.number, 4);
    memcpy(&b, second.number, 4);
    printf("the numbers differ by %u\n", b - a);
    answer(router, first, "to the first");
    struct request bare = second;
    bare.number_size = 0;
    answer(router, bare, "without a number|x");
    answer(router, second, "to the second|with two parts");
    hear(req);
    say(req, "third");
    TELL(zmq_send(req, "part", 4, ZMQ_SNDMORE));
    TELL(zmq_send(req, "end", 3, 0));
    (void)take(router);
    struct request fourth = take(router);
    hear(router);
    answer(router, fourth, "to the fourth");
    hear(req);
    shut(req);
    shut(router);
}

/* A reply that was received in part is given up, too. */
static void given_up(void *context)
{
    char part[8];
    void *req = requester(context, 1, 1), *rep = make(context, ZMQ_REP);
    title("given up in the middle of a reply");
    join(req, bind_own(rep, "tcp"));
    say(req, "a");
    hear(rep);
    say(rep, "one|two|three");
    TELL(zmq_recv(req, part, sizeof part, 0));
    TELL(get_int(req, ZMQ_RCVMORE));
    say(req, "b");
    hear(rep);
    say(rep, "right");
    hear(req);
    shut(req);
    shut(rep);
}

/* The next request goes to the next server. */
static void in_turn(void *context)
{
    void *req = requester(context, 1, 1), *one = make(context, ZMQ_REP), *two = make(context, ZMQ_REP);
    title("a silent server is passed over");
    join(req, bind_own(one, "inproc"));
    join(req, bind_own(two, "inproc"));
    say(req, "a");
    hear(one);
    say(req, "b");
    hear(two);
    say(one, "too late");
    say(two, "right");
    hear(req);
    TELL(zmq_recv(req, NULL, 0, ZMQ_DONTWAIT));
    shut(req);
    shut(one);
    shut(two);
}

static const char *ready(void *socket)
{
    int events = get_int(socket, ZMQ_EVENTS);
    return events == (ZMQ_POLLIN | ZMQ_POLLOUT) ? "both" : events == ZMQ_POLLIN ? "to receive"
        : events == ZMQ_POLLOUT ? "to send" : "to wait";
}

/* Requests that are given up before and after their replies have come: each goes to the
 * next server, none of which is lost by it, and the REQ may always send. */
static void rounds(void *context)
{
    enum { SERVERS = 3 };
    void *req = requester(context, 1, 1), *rep[SERVERS];
    char text[32];
    title("rounds of requests that are given up");
    struct endpoint e = bind_own(req, "inproc");
    for (int i = 0; i < SERVERS; i++)
        join(rep[i] = make(context, ZMQ_REP), e);
    printf("at first %s\n", ready(req));
    for (int i = 0; i < 2 * SERVERS; i++) {
        snprintf(text, sizeof text, "request %d|of two", i);
        say(req, text);
        printf("asked: %s\n", ready(req));
        hear_with(rep[i % SERVERS], "whose turn it is", 0);
        if (i % 2 == 0) { /* the one before is answered only now */
            if (i > 0)
                say(rep[(i - 1) % SERVERS], "too late");
            say(rep[i % SERVERS], "nobody wants this any more");
        }
        printf("%s: %s\n", i % 2 ? "heard" : "answered", ready(req));
    }
    say(req, "the last");
    hear(rep[0]);
    say(rep[SERVERS - 1], "too late");
    say(rep[0], "right");
    hear(req);
    printf("at last %s\n", ready(req));
    TELL(zmq_recv(req, NULL, 0, ZMQ_DONTWAIT));
    shut(req);
    for (int i = 0; i < SERVERS; i++)
        shut(rep[i]);
}

/* Requests that wait for a server to come all reach it, and the last counts. */
static void queued(void *context, const char *transport)
{
    void *req = requester(context, 1, 1), *router = make(context, ZMQ_ROUTER);
    printf("queued, over %s\n", transport);
    struct endpoint e = unused(context, transport);
    join(req, e);
    say(req, "first");
    say(req, "second");
    bind_again(router, e.text);
    struct request first = take(router), second = take(router);
    answer(router, first, "to the first");
    answer(router, second, "to the second");
    hear(req);
    shut(req);
    shut(router);
}

int main(void)
{
    void *context = make_context();
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    for (int i = 0; i < 3; i++) {
        relaxed_only(context, transports[i]);
        strict(context, transports[i]);
        correlated(context, transports[i]);
        queued(context, transports[i]);
    }
    given_up(context);
    in_turn(context);
    rounds(context);
    finish(context);
    return 0;
}
