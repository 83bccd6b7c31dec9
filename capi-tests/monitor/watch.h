/* What the monitor programs share: attaching a monitor, telling its events.
 *
 * An event is told by name, with its value where that is the same on every run,
 * and by which end its address is: "bound", "far" or as given. Descriptors are
 * told as "fd", ports never.
 */
#ifndef CAPI_TESTS_MONITOR_WATCH_H
#define CAPI_TESTS_MONITOR_WATCH_H

#include "support.h"

struct happening {
    int event;
    uint32_t value;
    char address[256];
};

static UNUSED const char *event_name(int event)
{
    static const struct { int event; const char *name; } names[] = {
        {ZMQ_EVENT_CONNECTED, "CONNECTED"},
        {ZMQ_EVENT_CONNECT_DELAYED, "CONNECT_DELAYED"},
        {ZMQ_EVENT_CONNECT_RETRIED, "CONNECT_RETRIED"},
        {ZMQ_EVENT_LISTENING, "LISTENING"},
        {ZMQ_EVENT_BIND_FAILED, "BIND_FAILED"},
        {ZMQ_EVENT_ACCEPTED, "ACCEPTED"},
        {ZMQ_EVENT_ACCEPT_FAILED, "ACCEPT_FAILED"},
        {ZMQ_EVENT_CLOSED, "CLOSED"},
        {ZMQ_EVENT_CLOSE_FAILED, "CLOSE_FAILED"},
        {ZMQ_EVENT_DISCONNECTED, "DISCONNECTED"},
        {ZMQ_EVENT_MONITOR_STOPPED, "MONITOR_STOPPED"},
        {ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, "HANDSHAKE_FAILED_NO_DETAIL"},
        {ZMQ_EVENT_HANDSHAKE_SUCCEEDED, "HANDSHAKE_SUCCEEDED"},
        {ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, "HANDSHAKE_FAILED_PROTOCOL"},
        {ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, "HANDSHAKE_FAILED_AUTH"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].event == event)
            return names[i].name;
    return "an event without a name";
}

/* Has a socket monitored, under a name of its own, and connects to its monitor. */
static UNUSED void *watch(void *context, void *socket, int events)
{
    static int serial;
    char name[64];
    snprintf(name, sizeof name, "inproc://monitor-%d", __sync_add_and_fetch(&serial, 1));
    MUST(zmq_socket_monitor(socket, name, events) == 0);
    void *monitor = make(context, ZMQ_PAIR);
    MUST(zmq_connect(monitor, name) == 0);
    return monitor;
}

/* The next event of version 1; 0 if there is none within the time. */
static UNUSED int next_event(void *monitor, struct happening *it, long timeout)
{
    unsigned char first[16];
    uint16_t event;
    if (!await(monitor, ZMQ_POLLIN, timeout))
        return 0;
    MUST(zmq_recv(monitor, first, sizeof first, 0) == 6);
    MUST(get_int(monitor, ZMQ_RCVMORE) == 1);
    memcpy(&event, first, 2);
    memcpy(&it->value, first + 2, 4);
    it->event = event;
    int size = zmq_recv(monitor, it->address, sizeof it->address - 1, 0);
    MUST(size >= 0 && size < (int)sizeof it->address);
    MUST(get_int(monitor, ZMQ_RCVMORE) == 0);
    it->address[size] = 0;
    MUST(strlen(it->address) == (size_t)size); /* no zero at its end */
    return 1;
}

/* Why a handshake failed. Of a peer that is gone either error may come first; after a
 * time-out libzmq tells what was wrong last, which is that nothing had come. */
static UNUSED const char *reason_name(int number)
{
    return number == EPIPE || number == ECONNRESET ? "EPIPE or ECONNRESET"
        : number == EAGAIN || number == ETIMEDOUT ? "a time-out" : error_name(number);
}

/* Tells an event. Of an address only how it relates to `known` is told. */
static UNUSED void tell_event(const char *who, const struct happening *it, const char *known)
{
    printf("%s: %s", who, event_name(it->event));
    switch (it->event) {
    case ZMQ_EVENT_CONNECTED: case ZMQ_EVENT_LISTENING: case ZMQ_EVENT_ACCEPTED:
    case ZMQ_EVENT_CLOSED: case ZMQ_EVENT_DISCONNECTED:
        printf(" %s", (int)it->value > 2 ? "fd" : "no fd");
        break;
    case ZMQ_EVENT_CONNECT_RETRIED:
        printf(" %s", (int)it->value > 0 ? "ms" : "no ms");
        break;
    case ZMQ_EVENT_CONNECT_DELAYED:
        printf(" %s", it->value == EINPROGRESS ? "EINPROGRESS" : error_name(it->value));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        printf(" 0x%x", (unsigned)it->value);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        printf(" %s", reason_name((int)it->value));
        break;
    case ZMQ_EVENT_BIND_FAILED: case ZMQ_EVENT_ACCEPT_FAILED: case ZMQ_EVENT_CLOSE_FAILED:
        printf(" %s", error_name(it->value));
        break;
    default:
        printf(" %u", (unsigned)it->value);
    }
    if (!*it->address)
        printf(", no address\n");
    else if (known && !strcmp(known, it->address))
        printf(", the endpoint\n");
    else if (known && strstr(known, it->address))
        printf(", a part of the endpoint\n");
    else
        printf(", another address\n");
}

/* Waits for an event and tells it. */
static UNUSED int hear_event_(void *monitor, const char *who, const char *known)
{
    struct happening it;
    if (!next_event(monitor, &it, PATIENCE)) {
        printf("%s: no event\n", who);
        return 0;
    }
    tell_event(who, &it, known);
    return it.event;
}
#define hear_event(monitor, known) hear_event_(monitor, #monitor, known)

/* The same up to and with a given event. */
static UNUSED void hear_until_(void *monitor, const char *who, const char *known, int last)
{
    int event;
    do
        event = hear_event_(monitor, who, known);
    while (event && event != last);
}
#define hear_until(monitor, known, last) hear_until_(monitor, #monitor, known, last)

/* Closes the monitor of a socket that is closed, but not before it has said its last word:
   libzmq's thread waits for ever to tell something to a monitor that has gone. */
static UNUSED void unwatch(void *monitor)
{
    struct happening it;
    do
        MUST(next_event(monitor, &it, PATIENCE));
    while (it.event != ZMQ_EVENT_MONITOR_STOPPED);
    shut(monitor);
}

#endif
