/* Walks one number through everything that can be done to a socket option, on
 * every type of socket, and says what came of it: a line for each group of types
 * that behave alike. */
#ifndef CAPI_TESTS_OPTION_TABLE_H
#define CAPI_TESTS_OPTION_TABLE_H

#include "support.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
static const int types[] = {ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER, ZMQ_ROUTER,
    ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM};
#define TYPES COUNT(types)

struct line { char text[16384]; size_t used; };

static __attribute__((format(printf, 2, 3))) void add(struct line *line, const char *format, ...)
{
    __builtin_va_list list;
    __builtin_va_start(list, format);
    int size = vsnprintf(line->text + line->used, sizeof line->text - line->used, format, list);
    __builtin_va_end(list);
    line->used += (size_t)size;
    MUST(size >= 0 && line->used < sizeof line->text);
}

static void add_result(struct line *line, int rc)
{
    add(line, " %s", rc == 0 ? "ok" : error_name(zmq_errno()));
}

/* What it is now, as far as it is the same in every run. */
static void add_value(struct line *line, void *socket, int number, size_t room)
{
    static unsigned char value[6000];
    size_t size = room;
    memset(value, 0xee, sizeof value);
    if (zmq_getsockopt(socket, number, value, &size) == -1) {
        add(line, " %s", error_name(zmq_errno()));
        MUST(size == room && value[0] == 0xee);
        return;
    }
    MUST(size <= room);
    for (size_t i = room; i < sizeof value; i++)
        MUST(value[i] == 0xee);
    add(line, " %zu:", size);
    for (size_t i = 0; i < size && number != ZMQ_FD; i++)
        if (i == 0 || value[i] != value[i - 1])
            add(line, "%02x", value[i]);
        else if (i == 1 || value[i - 1] != value[i - 2])
            add(line, "+");
}

/* Errors of sizes first, because a value once set may change them. */
static void try_sizes(struct line *line, void *socket, int number)
{
    static const size_t rooms[] = {0, 1, 3, 4, 5, 7, 8, 9, 16, 254, 255, 256, 600,
        5000};
    static const size_t sizes[] = {0, 1, 2, 3, 5, 7, 9, 15, 16, 17, 254, 255, 256, 300, 5000};
    unsigned char bytes[5000];
    add(line, "get");
    for (size_t i = 0; i < COUNT(rooms); i++)
        add_value(line, socket, number, rooms[i]);
    memset(bytes, 'x', sizeof bytes);
    add(line, "; set bytes");
    for (size_t i = 0; i < COUNT(sizes); i++)
        add_result(line, zmq_setsockopt(socket, number, bytes, sizes[i]));
    add(line, "; none");
    add_result(line, zmq_setsockopt(socket, number, NULL, 0));
    add(line, "; is");
    add_value(line, socket, number, 4);
    add_value(line, socket, number, 8);
    add_value(line, socket, number, 600);
}

static void try_values(struct line *line, void *socket, int number)
{
    static const int values[] = {-2, -1, 0, 1, 2, 3, 4, 5, 99, 100, 255, 256, 6553599, 6553600,
        INT32_MAX, INT32_MIN, INT32_MIN + 1, 0};
    add(line, "; ints");
    for (size_t i = 0; i < COUNT(values); i++) {
        add(line, " | %d", values[i]);
        add_result(line, zmq_setsockopt(socket, number, &values[i], sizeof values[i]));
        add_value(line, socket, number, 4);
    }
}

static void try_wide_values(struct line *line, void *socket, int number)
{
    static const int64_t values[] = {-2, -1, 0, 1, INT64_MAX, INT64_MIN, 0};
    add(line, "; longs");
    for (size_t i = 0; i < COUNT(values); i++) {
        add(line, " | %lld", (long long)values[i]);
        add_result(line, zmq_setsockopt(socket, number, &values[i], sizeof values[i]));
        add_value(line, socket, number, 8);
    }
}

static UNUSED void walk_option(void *context, int number)
{
    static void (*const trials[])(struct line *, void *, int) = {try_sizes, try_values,
        try_wide_values};
    static struct line lines[TYPES];
    for (size_t type = 0; type < TYPES; type++) {
        lines[type].used = 0;
        for (size_t i = 0; i < COUNT(trials); i++) {
            void *socket = zmq_socket(context, types[type]);
            MUST(socket != NULL);
            trials[i](&lines[type], socket, number);
            shut_now(socket);
        }
    }
    for (size_t type = 0; type < TYPES; type++) {
        size_t used = lines[type].used;
        if (used == 0)
            continue;
        printf("%d on", number);
        for (size_t other = type; other < TYPES; other++)
            if (lines[other].used == used && !memcmp(lines[other].text, lines[type].text, used)) {
                printf(" %d", types[other]);
                lines[other].used = 0;
            }
        printf(": %.*s\n", (int)used, lines[type].text);
    }
}

#endif
