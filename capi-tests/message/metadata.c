/* What a received message tells of its peer: zmq_msg_gets and zmq_msg_get, on
 * every frame, over every transport; and the properties an application adds. */
#define ZMQ_BUILD_DRAFT_API
#include <arpa/inet.h>
#include <sys/socket.h>
#include "support.h"

static const char *const names[] = {"Socket-Type", "Identity", "Routing-Id", "Peer-Address", "User-Id",
    "socket-type", "X-first", "X-second", "X-empty", "x-first", "", "Resource", "no such thing"};

static void tell_properties(zmq_msg_t *m, const char *transport)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        errno = 0;
        const char *text = zmq_msg_gets(m, names[i]);
        if (text && !strcmp(names[i], "Peer-Address") && !strcmp(transport, "ipc")) {
            char wanted[64];
            snprintf(wanted, sizeof wanted, "localhost:%d:%d:%d", geteuid(), getegid(), getpid());
            printf("  Peer-Address: %s\n", !strcmp(text, wanted) ? "user, group, process" : text);
        } else
            printf("  %s: %s\n", names[i], text ? text : error_name(zmq_errno()));
    }
    errno = 0;
    int fd = zmq_msg_get(m, ZMQ_SRCFD);
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (fd == -1)
        printf("  descriptor: %s\n", error_name(zmq_errno()));
    else
        printf("  descriptor: %s\n", getpeername(fd, (struct sockaddr *)&address, &size) == 0
            ? "of a connection" : "of nothing");
    printf("  more %d, shared %d\n", zmq_msg_get(m, ZMQ_MORE), zmq_msg_get(m, ZMQ_SHARED));
    TELL(zmq_msg_get(m, 77));
    TELL(zmq_msg_get(m, -1));
}

static void hear_properties(void *socket, const char *transport)
{
    int more = 1;
    while (more) {
        zmq_msg_t m;
        MUST(zmq_msg_init(&m) == 0);
        MUST(zmq_msg_recv(&m, socket, 0) >= 0);
        printf(" a frame of %zu bytes\n", zmq_msg_size(&m));
        tell_properties(&m, transport);
        more = zmq_msg_more(&m);
        MUST(zmq_msg_close(&m) == 0);
    }
}

static void pair_of(void *context, const char *transport, int to, int from, const char *text)
{
    void *server = make(context, to), *client = make(context, from);
    printf("-- from type %d to %d over %s\n", from, to, transport);
    MUST(zmq_setsockopt(client, ZMQ_ROUTING_ID, "its name", 8) == 0);
    TELL(zmq_setsockopt(client, ZMQ_METADATA, "X-first:one", 11));
    TELL(zmq_setsockopt(client, ZMQ_METADATA, "X-second:two: three", 19));
    TELL(zmq_setsockopt(client, ZMQ_METADATA, "X-first:other", 13));
    join(client, bind_any(server, transport));
    say(client, text);
    hear_properties(server, transport);
    if (to == ZMQ_REP) {
        say(server, "reply");
        hear_properties(client, transport);
    }
    shut(client);
    shut(server);
}

static void refused(void *context)
{
    static const char *const bad[] = {":", "key:", ":value", "keyvalue", "", "X-:v", "X-key:", "key:value",
        "X-a:b", "X-", "X-k v:w", "X-abc"};
    char text[600];
    void *socket = make(context, ZMQ_DEALER);
    title("properties that are none");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        printf("\"%s\" ", bad[i]);
        TELL(zmq_setsockopt(socket, ZMQ_METADATA, bad[i], strlen(bad[i])));
    }
    memset(text, 'k', sizeof text);
    memcpy(text, "X-", 2);
    for (int size = 253; size <= 257; size++) {
        text[size] = ':';
        printf("a name of %d bytes ", size);
        TELL(zmq_setsockopt(socket, ZMQ_METADATA, text, size + 10));
        text[size] = 'k';
    }
    TELL(zmq_setsockopt(socket, ZMQ_METADATA, NULL, 0));
    shut(socket);
}

/* A request that is sent back as it is: each side reads what the other said of itself,
 * and nothing that the message said before. */
