/* zmq_inproc(7): works without I/O threads; a name is unique in its context, may be
 * of any characters and 256 of them, and may be connected to before it is bound, also
 * by the socket itself. What is refused is endpoint/errors; many that connect first
 * are endpoint/connect_first. */
#include "support.h"

static void *context_without_threads(void)
{
    void *context = make_context();
    MUST(zmq_ctx_set(context, ZMQ_IO_THREADS, 0) == 0);
    return context;
}

static void exchange(void *context, const char *name, int connect_first)
{
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    if (connect_first) {
        TELL(zmq_connect(a, name));
        say(a, "sent before there was anybody");
    }
    TELL(zmq_bind(b, name));
    if (!connect_first) {
        TELL(zmq_connect(a, name));
        say(a, "sent");
    }
    hear(b);
    say(b, "answered");
    hear(a);
    shut(a);
    shut(b);
}

static void unique(void *context, void *other)
{
    void *a = make(context, ZMQ_PULL), *b = make(context, ZMQ_PULL), *c = make(other, ZMQ_PULL);
    title("a name is one socket's in its context");
    TELL(zmq_bind(a, "inproc://name"));
    TELL(zmq_bind(a, "inproc://name"));
    TELL(zmq_bind(b, "inproc://name"));
    TELL(zmq_bind(c, "inproc://name"));
    TELL(zmq_bind(b, "inproc://Name"));
    TELL(zmq_unbind(a, "inproc://name"));
    TELL(zmq_bind(b, "inproc://name"));
    TELL(zmq_bind(a, "inproc://"));
    TELL(zmq_connect(a, "inproc://"));
    shut(a);
    shut(b);
    shut(c);
}

static void to_itself(void *context, const char *name, int connect_first)
{
    void *dealer = make(context, ZMQ_DEALER);
    title(connect_first ? "to itself, connect first" : "to itself");
    if (connect_first)
        TELL(zmq_connect(dealer, name));
    TELL(zmq_bind(dealer, name));
    if (!connect_first)
        TELL(zmq_connect(dealer, name));
    say(dealer, "out of one end|into the other");
    hear(dealer);
    say(dealer, "and the other way");
    hear(dealer);
    shut(dealer);
}

static void bound_again(void *context)
{
    void *first = make(context, ZMQ_PULL), *second = make(context, ZMQ_PULL);
    void *old = make(context, ZMQ_PUSH), *new = make(context, ZMQ_PUSH);
    title("unbound, and bound again by another: those who were connected stay so");
    TELL(zmq_bind(first, "inproc://passed on"));
    TELL(zmq_connect(old, "inproc://passed on"));
    TELL(zmq_unbind(first, "inproc://passed on"));
    TELL(zmq_bind(second, "inproc://passed on"));
    TELL(zmq_connect(new, "inproc://passed on"));
    say(new, "to whom the name is now");
    hear(second);
    say(old, "to whom the name was");
    hear(first);
    shut(old);
    shut(new);
    shut(first);
    shut(second);
}

/* In another context the name is not the same, so nobody hears. */
static void apart(void *context, void *other)
{
    void *pull = make(context, ZMQ_PULL), *push = make(other, ZMQ_PUSH);
    title("a name in another context is another name");
    TELL(zmq_bind(pull, "inproc://apart"));
    TELL(zmq_connect(push, "inproc://apart"));
    say(push, "to nobody");
    hear_nothing(pull);
    shut_now(push);
    shut(pull);
}

int main(void)
{
    char name[9 + 256 + 1] = "inproc://";
    void *context = context_without_threads(), *other = context_without_threads();
    title("bind, connect");
    exchange(context, "inproc://#1", 0);
    exchange(context, "inproc://my-endpoint", 0);
    title("connect, bind");
    exchange(context, "inproc://later", 1);
    title("any characters, and 256 of them");
    exchange(context, "inproc://with spaces:*/;and [brackets] \xc3\xa4", 0);
    memset(name + 9, 'n', 256);
    exchange(context, name, 0);
    unique(context, other);
    to_itself(context, "inproc://itself", 0);
    to_itself(context, "inproc://also itself", 1);
    bound_again(context);
    apart(context, other);
    finish(context);
    finish(other);
    return 0;
}
