/*
 * The time of one zmq_poll, with a time-out of zero, over many connected sockets
 * that have nothing to say. Options: sockets=N seconds=S.
 */
#include "bench.h"
#include "zmtp.h"

#include <stdlib.h>
#include <zmq.h>

enum { MOST = 1 << 18 };

static void measure(struct side *side)
{
    int count = (int) number("sockets", 2000);
    raise_descriptors(0);
    side->context = zmq_ctx_new();
    check(side->context && zmq_ctx_set(side->context, ZMQ_MAX_SOCKETS, count + 10) == 0,
          "ZMQ_MAX_SOCKETS");
    void *sender = open_socket(side, ZMQ_PUSH);
    check(zmq_bind(sender, "tcp://127.0.0.1:*") == 0, "zmq_bind");
    char endpoint[256];
    size_t size = sizeof endpoint;
    check(zmq_getsockopt(sender, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0,
          "ZMQ_LAST_ENDPOINT");

    zmq_pollitem_t *items = calloc(count, sizeof *items);
    char body[16] = "";
    for (int i = 0; i < count; i++) {
        items[i].socket = open_socket(side, ZMQ_PULL);
        items[i].events = ZMQ_POLLIN;
        check(zmq_connect(items[i].socket, endpoint) == 0, "zmq_connect");
        if (i % 50 == 49)
            pause_for(2000000);         /* the backlog is 100 */
    }
    for (int i = 0; i < 2 * count; i++)         /* to all: every one is connected */
        check(zmq_send(sender, body, sizeof body, 0) >= 0, "zmq_send");
    while (zmq_poll(items, count, 500) > 0)
        for (int i = 0; i < count; i++)
            while (zmq_recv(items[i].socket, body, sizeof body, ZMQ_DONTWAIT) >= 0)
                ;

    uint32_t *samples = calloc(MOST, sizeof *samples);
    uint64_t length = number("seconds", 0.5) * 1e9, start = now(), before = start;
    size_t done = 0;
    while (done < MOST && before - start < length) {
        check(zmq_poll(items, count, 0) == 0, "zmq_poll");
        uint64_t after = now();
        samples[done++] = after - before;
        before = after;
    }
    sort_samples(samples, done);
    report("samples", done);
    report("p50", percentile(samples, done, 0.5));

    for (int i = 0; i < count; i++)
        check(zmq_close(items[i].socket) == 0, "zmq_close");
    close_socket(side, sender);
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    return run_sides(measure, NULL);
}
