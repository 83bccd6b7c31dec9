/* A SOCKS5 proxy for the tests: main() plays its part of the negotiation step by
 * step and prints what it hears, then a thread passes bytes on. */
#ifndef SOCKS_H
#define SOCKS_H

#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

struct proxy { int listener, port; };

static UNUSED struct proxy open_proxy(int port)
{
    struct proxy p = {socket(AF_INET, SOCK_STREAM, 0), 0};
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port),
                            .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof a;
    int on = 1;
    MUST(p.listener >= 0);
    MUST(setsockopt(p.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    MUST(bind(p.listener, (struct sockaddr *)&a, sizeof a) == 0);
    MUST(listen(p.listener, 8) == 0);
    MUST(getsockname(p.listener, (struct sockaddr *)&a, &size) == 0);
    p.port = ntohs(a.sin_port);
    return p;
}

static UNUSED void use_proxy(void *socket, int port)
{
    char text[64];
    snprintf(text, sizeof text, "127.0.0.1:%d", port);
    MUST(zmq_setsockopt(socket, ZMQ_SOCKS_PROXY, text, strlen(text)) == 0);
}

static UNUSED int meet(struct proxy p)
{
    struct pollfd look = {p.listener, POLLIN, 0};
    MUST(poll(&look, 1, PATIENCE) == 1);
    int client = accept(p.listener, NULL, NULL);
    MUST(client >= 0);
    return client;
}

static UNUSED void take(int fd, void *bytes, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = recv(fd, (char *)bytes + got, size - got, 0);
        MUST(n > 0);
        got += (size_t)n;
    }
}

/* Reads so many bytes and prints them. */
static UNUSED void heard(int fd, const char *what, size_t size)
{
    unsigned char bytes[300];
    take(fd, bytes, size);
    printf("proxy hears %s ", what);
    print_part(bytes, size);
    putchar('\n');
}

/* Reads a request to connect, prints all but the port, and returns that. */
static UNUSED int requested(int fd)
{
    unsigned char bytes[300], port[2];
    size_t size = 4;
    take(fd, bytes, 4);
    if (bytes[3] == 3) {
        take(fd, bytes + 4, 1);
        size = 5 + bytes[4];
        take(fd, bytes + 5, bytes[4]);
    } else {
        take(fd, bytes + 4, bytes[3] == 1 ? 4 : 16);
        size += bytes[3] == 1 ? 4 : 16;
    }
    take(fd, port, 2);
    printf("proxy hears request ");
    print_part(bytes, size);
    putchar('\n');
    return port[0] << 8 | port[1];
}

/* Sends an answer in pieces, so that nobody can count on getting it whole. */
static UNUSED void answer(int fd, const void *bytes, size_t size, size_t step)
{
    for (size_t at = 0; at < size; at += step) {
        size_t n = size - at < step ? size - at : step;
        MUST(send(fd, (const char *)bytes + at, n, MSG_NOSIGNAL) == (ssize_t)n);
        if (step < size)
            pause_ms(5);
    }
}

struct relay { int near, far; pthread_t thread; };

static UNUSED void *pass_on(void *argument)
{
    struct relay *r = argument;
    struct pollfd both[2] = {{r->near, POLLIN, 0}, {r->far, POLLIN, 0}};
    char bytes[4096];
    for (;;) {
        if (poll(both, 2, -1) < 0)
            continue;
        for (int i = 0; i < 2; i++) {
            if (!both[i].revents)
                continue;
            ssize_t n = recv(both[i].fd, bytes, sizeof bytes, 0);
            if (n <= 0)
                return NULL;
            if (send(both[1 - i].fd, bytes, (size_t)n, MSG_NOSIGNAL) != n)
                return NULL;
        }
    }
}

/* From here on the proxy passes bytes between the client and a port of this machine. */
static UNUSED void open_way(struct relay *r, int client, int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port),
                            .sin_addr = {htonl(INADDR_LOOPBACK)}};
    r->near = client;
    r->far = socket(AF_INET, SOCK_STREAM, 0);
    MUST(connect(r->far, (struct sockaddr *)&a, sizeof a) == 0);
    MUST(pthread_create(&r->thread, NULL, pass_on, r) == 0);
}

/* Waits until either end has closed. */
static UNUSED void close_way(struct relay *r)
{
    MUST(pthread_join(r->thread, NULL) == 0);
    close(r->near);
    close(r->far);
}

#endif
