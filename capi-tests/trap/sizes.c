/* Lengths that no message has, announced in every state of a connection, by every
 * version of the protocol, with and without ZMQ_MAXMSGSIZE: the process lives and
 * hears its other peers, and memory grows with the bytes that arrive, not with
 * those that are announced. libzmq 4.3.4 stands this, too. */
#include "../monitor/raw.h"

static const uint64_t sizes[] = {
    0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0x100000000, 100ull << 30, 1ull << 62,
    INT64_MAX, 1ull << 63, UINT64_MAX - 15, UINT64_MAX - 1, UINT64_MAX,
};

/* All of it, unless the other side has had enough. */
static void push(int fd, const void *bytes, size_t size)
{
    (void)!send(fd, bytes, size, MSG_NOSIGNAL);
}

static void push_size(int fd, unsigned char flags, uint64_t size)
{
    unsigned char header[9 + 1000] = {flags};
    for (int i = 0; i < 8; i++)
        header[1 + i] = (unsigned char)(size >> (56 - 8 * i));
    push(fd, header, sizeof header);
}

/* Up to where a peer goes before it announces too much. */
static const struct state { const char *name; int shakes; const char *bytes; size_t size; int flags; }
states[] = {
    {"at once, as version 1", 0, "", 0, 0xff},
    {"an identity of version 1", 0, "\1\0", 2, 0xff},
    {"a message of version 1", 0, "\1\0\2\0a", 5, 0xff},
    {"a message of version 2", 0, "\xff\0\0\0\0\0\0\0\1\x7f\1\5\0\0", 14, 2},
    {"READY", 0, NULL_GREETING "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 64, 6},
    {"a message", 1, "", 0, 2},
    {"the first of several parts", 1, "", 0, 3},
    {"a later part", 1, "\1\1a", 3, 2},
    {"a command", 1, "", 0, 6},
    {"a command between parts", 1, "\1\1a", 3, 6},
    {"a command with MORE", 1, "", 0, 7},
};

/* Whether the end comes. */
static int hung_up(int fd)
{
    char bytes[512];
    while (raw_await(fd, PATIENCE))
        if (recv(fd, bytes, sizeof bytes, 0) <= 0)
            return 1;
    return 0;
}

static void run(int64_t most)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    void *other = make(context, ZMQ_DEALER);
    char text[16];
    int fds[sizeof sizes / sizeof *sizes];
    MUST(zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, sizeof most) == 0);
    struct endpoint place = bind_any(socket, "tcp");
    join(other, place);
    long before = resident_kb(), grown = 0;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            int fd = fds[j] = raw_connect(place);
            if (states[i].shakes)
                raw_shake(fd);
            push(fd, states[i].bytes, states[i].size);
            push_size(fd, states[i].flags, sizes[j]);
            say(other, "hello");
            /* What came whole before is heard, too. */
            do
                MUST(zmq_recv(socket, text, sizeof text, 0) >= 0);
            while (memcmp(text, "hello", 5));
        }
        long now = resident_kb();
        grown = now - before > grown ? now - before : grown;
        int ended = 0, count = sizeof sizes / sizeof *sizes;
        /* What is beyond a limit is not waited for. */
        int refuses = most == 1000 && states[i].shakes;
        for (int j = 0; j < count; j++) {
            ended += refuses && hung_up(fds[j]);
            close(fds[j]);
        }
        if (refuses)
            printf("limit %lld, %s: all refused: %s\n", (long long)most, states[i].name,
                   ended == count ? "yes" : "no");
    }
    printf("limit %lld: memory stays level: %s\n", (long long)most, grown < 40000 ? "yes" : "no");
    shut_now(other);
    shut_now(socket);
    finish(context);
}

int main(void)
{
    alarm(60);
    run(-1);
    run(1000);
    run(1ll << 40);
    return 0;
}
