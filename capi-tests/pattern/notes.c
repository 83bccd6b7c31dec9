// ours-only: drafts, which the reference is built without
/* ZMQ_HELLO_MSG, ZMQ_DISCONNECT_MSG, ZMQ_HICCUP_MSG and ZMQ_ROUTER_NOTIFY:
 * messages about connections among those of the connections. */
#define ZMQ_BUILD_DRAFT_API
#include "monitor/raw.h"

static void set_text(void *socket, int option, const char *text)
{
    MUST(zmq_setsockopt(socket, option, text, strlen(text)) == 0);
}

static void *named(void *context, int type, const char *name)
{
    void *socket = make(context, type);
    set_text(socket, ZMQ_ROUTING_ID, name);
    set_int(socket, ZMQ_RECONNECT_IVL, 10);
    return socket;
}

static void hello(void *context, const char *transport)
{
    void *router = make(context, ZMQ_ROUTER), *dealer = named(context, ZMQ_DEALER, "d");
    printf("-- hello over %s\n", transport);
    set_text(router, ZMQ_HELLO_MSG, "welcome");
    set_text(dealer, ZMQ_HELLO_MSG, "good day");
    join(dealer, bind_any(router, transport));
    say(dealer, "first");
    hear(router);
    hear(router);
    hear(dealer);
    say(router, "d|to you");
    hear(dealer);
    shut(dealer);
    title("who connects first");
    struct endpoint e = unused(context, transport);
    dealer = named(context, ZMQ_DEALER, "e");
    set_text(dealer, ZMQ_HELLO_MSG, "early");
    join(dealer, e);
    say(dealer, "first");
    bind_again(router, e.text);
    hear(router);
    hear(router);
    hear(dealer);
    hear_nothing(dealer);
    shut(router);
    shut_now(dealer);
    title("types that do not say it");
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    set_text(push, ZMQ_HELLO_MSG, "x");
    join(push, bind_any(pull, transport));
    say(push, "only this");
    hear(pull);
    hear_nothing(pull);
    shut(push);
    shut(pull);
}

static void farewell(void *context, const char *transport)
{
    void *router = make(context, ZMQ_ROUTER), *dealer = named(context, ZMQ_DEALER, "d");
    printf("-- farewell over %s\n", transport);
    set_text(router, ZMQ_DISCONNECT_MSG, "gone");
    struct endpoint e = bind_any(router, transport);
    join(dealer, e);
    say(dealer, "one");
    say(dealer, "two|parts");
    TELL(zmq_send(dealer, "open", 4, ZMQ_SNDMORE));
    shut(dealer);
    for (int i = 0; i < 3; i++)
        hear(router);
    dealer = named(context, ZMQ_DEALER, "d");
    join(dealer, e);
    say(dealer, "again");
    hear(router);
    TELL(zmq_disconnect(dealer, e.text));
    hear(router);
    hear_nothing(router);
    shut(dealer);
    shut(router);
}

static void hiccup(void *context, const char *transport)
{
    void *other = make_context();
    void *router = make(other, ZMQ_ROUTER), *dealer = named(context, ZMQ_DEALER, "d");
    printf("-- hiccup over %s\n", transport);
    set_text(dealer, ZMQ_HICCUP_MSG, "hic");
    set_text(dealer, ZMQ_HELLO_MSG, "hello");
    struct endpoint e = bind_any(router, transport);
    join(dealer, e);
    hear(router);
    say(router, "d|read before");
    shut(router);
    finish(other);
    hear(dealer);
    hear(dealer);
    router = make(context, ZMQ_ROUTER);
    bind_again(router, e.text);
    hear(router);
    TELL(zmq_disconnect(dealer, e.text));
    hear_nothing(dealer);
    shut(dealer);
    shut(router);
}

static void notify(void *context, const char *transport, int what)
{
    void *router = make(context, ZMQ_ROUTER), *dealer = named(context, ZMQ_DEALER, "d");
    printf("-- notified of %d over %s\n", what, transport);
    set_int(router, ZMQ_ROUTER_NOTIFY, what);
    join(dealer, bind_any(router, transport));
    say(dealer, "hello");
    shut(dealer);
    int most = 1 + !!(what & ZMQ_NOTIFY_CONNECT) + !!(what & ZMQ_NOTIFY_DISCONNECT);
    for (int i = 0; i < (strcmp(transport, "inproc") ? most : 1); i++)
        hear(router);
    hear_nothing(router);
    shut(router);
}

