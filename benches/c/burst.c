/*
 * How long the last message of a burst takes, from the start of the burst, when
 * nothing follows it: a library that gathers messages must not forget the last.
 *
 * Options: transport=tcp|ipc|inproc burst=MESSAGES seconds=S pause=NS.
 * The body carries the time at which its burst began. Between bursts the sender
 * waits for the receiver and then pauses, long enough for a background to sleep.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

struct body {
    uint64_t began;             /* 0 ends the program */
    uint64_t number;
};

static uint64_t burst;

static void sender(struct side *side)
{
    uint64_t gap = number("pause", 3e6), length = number("seconds", 1) * 1e9;
    void *socket = open_socket(side, ZMQ_PUSH);
    hear_and_connect(side, socket);
    struct body body;
    char done;
    for (uint64_t start = now(); now() - start < length;) {
        body.began = now();
        for (body.number = 0; body.number < burst; body.number++)
            check(zmq_send(socket, &body, sizeof body, 0) == sizeof body, "zmq_send");
        hear(side, &done, 1);
        pause_for(gap);
    }
    body.began = 0;
    check(zmq_send(socket, &body, sizeof body, 0) == sizeof body, "zmq_send");
    close_socket(side, socket);
}

static void receiver(struct side *side)
{
    enum { MOST = 1 << 18 };
    uint32_t *samples = malloc(MOST * sizeof *samples);
    size_t count = 0, skipped = 0;
    void *socket = open_socket(side, ZMQ_PULL);
    bind_and_tell(side, socket);
    struct body body;
    uint64_t expected = 0;
    for (;;) {
        check(zmq_recv(socket, &body, sizeof body, 0) == sizeof body, "zmq_recv");
        if (body.began == 0)
            break;
        check(body.number == expected++, "a message is missing or out of order");
        if (expected < burst)
            continue;
        uint64_t taken = now() - body.began;
        expected = 0;
        if (skipped < 5)        /* the first waits for the connection */
            skipped++;
        else if (count < MOST)
            samples[count++] = taken;
        tell(side, "", 1);
    }
    sort_samples(samples, count);
    report("samples", count);
    report("p50", percentile(samples, count, 0.5));
    report("p99", percentile(samples, count, 0.99));
    close_socket(side, socket);
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    burst = number("burst", 10);
    return run_sides(receiver, sender);
}
