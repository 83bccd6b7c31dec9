/* Short messages in a row between two sockets, which we pass by a way of their own, and
 * everything that may come between them: other bodies, parts, peers that come and go, a
 * full pipe, ZMQ_FD, options, errors, the end. */
#include "support.h"

#define ROW 40 /* so many that any shortcut is taken by then */

enum { BYTES, MESSAGES };

static char body[16384];

static void send_body(void *socket, size_t size, int way, int flags)
{
    zmq_msg_t msg;
    if (way == BYTES) {
        MUST(zmq_send(socket, body, size, flags) == (int)size);
        return;
    }
    MUST(zmq_msg_init_size(&msg, size) == 0);
    memcpy(zmq_msg_data(&msg), body, size);
    MUST(zmq_msg_send(&msg, socket, flags) == (int)size && zmq_msg_size(&msg) == 0);
}

static void recv_body(void *socket, size_t size, int way, int more)
{
    static char got[sizeof body];
    zmq_msg_t msg;
    if (way == BYTES)
        MUST(zmq_recv(socket, got, sizeof got, 0) == (int)size && !memcmp(got, body, size));
    else {
        MUST(zmq_msg_init(&msg) == 0);
        MUST(zmq_msg_recv(&msg, socket, 0) == (int)size && zmq_msg_size(&msg) == size);
        MUST(!memcmp(zmq_msg_data(&msg), body, size) && zmq_msg_more(&msg) == more);
        MUST(zmq_msg_close(&msg) == 0);
    }
    if (more)
        MUST(get_int(socket, ZMQ_RCVMORE) == 1);
}

static void send_number(void *socket, int number, int way)
{
    memcpy(body, &number, sizeof number);
    send_body(socket, sizeof number, way, 0);
}

static void recv_number(void *socket, int number, int way)
{
    memcpy(body, &number, sizeof number);
    recv_body(socket, sizeof number, way, 0);
}

static void send_row(void *from, int way)
{
    for (int i = 0; i < ROW; i++)
        send_number(from, i, way);
}

static void recv_row(void *to, int way)
{
    for (int i = 0; i < ROW; i++)
        recv_number(to, i, way);
}

/* Afterwards each of them may have a shortcut to the other. */
static void row(void *from, void *to, int way)
{
    send_row(from, way);
    recv_row(to, way);
}

/* How many numbers there are, if not more than were `wanted`. */
static int count_of(void *to, int wanted)
{
    int number, count = 0;
    while (count < wanted && zmq_recv(to, &number, sizeof number, 0) == sizeof number)
        count++;
    return zmq_recv(to, &number, sizeof number, ZMQ_DONTWAIT) == -1 ? count : -1;
}

static const size_t sizes[] = {0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 39, 40, 41, 63, 64, 65,
                               127, 254, 255, 256, 257, 1000, 8190, 8191, 8192, 8193, 16384};

static void bodies(void *from, void *to, int way)
{
    const int count = sizeof sizes / sizeof *sizes;
    for (int i = 0; i < count; i++) { /* each one behind a row, and all in a row */
        send_row(from, way);
        send_body(from, sizes[i], way, 0);
        recv_row(to, way);
        recv_body(to, sizes[i], way, 0);
    }
    for (int i = 0; i < count; i++)
        send_body(from, sizes[i], i & 1, 0);
    for (int i = 0; i < count; i++)
        recv_body(to, sizes[i], i & 2, 0);
}

static void parts(void *from, void *to, int way)
{
    for (int round = 0; round < 3; round++) {
        send_row(from, way);
        for (int part = 0; part < 20; part++)
            send_body(from, sizes[part], way, part < 19 ? ZMQ_SNDMORE : 0);
        send_row(from, !way);
        recv_row(to, !way);
        for (int part = 0; part < 20; part++)
            recv_body(to, sizes[part], way, part < 19);
        MUST(get_int(to, ZMQ_RCVMORE) == 0);
        recv_row(to, way);
        MUST(get_int(to, ZMQ_RCVMORE) == 0);
    }
    for (int i = 0; i < ROW; i++) { /* and many of them in a row */
        send_body(from, 3, way, ZMQ_SNDMORE);
        send_body(from, 4, way, 0);
    }
    for (int i = 0; i < ROW; i++) {
        recv_body(to, 3, way, 1);
        recv_body(to, 4, way, 0);
    }
}

