/* zmq_unbind(3): every error, wild-card endpoints, and that what has arrived may
 * still be received. What becomes of messages is shown by fate/unbind. */
#include "support.h"

static void errors(void)
{
    void *context = make_context(), *pull = make(context, ZMQ_PULL);
    title("EINVAL");
    TELL(zmq_unbind(pull, NULL));
    TELL(zmq_unbind(pull, ""));
    TELL(zmq_unbind(pull, "no endpoint"));
    title("ENOENT");
    TELL(zmq_unbind(pull, "tcp://127.0.0.1:1"));
    TELL(zmq_unbind(pull, "ipc://nowhere"));
    TELL(zmq_unbind(pull, "inproc://nowhere"));
    struct endpoint e = bind_own(pull, "tcp");
    TELL(zmq_unbind(pull, "tcp://127.0.0.1:*"));
    MUST(zmq_unbind(pull, e.text) == 0);
    title("ENOTSOCK");
    TELL(zmq_unbind(NULL, "inproc://nowhere"));
    TELL(zmq_unbind(context, "inproc://nowhere"));
    title("ETERM");
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_unbind(pull, "inproc://nowhere"));
    shut(pull);
    finish(context);
}

static void unbound(const char *transport)
{
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    void *other = make(context, ZMQ_PULL);
    title(transport);
    struct endpoint e = bind_own(pull, transport);
    join(push, e);
    say(push, "one");
    say(push, "two");
    hear(pull);
    MUST(await(pull, ZMQ_POLLIN, PATIENCE));
    TELL(zmq_unbind(pull, e.text));
    hear(pull);
    errno = 0;
    int rc = zmq_unbind(pull, e.text);
    printf("once more: %d %s\n", rc, error_name(zmq_errno()));
    bind_again(other, e.text); /* others may have it now */
    set_int(push, ZMQ_LINGER, 0);
    shut(push);
    shut(pull);
    shut(other);
    finish(context);
}

int main(void)
{
    errors();
    unbound("tcp");
    unbound("ipc");
    unbound("inproc");
    return 0;
}