static void sent_back(void *context, const char *transport)
{
    static const char *const asked[] = {"X-hello", "X-connection", "X-bin", "X-other", "hello"};
    void *rep = make(context, ZMQ_REP), *req = make(context, ZMQ_REQ);
    zmq_msg_t m;
    printf("-- sent back over %s\n", transport);
    MUST(zmq_setsockopt(rep, ZMQ_METADATA, "X-hello:world", 13) == 0);
    MUST(zmq_setsockopt(rep, ZMQ_METADATA, "X-connection:backup", 19) == 0);
    TELL(zmq_setsockopt(rep, ZMQ_METADATA, "keyvalue", 8));
    MUST(zmq_setsockopt(req, ZMQ_METADATA, "X-hello:hello", 13) == 0);
    MUST(zmq_setsockopt(req, ZMQ_METADATA, "X-connection:primary", 20) == 0);
    MUST(zmq_setsockopt(req, ZMQ_METADATA, "X-bin:009c6", 11) == 0);
    join(req, bind_any(rep, transport));
    say(req, "a");
    MUST(zmq_msg_init(&m) == 0);
    for (int back = 0; back < 2; back++) {
        MUST(zmq_msg_recv(&m, back ? req : rep, 0) == 1);
        printf("  %s:", back ? "back" : "there");
        for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
            const char *text = zmq_msg_gets(&m, asked[i]);
            printf(" %s", text ? text : "none");
        }
        putchar('\n');
        MUST(back || zmq_msg_send(&m, rep, 0) == 1);
    }
    MUST(zmq_msg_close(&m) == 0);
    shut(req);
    shut(rep);
}

/* A message keeps what it says when its socket, its copy and its context are gone. */
static void outlives(void)
{
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    zmq_msg_t m, copy, moved;
    title("a message on its own");
    join(push, bind_any(pull, "tcp"));
    say(push, "x");
    MUST(zmq_msg_init(&m) == 0 && zmq_msg_init(&copy) == 0 && zmq_msg_init(&moved) == 0);
    MUST(zmq_msg_recv(&m, pull, 0) == 1);
    MUST(zmq_msg_copy(&copy, &m) == 0);
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    int fd = zmq_msg_get(&m, ZMQ_SRCFD);
    MUST(getpeername(fd, (struct sockaddr *)&address, &size) == 0);
    shut(push);
    shut(pull);
    finish(context);
    TELL(getpeername(fd, (struct sockaddr *)&address, &size));
    printf("%s\n", zmq_msg_gets(&m, "Socket-Type"));
    MUST(zmq_msg_move(&moved, &m) == 0);
    printf("%s\n", zmq_msg_gets(&moved, "Peer-Address"));
    TELL_PTR(zmq_msg_gets(&m, "Peer-Address"));
    printf("%s\n", zmq_msg_gets(&copy, "Peer-Address"));
    MUST(zmq_msg_close(&m) == 0 && zmq_msg_close(&copy) == 0 && zmq_msg_close(&moved) == 0);
    title("a message that was not received");
    MUST(zmq_msg_init_size(&m, 3) == 0);
    tell_properties(&m, "");
    MUST(zmq_msg_close(&m) == 0);
}

/* What is received only after another peer has come is still of the first. */
static void successor(void *context, const char *transport)
{
    static const char *const who[] = {"X-first:one", "X-first:other"};
    void *pull = make(context, ZMQ_PULL);
    struct endpoint e = unused(context, transport);
    printf("-- one peer after the other over %s\n", transport);
    join(pull, e);
    for (int i = 0; i < 2; i++) {
        void *push = make(context, ZMQ_PUSH);
        MUST(zmq_setsockopt(push, ZMQ_METADATA, who[i], strlen(who[i])) == 0);
        bind_again(push, e.text);
        say(push, "a|b");
        say(push, "c");
        MUST(await(pull, ZMQ_POLLIN, PATIENCE));
        shut(push);
    }
    for (int i = 0; i < 6; i++) {
        zmq_msg_t m;
        MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, pull, 0) == 1);
        printf(" %c is from %s\n", *(char *)zmq_msg_data(&m), zmq_msg_gets(&m, "X-first"));
        MUST(zmq_msg_close(&m) == 0);
    }
    shut(pull);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    void *context = make_context();
    for (int i = 0; i < 3; i++) {
        pair_of(context, transports[i], ZMQ_REP, ZMQ_REQ, "a|b");
        pair_of(context, transports[i], ZMQ_ROUTER, ZMQ_DEALER, "a|b");
        pair_of(context, transports[i], ZMQ_PULL, ZMQ_PUSH, "a");
        pair_of(context, transports[i], ZMQ_PAIR, ZMQ_PAIR, "");
        sent_back(context, transports[i]);
    }
    successor(context, "tcp");
    successor(context, "ipc");
    refused(context);
    finish(context);
    outlives();
    return 0;
}
