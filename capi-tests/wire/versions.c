/* Every pair of types that may be connected, over tcp and ipc, with either side bound,
 * with a peer of every version of ZMTP, which is played byte by byte: what it is sent
 * and what is heard of it, for bodies around the lengths where headers change. */
#include <netinet/tcp.h>
#include <sys/un.h>

#include "../monitor/raw.h"

enum version { UNVERSIONED, V1_0, V2_0, V3_0, V3_1, VERSIONS };
static const char *names[] = {"1.0 unversioned", "1.0", "2.0", "3.0", "3.1"};

enum way { HEARS = 1, SAYS = 2, BOTH = 3, ASKS = 4, PUBLISHES, SUBSCRIBES };

#define TYPE(name) ZMQ_##name, #name
static const struct pair {
    int ours;
    const char *our_name;
    int theirs;
    const char *their_name;
    enum way way;
} pairs[] = {
    {TYPE(PUSH), TYPE(PULL), SAYS},      {TYPE(PULL), TYPE(PUSH), HEARS},
    {TYPE(PAIR), TYPE(PAIR), BOTH},      {TYPE(DEALER), TYPE(DEALER), BOTH},
    {TYPE(DEALER), TYPE(ROUTER), BOTH},  {TYPE(DEALER), TYPE(REP), BOTH},
    {TYPE(ROUTER), TYPE(DEALER), BOTH},  {TYPE(ROUTER), TYPE(ROUTER), BOTH},
    {TYPE(ROUTER), TYPE(REQ), BOTH},     {TYPE(REP), TYPE(REQ), BOTH},
    {TYPE(REP), TYPE(DEALER), BOTH},     {TYPE(REQ), TYPE(REP), ASKS},
    {TYPE(REQ), TYPE(ROUTER), ASKS},     {TYPE(PUB), TYPE(SUB), PUBLISHES},
    {TYPE(PUB), TYPE(XSUB), PUBLISHES},  {TYPE(XPUB), TYPE(SUB), PUBLISHES},
    {TYPE(XPUB), TYPE(XSUB), PUBLISHES}, {TYPE(SUB), TYPE(PUB), SUBSCRIBES},
    {TYPE(SUB), TYPE(XPUB), SUBSCRIBES}, {TYPE(XSUB), TYPE(PUB), SUBSCRIBES},
    {TYPE(XSUB), TYPE(XPUB), SUBSCRIBES},
};

/* A conversation: our socket, its peer's descriptor, and how they talk. */
struct talk {
    const struct pair *pair;
    enum version version;
    void *socket;
    int fd;
};

/* ------------------------------------------------------------- the peer's bytes */

static void give_frame(const struct talk *t, const void *body, size_t size, int more)
{
    unsigned char header[10] = {0};
    size_t at = 2, count = t->version >= V2_0 ? size : size + 1;
    int big = count >= (t->version >= V2_0 ? 256u : 255u);
    if (big) {
        at = t->version >= V2_0 ? 9 : 10;
        for (int i = 0; i < 8; i++)
            header[1 + i] = (unsigned char)(count >> (56 - 8 * i));
    }
    if (t->version >= V2_0) {
        header[0] = (unsigned char)(more | (big ? 2 : 0));
        if (!big)
            header[1] = (unsigned char)count;
    } else {
        header[0] = big ? 0xff : (unsigned char)count;
        header[at - 1] = (unsigned char)more;
    }
    send_all(t->fd, (char *)header, at);
    send_all(t->fd, body, size);
}

/* The next frame's body; tells whether more follow, and whether it is a command. */
static size_t take_frame(const struct talk *t, void *body, size_t room, int *more, int *command)
{
    unsigned char header[10];
    MUST(raw_read(t->fd, header, 2));
    uint64_t size = 0;
    int big = t->version >= V2_0 ? header[0] & 2 : header[0] == 0xff;
    size_t at = !big ? 2 : t->version >= V2_0 ? 9 : 10;
    MUST(raw_read(t->fd, header + 2, at - 2));
    for (size_t i = 1; big && i < 9; i++)
        size = size << 8 | header[i];
    if (!big)
        size = t->version >= V2_0 ? header[1] : header[0];
    int flags = t->version >= V2_0 ? header[0] : header[at - 1];
    if (t->version < V2_0)
        size--;
    /* never longer than need be, no flag that does not exist */
    MUST((!big || size >= (t->version >= V2_0 ? 256 : 254)) && size <= room);
    MUST(!(flags & ~(t->version >= V3_0 ? 7 : t->version == V2_0 ? 3 : 1)));
    MUST(raw_read(t->fd, body, size));
    *more = flags & 1;
    *command = t->version >= V3_0 && flags & 4;
    return size;
}

