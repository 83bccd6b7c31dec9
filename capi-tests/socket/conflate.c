/* ZMQ_CONFLATE: of the messages that wait, on either side, only the newest is
 * kept; the high-water marks do not count. Of a message of several parts the
 * last one is kept. Over inproc the connecting socket decides for both. */
#include "monitor/raw.h"

#define SENT 10000

static void *conflating(void *context, int type)
{
    void *socket = make(context, type);
    set_int(socket, ZMQ_CONFLATE, 1);
    set_int(socket, ZMQ_SNDHWM, 2);
    set_int(socket, ZMQ_RCVHWM, 2);
    return socket;
}

static void count_up(void *socket, int size)
{
    char text[1024] = "";
    for (int i = 0; i < SENT; i++) {
        snprintf(text, sizeof text, "%d", i);
        MUST(zmq_send(socket, text, size, ZMQ_DONTWAIT) == size);
    }
}

/* Receives up to the last number, in order. libzmq keeps a message back until the next
 * one if it is sent at the very moment in which somebody reads; that is rare. */
static void hear_the_last(void *sender, void *socket)
{
    static int kept_back;
    int last = -1, count = 0;
    while (last < SENT - 1) {
        char text[1024];
        if (!await_or_rest(socket, ZMQ_POLLIN)) {
            snprintf(text, sizeof text, "%d", SENT - 1);
            MUST(++kept_back <= 2 && zmq_send(sender, text, sizeof text, ZMQ_DONTWAIT) == sizeof text);
        }
        int size = zmq_recv(socket, text, sizeof text, 0);
        MUST(size > 0 && atoi(text) > last && !get_int(socket, ZMQ_RCVMORE));
        last = atoi(text);
        count++;
    }
    printf("hears the last, and %s\n", count == SENT ? "all" : "not all");
    hear_nothing(socket);
}

static void flood(void *context, const char *transport, int from, int to)
{
    void *sender = conflating(context, from), *receiver = conflating(context, to);
    printf("flood over %s\n", transport);
    join(sender, bind_any(receiver, transport));
    MUST(await(sender, ZMQ_POLLOUT, PATIENCE));
    count_up(sender, 1000);
    TELL(get_int(sender, ZMQ_EVENTS) & ZMQ_POLLOUT);
    hear_the_last(sender, receiver);
    say(sender, "and on");
    hear(receiver);
    shut(sender);
    shut(receiver);
}

/* What waits for a connection. */
static void connect_first(void *context, const char *transport, int from, int to)
{
    void *sender = conflating(context, from), *receiver = make(context, to);
    struct endpoint e = unused(context, transport);
    printf("connected first, over %s\n", transport);
    join(sender, e);
    count_up(sender, 5);
    say(sender, "first|second|third");
    bind_again(receiver, e.text);
    hear(receiver);
    hear_nothing(receiver);
    say(sender, "on");
    hear(receiver);
    shut(sender);
    shut(receiver);
}

/* What waits to be received, as far as that can be known from outside. */
static void in_order(void *context)
{
    void *a = conflating(context, ZMQ_DEALER), *b = make(context, ZMQ_DEALER);
    title("over inproc, step by step");
    join(a, bind_any(b, "inproc"));
    TELL(get_int(a, ZMQ_EVENTS));
    say(a, "1");
    TELL(get_int(b, ZMQ_EVENTS));
    say(a, "2");
    say(a, "x|3");
    hear(b);
    TELL(get_int(b, ZMQ_EVENTS));
    say(b, "4");
    MUST(await(a, ZMQ_POLLIN, PATIENCE));
    say(b, "5");
    hear(a);
    TELL(zmq_recv(a, NULL, 0, ZMQ_DONTWAIT));
    shut(a);
    shut(b);
    title("the one who binds does not decide");
    a = make(context, ZMQ_PUSH);
    b = conflating(context, ZMQ_PULL);
    join(a, bind_any(b, "inproc"));
    say(a, "1");
    say(a, "2");
    hear(b);
    hear(b);
    shut(a);
    shut(b);
    title("types that do not have it");
    a = conflating(context, ZMQ_PAIR);
    b = conflating(context, ZMQ_PAIR);
    join(a, bind_any(b, "inproc"));
    say(a, "1");
    say(a, "2");
    hear(b);
    hear(b);
    shut(a);
    shut(b);
}

