/* What monitors tell of connections: bound first, connected first, lost, closed. */
#include "monitor/watch.h"

#define QUIET 300

static void nothing_more(void *monitor, const char *who)
{
    struct happening it;
    if (next_event(monitor, &it, QUIET))
        tell_event(who, &it, NULL);
    else
        printf("%s: nothing more\n", who);
}

/* Both ends of a connection, ended by the one who connected. */
static void bound_first(void *context, const char *transport)
{
    printf("-- bound first, %s\n", transport);
    void *server = make(context, ZMQ_DEALER), *client = make(context, ZMQ_DEALER);
    void *server_sees = watch(context, server, ZMQ_EVENT_ALL);
    void *client_sees = watch(context, client, ZMQ_EVENT_ALL);
    struct endpoint e = bind_own(server, transport);
    join(client, e);
    say(client, "hello");
    hear(server);
    hear_until(client_sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    hear_until(server_sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    shut_now(client);
    hear_until(client_sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    hear_until(server_sees, e.text, ZMQ_EVENT_DISCONNECTED);
    shut_now(server);
    hear_until(server_sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    nothing_more(server_sees, "server_sees");
    shut(server_sees);
    shut(client_sees);
}

/* The one who was connected to goes away and comes back. */
static void lost_and_found(void *context, const char *transport)
{
    printf("-- lost and found, %s\n", transport);
    void *server = make(context, ZMQ_DEALER), *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, 200);
    struct endpoint e = bind_own(server, transport);
    void *client_sees = watch(context, client, ZMQ_EVENT_ALL);
    join(client, e);
    hear_until(client_sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    shut_now(server);
    hear_until(client_sees, e.text, ZMQ_EVENT_CONNECT_RETRIED);
    server = make(context, ZMQ_DEALER);
    bind_again(server, e.text);
    hear_until(client_sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    TELL(zmq_disconnect(client, e.text));
    nothing_more(client_sees, "client_sees");
    shut_now(client);
    hear_until(client_sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut_now(server);
    shut(client_sees);
}

/* Nobody is there at first. */
static void connected_first(void *context, const char *transport)
{
    printf("-- connected first, %s\n", transport);
    struct endpoint e = unused(context, transport);
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, 200);
    void *client_sees = watch(context, client, ZMQ_EVENT_ALL);
    join(client, e);
    hear_until(client_sees, e.text, ZMQ_EVENT_CONNECT_RETRIED);
    void *server = make(context, ZMQ_DEALER);
    bind_again(server, e.text);
    hear_until(client_sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    shut_now(server);
    hear_until(client_sees, e.text, ZMQ_EVENT_CONNECT_RETRIED);
    shut_now(client);
    hear_until(client_sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut(client_sees);
}

/* libzmq may also tell that it closed the descriptor, which never listened; and
 * the errno of the call is not always what went wrong once the monitor was told. */
static void bind_fails(void *server, void *server_sees, const char *endpoint)
{
    struct happening it;
    MUST(zmq_bind(server, endpoint) == -1);
    MUST(next_event(server_sees, &it, PATIENCE));
    if (it.event == ZMQ_EVENT_CLOSED)
        MUST(next_event(server_sees, &it, PATIENCE));
    tell_event("server_sees", &it, endpoint);
}

/* Bound endpoints, and one that is in use. */
static void bound(void *context, const char *transport)
{
    printf("-- bound, %s\n", transport);
    void *server = make(context, ZMQ_DEALER), *other = make(context, ZMQ_DEALER);
    void *server_sees = watch(context, server, ZMQ_EVENT_ALL);
    struct endpoint e = bind_own(other, transport);
    if (!strcmp(transport, "tcp"))
        bind_fails(server, server_sees, e.text);
    else
        bind_fails(server, server_sees, "ipc:///no/such/directory/at/all");
    bind_fails(server, server_sees, "tcp://no:such:address");
    TELL(zmq_bind(server, "inproc://something"));
    nothing_more(server_sees, "server_sees");
    struct endpoint own = bind_own(server, transport);
    hear_event(server_sees, own.text);
    TELL(zmq_unbind(server, own.text));
    hear_event(server_sees, own.text);
    shut_now(server);
    hear_until(server_sees, own.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut_now(other);
    shut(server_sees);
}

int main(void)
{
    void *context = make_context();
    const char *transports[] = {"tcp", "ipc"};
    for (int i = 0; i < 2; i++) {
        bound_first(context, transports[i]);
        lost_and_found(context, transports[i]);
        connected_first(context, transports[i]);
        bound(context, transports[i]);
    }
    finish(context);
    return 0;
}
