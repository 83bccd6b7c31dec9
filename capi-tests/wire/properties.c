/* What a peer may say in its READY and in the commands behind it: properties that
 * are unknown, repeated, unfit or cut off, commands that are unknown or malformed,
 * frames with odd headers. Each peer is a tcp socket and some bytes.
 *
 * Not here: SUBSCRIBE and CANCEL to a DEALER, which libzmq hands on as messages. */
#include "monitor/raw.h"

#define SIZED(text) text, sizeof(text) - 1
#define DEALER_IS "\x0bSocket-Type\0\0\0\6DEALER"

static const char *const names[] = {"Socket-Type", "Identity", "Routing-Id", "identity", "socket-type", "X-a", "x-A", "X-b", "", "a b",
    "Peer-Address"};

/* Receives a part and tells what is known of its sender, at the end of a message;
 * whether it is "hello". */
static int hear_part(void *s, int parts)
{
    zmq_msg_t m;
    MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, s, 0) >= 0);
    printf("%s", parts ? "|" : "hears ");
    print_part(zmq_msg_data(&m), zmq_msg_size(&m));
    int is_hello = zmq_msg_size(&m) == 5 && !memcmp(zmq_msg_data(&m), "hello", 5);
    if (!zmq_msg_more(&m))
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            const char *value = zmq_msg_gets(&m, names[i]);
            if (value)
                printf(" %s=%s", names[i], value);
        }
    MUST(zmq_msg_close(&m) == 0);
    return is_hello;
}

/* Greets a DEALER and sends these bytes and a message "hello"; tells what the
 * DEALER makes of that, and what it answers, if it owes an answer. */
static void peer_asks(void *context, const char *what, const char *bytes, size_t size, int answers)
{
    void *s = make(context, ZMQ_DEALER);
    struct endpoint e = bind_any(s, "tcp");
    int fd = raw_connect(e);
    char greeting[GREETING_SIZE] = {0}, theirs[GREETING_SIZE + READY_SIZE];
    memcpy(greeting, NULL_GREETING, sizeof NULL_GREETING - 1);
    send_all(fd, greeting, sizeof greeting);
    MUST(raw_read(fd, theirs, sizeof theirs));
    send_all(fd, bytes, size);
    send_all(fd, SIZED("\0\5hello"));
    printf("%s: ", what);
    int parts = 0, ended = 0, said = 0;
    for (int last = 0; !ended && (!last || said < answers);) {
        zmq_pollitem_t both[2] = {{s, 0, ZMQ_POLLIN, 0}, {NULL, fd, ZMQ_POLLIN, 0}};
        if (zmq_poll(both, 2, PATIENCE) < 1)
            break;
        if (both[0].revents) {
            last = hear_part(s, parts++);
        } else {
            char answer[64];
            ssize_t got = recv(fd, answer, sizeof answer, 0);
            ended = got <= 0;
            if (ended)
                printf(" and hangs up");
            else if (!said++) {
                MUST(got <= 64);
                memcpy(theirs, answer, said = got);
            }
        }
    }
    if (said) {
        printf(" and says ");
        print_part((unsigned char *)theirs, said);
    }
    putchar('\n');
    close(fd);
    shut_now(s);
}

static void peer(void *context, const char *what, const char *bytes, size_t size)
{
    peer_asks(context, what, bytes, size, 0);
}

/* The same for a READY with this body. */
static void ready(void *context, const char *what, const char *body, size_t size)
{
    char frame[600];
    size_t used = 0;
    MUST(size + 6 < 512);
    frame[used++] = size + 6 > 255 ? 6 : 4;
    if (size + 6 > 255) {
        memset(frame + used, 0, 6);
        used += 6;
        frame[used++] = (size + 6) >> 8;
    }
    frame[used++] = (size + 6) & 255;
    memcpy(frame + used, "\5READY", 6);
    memcpy(frame + used + 6, body, size);
    peer(context, what, frame, used + 6 + size);
}

static void after_ready(void *context, const char *what, const char *bytes, size_t size, int answers)
{
    char both[600];
    MUST(READY_SIZE + size < sizeof both);
    memcpy(both, DEALER_READY, READY_SIZE);
    memcpy(both + READY_SIZE, bytes, size);
    peer_asks(context, what, both, READY_SIZE + size, answers);
}
#define after(context, what, bytes) after_ready(context, what, SIZED(bytes), 0)
#define after_ping(context, what, bytes) after_ready(context, what, SIZED(bytes), 1)

static void cut_off(void *context)
{
    static const char whole[] = DEALER_IS "\3X-a\0\0\0\3one";
    title("READY cut off");
    for (size_t size = 0; size < sizeof whole; size++) {
        char what[16];
        snprintf(what, sizeof what, "%zu bytes", size);
        ready(context, what, whole, size);
    }
}

