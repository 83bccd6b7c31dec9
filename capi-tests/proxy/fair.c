// ours-only: with both sides full the reference stands still in a send
/* A proxy under load from both sides at once: each direction gets its share, and
 * so does each client; a request that comes in between is served in time. And one
 * whose publisher drops nothing and is full still hears its control socket. */
#include "run.h"

enum { CLIENTS = 4 };

static volatile int running = 1;
static void *context;

struct end { void *socket; volatile long sent, received; pthread_t thread; };

/* Sends and receives as fast as it can. */
static void *flood(void *argument)
{
    struct end *end = argument;
    char body[64] = "";
    while (running) {
        for (int i = 0; i < 64 && zmq_send(end->socket, body, sizeof body, ZMQ_DONTWAIT) > 0; i++)
            end->sent++;
        for (int i = 0; i < 64 && zmq_recv(end->socket, body, sizeof body, ZMQ_DONTWAIT) > 0; i++)
            end->received++;
        await(end->socket, ZMQ_POLLIN | ZMQ_POLLOUT, 10);
    }
    return NULL;
}

/* The subscriber does not read, so that the proxy holds what it cannot publish. */
static void steered_when_full(void)
{
    static char body[50000];
    context = make_context();
    struct proxy proxy = {zmq_socket(context, ZMQ_XSUB), zmq_socket(context, ZMQ_XPUB), NULL,
                          zmq_socket(context, ZMQ_REP), 0, 0, 0};
    void *pub = make_brief(context, ZMQ_XPUB), *sub = make_brief(context, ZMQ_SUB);
    void *steer = make_brief(context, ZMQ_REQ), *publishers[] = {pub, proxy.backend};
    for (int i = 0; i < 2; i++) {
        set_int(publishers[i], ZMQ_XPUB_NODROP, 1);
        set_int(publishers[i], ZMQ_SNDHWM, 10);
    }
    set_int(proxy.frontend, ZMQ_RCVHWM, 10);
    set_int(sub, ZMQ_RCVHWM, 10);
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "", 0) == 0);
    join(pub, bind_any(proxy.frontend, "inproc"));
    join(sub, bind_any(proxy.backend, "inproc"));
    join(steer, bind_any(proxy.control, "inproc"));
    start_proxy(&proxy);
    hear(pub);
    int sent = 0;
    set_int(pub, ZMQ_SNDTIMEO, 2 * SILENCE);
    while (zmq_send(pub, body, sizeof body, 0) != -1
           || (await_rest(), zmq_send(pub, body, sizeof body, ZMQ_DONTWAIT) != -1))
        sent++;
    char text[256];
    static const char *const commands[] = {"STATISTICS", "PAUSE", "STATISTICS", "RESUME"};
    for (int i = 0; i < 4; i++) {
        say(steer, commands[i]);
        printf("%s: an answer of %d parts\n", commands[i], listen_to(steer, text, sizeof text, 0));
    }
    for (; sent; sent--)
        MUST(zmq_recv(sub, body, sizeof body, 0) == sizeof body);
    say(steer, "TERMINATE");
    hear(steer);
    join_proxy(&proxy);
    shut(pub);
    shut(sub);
    shut(steer);
    finish(context);
}

int main(void)
{
    struct end clients[CLIENTS], server;
    steered_when_full();
    context = make_context();
    struct proxy proxy = {zmq_socket(context, ZMQ_DEALER), zmq_socket(context, ZMQ_DEALER), NULL,
                          NULL, 0, 0, 0};
    struct endpoint front = bind_any(proxy.frontend, "tcp"), back = bind_any(proxy.backend, "tcp");
    memset(&server, 0, sizeof server);
    join(server.socket = make_brief(context, ZMQ_DEALER), back);
    start_proxy(&proxy);
    for (int i = 0; i < CLIENTS; i++) {
        memset(&clients[i], 0, sizeof clients[i]);
        join(clients[i].socket = make_brief(context, ZMQ_DEALER), front);
        MUST(pthread_create(&clients[i].thread, NULL, flood, &clients[i]) == 0);
    }
    MUST(pthread_create(&server.thread, NULL, flood, &server) == 0);
    long there = 0, back_again = 0, least = 0;
    long long end = now_ms() + 4 * PATIENCE;
    /* Until every end has had a good deal; none may be left out. */
    while (there < 5000 || back_again < 5000 || least < 500) {
        MUST(now_ms() < end);
        pause_ms(5);
        there = server.received;
        back_again = 0;
        least = 1 << 30;
        for (int i = 0; i < CLIENTS; i++) {
            back_again += clients[i].received;
            least = clients[i].received < least ? clients[i].received : least;
        }
    }
    puts("messages come through in both directions, to everybody");
    running = 0;
    for (int i = 0; i < CLIENTS; i++)
        MUST(pthread_join(clients[i].thread, NULL) == 0);
    MUST(pthread_join(server.thread, NULL) == 0);
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    for (int i = 0; i < CLIENTS; i++)
        shut(clients[i].socket);
    shut(server.socket);
    finish(context);
    return 0;
}