static void errors(void *from, void *to)
{
    char four[4];
    zmq_msg_t msg;
    send_row(from, BYTES);
    TELL(zmq_send(from, NULL, 0, 0));
    TELL(zmq_send(from, "unknown flags", 13, 0x100));
    recv_row(to, BYTES);
    TELL(zmq_recv(to, NULL, 0, 0));
    TELL(zmq_recv(to, four, sizeof four, 0x100));
    MUST(!memcmp(four, "unkn", 4));
    send_row(from, BYTES);
    for (int i = 0; i < ROW; i++)
        MUST(zmq_recv(to, four, i % 4, 0) == 4);
    TELL(zmq_recv(to, four, sizeof four, ZMQ_DONTWAIT));
    MUST(zmq_msg_init(&msg) == 0);
    TELL(zmq_msg_recv(&msg, to, ZMQ_DONTWAIT));
    MUST(zmq_msg_close(&msg) == 0);
}

/* What a row leaves of the messages that are used for it again and again. */
static void reused(void *from, void *to, const char *transport)
{
    zmq_msg_t msg;
    MUST(zmq_msg_init_data(&msg, body, 1000, NULL, NULL) == 0); /* given up for the first */
    send_row(from, BYTES);
    for (int i = 0; i < ROW; i++) {
        MUST(zmq_msg_recv(&msg, to, 0) == 4 && !memcmp(zmq_msg_data(&msg), &i, 4));
        const char *type = zmq_msg_gets(&msg, "Socket-Type");
        if (i % 13 == 0)
            printf("%s: from %s, %s\n", transport, type ? type : "one unknown",
                   zmq_msg_gets(&msg, "Routing-Id") ? zmq_msg_gets(&msg, "Routing-Id") : "none");
        MUST((type != NULL) == (strcmp(transport, "inproc") != 0));
        MUST(zmq_msg_send(&msg, from, 0) == 4 && zmq_msg_size(&msg) == 0);
        MUST(!zmq_msg_gets(&msg, "Socket-Type"));
    }
    recv_row(to, MESSAGES);
    MUST(zmq_msg_close(&msg) == 0);
}

static void events(void *from, void *to)
{
    int fd, heard = 0;
    size_t size = sizeof fd;
    row(from, to, BYTES);
    printf("events %d", get_int(to, ZMQ_EVENTS) & ZMQ_POLLIN);
    send_row(from, BYTES);
    MUST(await(to, ZMQ_POLLIN, PATIENCE));
    printf(", %d", get_int(to, ZMQ_EVENTS) & ZMQ_POLLIN);
    recv_row(to, BYTES);
    printf(", %d\n", get_int(to, ZMQ_EVENTS) & ZMQ_POLLIN);
    row(from, to, BYTES);
    MUST(zmq_getsockopt(to, ZMQ_FD, &fd, &size) == 0);
    row(from, to, MESSAGES);
    for (int round = 0; round < 3; round++) { /* as it is meant to be used */
        send_row(from, round & 1);
        while (heard < ROW) {
            zmq_pollitem_t item = {NULL, fd, ZMQ_POLLIN, 0};
            while (get_int(to, ZMQ_EVENTS) & ZMQ_POLLIN)
                recv_number(to, heard++, round & 1);
            MUST(heard == ROW || zmq_poll(&item, 1, PATIENCE) == 1);
        }
        heard = 0;
    }
}

static void long_one(void *from, void *to, int count)
{
    for (int next = 0, heard = 0; heard < count;) {
        for (int i = 0; i < 500; i++)
            send_number(from, next++, BYTES);
        for (int i = 0; i < 500; i++)
            recv_number(to, heard++, BYTES);
    }
}

static void two(const char *transport, int from_type, int to_type)
{
    void *context = make_context();
    void *from = make(context, from_type), *to = make(context, to_type);
    printf("-- %s, types %d and %d\n", transport, from_type, to_type);
    if (from_type == ZMQ_DEALER)
        MUST(zmq_setsockopt(from, ZMQ_ROUTING_ID, "me", 2) == 0);
    join(from, bind_any(to, transport));
    for (int way = BYTES; way <= MESSAGES; way++) {
        row(from, to, way);
        row(from, to, !way);
        bodies(from, to, way);
        parts(from, to, way);
        if (from_type != ZMQ_PUSH)
            for (int i = 0; i < 3; i++) { /* both ways at once */
                send_row(from, way);
                send_row(to, way);
                recv_row(from, !way);
                recv_row(to, !way);
            }
    }
    errors(from, to);
    reused(from, to, transport);
    long_one(from, to, 20000);
    events(from, to);
    set_int(from, ZMQ_LINGER, 0);
    row(from, to, BYTES);
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_recv(to, body, 1, 0));
    for (long long end = now_ms() + PATIENCE; /* libzmq does not hear of it at once */
         zmq_send(from, "m", 1, ZMQ_DONTWAIT) == 1 || zmq_errno() == EAGAIN;)
        MUST(now_ms() < end);
    TELL(zmq_send(from, "m", 1, 0));
    shut(from);
    shut(to);
    finish(context);
}

