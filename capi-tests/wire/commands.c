/* Commands after the handshake, byte by byte: those that every peer understands, that
 * are for other types, that nobody knows, and that are broken. For each is told what
 * the peer is answered, what the application hears, and whether they stay connected.
 * Subscriptions are told to publishers here, and to others in `subscribe_command`. */
#include "../monitor/raw.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *what, *bytes;
    size_t size;
} commands[] = {
    {"READY", BYTES("\4\6\5READY")},
    {"ERROR", BYTES("\4\x0a\5ERROR\003400")},
    {"a name nobody knows", BYTES("\4\4\3FOO")},
    {"a name of no letters", BYTES("\4\1\0")},
    {"a name of no letters with something behind", BYTES("\4\3\0ab")},
    {"a name that is cut off", BYTES("\4\3\5RE")},
    {"a name longer than can be", BYTES("\4\3\xffRE")},
    {"a message with a command's body", BYTES("\0\7\4PING\0\0")},
    {"a command that is to go on", BYTES("\5\4\3FOO")},
    {"a command with a long length", BYTES("\6\0\0\0\0\0\0\0\4\3FOO")},
    {"a command with flags that do not exist", BYTES("\xfc\4\3FOO")},
    {"PING", BYTES("\4\7\4PING\0\0")},
    {"PING with a context", BYTES("\4\x0a\4PING\0\0abc")},
    {"PING with 16 bytes", BYTES("\4\x17\4PING\0\0" "0123456789abcdef")},
    {"PING with 17 bytes", BYTES("\4\x18\4PING\0\0" "0123456789abcdefg")},
    {"two PINGs", BYTES("\4\7\4PING\0\0\4\x08\4PING\0\0a")},
    {"ping", BYTES("\4\7\4ping\0\0")},
    {"PONG that was not asked for", BYTES("\4\5\4PONG")},
    {"PONG with a context", BYTES("\4\x08\4PONGabc")},
    {"SUBSCRIBE", BYTES("\4\x0b\x09SUBSCRIBEB")},
    {"SUBSCRIBE to everything", BYTES("\4\x0a\x09SUBSCRIBE")},
    {"SUBSCRIBE twice", BYTES("\4\x0b\x09SUBSCRIBEB\4\x0b\x09SUBSCRIBEB")},
    {"SUBSCRIBE with half of its name", BYTES("\4\5\x09SUBS")},
    {"SUBSCRIBE with a long length", BYTES("\6\0\0\0\0\0\0\0\x0b\x09SUBSCRIBEB")},
    {"CANCEL of nothing", BYTES("\4\x08\6CANCELB")},
    {"SUBSCRIBE, then CANCEL", BYTES("\4\x0b\x09SUBSCRIBEB\4\x08\6CANCELB")},
    {"CANCEL with half of its name", BYTES("\4\4\6CAN")},
    {"a subscription as a message", BYTES("\0\2\1B")},
    {"the end of one as a message", BYTES("\0\2\0B")},
    {"a message that is no subscription", BYTES("\0\2\2B")},
    {"an empty message", BYTES("\0\0")},
    {"a message with flags that do not exist", BYTES("\xf8\2\2B")},
    {"a message of two frames", BYTES("\1\1a\0\1b")},
    {"a command between two frames", BYTES("\1\1a\4\4\3FOO\0\1b")},
    {"PING between two frames", BYTES("\1\1a\4\7\4PING\0\0\0\1b")},
    {"SUBSCRIBE between two frames", BYTES("\1\1a\4\x0b\x09SUBSCRIBEB\0\1b")},
    {"JOIN", BYTES("\4\6\4JOINg")},
    {"LEAVE", BYTES("\4\7\5LEAVEg")},
    {"2^63-1 bytes", BYTES("\6\x7f\xff\xff\xff\xff\xff\xff\xff")},
    {"2^64-1 bytes", BYTES("\6\xff\xff\xff\xff\xff\xff\xff\xff")},
};

