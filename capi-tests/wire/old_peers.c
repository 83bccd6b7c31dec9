/* Peers of ZMTP 1.0 (with and without a version in their greeting) and 2.0, played
 * byte by byte over plain sockets: what they are sent and what is heard of them. */
#include "support.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum old { UNVERSIONED, V1, V2 };
static const char *names[] = {"1.0 unversioned", "1.0", "2.0"};

static struct sockaddr_in address_of(struct endpoint e)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    MUST(inet_pton(AF_INET, "127.0.0.1", &address.sin_addr) == 1);
    address.sin_port = htons((uint16_t)atoi(strrchr(e.text, ':') + 1));
    return address;
}

static void give(int fd, const void *bytes, size_t size)
{
    MUST(send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size);
}

static void take(int fd, void *bytes, size_t size)
{
    MUST(recv(fd, bytes, size, MSG_WAITALL) == (ssize_t)size);
}

static void show(const char *what, const unsigned char *bytes, size_t size)
{
    printf("%s ", what);
    print_part(bytes, size);
    putchar('\n');
}

/* The old peer's greeting and routing id, and what it is given for them. Which of
 * our bytes come when is not told: only which. */
static void greet(int fd, enum old version, int type, const char *id, size_t expected)
{
    unsigned char frame[300], got[64];
    size_t at = 0, size = strlen(id);
    if (version != UNVERSIONED) {
        memcpy(frame, "\xff\0\0\0\0\0\0\0\1\x7f", 10);
        frame[10] = version == V2;
        frame[11] = (unsigned char)type;
        at = 12;
    }
    frame[at] = version == V2 ? 0 : (unsigned char)(size + 1);
    frame[at + 1] = version == V2 ? (unsigned char)size : 0;
    memcpy(frame + at + 2, id, size);
    give(fd, frame, at + 2 + size);
    take(fd, got, expected);
    show("it gets", got, expected);
}

static void give_frame(int fd, enum old version, const void *body, size_t size, int more)
{
    unsigned char header[10] = {0};
    size_t at = 2, count = version == V2 ? size : size + 1;
    if (count < (version == V2 ? 256u : 255u)) {
        header[version == V2 ? 1 : 0] = (unsigned char)count;
        header[version == V2 ? 0 : 1] = (unsigned char)more;
    } else {
        for (int i = 0; i < 8; i++)
            header[1 + i] = (unsigned char)(count >> (56 - 8 * i));
        header[0] = version == V2 ? (unsigned char)(more | 2) : 0xff;
        at = version == V2 ? 9 : 10;
        if (version != V2)
            header[9] = (unsigned char)more;
    }
    give(fd, header, at);
    give(fd, body, size);
}

