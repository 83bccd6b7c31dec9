/* What monitors tell of handshakes that fail, on both sides, with a peer that is
 * no more than a tcp socket and some bytes. */
#include "monitor/raw.h"
#include "monitor/watch.h"

/* What a DEALER says before it hears a command: its greeting and its READY. */
#define WHAT_A_DEALER_SAYS (64 + 43)

/* Sends a greeting and, once the other side has said all it has to say, what
 * follows it. A greeting with a rest, even an empty one, has its 64 bytes. */
static void send_bytes(int fd, const char *greeting, size_t greeting_size, const char *rest,
                       size_t rest_size)
{
    char bytes[WHAT_A_DEALER_SAYS] = {0};
    memcpy(bytes, greeting, greeting_size);
    send_all(fd, bytes, rest ? 64 : greeting_size);
    if (rest_size) {
        MUST(recv(fd, bytes, sizeof bytes, MSG_WAITALL) == sizeof bytes);
        send_all(fd, rest, rest_size);
    }
}

/* A raw peer connects to a socket that is watched. */
static void accepted(void *context, const char *what, const char *greeting, size_t greeting_size,
                     const char *rest, size_t rest_size, int hang_up)
{
    printf("-- %s\n", what);
    void *server = make(context, ZMQ_DEALER);
    if (!hang_up)
        set_int(server, ZMQ_HANDSHAKE_IVL, 400);
    void *server_sees = watch(context, server, ZMQ_EVENT_ALL);
    struct endpoint e = bind_any(server, "tcp");
    int fd = raw_connect(e);
    if (greeting_size)
        send_bytes(fd, greeting, greeting_size, rest, rest_size);
    if (hang_up)
        MUST(shutdown(fd, SHUT_WR) == 0);
    read_to_end(fd);
    hear_until(server_sees, e.text, ZMQ_EVENT_DISCONNECTED);
    shut_now(server);
    hear_until(server_sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut(server_sees);
}

#define SIZED(text) text, sizeof(text) - 1
#define NOTHING NULL, 0

/* A socket that is watched connects to a raw peer, which hangs up, or waits. */
static void connected(void *context, int hang_up)
{
    printf("-- connected to one that %s\n", hang_up ? "hangs up" : "says nothing");
    struct endpoint e;
    int listener = raw_listen(&e);
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, 300);
    if (!hang_up) /* time enough for what is to come before it is over */
        set_int(client, ZMQ_HANDSHAKE_IVL, 1000);
    void *client_sees = watch(context, client, ZMQ_EVENT_ALL);
    MUST(zmq_connect(client, e.text) == 0);
    int fd = raw_accept(listener);
    if (hang_up)
        close(fd);
    hear_until(client_sees, e.text, ZMQ_EVENT_CONNECT_RETRIED);
    if (!hang_up)
        read_to_end(fd);
    fd = raw_accept(listener);
    hear_until(client_sees, e.text, ZMQ_EVENT_CONNECTED);
    shut_now(client);
    hear_until(client_sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    read_to_end(fd);
    close(listener);
    shut(client_sees);
}

/* Two sockets that may not be connected, or whose mechanisms differ. */
static void mismatch(void *context, const char *what, int client_type, const char *password)
{
    printf("-- %s\n", what);
    void *server = make(context, ZMQ_PUSH), *client = make(context, client_type);
    void *server_sees = watch(context, server, ZMQ_EVENT_ALL);
    struct endpoint e = bind_any(server, "tcp");
    set_int(client, ZMQ_RECONNECT_IVL, 60000);
    if (password)
        MUST(zmq_setsockopt(client, ZMQ_PLAIN_PASSWORD, password, strlen(password)) == 0);
    join(client, e);
    hear_until(server_sees, e.text, ZMQ_EVENT_DISCONNECTED);
    shut_now(client);
    shut_now(server);
    hear_until(server_sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut(server_sees);
}

int main(void)
{
    void *context = make_context();
    accepted(context, "hangs up at once", NOTHING, NOTHING, 1);
    accepted(context, "says nothing", NOTHING, NOTHING, 0);
    accepted(context, "half a greeting", SIZED("\xff\0\0\0"), NOTHING, 1);
    accepted(context, "a greeting, then nothing", SIZED(NULL_GREETING), SIZED(""), 0);
    accepted(context, "a greeting, then the end", SIZED(NULL_GREETING), SIZED(""), 1);
    accepted(context, "another mechanism", SIZED(GREETING("PLAIN")), SIZED(""), 1);
    accepted(context, "a mechanism nobody knows", SIZED(GREETING("ABCDE")), SIZED(""), 1);
    accepted(context, "another command", SIZED(NULL_GREETING), SIZED("\4\6\5HELLO"), 1);
    accepted(context, "a command without a name", SIZED(NULL_GREETING), SIZED("\4\1\5"), 1);
    accepted(context, "an empty command", SIZED(NULL_GREETING), SIZED("\4\0"), 1);
    accepted(context, "READY with a value cut off", SIZED(NULL_GREETING),
             SIZED("\4\x0f\5READY\3abc\0\0\0\5x"), 1);
    accepted(context, "READY of a wrong type", SIZED(NULL_GREETING),
             SIZED("\4\x19\5READY\x0bSocket-Type\0\0\0\3" "PUB"), 1);
    accepted(context, "ERROR with a status", SIZED(NULL_GREETING), SIZED("\4\x0a\5ERROR\003400"),
             1);
    accepted(context, "ERROR with a reason", SIZED(NULL_GREETING),
             SIZED("\4\x0e\5ERROR\007because"), 1);
    accepted(context, "ERROR that is too short", SIZED(NULL_GREETING), SIZED("\4\6\5ERROR"), 1);
    accepted(context, "ERROR that is cut off", SIZED(NULL_GREETING), SIZED("\4\x08\5ERROR\7b"), 1);
    connected(context, 1);
    connected(context, 0);
    mismatch(context, "types that do not match", ZMQ_REQ, NULL);
    finish(context);
    return 0;
}