static const struct {
    int type;
    const char *name, *peer;
    int size;
} types[] = {
    {ZMQ_DEALER, "DEALER", "DEALER", 6}, {ZMQ_PULL, "PULL", "PUSH", 4},
    {ZMQ_PAIR, "PAIR", "PAIR", 4},       {ZMQ_SUB, "SUB", "PUB", 3},
    {ZMQ_XSUB, "XSUB", "PUB", 3},        {ZMQ_PUB, "PUB", "SUB", 3},
    {ZMQ_XPUB, "XPUB", "SUB", 3},        {ZMQ_PUSH, "PUSH", "PULL", 4},
};

/* The peer's side of a handshake of ZMTP 3 with this minor version. */
static void shake(int fd, int minor, const char *type, int size)
{
    char bytes[GREETING_SIZE] = NULL_GREETING, ready[64];
    bytes[11] = (char)minor;
    send_all(fd, bytes, sizeof bytes);
    memcpy(ready, "\4\0\5READY\x0bSocket-Type\0\0\0", 23);
    ready[1] = (char)(22 + size);
    ready[23] = (char)size;
    memcpy(ready + 24, type, size);
    send_all(fd, ready, 24 + size);
    MUST(raw_read(fd, bytes, sizeof bytes));
    MUST(raw_read(fd, bytes, 2));
    MUST(raw_read(fd, ready, bytes[1]));
}

/* Tells what comes up to the answer to the last PING; 0 if the stream ends before. */
static int tell_answers(int fd)
{
    unsigned char header[2], body[256];
    while (raw_read(fd, header, 2)) {
        MUST(raw_read(fd, body, header[1]));
        if (header[1] == 8 && !memcmp(body, "\4PONGend", 8))
            return 1;
        /* When a subscriber subscribes is another matter. */
        if (body[0] != 4)
            continue;
        printf("  it gets %d ", header[0]);
        print_part(body, header[1]);
        puts("");
    }
    puts("  it is hung up on");
    return 0;
}

/* Tells what the application hears, up to the peer's last message. */
static void tell_heard(void *socket, int type)
{
    char text[64];
    if (type == ZMQ_PUB || type == ZMQ_PUSH)
        return;
    for (;;) {
        int size = zmq_recv(socket, text, sizeof text, 0);
        MUST(size >= 0);
        int more = get_int(socket, ZMQ_RCVMORE);
        if (size >= 4 && !memcmp(text + size - 4, "Bend", 4))
            return;
        printf("  heard ");
        print_part((unsigned char *)text, size);
        puts(more ? " and more" : "");
    }
}

static void try(void *context, int minor, size_t t, size_t c)
{
    int type = types[t].type, subscribes = type == ZMQ_PUB || type == ZMQ_XPUB;
    if (!subscribes && (strstr(commands[c].what, "SUBSCRIBE") || strstr(commands[c].what, "CANCEL")))
        return;
    void *socket = make(context, type);
    printf("%s, 3.%d: %s\n", types[t].name, minor, commands[c].what);
    if (type == ZMQ_SUB)
        MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) == 0);
    struct endpoint e = bind_any(socket, "tcp");
    int fd = raw_connect(e);
    shake(fd, minor, types[t].peer, types[t].size);
    send_all(fd, commands[c].bytes, commands[c].size);
    if (subscribes)
        (void)!send(fd, "\4\x0e\x09SUBSCRIBEBend", 16, MSG_NOSIGNAL);
    else
        (void)!send(fd, "\0\4Bend", 6, MSG_NOSIGNAL);
    (void)!send(fd, "\4\x0a\4PING\0\0end", 12, MSG_NOSIGNAL);
    MUST(shutdown(fd, SHUT_WR) == 0 || errno == ENOTCONN);
    if (tell_answers(fd))
        tell_heard(socket, type);
    close(fd);
    shut_now(socket);
}

int main(void)
{
    void *context = make_context();
    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (size_t c = 0; c < sizeof commands / sizeof *commands; c++)
            for (int minor = 0; minor < 2; minor++)
                try(context, minor, t, c);
    finish(context);
    return 0;
}
