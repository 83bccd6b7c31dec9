/* Host names: looked up again for each attempt to connect, tried again when the
 * name server has no answer. */
#include "resolver.h"

static void moves(void *context)
{
    title("a name that comes to mean another address");
    void *first = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    set_int(push, ZMQ_RECONNECT_IVL, 20);
    struct endpoint e = bind_any(first, "tcp"), named = to("moving.example", e), moved = to("127.0.0.2", e);
    answer("moving.example", "127.0.0.1");
    TELL(zmq_connect(push, named.text));
    say(push, "to the first");
    hear(first);
    MUST(asked() == 1);
    answer("moving.example", "127.0.0.2");
    void *second = make(context, ZMQ_PULL);
    MUST(zmq_bind(second, moved.text) == 0);
    shut(first);
    await_asked(2);
    say(push, "to the second");
    hear(second);
    int before = asked();
    TELL(zmq_disconnect(push, named.text));
    MUST(asked() == before);
    TELL(zmq_disconnect(push, named.text));
    shut(push);
    shut(second);
}

static void no_answer(void *context)
{
    title("no answer at first");
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    set_int(push, ZMQ_RECONNECT_IVL, 10);
    struct endpoint e = bind_any(pull, "tcp"), named = to("late.example", e);
    answer("late.example", NULL);
    TELL(zmq_connect(push, named.text));
    say(push, "sent before it is known where to");
    await_asked(4);
    answer("late.example", "127.0.0.1");
    hear(pull);
    shut(push);
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    moves(context);
    no_answer(context);
    finish(context);
    return 0;
}
