/* One side of a conversation between two processes, for any of the core socket
 * types; the runner gives each side a library of its own.
 *
 *   peer bind|connect TYPE ENDPOINT ROLE COUNT SIZE[,SIZE...]
 *
 * Roles: send, recv; ask, answer, which sends back what it hears, ask-rep for a
 * DEALER that asks a REP, ask-id for a ROUTER that asks; publish, subscribe.
 *
 * Message number i has a head (who, number, parts) and then one body, or three
 * when i is a multiple of 4; sizes are taken in turn. Every byte of a body
 * follows from its number, and is checked; so is what every frame tells of its sender,
 * who says its type in a property of its own. A side that binds first prints
 * "endpoint TEXT"; "progress" is printed for each message that came through; the
 * last line is "done N". A publisher begins when its standard input has a line; a
 * subscriber says "heard" when its subscriptions are in force. With a COUNT of 0 it goes on until it is ended, and
 * takes it that its peer may be lost and return at any time.
 */
#define ZMQ_BUILD_DRAFT_API /* for ZMQ_METADATA, which is older than its name */
#include <poll.h>
#include "interop/body.h"

#define MOST_SIZES 64

static size_t sizes[MOST_SIZES];
static int size_count;
static int endless;

static const struct { const char *name; int type; } types[] = {
    {"PUSH", ZMQ_PUSH}, {"PULL", ZMQ_PULL}, {"REQ", ZMQ_REQ}, {"REP", ZMQ_REP},
    {"DEALER", ZMQ_DEALER}, {"ROUTER", ZMQ_ROUTER}, {"PAIR", ZMQ_PAIR},
    {"PUB", ZMQ_PUB}, {"SUB", ZMQ_SUB}, {"XPUB", ZMQ_XPUB}, {"XSUB", ZMQ_XSUB},
};

/* Whoever speaks has said its type twice: by itself, and as an application. */
static void check_sender(zmq_msg_t *m)
{
    const char *type = zmq_msg_gets(m, "Socket-Type"), *speaker = zmq_msg_gets(m, "X-speaker");
    const char *address = zmq_msg_gets(m, "Peer-Address");
    MUST(type && speaker && address && *address && !strcmp(type, speaker));
    MUST(zmq_msg_gets(m, "X-none") == NULL && zmq_msg_get(m, ZMQ_SRCFD) > 2);
    const char *name = zmq_msg_gets(m, "Identity");
    int named = !strcmp(type, "DEALER") || !strcmp(type, "ROUTER");
    MUST(!named || (name && (!strncmp(name, "asker", 5) || !strcmp(name, "answerer"))));
}

static int send_message(void *socket, uint32_t number)
{
    struct head head = {(uint32_t)getpid(), number, parts_of(number), 0};
    if (zmq_send(socket, &head, sizeof head, ZMQ_SNDMORE) == -1)
        return -1;
    for (uint32_t part = 0; part < head.parts; part++) {
        zmq_msg_t m;
        MUST(zmq_msg_init_size(&m, sizes[number % size_count]) == 0);
        body(zmq_msg_data(&m), zmq_msg_size(&m), number, part, 0);
        int rc = zmq_msg_send(&m, socket, part + 1 < head.parts ? ZMQ_SNDMORE : 0);
        if (rc == -1) {
            MUST(zmq_errno() == EAGAIN && zmq_msg_close(&m) == 0);
            return -1;
        }
    }
    return 0;
}

/* Receives one message and checks it all; -1 if there is none in time. */
static int receive_message(void *socket, struct head *head)
{
    int rc = zmq_recv(socket, head, sizeof *head, 0);
    if (rc == -1)
        return -1;
    MUST(rc == sizeof *head && head->zero == 0 && head->parts == parts_of(head->number));
    for (uint32_t part = 0; part < head->parts; part++) {
        zmq_msg_t m;
        MUST(get_int(socket, ZMQ_RCVMORE) == 1);
        MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, socket, 0) >= 0);
        MUST(zmq_msg_size(&m) == sizes[head->number % size_count]);
        MUST(body(zmq_msg_data(&m), zmq_msg_size(&m), head->number, part, 1));
        check_sender(&m);
        MUST(zmq_msg_close(&m) == 0);
    }
    MUST(get_int(socket, ZMQ_RCVMORE) == 0);
    return 0;
}

static void progress(uint32_t number)
{
    if (endless) {
        printf("progress %u\n", number);
        fflush(stdout);
    }
}

static void send_all(void *socket, uint32_t count)
{
    for (uint32_t i = 0; endless || i < count; i++) {
        while (send_message(socket, i) == -1)
            MUST(endless && zmq_errno() == EAGAIN);
        if (endless)
            pause_ms(1);
    }
}

