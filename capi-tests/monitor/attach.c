/* Monitors themselves: where they may be, what they are sent, how they end. */
#include "monitor/watch.h"

static int begin(void *socket, const char *endpoint, int events)
{
    return zmq_socket_monitor(socket, endpoint, events);
}

static void errors(void *context)
{
    title("errors");
    void *socket = make(context, ZMQ_DEALER), *other = make(context, ZMQ_DEALER);
    TELL(begin(NULL, "inproc://a", ZMQ_EVENT_ALL));
    TELL(begin(socket, "tcp://127.0.0.1:*", ZMQ_EVENT_ALL));
    TELL(begin(socket, "ipc://a", ZMQ_EVENT_ALL));
    TELL(begin(socket, "nothing://a", ZMQ_EVENT_ALL));
    TELL(begin(socket, "inproc", ZMQ_EVENT_ALL));
    TELL(begin(socket, "inproc://", ZMQ_EVENT_ALL));
    TELL(begin(socket, "", ZMQ_EVENT_ALL));
    TELL(begin(socket, "inproc://a", 0x10000));
    TELL(begin(socket, "inproc://a", -1));
    TELL(begin(socket, NULL, 0x10000));
    TELL(begin(socket, NULL, 0));
    TELL(begin(socket, "inproc://a", 0));
    TELL(begin(other, "inproc://a", ZMQ_EVENT_ALL));
    TELL(begin(socket, NULL, 0));
    TELL(begin(socket, NULL, 0));
    shut(socket);
    shut(other);
}

/* Only what is asked for is told; a new monitor ends the old one. */
static void masks_and_successors(void *context)
{
    title("masks and successors");
    void *server = make(context, ZMQ_DEALER);
    void *first = watch(context, server, ZMQ_EVENT_LISTENING | ZMQ_EVENT_MONITOR_STOPPED);
    struct endpoint a = bind_any(server, "tcp");
    MUST(zmq_unbind(server, a.text) == 0);
    void *second = watch(context, server, ZMQ_EVENT_LISTENING);
    struct endpoint b = bind_any(server, "tcp");
    hear_until(first, a.text, ZMQ_EVENT_MONITOR_STOPPED);
    TELL(begin(server, NULL, 0));
    struct endpoint c = bind_any(server, "tcp");
    hear_event(second, b.text);
    struct happening it;
    printf("%s\n", next_event(second, &it, SILENCE) ? "something more" : "nothing more");
    void *third = watch(context, server, ZMQ_EVENT_ALL);
    MUST(zmq_unbind(server, c.text) == 0);
    hear_event(third, c.text);
    shut_now(server);
    hear_until(third, b.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut(first);
    shut(second);
    shut(third);
}

/* Who comes late hears what was kept. */
static void latecomer(void *context)
{
    title("a latecomer");
    void *server = make(context, ZMQ_DEALER);
    MUST(begin(server, "inproc://late", ZMQ_EVENT_ALL) == 0);
    void *monitor = make(context, ZMQ_PAIR);
    MUST(zmq_connect(monitor, "inproc://late") == 0);
    struct endpoint e = bind_any(server, "tcp");
    shut_now(server);
    hear_until(monitor, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    TELL(zmq_connect(monitor, "inproc://late"));
    shut_now(monitor);
}

/* A reader that goes away takes its monitor's events with it, and nothing else. */
static void reader_leaves(void *context)
{
    title("a reader that leaves");
    void *server = make(context, ZMQ_REP), *client = make(context, ZMQ_REQ);
    void *monitor = watch(context, server, ZMQ_EVENT_LISTENING);
    struct endpoint e = bind_any(server, "tcp");
    hear_event(monitor, e.text);
    shut_now(monitor);
    join(client, e);
    say(client, "request");
    hear(server);
    say(server, "reply");
    hear(client);
    shut_now(client);
    shut_now(server);
}

/* The end of the context is an end of the monitor, too. */
static void *term(void *context)
{
    MUST(zmq_ctx_term(context) == 0);
    return NULL;
}

static void end_of_context(void)
{
    title("the end of the context");
    void *context = make_context();
    void *server = make(context, ZMQ_DEALER);
    void *monitor = watch(context, server, ZMQ_EVENT_ALL);
    bind_any(server, "tcp");
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(begin(server, "inproc://b", ZMQ_EVENT_ALL));
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, term, context) == 0);
    shut(monitor);
    shut(server);
    MUST(pthread_join(thread, NULL) == 0);
}

int main(void)
{
    void *context = make_context();
    errors(context);
    masks_and_successors(context);
    latecomer(context);
    reader_leaves(context);
    finish(context);
    end_of_context();
    return 0;
}
