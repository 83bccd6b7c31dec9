/* Handshakes that are too short, too long, or say nonsense, each cut off at every
 * length, too: none is taken for a peer, and the next good one is. Then bytes at
 * random, to a socket of each version of the protocol and to raw ones. */
#include "../monitor/raw.h"

static const char greeting[GREETING_SIZE] = GREETING("NULL");

/* Commands in the place of READY; `size` counts from the flags. */
#define COMMAND(text) text, sizeof text - 1
static const struct { const char *what, *bytes; size_t size; } commands[] = {
    {"an empty command", COMMAND("\4\0")},
    {"a name without an end", COMMAND("\4\1\5")},
    {"half of a name", COMMAND("\4\3\5RE")},
    {"a name longer than all", COMMAND("\4\6\xffREADY")},
    {"a length that is cut off", COMMAND("\4\x13\5READY\x0bSocket-Type\0")},
    {"a value that is cut off", COMMAND("\4\x17\5READY\x0bSocket-Type\0\0\0\6DE")},
    {"a value of 2^31", COMMAND("\4\x17\5READY\x0bSocket-Type\x80\0\0\0DE")},
    {"a value of 2^32-1", COMMAND("\4\x17\5READY\x0bSocket-Type\xff\xff\xff\xff" "DE")},
    {"a property without a name", COMMAND("\4\x0c\5READY\0\0\0\0\1x")},
    {"no socket type that exists", COMMAND("\4\x18\5READY\x0bSocket-Type\0\0\0\3FOO")},
    {"a type that does not fit", COMMAND("\4\x18\5READY\x0bSocket-Type\0\0\0\3SUB")},
    {"another command", COMMAND("\4\6\5HELLO")},
    {"INITIATE", COMMAND("\4\x09\x08INITIATE")},
    {"ERROR without a reason", COMMAND("\4\6\5ERROR")},
    {"ERROR with half of a reason", COMMAND("\4\x09\5ERROR\x10no")},
    {"a message", COMMAND("\0\5READY")},
};

/* Sends as far as it is listened to, hangs up and waits for the other side's end. */
static void visit(struct endpoint place, const char *bytes, size_t size)
{
    int fd = raw_connect(place);
    (void)!send(fd, greeting, sizeof greeting, MSG_NOSIGNAL);
    (void)!send(fd, bytes, size, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    read_to_end(fd);
}

static void check(void *socket, struct endpoint place, const char *what)
{
    int fd = raw_connect(place);
    raw_shake(fd);
    send_all(fd, "\0\5hello", 7);
    printf("%s: ", what);
    hear(socket);
    close(fd);
}

static void random_bytes(const char *what, int type, int raw, const char *head, size_t size)
{
    void *context = make_context(), *socket = make(context, type);
    unsigned state = 12345;
    if (raw)
        set_int(socket, ZMQ_ROUTER_RAW, 1);
    set_int(socket, ZMQ_SNDTIMEO, 0);
    struct endpoint place = bind_any(socket, "tcp");
    for (int i = 0; i < 200; i++) {
        char bytes[600];
        for (size_t j = 0; j < sizeof bytes; j++) {
            state = state * 1103515245 + 12345;
            /* small numbers are what lengths and flags are made of */
            bytes[j] = (char)(state >> 16 & (i % 2 ? 7 : 255));
        }
        int fd = raw_connect(place);
        (void)!send(fd, head, size, MSG_NOSIGNAL);
        (void)!send(fd, bytes, sizeof bytes, MSG_NOSIGNAL);
        shutdown(fd, SHUT_WR);
        read_to_end(fd);
        /* Whatever was made of it is received. */
        zmq_msg_t part;
        MUST(zmq_msg_init(&part) == 0);
        while (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) != -1)
            ;
        MUST(zmq_msg_close(&part) == 0);
    }
    printf("random bytes, %s: survived\n", what);
    shut_now(socket);
    finish(context);
}

int main(void)
{
    alarm(60);
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    struct endpoint place = bind_any(socket, "tcp");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        for (size_t size = 0; size <= commands[i].size; size++)
            visit(place, commands[i].bytes, size);
        check(socket, place, commands[i].what);
    }
    shut_now(socket);
    finish(context);
    random_bytes("nothing before", ZMQ_PULL, 0, "", 0);
    random_bytes("version 1", ZMQ_ROUTER, 0, "\1\0", 2);
    random_bytes("version 1, a SUB to a PUB", ZMQ_XPUB, 0, "\1\0", 2);
    random_bytes("version 2", ZMQ_ROUTER, 0, "\xff\0\0\0\0\0\0\0\1\x7f\1\5\0\0", 14);
    random_bytes("after the greeting", ZMQ_PULL, 0, greeting, sizeof greeting);
    random_bytes("STREAM", ZMQ_STREAM, 0, "", 0);
    random_bytes("raw ROUTER", ZMQ_ROUTER, 1, "", 0);
    return 0;
}
