/* Streams of messages that are about as long as a packet of the loopback, whose ends may
 * wait for the next one. There is not always a next one: the last message arrives whoever
 * sent it and whatever he does then, also if that is nothing. Nothing is torn, doubled,
 * late or out of order, and the sender's memory is his own again when zmq_send returns. */
#include "../monitor/raw.h"
#include "lent.h"

#define COUNT 30

enum way { SEND, WITHOUT_WAITING, MSG, WAYS };
static const char *const way_names[] = {"zmq_send", "without waiting", "zmq_msg_send"};

/* Sends a body that is overwritten at once. */
static void send_body(void *socket, size_t size, uint64_t number, enum way way, int flags)
{
    static __thread unsigned char body[LARGEST];
    zmq_msg_t msg;
    int rc;
    paint(body, size, number);
    switch (way) {
    case SEND:
        rc = zmq_send(socket, body, size, flags);
        break;
    case WITHOUT_WAITING:
        while ((rc = zmq_send(socket, body, size, flags | ZMQ_DONTWAIT)) == -1 && zmq_errno() == EAGAIN)
            MUST(await(socket, ZMQ_POLLOUT, PATIENCE));
        break;
    default:
        MUST(zmq_msg_init_size(&msg, size) == 0);
        memcpy(zmq_msg_data(&msg), body, size);
        rc = zmq_msg_send(&msg, socket, flags);
    }
    MUST(rc == (int)size);
    memset(body, 0xee, size);
}

/* Receives one frame; its number, or -1 if it is torn or of another size. */
static int64_t hear_body(void *socket, size_t size)
{
    static __thread unsigned char body[LARGEST + 1];
    int rc = zmq_recv(socket, body, sizeof body, 0);
    MUST(rc != -1);
    return (size_t)rc == size ? painted(body, size) : -1;
}

/* What somebody else receives: so many numbered messages, the sizes of which take turns. */
struct hearing { void *socket; const size_t *sizes; int kinds, count, parts, wrong, answers; };

static void *hear_them(void *argument)
{
    struct hearing *it = argument;
    for (int i = 0; i < it->count; i++) {
        it->wrong += hear_body(it->socket, it->sizes[i % it->kinds]) != i;
        it->wrong += get_int(it->socket, ZMQ_RCVMORE) != (it->parts && (i + 1) % it->parts != 0);
    }
    if (it->answers)
        say(it->socket, "all");
    return NULL;
}

static void meet(void *context, int types[2], int mark, void *ends[2])
{
    for (int i = 0; i < 2; i++) {
        ends[i] = make(context, types[i]);
        set_int(ends[i], i ? ZMQ_RCVHWM : ZMQ_SNDHWM, mark);
    }
    join(ends[0], bind_own(ends[1], "tcp"));
}

static void part(void *context, void *ends[2])
{
    shut(ends[0]);
    shut(ends[1]);
    finish(context);
}

static int push[] = {ZMQ_PUSH, ZMQ_PULL}, pair[] = {ZMQ_PAIR, ZMQ_PAIR};

/* A burst of each size; then the sender makes no call until it has arrived. */
static void sizes(enum way way, int mark)
{
    static const size_t all[] = {
        65400, 65465, 65471, 65472, 65473, 65474, 65475, 65476, 65477, 65483, 65500, 65535, 65536,
        65537, 65600, 70000, 81843, 81844, 81845, 81846, 100000, 130956, 130957, 130958, 131000,
        131072, 147000, 147400, 196440, 196500, 250000, 262143, 262144, 32768, 32767, 20000, 8193,
        8192, 8191, 1024, 600, 100, 8,
    };
    void *context = make_context(), *ends[2];
    int wrong = 0;
    meet(context, push, mark, ends);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct hearing it = {ends[1], &all[i], 1, COUNT, 0, 0, 0};
        pthread_t thread = start(hear_them, &it);
        snprintf(about, sizeof about, "%s, %zu bytes", way_names[way], all[i]);
        for (int k = 0; k < COUNT; k++)
            send_body(ends[0], all[i], (uint64_t)k, way, 0);
        stop(thread);
        wrong += it.wrong;
    }
    printf("%s, a mark of %d, wrong: %d\n", way_names[way], mark, wrong);
    part(context, ends);
}

/* Small and large ones in turn, alone and as parts of one message. */
static void mixed(enum way way, int parts)
{
    static const size_t rows[][6] = {
        {70000, 1024, 1024, 70000, 600, 8}, {65536, 65474, 65475, 8, 8, 8},
        {8192, 8192, 8192, 8192, 8192, 24524}, {131072, 600, 131072, 8, 65536, 100000},
        {40000, 25483, 300, 40000, 25000, 66000}, {200000, 8, 200000, 300, 20, 12},
    };
    void *context = make_context(), *ends[2];
    int wrong = 0;
    meet(context, push, 1000, ends);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hearing it = {ends[1], rows[i], 6, 10 * 6, parts, 0, 0};
        pthread_t thread = start(hear_them, &it);
        for (int k = 0; k < it.count; k++) {
            int more = parts && (k + 1) % parts != 0;
            send_body(ends[0], rows[i][k % 6], (uint64_t)k, way, more ? ZMQ_SNDMORE : 0);
        }
        stop(thread);
        wrong += it.wrong;
    }
    printf("mixed, %s, parts %d, wrong: %d\n", way_names[way], parts, wrong);
    part(context, ends);
}

