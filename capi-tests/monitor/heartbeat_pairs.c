/* Heartbeats between two sockets, for each pair of types: as long as both ask and
 * answer nothing happens, and who asks to be given up is. */
#include "monitor/watch.h"

/* Sockets that ask each other far more often than they would lose patience. */
static void both_ask(void *context, const char *transport, int one, int other)
{
    printf("-- both ask, %s, types %d and %d\n", transport, one, other);
    void *server = make(context, one), *client = make(context, other);
    void *sockets[] = {server, client};
    for (int i = 0; i < 2; i++) {
        set_int(sockets[i], ZMQ_HEARTBEAT_IVL, 20);
        set_int(sockets[i], ZMQ_HEARTBEAT_TIMEOUT, 250);
        set_int(sockets[i], ZMQ_HEARTBEAT_TTL, 300);
    }
    void *server_sees = watch(context, server, ZMQ_EVENT_ALL);
    struct endpoint e = bind_any(server, transport);
    join(client, e);
    hear_until(server_sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    struct happening it;
    printf("%s\n", next_event(server_sees, &it, 600) ? "something happened" : "nothing happened");
    shut_now(client);
    hear_until(server_sees, e.text, ZMQ_EVENT_DISCONNECTED);
    shut_now(server);
    unwatch(server_sees);
}

/* Between two sockets: the one that connects asks to be given up long before it is
 * heard of again, and the other, which sends no PINGs of its own, does so. */
static void given_up(void *context, int server_type, int client_type)
{
    printf("-- asks to be given up, type %d of type %d\n", client_type, server_type);
    void *server = make(context, server_type), *client = make(context, client_type);
    void *server_sees = watch(context, server,
        ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_MONITOR_STOPPED);
    set_int(client, ZMQ_HEARTBEAT_TTL, 100);
    set_int(client, ZMQ_HEARTBEAT_IVL, 400);
    set_int(client, ZMQ_HEARTBEAT_TIMEOUT, 0); /* it minds nothing itself */
    set_int(client, ZMQ_RECONNECT_IVL, -1);
    struct endpoint e = bind_any(server, "tcp");
    join(client, e);
    long long begin = now_ms();
    hear_until(server_sees, e.text, ZMQ_EVENT_DISCONNECTED);
    printf("%s\n", now_ms() - begin >= 100 ? "not too soon" : "too soon");
    shut_now(client);
    shut_now(server);
    unwatch(server_sees);
}

int main(void)
{
    static const int pairs[][2] = {{ZMQ_ROUTER, ZMQ_DEALER}, {ZMQ_REP, ZMQ_REQ}, {ZMQ_PUSH, ZMQ_PULL},
        {ZMQ_PUB, ZMQ_SUB}, {ZMQ_PAIR, ZMQ_PAIR}};
    void *context = make_context();
    for (int i = 0; i < 5; i++) {
        both_ask(context, i % 2 ? "ipc" : "tcp", pairs[i][0], pairs[i][1]);
        given_up(context, pairs[i][0], pairs[i][1]);
    }
    finish(context);
    return 0;
}
