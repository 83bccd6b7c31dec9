/* REQ and REP as state machines (RFC 28): what may be called in the middle of a
 * request and of a reply, what zmq_poll says of it, and what becomes of the state when
 * the other side goes. A refused call changes nothing. */
#include "support.h"

static void *context;
static const char *transport;

struct two { void *req, *rep; struct endpoint at; };

static struct two meet(int rep_type)
{
    struct two t = {make(context, ZMQ_REQ), make(context, rep_type), {""}};
    t.at = bind_any(t.rep, transport);
    join(t.req, t.at);
    return t;
}

static void part(struct two t)
{
    shut_now(t.req);
    shut_now(t.rep);
}

static const char *ready(void *socket)
{
    int events = get_int(socket, ZMQ_EVENTS);
    return events == (ZMQ_POLLIN | ZMQ_POLLOUT) ? "both" : events == ZMQ_POLLIN ? "to receive"
        : events == ZMQ_POLLOUT ? "to send" : "to wait";
}

static void refused_send(void *socket)
{
    TELL(zmq_send(socket, "x", 1, ZMQ_DONTWAIT));
    TELL(zmq_send(socket, "x", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE));
}

static void refused_receive(void *socket)
{
    char byte;
    TELL(zmq_recv(socket, &byte, 1, ZMQ_DONTWAIT));
    TELL(zmq_recv(socket, &byte, 1, 0));
}

static void hear_part(void *socket)
{
    char text[32];
    int size = zmq_recv(socket, text, sizeof text, 0);
    MUST(size >= 0 && size < (int)sizeof text);
    printf("a part: %.*s%s\n", size, text, get_int(socket, ZMQ_RCVMORE) ? ", and more" : "");
}

/* Every call between any two steps of one exchange of multipart messages. */
static void exchange(void)
{
    printf("-- an exchange, over %s\n", transport);
    struct two t = meet(ZMQ_REP);
    MUST(await(t.req, ZMQ_POLLOUT, PATIENCE));
    for (int again = 0; again < 2; again++) {
        printf("REQ is ready %s, REP %s\n", ready(t.req), ready(t.rep));
        refused_receive(t.req);
        refused_send(t.rep);
        TELL(zmq_send(t.req, "one", 3, ZMQ_SNDMORE));
        printf("REQ in its request: %s\n", ready(t.req));
        refused_receive(t.req);
        TELL(zmq_send(t.req, "two", 3, 0));
        printf("REQ after its request: %s\n", ready(t.req));
        refused_send(t.req);
        MUST(await(t.rep, ZMQ_POLLIN, PATIENCE));
        printf("REP before the request: %s\n", ready(t.rep));
        refused_send(t.rep);
        hear_part(t.rep);
        printf("REP in the request: %s\n", ready(t.rep));
        refused_send(t.rep);
        hear_part(t.rep);
        printf("REP after the request: %s\n", ready(t.rep));
        refused_receive(t.rep);
        TELL(zmq_send(t.rep, "three", 5, ZMQ_SNDMORE));
        printf("REP in its reply: %s\n", ready(t.rep));
        refused_receive(t.rep);
        TELL(zmq_send(t.rep, "four", 4, 0));
        printf("REP after its reply: %s\n", ready(t.rep));
        refused_send(t.rep);
        MUST(await(t.req, ZMQ_POLLIN, PATIENCE));
        refused_send(t.req);
        hear_part(t.req);
        printf("REQ in the reply: %s\n", ready(t.req));
        refused_send(t.req);
        hear_part(t.req);
    }
    part(t);
}

/* A request that cannot be sent is none: the next one can. */
static void nobody(void)
{
    printf("-- a REQ without a REP, over %s\n", transport);
    void *req = make(context, ZMQ_REQ), *rep = make(context, ZMQ_REP);
    struct endpoint e = bind_any(req, transport);
    TELL(zmq_send(req, "x", 1, ZMQ_DONTWAIT));
    TELL(zmq_send(req, "x", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE));
    refused_receive(req);
    join(rep, e);
    say(req, "whole|request");
    hear(rep);
    say(rep, "reply");
    hear(req);
    shut(rep);
    shut(req);
}

/* Only the one who was asked can answer. */
static void others(void)
{
    printf("-- replies of others, over %s\n", transport);
    void *req = make(context, ZMQ_REQ), *asked = make(context, ZMQ_ROUTER), *other = make(context, ZMQ_ROUTER);
    MUST(zmq_setsockopt(req, ZMQ_ROUTING_ID, "REQ", 3) == 0);
    join(req, bind_any(asked, transport));
    say(req, "first");
    hear(asked);
    join(req, bind_any(other, transport));
    set_int(other, ZMQ_ROUTER_MANDATORY, 1);
    long long end = now_ms() + PATIENCE;
    while (say_with(other, "REQ||of another", 0) == -1 && now_ms() < end)
        pause_ms(2);
    hear_nothing(req);
    say(asked, "REQ||of the one who was asked");
    hear(req);
    say(req, "second");
    hear(asked);
    say(asked, "REQ||again");
    hear(req);
    say(req, "third");
    hear(other); /* it is its turn; what it said before is no reply to this */
    hear_nothing(req);
    say(other, "REQ||reply");
    hear(req);
    shut_now(req), shut_now(asked), shut_now(other);
}

/* The one who asked goes: before it is heard, while it is, and before the reply. */
static void asker_goes(void)
{
    static const char *const when[] = {"before it is heard", "in its request", "before the reply",
        "in the reply"};
    for (int i = 0; i < 4; i++) {
        printf("-- REQ goes %s, over %s\n", when[i], transport);
        struct two t = meet(ZMQ_REP);
        say(t.req, "one|two");
        MUST(await(t.rep, ZMQ_POLLIN, PATIENCE));
        if (i > 0)
            hear_part(t.rep);
        if (i > 1)
            hear_part(t.rep);
        if (i > 2)
            TELL(zmq_send(t.rep, "three", 5, ZMQ_SNDMORE));
        shut_now(t.req);
        pause_ms(50); /* for the loss to be noticed, most of the times */
        if (i == 0) /* what had arrived is still heard */
            hear_part(t.rep);
        if (i <= 1)
            hear_part(t.rep);
        if (i <= 2)
            TELL(zmq_send(t.rep, "three", 5, ZMQ_SNDMORE));
        TELL(zmq_send(t.rep, "four", 4, 0));
        refused_send(t.rep);
        t.req = make(context, ZMQ_REQ);
        join(t.req, t.at);
        say(t.req, "another");
        hear(t.rep);
        say(t.rep, "answer");
        hear(t.req);
        part(t);
    }
}

/* The one who was asked goes: the request is lost with it, and the REQ waits. */
static void answerer_goes(void)
{
    char byte;
    printf("-- REP goes with a request, over %s\n", transport);
    void *req = make(context, ZMQ_REQ), *rep = make(context, ZMQ_REP);
    struct endpoint e = bind_any(req, transport);
    join(rep, e);
    say(req, "lost");
    hear(rep);
    shut_now(rep);
    let_happen();
    refused_send(req);
    TELL(zmq_recv(req, &byte, 1, ZMQ_DONTWAIT));
    printf("REQ is ready %s\n", ready(req));
    rep = make(context, ZMQ_REP);
    join(rep, e);
    hear_nothing(rep);
    refused_send(req);
    shut_now(rep);
    shut_now(req);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    context = make_context();
    for (int i = 0; i < 3; i++) {
        transport = transports[i];
        exchange();
        nobody();
        others();
        asker_goes();
        answerer_goes();
    }
    finish(context);
    return 0;
}
