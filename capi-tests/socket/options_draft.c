// ours-only: a libzmq without drafts, as systems have it, does not know these options
/* Options that are drafts: who may set and get each, in which sizes and range, and
 * what it is at first, as libzmq 4.3.5 with drafts has it. A table says what must
 * hold, and every row is walked on every type of socket. Those that belong to
 * parts that are not built (wss, NORM, security) are refused throughout. Told differently
 * from 4.3.5: BUSY_POLL can be got, where libzmq fills in the value and then says
 * EINVAL; and XSUB_VERBOSE_UNSUBSCRIBE wants an int, where libzmq reads one whatever the
 * length. */
#define ZMQ_BUILD_DRAFT_API
#include "option_table.h"

enum kind { INT, FLAG, LOOSE, TEXT, BYTES, COUNTED, NONE };
#define OF(type) (1u << (type))
#define NOBODY 0u
#define ALL (~0u)
#define PUBLISHERS (OF(ZMQ_XPUB) | OF(ZMQ_PUB))

static const struct rule {
    const char *name;
    int number;
    enum kind kind;
    unsigned set, get;
    int low, high, first;
} rules[] = {
#define RULE(name, ...) {#name, ZMQ_##name, __VA_ARGS__}
    RULE(LOOPBACK_FASTPATH, LOOSE, ALL, ALL, 0, 1, 0),
    RULE(MULTICAST_LOOP, LOOSE, ALL, ALL, 0, 1, 1),
    RULE(ROUTER_NOTIFY, INT, OF(ZMQ_ROUTER) | OF(ZMQ_REP), ALL, 0, 3, 0),
    RULE(XPUB_MANUAL_LAST_VALUE, FLAG, PUBLISHERS, NOBODY, 0, 1, 0),
    RULE(SOCKS_USERNAME, TEXT, ALL, ALL, 0, 255, 0),
    RULE(SOCKS_PASSWORD, TEXT, ALL, ALL, 0, 255, 0),
    RULE(IN_BATCH_SIZE, INT, ALL, ALL, 1, INT32_MAX, 8192),
    RULE(OUT_BATCH_SIZE, INT, ALL, ALL, 1, INT32_MAX, 8192),
    RULE(ONLY_FIRST_SUBSCRIBE, FLAG, PUBLISHERS | OF(ZMQ_XSUB), NOBODY, 0, 1, 0),
    RULE(RECONNECT_STOP, INT, ALL, ALL, INT32_MIN, INT32_MAX, 0),
    RULE(HELLO_MSG, BYTES, ALL, NOBODY, 0, 0, 0),
    RULE(DISCONNECT_MSG, BYTES, ALL, NOBODY, 0, 0, 0),
    RULE(HICCUP_MSG, BYTES, ALL, NOBODY, 0, 0, 0),
    RULE(PRIORITY, INT, ALL, ALL, 0, INT32_MAX, 0),
    RULE(BUSY_POLL, INT, ALL, ALL, INT32_MIN, INT32_MAX, 0),
    RULE(XSUB_VERBOSE_UNSUBSCRIBE, LOOSE, OF(ZMQ_XSUB), NOBODY, 0, 1, 0),
    RULE(TOPICS_COUNT, COUNTED, NOBODY, PUBLISHERS | OF(ZMQ_SUB) | OF(ZMQ_XSUB), 0, 0, 0),
    RULE(WSS_KEY_PEM, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(WSS_CERT_PEM, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(WSS_TRUST_PEM, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(WSS_HOSTNAME, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(WSS_TRUST_SYSTEM, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(NORM_MODE, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(NORM_UNICAST_NACK, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(NORM_BUFFER_SIZE, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(NORM_SEGMENT_SIZE, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(NORM_BLOCK_SIZE, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(NORM_NUM_PARITY, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(NORM_NUM_AUTOPARITY, NONE, NOBODY, NOBODY, 0, 0, 0),
    RULE(NORM_PUSH, NONE, NOBODY, NOBODY, 0, 0, 0),
};

static const struct rule *rule;
static void *socket_;
static int type_;

/* Says which option on which type went wrong, and ends the program. */
static void hold(int fact, const char *what, long long detail)
{
    if (fact)
        return;
    printf("%s on type %d: %s %lld (%s)\n", rule->name, type_, what, detail, error_name(zmq_errno()));
    exit(3);
}

static int refused(int rc)
{
    return rc == -1 && zmq_errno() == EINVAL;
}

static int is_number(void)
{
    return rule->kind == INT || rule->kind == FLAG || rule->kind == LOOSE;
}

static void value_is(int wanted)
{
    int value = 0x55;
    size_t size = sizeof value;
    if (!(rule->get & OF(type_)) || rule->kind == TEXT)
        return;
    hold(zmq_getsockopt(socket_, rule->number, &value, &size) == 0 && size == 4, "get for", wanted);
    hold(value == wanted, "is", value);
}

static void getting(void)
{
    unsigned char room[600];
    static const size_t rooms[] = {0, 1, 3, 4, 5, 8, 600};
    for (size_t i = 0; i < COUNT(rooms); i++) {
        size_t size = rooms[i], length = 4;
        int may = (rule->get & OF(type_)) != 0;
        if (rule->kind == TEXT) {
            may = may && size >= 1;
            length = 1; /* the NUL of no text */
        } else
            may = may && (rule->kind == COUNTED ? size >= 4 : size == 4);
        int rc = zmq_getsockopt(socket_, rule->number, room, &size);
        hold(may ? rc == 0 && size == length : refused(rc) && size == rooms[i], "get into", (long long)rooms[i]);
    }
    hold(refused(zmq_getsockopt(socket_, rule->number, room, NULL)), "get without a length", 0);
}

static void setting_bytes(void)
{
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 8, 255, 256, 5000};
    char bytes[5000], back[600];
    int mine = (rule->set & OF(type_)) != 0;
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < COUNT(sizes); i++) {
        int rc = zmq_setsockopt(socket_, rule->number, bytes, sizes[i]);
        int may = mine && (rule->kind == BYTES || (rule->kind == TEXT && sizes[i] <= 255)
            || (is_number() && sizes[i] == 4 && rule->high >= 0x78787878) || (rule->kind == FLAG
            && sizes[i] == 4) || (rule->kind == LOOSE && sizes[i] == 4));
        hold(may ? rc == 0 : refused(rc), "set bytes", (long long)sizes[i]);
        if (rule->kind == TEXT && may) {
            size_t size = sizeof back;
            hold(zmq_getsockopt(socket_, rule->number, back, &size) == 0 && size == sizes[i] + 1
                && !back[sizes[i]] && !memcmp(back, bytes, sizes[i]), "get back", (long long)sizes[i]);
        }
    }
    int empties = mine && (rule->kind == BYTES || rule->kind == TEXT);
    int rc = zmq_setsockopt(socket_, rule->number, NULL, 0);
    hold(empties ? rc == 0 : refused(rc), "set nothing", 0);
}

static void setting_numbers(void)
{
    static const int values[] = {INT32_MIN, -2, -1, 0, 1, 2, 3, 4, 8192, INT32_MAX};
    if (!is_number())
        return;
    for (size_t i = 0; i < COUNT(values); i++) {
        int value = values[i];
        int may = (rule->set & OF(type_)) != 0 && (rule->kind == LOOSE || (rule->kind == FLAG ? value >= 0
            : value >= rule->low && value <= rule->high));
        int rc = zmq_setsockopt(socket_, rule->number, &value, sizeof value);
        hold(may ? rc == 0 : refused(rc), "set to", value);
        if (may)
            value_is(rule->kind == INT ? value : value != 0);
    }
}

/* A null pointer with a length is nobody's value; libzmq reads from it, but for the
 * texts, which it empties. */
static void setting_null(void)
{
    static const size_t sizes[] = {1, 4, 8, 40};
    int empties = rule->kind == TEXT && (rule->set & OF(type_)) != 0;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        int rc = zmq_setsockopt(socket_, rule->number, NULL, sizes[i]);
        hold(empties ? rc == 0 : refused(rc), "set null of", (long long)sizes[i]);
    }
}

/* The same for the options that are no drafts. */
static void stable_ones_from_null(void *context)
{
    struct rule stable = {"a stable option", 0, NONE, NOBODY, NOBODY, 0, 0, 0};
    rule = &stable;
    for (size_t t = 0; t < TYPES; t++) {
        type_ = types[t];
        socket_ = zmq_socket(context, type_);
        MUST(socket_ != NULL);
        for (stable.number = -1; stable.number <= ZMQ_BINDTODEVICE; stable.number++)
            setting_null();
        shut_now(socket_);
    }
    puts("null with a length: nobody's value");
}

int main(void)
{
    void *context = make_context();
    stable_ones_from_null(context);
    for (size_t i = 0; i < COUNT(rules); i++) {
        rule = &rules[i];
        for (size_t t = 0; t < TYPES; t++) {
            type_ = types[t];
            static void (*const steps[])(void) = {getting, setting_bytes, setting_numbers, setting_null};
            for (size_t s = 0; s < COUNT(steps); s++) {
                socket_ = zmq_socket(context, type_);
                MUST(socket_ != NULL);
                value_is(rule->first);
                steps[s]();
                shut_now(socket_);
            }
        }
        printf("%s: as it should be\n", rule->name);
    }
    finish(context);
    return 0;
}