/* Twenty messages of a peer that conflates nothing. When its PING behind them is
 * answered they have all been taken in, one by one or at once. */
static void newest_of_twenty(void *context, int at_once)
{
    void *dealer = make(context, ZMQ_DEALER);
    char bytes[20 * 4 + 9], answer[7];
    printf("the newest of twenty, sent %s\n", at_once ? "at once" : "one by one");
    set_int(dealer, ZMQ_CONFLATE, 1);
    int fd = raw_connect(bind_any(dealer, "tcp"));
    raw_shake(fd);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20; i++) {
            char frame[5];
            snprintf(frame, sizeof frame, "%c%c%02d", 0, 2, i);
            memcpy(bytes + 4 * i, frame, 4);
            if (!at_once)
                send_all(fd, frame, 4);
        }
        memcpy(bytes + 80, "\4\7\4PING\0\0", 9);
        send_all(fd, at_once ? bytes : bytes + 80, at_once ? 89 : 9);
        MUST(raw_read(fd, answer, sizeof answer) && !memcmp(answer, "\4\5\4PONG", 7));
        hear(dealer);
        hear_nothing(dealer);
    }
    close(fd);
    shut_now(dealer);
}

/* A publisher and its subscriber, who knows what is wanted. */
static void publish(void *context, const char *transport)
{
    void *pub = conflating(context, ZMQ_PUB), *sub = conflating(context, ZMQ_SUB);
    printf("publish over %s\n", transport);
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "", 0) == 0);
    join(sub, bind_any(pub, transport));
    do
        say(pub, "?");
    while (!await(sub, ZMQ_POLLIN, 5));
    count_up(pub, 1000);
    char text[1024];
    int last = -1, now;
    do {
        MUST(zmq_recv(sub, text, sizeof text, 0) > 0);
        now = *text == '?' ? -1 : atoi(text);
        MUST(now >= last);
        last = now;
    } while (now < SENT - 1);
    puts("hears the last");
    hear_nothing(sub);
    shut(sub);
    shut(pub);
}

/* A body that the application frees is not kept: it is freed, once. */
static int freed;

static void free_body(void *data, void *hint)
{
    MUST(hint == &freed);
    free(data);
    __sync_add_and_fetch(&freed, 1);
}

static void own_memory(void *context, const char *transport)
{
    void *sender = conflating(context, ZMQ_PUSH), *receiver = conflating(context, ZMQ_PULL);
    printf("the application's memory, over %s\n", transport);
    freed = 0;
    join(sender, bind_any(receiver, transport));
    for (int i = 0; i < 10; i++) {
        zmq_msg_t msg;
        size_t size = 100000;
        MUST(zmq_msg_init_data(&msg, calloc(1, size), size, free_body, &freed) == 0);
        MUST(zmq_msg_send(&msg, sender, 0) == (int)size);
    }
    say(sender, "last");
    char text[16];
    while (zmq_recv(receiver, text, sizeof text, 0) != 4)
        ;
    shut(sender);
    shut(receiver);
    for (long long end = now_ms() + PATIENCE; __sync_add_and_fetch(&freed, 0) < 10;)
        MUST(now_ms() < end);
    printf("freed %d\n", freed);
}

int main(void)
{
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    void *context = make_context();
    for (int i = 0; i < 3; i++) {
        flood(context, transports[i], ZMQ_PUSH, ZMQ_PULL);
        flood(context, transports[i], ZMQ_DEALER, ZMQ_DEALER);
        publish(context, transports[i]);
        own_memory(context, transports[i]);
    }
    for (int i = 0; i < 2; i++) { /* libzmq loses the message over inproc */
        connect_first(context, transports[i], ZMQ_PUSH, ZMQ_PULL);
        connect_first(context, transports[i], ZMQ_DEALER, ZMQ_DEALER);
    }
    in_order(context);
    newest_of_twenty(context, 0);
    newest_of_twenty(context, 1);
    finish(context);
    return 0;
}
