/* Inproc names: a socket that connects to itself, one name for several connections,
 * who keeps what when a name is unbound and bound again, and who may bind it. */
#include "support.h"

/* A name of its own for each case: a socket that is closed may still have its names. */
static char name[32];

static void next_case(const char *what)
{
    static int number;
    title(what);
    snprintf(name, sizeof name, "inproc://name-%d", ++number);
}

static void itself(void *context, int bind_first)
{
    next_case(bind_first ? "bound, then connected to itself" : "connected to itself, then bound");
    void *s = make(context, ZMQ_DEALER);
    if (bind_first)
        bind_again(s, name);
    TELL(zmq_connect(s, name));
    if (!bind_first)
        bind_again(s, name);
    for (int i = 0; i < 4; i++) {
        say(s, "to myself");
        hear(s);
    }
    TELL(zmq_unbind(s, name));
    say(s, "still");
    hear(s);
    TELL(zmq_unbind(s, name));
    TELL(zmq_unbind(s, name));
    TELL(zmq_send(s, "x", 1, ZMQ_DONTWAIT));
    shut(s);
}

static void bound_once(void *context)
{
    next_case("a name is bound once");
    void *a = make(context, ZMQ_PULL), *b = make(context, ZMQ_PULL), *other = make_context();
    void *elsewhere = make(other, ZMQ_PULL);
    bind_again(a, name);
    TELL(zmq_bind(a, name));
    TELL(zmq_bind(b, name));
    TELL(zmq_bind(elsewhere, name));
    TELL(zmq_unbind(b, name));
    TELL(zmq_unbind(a, "inproc://Name-3"));
    TELL(zmq_bind(a, "inproc://Name-3"));
    TELL(zmq_unbind(a, name));
    TELL(zmq_bind(b, name));
    shut(b);
    bind_again(a, name);
    shut(a);
    shut(elsewhere);
    finish(other);
}

static void changes_hands(void *context)
{
    next_case("a name that changes hands");
    void *first = make(context, ZMQ_PULL), *second = make(context, ZMQ_PULL);
    void *old = make(context, ZMQ_PUSH), *new = make(context, ZMQ_PUSH);
    bind_again(first, name); /* who had it may still be going */
    MUST(zmq_connect(old, name) == 0);
    say(old, "before");
    TELL(zmq_unbind(first, name));
    TELL(zmq_bind(second, name));
    TELL(zmq_connect(new, name));
    say(old, "to whom it knows");
    say(new, "to the new one");
    hear(first);
    hear(first);
    hear(second);
    TELL(zmq_disconnect(old, name));
    TELL(zmq_disconnect(old, name));
    TELL(zmq_send(old, "x", 1, ZMQ_DONTWAIT));
    shut(old);
    shut(new);
    shut(first);
    shut(second);
}

static void several(void *context)
{
    next_case("several connections to a name");
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    for (int i = 0; i < 3; i++)
        MUST(zmq_connect(push, name) == 0);
    set_int(push, ZMQ_SNDTIMEO, 0);
    say(push, "one");
    say(push, "two");
    say(push, "three");
    bind_again(pull, name);
    for (int i = 0; i < 3; i++)
        hear(pull);
    TELL(zmq_disconnect(push, name));
    TELL(zmq_send(push, "x", 1, ZMQ_DONTWAIT));
    TELL(zmq_disconnect(push, name));
    hear_nothing(pull);
    TELL(zmq_connect(push, name));
    say(push, "four");
    hear(pull);
    shut(push);
    shut(pull);
}

static void never_bound(void *context)
{
    next_case("never bound");
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    MUST(zmq_connect(push, name) == 0);
    say(push, "kept");
    TELL(zmq_disconnect(push, name));
    TELL(zmq_send(push, "x", 1, ZMQ_DONTWAIT));
    MUST(zmq_connect(push, name) == 0);
    say(push, "kept, too");
    shut(push);
    bind_again(pull, name);
    MUST(await(pull, ZMQ_POLLIN, PATIENCE));
    hear(pull);
    shut(pull);
}

/* With its peer an endpoint goes that was connected to; another peer, who comes
 * instead, is none of its business. */
static void peer_gone(void *context)
{
    char other[32];
    next_case("the peer goes");
    void *a = make(context, ZMQ_DEALER), *b = make(context, ZMQ_DEALER);
    MUST(zmq_connect(a, name) == 0);
    bind_again(b, name);
    say(b, "last words");
    shut(b);
    hear(a);
    hear_nothing(a); /* libzmq takes notice when it is read from */
    TELL(zmq_disconnect(a, name));
    TELL(zmq_unbind(a, name));

    strcpy(other, name);
    next_case("another comes in its place");
    bind_again(a, name);
    for (int i = 0; i < 3; i++) {
        void *c = make(context, ZMQ_DEALER);
        b = make(context, ZMQ_DEALER);
        MUST(zmq_connect(a, other) == 0);
        bind_again(b, other);
        say(a, "to the first");
        hear(b);
        shut(b);
        MUST(zmq_connect(c, name) == 0);
        (void)zmq_disconnect(a, other); /* libzmq may not know yet that there is nobody */
        say(c, "from the other");
        hear(a);
        say(a, "to the other");
        hear(c);
        shut(c);
        hear_nothing(a);
        TELL(zmq_send(a, "x", 1, ZMQ_DONTWAIT));
    }
    shut(a);
}

int main(void)
{
    void *context = make_context();
    itself(context, 1);
    itself(context, 0);
    bound_once(context);
    changes_hands(context);
    several(context);
    never_bound(context);
    peer_gone(context);
    finish(context);
    return 0;
}