/* The sender waits for the answer to its burst, one way or another. */
enum wait { RECEIVES, POLLS, POLLS_MANY, ASKS, LOOKS_AT_EVENTS, WAITS };

static void waits(enum wait way)
{
    static const char *const names[] = {"receives", "polls", "polls many", "asks", "looks at events"};
    void *context = make_context(), *ends[2], *others[12];
    zmq_pollitem_t items[13];
    size_t size = 65536;
    int wrong = 0, rc;
    char text[8];
    meet(context, pair, 1000, ends);
    items[0] = (zmq_pollitem_t){ends[0], 0, ZMQ_POLLIN, 0};
    for (int i = 0; i < 12; i++) {
        others[i] = make(context, ZMQ_PULL);
        items[i + 1] = (zmq_pollitem_t){others[i], 0, ZMQ_POLLIN, 0};
    }
    for (int round = 0; round < 10; round++) {
        struct hearing it = {ends[1], &size, 1, COUNT, 0, 0, 1};
        pthread_t thread = start(hear_them, &it);
        for (int k = 0; k < COUNT; k++)
            send_body(ends[0], size, (uint64_t)k, SEND, 0);
        if (way == POLLS || way == POLLS_MANY)
            MUST(zmq_poll(items, way == POLLS ? 1 : 13, PATIENCE) == 1);
        while (way == LOOKS_AT_EVENTS && !(get_int(ends[0], ZMQ_EVENTS) & ZMQ_POLLIN))
            ;
        while ((rc = zmq_recv(ends[0], text, sizeof text, way == ASKS ? ZMQ_DONTWAIT : 0)) == -1)
            MUST(way == ASKS && zmq_errno() == EAGAIN);
        wrong += rc != 3;
        stop(thread);
        wrong += it.wrong;
    }
    printf("who sent %s, wrong: %d\n", names[way], wrong);
    for (int i = 0; i < 12; i++)
        shut(others[i]);
    part(context, ends);
}

/* The sender leaves at once. */
enum leave { CLOSES, CLOSES_SOON, DISCONNECTS, TERMINATES, LEAVES };

static void leaves(enum leave way)
{
    static const char *const names[] = {"closes", "closes, and lingers", "disconnects", "terminates"};
    int wrong = 0;
    size_t size = 65536;
    for (int round = 0; round < 5; round++) {
        void *context = make_context(), *theirs = make_context();
        void *from = make(context, ZMQ_PUSH), *to = make(theirs, ZMQ_PULL);
        struct hearing it = {to, &size, 1, COUNT, 0, 0, 0};
        struct endpoint e = bind_own(to, "tcp");
        join(from, e);
        pthread_t thread = start(hear_them, &it);
        for (int k = 0; k < COUNT; k++)
            send_body(from, size, (uint64_t)k, SEND, 0);
        if (way == CLOSES_SOON)
            set_int(from, ZMQ_LINGER, PATIENCE);
        if (way == DISCONNECTS)
            MUST(zmq_disconnect(from, e.text) == 0);
        else
            shut(from);
        if (way == TERMINATES)
            finish(context);
        stop(thread);
        wrong += it.wrong;
        if (way == DISCONNECTS)
            shut(from);
        if (way != TERMINATES)
            finish(context);
        shut(to);
        finish(theirs);
    }
    printf("who sent %s, wrong: %d\n", names[way], wrong);
}

/* To several peers: every one gets the last. */
static void to_several(int type)
{
    void *context = make_context(), *from = make(context, type), *to[3];
    struct endpoint e = bind_own(from, "tcp");
    struct hearing it[3];
    pthread_t thread[3];
    size_t size = 65536;
    int wrong = 0;
    char text[8];
    set_int(from, type == ZMQ_ROUTER ? ZMQ_ROUTER_MANDATORY : ZMQ_XPUB_VERBOSE, 1);
    for (int i = 0; i < 3; i++) {
        to[i] = make(context, type == ZMQ_ROUTER ? ZMQ_DEALER : ZMQ_XSUB);
        snprintf(text, sizeof text, "%d", i);
        if (type == ZMQ_ROUTER)
            MUST(zmq_setsockopt(to[i], ZMQ_ROUTING_ID, text, 1) == 0);
        join(to[i], e);
        if (type == ZMQ_ROUTER) {
            say(to[i], "here");
            MUST(zmq_recv(from, text, sizeof text, 0) == 1 && zmq_recv(from, text, sizeof text, 0) == 4);
        } else {
            MUST(zmq_send(to[i], "\1", 1, 0) == 1);
            MUST(zmq_recv(from, text, sizeof text, 0) == 1);
        }
    }
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 3; i++) {
            it[i] = (struct hearing){to[i], &size, 1, COUNT, 0, 0, 0};
            thread[i] = start(hear_them, &it[i]);
        }
        for (int k = 0; k < COUNT; k++)
            for (int i = 0; i < (type == ZMQ_ROUTER ? 3 : 1); i++) {
                if (type == ZMQ_ROUTER) {
                    snprintf(text, sizeof text, "%d", i);
                    MUST(zmq_send(from, text, 1, ZMQ_SNDMORE) == 1);
                }
                send_body(from, size, (uint64_t)k, SEND, 0);
            }
        for (int i = 0; i < 3; i++) {
            stop(thread[i]);
            wrong += it[i].wrong;
        }
    }
    printf("%s, wrong: %d\n", type == ZMQ_ROUTER ? "ROUTER to three DEALERs" : "XPUB to three XSUBs", wrong);
    for (int i = 0; i < 3; i++)
        shut(to[i]);
    shut(from);
    finish(context);
}

