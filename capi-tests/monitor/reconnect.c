/* When and how often a connection is tried again, as monitors tell it. */
#define ZMQ_BUILD_DRAFT_API 1
#include "monitor/raw.h"
#include "monitor/watch.h"

#define QUIET 300

static void and_then(void *sees, const char *known)
{
    struct happening it;
    int more = next_event(sees, &it, QUIET);
    if (!more) {
        await_rest(); /* who is to tell it may not have come to it yet */
        more = next_event(sees, &it, 0);
    }
    if (more)
        tell_event("and then", &it, known);
    else
        printf("and then nothing\n");
}

/* Ends a socket, and tells what its monitor still has to say. */
static void end(void *socket, void *sees, struct endpoint e)
{
    shut_now(socket);
    hear_until(sees, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut(sees);
}

/* Nobody is there: what each pause is, and that it is kept. */
static void pauses(void *context, int interval, int most)
{
    printf("-- pauses, interval %d, at most %d\n", interval, most);
    struct endpoint e = unused(context, "tcp");
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, interval);
    set_int(client, ZMQ_RECONNECT_IVL_MAX, most);
    void *sees = watch(context, client, ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_MONITOR_STOPPED);
    join(client, e);
    long long begin = now_ms(), sum = 0;
    int kept = 1;
    for (int i = 0; i < 6; i++) {
        struct happening it;
        MUST(next_event(sees, &it, PATIENCE));
        kept &= now_ms() - begin >= sum;
        sum += it.value * 9 / 10; /* libzmq looks at the clock now and then only */
        printf(" %u", (unsigned)it.value / interval * interval);
    }
    printf("%s\n", kept ? "" : ", and too soon");
    shut_now(client);
    unwatch(sees);
}

/* Nobody is there, and that is that. */
static void refused(void *context, const char *transport, int interval)
{
    printf("-- nobody is there, %s, interval %d\n", transport, interval);
    struct endpoint e = unused(context, transport);
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, interval);
    void *sees = watch(context, client, ZMQ_EVENT_ALL);
    join(client, e);
    hear_until(sees, e.text, ZMQ_EVENT_CLOSED);
    and_then(sees, e.text);
    say(client, "queued all the same");
    set_int(client, ZMQ_LINGER, 0);
    TELL(zmq_disconnect(client, e.text));
    end(client, sees, e);
}

/* A peer that is lost: at once, when it has shaken hands, or by what it says. */
static void lost(void *context, const char *what, int interval, int shake, const char *says,
                 size_t size)
{
    printf("-- %s, interval %d\n", what, interval);
    struct endpoint e;
    int listener = raw_listen(&e);
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, interval);
    void *sees = watch(context, client, ZMQ_EVENT_ALL);
    join(client, e);
    int fd = raw_accept(listener);
    if (shake) {
        raw_shake(fd);
        hear_until(sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    }
    if (says) {
        send_all(fd, says, size);
        read_to_end(fd);
    } else {
        close(fd);
    }
    hear_until(sees, e.text, ZMQ_EVENT_DISCONNECTED);
    and_then(sees, e.text);
    /* What is lost for good has no endpoint and no pipe any more. After an offence
     * against the protocol libzmq keeps both, though nothing ever comes of them. */
    if (!says)
        TELL(zmq_disconnect(client, e.text));
    if (!says && interval <= 0)
        TELL(zmq_send(client, "", 0, ZMQ_DONTWAIT));
    end(client, sees, e);
    close(listener);
}

/* A listener whose queue is full answers nobody. */
static void connect_timeout(void *context)
{
    title("a time-out for connecting");
    struct endpoint e;
    int listener = raw_listen(&e), fds[8], count = 0;
    do
        fds[count] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    while (raw_connects(fds[count], e) && ++count < 8);
    MUST(count < 8);
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_IVL, 60000);
    set_int(client, ZMQ_CONNECT_TIMEOUT, 200);
    void *sees = watch(context, client, ZMQ_EVENT_ALL);
    long long begin = now_ms();
    join(client, e);
    hear_event(sees, e.text);
    hear_event(sees, e.text);
    printf("%s\n", now_ms() - begin >= 198 ? "in time" : "too soon");
    hear_event(sees, e.text);
    end(client, sees, e);
    for (int i = 0; i <= count; i++)
        close(fds[i]);
    close(listener);
}

/* Conditions under which a connection is not tried again. */
static void stop(void *context, int condition, int accepts)
{
    printf("-- stop when %d, %s\n", condition, accepts ? "accepted and lost" : "refused");
    struct endpoint e = {""};
    int listener = -1;
    if (accepts)
        listener = raw_listen(&e);
    else
        e = unused(context, "tcp");
    void *client = make(context, ZMQ_DEALER);
    TELL(zmq_setsockopt(client, ZMQ_RECONNECT_STOP, &condition, sizeof condition));
    printf("set to %d\n", get_int(client, ZMQ_RECONNECT_STOP));
    set_int(client, ZMQ_RECONNECT_IVL, 60000);
    void *sees = watch(context, client, ZMQ_EVENT_ALL);
    join(client, e);
    if (accepts)
        close(raw_accept(listener));
    hear_until(sees, e.text, accepts ? ZMQ_EVENT_DISCONNECTED : ZMQ_EVENT_CLOSED);
    and_then(sees, e.text);
    end(client, sees, e);
    if (accepts)
        close(listener);
}