static void receive_all(void *socket, uint32_t count)
{
    uint32_t expected = 0, who = 0;
    for (uint32_t i = 0; endless || i < count; i++) {
        struct head head;
        int rc = receive_message(socket, &head);
        MUST(rc == 0 || (endless && zmq_errno() == EAGAIN));
        if (rc == -1)
            continue;
        if (!endless)
            MUST(head.number == i);
        else if (who == head.who) /* one sender: in order, and nothing left out */
            MUST(head.number == expected);
        who = head.who;
        expected = head.number + 1;
        progress(head.number);
    }
}

/* What comes before a request and before its answer: nothing, the delimiter that
 * a REP wants, or the routing id of the one who answers. -1 if it cannot go. */
static int send_envelope(void *socket, const char *envelope)
{
    if (!envelope)
        return 0;
    while (zmq_send(socket, envelope, strlen(envelope), ZMQ_SNDMORE) == -1) {
        MUST(zmq_errno() == EHOSTUNREACH || (endless && zmq_errno() == EAGAIN));
        if (endless)
            return -1;
        pause_ms(1); /* the peer has not said its name yet */
    }
    return 0;
}

static void receive_envelope(void *socket, const char *envelope)
{
    char got[16];
    if (!envelope)
        return;
    int size = zmq_recv(socket, got, sizeof got, 0);
    MUST(size == (int)strlen(envelope) && !memcmp(got, envelope, size));
    MUST(get_int(socket, ZMQ_RCVMORE) == 1);
}

static void ask_all(void *socket, uint32_t count, const char *envelope)
{
    for (uint32_t i = 0; endless || i < count; i++) {
        struct head head = {0, 0, 0, 0};
        if (send_envelope(socket, envelope) == -1 || send_message(socket, i) == -1) {
            MUST(endless);
            if (zmq_errno() != EFSM) { /* a REQ that still waits for an answer goes on to */
                pause_ms(1);
                continue;
            }
        }
        do { /* a late answer to an earlier question may come first */
            if (endless && !await(socket, ZMQ_POLLIN, 300))
                break;
            receive_envelope(socket, envelope);
            MUST(receive_message(socket, &head) == 0);
            if (endless && head.who != (uint32_t)getpid())
                head.number = 0; /* what one asked that was killed */
            MUST(head.number == i || (endless && head.number < i));
            progress(head.number);
        } while (head.number < i);
        if (endless)
            pause_ms(1);
    }
}

/* Sends back every message as it came, envelope and all: a REP may speak only
 * when it has heard the last part. */
static void answer_all(void *socket, uint32_t count)
{
    for (uint32_t i = 0; endless || i < count; i++) {
        zmq_msg_t part[8];
        int parts = 0, more = 1;
        if (endless && !await(socket, ZMQ_POLLIN, PATIENCE))
            continue;
        while (more) {
            MUST(parts < 8 && zmq_msg_init(&part[parts]) == 0);
            if (zmq_msg_recv(&part[parts], socket, 0) == -1) {
                MUST(endless && parts == 0 && zmq_errno() == EAGAIN);
                break; /* the one who asked is gone, or was not worth hearing */
            }
            /* Of a routing id, libzmq 4.3.4 forgets it when it was polled for. */
            if (parts > 0 || get_int(socket, ZMQ_TYPE) != ZMQ_ROUTER)
                check_sender(&part[parts]);
            more = zmq_msg_more(&part[parts++]);
        }
        int sent = 0;
        while (sent < parts && zmq_msg_send(&part[sent], socket, sent + 1 < parts ? ZMQ_SNDMORE : 0) != -1)
            sent++;
        MUST(sent == parts || (endless && zmq_errno() == EAGAIN && sent == 0));
        while (sent < parts) /* nobody is there to hear it */
            MUST(zmq_msg_close(&part[sent++]) == 0);
        progress(i);
    }
}

static void publish_one(void *socket, const char *topic, uint32_t number)
{
    MUST(zmq_send(socket, topic, strlen(topic), ZMQ_SNDMORE) == (int)strlen(topic));
    MUST(send_message(socket, number) == 0);
}

/* An XPUB hears of the subscriptions, each once as long as one has it. */
static void hear_subscriptions(void *socket, int type)
{
    char text[16];
    int size;
    while (type == ZMQ_XPUB && (size = zmq_recv(socket, text, sizeof text, ZMQ_DONTWAIT)) != -1)
        MUST(size > 1 && size < 16 && text[0] <= 1);
}

/* Every number to three topics, of which the subscribers want one. */
static void publish_all(void *socket, int type, uint32_t count)
{
    struct pollfd go = {STDIN_FILENO, POLLIN, 0};
    while (!endless && poll(&go, 1, 2) == 0)
        MUST(zmq_send(socket, "ready?", 6, 0) == 6);
    for (uint32_t i = 0; endless || i < count; i++) {
        publish_one(socket, "unwanted", i);
        publish_one(socket, "wanted", i);
        publish_one(socket, "want", i);
        hear_subscriptions(socket, type);
        if (endless)
            pause_ms(1);
    }
}

