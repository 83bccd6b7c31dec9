/* Heartbeats as a raw peer sees them, and what monitors tell of them. Between two
 * sockets they are in heartbeat_pairs.c. */
#include "monitor/raw.h"
#include "monitor/watch.h"

static void option(void *socket, const char *name, int number)
{
    static const int values[] = {-2, -1, 0, 1, 99, 100, 250, 6553500, 6553599, 6553600, INT32_MAX};
    printf("%s: %d at first;", name, get_int(socket, number));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        int rc = zmq_setsockopt(socket, number, &values[i], sizeof values[i]);
        const char *error = rc == -1 ? error_name(zmq_errno()) : "ok";
        printf(" %d %s gives %d;", values[i], error, get_int(socket, number));
    }
    printf("\n");
}

static void options(void *context)
{
    title("options");
    void *socket = make(context, ZMQ_DEALER);
    option(socket, "ZMQ_HEARTBEAT_IVL", ZMQ_HEARTBEAT_IVL);
    option(socket, "ZMQ_HEARTBEAT_TTL", ZMQ_HEARTBEAT_TTL);
    option(socket, "ZMQ_HEARTBEAT_TIMEOUT", ZMQ_HEARTBEAT_TIMEOUT);
    char byte = 1;
    TELL(zmq_setsockopt(socket, ZMQ_HEARTBEAT_IVL, &byte, sizeof byte));
    shut(socket);
}

/* A DEALER that is watched, and a raw peer that has shaken hands with it. */
struct pair { void *socket, *sees; struct endpoint e; int fd; long long begin; };

static struct pair meet(void *context, int interval, int timeout, int ttl)
{
    struct pair p;
    p.socket = make(context, ZMQ_DEALER);
    set_int(p.socket, ZMQ_HEARTBEAT_IVL, interval);
    if (timeout >= 0) /* the default cannot be set */
        set_int(p.socket, ZMQ_HEARTBEAT_TIMEOUT, timeout);
    set_int(p.socket, ZMQ_HEARTBEAT_TTL, ttl);
    p.sees = watch(context, p.socket, ZMQ_EVENT_ALL);
    p.e = bind_any(p.socket, "tcp");
    p.fd = raw_connect(p.e);
    p.begin = now_ms();
    raw_shake(p.fd);
    return p;
}