static int call(struct endpoint e)
{
    struct sockaddr_in address = address_of(e);
    struct timeval limit = {10, 0};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(fd != -1 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    MUST(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static int answer_call(int listener)
{
    struct timeval limit = {10, 0};
    int fd = accept(listener, NULL, NULL);
    MUST(fd != -1 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    return fd;
}

/* How many bytes an old peer gets before the first message. */
static size_t greeting_of(enum old version, size_t id) { return version == UNVERSIONED ? 10 + id : 14 + id; }

static void routed(enum old version)
{
    static const char body[300] = "";
    unsigned char got[400];
    void *context = make_context(), *router = make(context, ZMQ_ROUTER);
    printf("-- %s: a DEALER that has a name, to a ROUTER\n", names[version]);
    MUST(zmq_setsockopt(router, ZMQ_ROUTING_ID, "us", 2) == 0);
    int fd = call(bind_any(router, "tcp"));
    greet(fd, version, ZMQ_DEALER, "old", greeting_of(version, 2));
    give_frame(fd, version, "one", 3, 0);
    give_frame(fd, version, "two", 3, 1);
    give_frame(fd, version, "", 0, 1);
    give_frame(fd, version, body, 300, 0);
    hear(router);
    hear(router);
    for (size_t size = 253; size < 257; size++) {
        give_frame(fd, version, body, size, 0);
        hear(router);
    }
    say(router, "old|answer|parts||");
    size_t short_headers = 2 * 4 + 11;
    take(fd, got, short_headers);
    show("it gets", got, short_headers);
    for (size_t size = 253; size < 257; size++) {
        MUST(zmq_send(router, "old", 3, ZMQ_SNDMORE) == 3 && zmq_send(router, body, size, 0) == (int)size);
        size_t header = size < (version == V2 ? 256 : 254) ? 2 : version == V2 ? 9 : 10;
        take(fd, got, header + size);
        show("it gets the header", got, header);
    }
    close(fd);
    shut(router);
    finish(context);
}

static void published(enum old version)
{
    unsigned char got[64];
    void *context = make_context(), *xpub = make(context, ZMQ_XPUB);
    printf("-- %s: a SUB, to an XPUB\n", names[version]);
    int fd = call(bind_any(xpub, "tcp"));
    greet(fd, version, ZMQ_SUB, "", greeting_of(version, 0));
    if (version != UNVERSIONED)
        give_frame(fd, version, "\1a", 2, 0);
    hear(xpub);
    say(xpub, "b");
    say(xpub, "apple|pie");
    if (version == UNVERSIONED) {
        take(fd, got, 3);
        show("it gets", got, 3);
    }
    take(fd, got, 12);
    show("it gets", got, 12);
    close(fd);
    if (version != UNVERSIONED)
        hear(xpub);
    shut(xpub);
    finish(context);
}

static void subscribed(enum old version)
{
    unsigned char got[64];
    void *context = make_context(), *sub = make(context, ZMQ_SUB);
    printf("-- %s: a PUB, to a SUB\n", names[version]);
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "a", 1) == 0);
    int fd = call(bind_any(sub, "tcp"));
    greet(fd, version, ZMQ_PUB, "", greeting_of(version, 0));
    hear_nothing(sub); /* libzmq subscribes when it is called */
    take(fd, got, 4);
    show("it gets", got, 4);
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "b", 1) == 0);
    MUST(zmq_setsockopt(sub, ZMQ_UNSUBSCRIBE, "a", 1) == 0);
    take(fd, got, 8);
    show("it gets", got, 8);
    give_frame(fd, version, "apple", 5, 0);
    give_frame(fd, version, "banana", 6, 1);
    give_frame(fd, version, "split", 5, 0);
    hear(sub);
    hear_nothing(sub);
    close(fd);
    shut(sub);
    finish(context);
}

/* We connect, to a REP that speaks second and is lost and found again. */
static void connected(enum old version)
{
    unsigned char got[64];
    void *context = make_context(), *req = make(context, ZMQ_REQ);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    struct endpoint e;
    printf("-- %s: a REP that is called\n", names[version]);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    MUST(inet_pton(AF_INET, "127.0.0.1", &address.sin_addr) == 1);
    MUST(bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 4) == 0);
    MUST(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    snprintf(e.text, sizeof e.text, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
    set_int(req, ZMQ_RECONNECT_IVL, 10);
    join(req, e);
    for (int round = 0; round < 2; round++) {
        int fd = answer_call(listener);
        greet(fd, version, ZMQ_REP, "", greeting_of(version, 0));
        say(req, "question");
        take(fd, got, 12);
        show("it gets", got, 12);
        give_frame(fd, version, "", 0, 1);
        give_frame(fd, version, "answer", 6, 0);
        hear(req);
        close(fd);
        let_happen(); /* until the loss is noticed */
    }
    close(listener);
    shut_now(req);
    finish(context);
}

/* What is no frame ends the connection, and nothing else. */
static void nonsense(enum old version)
{
    unsigned char got[64];
    void *context = make_context(), *pull = make(context, ZMQ_PULL);
    printf("-- %s: a frame without a length\n", names[version]);
    struct endpoint e = bind_any(pull, "tcp");
    int fd = call(e);
    greet(fd, version, ZMQ_PUSH, "", greeting_of(version, 0));
    give_frame(fd, version, "before", 6, 0);
    hear(pull);
    give(fd, "\0\0\0\0", 4);
    printf("it is %s\n", recv(fd, got, sizeof got, 0) <= 0 ? "hung up on" : "answered");
    close(fd);
    fd = call(e);
    greet(fd, version, ZMQ_PUSH, "", greeting_of(version, 0));
    give_frame(fd, version, "after", 5, 0);
    hear(pull);
    close(fd);
    shut(pull);
    finish(context);
}

int main(void)
{
    for (enum old version = UNVERSIONED; version <= V2; version++) {
        routed(version);
        published(version);
        subscribed(version);
        connected(version);
        if (version != V2)
            nonsense(version);
    }
    return 0;
}