/* The peer's part of the handshake; it has a name. */
static void shake(const struct talk *t)
{
    char bytes[GREETING_SIZE] = "\xff\0\0\0\0\0\0\0\1\x7f", got[256];
    int more, command;
    if (t->version >= V3_0) {
        size_t type = strlen(t->pair->their_name);
        memcpy(bytes, NULL_GREETING, sizeof NULL_GREETING - 1);
        bytes[11] = t->version == V3_1;
        send_all(t->fd, bytes, sizeof bytes);
        size_t size = 22 + type + 16;
        snprintf(got, sizeof got, "\4%c\5READY\x0bSocket-Type", (int)size);
        memcpy(got + 20, "\0\0\0", 3);
        got[23] = (char)type;
        memcpy(got + 24, t->pair->their_name, type);
        memcpy(got + 24 + type, "\x08Identity\0\0\0\3old", 16);
        send_all(t->fd, got, 2 + size);
        MUST(raw_read(t->fd, bytes, sizeof bytes));
        take_frame(t, got, sizeof got, &more, &command);
        MUST(command && !more && !memcmp(got, "\5READY", 6));
        return;
    }
    if (t->version != UNVERSIONED) {
        bytes[10] = t->version == V2_0;
        bytes[11] = (char)t->pair->theirs;
        send_all(t->fd, bytes, 12);
    }
    give_frame(t, "old", 3, 0);
    MUST(raw_read(t->fd, got, 10));
    if (t->version != UNVERSIONED) {
        MUST(raw_read(t->fd, got, 2) && got[0] == 3 && got[1] == t->pair->ours);
        MUST(take_frame(t, got, sizeof got, &more, &command) == 0 && !more);
    }
}

/* ------------------------------------------------------------- messages */

enum { MESSAGES = 8, MOST = 9000 };

static size_t size_of(int number, int part)
{
    static const size_t sizes[] = {0, 253, 1, 254, 255, 2, 252, 256, 300, MOST};
    return sizes[(number * 3 + part) % 10];
}

static const char *body_of(int number, int part)
{
    static char body[MOST];
    memset(body, 'a' + (number * 7 + part) % 26, sizeof body);
    return body;
}

/* What goes before the parts of a message on the wire: a topic, or a delimiter. */
static const char *prefix(const struct pair *p)
{
    int asked = p->ours == ZMQ_REQ || p->ours == ZMQ_REP || p->theirs == ZMQ_REQ || p->theirs == ZMQ_REP;
    return p->way >= PUBLISHES ? "apple" : asked ? "" : NULL;
}

/* What the application sees of it: a REQ and a REP deal with it themselves. */
static const char *seen_prefix(const struct pair *p)
{
    return p->ours == ZMQ_REQ || p->ours == ZMQ_REP ? NULL : prefix(p);
}

static void peer_says(const struct talk *t, int number)
{
    const char *first = prefix(t->pair);
    if (first)
        give_frame(t, first, strlen(first), 1);
    for (int part = 0; part <= number % 3; part++)
        give_frame(t, body_of(number, part), size_of(number, part), part < number % 3);
}

static void peer_hears_frame(const struct talk *t, const char *body, size_t size, int more)
{
    static char got[MOST];
    int goes_on, command;
    size_t have;
    do /* questions whether it hears may still come */
        have = take_frame(t, got, sizeof got, &goes_on, &command);
    while (t->pair->way == PUBLISHES && have == 2 && !memcmp(got, "a?", 2));
    MUST(!command && goes_on == more && have == size && !memcmp(got, body, size));
}

static void peer_hears(const struct talk *t, int number)
{
    const char *first = prefix(t->pair);
    if (first)
        peer_hears_frame(t, first, strlen(first), 1);
    for (int part = 0; part <= number % 3; part++)
        peer_hears_frame(t, body_of(number, part), size_of(number, part), part < number % 3);
}

static void send_part(const struct talk *t, const void *body, size_t size, int more)
{
    MUST(zmq_send(t->socket, body, size, more ? ZMQ_SNDMORE : 0) == (int)size);
}

static void we_say(const struct talk *t, int number)
{
    const char *first = seen_prefix(t->pair);
    if (t->pair->ours == ZMQ_ROUTER)
        send_part(t, "old", 3, 1);
    if (first)
        send_part(t, first, strlen(first), 1);
    for (int part = 0; part <= number % 3; part++)
        send_part(t, body_of(number, part), size_of(number, part), part < number % 3);
}

static void hear_part(const struct talk *t, const char *body, size_t size, int more)
{
    static char got[MOST];
    MUST(zmq_recv(t->socket, got, sizeof got, 0) == (int)size && !memcmp(got, body, size));
    MUST(get_int(t->socket, ZMQ_RCVMORE) == more);
}

