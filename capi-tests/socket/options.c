/* Every socket option of the first socket types that is acted on: its default,
 * its size, the values it takes and refuses, what it is afterwards. The others
 * are in options_not_yet.c. */
#include "support.h"

struct option { const char *name; int number; };
#define OPTION(name) {#name, name}

static const struct option ints[] = {
    OPTION(ZMQ_SNDHWM), OPTION(ZMQ_RCVHWM), OPTION(ZMQ_LINGER), OPTION(ZMQ_RECONNECT_IVL),
    OPTION(ZMQ_RECONNECT_IVL_MAX), OPTION(ZMQ_BACKLOG), OPTION(ZMQ_SNDBUF), OPTION(ZMQ_RCVBUF),
    OPTION(ZMQ_SNDTIMEO), OPTION(ZMQ_RCVTIMEO), OPTION(ZMQ_IPV6),
    OPTION(ZMQ_IPV4ONLY), OPTION(ZMQ_TCP_KEEPALIVE), OPTION(ZMQ_TCP_KEEPALIVE_CNT),
    OPTION(ZMQ_TCP_KEEPALIVE_IDLE), OPTION(ZMQ_TCP_KEEPALIVE_INTVL), OPTION(ZMQ_TOS),
    OPTION(ZMQ_HANDSHAKE_IVL), OPTION(ZMQ_CONNECT_TIMEOUT), OPTION(ZMQ_TCP_MAXRT),
    OPTION(ZMQ_RATE), OPTION(ZMQ_RECOVERY_IVL), OPTION(ZMQ_MULTICAST_HOPS),
    OPTION(ZMQ_MULTICAST_MAXTPDU), OPTION(ZMQ_USE_FD), OPTION(ZMQ_TYPE),
    OPTION(ZMQ_RCVMORE), OPTION(ZMQ_EVENTS), OPTION(ZMQ_MECHANISM), OPTION(ZMQ_THREAD_SAFE),
};

/* These belong to some types only, so they are tried on all. */
static const struct option of_types[] = {
    OPTION(ZMQ_ROUTER_MANDATORY), OPTION(ZMQ_ROUTER_HANDOVER), OPTION(ZMQ_PROBE_ROUTER),
    OPTION(ZMQ_XPUB_VERBOSE), OPTION(ZMQ_STREAM_NOTIFY),
};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void print_outcome(int rc)
{
    if (rc == -1)
        printf(" %s", error_name(zmq_errno()));
    else
        printf(" ok");
}

static void print_int(void *socket, int number)
{
    int value[2] = {0x55555555, 0x55555555};
    size_t size = sizeof value[0];
    int rc = zmq_getsockopt(socket, number, value, &size);
    if (rc == -1)
        printf(" %s", error_name(zmq_errno()));
    else
        printf(" %d(%zu)", value[0], size);
    MUST(value[1] == 0x55555555);
}

static void int_option(void *context, int type, const struct option *o)
{
    static const int values[] = {-2, -1, 0, 1, 2, 100, 255, 256, 1 << 20, INT32_MAX, INT32_MIN};
    void *socket = zmq_socket(context, type);
    printf("%s:", o->name);
    print_int(socket, o->number);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        printf(" | %d", values[i]);
        print_outcome(zmq_setsockopt(socket, o->number, &values[i], sizeof values[i]));
        print_int(socket, o->number);
    }
    int64_t wide = 1;
    printf(" | 8 bytes");
    print_outcome(zmq_setsockopt(socket, o->number, &wide, sizeof wide));
    printf(" | 3 bytes");
    print_outcome(zmq_setsockopt(socket, o->number, &wide, 3));
    printf(" | 0 bytes");
    print_outcome(zmq_setsockopt(socket, o->number, &wide, 0));
    putchar('\n');
    shut_now(socket);
}

