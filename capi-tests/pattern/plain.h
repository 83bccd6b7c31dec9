/* Plain sockets of the operating system, for the other end of a raw connection. */
#ifndef CAPI_TESTS_PATTERN_PLAIN_H
#define CAPI_TESTS_PATTERN_PLAIN_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "support.h"

static UNUSED int patient(int fd)
{
    struct timeval limit = {PATIENCE / 1000, 0};
    MUST(fd >= 0);
    MUST(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    MUST(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0);
    return fd;
}

/* Connects to tcp://127.0.0.1:PORT. */
static UNUSED int dial(struct endpoint e)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    to.sin_port = htons((uint16_t)atoi(strrchr(e.text, ':') + 1));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = patient(socket(AF_INET, SOCK_STREAM, 0));
    MUST(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

/* Listens on a port of its own. */
static UNUSED int serve(struct endpoint *e)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = patient(socket(AF_INET, SOCK_STREAM, 0));
    MUST(bind(fd, (struct sockaddr *)&at, size) == 0 && listen(fd, 8) == 0);
    MUST(getsockname(fd, (struct sockaddr *)&at, &size) == 0);
    snprintf(e->text, sizeof e->text, "tcp://127.0.0.1:%d", ntohs(at.sin_port));
    return fd;
}

static UNUSED int admit(int listener)
{
    return patient(accept(listener, NULL, NULL));
}

static UNUSED void put(int fd, const char *text)
{
    MUST(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

/* Reads as many bytes as text has, and prints them. */
static UNUSED void get(int fd, size_t size)
{
    char text[256];
    size_t got = 0;
    while (got < size) {
        ssize_t count = read(fd, text + got, size - got);
        MUST(count > 0);
        got += (size_t)count;
    }
    printf("the plain end gets %.*s\n", (int)size, text);
}

/* Waits for the end of the stream and closes. Who closes before it has read all that it was
 * sent makes a reset of it. */
static UNUSED void get_end(int fd)
{
    char byte;
    errno = 0;
    ssize_t count = read(fd, &byte, 1);
    printf("the plain end gets %s\n", count == 0 || errno == ECONNRESET ? "the end" : count > 0 ? "bytes" : error_name(errno));
    close(fd);
}

/* A routing id. */
struct name { char text[256]; size_t size; };

/* Receives a routing id and what follows it, which is printed. */
static UNUSED struct name hear_from(void *socket)
{
    struct name name;
    int rc = zmq_recv(socket, name.text, sizeof name.text, 0);
    MUST(rc > 0 && get_int(socket, ZMQ_RCVMORE) == 1);
    name.size = (size_t)rc;
    hear(socket);
    MUST(get_int(socket, ZMQ_RCVMORE) == 0);
    return name;
}

static UNUSED int is_same(struct name a, struct name b)
{
    return a.size == b.size && memcmp(a.text, b.text, a.size) == 0;
}

static UNUSED void say_to(void *socket, struct name name, const char *text)
{
    MUST(zmq_send(socket, name.text, name.size, ZMQ_SNDMORE) == (int)name.size);
    MUST(zmq_send(socket, text, strlen(text), 0) == (int)strlen(text));
}

/* Waits until a peer is known no more. */
static UNUSED void await_gone(void *socket, struct name name)
{
    long long end = now_ms() + PATIENCE;
    /* libzmq must look to notice, and what it is sent until then never goes away */
    await(socket, ZMQ_POLLIN, SILENCE);
    for (;;) {
        int rc = zmq_send(socket, name.text, name.size, ZMQ_SNDMORE | ZMQ_DONTWAIT);
        if (rc == -1 && zmq_errno() == EHOSTUNREACH)
            break;
        MUST(rc == -1 ? zmq_errno() == EAGAIN : zmq_send(socket, "?", 1, 0) == 1);
        MUST(now_ms() < end);
        await(socket, ZMQ_POLLIN, 2);
    }
    printf("gone\n");
}

#endif
