/* When an option counts that is set after the socket has been bound or connected:
 * for what is bound and connected later, not for what is there, unless it is about
 * calls of the socket itself. As the kernel, the peer and the socket see it. */
#define ZMQ_BUILD_DRAFT_API /* for ZMQ_METADATA, which is older than its name */
#include "support.h"
#include <arpa/inet.h>
#include <sys/socket.h>

static void *context;

/* The type of service of the connection that a message came by, at this end. */
static int tos_of(zmq_msg_t *m)
{
    int value = -1, fd = zmq_msg_get(m, ZMQ_SRCFD);
    socklen_t size = sizeof value;
    MUST(fd != -1 && getsockopt(fd, IPPROTO_IP, IP_TOS, &value, &size) == 0);
    return value;
}

/* What the receiver of the next message sees. */
static void see(void *socket)
{
    zmq_msg_t m;
    MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, socket, 0) >= 0);
    while (zmq_msg_more(&m)) /* past a routing id */
        MUST(zmq_msg_recv(&m, socket, 0) >= 0);
    const char *name = zmq_msg_gets(&m, "Identity"), *own = zmq_msg_gets(&m, "X-own");
    printf("%.*s: from \"%s\", property %s, type of service here %d\n", (int)zmq_msg_size(&m),
        (char *)zmq_msg_data(&m), name ? name : "", own ? own : "none", tos_of(&m));
    MUST(zmq_msg_close(&m) == 0);
}

static void set_all(void *socket, const char *name, int tos)
{
    char property[32];
    int size = snprintf(property, sizeof property, "X-own:%s", name);
    MUST(zmq_setsockopt(socket, ZMQ_ROUTING_ID, name, strlen(name)) == 0);
    MUST(zmq_setsockopt(socket, ZMQ_METADATA, property, (size_t)size) == 0);
    set_int(socket, ZMQ_TOS, tos);
}

/* After connecting; and whether a connection that is made again is as the first. */
static void after_connect(void)
{
    title("after connecting");
    void *client = make(context, ZMQ_DEALER), *one = make(context, ZMQ_DEALER), *two = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, 10);
    struct endpoint first = bind_any(one, "tcp"), second = bind_any(two, "tcp");
    join(client, first);
    set_all(client, "later", 0x28);
    say(client, "the first connection");
    see(one);
    join(client, second);
    say(client, "to one or the other");
    say(client, "to one or the other");
    see(one);
    see(two);
    shut_now(one);
    one = make(context, ZMQ_DEALER);
    bind_again(one, first.text);
    while (!await(one, ZMQ_POLLIN, 20))
        say(client, "the first one, made again");
    see(one);
    say(one, "back");
    say(two, "back");
    hear(client);
    hear(client);
    shut_now(one), shut_now(two), shut_now(client);
}

/* After binding, before and behind a connection. */
static void after_bind(void)
{
    title("after binding");
    void *server = make(context, ZMQ_DEALER), *one = make(context, ZMQ_DEALER), *two = make(context, ZMQ_DEALER);
    struct endpoint first = bind_any(server, "tcp"), second;
    set_all(server, "later", 0x28);
    join(one, first);
    say(one, "by the first endpoint");
    see(server);
    say(server, "from the first endpoint");
    see(one);
    second = bind_any(server, "tcp");
    join(two, second);
    say(two, "by the second endpoint");
    see(server);
    say(server, "to one or the other");
    say(server, "to one or the other");
    see(one);
    see(two);
    shut_now(one), shut_now(two), shut_now(server);
}

/* Longest message, handshake: those of the endpoint. */
static void limits(void)
{
    int64_t limit = 100;
    static char body[200];
    title("a limit of length after binding");
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    struct endpoint e = bind_any(pull, "tcp");
    MUST(zmq_setsockopt(pull, ZMQ_MAXMSGSIZE, &limit, sizeof limit) == 0);
    join(push, e);
    TELL(zmq_send(push, body, sizeof body, 0));
    TELL(zmq_recv(pull, body, sizeof body, 0));
    shut(push);
    e = bind_any(pull, "tcp");
    push = make(context, ZMQ_PUSH);
    set_int(push, ZMQ_RECONNECT_IVL, -1);
    join(push, e);
    TELL(zmq_send(push, body, sizeof body, 0));
    hear_nothing(pull);
    shut_now(push);
    shut(pull);
}

/* What a call needs counts at once. */
static void at_once(void)
{
    char byte;
    title("at once");
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    join(push, bind_any(pull, "tcp"));
    say(push, "x");
    hear(pull);
    set_int(pull, ZMQ_RCVTIMEO, 0);
    TELL(zmq_recv(pull, &byte, 1, 0));
    shut(pull);
    set_int(push, ZMQ_IMMEDIATE, 1); /* which is of the endpoint: there is still a pipe */
    set_int(push, ZMQ_SNDTIMEO, 0);
    long long end = now_ms() + PATIENCE;
    int taken = 0;
    while (now_ms() < end && taken < 100 && zmq_send(push, "x", 1, 0) == 1)
        taken++;
    printf("to one who has gone, with IMMEDIATE set afterwards: %s\n", taken == 100 ? "taken" : "refused");
    set_int(push, ZMQ_LINGER, 0);
    shut(push);
    void *router = make(context, ZMQ_ROUTER);
    bind_any(router, "tcp");
    TELL(zmq_send(router, "nobody", 6, 0));
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    TELL(zmq_send(router, "nobody", 6, ZMQ_SNDMORE));
    set_int(router, ZMQ_ROUTER_MANDATORY, 0);
    TELL(zmq_send(router, "nobody", 6, 0));
    shut(router);
}

int main(void)
{
    context = make_context();
    after_connect();
    after_bind();
    limits();
    at_once();
    finish(context);
    return 0;
}
