/* Bytes at random in both directions that connections are made in: from servers that a
 * SUB, a DEALER or a STREAM connects to, and from peers that a PUB has let in, with lengths
 * and flags that are well-formed, too. What is made of them is received or dropped, and
 * whoever is honest is served meanwhile and afterwards. */
#include "../monitor/raw.h"

static const char greeting[GREETING_SIZE] = NULL_GREETING;
static unsigned state = 2463534242u;

static unsigned below(unsigned most)
{
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return state % most;
}

/* Any bytes, small ones, or frames whose headers are right. */
static void fill(char *bytes, size_t size, int kind)
{
    if (kind < 2)
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)below(kind ? 8 : 256);
    for (size_t at = 0; kind == 2 && at < size;) {
        size_t length = below(200), left = size - at - 1;
        bytes[at++] = (char)(below(8) ? below(2) : 4); /* now and then a command */
        if (left > 0)
            bytes[at++] = (char)length;
        for (size_t i = 0; i < length && at < size; i++)
            bytes[at++] = (char)below(256);
    }
}

/* How many bytes of all that is there now are received. */
static size_t drain(void *socket)
{
    size_t bytes = 0;
    zmq_msg_t part;
    MUST(zmq_msg_init(&part) == 0);
    while (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) != -1)
        bytes += zmq_msg_size(&part);
    MUST(zmq_msg_close(&part) == 0);
    return bytes;
}

/* Sends all of it, or as far as it is taken before the other side hangs up; what
 * arrives meanwhile is received. */
static void feed(int fd, const char *bytes, size_t size, void *receiver)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent == -1 && errno != EAGAIN)
            return;
        if (sent > 0)
            bytes += sent, size -= (size_t)sent;
        else
            drain(receiver), raw_await(fd, 1);
    }
}

/* Ends its side and reads until the other does. */
static void hang_up(int fd, void *receiver)
{
    char rest[512];
    shutdown(fd, SHUT_WR);
    for (long long end = now_ms() + PATIENCE;;) {
        drain(receiver); /* what stands in the way of its being read */
        ssize_t got = recv(fd, rest, sizeof rest, MSG_DONTWAIT);
        if (got == 0 || (got == -1 && errno != EAGAIN))
            break;
        MUST(now_ms() < end);
        if (got == -1)
            raw_await(fd, 1);
    }
    close(fd);
}

#define PUB_READY "\4\x18\5READY\x0bSocket-Type\0\0\0\3PUB"
#define SUB_READY "\4\x18\5READY\x0bSocket-Type\0\0\0\3SUB"

/* Says this until it is heard. */
static void hears(void *socket, void *honest, const char *text)
{
    char got[32] = "";
    long long end = now_ms() + PATIENCE;
    do {
        MUST(now_ms() < end);
        say(honest, text);
        while (await(socket, ZMQ_POLLIN, 5) && strcmp(got, text)) {
            zmq_msg_t part;
            MUST(zmq_msg_init(&part) == 0 && zmq_msg_recv(&part, socket, 0) >= 0);
            if (zmq_msg_size(&part) == strlen(text))
                memcpy(got, zmq_msg_data(&part), strlen(text));
            MUST(zmq_msg_close(&part) == 0);
        }
    } while (strcmp(got, text));
}

/* Sockets that connect to a server that is none, and to an honest one. */
static void server_that_is_none(void *context, const char *what, int type, size_t head)
{
    static char bytes[1 << 20];
    int sub = type == ZMQ_SUB;
    struct endpoint e;
    int listener = raw_listen(&e);
    void *honest = make(context, sub ? ZMQ_PUB : ZMQ_DEALER);
    struct endpoint good = bind_any(honest, "tcp");
    for (int i = 0; i < 31; i++) {
        void *socket = make(context, type);
        if (sub)
            MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) == 0);
        set_int(socket, ZMQ_RECONNECT_IVL, -1);
        join(socket, e);
        join(socket, good);
        int fd = raw_accept(listener);
        size_t size = i == 30 ? sizeof bytes : 600;
        fill(bytes, size, i % 3);
        feed(fd, greeting, head ? sizeof greeting : 0, socket);
        feed(fd, sub ? PUB_READY : DEALER_READY, head < 2 ? 0 : sub ? sizeof PUB_READY - 1 : READY_SIZE, socket);
        feed(fd, bytes, size, socket);
        hang_up(fd, socket);
        hears(socket, honest, "still here");
        shut_now(socket);
    }
    printf("%s: hears the honest one\n", what);
    close(listener);
    shut_now(honest);
}

