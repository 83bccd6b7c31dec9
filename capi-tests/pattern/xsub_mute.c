/* The mute state of an XSUB that sends messages to a publisher who does not read:
 * it drops whole messages, never a part, and sends again when there is room. */
#include "support.h"

enum { MANY = 300, FIRST = 100 }; /* 0 and 1 would be subscriptions */

/* Lets the room that the peer has made come back; nothing tells of it, for an XSUB
 * may always send. */
static void settle(void *xsub)
{
    for (int i = 0; i < 10; i++) {
        pause_ms(SILENCE / 5 + 1);
        await_rest();
        MUST(get_int(xsub, ZMQ_EVENTS) & ZMQ_POLLOUT);
    }
}

static void drops(void *context, const char *transport)
{
    static char body[100000];
    void *xpub = make(context, ZMQ_XPUB), *xsub = make(context, ZMQ_XSUB);
    set_int(xpub, ZMQ_RCVHWM, 1);
    set_int(xsub, ZMQ_SNDHWM, 1);
    printf("-- over %s\n", transport);
    memset(body, 'x', sizeof body); /* which is no subscription either */
    TELL(zmq_send(xsub, "to nobody", 9, ZMQ_DONTWAIT));
    join(xsub, bind_any(xpub, transport));
    say(xsub, "known|and the rest");
    hear(xpub);
    settle(xsub);
    for (int i = FIRST; i < FIRST + MANY; i++) {
        MUST(zmq_send(xsub, &i, sizeof i, ZMQ_DONTWAIT | ZMQ_SNDMORE) == sizeof i);
        MUST(zmq_send(xsub, body, sizeof body, ZMQ_DONTWAIT) == sizeof body);
    }
    printf("may send: %d\n", await(xsub, ZMQ_POLLOUT, 0));
    int heard = 0, last = 0, number;
    for (; await_or_rest(xpub, ZMQ_POLLIN); heard++, last = number) {
        MUST(zmq_recv(xpub, &number, sizeof number, 0) == sizeof number);
        MUST(number > last && get_int(xpub, ZMQ_RCVMORE));
        MUST(zmq_recv(xpub, body, sizeof body, 0) == sizeof body && !get_int(xpub, ZMQ_RCVMORE));
    }
    printf("heard in order and whole, some: %d, not all: %d\n", heard > 0, heard < MANY);
    settle(xsub);
    say(xsub, "afterwards");
    hear(xpub);
    shut(xsub);
    shut(xpub);
}

int main(void)
{
    void *context = make_context();
    drops(context, "inproc"), drops(context, "tcp"), drops(context, "ipc");
    finish(context);
    return 0;
}
