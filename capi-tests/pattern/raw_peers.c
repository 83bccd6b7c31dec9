/* Publishers and subscribers facing bytes: subscriptions as messages (ZMTP 3.0)
 * and as commands (3.1), whichever the peer's greeting named; what is malformed
 * ends that connection, or is passed over, and harms nobody else. */
#include "../monitor/raw.h"
#include "topics.h"

static void *context;

static void show(const char *what, const unsigned char *bytes, size_t size)
{
    printf("%s ", what);
    print_part(bytes, size);
    putchar('\n');
}

static void greet(int fd, int minor, const char *type)
{
    unsigned char bytes[GREETING_SIZE] = {0}, ready[256];
    memcpy(bytes, NULL_GREETING, sizeof NULL_GREETING - 1);
    bytes[11] = (unsigned char)minor;
    send_all(fd, (char *)bytes, sizeof bytes);
    MUST(raw_read(fd, bytes, sizeof bytes));
    show("its greeting", bytes, sizeof bytes);
    size_t size = 0, length = strlen(type);
    ready[size++] = 4;
    ready[size++] = (unsigned char)(6 + 12 + 4 + length);
    memcpy(ready + size, "\5READY\x0bSocket-Type\0\0\0", 21), size += 21;
    ready[size++] = (unsigned char)length;
    memcpy(ready + size, type, length), size += length;
    send_all(fd, (char *)ready, size);
    MUST(raw_read(fd, ready, 2) && ready[0] == 4);
    MUST(raw_read(fd, ready + 2, ready[1]));
    show("its READY", ready + 2, ready[1]);
}

static void read_frame(int fd)
{
    unsigned char head[2], body[256];
    MUST(raw_read(fd, head, 2) && raw_read(fd, body, head[1]));
    printf("flags %d, ", head[0]);
    show("a frame", body, head[1]);
}

/* libzmq's XSUB sends messages also where commands are understood. */
static void read_subscription(int fd, int type)
{
    unsigned char head[2], body[256];
    if (type == ZMQ_SUB) {
        read_frame(fd);
        return;
    }
    MUST(raw_read(fd, head, 2) && raw_read(fd, body, head[1]));
    size_t skip = !(head[0] & 4) ? 1 : *body == 9 ? 10 : 7;
    int on = skip == 1 ? *body : *body == 9;
    show(on ? "wants" : "does not want", body + skip, head[1] - skip);
}

#define BYTES(text) (text), sizeof(text) - 1

static void subscribe(int minor, int type, const char *peer)
{
    void *pub = make(context, type);
    struct endpoint e = bind_any(pub, "tcp");
    int fd = raw_connect(e);
    printf("-- %s subscribes in 3.%d\n", peer, minor);
    greet(fd, minor, peer);
    send_all(fd, BYTES("\0\2\1A"));
    send_all(fd, BYTES("\4\x0b\x09SUBSCRIBEB"));
    send_all(fd, BYTES("\4\x0a\x09SUBSCRIBE"));
    send_all(fd, BYTES("\4\x0a\6CANCELxyz"));
    send_all(fd, BYTES("\4\7\6CANCEL"));
    send_all(fd, BYTES("\0\2\1Z"));
    if (type == ZMQ_XPUB)
        for (int i = 0; i < 6; i++)
            hear(pub);
    else
        do
            say(pub, "Z");
        while (!raw_await(fd, 5));
    say(pub, "A1|A2");
    say(pub, "C");
    say(pub, "BOL");
    unsigned char byte[3];
    while (type == ZMQ_PUB && recv(fd, byte, 3, MSG_PEEK) == 3 && byte[2] == 'Z')
        MUST(raw_read(fd, byte, 3));
    for (int i = 0; i < 3; i++)
        read_frame(fd);
    send_all(fd, BYTES("\0\2\0A"));
    send_all(fd, BYTES("\4\x08\6CANCELB"));
    if (type == ZMQ_XPUB)
        hear(pub), hear(pub);
    send_all(fd, BYTES("\0\5hello"));
    send_all(fd, BYTES("\1\1a\0\2bc"));
    if (type == ZMQ_XPUB)
        hear(pub), hear(pub);
    send_all(fd, BYTES("\0\2\1L"));
    if (type == ZMQ_XPUB)
        hear(pub);
    else
        do
            say(pub, "L");
        while (!raw_await(fd, 5));
    say(pub, "A"), say(pub, "B"), say(pub, "Last");
    if (type == ZMQ_XPUB)
        read_frame(fd);
    close(fd);
    if (type == ZMQ_XPUB)
        hear(pub), hear(pub);
    shut_now(pub);
}

/* What a subscriber says of itself, SUB's byte for byte. */
static void publish(int minor, int type)
{
    void *sub = make(context, type);
    struct endpoint e = bind_any(sub, "tcp");
    printf("-- a publisher of 3.%d, and %s\n", minor, type == ZMQ_SUB ? "SUB" : "XSUB");
    want(sub, "before", 1);
    int fd = raw_connect(e);
    greet(fd, minor, "PUB");
    while (!raw_await(fd, 5))
        get_int(sub, ZMQ_EVENTS);
    read_subscription(fd, type);
    want(sub, "A", 1);
    read_subscription(fd, type);
    want(sub, "", 1);
    read_subscription(fd, type);
    want(sub, "before", 0);
    read_subscription(fd, type);
    want(sub, "", 0);
    read_subscription(fd, type);
    char topic[246] = "";
    for (int size = 240; size <= 245; size++) {
        memset(topic, 't', size);
        want(sub, topic, 1);
        read_subscription(fd, type);
    }
    send_all(fd, BYTES("\0\4ALOL"));
    hear(sub);
    send_all(fd, BYTES("\0\1x\1\1A\0\1B\0\2AB"));
    hear(sub), hear(sub);
    if (type == ZMQ_XSUB)
        hear(sub);
    /* What only a subscriber says is passed over. */
    if (type == ZMQ_SUB) /* libzmq's XSUB receives it */
        send_all(fd, BYTES("\4\x0b\x09SUBSCRIBEB\0\2AC")), hear(sub);
    close(fd);
    shut_now(sub);
}

/* Commands that nobody knows, or that are cut short, from one peer of two. */
static void malformed(const char *what, const char *bytes, size_t size)
{
    void *xpub = make(context, ZMQ_XPUB), *sub = make(context, ZMQ_SUB);
    struct endpoint e = bind_any(xpub, "tcp");
    printf("-- %s\n", what);
    want(sub, "good", 1);
    join(sub, e);
    hear(xpub);
    int fd = raw_connect(e);
    greet(fd, 1, "SUB");
    send_all(fd, BYTES("\0\2\1F"));
    hear(xpub);
    send_all(fd, bytes, size);
    send_all(fd, BYTES("\0\2\1G"));
    hear(xpub);
    say(xpub, "good");
    hear(sub);
    close(fd);
    shut_now(sub), shut_now(xpub);
}

int main(void)
{
    context = make_context();
    for (int minor = 0; minor < 2; minor++) {
        subscribe(minor, ZMQ_XPUB, "SUB");
        subscribe(minor, ZMQ_XPUB, "XSUB");
        subscribe(minor, ZMQ_PUB, "SUB");
        publish(minor, ZMQ_SUB);
        publish(minor, ZMQ_XSUB);
    }
    malformed("an unknown command", BYTES("\4\6\5HELLO"));
    malformed("a command without its name", BYTES("\4\0"));
    malformed("a command whose name is too long", BYTES("\4\3\x09SU"));
    malformed("a subscription by a lower-case name", BYTES("\4\x0b\x09subscribeB"));
    finish(context);
    return 0;
}