/* A second receiver comes, and the first one goes. */
static void receivers(const char *transport, int from_type, int to_type)
{
    void *context = make_context(), *from = make(context, from_type);
    void *first = make(context, to_type), *second = make(context, to_type);
    struct endpoint e = bind_any(first, transport);
    join(from, e);
    row(from, first, BYTES);
    join(from, bind_any(second, transport));
    send_row(from, BYTES);
    printf("%s: shares of %d", transport, count_of(first, ROW / 2));
    printf(" and %d", count_of(second, ROW / 2));
    send_row(from, MESSAGES);
    MUST(zmq_disconnect(from, e.text) == 0);
    send_row(from, BYTES);
    printf(", then %d for who is left\n", count_of(second, ROW / 2 + ROW));
    row(from, second, MESSAGES);
    shut_now(from);
    shut(first);
    shut(second);
    finish(context);
}

/* A second sender comes in the middle of a row: who is heard? */
static void senders(int from_type, int to_type)
{
    void *context = make_context(), *to = make(context, to_type);
    void *a = make(context, from_type), *b = make(context, from_type);
    struct endpoint e = bind_any(to, "inproc");
    char order[21] = "";
    join(a, e);
    row(a, to, BYTES);
    send_row(a, BYTES);
    for (int i = 0; i < ROW / 2; i++)
        recv_number(to, i, BYTES);
    join(b, e);
    for (int i = 0; i < 10; i++)
        MUST(zmq_send(b, "b", 1, 0) == 1);
    MUST(get_int(to, ZMQ_EVENTS) & ZMQ_POLLIN); /* it takes in who has come */
    for (int i = 0; i < 20; i++)
        order[i] = zmq_recv(to, body, 4, 0) == 1 ? 'b' : 'a';
    puts(order);
    shut(b);
    for (int i = ROW / 2 + 10; i < ROW; i++)
        recv_number(to, i, MESSAGES);
    row(a, to, MESSAGES);
    row(a, to, BYTES);
    shut(a);
    shut(to);
    finish(context);
}

/* The peer goes, and another one comes in its place. */
static void successors(const char *transport, int from_type, int to_type)
{
    void *context = make_context(), *to = make(context, to_type);
    struct endpoint e = bind_any(to, transport);
    for (int i = 0; i < 5; i++) {
        void *from = make(context, from_type);
        join(from, e);
        row(from, to, i & 1);
        send_row(from, i & 1);
        shut(from);
        recv_row(to, i & 1);
        if (to_type != ZMQ_PULL) { /* nobody is there any more */
            long long end = now_ms() + PATIENCE;
            while (get_int(to, ZMQ_EVENTS) & ZMQ_POLLOUT)
                MUST(now_ms() < end);
            MUST(zmq_send(to, "m", 1, ZMQ_DONTWAIT) == -1 && zmq_errno() == EAGAIN);
        }
        MUST(zmq_recv(to, body, 1, ZMQ_DONTWAIT) == -1 && zmq_errno() == EAGAIN);
    }
    printf("%s: five successors\n", transport);
    shut(to);
    finish(context);
}

/* The same for who has connected: the row goes on with the next connection. */
static void reconnect(const char *transport, int from_type, int to_type)
{
    void *ours = make_context(), *from = make(ours, from_type);
    struct endpoint e = {""};
    int next = 0;
    set_int(from, ZMQ_RECONNECT_IVL, 10);
    for (int i = 0; i < 4; i++) {
        void *theirs = make_context(), *to = make(theirs, to_type);
        int last = -1, number;
        long long end = now_ms() + PATIENCE;
        if (i == 0)
            join(from, e = bind_own(to, transport));
        else
            bind_again(to, e.text);
        while (!await(to, ZMQ_POLLIN, 20)) { /* what goes into a lost connection is lost */
            MUST(now_ms() < end);
            for (int j = 0; j < ROW; j++)
                send_number(from, next++, j & 1);
        }
        for (int j = 0; j < ROW; j++)
            send_number(from, next++, BYTES);
        while (last != next - 1) {
            MUST(zmq_recv(to, &number, sizeof number, 0) == sizeof number && number > last);
            last = number;
        }
        shut(to);
        finish(theirs);
    }
    printf("%s: three reconnects\n", transport);
    shut_now(from);
    finish(ours);
}

/* The end of a row is a full pipe. */
static void full(int from_type, int to_type)
{
    void *context = make_context();
    void *from = make(context, from_type), *to = make(context, to_type);
    set_int(from, ZMQ_SNDHWM, 60);
    set_int(to, ZMQ_RCVHWM, 60);
    join(from, bind_any(to, "inproc"));
    for (int round = 0; round < 3; round++) {
        int count = 0;
        row(from, to, BYTES);
        while (zmq_send(from, &count, sizeof count, ZMQ_DONTWAIT) == sizeof count)
            count++;
        MUST(zmq_errno() == EAGAIN);
        if (round == 0)
            printf("full after %s\n", count > 60 && count <= 120 ? "a mark or two" : "something else");
        for (int i = 0; i < count; i++)
            recv_number(to, i, i & 1);
        MUST(await(from, ZMQ_POLLOUT, PATIENCE));
    }
    shut(from);
    shut(to);
    finish(context);
}