/* All of it is heard, whatever it is. */
static void stream_connects(void *context)
{
    static char bytes[1 << 20];
    struct endpoint e;
    int listener = raw_listen(&e);
    void *socket = make(context, ZMQ_STREAM);
    set_int(socket, ZMQ_STREAM_NOTIFY, 0);
    set_int(socket, ZMQ_RECONNECT_IVL, -1);
    join(socket, e);
    int fd = raw_accept(listener);
    size_t names = 0, heard = 0;
    fill(bytes, sizeof bytes, 0);
    for (size_t sent = 0; sent < sizeof bytes; sent += 4096)
        send_all(fd, bytes + sent, 4096);
    while (heard < sizeof bytes) {
        static char part[1 << 16];
        int size = zmq_recv(socket, part, sizeof part, 0);
        MUST(size > 0 && get_int(socket, ZMQ_RCVMORE));
        names += (size_t)size;
        size = zmq_recv(socket, part, sizeof part, 0);
        MUST(size > 0 && size <= (int)sizeof part && !get_int(socket, ZMQ_RCVMORE));
        MUST(!memcmp(part, bytes + heard, (size_t)size));
        heard += (size_t)size;
    }
    printf("STREAM: hears all, from %s\n", names % 5 ? "somebody else" : "whom it made a name for");
    close(fd);
    close(listener);
    shut_now(socket);
}

/* A PUB with an honest SUB and another peer, which subscribes to what not. */
static void listener(void *context, size_t head)
{
    static char bytes[265000];
    int64_t most = 64 << 20;
    char text[32];
    void *pub = make(context, ZMQ_PUB), *sub = make(context, ZMQ_SUB);
    MUST(zmq_setsockopt(pub, ZMQ_MAXMSGSIZE, &most, sizeof most) == 0);
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "honest", 6) == 0);
    struct endpoint e = bind_any(pub, "tcp");
    join(sub, e);
    do
        say(pub, "honest?");
    while (!await(sub, ZMQ_POLLIN, 5));
    for (int i = 0; i < 30; i++) {
        int fd = raw_connect(e);
        size_t size = i >= 27 ? sizeof bytes : 600;
        fill(bytes, size, i % 3);
        feed(fd, greeting, head ? sizeof greeting : 0, sub);
        feed(fd, SUB_READY, head > 1 ? sizeof SUB_READY - 1 : 0, sub);
        feed(fd, bytes, size, sub);
        snprintf(text, sizeof text, "honest %d", i);
        hears(sub, pub, text);
        close(fd);
    }
    printf("PUB, %s: the honest SUB hears all\n", head == 0 ? "nothing before" : head == 1 ? "a greeting before" : "READY before");
    shut(sub);
    shut_now(pub);
}

int main(void)
{
    void *context = make_context();
    server_that_is_none(context, "SUB, nothing before", ZMQ_SUB, 0);
    server_that_is_none(context, "SUB, a greeting before", ZMQ_SUB, 1);
    server_that_is_none(context, "SUB, READY before", ZMQ_SUB, 2);
    server_that_is_none(context, "DEALER, nothing before", ZMQ_DEALER, 0);
    server_that_is_none(context, "DEALER, a greeting before", ZMQ_DEALER, 1);
    server_that_is_none(context, "DEALER, READY before", ZMQ_DEALER, 2);
    stream_connects(context);
    for (size_t head = 0; head < 3; head++)
        listener(context, head);
    finish(context);
    return 0;
}
