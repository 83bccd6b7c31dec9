/* What becomes of messages at zmq_close: a message of which a part was sent is
 * dropped, those before it are sent, and those that had arrived are dropped. What
 * was sent over inproc stays readable at the other end. */
#include "../support.h"

static void closing(const char *transport, int sender_binds)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    printf("-- %s, %s\n", transport, sender_binds ? "the sender bound" : "the sender connected");
    join(sender_binds ? pull : push, bind_any(sender_binds ? push : pull, transport));
    say(push, "met");
    hear(pull);
    say(push, "one");
    say(push, "two|parts");
    MUST(zmq_send(push, "three", 5, ZMQ_SNDMORE) == 5);
    MUST(zmq_send(push, "more", 4, ZMQ_SNDMORE) == 4);
    shut(push);
    let_happen();
    hear(pull);
    hear(pull);
    hear_nothing(pull);
    shut(pull);
    finish(context);
}

/* What the one who closes had not read does not come back to the sender, and is
 * not heard by the next one. */
static void unread(const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    printf("-- %s, unread\n", transport);
    struct endpoint e = bind_any(push, transport);
    join(pull, e);
    say(push, "one");
    say(push, "two|parts");
    MUST(await(pull, ZMQ_POLLIN, PATIENCE));
    let_happen();
    shut(pull);
    let_happen();
    pull = make(context, ZMQ_PULL);
    join(pull, e);
    say(push, "three");
    hear(pull);
    hear_nothing(pull);
    shut(push);
    shut(pull);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    for (int t = 0; t < 3; t++) {
        closing(transports[t], 0);
        closing(transports[t], 1);
        unread(transports[t]);
    }
    return 0;
}
