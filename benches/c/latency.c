/*
 * One-way latency: half the round trip of a request and its reply.
 *
 * Options: transport=tcp|ipc|inproc|raw-tcp|raw-unix size=BYTES seconds=S
 * pin=PROCESSOR (both sides there, all their threads included). The raw
 * transports send the same bytes over plain blocking sockets: what the kernel
 * alone costs. Every round trip is a sample; the first tenth of the time is
 * not counted.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { MOST = 1 << 20 };

static size_t size;
static int raw;

/* One end of the ping-pong, of either kind. */
struct end {
    void *socket;
    int fd;
    char *body;
};

static void put(struct end *end)
{
    if (raw)
        raw_send(end->fd, end->body, size);
    else
        check(zmq_send(end->socket, end->body, size, 0) == (int) size, "zmq_send");
}

static void get(struct end *end)
{
    if (raw)
        raw_recv(end->fd, end->body, size);
    else
        check(zmq_recv(end->socket, end->body, size, 0) == (int) size, "zmq_recv");
}

/* A body that begins with 1 is the last request. */
static void answer(struct side *side)
{
    struct end end = { NULL, -1, malloc(size) };
    if (raw)
        end.fd = raw_accept(side);
    else
        bind_and_tell(side, end.socket = open_socket(side, ZMQ_REP));
    do {
        get(&end);
        put(&end);
    } while (end.body[0] == 0);
    if (!raw)
        close_socket(side, end.socket);
}

static void ask(struct side *side)
{
    uint32_t *samples = malloc(MOST * sizeof *samples);
    memset(samples, 0, MOST * sizeof *samples);         /* no page faults later */
    struct end end = { NULL, -1, calloc(1, size) };
    if (raw)
        end.fd = raw_connect(side);
    else
        hear_and_connect(side, end.socket = open_socket(side, ZMQ_REQ));
    put(&end);
    get(&end);

    uint64_t length = number("seconds", 1.0) * 1e9, start = now(), before = start;
    size_t count = 0;
    while (count < MOST && before - start < length) {
        put(&end);
        get(&end);
        uint64_t after = now();
        if (before - start > length / 10)
            samples[count++] = after - before;
        before = after;
    }
    end.body[0] = 1;
    put(&end);
    get(&end);
    if (!raw)
        close_socket(side, end.socket);

    sort_samples(samples, count);
    report("samples", count);
    report("p50", percentile(samples, count, 0.5) / 2);
    report("p99", percentile(samples, count, 0.99) / 2);
    report("p99.9", percentile(samples, count, 0.999) / 2);
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    size = number("size", 16);
    raw = over("raw-tcp") || over("raw-unix");
    return run_sides(ask, answer);
}