/* A raw peer that goes in the middle of whatever it is; the next is sent whole messages. */
static volatile int over;

static void *send_on(void *socket)
{
    static unsigned char body[LARGEST];
    for (uint64_t number = 0; !over;) {
        size_t size = number % 5 == 4 ? 1000 : 65536;
        paint(body, size, number);
        if (zmq_send(socket, body, size, 0) != -1)
            number++;
        else
            MUST(zmq_errno() == EAGAIN);
        memset(body, 0xee, size);
    }
    return NULL;
}

static void lost_peers(void)
{
    static unsigned char bytes[4 * 65536];
    void *context = make_context(), *dealer = make(context, ZMQ_DEALER);
    struct endpoint e;
    int listener = raw_listen(&e), wrong = 0;
    int64_t last = -1, number;
    set_int(dealer, ZMQ_RECONNECT_IVL, 5);
    set_int(dealer, ZMQ_SNDTIMEO, 20);
    join(dealer, e);
    over = 0;
    pthread_t thread = start(send_on, dealer);
    for (size_t round = 0; round < 40; round++) {
        int fd = raw_accept(listener);
        size_t count = round * 6553 + (round % 3) * 17 + 1, at = 0;
        struct linger now = {1, 0};
        raw_shake(fd);
        MUST(raw_read(fd, bytes, count));
        if (round % 2)
            MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
        close(fd);
        while (at + 9 <= count) {
            size_t size = 0;
            for (int i = 1; i < 9; i++)
                size = size << 8 | bytes[at + i];
            at += 9;
            if (bytes[at - 9] != 2 || (size != 65536 && size != 1000)) {
                wrong++;
                break;
            }
            if (at + size <= count) {
                number = painted(bytes + at, size);
                wrong += number <= last;
                last = number;
            }
            at += size;
        }
    }
    over = 1;
    stop(thread);
    close(listener);
    printf("peers that go in the middle, wrong: %d\n", wrong);
    shut_now(dealer);
    finish(context);
}

/* The same bytes are sent by all who may keep them, and by who may not. */
static volatile int freed;

static void set_free(void *data, void *hint)
{
    (void)data;
    (void)hint;
    __sync_add_and_fetch(&freed, 1);
}

static void same_bytes(void)
{
    static unsigned char kept[70000];
    void *context = make_context(), *ends[2];
    size_t size = sizeof kept;
    int wrong = 0;
    freed = 0;
    meet(context, push, 1000, ends);
    paint(kept, size, 7);
    for (int i = 0; i < 3 * COUNT; i++) {
        zmq_msg_t msg;
        if (i % 3 == 0)
            MUST(zmq_send(ends[0], kept, size, 0) == (int)size);
        if (i % 3 == 1)
            MUST(zmq_send_const(ends[0], kept, size, 0) == (int)size);
        if (i % 3 == 2) {
            MUST(zmq_msg_init_data(&msg, kept, size, set_free, NULL) == 0);
            MUST(zmq_msg_send(&msg, ends[0], 0) == (int)size);
        }
    }
    for (int i = 0; i < 3 * COUNT; i++)
        wrong += hear_body(ends[1], size) != 7;
    for (long long end = now_ms() + PATIENCE; freed < COUNT && now_ms() < end;)
        pause_ms(1);
    printf("the same bytes, wrong: %d, freed: %d\n", wrong, freed);
    part(context, ends);
    printf("freed: %d\n", freed);
}

int main(void)
{
    static const int marks[] = {0, 1, 2, 8, 9, 10};
    for (int way = 0; way < WAYS; way++)
        sizes(way, 1000);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (int way = 0; way < 2; way++)
            sizes(way, marks[i]);
    for (int way = 0; way < WAYS; way++)
        for (int parts = 0; parts <= 3; parts += 3)
            mixed(way, parts);
    for (int way = 0; way < WAITS; way++)
        waits(way);
    for (int way = 0; way < LEAVES; way++)
        leaves(way);
    to_several(ZMQ_ROUTER);
    to_several(ZMQ_XPUB);
    lost_peers();
    same_bytes();
    return 0;
}
