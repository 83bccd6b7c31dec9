/*
 * What connected, idle sockets cost: processor time, clock ticks and wake-ups of
 * a process that has sockets/2 pairs of PUSH and PULL over tcp, all of which have
 * just been busy, while its only thread waits.
 *
 * Options: sockets=N seconds=S waiting=sleep|poll|recv: in nanosleep, in
 * zmq_poll over all receivers, or in zmq_recv of one with ZMQ_RCVTIMEO.
 */
#include "bench.h"
#include "zmtp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <zmq.h>

static void wait_idle(zmq_pollitem_t *items, int pairs, long milliseconds)
{
    const char *how = option("waiting", "sleep");
    char body[16];
    int time_out = (int) milliseconds;
    if (!strcmp(how, "poll")) {
        check(zmq_poll(items, pairs, milliseconds) == 0, "zmq_poll");
    } else if (!strcmp(how, "recv")) {
        check(zmq_setsockopt(items->socket, ZMQ_RCVTIMEO, &time_out, sizeof time_out) == 0,
              "ZMQ_RCVTIMEO");
        check(zmq_recv(items->socket, body, sizeof body, 0) < 0 && errno == EAGAIN,
              "zmq_recv");
    } else {
        pause_for((uint64_t) milliseconds * 1000000);
    }
}

static void measure(struct side *side)
{
    int pairs = (int) number("sockets", 100) / 2;
    void **senders = calloc(pairs, sizeof *senders);
    zmq_pollitem_t *items = calloc(pairs, sizeof *items);
    raise_descriptors(0);
    for (int i = 0; i < pairs; i++) {
        char endpoint[256];
        size_t size = sizeof endpoint;
        items[i].socket = open_socket(side, ZMQ_PULL);
        items[i].events = ZMQ_POLLIN;
        senders[i] = open_socket(side, ZMQ_PUSH);
        check(zmq_bind(items[i].socket, "tcp://127.0.0.1:*") == 0, "zmq_bind");
        check(zmq_getsockopt(items[i].socket, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0,
              "ZMQ_LAST_ENDPOINT");
        check(zmq_connect(senders[i], endpoint) == 0, "zmq_connect");
    }
    char body[16] = "";
    for (int i = 0; i < 100 * pairs; i++) {
        check(zmq_send(senders[i % pairs], body, sizeof body, 0) >= 0, "zmq_send");
        check(zmq_recv(items[i % pairs].socket, body, sizeof body, 0) >= 0, "zmq_recv");
    }
    wait_idle(items, pairs, 200);       /* whatever runs on may come to rest */

    struct rusage before, after;
    struct tms t0, t1;
    uint64_t cpu = cpu_time();
    getrusage(RUSAGE_SELF, &before);
    times(&t0);
    wait_idle(items, pairs, number("seconds", 10) * 1000);
    cpu = cpu_time() - cpu;
    getrusage(RUSAGE_SELF, &after);
    times(&t1);
    report("cpu", cpu);
    report("clock_ticks", t1.tms_utime + t1.tms_stime - t0.tms_utime - t0.tms_stime);
    report("wakeups", after.ru_nvcsw - before.ru_nvcsw);

    for (int i = 0; i < pairs; i++) {
        check(zmq_close(senders[i]) == 0, "zmq_close");
        check(zmq_close(items[i].socket) == 0, "zmq_close");
    }
    check(zmq_ctx_term(side->context) == 0, "zmq_ctx_term");
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    return run_sides(measure, NULL);
}
