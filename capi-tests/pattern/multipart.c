/* Messages of several parts are whole or not there at all: when the sender
 * closes in the middle, when a mark is reached, when two senders meet, when the
 * connection is cut in a large part. */
#include "support.h"

static void unfinished(const char *transport, int type, int peer_type)
{
    void *context = make_context();
    void *a = make(context, type), *b = make(context, peer_type);
    printf("-- the sender closes in the middle, %s\n", transport);
    join(a, bind_own(b, transport));
    say(a, "whole|message");
    TELL(zmq_send(a, "half", 4, ZMQ_SNDMORE));
    TELL(zmq_send(a, "a", 1, ZMQ_SNDMORE));
    shut(a);
    hear(b);
    hear_nothing(b);
    a = make(context, type);
    join(a, last_endpoint(b));
    say(a, "next|whole");
    hear(b);
    shut(a);
    shut(b);
    finish(context);
}

static void not_seen_early(const char *transport)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PUSH), *b = make(context, ZMQ_PULL);
    printf("-- nothing is seen before the last part, %s\n", transport);
    join(a, bind_own(b, transport));
    say(a, "ready");
    hear(b);
    TELL(zmq_send(a, "one", 3, ZMQ_SNDMORE));
    TELL(zmq_send(a, "two", 3, ZMQ_SNDMORE));
    hear_nothing(b);
    TELL(get_int(b, ZMQ_EVENTS));
    TELL(zmq_send(a, "three", 5, 0));
    hear(b);

    puts("1000 parts, and empty ones");
    for (int i = 0; i < 1000; i++)
        MUST(zmq_send(a, &i, i % 2 ? sizeof i : 0, i < 999 ? ZMQ_SNDMORE : 0) >= 0);
    for (int i = 0; i < 1000; i++) {
        int got = 0;
        MUST(zmq_recv(b, &got, sizeof got, 0) == (i % 2 ? (int)sizeof i : 0));
        MUST(i % 2 == 0 || got == i);
        MUST(get_int(b, ZMQ_RCVMORE) == (i < 999));
    }
    shut(a);
    shut(b);
    finish(context);
}

static void at_the_mark(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PUSH), *b = make(context, ZMQ_PULL);
    int whole = 0;
    title("marks count messages, and refuse only at a first part (inproc 2 + 2)");
    set_int(a, ZMQ_SNDHWM, 2);
    set_int(b, ZMQ_RCVHWM, 2);
    join(a, bind_own(b, "inproc"));
    for (;;) {
        if (zmq_send(a, "1", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE) == -1)
            break;
        MUST(zmq_send(a, "2", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE) == 1);
        MUST(zmq_send(a, "3", 1, ZMQ_DONTWAIT) == 1);
        whole++;
    }
    printf("taken %d, then %s\n", whole, error_name(zmq_errno()));
    TELL(zmq_send(a, "x", 1, ZMQ_DONTWAIT));
    for (int i = 0; i < whole; i++)
        hear(b);
    hear_nothing(b);
    shut(a);
    shut(b);
    finish(context);
}

static void interleaved(const char *transport)
{
    void *context = make_context(), *push[3];
    void *pull = make(context, ZMQ_PULL);
    int torn = 0;
    printf("-- senders do not mix, %s\n", transport);
    struct endpoint e = bind_own(pull, transport);
    for (int i = 0; i < 3; i++) {
        push[i] = make(context, ZMQ_PUSH);
        join(push[i], e);
    }
    for (int k = 0; k < 300; k++)
        for (int part = 0; part < 4; part++)
            for (int i = 0; i < 3; i++)
                MUST(zmq_send(push[i], &i, sizeof i, part < 3 ? ZMQ_SNDMORE : 0) == sizeof i);
    for (int k = 0; k < 900; k++) {
        int first = -1;
        for (int part = 0; part < 4; part++) {
            int who = -1;
            MUST(zmq_recv(pull, &who, sizeof who, 0) == sizeof who);
            if (part == 0)
                first = who;
            torn += who != first || get_int(pull, ZMQ_RCVMORE) != (part < 3);
        }
    }
    printf("torn %d\n", torn);
    for (int i = 0; i < 3; i++)
        shut(push[i]);
    shut(pull);
    finish(context);
}

/* The receiver goes while a large last part is on its way; the next receiver
 * hears whole messages only. */
