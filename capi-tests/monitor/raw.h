/* Peers that are no more than a tcp socket and some bytes. */
#ifndef CAPI_TESTS_MONITOR_RAW_H
#define CAPI_TESTS_MONITOR_RAW_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "support.h"

/* The beginning of a greeting of ZMTP 3.0; zeros fill it up to 64 bytes. */
#define GREETING(mechanism) "\xff\0\0\0\0\0\0\0\1\x7f\3\0" mechanism
#define NULL_GREETING GREETING("NULL")
#define GREETING_SIZE 64

/* What a DEALER says when it has seen the greeting. */
#define DEALER_READY "\4\x29\5READY\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0\0"
#define READY_SIZE (sizeof DEALER_READY - 1)

/* Whether something comes, or the end, within the time. A long time is waited for in
 * pieces: where all stands still for a while, those who are waited for get the rest. */
static UNUSED int raw_await(int fd, int timeout)
{
    struct pollfd item = {fd, POLLIN, 0};
    int rc;
    do {
        int piece = timeout > 500 ? 500 : timeout;
        rc = poll(&item, 1, piece);
        if (rc < 0)
            MUST(!"polling works");
        timeout -= piece;
    } while (!rc && timeout > 0);
    return rc;
}

/* Connects, to this machine if the endpoint names no address; 0 if that takes its time. */
static UNUSED int raw_connects(int fd, struct endpoint e)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char *port = strrchr(e.text, ':');
    *port = 0;
    address.sin_port = htons(atoi(port + 1));
    if (inet_pton(AF_INET, e.text + strlen("tcp://"), &address.sin_addr) != 1)
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return 1;
    MUST(errno == EINPROGRESS);
    struct pollfd item = {fd, POLLOUT, 0};
    return poll(&item, 1, SILENCE) == 1;
}

static UNUSED int raw_connect(struct endpoint e)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(raw_connects(fd, e));
    return fd;
}

/* Listens where nobody comes by who is looking for somebody else. */
static UNUSED int raw_listen(struct endpoint *e)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    MUST(inet_pton(AF_INET, own_address(), &address.sin_addr) == 1);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    MUST(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    MUST(listen(listener, 1) == 0);
    MUST(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    snprintf(e->text, sizeof e->text, "tcp://%s:%d", own_address(), ntohs(address.sin_port));
    return listener;
}

static UNUSED int raw_accept(int listener)
{
    MUST(raw_await(listener, PATIENCE));
    int fd = accept(listener, NULL, NULL);
    MUST(fd >= 0);
    return fd;
}

static UNUSED void send_all(int fd, const char *bytes, size_t size)
{
    MUST(send(fd, bytes, size, MSG_NOSIGNAL) == (ssize_t)size);
}

/* Reads a given number of bytes; 0 if the stream ends before. */
static UNUSED int raw_read(int fd, void *bytes, size_t size)
{
    for (size_t have = 0; have < size;) {
        if (!raw_await(fd, PATIENCE)) {
            printf("read %zu of %zu bytes\n", have, size);
            MUST(!"the rest comes in time");
        }
        ssize_t got = recv(fd, (char *)bytes + have, size - have, 0);
        if (got <= 0)
            return 0;
        have += got;
    }
    return 1;
}

/* Reads until the other side is through, however it ends. */
static UNUSED void read_to_end(int fd)
{
    char bytes[512];
    while (recv(fd, bytes, sizeof bytes, 0) > 0)
        ;
    close(fd);
}

/* The whole handshake of a raw DEALER with a DEALER. */
static UNUSED void raw_shake(int fd)
{
    char bytes[GREETING_SIZE + READY_SIZE] = {0};
    memcpy(bytes, NULL_GREETING, sizeof NULL_GREETING - 1);
    memcpy(bytes + GREETING_SIZE, DEALER_READY, READY_SIZE);
    send_all(fd, bytes, sizeof bytes);
    MUST(raw_read(fd, bytes, sizeof bytes));
}

#endif
