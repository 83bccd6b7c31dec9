// unwrapped: what a wrapper keeps of what was freed is no growth of ours
/* Peers that begin messages and never end them, again and again, and peers that
 * send a PUB what it never reads: memory stays level, and nothing is heard of it.
 * libzmq 4.3.4 has these mended. */
#include "../monitor/raw.h"

enum { PEERS = 100, PARTS = 200 };

static void shake_as(int fd, const char *type)
{
    static const char greeting[GREETING_SIZE] = GREETING("NULL");
    unsigned char bytes[256], ready[64] = "\4\0\5READY\x0bSocket-Type\0\0\0";
    size_t length = strlen(type), size = 23 + length;
    ready[1] = (unsigned char)(size - 2 + 1);
    ready[23] = (unsigned char)length;
    memcpy(ready + 24, type, length);
    send_all(fd, greeting, sizeof greeting);
    send_all(fd, (char *)ready, size + 1);
    MUST(raw_read(fd, bytes, GREETING_SIZE) && raw_read(fd, bytes, 2));
    MUST(raw_read(fd, bytes + 2, bytes[1]));
}

/* So many parts of 1,000 bytes with more to come; the last of all if `whole`. */
static void send_parts(int fd, int count, int whole)
{
    static char part[9 + 1000];
    for (int i = 0; i < count; i++) {
        memcpy(part, whole ? "\2\0\0\0\0\0\0\3\xe8" : "\3\0\0\0\0\0\0\3\xe8", 9);
        for (size_t sent = 0; sent < sizeof part;) {
            ssize_t n = send(fd, part + sent, sizeof part - sent, MSG_NOSIGNAL);
            if (n <= 0)
                return; /* it has been hung up on */
            sent += (size_t)n;
        }
    }
}

static void run(const char *what, int type, const char *peer, int whole)
{
    void *context = make_context(), *socket = make(context, type);
    struct endpoint place = bind_any(socket, "tcp");
    long before = 0, after, end;
    for (int i = 0; i < PEERS; i++) {
        int fd = raw_connect(place);
        shake_as(fd, peer);
        send_parts(fd, PARTS, whole);
        /* It is done with this one once it has hung up, too. */
        shutdown(fd, SHUT_WR);
        read_to_end(fd);
        if (type == ZMQ_PUB)
            say(socket, "to nobody");
        else
            MUST(zmq_recv(socket, (char[1]){0}, 1, ZMQ_DONTWAIT) == -1);
        if (i == PEERS / 10)
            before = resident_kb();
    }
    end = now_ms() + PATIENCE;
    while ((after = resident_kb()) > before + 8 * 1024 && now_ms() < end)
        pause_ms(20);
    printf("%s: memory stays level: %s\n", what, after <= before + 8 * 1024 ? "yes" : "no");
    if (type == ZMQ_PULL)
        hear_nothing(socket);
    shut_now(socket);
    finish(context);
}

int main(void)
{
    alarm(110);
    run("parts without an end", ZMQ_PULL, "PUSH", 0);
    run("parts to a PUB", ZMQ_PUB, "SUB", 0);
    run("messages to a PUB", ZMQ_PUB, "SUB", 1);
    return 0;
}
