// ours-only: the reference is built without drafts
/* Monitors of version 2: their frames, by which kinds of sockets they come, and
 * what waits in pipes. */
#define ZMQ_BUILD_DRAFT_API 1
#include "monitor/watch.h"

static uint64_t number(void *monitor)
{
    uint64_t value;
    MUST(zmq_recv(monitor, &value, sizeof value, 0) == sizeof value);
    MUST(get_int(monitor, ZMQ_RCVMORE) == 1);
    return value;
}

static void address(void *monitor, char text[256], int more)
{
    int size = zmq_recv(monitor, text, 255, 0);
    MUST(size >= 0 && size < 256 && get_int(monitor, ZMQ_RCVMORE) == more);
    text[size] = 0;
}

struct told { uint64_t event, count, values[2]; char local[256], remote[256]; };

static struct told hear_told(void *monitor)
{
    struct told it = {0};
    it.event = number(monitor);
    it.count = number(monitor);
    MUST(it.count <= 2);
    for (uint64_t i = 0; i < it.count; i++)
        it.values[i] = number(monitor);
    address(monitor, it.local, 1);
    address(monitor, it.remote, 0);
    return it;
}

static void *watch_long(void *context, void *socket, uint64_t events, int type)
{
    static int serial;
    char name[64];
    snprintf(name, sizeof name, "inproc://long-%d", serial++);
    MUST(zmq_socket_monitor_versioned(socket, name, events, 2, type) == 0);
    int reads = type == ZMQ_PAIR ? ZMQ_PAIR : type == ZMQ_PUSH ? ZMQ_PULL : ZMQ_SUB;
    void *monitor = make(context, reads);
    if (reads == ZMQ_SUB)
        MUST(zmq_setsockopt(monitor, ZMQ_SUBSCRIBE, "", 0) == 0);
    MUST(zmq_connect(monitor, name) == 0);
    return monitor;
}

/* Waits for an event and gives its ends. */
static struct told until(void *monitor, uint64_t event)
{
    struct told it;
    do
        it = hear_told(monitor);
    while (it.event != event);
    return it;
}

/* "tcp6" is tcp over IPv6; 0 if this machine has none. */
static int bind_there(void *socket, const char *transport, struct endpoint *e)
{
    if (strcmp(transport, "tcp6"))
        *e = bind_own(socket, transport);
    else {
        set_int(socket, ZMQ_IPV6, 1);
        if (zmq_bind(socket, "tcp://[::1]:*") == -1)
            return 0;
        *e = last_endpoint(socket);
    }
    return 1;
}

static const char *or_empty(const char *text)
{
    return *text ? text : "nothing";
}

