/* The errors that zmq_send, zmq_send_const, zmq_msg_send and zmq_sendmsg have in
 * common. A program defines give(), which sends a text by its function, before it
 * includes this.
 *
 * Not provoked: EINVAL is for parts of a message on a socket of a draft type,
 * which are not built.
 */
#include "ended.h"

static int give(void *socket, const char *text, int flags);

static void refused_to_send(void)
{
    void *context = make_context();
    void *push = zmq_socket(context, ZMQ_PUSH), *pull = zmq_socket(context, ZMQ_PULL);
    void *sub = zmq_socket(context, ZMQ_SUB);
    void *req = make(context, ZMQ_REQ), *rep = make(context, ZMQ_REP);
    void *router = make(context, ZMQ_ROUTER), *dealer = make(context, ZMQ_DEALER);
    title("EAGAIN");
    TELL(give(push, "nobody is there", ZMQ_DONTWAIT));
    set_int(push, ZMQ_SNDTIMEO, 20);
    TELL(give(push, "nobody comes", 0));
    set_int(push, ZMQ_SNDTIMEO, -1);
    title("ENOTSUP");
    TELL(give(pull, "", 0));
    TELL(give(sub, "", 0));
    title("EFSM");
    TELL(give(rep, "nothing was asked", 0));
    join(req, bind_any(rep, "inproc"));
    say(req, "question");
    TELL(give(req, "another question", 0));
    hear(rep);
    TELL(give(rep, "answer", 0));
    hear(req);
    title("EHOSTUNREACH");
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    TELL(give(router, "nobody", ZMQ_SNDMORE));
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "somebody", 8) == 0);
    join(dealer, bind_any(router, "inproc"));
    say(dealer, "here");
    hear(router);
    TELL(give(router, "somebody", ZMQ_SNDMORE));
    TELL(give(router, "body", 0));
    hear(dealer);
    title("ENOTSOCK");
    TELL(give(NULL, "", 0));
    TELL(give(context, "", 0));
    title("EINTR");
    INTERRUPTED(give(push, "nobody comes", 0));
    title("ETERM");
    TERMINATED(context, give(push, "nobody comes", 0));
    TELL(give(push, "nobody is there", ZMQ_DONTWAIT));
    TELL(give(pull, "", 0));
    void *all[] = {push, pull, sub, req, rep, router, dealer};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        shut(all[i]);
    finish(context);
}

/* A message is sent whole or not at all: no part is there before the last. */
static void sent_whole(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    title("parts");
    join(a, bind_any(b, "inproc"));
    TELL(give(a, "ABC", ZMQ_SNDMORE));
    TELL(give(a, "DEFGH", ZMQ_SNDMORE));
    hear_nothing(b);
    TELL(give(a, "JK", 0));
    hear(b);
    TELL(give(a, "", 0));
    hear(b);
    TELL(give(a, "begun", ZMQ_SNDMORE));
    shut_now(a);
    hear_nothing(b);
    shut(b);
    finish(context);
}
