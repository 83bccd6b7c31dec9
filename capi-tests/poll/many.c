/* zmq_poll over many sockets, most of them idle: each message is seen, whoever
 * sends it and however long nothing was there, and a change of any one socket
 * too: closed, received from, sent by, its context shut down. */
#include "support.h"

enum { COUNT = 120 };

static void *context, *here[COUNT], *there[COUNT];
static zmq_pollitem_t items[COUNT];

static const int types[][2] = {
    {ZMQ_PULL, ZMQ_PUSH}, {ZMQ_PAIR, ZMQ_PAIR}, {ZMQ_DEALER, ZMQ_DEALER},
    {ZMQ_ROUTER, ZMQ_DEALER}, {ZMQ_REP, ZMQ_REQ},
};
static const char *const transports[] = {"tcp", "inproc", "ipc"};

static void show(const char *what, long timeout)
{
    int rc = zmq_poll(items, COUNT, timeout);
    printf("%s: %d", what, rc);
    if (rc == -1)
        printf(" %s", error_name(zmq_errno()));
    for (int i = 0; rc >= 0 && i < COUNT; i++)
        if (items[i].revents)
            printf(" %d:%d", i, items[i].revents);
    putchar('\n');
}

static void take(int i)
{
    char text[64];
    MUST(listen_to(here[i], text, sizeof text, 0) > 0);
}

/* A message to one of them, with everything looked at before. */
static void one(int i)
{
    say(there[i], "hello");
    MUST(zmq_poll(items, COUNT, PATIENCE) == 1);
    MUST(items[i].revents == ZMQ_POLLIN);
    MUST(zmq_poll(items, COUNT, 0) == 1);
    take(i);
    MUST(zmq_poll(items, COUNT, 0) == 0);
}

static void *later(void *argument)
{
    pause_ms(20);
    say(argument, "later");
    return NULL;
}

int main(void)
{
    pthread_t thread;
    char text[64];
    context = make_context();
    for (int i = 0; i < COUNT; i++) {
        here[i] = make(context, types[i % 5][0]);
        there[i] = make(context, types[i % 5][1]);
        join(there[i], bind_any(here[i], transports[i / 5 % 3]));
        items[i] = (zmq_pollitem_t){here[i], 0, ZMQ_POLLIN, 0};
        say(there[i], "first");
    }
    for (int i = 0; i < COUNT; i++) {
        MUST(await(here[i], ZMQ_POLLIN, PATIENCE));
        take(i);
        if (i % 5 == 4) { /* a request is answered, or the next cannot be sent */
            say(here[i], "reply");
            MUST(zmq_recv(there[i], text, sizeof text, 0) == 5);
        }
    }
    show("idle", 0);
    show("still", 10);
    for (int i = 0; i < COUNT; i++)
        if (i % 5 != 4)
            one(i);
    puts("one after the other: seen");
    for (int i = 0; i < COUNT; i += 7) {
        if (i % 5 == 4)
            continue;
        MUST(pthread_create(&thread, NULL, later, there[i]) == 0);
        MUST(zmq_poll(items, COUNT, -1) == 1 && items[i].revents == ZMQ_POLLIN);
        MUST(pthread_join(thread, NULL) == 0);
        take(i);
    }
    puts("while it waits: seen");
    items[3].events |= ZMQ_POLLOUT;
    items[2].events |= ZMQ_POLLOUT;
    show("room to send", 0);
    items[3].events = items[2].events = ZMQ_POLLIN;
    say(here[2], "answer");
    hear(there[2]);
    say(there[2], "and back");
    MUST(await(here[2], ZMQ_POLLIN, PATIENCE));
    show("after an answer", 0);
    take(2);
    say(there[4], "request");
    MUST(zmq_poll(items, COUNT, PATIENCE) == 1 && items[4].revents == ZMQ_POLLIN);
    take(4);
    show("a request taken", 0);
    say(here[4], "reply");
    show("and answered", 0);
    shut_now(there[7]);
    show("a peer is gone", 20);
    shut_now(here[7]);
    show("and the socket", 0);
    items[7].events = 0;
    items[7].socket = NULL;
    items[7].fd = -1;
    show("taken out", 0);
    MUST(zmq_ctx_shutdown(context) == 0);
    show("shut down", -1);
    for (int i = 0; i < COUNT; i++) {
        if (i != 7) {
            shut(here[i]);
            shut(there[i]);
        }
    }
    finish(context);
    return 0;
}
