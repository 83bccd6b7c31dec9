/*
 * Publishing to many: how fast a PUB fills its subscribers, and how long
 * zmq_send holds the publisher.
 *
 * Options: subscribers=N size=BYTES seconds=S lossless=0|1. The subscribers are raw
 * clients in a process of their own (zmtp.h) that read and count bytes, nothing
 * else. The publisher never waits, so it may drop at the high-water mark, unless
 * lossless=1 sets ZMQ_XPUB_NODROP; what counts is what arrives.
 */
#include "bench.h"
#include "zmtp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <zmq.h>

enum { MOST = 1 << 22, FEWEST_BYTES = 32 };

static int subscribers;
static size_t size;

static void publisher(struct side *side)
{
    uint64_t length = number("seconds", 0.6) * 1e9, delivered;
    uint32_t *samples = malloc(MOST * sizeof *samples);
    memset(samples, 0, MOST * sizeof *samples);         /* no page faults later */
    char *body = calloc(1, size), ready;
    void *socket = open_socket(side, ZMQ_PUB);
    int lossless = number("lossless", 0);
    check(!lossless || zmq_setsockopt(socket, ZMQ_XPUB_NODROP, &lossless,
                                      sizeof lossless) == 0, "ZMQ_XPUB_NODROP");
    bind_and_tell(side, socket);
    hear(side, &ready, 1);
    pause_for(200000000);               /* subscriptions arrive */
    for (int i = 0; i < 1000; i++)
        check(zmq_send(socket, body, size, 0) == (int) size, "zmq_send");

    tell(side, "", 1);
    uint64_t cpu = cpu_time(), start = now(), start_ticks = ticks();
    size_t sent = 0;
    for (; sent & 63 || now() - start < length; sent++) {
        uint64_t before = ticks();
        check(zmq_send(socket, body, size, 0) == (int) size, "zmq_send");
        samples[sent % MOST] = ticks() - before;
    }
    double tick = tick_length(start_ticks, start), taken = now() - start;
    tell(side, "", 1);
    hear(side, &delivered, sizeof delivered);
    cpu = cpu_time() - cpu;
    report("rate", delivered / (taken * 1e-9));
    report("sent", sent / (taken * 1e-9));
    report("lost", 1 - delivered / ((double) sent * subscribers));
    report("cpu", cpu / (double) delivered);

    size_t count = sent < MOST ? sent : MOST;
    sort_samples(samples, count);
    report("p50", percentile(samples, count, 0.5) * tick);
    report("p99.9", percentile(samples, count, 0.999) * tick);
    int now_please = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &now_please, sizeof now_please);
    close_socket(side, socket);
}

static void readers(struct side *side)
{
    char endpoint[512], mark;
    int *fds = calloc(subscribers, sizeof *fds);
    hear(side, endpoint, sizeof endpoint);
    connect_many(endpoint, "SUB", fds, subscribers);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { EPOLLIN, { .fd = side->control } };
    epoll_ctl(poller, EPOLL_CTL_ADD, side->control, &event);
    for (int i = 0; i < subscribers; i++) {
        raw_send(fds[i], "\0\1\1", 3);                  /* subscribe to everything */
        event.data.fd = fds[i];
        check(epoll_ctl(poller, EPOLL_CTL_ADD, fds[i], &event) == 0, "epoll_ctl");
    }
    tell(side, "", 1);

    static char buffer[1 << 18];
    uint64_t bytes = 0;
    for (int marks = 0; marks < 2;) {
        struct epoll_event ready[64];
        int n = epoll_wait(poller, ready, 64, -1);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd == side->control) {
                hear(side, &mark, 1);
                bytes = marks++ ? bytes : 0;            /* begin; end */
                continue;
            }
            ssize_t got = recv(ready[i].data.fd, buffer, sizeof buffer, MSG_DONTWAIT);
            check(got > 0 || errno == EAGAIN, "recv");
            bytes += got > 0 ? got : 0;
        }
    }
    uint64_t delivered = bytes / (size + 2);
    tell(side, &delivered, sizeof delivered);
    recv(side->control, &mark, 1, 0);   /* connections stay until the end */
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    subscribers = number("subscribers", 8);
    size = number("size", 64);
    check(size >= FEWEST_BYTES && size < 256 && subscribers > 0, "options");
    return run_sides(publisher, readers);
}
