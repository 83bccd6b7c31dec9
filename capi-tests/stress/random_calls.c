// ours-only: over inproc libzmq aborts now and then, over tcp and ipc what calls find depends on time
// args: 200
// slow-args: 40000
// slow-limit: 1800
/* Calls at random on four sockets that fit together, or are connected to themselves:
 * bind, connect, their ends, sends, receives, subscriptions, polls, closes. Each call
 * is answered with a result or an error that fits it, whatever came before; and at the
 * end all that was opened can be closed. */
#include "support.h"

enum { SOCKETS = 4, CALLS = 80 };

static const int pairs[][2] = {{ZMQ_PUSH, ZMQ_PULL}, {ZMQ_PAIR, ZMQ_PAIR}, {ZMQ_DEALER, ZMQ_ROUTER},
    {ZMQ_REQ, ZMQ_REP}, {ZMQ_REQ, ZMQ_ROUTER}, {ZMQ_DEALER, ZMQ_REP}, {ZMQ_PUB, ZMQ_SUB}, {ZMQ_XPUB, ZMQ_XSUB},
    {ZMQ_XPUB, ZMQ_SUB}, {ZMQ_PUB, ZMQ_XSUB}, {ZMQ_DEALER, ZMQ_DEALER}, {ZMQ_ROUTER, ZMQ_ROUTER}};

static unsigned long long state;

static unsigned below(unsigned most)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (unsigned)(state >> 11) % most;
}

static void *context, *sockets[SOCKETS];
static int types[SOCKETS];
static char names[3][256];

/* Errors that tell of a state, and not of what is wrong inside. */
static int fits(long long rc)
{
    static const int errors[] = {EAGAIN, EFSM, ENOTSUP, ENOENT, EADDRINUSE, EHOSTUNREACH, EINVAL, ECONNREFUSED};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (rc == -1 && zmq_errno() == errors[i])
            return 1;
    return rc >= 0;
}

static void open_one(int i, const int *pair, int marks)
{
    char name[2] = {(char)('A' + i), 0};
    types[i] = pair[below(2)];
    sockets[i] = make(context, types[i]);
    set_int(sockets[i], ZMQ_LINGER, 0);
    set_int(sockets[i], ZMQ_RECONNECT_IVL, 1);
    if (marks)
        set_int(sockets[i], ZMQ_SNDHWM, marks), set_int(sockets[i], ZMQ_RCVHWM, marks);
    MUST(zmq_setsockopt(sockets[i], ZMQ_ROUTING_ID, name, 1) == 0);
    if (types[i] == ZMQ_ROUTER && below(2))
        set_int(sockets[i], ZMQ_ROUTER_MANDATORY, 1);
    if (types[i] == ZMQ_ROUTER && below(3) == 0)
        set_int(sockets[i], ZMQ_ROUTER_HANDOVER, 1);
    if (types[i] == ZMQ_REQ && below(3) == 0)
        set_int(sockets[i], ZMQ_REQ_RELAXED, 1), set_int(sockets[i], ZMQ_REQ_CORRELATE, (int)below(2));
}

static void send_something(int i)
{
    char bytes[20000];
    size_t size = below(8) == 0 ? below(sizeof bytes) : below(4);
    memset(bytes, 'a' + (int)below(3), sizeof bytes);
    if (types[i] == ZMQ_ROUTER && below(2))
        bytes[0] = (char)('A' + below(SOCKETS)), size = 1;
    if (types[i] == ZMQ_XSUB && below(2))
        bytes[0] = (char)below(2), size = 1 + below(2);
    MUST(fits(zmq_send(sockets[i], bytes, size, ZMQ_DONTWAIT | (below(3) ? 0 : ZMQ_SNDMORE))));
}

static void receive_something(int i)
{
    zmq_msg_t part;
    MUST(zmq_msg_init(&part) == 0);
    MUST(fits(zmq_msg_recv(&part, sockets[i], ZMQ_DONTWAIT)));
    MUST(zmq_msg_close(&part) == 0);
}

static void subscribe(int i)
{
    char topic = (char)('a' + below(3));
    if (types[i] == ZMQ_SUB)
        MUST(fits(zmq_setsockopt(sockets[i], below(3) ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, &topic, below(2))));
}

static void call_something(int i)
{
    const char *name = names[below(3)];
    switch (below(20)) {
    case 0: case 1:
        MUST(fits(zmq_bind(sockets[i], name)));
        break;
    case 2: case 3: case 4:
        MUST(fits(zmq_connect(sockets[i], name)));
        break;
    case 5:
        MUST(fits(zmq_disconnect(sockets[i], name)));
        break;
    case 6:
        MUST(fits(zmq_unbind(sockets[i], name)));
        break;
    case 7:
        if (below(2)) {
            shut(sockets[i]);
            sockets[i] = NULL;
        }
        break;
    case 8: case 9:
        subscribe(i);
        break;
    case 10:
        if (types[i] == ZMQ_ROUTER)
            MUST(zmq_setsockopt(sockets[i], ZMQ_CONNECT_ROUTING_ID, "ABCD" + below(SOCKETS), 1) == 0);
        break;
    case 11: case 12: case 13: case 14:
        send_something(i);
        break;
    default:
        receive_something(i);
    }
}

/* A port that was free a moment ago, of an address that no other program has peers at. */
static void choose_port(char *text)
{
    void *socket = make(context, ZMQ_PAIR);
    MUST(zmq_bind(socket, "tcp://127.0.0.77:*") == 0);
    strcpy(text, last_endpoint(socket).text);
    MUST(zmq_unbind(socket, text) == 0);
    shut_now(socket);
}

static void round_of(unsigned seed)
{
    const int *pair = pairs[seed % (sizeof pairs / sizeof *pairs)];
    int marks = seed % 3 == 0 ? 2 : 0;
    state = seed * 0x9E3779B97F4A7C15ull + 1;
    context = make_context();
    snprintf(names[0], sizeof names[0], "inproc://a");
    snprintf(names[1], sizeof names[1], "ipc://random-%u", seed);
    strcpy(names[2], "inproc://b");
    if (seed % 2)
        choose_port(names[2]);
    for (int i = 0; i < SOCKETS; i++)
        open_one(i, pair, marks);
    for (int left = CALLS; left; left--) {
        int i = (int)below(SOCKETS);
        if (sockets[i])
            call_something(i);
        else
            open_one(i, pair, marks);
        for (int k = 0; k < SOCKETS; k++)
            if (sockets[k])
                MUST(!(get_int(sockets[k], ZMQ_EVENTS) & ~(ZMQ_POLLIN | ZMQ_POLLOUT)));
        if (sockets[i] && below(4) == 0)
            await(sockets[i], ZMQ_POLLIN, (long)below(2));
    }
    for (int i = 0; i < SOCKETS; i++)
        if (sockets[i])
            shut(sockets[i]);
    finish(context);
}

int main(int count, char **arguments)
{
    MUST(count == 2);
    unsigned rounds = (unsigned)atoi(arguments[1]);
    for (unsigned seed = 0; seed < rounds; seed++)
        round_of(seed);
    puts("every call was answered");
    return 0;
}
