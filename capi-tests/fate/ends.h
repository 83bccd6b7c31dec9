/* Two sockets, one of which ends the endpoint between them: zmq_disconnect by the
 * side that connected, zmq_unbind by the side that bound. Shared by the programs
 * that tell what becomes of messages then. */
#include "../support.h"

enum call { DISCONNECT, UNBIND };
static const char *call_names[] = {"disconnect", "unbind"};

struct two {
    void *ours, *theirs, *ender, *other;
    struct endpoint e;
    enum call call;
};

static struct two meet(enum call call, const char *transport, int ender_type, int other_type, int mark)
{
    struct two t;
    t.call = call;
    t.ours = make_context();
    t.theirs = strcmp(transport, "inproc") ? make_context() : t.ours;
    t.ender = make(t.ours, ender_type);
    t.other = make(t.theirs, other_type);
    set_int(t.other, ZMQ_RECONNECT_IVL, 10);
    set_int(t.ender, ZMQ_SNDHWM, 0);
    set_int(t.other, ZMQ_RCVHWM, mark);
    t.e = bind_any(call == UNBIND ? t.ender : t.other, transport);
    join(call == UNBIND ? t.other : t.ender, t.e);
    return t;
}

static void end_endpoint(struct two *t)
{
    MUST((t->call == UNBIND ? zmq_unbind : zmq_disconnect)(t->ender, t->e.text) == 0);
}

static void meet_again(struct two *t)
{
    if (t->call == UNBIND)
        bind_again(t->ender, t->e.text);
    else
        join(t->ender, t->e);
}

static void part(struct two *t)
{
    shut_now(t->ender);
    shut_now(t->other);
    finish(t->ours);
    if (t->theirs != t->ours)
        finish(t->theirs);
}

static UNUSED void inbox(enum call call, const char *transport, int begun)
{
    struct two t = meet(call, transport, ZMQ_PULL, ZMQ_PUSH, 1000);
    void *pull = t.ender;
    printf("-- %s, %s: what had arrived%s\n", call_names[call], transport, begun ? ", one of it read" : "");
    say(t.other, "one");
    say(t.other, "two|parts");
    say(t.other, "three");
    MUST(await(pull, ZMQ_POLLIN, PATIENCE));
    let_happen(); /* for the others */
    if (begun)
        hear(pull);
    end_endpoint(&t);
    let_happen();
    set_int(pull, ZMQ_RCVTIMEO, SILENCE);
    while (hear(pull) != -1)
        ;
    part(&t);
}

/* 40 MiB for a reader that does not read yet: more than the kernel holds. */
static UNUSED void outbox(enum call call, const char *transport, int linger)
{
    enum { COUNT = 640 };
    static char body[65536];
    struct two t = meet(call, transport, ZMQ_PUSH, ZMQ_PULL, 1);
    int got = 0;
    set_int(t.ender, ZMQ_LINGER, linger);
    say(t.ender, "met");
    MUST(zmq_recv(t.other, body, sizeof body, 0) == 3);
    for (int i = 0; i < COUNT; i++)
        MUST(zmq_send(t.ender, body, sizeof body, 0) == sizeof body);
    end_endpoint(&t);
    if (linger > 0)
        pause_ms(linger + SILENCE);
    while (await_or_rest(t.other, ZMQ_POLLIN)) {
        MUST(zmq_recv(t.other, body, sizeof body, 0) == sizeof body);
        got++;
    }
    printf("%s with linger %d, %s: of what was to be sent %s arrives\n", call_names[call], linger,
           transport, got == COUNT ? "all" : "not all");
    part(&t);
}

static UNUSED void half(enum call call, const char *transport, int type, int other_type, int again_first)
{
    struct two t = meet(call, transport, type, other_type, 1000);
    void *other = t.other;
    printf("-- %s, %s: a message of which two parts were sent%s\n", call_names[call], transport,
           again_first ? ", met again before the others" : "");
    say(t.ender, "whole|message");
    hear(other);
    MUST(zmq_send(t.ender, "one", 3, ZMQ_SNDMORE) == 3);
    MUST(zmq_send(t.ender, "two", 3, ZMQ_SNDMORE) == 3);
    end_endpoint(&t);
    let_happen();
    if (again_first)
        meet_again(&t);
    TELL(zmq_send(t.ender, "three", 5, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    TELL(zmq_send(t.ender, "four", 4, ZMQ_DONTWAIT));
    if (!again_first)
        meet_again(&t);
    say(t.ender, "next|whole");
    hear(other);
    hear_nothing(other);
    part(&t);
}
