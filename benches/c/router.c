/*
 * A ROUTER with many idle connections and some busy ones: time to accept,
 * resident memory of an idle connection, messages a second at one blocked
 * receiver, and whether any busy connection starves.
 *
 * Options: idle=CONNECTIONS busy=CONNECTIONS echo=0|1 seconds=S.
 * The peers are raw clients in a process of their own (zmtp.h). A busy one sends
 * 16 B bodies as fast as the kernel takes them or, with echo=1, has one request
 * under way which the ROUTER answers.
 */
#include "bench.h"
#include "zmtp.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <zmq.h>

enum { BODY = 16, FRAME = BODY + 2, BATCH = 256 };

static int idle, busy, echo;

/* The router. */

static uint64_t resident(void)
{
    unsigned long kib = 0;
    char line[128];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmRSS: %lu", &kib) == 1)
            break;
    check(kib > 0, "VmRSS");
    fclose(status);
    return (uint64_t) kib * 1024;
}

static uint32_t serve_one(void *socket)
{
    char peer[256];
    uint32_t body[BODY / sizeof(uint32_t)];
    int size = zmq_recv(socket, peer, sizeof peer, 0);
    check(size > 0 && size <= (int) sizeof peer, "zmq_recv");
    check(zmq_recv(socket, body, BODY, 0) == BODY, "zmq_recv");
    if (echo) {
        check(zmq_send(socket, peer, size, ZMQ_SNDMORE) == size, "zmq_send");
        check(zmq_send(socket, body, BODY, 0) == BODY, "zmq_send");
    }
    check(body[0] < (uint32_t) busy, "body");
    return body[0];
}

/* Serves until `length` has passed; counts for each busy connection. */
static uint64_t serve(void *socket, uint64_t length, uint64_t *counts, uint64_t *total)
{
    uint64_t start = now(), taken = 0;
    memset(counts, 0, busy * sizeof *counts);
    for (*total = 0; taken < length; taken = now() - start)
        for (int i = 0; i < 64; i++, ++*total)
            counts[serve_one(socket)]++;
    return taken;
}

static void router(struct side *side)
{
    uint64_t length = number("seconds", 1) * 1e9;
    raise_descriptors(0);
    void *socket = open_socket(side, ZMQ_ROUTER);
    bind_and_tell(side, socket);
    uint64_t before = resident(), accepting, total;
    hear(side, &accepting, sizeof accepting);

    int events;
    size_t size = sizeof events;
    for (int i = 0; i < 3; i++) {
        check(zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) == 0, "ZMQ_EVENTS");
        pause_for(100000000);
    }
    report("memory", (double) (resident() - before) / (idle + busy));
    report("accept", accepting / (double) (idle + busy));
    report("connections", idle + busy);

    uint64_t *counts = calloc(busy, sizeof *counts);
    tell(side, "", 1);
    serve(socket, length / 4, counts, &total);
    uint64_t cpu = cpu_time(), taken = serve(socket, length, counts, &total);
    cpu = cpu_time() - cpu;
    uint64_t least = UINT64_MAX, most = 0;
    for (int i = 0; i < busy; i++) {
        least = counts[i] < least ? counts[i] : least;
        most = counts[i] > most ? counts[i] : most;
    }
    report("rate", total / (taken * 1e-9));
    report("cpu", cpu / (double) total);
    report("least", least);
    report("most", most);
    report("evenness", most ? least / (double) most : 0);

    char stopped;
    tell(side, "", 1);
    hear(side, &stopped, 1);
    uint64_t closing = now();
    int now_please = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &now_please, sizeof now_please);
    close_socket(side, socket);
    report("close", now() - closing);
}

/* The clients. */

/* The stream of a flooding client repeats one frame; `at` is where it stands. */
struct client {
    int fd;
    size_t at;                  /* bytes of the batch sent, or of a reply read */
    uint8_t frames[FRAME * BATCH];
};

static void prepare(struct client *client, uint32_t index, int fd)
{
    client->fd = fd;
    client->at = 0;
    memset(client->frames, 0, sizeof client->frames);
    for (int i = 0; i < BATCH; i++) {
        client->frames[i * FRAME + 1] = BODY;
        memcpy(client->frames + i * FRAME + 2, &index, sizeof index);
    }
}

static int would_block(ssize_t n)
{
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void flood(struct client *client)
{
    ssize_t n = send(client->fd, client->frames + client->at,
                     sizeof client->frames - client->at, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (would_block(n))
        return;
    check(n > 0, "send");
    client->at = (client->at + n) % sizeof client->frames;
}

static void ask_again(struct client *client)
{
    uint8_t reply[FRAME];
    ssize_t n = recv(client->fd, reply, FRAME - client->at, MSG_DONTWAIT);
    if (would_block(n))
        return;
    check(n > 0, "recv");
    client->at += n;
    if (client->at == FRAME) {
        client->at = 0;
        raw_send(client->fd, client->frames, FRAME);
    }
}

static void clients(struct side *side)
{
    char endpoint[512], go;
    raise_descriptors(0);
    hear(side, endpoint, sizeof endpoint);
    int *fds = calloc(idle + busy, sizeof *fds);
    uint64_t start = now();
    connect_many(endpoint, "DEALER", fds, idle + busy);
    start = now() - start;
    tell(side, &start, sizeof start);
    hear(side, &go, 1);

    struct client *all = calloc(busy, sizeof *all);
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = { .events = EPOLLIN };
    epoll_ctl(poller, EPOLL_CTL_ADD, side->control, &event);
    for (int i = 0; i < busy; i++) {
        int room = 32768;
        prepare(&all[i], i, fds[(uint64_t) i * (idle + busy) / busy]);  /* spread */
        setsockopt(all[i].fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        event = (struct epoll_event) { echo ? EPOLLIN : EPOLLOUT, { .ptr = &all[i] } };
        check(epoll_ctl(poller, EPOLL_CTL_ADD, all[i].fd, &event) == 0, "epoll_ctl");
        if (echo)
            raw_send(all[i].fd, all[i].frames, FRAME);
    }
    for (int running = 1; running;) {
        struct epoll_event ready[64];
        int n = epoll_wait(poller, ready, 64, -1);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.ptr == NULL)
                running = 0;
            else
                (echo ? ask_again : flood)(ready[i].data.ptr);
        }
    }
    tell(side, "", 1);
    hear(side, &go, 1);
    recv(side->control, &go, 1, 0);     /* connections stay until the router is gone */
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    busy = number("busy", 100);
    idle = raise_descriptors(number("idle", 1000) + busy) - busy;
    echo = number("echo", 0);
    check(busy > 0 && idle >= 0, "connections");
    return run_sides(router, clients);
}