/* The peer goes with a message that is too long half-sent: only whole ones count. */
static void in_the_middle(void *context)
{
    char body[20000];
    void *router = make(context, ZMQ_ROUTER), *dealer = named(context, ZMQ_DEALER, "d");
    int64_t most = 1000;
    title("in the middle of a message");
    memset(body, 'x', sizeof body);
    set_int(router, ZMQ_ROUTER_NOTIFY, ZMQ_NOTIFY_CONNECT | ZMQ_NOTIFY_DISCONNECT);
    MUST(zmq_setsockopt(router, ZMQ_MAXMSGSIZE, &most, sizeof most) == 0);
    set_int(dealer, ZMQ_RECONNECT_IVL, -1);
    join(dealer, bind_any(router, "tcp"));
    say(dealer, "whole");
    MUST(zmq_send(dealer, "a", 1, ZMQ_SNDMORE) == 1);
    MUST(zmq_send(dealer, body, sizeof body, ZMQ_SNDMORE) == sizeof body);
    MUST(zmq_send(dealer, "b", 1, 0) == 1);
    for (int i = 0; i < 3; i++)
        hear(router);
    hear_nothing(router);
    shut_now(dealer);
    shut(router);
}

/* Who never was a peer has not come and does not go. */
static void never_a_peer(void *context)
{
    static const struct { const char *what, *bytes; size_t size; } visitors[] = {
        {"says nothing", "", 0},
        {"speaks something else", "not-a-handshake", 15},
        {"greets and goes", NULL_GREETING, GREETING_SIZE},
    };
    void *router = make(context, ZMQ_ROUTER), *dealer = named(context, ZMQ_DEALER, "d");
    set_int(router, ZMQ_ROUTER_NOTIFY, ZMQ_NOTIFY_CONNECT | ZMQ_NOTIFY_DISCONNECT);
    struct endpoint e = bind_any(router, "tcp");
    for (size_t i = 0; i < sizeof visitors / sizeof *visitors; i++) {
        char bytes[GREETING_SIZE] = {0};
        printf("-- one who %s\n", visitors[i].what);
        memcpy(bytes, visitors[i].bytes, visitors[i].size == GREETING_SIZE ? sizeof NULL_GREETING - 1 : visitors[i].size);
        int fd = raw_connect(e);
        send_all(fd, bytes, visitors[i].size);
        MUST(shutdown(fd, SHUT_WR) == 0);
        read_to_end(fd);
        hear_nothing(router);
    }
    join(dealer, e);
    hear(router);
    shut(dealer);
    hear(router);
    shut(router);
}

static void values(void *context)
{
    void *router = make(context, ZMQ_ROUTER), *dealer = make(context, ZMQ_DEALER);
    title("values");
    for (int value = -1; value <= 4; value++) {
        printf("%d: ", value);
        TELL(zmq_setsockopt(router, ZMQ_ROUTER_NOTIFY, &value, sizeof value));
        TELL(zmq_setsockopt(dealer, ZMQ_ROUTER_NOTIFY, &value, sizeof value));
        TELL(get_int(router, ZMQ_ROUTER_NOTIFY));
    }
    TELL(get_int(dealer, ZMQ_ROUTER_NOTIFY));
    TELL(zmq_setsockopt(dealer, ZMQ_HELLO_MSG, NULL, 0));
    TELL(zmq_setsockopt(dealer, ZMQ_HICCUP_MSG, "", 0));
    shut(router);
    shut(dealer);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    void *context = make_context();
    for (int i = 0; i < 3; i++) {
        hello(context, transports[i]);
        farewell(context, transports[i]);
        for (int what = 1; what < 4; what++)
            notify(context, transports[i], what);
        if (i < 2)
            hiccup(context, transports[i]);
    }
    in_the_middle(context);
    never_a_peer(context);
    values(context);
    finish(context);
    return 0;
}
