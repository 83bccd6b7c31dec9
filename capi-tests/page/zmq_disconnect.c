/* zmq_disconnect(3): every error; the socket neither hears from the endpoint nor
 * sends there any more, and what was sent before goes by the linger. Fates of
 * messages are fate/disconnect in full; texts of endpoints are endpoint/errors. */
#include "support.h"

static void errors(void *context, const char *transport)
{
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct endpoint e = bind_own(pull, transport);
    printf("-- ENOENT, %s\n", transport);
    TELL(zmq_disconnect(push, e.text));
    join(push, e);
    TELL(zmq_disconnect(push, e.text));
    TELL(zmq_disconnect(push, e.text));
    TELL(zmq_disconnect(pull, "inproc://never"));
    shut(push);
    shut(pull);
}

static void ended(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    title("ETERM");
    MUST(zmq_connect(push, "inproc://name") == 0);
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_disconnect(push, "inproc://name"));
    shut(push);
    finish(context);
}

static void parted(void *context)
{
    void *a = make(context, ZMQ_DEALER), *b = make(context, ZMQ_DEALER);
    struct endpoint e = bind_own(b, "tcp");
    title("neither hears nor sends any more");
    join(a, e);
    say(a, "before");
    hear(b);
    say(b, "unread");
    MUST(await(a, ZMQ_POLLIN, PATIENCE));
    say(a, "sent in time");
    TELL(zmq_disconnect(a, e.text));
    hear(b);
    hear_nothing(a);
    TELL(zmq_send(a, "x", 1, ZMQ_DONTWAIT));
    shut(a);
    shut(b);
}

/* The linger counts that the socket has when it disconnects. */
static void lingering(void *context, int linger)
{
    void *other = make_context();
    void *push = make(other, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct endpoint e = unused(context, "ipc");
    printf("-- not sent yet, linger %d\n", linger);
    set_int(push, ZMQ_LINGER, linger);
    join(push, e);
    say(push, "out of reach");
    TELL(zmq_disconnect(push, e.text));
    set_int(push, ZMQ_LINGER, -1);
    shut(push);
    if (linger == 0)
        finish(other);
    bind_again(pull, e.text);
    if (linger == 0)
        hear_nothing(pull);
    else {
        hear(pull);
        finish(other);
    }
    shut(pull);
}

int main(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    title("EINVAL");
    TELL(zmq_disconnect(push, NULL));
    TELL(zmq_disconnect(push, "tcp"));
    title("ENOTSOCK");
    TELL(zmq_disconnect(NULL, "inproc://name"));
    TELL(zmq_disconnect(context, "inproc://name"));
    errors(context, "tcp");
    errors(context, "ipc");
    errors(context, "inproc");
    ended();
    parted(context);
    lingering(context, -1);
    lingering(context, 0);
    shut(push);
    finish(context);
    return 0;
}