/* The same for a peer that says nothing, until the time for the handshake is over. */
static void stop_silent(void *context, int condition)
{
    printf("-- stop when %d, the peer says nothing\n", condition);
    struct endpoint e;
    int listener = raw_listen(&e);
    void *client = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_STOP, condition);
    set_int(client, ZMQ_RECONNECT_IVL, 60000);
    set_int(client, ZMQ_HANDSHAKE_IVL, 200);
    void *sees = watch(context, client, ZMQ_EVENT_ALL);
    long long begin = now_ms();
    join(client, e);
    int fd = raw_accept(listener);
    hear_until(sees, e.text, ZMQ_EVENT_DISCONNECTED);
    printf("%s\n", now_ms() - begin >= 198 ? "in time" : "too soon");
    and_then(sees, e.text);
    end(client, sees, e);
    close(fd);
    close(listener);
}

/* Refused only when it is tried again, after a connection that was lost. */
static void stop_later(void *context)
{
    title("connected, lost, then refused");
    void *client = make(context, ZMQ_DEALER), *server = make(context, ZMQ_DEALER);
    set_int(client, ZMQ_RECONNECT_STOP, ZMQ_RECONNECT_STOP_CONN_REFUSED);
    void *sees = watch(context, client, ZMQ_EVENT_ALL);
    struct endpoint e = bind_any(server, "tcp");
    join(client, e);
    hear_until(sees, e.text, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    shut_now(server);
    hear_until(sees, e.text, ZMQ_EVENT_CLOSED);
    and_then(sees, e.text);
    end(client, sees, e);
}

static void options(void *context)
{
    title("options");
    static const struct { const char *name; int number; } options[] = {
        {"ZMQ_RECONNECT_IVL", ZMQ_RECONNECT_IVL}, {"ZMQ_RECONNECT_IVL_MAX", ZMQ_RECONNECT_IVL_MAX},
        {"ZMQ_CONNECT_TIMEOUT", ZMQ_CONNECT_TIMEOUT}, {"ZMQ_HANDSHAKE_IVL", ZMQ_HANDSHAKE_IVL},
        {"ZMQ_TCP_MAXRT", ZMQ_TCP_MAXRT},
    };
    static const int values[] = {-2, -1, 0, 1, 100, INT32_MAX};
    void *socket = make(context, ZMQ_DEALER);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        printf("%s: %d at first;", options[i].name, get_int(socket, options[i].number));
        for (size_t j = 0; j < sizeof values / sizeof *values; j++) {
            int rc = zmq_setsockopt(socket, options[i].number, &values[j], sizeof values[j]);
            const char *error = rc == -1 ? error_name(zmq_errno()) : "ok";
            printf(" %d %s gives %d;", values[j], error, get_int(socket, options[i].number));
        }
        printf("\n");
    }
    shut(socket);
}

#define SIZED(text) text, sizeof(text) - 1

int main(void)
{
    void *context = make_context();
    options(context);
    pauses(context, 60, 0);
    pauses(context, 60, 40);
    pauses(context, 40, 160);
    refused(context, "tcp", 60000);
    refused(context, "tcp", 0);
    refused(context, "tcp", -1);
    refused(context, "ipc", -1);
    lost(context, "lost before the handshake", 60000, 0, NULL, 0);
    lost(context, "lost before the handshake", 0, 0, NULL, 0);
    lost(context, "lost before the handshake", -1, 0, NULL, 0);
    lost(context, "lost after the handshake", 60000, 1, NULL, 0);
    lost(context, "lost after the handshake", 0, 1, NULL, 0);
    lost(context, "lost after the handshake", -1, 1, NULL, 0);
    char greeting[GREETING_SIZE] = GREETING("PLAIN");
    lost(context, "another mechanism", 60000, 0, greeting, sizeof greeting);
    char hello[GREETING_SIZE + 8] = NULL_GREETING;
    memcpy(hello + GREETING_SIZE, "\4\6\5HELLO", 8);
    lost(context, "another command", 60000, 0, hello, sizeof hello);
    lost(context, "a frame without end", 60000, 1, SIZED("\2\xff\xff\xff\xff\xff\xff\xff\xff"));
    connect_timeout(context);
    for (int condition = 0; condition < 4; condition++) {
        stop(context, condition, 0);
        stop(context, condition, 1);
        if (condition % 2 == 0)
            stop_silent(context, condition);
    }
    stop_later(context);
    finish(context);
    return 0;
}