static void long_options(void *context)
{
    static const struct option longs[] = {OPTION(ZMQ_MAXMSGSIZE), OPTION(ZMQ_AFFINITY)};
    static const int64_t values[] = {-2, -1, 0, 1, 5, INT64_MAX, INT64_MIN};
    title("options of 8 bytes");
    for (int k = 0; k < 2; k++) {
        void *socket = zmq_socket(context, ZMQ_DEALER);
        printf("%s:", longs[k].name);
        for (int i = -1; i < 7; i++) {
            int64_t value = 0x55;
            size_t size = sizeof value;
            if (i >= 0) {
                printf(" | %lld", (long long)values[i]);
                print_outcome(zmq_setsockopt(socket, longs[k].number, &values[i], 8));
            }
            MUST(zmq_getsockopt(socket, longs[k].number, &value, &size) == 0);
            printf(" %lld(%zu)", (long long)value, size);
        }
        int narrow = 1;
        printf(" | 4 bytes");
        print_outcome(zmq_setsockopt(socket, longs[k].number, &narrow, 4));
        size_t size = 4;
        print_outcome(zmq_getsockopt(socket, longs[k].number, &narrow, &size));
        putchar('\n');
        shut(socket);
    }
}

static void text_options(void *context)
{
    static const struct option texts[] = {OPTION(ZMQ_ROUTING_ID), OPTION(ZMQ_LAST_ENDPOINT),
        OPTION(ZMQ_BINDTODEVICE), OPTION(ZMQ_CONNECT_ROUTING_ID)};
    static const char *values[] = {"", "abc", "\0zero"};
    title("options that are text");
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        void *socket = zmq_socket(context, ZMQ_ROUTER);
        char text[300];
        printf("%s:", texts[k].name);
        for (int i = -1; i < 3; i++) {
            if (i >= 0) {
                printf(" | ");
                size_t size = i == 2 ? 5 : strlen(values[i]);
                print_part((const unsigned char *)values[i], size);
                print_outcome(zmq_setsockopt(socket, texts[k].number, values[i], size));
            }
            size_t size = sizeof text;
            int rc = zmq_getsockopt(socket, texts[k].number, text, &size);
            if (rc == -1)
                printf(" %s", error_name(zmq_errno()));
            else {
                printf(" (%zu)", size);
                print_part((const unsigned char *)text, size);
            }
        }
        memset(text, 'x', sizeof text);
        for (size_t size = 255; size <= 257; size++) {
            printf(" | %zu bytes", size);
            print_outcome(zmq_setsockopt(socket, texts[k].number, text, size));
        }
        printf(" | nothing");
        print_outcome(zmq_setsockopt(socket, texts[k].number, NULL, 0));
        putchar('\n');
        shut(socket);
    }
}

static void sizes(void *context)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    unsigned char wide[8];
    size_t size = sizeof wide;
    title("room for more than the value");
    memset(wide, 0xff, sizeof wide);
    TELL(zmq_getsockopt(socket, ZMQ_LINGER, wide, &size));
    printf("%zu:", size);
    for (int i = 0; i < 8; i++)
        printf(" %02x", wide[i]);
    putchar('\n');
    size = 3;
    TELL(zmq_getsockopt(socket, ZMQ_LINGER, wide, &size));
    printf("%zu\n", size);
    size = 0;
    TELL(zmq_getsockopt(socket, ZMQ_LINGER, wide, &size));
    title("numbers that are no options");
    static const int numbers[] = {-1, 0, 1, 2, 3, 10, 1000, INT32_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        int value = 1;
        size = sizeof value;
        printf("%d: set", numbers[i]);
        print_outcome(zmq_setsockopt(socket, numbers[i], &value, sizeof value));
        printf(", get");
        print_outcome(zmq_getsockopt(socket, numbers[i], &value, &size));
        putchar('\n');
    }
    shut(socket);
}

int main(void)
{
    static const struct option types[] = {OPTION(ZMQ_DEALER), OPTION(ZMQ_ROUTER), OPTION(ZMQ_REQ),
        OPTION(ZMQ_REP), OPTION(ZMQ_PUSH), OPTION(ZMQ_PULL), OPTION(ZMQ_PAIR)};
    void *context = make_context();
    for (int t = 0; t < 7; t++) {
        title(types[t].name);
        for (size_t i = 0; t < 3 && i < COUNT(ints); i++)
            int_option(context, types[t].number, &ints[i]);
        for (size_t i = 0; i < COUNT(of_types); i++)
            int_option(context, types[t].number, &of_types[i]);
    }
    long_options(context);
    text_options(context);
    sizes(context);
    finish(context);
    return 0;
}
