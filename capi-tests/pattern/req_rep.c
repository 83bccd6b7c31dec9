/* REQ and REP: strict alternation and its errors, several peers, envelopes made
 * by hand with DEALER and ROUTER, malformed ones ignored. */
#include "support.h"

static void alternation(const char *transport)
{
    void *context = make_context();
    void *rep = make(context, ZMQ_REP), *req = make(context, ZMQ_REQ);
    char byte;
    title(transport);
    join(req, bind_any(rep, transport));
    TELL(zmq_recv(req, &byte, 1, 0));
    TELL(zmq_recv(req, &byte, 1, ZMQ_DONTWAIT));
    TELL(zmq_send(rep, "x", 1, 0));
    TELL(zmq_send(rep, "x", 1, ZMQ_DONTWAIT));
    TELL(get_int(rep, ZMQ_EVENTS));
    say(req, "question|with a part");
    TELL(get_int(req, ZMQ_EVENTS));
    TELL(zmq_send(req, "x", 1, 0));
    MUST(await(rep, ZMQ_POLLIN, PATIENCE));
    TELL(get_int(rep, ZMQ_EVENTS));
    TELL(zmq_recv(rep, &byte, 1, 0));
    TELL(zmq_send(rep, "x", 1, 0));
    TELL(get_int(rep, ZMQ_RCVMORE));
    TELL(zmq_recv(rep, &byte, 1, 0));
    TELL(get_int(rep, ZMQ_EVENTS));
    TELL(zmq_recv(rep, &byte, 1, ZMQ_DONTWAIT));
    TELL(zmq_send(rep, "answer", 6, ZMQ_SNDMORE));
    TELL(zmq_recv(rep, &byte, 1, ZMQ_DONTWAIT));
    TELL(zmq_send(rep, "more", 4, 0));
    TELL(zmq_send(rep, "x", 1, 0));
    MUST(await(req, ZMQ_POLLIN, PATIENCE));
    TELL(get_int(req, ZMQ_EVENTS));
    TELL(zmq_recv(req, &byte, 1, 0));
    TELL(zmq_send(req, "x", 1, 0));
    hear(req);
    TELL(get_int(req, ZMQ_EVENTS));
    TELL(zmq_recv(req, &byte, 1, 0));
    say(req, "again");
    hear(rep);
    say(rep, "");
    hear(req);
    shut(req);
    shut(rep);
    finish(context);
}

static void several(const char *transport)
{
    void *context = make_context();
    void *req = make(context, ZMQ_REQ), *rep[3];
    title("a REQ goes round its REPs");
    for (int i = 0; i < 3; i++) {
        rep[i] = make(context, ZMQ_REP);
        join(req, bind_any(rep[i], transport));
    }
    for (int i = 0; i < 6; i++) {
        char text[32];
        snprintf(text, sizeof text, "question %d", i);
        say(req, text);
        hear_with(rep[i % 3], text, 0);
        snprintf(text, sizeof text, "answer %d", i);
        say(rep[i % 3], text);
        hear(req);
    }
    for (int i = 0; i < 3; i++)
        shut(rep[i]);
    shut(req);
    finish(context);
}

static void by_hand(const char *transport)
{
    void *context = make_context();
    void *rep = make(context, ZMQ_REP), *dealer = make(context, ZMQ_DEALER);
    title("a DEALER asks a REP");
    join(dealer, bind_any(rep, transport));
    say(dealer, "|body");
    hear(rep);
    say(rep, "plain");
    hear(dealer);
    say(dealer, "one|two||three|four");
    hear(rep);
    say(rep, "back|and more");
    hear(dealer);
    say(dealer, "no delimiter");
    say(dealer, "neither|here");
    say(dealer, "|good");
    hear(rep);
    say(rep, "well");
    hear(dealer);
    say(dealer, "|");
    hear(rep);
    say(rep, "to an empty one");
    hear(dealer);
    shut(dealer);
    shut(rep);

    finish(context);
}

static void malformed(const char *transport)
{
    void *context = make_context();
    void *router = make(context, ZMQ_ROUTER), *req = make(context, ZMQ_REQ);
    title("a ROUTER answers a REQ");
    MUST(zmq_setsockopt(req, ZMQ_ROUTING_ID, "ASK", 3) == 0);
    join(req, bind_any(router, transport));
    say(req, "question");
    hear(router);
    say(router, "ASK||good|one");
    hear(req);
    say(req, "second");
    hear(router);
    say(router, "ASK||second");
    hear(req);

    title("an answer that is nobody's message, before the right one");
    say(req, "between");
    hear(router);
    TELL(zmq_send(router, "ASK", 3, 0));
    say(router, "ASK||right");
    hear(req);

    title("an answer without a delimiter is not one");
    say(req, "third");
    hear(router);
    say(router, "ASK|no delimiter");
    hear_nothing(req);
    say(router, "ASK|not empty|answer");
    hear_nothing(req);
    if (!strcmp(transport, "inproc")) {
        say(router, "ASK||good");
        hear(req);
    } else { /* such a connection is given up for good */
        set_int(router, ZMQ_ROUTER_MANDATORY, 1);
        long long end = now_ms() + PATIENCE;
        int rc;
        while ((rc = say_with(router, "ASK||good", 0)) == 0 && now_ms() < end)
            pause_ms(1);
        printf("router: %s\n", rc == 0 ? "still connected" : error_name(zmq_errno()));
        hear_nothing(req);
        TELL(get_int(req, ZMQ_EVENTS));
    }
    shut_now(req);
    shut_now(router);
    finish(context);
}

static void replier_goes(const char *transport)
{
    void *context = make_context();
    void *rep = make(context, ZMQ_REP), *req = make(context, ZMQ_REQ);
    title("an answer to one who has gone is swallowed");
    struct endpoint e = bind_any(rep, transport);
    join(req, e);
    say(req, "question");
    hear(rep);
    shut_now(req);
    let_happen();
    TELL(zmq_send(rep, "answer", 6, 0));
    req = make(context, ZMQ_REQ);
    join(req, e);
    say(req, "next");
    hear(rep);
    say(rep, "fine");
    hear(req);
    shut(req);
    shut(rep);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int i = 0; i < 3; i++) {
        alternation(transports[i]);
        several(transports[i]);
        by_hand(transports[i]);
        malformed(transports[i]);
        replier_goes(transports[i]);
    }
    return 0;
}