static void subscribe_to(void *socket, int type, const char *topic)
{
    char frame[16];
    int size = snprintf(frame, sizeof frame, "\1%s", topic);
    if (type == ZMQ_SUB)
        MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, topic, strlen(topic)) == 0);
    else
        MUST(zmq_send(socket, frame, size, 0) == size);
}

static void subscribe_all(void *socket, int type, uint32_t count)
{
    uint32_t last = 0, who = 0;
    int heard = endless;
    subscribe_to(socket, type, "wanted");
    subscribe_to(socket, type, "ready");
    for (uint32_t i = 0; endless || i < count;) {
        struct head head;
        char topic[16];
        int size = zmq_recv(socket, topic, sizeof topic, 0);
        if (size == -1) {
            MUST(endless && zmq_errno() == EAGAIN);
            continue;
        }
        if (size == 6 && !memcmp(topic, "ready?", 6)) {
            if (!heard++) {
                puts("heard");
                fflush(stdout);
            }
            continue;
        }
        MUST(size == 6 && !memcmp(topic, "wanted", 6) && get_int(socket, ZMQ_RCVMORE) == 1);
        MUST(receive_message(socket, &head) == 0);
        if (!endless)
            MUST(head.number == i);
        else if (who == head.who)
            MUST(head.number == last + 1);
        who = head.who;
        last = head.number;
        progress(head.number);
        i++;
    }
}

static int type_named(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(types[i].name, name))
            return types[i].type;
    MUST(!"a known type");
    return -1;
}

int main(int argc, char **argv)
{
    MUST(argc == 7);
    int type = type_named(argv[2]), count = atoi(argv[5]);
    for (char *at = strtok(argv[6], ","); at; at = strtok(NULL, ","))
        sizes[size_count++] = strtoul(at, NULL, 10);
    MUST(size_count > 0 && size_count <= MOST_SIZES);
    endless = count == 0;

    void *context = make_context(), *socket = make(context, type);
    int asks = !strncmp(argv[4], "ask", 3), publishes = !strcmp(argv[4], "publish");
    char name[32] = "answerer";
    if (asks) /* a REP ignores who comes by the name of one that it has not missed yet */
        snprintf(name, sizeof name, !strcmp(argv[4], "ask-rep") ? "asker %d" : "asker", getpid());
    if (type == ZMQ_ROUTER || type == ZMQ_DEALER)
        MUST(zmq_setsockopt(socket, ZMQ_ROUTING_ID, name, strlen(name)) == 0);
    char speaker[32];
    int length = snprintf(speaker, sizeof speaker, "X-speaker:%s", argv[2]);
    MUST(zmq_setsockopt(socket, ZMQ_METADATA, speaker, (size_t)length) == 0);
    if (type == ZMQ_ROUTER) {
        set_int(socket, ZMQ_ROUTER_MANDATORY, asks);
        set_int(socket, ZMQ_ROUTER_HANDOVER, 1); /* who is killed comes back by the same name */
    }
    if (publishes)
        set_int(socket, ZMQ_SNDHWM, 0);
    if (!strcmp(argv[4], "subscribe"))
        set_int(socket, ZMQ_RCVHWM, 0);
    set_int(socket, ZMQ_RECONNECT_IVL, 20);
    set_int(socket, ZMQ_RCVTIMEO, endless ? 500 : 100000);
    set_int(socket, ZMQ_SNDTIMEO, endless ? 500 : 100000);
    if (endless)
        set_int(socket, ZMQ_LINGER, 0);
    if (!strcmp(argv[1], "bind")) {
        bind_again(socket, argv[3]);
        printf("endpoint %s\n", last_endpoint(socket).text);
        fflush(stdout);
    } else
        MUST(zmq_connect(socket, argv[3]) == 0);

    if (!strcmp(argv[4], "send"))
        send_all(socket, (uint32_t)count);
    else if (!strcmp(argv[4], "recv"))
        receive_all(socket, (uint32_t)count);
    else if (!strcmp(argv[4], "ask"))
        ask_all(socket, (uint32_t)count, NULL);
    else if (!strcmp(argv[4], "ask-rep")) /* a DEALER whose peer wants a delimiter */
        ask_all(socket, (uint32_t)count, "");
    else if (!strcmp(argv[4], "ask-id")) /* a ROUTER */
        ask_all(socket, (uint32_t)count, "answerer");
    else if (publishes)
        publish_all(socket, type, (uint32_t)count);
    else if (!strcmp(argv[4], "subscribe"))
        subscribe_all(socket, type, (uint32_t)count);
    else if (!strcmp(argv[4], "answer"))
        answer_all(socket, (uint32_t)count);
    else
        MUST(!"a known role");
    shut(socket);
    finish(context);
    printf("done %d\n", count);
    return 0;
}
