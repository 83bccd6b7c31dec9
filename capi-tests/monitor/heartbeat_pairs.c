/* Heartbeats between two sockets, for each pair of types: as long as both ask and
 * answer nothing happens, and who asks to be given up is. */
#include "monitor/watch.h"

struct both { void *server, *client, *sees; struct endpoint e; };

/* Sockets that ask each other far more often than they would lose patience. */
static void meet(void *context, const char *transport, const int types[2], struct both *b)
{
    printf("-- both ask, %s, types %d and %d\n", transport, types[0], types[1]);
    void *sockets[] = {make(context, types[0]), make(context, types[1])};
    for (int i = 0; i < 2; i++) {
        set_int(sockets[i], ZMQ_HEARTBEAT_IVL, 50);
        set_int(sockets[i], ZMQ_HEARTBEAT_TIMEOUT, 2500);
        set_int(sockets[i], ZMQ_HEARTBEAT_TTL, 3000);
    }
    b->server = sockets[0], b->client = sockets[1];
    b->sees = watch(context, b->server, ZMQ_EVENT_ALL);
    b->e = bind_any(b->server, transport);
    join(b->client, b->e);
    hear_until(b->sees, b->e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
}

static void part(struct both *b)
{
    struct happening it;
    printf("%s\n", next_event(b->sees, &it, 0) ? "something happened" : "nothing happened");
    shut_now(b->client);
    hear_until(b->sees, b->e.text, ZMQ_EVENT_DISCONNECTED);
    shut_now(b->server);
    unwatch(b->sees);
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
    struct both all[5];
    for (int i = 0; i < 5; i++)
        meet(context, i % 2 ? "ipc" : "tcp", pairs[i], &all[i]);
    pause_ms(3500); /* more than any of them would wait in vain */
    for (int i = 0; i < 5; i++)
        part(&all[i]);
    for (int i = 0; i < 5; i++)
        given_up(context, pairs[i][0], pairs[i][1]);
    finish(context);
    return 0;
}