int main(void)
{
    void *context = make_context();
    cut_off(context);
    title("properties");
    ready(context, "two of its own", SIZED(DEALER_IS "\3X-a\0\0\0\3one\3X-b\0\0\0\3two"));
    ready(context, "the same twice", SIZED(DEALER_IS "\3X-a\0\0\0\3one\3X-a\0\0\0\3two"));
    ready(context, "type twice", SIZED(DEALER_IS DEALER_IS));
    ready(context, "type twice, one wrong", SIZED(DEALER_IS "\x0bSocket-Type\0\0\0\3PUB"));
    ready(context, "type last", SIZED("\3X-a\0\0\0\3one" DEALER_IS));
    ready(context, "type in small letters", SIZED("\x0bSocket-Type\0\0\0\6dealer"));
    ready(context, "type that nobody knows", SIZED("\x0bSocket-Type\0\0\0\5OTHER"));
    ready(context, "type that is empty", SIZED("\x0bSocket-Type\0\0\0\0"));
    ready(context, "type with more behind it", SIZED("\x0bSocket-Type\0\0\0\7DEALERS"));
    ready(context, "type that is cut", SIZED("\x0bSocket-Type\0\0\0\5DEALE"));
    ready(context, "a name", SIZED(DEALER_IS "\x08Identity\0\0\0\2me"));
    ready(context, "no name", SIZED(DEALER_IS "\x08Identity\0\0\0\0"));
    ready(context, "an empty value", SIZED(DEALER_IS "\3X-a\0\0\0\0"));
    ready(context, "a property without a name", SIZED(DEALER_IS "\0\0\0\0\3one\3X-a\0\0\0\3two"));
    ready(context, "a name with a blank", SIZED(DEALER_IS "\3a b\0\0\0\3one"));
    ready(context, "a name with a zero", SIZED(DEALER_IS "\3a\0b\0\0\0\3one\3X-a\0\0\0\3two"));
    ready(context, "a name that is no text", SIZED(DEALER_IS "\2\xff\xfe\0\0\0\3one\3X-a\0\0\0\3two"));
    ready(context, "a value that is longer than all", SIZED(DEALER_IS "\3X-a\0\0\1\3one"));
    ready(context, "a value of 4 GiB", SIZED(DEALER_IS "\3X-a\xff\xff\xff\xffone"));
    ready(context, "a value of 2 GiB", SIZED(DEALER_IS "\3X-a\x80\0\0\0one"));
    ready(context, "Peer-Address of its own", SIZED(DEALER_IS "\x0cPeer-Address\0\0\0\4here"));

    title("instead of READY");
    peer(context, "a message that reads as READY", SIZED("\0\x29\5READY\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0\0"));
    peer(context, "READY with MORE", SIZED("\5\x29\5READY\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0\0"));
    peer(context, "READY in a long frame", SIZED("\6\0\0\0\0\0\0\0\x29\5READY\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0\0"));
    peer(context, "READY in small letters", SIZED("\4\6\5ready"));
    peer(context, "a longer name", SIZED("\4\7\6READYX"));
    peer(context, "nothing behind its name", SIZED("\4\6\5READY"));
    peer(context, "a shorter name", SIZED("\4\5\4READ"));
    peer(context, "an ordinary message", SIZED("\0\1x"));
    peer(context, "PING", SIZED("\4\7\4PING\0\0"));

    title("behind READY");
    after(context, "READY again", "\4\x19\5READY\x0bSocket-Type\0\0\0\3PUB");
    after(context, "ERROR", "\4\x0a\5ERROR\003400");
    after(context, "a command that nobody knows", "\4\6\5HELLO");
    after(context, "one with a body", "\4\7\5HELLOx");
    after(context, "one in a long frame", "\6\0\0\0\0\0\0\0\6\5HELLO");
    after(context, "one with MORE", "\5\6\5HELLO");
    after(context, "a name of no length", "\4\1\0");
    after(context, "a name longer than its command", "\4\2\5H");
    after(context, "JOIN", "\4\6\4JOINx");
    after_ping(context, "PING", "\4\7\4PING\0\0");
    after_ping(context, "PING with a context", "\4\x0b\4PING\0\0abcd");
    after_ping(context, "PING with a context of 16", "\4\x17\4PING\0\0" "0123456789abcdef");
    after_ping(context, "PING with a context of 17", "\4\x18\4PING\0\0" "0123456789abcdefg");
    after(context, "PONG", "\4\5\4PONG");
    after(context, "PONG with a context", "\4\6\4PONGx");
    after(context, "a message of two parts", "\1\1a\0\1b");
    after(context, "a command within a message", "\1\1a\4\6\5HELLO\0\1b");
    after_ping(context, "PING within a message", "\1\1a\4\7\4PING\0\0\0\1b");
    after(context, "a short message in a long frame", "\2\0\0\0\0\0\0\0\1a");
    after(context, "an empty message", "\0\0");
    after(context, "a bit of the header that means nothing", "\x08\1a");
    after(context, "all of them", "\xf8\1a");
    after(context, "a frame of 2^63 bytes", "\2\x80\0\0\0\0\0\0\0");
    finish(context);
    return 0;
}