/* Of each row the last one counts. */
static void newest(const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    int number = -1;
    set_int(push, ZMQ_CONFLATE, 1);
    set_int(pull, ZMQ_CONFLATE, 1);
    join(push, bind_any(pull, transport));
    for (int round = 0; round < 3; round++) {
        send_row(push, round & 1);
        do
            MUST(zmq_recv(pull, &number, sizeof number, 0) == sizeof number);
        while (number != ROW - 1);
        MUST(zmq_recv(pull, &number, sizeof number, ZMQ_DONTWAIT) == -1 && zmq_errno() == EAGAIN);
    }
    printf("%s: the newest\n", transport);
    shut(push);
    shut(pull);
    finish(context);
}

static int enough;

static void *flood(void *push)
{
    while (!__atomic_load_n(&enough, __ATOMIC_RELAXED))
        MUST(zmq_send(push, "flood", 5, 0) == 5 || zmq_errno() == EAGAIN);
    return NULL;
}

/* Who receives one after the other without end hears also those who come later. */
static void beside_a_flood(const char *transport, int flags)
{
    void *context = make_context(), *pull = make(context, ZMQ_PULL);
    void *push = make(context, ZMQ_PUSH), *late = make(context, ZMQ_PUSH);
    struct endpoint e = bind_any(pull, transport);
    pthread_t thread;
    int size = 0;
    enough = 0;
    set_int(push, ZMQ_SNDTIMEO, SILENCE);
    set_int(pull, ZMQ_RCVTIMEO, SILENCE);
    join(push, e);
    MUST(pthread_create(&thread, NULL, flood, push) == 0);
    for (int count = 0; count < 20000;)
        count += zmq_recv(pull, body, 8, flags) == 5;
    join(late, e);
    MUST(zmq_send(late, "I", 1, 0) == 1);
    for (long long end = now_ms() + PATIENCE; size != 1;) {
        MUST(now_ms() < end);
        for (int i = 0; size != 1 && i < 1000; i++)
            size = zmq_recv(pull, body, 8, flags);
    }
    __atomic_store_n(&enough, 1, __ATOMIC_RELAXED);
    while (zmq_recv(pull, body, 8, 0) != -1) /* full pipes may keep libzmq from its end */
        ;
    printf("%s: heard beside a flood\n", transport);
    MUST(pthread_join(thread, NULL) == 0);
    shut_now(push);
    shut_now(late);
    shut(pull);
    finish(context);
}

/* Many sockets one after the other, in places that others have left in a row. */
static void many_sockets(void)
{
    void *context = make_context();
    for (int i = 0; i < 300; i++) {
        void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
        join(push, bind_any(pull, "inproc"));
        row(push, pull, i & 1);
        shut(i & 2 ? push : pull);
        shut(i & 2 ? pull : push);
        void *none = make(context, i & 1 ? ZMQ_PUSH : ZMQ_PULL);
        MUST(zmq_send(none, "m", 1, ZMQ_DONTWAIT) == -1 && zmq_errno() == (i & 1 ? EAGAIN : ENOTSUP));
        MUST(zmq_recv(none, body, 1, ZMQ_DONTWAIT) == -1 && zmq_errno() == (i & 1 ? ENOTSUP : EAGAIN));
        shut(none);
    }
    puts("many sockets");
    finish(context);
}

int main(void)
{
    static const int types[][2] = {{ZMQ_PUSH, ZMQ_PULL}, {ZMQ_DEALER, ZMQ_DEALER}, {ZMQ_PAIR, ZMQ_PAIR}};
    static const char *const transports[] = {"inproc", "tcp", "ipc"};
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)(i * 31 >> 3);
    for (int i = 0; i < 3; i++) {
        int from = types[i][0], to = types[i][1];
        for (int j = 0; j < 3; j++) {
            two(transports[j], from, to);
            if (j > 0)
                reconnect(transports[j], from, to);
            if (to == ZMQ_PAIR) /* has one peer, and libzmq does not say when it may have another */
                continue;
            successors(transports[j], from, to);
            receivers(transports[j], from, to);
        }
        if (to != ZMQ_PAIR)
            senders(from, to);
        full(from, to);
    }
    for (int j = 0; j < 3; j++) {
        newest(transports[j]);
        beside_a_flood(transports[j], 0);
        beside_a_flood(transports[j], ZMQ_DONTWAIT);
    }
    many_sockets();
    return 0;
}
