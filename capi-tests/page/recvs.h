/* The errors that zmq_recv and zmq_recvmsg have in common. A program defines
 * take(), which receives one part by its function, before it includes this.
 */
#include "ended.h"

static int take(void *socket, int flags);

static void refused_to_receive(void)
{
    void *context = make_context();
    void *push = zmq_socket(context, ZMQ_PUSH), *pull = zmq_socket(context, ZMQ_PULL);
    void *pub = zmq_socket(context, ZMQ_PUB);
    void *req = make(context, ZMQ_REQ), *rep = make(context, ZMQ_REP);
    title("EAGAIN");
    TELL(take(pull, ZMQ_DONTWAIT));
    set_int(pull, ZMQ_RCVTIMEO, 20);
    TELL(take(pull, 0));
    set_int(pull, ZMQ_RCVTIMEO, -1);
    title("ENOTSUP");
    TELL(take(push, 0));
    TELL(take(pub, 0));
    title("EFSM");
    TELL(take(req, 0));
    join(req, bind_any(rep, "inproc"));
    say(req, "question");
    TELL(take(rep, 0));
    TELL(take(rep, 0));
    title("ENOTSOCK");
    TELL(take(NULL, 0));
    TELL(take(context, 0));
    title("EINTR");
    INTERRUPTED(take(pull, 0));
    title("ETERM");
    TERMINATED(context, take(pull, 0));
    TELL(take(pull, ZMQ_DONTWAIT));
    void *all[] = {push, pull, pub, req, rep};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        shut(all[i]);
    finish(context);
}

/* A message is received part by part, and ZMQ_RCVMORE tells of the next. */
static void received_in_parts(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    title("parts");
    join(a, bind_any(b, "inproc"));
    say(a, "ABC|DEFGH||JK");
    do
        TELL(take(b, 0));
    while (TELL(get_int(b, ZMQ_RCVMORE)));
    TELL(take(b, ZMQ_DONTWAIT));
    shut(a);
    shut(b);
    finish(context);
}