static void part(struct pair p)
{
    shut_now(p.socket);
    hear_until(p.sees, p.e.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut(p.sees);
    close(p.fd);
}

/* Tells the next frame that the peer gets; 0 at the end of the stream. */
static int tell_frame(int fd)
{
    unsigned char head[2], body[256];
    if (!raw_read(fd, head, sizeof head)) {
        printf("the end\n");
        return 0;
    }
    MUST(raw_read(fd, body, head[1]));
    printf("flags %d: ", head[0]);
    print_part(body, head[1]);
    printf("\n");
    return 1;
}

#define PING_SIZE 9

static int read_ping(int fd)
{
    unsigned char bytes[PING_SIZE];
    if (!raw_read(fd, bytes, sizeof bytes))
        return 0;
    MUST(memcmp(bytes, "\4\7\4PING", 7) == 0);
    return 1;
}

static void pings_are_sent(void *context)
{
    title("a peer that answers, with nothing but PONGs and then with messages");
    struct pair p = meet(context, 100, 1200, 12345);
    for (int i = 0; i < 2; i++)
        tell_frame(p.fd);
    long long begin = now_ms();
    for (int i = 0; i < 8; i++) {
        MUST(read_ping(p.fd));
        send_all(p.fd, "\4\5\4PONG", 7);
    }
    for (int i = 0; i < 8; i++) {
        MUST(read_ping(p.fd));
        send_all(p.fd, "\0\2hi", 4);
        hear(p.socket);
    }
    printf("it took %s\n", now_ms() - begin > 1200 ? "longer than the time-out" : "too little");
    part(p);
}

static void silence(void *context, int interval, int timeout, int at_least)
{
    printf("-- a silent peer, interval %d, time-out %d\n", interval, timeout);
    struct pair p = meet(context, interval, timeout, 0);
    int pings = 0;
    while (read_ping(p.fd))
        pings++;
    /* what the peer reads may come to it late, but never early */
    printf("given up %s, after %s\n",
           now_ms() - p.begin >= at_least + interval ? "in time" : "too soon",
           pings == 0 ? "nothing" : pings > 1 ? "several PINGs" : "one PING");
    hear_until(p.sees, p.e.text, ZMQ_EVENT_DISCONNECTED);
    part(p);
}

static void endless_patience(void *context)
{
    title("a time-out of 0");
    struct pair p = meet(context, 20, 0, 0);
    for (int i = 0; i < 20; i++)
        MUST(read_ping(p.fd));
    say(p.socket, "still there");
    unsigned char next;
    while (MUST(raw_await(p.fd, PATIENCE) && recv(p.fd, &next, 1, MSG_PEEK) == 1), next == 4)
        MUST(read_ping(p.fd));
    tell_frame(p.fd);
    part(p);
}

/* Answers keep the context, up to 16 bytes of it. */
static void pings_are_answered(void *context)
{
    title("answers");
    struct pair p = meet(context, 0, -1, 0);
    send_all(p.fd, "\4\7\4PING\0\0", 9);
    tell_frame(p.fd);
    send_all(p.fd, "\4\x08\4PING\0\0a", 10);
    tell_frame(p.fd);
    send_all(p.fd, "\4\x17\4PING\0\0" "0123456789abcdef", 25);
    tell_frame(p.fd);
    send_all(p.fd, "\4\x18\4PING\0\0" "0123456789abcdefg", 26);
    tell_frame(p.fd);
    char long_ping[2 + 65] = "\4\x41\4PING\0\0LOL";
    memset(long_ping + 12, 'z', sizeof long_ping - 12);
    send_all(p.fd, long_ping, sizeof long_ping);
    tell_frame(p.fd);
    send_all(p.fd, "\4\5\4PONG\4\7\4PING\0\0\1\1a\4\7\4PING\0\0\0\1b", 31);
    tell_frame(p.fd);
    tell_frame(p.fd);
    hear(p.socket);
    part(p);
}

/* A peer asks to be given up, and is, or is heard of again before. */
static void time_to_live(void *context)
{
    title("time to live");
    struct pair p = meet(context, 0, -1, 0);
    send_all(p.fd, "\4\7\4PING\0\x1e", 9); /* three seconds */
    tell_frame(p.fd);
    send_all(p.fd, "\0\2hi", 4);
    hear(p.socket);
    printf("%s\n", raw_await(p.fd, 3500) ? "something came" : "still there");
    long long begin = now_ms();
    send_all(p.fd, "\4\7\4PING\0\x1e", 9);
    tell_frame(p.fd);
    send_all(p.fd, "\4\7\4PING\0\3", 9);
    tell_frame(p.fd);
    tell_frame(p.fd);
    printf("%s\n", now_ms() - begin >= 300 ? "in time" : "too soon");
    hear_until(p.sees, p.e.text, ZMQ_EVENT_DISCONNECTED);
    part(p);
}

/* One who connected gives up and connects again. */
static void connect_again(void *context)
{
    title("connected to one that goes silent");
    struct endpoint e;
    int listener = raw_listen(&e);
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_HEARTBEAT_IVL, 50);
    set_int(client, ZMQ_HEARTBEAT_TIMEOUT, 1000);
    void *client_sees = watch(context, client, ZMQ_EVENT_ALL);
    join(client, e);
    for (int i = 0; i < 2; i++) {
        int fd = raw_accept(listener);
        raw_shake(fd);
        hear_until(client_sees, e.text, ZMQ_EVENT_CONNECT_RETRIED);
        read_to_end(fd);
    }
    int fd = raw_accept(listener);
    raw_shake(fd);
    hear_until(client_sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    shut_now(client);
    hear_until(client_sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut(client_sees);
    close(fd);
    close(listener);
}

int main(void)
{
    void *context = make_context();
    options(context);
    pings_are_sent(context);
    silence(context, 50, 200, 200);
    silence(context, 150, -1, 150);
    silence(context, 200, 50, 50);
    endless_patience(context);
    pings_are_answered(context);
    time_to_live(context);
    connect_again(context);
    finish(context);
    return 0;
}
