/* What becomes of messages when a peer is lost: what had arrived from it stays
 * readable; what was to be sent is kept where this side connected, and dropped
 * where the peer did; a message of which a part was sent goes on, whole, to the
 * next connection in the first case, and its rest is dropped in the second. */
#include "../support.h"

enum { COUNT = 640 };

struct two { void *ours, *theirs, *push, *pull; struct endpoint e; };

static struct two meet(const char *transport, int we_connect, int mark)
{
    struct two t;
    t.ours = make_context();
    t.theirs = make_context();
    t.push = make(t.ours, ZMQ_PUSH);
    t.pull = make(t.theirs, ZMQ_PULL);
    set_int(t.push, ZMQ_RECONNECT_IVL, 10);
    set_int(t.push, ZMQ_SNDHWM, 0);
    set_int(t.pull, ZMQ_RCVHWM, mark);
    t.e = bind_own(we_connect ? t.pull : t.push, transport);
    join(we_connect ? t.push : t.pull, t.e);
    say(t.push, "met");
    hear(t.pull);
    return t;
}

static void lose(struct two *t)
{
    shut_now(t->pull);
    finish(t->theirs);
    let_happen(); /* until the loss is noticed */
}

static void replace(struct two *t, int we_connect)
{
    t->theirs = make_context();
    t->pull = make(t->theirs, ZMQ_PULL);
    if (we_connect)
        bind_again(t->pull, t->e.text);
    else
        join(t->pull, t->e);
}

static void part(struct two *t)
{
    shut_now(t->push);
    shut_now(t->pull);
    finish(t->ours);
    finish(t->theirs);
}

/* 40 MiB for a reader that does not read: more than the kernel holds. */
static void outbox(const char *transport, int we_connect)
{
    static char body[65536];
    struct two t = meet(transport, we_connect, 1);
    int next = -1, orderly = 1;
    printf("-- what was to be sent, %s, %s\n", we_connect ? "we connected" : "it connected", transport);
    for (int i = 0; i < COUNT; i++) {
        memcpy(body, &i, sizeof i);
        MUST(zmq_send(t.push, body, sizeof body, 0) == sizeof body);
    }
    lose(&t);
    replace(&t, we_connect);
    say(t.push, "last");
    for (;;) {
        int number, size = zmq_recv(t.pull, body, sizeof body, 0);
        MUST(size > 0);
        if (size == 4)
            break;
        memcpy(&number, body, sizeof number);
        orderly &= size == sizeof body && (next == -1 || number == next);
        next = number + 1;
    }
    printf("%s in order, %s\n", orderly ? "whole and" : "not", next == COUNT ? "the rest arrives" :
           next == -1 ? "nothing of it arrives" : "some is left out");
    part(&t);
}

static void half(const char *transport, int we_connect)
{
    struct two t = meet(transport, we_connect, 1000);
    printf("-- a message of which two parts were sent, %s, %s\n",
           we_connect ? "we connected" : "it connected", transport);
    MUST(zmq_send(t.push, "one", 3, ZMQ_SNDMORE) == 3);
    MUST(zmq_send(t.push, "two", 3, ZMQ_SNDMORE) == 3);
    lose(&t);
    TELL(zmq_send(t.push, "three", 5, ZMQ_SNDMORE));
    TELL(zmq_send(t.push, "four", 4, 0));
    replace(&t, we_connect);
    say(t.push, "next|whole");
    hear(t.pull);
    if (we_connect)
        hear(t.pull);
    hear_nothing(t.pull);
    part(&t);
}

/* The part that is read next follows one that was read before the loss. */
static void inbox(const char *transport, int we_connect)
{
    struct two t = meet(transport, we_connect, 1000);
    char text[8];
    void *pull = t.pull;
    printf("-- what had arrived, %s, %s\n", we_connect ? "it connected" : "we connected", transport);
    say(t.push, "one");
    say(t.push, "two|parts|here");
    say(t.push, "three");
    MUST(zmq_send(t.push, "half", 4, ZMQ_SNDMORE) == 4);
    hear(pull);
    MUST(zmq_recv(pull, text, sizeof text, 0) == 3);
    let_happen(); /* for the others */
    shut_now(t.push);
    finish(t.ours);
    let_happen();
    hear(pull);
    hear(pull);
    hear_nothing(pull);
    shut(pull);
    finish(t.theirs);
}

int main(void)
{
    static const char *transports[] = {"tcp", "ipc"};
    for (int t = 0; t < 2; t++)
        for (int we_connect = 1; we_connect >= 0; we_connect--) {
            outbox(transports[t], we_connect);
            half(transports[t], we_connect);
            inbox(transports[t], we_connect);
        }
    return 0;
}
