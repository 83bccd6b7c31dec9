/* ZMQ_CONNECT_ROUTING_ID: the name that a ROUTER or STREAM knows the peer of its next
 * connection by, and of no further one. It can be used as soon as zmq_connect has
 * returned, whatever the socket is doing besides. */
#include "plain.h"

static void *context;

/* A name that was made up has five bytes, the first of them zero. */
static int made_up(void *socket, char name[64])
{
    int size = zmq_recv(socket, name, 64, 0);
    return size == 5 && name[0] == 0 && get_int(socket, ZMQ_RCVMORE);
}

static void set_name(void *socket, int option, const char *name)
{
    MUST(zmq_setsockopt(socket, option, name, strlen(name)) == 0);
}

static void two_routers(const char *transport, int named)
{
    void *server = make(context, ZMQ_ROUTER), *client = make(context, ZMQ_ROUTER);
    char name[64];
    printf("-- two ROUTERs %s names, over %s\n", named ? "with" : "without", transport);
    if (named)
        set_name(server, ZMQ_ROUTING_ID, "server"), set_name(client, ZMQ_ROUTING_ID, "client");
    set_name(client, ZMQ_CONNECT_ROUTING_ID, "first");
    join(client, bind_any(server, transport));
    say(client, "first|hello");
    if (named) {
        hear(server);
        say(server, "client|well");
    } else {
        printf("made up: %d\n", made_up(server, name));
        hear(server);
        MUST(zmq_send(server, name, 5, ZMQ_SNDMORE) == 5);
        say(server, "well");
    }
    hear(client);
    shut(client);
    shut(server);
}

/* The name is used up by the first of two connections. */
static void once(const char *transport)
{
    void *client = make(context, ZMQ_ROUTER), *one = make(context, ZMQ_DEALER), *two = make(context, ZMQ_DEALER);
    char name[64];
    printf("-- for one connection, over %s\n", transport);
    set_int(client, ZMQ_ROUTER_MANDATORY, 1);
    set_name(two, ZMQ_ROUTING_ID, "its own");
    set_name(client, ZMQ_CONNECT_ROUTING_ID, "first");
    join(client, bind_any(one, transport));
    join(client, bind_any(two, transport));
    say(client, "first|to the first");
    hear(one);
    hear_nothing(two);
    say(two, "from the second");
    hear(client);
    say(client, "its own|to the second");
    hear(two);
    say(one, "from the first");
    hear(client);
    void *three = make(context, ZMQ_DEALER);
    join(client, bind_any(three, transport));
    say(three, "from the third");
    printf("made up: %d\n", made_up(client, name));
    hear(client);
    shut(three);
    shut(client), shut(one), shut(two);
}

/* A message of the one that connected here waits to be received meanwhile. */
static void while_receiving(const char *transport)
{
    void *x = make(context, ZMQ_ROUTER), *y = make(context, ZMQ_ROUTER), *z = make(context, ZMQ_ROUTER);
    printf("-- while something waits, over %s\n", transport);
    set_name(x, ZMQ_ROUTING_ID, "X"), set_name(y, ZMQ_ROUTING_ID, "Y"), set_name(z, ZMQ_ROUTING_ID, "Z");
    struct endpoint at_x = bind_any(x, transport), at_z = bind_any(z, transport);
    set_name(y, ZMQ_CONNECT_ROUTING_ID, "X");
    join(y, at_x);
    say(y, "X|from y");
    MUST(await(x, ZMQ_POLLIN, PATIENCE));
    set_name(x, ZMQ_CONNECT_ROUTING_ID, "Z");
    join(x, at_z);
    say(x, "Z|from x");
    hear(z);
    hear_nothing(y);
    say(z, "X|back");
    hear(x);
    hear(x);
    say(x, "Y|and on");
    hear(y);
    shut(x), shut(y), shut(z);
}

/* STREAM without notifications to one with them. */
static void streams(void)
{
    void *server = make(context, ZMQ_STREAM), *client = make(context, ZMQ_STREAM);
    char name[64];
    title("two STREAMs");
    set_int(server, ZMQ_STREAM_NOTIFY, 0);
    struct endpoint e = bind_any(server, "tcp");
    set_name(client, ZMQ_CONNECT_ROUTING_ID, "first");
    join(client, e);
    say(client, "first|hello");
    printf("made up: %d\n", made_up(server, name));
    hear(server);
    hear(client);
    MUST(zmq_send(server, name, 5, ZMQ_SNDMORE) == 5);
    say(server, "well");
    hear(client);
    TELL(zmq_unbind(server, e.text));
    shut_now(server);
    shut_now(client);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    context = make_context();
    for (int i = 0; i < 3; i++) {
        two_routers(transports[i], 0);
        two_routers(transports[i], 1);
        once(transports[i]);
        while_receiving(transports[i]);
    }
    streams();
    finish(context);
    return 0;
}
