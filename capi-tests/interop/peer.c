/* One side of a conversation between two processes, for any of the first socket
 * types; the runner gives each side a library of its own.
 *
 *   peer bind|connect TYPE ENDPOINT send|recv|ask|answer COUNT SIZE[,SIZE...]
 *
 * Message number i has a head (who, number, parts) and then one body, or three
 * when i is a multiple of 4; sizes are taken in turn. Every byte of a body
 * follows from its number, and is checked. A side that binds first prints
 * "endpoint TEXT"; "progress" is printed for each message that came through; the
 * last line is "done N". With a COUNT of 0 it goes on until it is ended, and
 * takes it that its peer may be lost and return at any time.
 */
#include "support.h"

#define MOST_SIZES 64

static size_t sizes[MOST_SIZES];
static int size_count;
static int endless;

static const struct { const char *name; int type; } types[] = {
    {"PUSH", ZMQ_PUSH}, {"PULL", ZMQ_PULL}, {"REQ", ZMQ_REQ}, {"REP", ZMQ_REP},
    {"DEALER", ZMQ_DEALER}, {"ROUTER", ZMQ_ROUTER}, {"PAIR", ZMQ_PAIR},
};

struct head { uint32_t who, number, parts, zero; };

static uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    return x ^ x >> 33;
}

/* Writes the body of a part, or compares with it; 1 if it is right. */
static int body(unsigned char *data, size_t size, uint32_t number, uint32_t part, int compare)
{
    uint64_t seed = (uint64_t)number << 32 | part;
    for (size_t at = 0, word = 0; at < size; at += 8, word++) {
        uint64_t value = mix(seed + word * 0x9e3779b97f4a7c15ULL);
        size_t n = size - at < 8 ? size - at : 8;
        if (!compare)
            memcpy(data + at, &value, n);
        else if (memcmp(data + at, &value, n))
            return 0;
    }
    return 1;
}

static uint32_t parts_of(uint32_t number) { return number % 4 == 0 ? 3 : 1; }

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

/* The delimiter and the routing id that come before a request or its answer. */
static void send_delimiter(void *socket, int wanted)
{
    if (wanted)
        MUST(zmq_send(socket, "", 0, ZMQ_SNDMORE) == 0 || endless);
}

static void receive_delimiter(void *socket, int wanted)
{
    char none[1];
    if (wanted)
        MUST(zmq_recv(socket, none, sizeof none, 0) == 0 && get_int(socket, ZMQ_RCVMORE) == 1);
}

/* Asks and checks the answers. A DEALER asks without a delimiter when its peer
 * is no REP: then what comes back is what was sent. */
static void ask_all(void *socket, uint32_t count, int delimiter)
{
    for (uint32_t i = 0; endless || i < count; i++) {
        struct head head = {0, 0, 0, 0};
        send_delimiter(socket, delimiter);
        if (send_message(socket, i) == -1) {
            MUST(endless && zmq_errno() == EAGAIN);
            continue;
        }
        do { /* a late answer to an earlier question may come first */
            if (endless && !await(socket, ZMQ_POLLIN, 300))
                break;
            receive_delimiter(socket, delimiter);
            MUST(receive_message(socket, &head) == 0);
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
            more = zmq_msg_more(&part[parts++]);
        }
        for (int k = 0; k < parts; k++)
            if (zmq_msg_send(&part[k], socket, k + 1 < parts ? ZMQ_SNDMORE : 0) == -1) {
                MUST(endless && zmq_errno() == EAGAIN);
                MUST(zmq_msg_close(&part[k]) == 0);
            }
        progress(i);
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
    set_int(socket, ZMQ_RECONNECT_IVL, 20);
    set_int(socket, ZMQ_RCVTIMEO, endless ? 500 : 20000);
    set_int(socket, ZMQ_SNDTIMEO, endless ? 500 : 20000);
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
        ask_all(socket, (uint32_t)count, 0);
    else if (!strcmp(argv[4], "ask-rep")) /* a DEALER whose peer wants a delimiter */
        ask_all(socket, (uint32_t)count, 1);
    else if (!strcmp(argv[4], "answer"))
        answer_all(socket, (uint32_t)count);
    else
        MUST(!"a known role");
    shut(socket);
    finish(context);
    printf("done %d\n", count);
    return 0;
}