static void both_ends(void *context, const char *transport, int type)
{
    printf("-- both ends, %s, by type %d\n", transport, type);
    void *server = make(context, ZMQ_DEALER), *client = make(context, ZMQ_DEALER);
    void *server_sees = watch_long(context, server, ZMQ_EVENT_ALL_V2, type);
    void *client_sees = watch_long(context, client, ZMQ_EVENT_ALL_V2, type);
    struct endpoint e;
    if (!bind_there(server, transport, &e)) {
        puts("this machine has no IPv6");
        shut(client), shut(server), shut(client_sees), shut(server_sees);
        return;
    }
    set_int(client, ZMQ_IPV6, get_int(server, ZMQ_IPV6));
    join(client, e);
    struct told ours = until(server_sees, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    struct told theirs = until(client_sees, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    MUST(ours.count == 1 && theirs.count == 1);
    printf("the server is where it bound: %d, where the client goes: %d\n",
           !strcmp(ours.local, e.text), !strcmp(theirs.remote, e.text));
    printf("the client is where the server sees it: %d, by transport: %d\n",
           !strcmp(ours.remote, theirs.local),
           !strncmp(theirs.local, transport, 3));
    MUST(strcmp(theirs.local, theirs.remote));
    shut_now(client);
    shut_now(server);
    struct told last = until(server_sees, ZMQ_EVENT_MONITOR_STOPPED);
    printf("it stops with %s and %s\n", or_empty(last.local), or_empty(last.remote));
    shut(server_sees);
    shut(client_sees);
}

static void errors(void *context)
{
    title("errors");
    void *socket = make(context, ZMQ_DEALER);
    for (int type = ZMQ_PAIR; type <= ZMQ_STREAM; type++) {
        int rc = zmq_socket_monitor_versioned(socket, "inproc://e", ZMQ_EVENT_ALL_V2, 2, type);
        printf("type %d: %s\n", type, rc == -1 ? error_name(zmq_errno()) : "ok");
    }
    TELL(zmq_socket_monitor_versioned(socket, "inproc://e", ZMQ_EVENT_ALL_V2, 1, ZMQ_PAIR));
    TELL(zmq_socket_monitor_versioned(socket, "inproc://e", ZMQ_EVENT_ALL_V2, 3, ZMQ_PAIR));
    TELL(zmq_socket_monitor_versioned(socket, "tcp://a", ZMQ_EVENT_ALL_V2, 2, ZMQ_PAIR));
    TELL(zmq_socket_monitor_versioned(NULL, "inproc://e", ZMQ_EVENT_ALL_V2, 2, ZMQ_PAIR));
    TELL(zmq_socket_monitor_versioned(socket, NULL, 0, 2, ZMQ_PAIR));
    shut(socket);
}

/* Nobody reads: all that a connection does not hold waits to be sent. */
static void pipes_stats(void *context)
{
    title("what waits in pipes");
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    TELL(zmq_socket_monitor_pipes_stats(NULL));
    TELL(zmq_socket_monitor_pipes_stats(push));
    void *other = watch_long(context, push, ZMQ_EVENT_ALL, ZMQ_PAIR);
    TELL(zmq_socket_monitor_pipes_stats(push));
    void *sees = watch_long(context, push, ZMQ_EVENT_PIPES_STATS, ZMQ_PAIR);
    void *pull_sees = watch_long(context, pull, ZMQ_EVENT_PIPES_STATS, ZMQ_PAIR);
    TELL(zmq_socket_monitor_pipes_stats(push));
    struct endpoint e = unused(context, "tcp");
    join(push, e);
    for (int i = 0; i < 5; i++)
        say(push, "waits");
    TELL(zmq_socket_monitor_pipes_stats(push));
    struct told it = hear_told(sees);
    printf("%d values: %d to be sent, %d received\n", (int)it.count, (int)it.values[0],
           (int)it.values[1]);
    bind_again(pull, e.text);
    hear(pull);
    /* what the peer has heard is counted as sent as soon as the write returns */
    long long end = now_ms() + PATIENCE;
    do {
        MUST(zmq_socket_monitor_pipes_stats(push) == 0 && now_ms() < end);
        it = hear_told(sees);
    } while (it.values[0]);
    printf("%d to be sent, to the endpoint: %d\n", (int)it.values[0], !strcmp(it.remote, e.text));
    TELL(zmq_socket_monitor_pipes_stats(pull));
    it = hear_told(pull_sees);
    printf("%d to be sent, some received: %d, at the endpoint: %d\n", (int)it.values[0],
           it.values[1] > 0, !strcmp(it.local, e.text));
    shut(other);
    shut(sees);
    shut(pull_sees);
    shut_now(push);
    shut_now(pull);
}

/* Four who do not read, until nothing more can be sent to any; then one reads it all.
 * Who has found no room is told of some at the next multiple of half the mark. */
enum { PULLS = 4, MARK = 50, SIZE = 8192 };
#define IS_FULL(waiting) ((waiting) <= MARK && (waiting) > MARK / 2)

struct pipes { int waiting, empty, full, received, from_here; };

static struct pipes ask(void *push, void *sees, struct endpoint e)
{
    struct pipes sum = {0};
    MUST(zmq_socket_monitor_pipes_stats(push) == 0);
    for (int i = 0; i < PULLS; i++) {
        struct told it = hear_told(sees);
        MUST(it.event == ZMQ_EVENT_PIPES_STATS && it.count == 2);
        sum.waiting += (int)it.values[0];
        sum.empty += it.values[0] == 0;
        sum.full += IS_FULL((int)it.values[0]);
        sum.received += (int)it.values[1];
        sum.from_here += !strcmp(it.local, e.text);
    }
    return sum;
}

static void full_pipes(void *context, const char *transport)
{
    static char body[SIZE];
    void *push = make(context, ZMQ_PUSH), *pulls[PULLS];
    struct endpoint e;
    printf("-- full pipes, %s\n", transport);
    void *sees = watch_long(context, push, ZMQ_EVENT_PIPES_STATS, ZMQ_PAIR);
    set_int(push, ZMQ_SNDHWM, MARK);
    set_int(push, ZMQ_SNDBUF, 4096);
    if (!bind_there(push, transport, &e)) {
        puts("this machine has no IPv6");
        shut(push), shut(sees);
        return;
    }
    for (int i = 0; i < PULLS; i++) {
        pulls[i] = make(context, ZMQ_PULL);
        set_int(pulls[i], ZMQ_IPV6, get_int(push, ZMQ_IPV6));
        set_int(pulls[i], ZMQ_RCVHWM, MARK);
        set_int(pulls[i], ZMQ_RCVBUF, 4096);
        join(pulls[i], e);
    }
    for (int there = 0; there < PULLS;) { /* who has heard something is there */
        say(push, "?");
        while (there < PULLS && await(pulls[there], ZMQ_POLLIN, 5))
            there++;
    }
    struct pipes now = {0};
    for (int quiet = 0; quiet < 3;) { /* the kernel's buffers take their time to be full */
        int before = now.waiting;
        quiet++;
        while (zmq_send(push, body, SIZE, ZMQ_DONTWAIT) == SIZE)
            quiet = 0;
        let_happen();
        now = ask(push, sees, e);
        if (now.waiting != before)
            quiet = 0;
    }
    MUST(now.full == PULLS && now.received == 0 && now.from_here == PULLS);
    while (await_or_rest(pulls[0], ZMQ_POLLIN))
        MUST(zmq_recv(pulls[0], body, SIZE, 0) >= 0);
    now = ask(push, sees, e);
    MUST(now.empty == 1 && now.full == PULLS - 1);
    for (int i = 0; i < PULLS; i++)
        shut_now(pulls[i]);
    shut_now(push);
    shut(sees);
}

int main(void)
{
    void *context = make_context();
    errors(context);
    static const int types[] = {ZMQ_PAIR, ZMQ_PUSH, ZMQ_PUB};
    for (int i = 0; i < 3; i++) {
        both_ends(context, "tcp", types[i]);
        both_ends(context, "ipc", types[i]);
        both_ends(context, "tcp6", types[i]);
    }
    pipes_stats(context);
    full_pipes(context, "tcp");
    full_pipes(context, "ipc");
    full_pipes(context, "tcp6");
    finish(context);
    return 0;
}