static void we_hear(const struct talk *t, int number)
{
    const char *first = seen_prefix(t->pair);
    if (t->pair->ours == ZMQ_ROUTER)
        hear_part(t, "old", 3, 1);
    if (first)
        hear_part(t, first, strlen(first), 1);
    for (int part = 0; part <= number % 3; part++)
        hear_part(t, body_of(number, part), size_of(number, part), part < number % 3);
}

/* The peer wants what begins with an "a", and is known to. */
static void peer_subscribes(const struct talk *t)
{
    if (t->version == V3_1)
        send_all(t->fd, "\4\x0b\x09SUBSCRIBEa", 13);
    else if (t->version != UNVERSIONED) /* which wants everything */
        give_frame(t, "\1a", 2, 0);
    if (t->pair->ours == ZMQ_XPUB)
        hear_part(t, "\1a", t->version == UNVERSIONED ? 1 : 2, 0);
    else
        do
            send_part(t, "a?", 2, 0);
        while (!raw_await(t->fd, 20));
}

static void we_subscribe(const struct talk *t)
{
    if (t->pair->ours == ZMQ_SUB)
        MUST(zmq_setsockopt(t->socket, ZMQ_SUBSCRIBE, "a", 1) == 0);
    else
        send_part(t, "\1a", 2, 0);
}

static void peer_hears_subscription(const struct talk *t)
{
    char got[32];
    int more, command;
    size_t size = take_frame(t, got, sizeof got, &more, &command);
    MUST(!more && command == (t->version == V3_1));
    MUST(size == (command ? 11 : 2) && !memcmp(got, command ? "\x09SUBSCRIBEa" : "\1a", size));
}

static void talk(const struct talk *t)
{
    enum way way = t->pair->way;
    if (way == PUBLISHES)
        peer_subscribes(t);
    for (int number = 0; number < MESSAGES; number++) {
        snprintf(about, sizeof about, "message %d", number);
        if (way == ASKS || way == PUBLISHES) {
            we_say(t, number);
            peer_hears(t, number);
        }
        if (way != SAYS && way != PUBLISHES) {
            peer_says(t, number);
            we_hear(t, number);
        }
        if (way == SAYS || way == BOTH) {
            we_say(t, number);
            peer_hears(t, number);
        }
        if (way == SUBSCRIBES && number == 0)
            peer_hears_subscription(t); /* libzmq subscribes when it is called */
    }
}

/* ------------------------------------------------------------- connections */

static int ipc_socket(struct endpoint e, struct sockaddr_un *address)
{
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    snprintf(address->sun_path, sizeof address->sun_path, "%.100s", e.text + strlen("ipc://"));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    MUST(fd >= 0);
    return fd;
}

static int call(struct endpoint e, int is_tcp)
{
    struct sockaddr_un address;
    if (is_tcp)
        return raw_connect(e);
    int fd = ipc_socket(e, &address);
    MUST(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static int listen_for_us(struct endpoint *e, int is_tcp)
{
    static int serial;
    struct sockaddr_un address;
    if (is_tcp)
        return raw_listen(e);
    snprintf(e->text, sizeof e->text, "ipc://peer-%d", serial++);
    int fd = ipc_socket(*e, &address);
    MUST(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0);
    return fd;
}

static void meet(void *context, const struct pair *pair, enum version version, int is_tcp, int bound)
{
    strcpy(about, "the connection");
    struct talk t = {pair, version, make(context, pair->ours), -1};
    struct endpoint e;
    int listener = -1;
    if (pair->way == SUBSCRIBES)
        we_subscribe(&t);
    if (bound) {
        t.fd = call(bind_own(t.socket, is_tcp ? "tcp" : "ipc"), is_tcp);
    } else {
        listener = listen_for_us(&e, is_tcp);
        join(t.socket, e);
        t.fd = raw_accept(listener);
    }
    int at_once = 1; /* a header does not wait until what was before it is acknowledged */
    MUST(!is_tcp || setsockopt(t.fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once) == 0);
    strcpy(about, "the handshake");
    shake(&t);
    talk(&t);
    if (listener >= 0)
        close(listener);
    shut_now(t.socket);
    close(t.fd);
    printf(" %s %s", is_tcp ? "tcp" : "ipc", bound ? "bound" : "connected");
}

int main(void)
{
    void *context = make_context();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (enum version version = UNVERSIONED; version < VERSIONS; version++) {
            printf("%s - %s of %s:", pairs[i].our_name, pairs[i].their_name, names[version]);
            for (int how = 0; how < 4; how++)
                meet(context, &pairs[i], version, how < 2, how % 2 == 0);
            puts("");
        }
    finish(context);
    return 0;
}
