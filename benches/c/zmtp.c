/*
 * Raw ZMTP 3.0 clients; see zmtp.h.
 */
#include "zmtp.h"
#include "bench.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum {
    AT_ONCE = 50,
    PORTS_OF_AN_ADDRESS = 10000,
    SPARE_DESCRIPTORS = 64,
};

int raise_descriptors(int wanted)
{
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
    limit.rlim_cur = limit.rlim_max;
    check(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
    if (limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur > (rlim_t) wanted + SPARE_DESCRIPTORS)
        return wanted;
    return (int) limit.rlim_cur - SPARE_DESCRIPTORS;
}

/* Sources are 127.0.0.2 and following: one address has too few ports. */
static int connect_one(int port, int index)
{
    struct sockaddr_in from = { .sin_family = AF_INET }, to = from;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index / PORTS_OF_AN_ADDRESS);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    check(bind(fd, (struct sockaddr *) &from, sizeof from) == 0, "bind");
    check(connect(fd, (struct sockaddr *) &to, sizeof to) == 0, "connect");
    return fd;
}

static size_t property(uint8_t *at, const char *name, const char *value)
{
    size_t names = strlen(name), values = strlen(value);
    at[0] = names;
    memcpy(at + 1, name, names);
    memset(at + 1 + names, 0, 3);
    at[names + 4] = values;
    memcpy(at + names + 5, value, values);
    return names + 5 + values;
}

static void send_greeting(int fd)
{
    uint8_t greeting[64] = { 0xff, [9] = 0x7f, [10] = 3, [12] = 'N', 'U', 'L', 'L' };
    raw_send(fd, greeting, sizeof greeting);
}

static void send_ready(int fd, const char *type)
{
    uint8_t frame[128] = { 4, 0, 5, 'R', 'E', 'A', 'D', 'Y' };
    size_t size = 8;
    size += property(frame + size, "Socket-Type", type);
    size += property(frame + size, "Identity", "");
    frame[1] = size - 2;
    raw_send(fd, frame, size);
}

static void expect_greeting(int fd)
{
    uint8_t greeting[64];
    raw_recv(fd, greeting, sizeof greeting);
    errno = EPROTO;
    check(greeting[0] == 0xff && greeting[10] >= 3, "greeting");
}

static void expect_ready(int fd)
{
    uint8_t head[2], body[255];
    raw_recv(fd, head, sizeof head);
    raw_recv(fd, body, head[1]);
    errno = EPROTO;
    check(head[0] == 4 && !memcmp(body, "\5READY", 6), "READY");
}

void connect_many(const char *endpoint, const char *type, int *fds, int count)
{
    int port = 0;
    check(sscanf(endpoint, "tcp://127.0.0.1:%d", &port) == 1, "endpoint");
    for (int from = 0; from < count; from += AT_ONCE) {
        int to = from + AT_ONCE < count ? from + AT_ONCE : count;
        for (int i = from; i < to; i++)
            send_greeting(fds[i] = connect_one(port, i));
        for (int i = from; i < to; i++) {
            expect_greeting(fds[i]);
            send_ready(fds[i], type);
        }
        for (int i = from; i < to; i++)
            expect_ready(fds[i]);
    }
}