static void cut(const char *transport)
{
    void *ours = make_context(), *theirs = make_context();
    void *push = make(ours, ZMQ_PUSH), *pull = make(theirs, ZMQ_PULL);
    size_t size = 16 << 20;
    char *body = malloc(size);
    memset(body, 'x', size);
    printf("-- cut in a large part, %s\n", transport);
    set_int(push, ZMQ_RECONNECT_IVL, 10);
    set_int(pull, ZMQ_RCVHWM, 1);
    struct endpoint e = bind_own(pull, transport);
    join(push, e);
    for (int i = 0; i < 3; i++) {
        MUST(zmq_send(push, "head", 4, ZMQ_SNDMORE) == 4);
        MUST(zmq_send(push, "neck", 4, ZMQ_SNDMORE) == 4);
        MUST(zmq_send(push, body, size, 0) == (int)size);
    }
    MUST(await(pull, ZMQ_POLLIN, PATIENCE));
    shut_now(pull);
    finish(theirs);
    say(push, "after|the cut");
    theirs = make_context();
    pull = make(theirs, ZMQ_PULL);
    bind_again(pull, e.text);
    for (;;) { /* large ones that were still waiting, then the last */
        char head[8];
        int rc = zmq_recv(pull, head, sizeof head, 0), parts = 1;
        MUST(rc == 4 || rc == 5);
        while (get_int(pull, ZMQ_RCVMORE)) {
            int tail = zmq_recv(pull, body, size, 0);
            parts++;
            MUST(rc == 5 ? tail == 7 : parts == 2 ? tail == 4 : tail == (int)size);
        }
        MUST(parts == (rc == 5 ? 2 : 3));
        if (rc == 5)
            break;
    }
    puts("whole ones only");
    free(body);
    shut(push);
    finish(ours);
    shut(pull);
    finish(theirs);
}

enum { LARGE = 16 << 20 };

/* Sends a message of four parts, a large one among them, as far as it is taken. */
static void send_large(void *push, const char *name, const char *body, int flags)
{
    if (zmq_send(push, name, 1, ZMQ_SNDMORE | flags) == -1)
        return; /* there is no room, or nobody */
    MUST(zmq_send(push, name, 1, ZMQ_SNDMORE) == 1);
    if (zmq_send(push, body, LARGE, ZMQ_SNDMORE | flags) == LARGE) /* or it is over */
        MUST(zmq_send(push, "end", 3, 0) == 3);
    else
        MUST(zmq_errno() == EAGAIN);
}

/* Receives such a message, all of it; the first byte of its name. */
static char receive_large(void *pull, char *body)
{
    static const int sizes[] = {1, 1, LARGE, 3};
    char name[2] = "";
    for (int i = 0; i < 4; i++) {
        MUST(zmq_recv(pull, i < 2 ? &name[i] : body, i < 2 ? 1 : LARGE, 0) == sizes[i]);
        MUST(get_int(pull, ZMQ_RCVMORE) == (i < 3));
    }
    MUST(name[0] == name[1]);
    return name[0];
}

/* The receiver disconnects with a large message on its way and connects again, while the
 * sender, who is bound, goes on: of each message all is heard or nothing. */
static void receiver_returns(const char *transport, int flags)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    char *body = malloc(LARGE);
    memset(body, 'x', LARGE);
    printf("-- the receiver disconnects and returns, %s%s\n", transport, flags ? ", without waiting" : "");
    set_int(push, ZMQ_SNDHWM, 1);
    set_int(pull, ZMQ_RCVHWM, 1);
    set_int(push, ZMQ_LINGER, 0);
    struct endpoint e = bind_own(push, transport);
    join(pull, e);
    MUST(await(push, ZMQ_POLLOUT, PATIENCE));
    send_large(push, "1", body, flags);
    MUST(receive_large(pull, body) == '1');
    MUST(await(push, ZMQ_POLLOUT, PATIENCE));
    send_large(push, "2", body, flags);
    MUST(zmq_disconnect(pull, e.text) == 0);
    get_int(push, ZMQ_EVENTS), get_int(pull, ZMQ_EVENTS);
    join(pull, e);
    send_large(push, "3", body, flags); /* to the one who goes, or the one who comes */
    for (char last = '2'; last != '4';) {
        if (!await(pull, ZMQ_POLLIN, 500)) /* what went to the one who is going is lost */
            send_large(push, "4", body, 0);
        else {
            char name = receive_large(pull, body);
            MUST(name >= last);
            last = name;
        }
    }
    puts("whole ones only, in order");
    free(body);
    shut(push);
    shut(pull);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int i = 0; i < 3; i++) {
        unfinished(transports[i], ZMQ_PUSH, ZMQ_PULL);
        unfinished(transports[i], ZMQ_DEALER, ZMQ_DEALER);
        not_seen_early(transports[i]);
        interleaved(transports[i]);
    }
    at_the_mark();
    cut("tcp");
    cut("ipc");
    for (int i = 0; i < 3; i++) {
        receiver_returns(transports[i], 0);
        receiver_returns(transports[i], ZMQ_DONTWAIT);
    }
    return 0;
}
