// ours-only: a draft option, which the system's library does not have
/* ZMQ_RECONNECT_STOP_AFTER_DISCONNECT: once zmq_disconnect has been called, who is
 * refused does not try again, whatever still was to be sent; a socket that is
 * closed goes on while it lingers. The other conditions are in reconnect. */
#define ZMQ_BUILD_DRAFT_API 1
#include "monitor/watch.h"

/* A socket that has a message for a peer which is not there yet. */
static void *waiting(void *context, struct endpoint e, int condition, void **sees)
{
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, 50);
    set_int(client, ZMQ_LINGER, -1);
    set_int(client, ZMQ_RECONNECT_STOP, condition);
    *sees = watch(context, client, ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_CLOSED |
                  ZMQ_EVENT_MONITOR_STOPPED);
    join(client, e);
    say(client, "for whoever comes");
    hear_event(*sees, e.text);
    hear_event(*sees, e.text);
    return client;
}

/* What is tried once more is not tried again, and nobody waits for it. */
static void disconnected(const char *transport)
{
    void *context = make_context(), *sees;
    printf("-- disconnected, %s\n", transport);
    struct endpoint e = unused(context, transport);
    void *client = waiting(context, e, ZMQ_RECONNECT_STOP_AFTER_DISCONNECT, &sees);
    TELL(zmq_disconnect(client, e.text));
    struct happening it;
    int rounds = 0;
    do { /* it may just have been refused once more, and that was before */
        MUST(next_event(sees, &it, PATIENCE));
        if (it.event == ZMQ_EVENT_CLOSED)
            rounds++;
    } while (it.event != ZMQ_EVENT_CLOSED || next_event(sees, &it, 3 * SILENCE));
    printf("refused once or twice: %d\n", rounds <= 2);
    shut(client);
    hear_event(sees, e.text);
    shut(sees);
    finish(context);
}

/* Goes on, as the condition is not there: the message arrives in the end. */
static void goes_on(const char *what, int condition, int disconnects)
{
    void *context = make_context(), *sees;
    title(what);
    struct endpoint e = unused(context, "tcp");
    void *client = waiting(context, e, condition, &sees);
    if (disconnects)
        TELL(zmq_disconnect(client, e.text));
    else
        shut(client);
    for (int i = 0; i < 4; i++)
        hear_event(sees, e.text);
    void *server = make(context, ZMQ_DEALER);
    bind_again(server, e.text);
    hear(server);
    if (disconnects)
        shut(client);
    unwatch(sees);
    shut(server);
    finish(context);
}

int main(void)
{
    disconnected("tcp");
    disconnected("ipc");
    goes_on("disconnected without the condition", 0, 1);
    goes_on("closed", ZMQ_RECONNECT_STOP_AFTER_DISCONNECT, 0);
    return 0;
}
