/*
 * How long the caller is held inside zmq_send, from PUSH to PULL.
 *
 * Options: transport=tcp|ipc|raw-tcp|raw-unix size=BYTES seconds=S gap=NS.
 * Without a gap sends follow each other directly; with one the sender sleeps
 * that long between them. The raw transports time a blocking send(2) of the
 * same bytes. The reading of the clock is part of every sample.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { MOST = 1 << 22 };

static size_t size;
static int raw;

static void receiver(struct side *side)
{
    char *body = malloc(size);
    if (raw) {
        int fd = raw_accept(side);
        do
            raw_recv(fd, body, size);
        while (body[0] == 0);
    } else {
        void *socket = open_socket(side, ZMQ_PULL);
        bind_and_tell(side, socket);
        for (int first = 1;; first = 0) {
            check(zmq_recv(socket, body, size, 0) == (int) size, "zmq_recv");
            if (first)
                tell(side, "", 1);
            if (body[0])
                break;
        }
        close_socket(side, socket);
    }
    tell(side, "", 1);
}

static void sender(struct side *side)
{
    uint64_t gap = number("gap", 0), length = number("seconds", 0.5) * 1e9;
    uint32_t *samples = malloc(MOST * sizeof *samples);
    memset(samples, 0, MOST * sizeof *samples);         /* no page faults later */
    char *body = calloc(1, size), done;
    void *socket = NULL;
    int fd = -1;
    if (raw) {
        fd = raw_connect(side);
    } else {
        hear_and_connect(side, socket = open_socket(side, ZMQ_PUSH));
        check(zmq_send(socket, body, size, 0) == (int) size, "zmq_send");
        hear(side, &done, 1);
    }

    uint64_t start = now(), start_ticks = ticks();
    size_t count = 0, sent = 0;
    while (count < MOST && ((sent & 63 && !gap) || now() - start < length)) {
        if (gap)
            pause_for(gap);
        uint64_t before = ticks();
        if (raw)
            raw_send(fd, body, size);
        else
            check(zmq_send(socket, body, size, 0) == (int) size, "zmq_send");
        samples[count] = ticks() - before;
        count += ++sent > (gap ? 20 : 1000);            /* warm up first */
    }
    double tick = tick_length(start_ticks, start);
    body[0] = 1;
    if (raw)
        raw_send(fd, body, size);
    else
        check(zmq_send(socket, body, size, 0) == (int) size, "zmq_send");
    hear(side, &done, 1);
    if (!raw)
        close_socket(side, socket);

    sort_samples(samples, count);
    report("samples", count);
    report("p50", percentile(samples, count, 0.5) * tick);
    report("p99", percentile(samples, count, 0.99) * tick);
    report("p99.9", percentile(samples, count, 0.999) * tick);
    report("max", percentile(samples, count, 1) * tick);
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    size = number("size", 16);
    raw = over("raw-tcp") || over("raw-unix");
    return run_sides(sender, receiver);
}
