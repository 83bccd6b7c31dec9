/* Options of a socket as the kernel sees them: what a listener, the connection it
 * accepts and the one that is made to it have, in a program that finds its
 * descriptors by itself. */
#include "support.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define CLIENT 1
#define SERVER 2
#define BOTH 3

struct effect { const char *name; int number, value, sides, level, kernel; };
#define EFFECT(option, value, sides, level, kernel) {#option, option, value, sides, level, kernel}

static const struct effect effects[] = {
    EFFECT(ZMQ_SNDBUF, 20000, BOTH, SOL_SOCKET, SO_SNDBUF),
    EFFECT(ZMQ_RCVBUF, 20000, BOTH, SOL_SOCKET, SO_RCVBUF),
    EFFECT(ZMQ_SNDBUF, 0, BOTH, SOL_SOCKET, SO_SNDBUF),
    EFFECT(ZMQ_TOS, 0x28, BOTH, IPPROTO_IP, IP_TOS),
    EFFECT(ZMQ_TOS, 0x28, SERVER, IPPROTO_IP, IP_TOS),
    EFFECT(ZMQ_TOS, 0x28, CLIENT, IPPROTO_IP, IP_TOS),
    EFFECT(ZMQ_TCP_KEEPALIVE, -1, BOTH, SOL_SOCKET, SO_KEEPALIVE),
    EFFECT(ZMQ_TCP_KEEPALIVE, 0, BOTH, SOL_SOCKET, SO_KEEPALIVE),
    EFFECT(ZMQ_TCP_KEEPALIVE, 1, BOTH, SOL_SOCKET, SO_KEEPALIVE),
    EFFECT(ZMQ_TCP_KEEPALIVE, 1, CLIENT, SOL_SOCKET, SO_KEEPALIVE),
    EFFECT(ZMQ_TCP_KEEPALIVE_CNT, 3, BOTH, IPPROTO_TCP, TCP_KEEPCNT),
    EFFECT(ZMQ_TCP_KEEPALIVE_IDLE, 44, BOTH, IPPROTO_TCP, TCP_KEEPIDLE),
    EFFECT(ZMQ_TCP_KEEPALIVE_INTVL, 55, BOTH, IPPROTO_TCP, TCP_KEEPINTVL),
    EFFECT(ZMQ_TCP_MAXRT, 12345, BOTH, IPPROTO_TCP, TCP_USER_TIMEOUT),
};

static int of_kernel(int fd, int level, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    if (getsockopt(fd, level, name, &value, &size) == -1)
        return -1;
    return value;
}

enum { LISTENING, ACCEPTED, CONNECTED, OTHER };

/* What a descriptor is, if it is one of a tcp connection to port. */
static int role_of(int fd, int port)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    int domain = of_kernel(fd, SOL_SOCKET, SO_DOMAIN);
    if (domain != AF_INET && domain != AF_INET6)
        return OTHER;
    if (of_kernel(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1)
        return LISTENING;
    if (getsockname(fd, (struct sockaddr *)&address, &size) == -1)
        return OTHER;
    /* The port is at the same place in both families. */
    return ntohs(((struct sockaddr_in *)&address)->sin_port) == port ? ACCEPTED : CONNECTED;
}

static void find(int port, int fds[OTHER])
{
    DIR *directory = opendir("/proc/self/fd");
    MUST(directory != NULL);
    fds[LISTENING] = fds[ACCEPTED] = fds[CONNECTED] = -1;
    for (struct dirent *entry; (entry = readdir(directory));) {
        int fd = atoi(entry->d_name), role = role_of(fd, port);
        if (entry->d_name[0] == '.' || role == OTHER)
            continue;
        MUST(fds[role] == -1);
        fds[role] = fd;
    }
    closedir(directory);
}

static void connected(void *server, void *client, int fds[OTHER])
{
    struct endpoint e = bind_any(server, "tcp");
    join(client, e);
    say(client, "x");
    MUST(zmq_recv(server, NULL, 0, 0) == 1);
    find(atoi(strrchr(e.text, ':') + 1), fds);
    for (int i = 0; i < OTHER; i++)
        MUST(fds[i] != -1);
}

static void try(const struct effect *o)
{
    static const char *const names[] = {"listening", "accepted", "connected"};
    static const char *const sides[] = {"", "client", "server", "both"};
    void *context = make_context();
    void *server = make(context, ZMQ_PULL), *client = make(context, ZMQ_PUSH);
    int fds[OTHER];
    for (int side = CLIENT; side <= SERVER; side++) {
        void *socket = side == CLIENT ? client : server;
        if (o->sides & side) {
            if (o->number != ZMQ_TCP_KEEPALIVE && !strncmp(o->name, "ZMQ_TCP_KEEP", 12))
                set_int(socket, ZMQ_TCP_KEEPALIVE, 1);
            set_int(socket, o->number, o->value);
        }
    }
    connected(server, client, fds);
    printf("%s %d on %s:", o->name, o->value, sides[o->sides]);
    for (int i = 0; i < OTHER; i++)
        printf(" %s %d", names[i], of_kernel(fds[i], o->level, o->kernel));
    putchar('\n');
    shut(client);
    shut(server);
    finish(context);
}

/* What is always so. */
static void by_default(void)
{
    void *context = make_context();
    void *server = make(context, ZMQ_PULL), *client = make(context, ZMQ_PUSH);
    int fds[OTHER];
    connected(server, client, fds);
    title("by default");
    printf("no delay: %d %d\n", of_kernel(fds[ACCEPTED], IPPROTO_TCP, TCP_NODELAY),
        of_kernel(fds[CONNECTED], IPPROTO_TCP, TCP_NODELAY));
    printf("reuse of the address: %d\n", of_kernel(fds[LISTENING], SOL_SOCKET, SO_REUSEADDR));
    printf("the connection's families: %d\n",
        of_kernel(fds[CONNECTED], SOL_SOCKET, SO_DOMAIN) == AF_INET);
    shut(client);
    shut(server);
    finish(context);
}

/* The kernel tells the queue of a listener as the count of something else. */
static void backlog(void)
{
    static const int values[] = {0, 1, 7, 100};
    title("backlog");
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        void *context = make_context(), *server = make(context, ZMQ_PULL);
        int fds[OTHER];
        struct tcp_info info;
        socklen_t size = sizeof info;
        set_int(server, ZMQ_BACKLOG, values[i]);
        find(atoi(strrchr(bind_any(server, "tcp").text, ':') + 1), fds);
        MUST(getsockopt(fds[LISTENING], IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
        printf("%d: %u\n", values[i], info.tcpi_sacked);
        shut(server);
        finish(context);
    }
}

static void ipv6(void)
{
    for (int on = 0; on < 2; on++) {
        void *context = make_context(), *server = make(context, ZMQ_PULL);
        int fds[OTHER];
        set_int(server, ZMQ_IPV6, on);
        MUST(zmq_bind(server, "tcp://*:*") == 0);
        struct endpoint e = last_endpoint(server);
        *strrchr(e.text, ':') = 0;
        find(0, fds);
        printf("-- with IPv6 %d: %s, family of IPv6 %d, that alone %d\n", on, e.text,
            of_kernel(fds[LISTENING], SOL_SOCKET, SO_DOMAIN) == AF_INET6,
            of_kernel(fds[LISTENING], IPPROTO_IPV6, IPV6_V6ONLY));
        shut(server);
        finish(context);
    }
}

/* The name of an interface is only asked of the kernel when it is used. */
static void device(void)
{
    title("a device");
    void *context = make_context();
    void *server = make(context, ZMQ_PULL), *client = make(context, ZMQ_PUSH);
    char name[64] = "";
    int fds[OTHER];
    TELL(zmq_setsockopt(server, ZMQ_BINDTODEVICE, "no-such-device", 14));
    TELL(zmq_bind(server, "tcp://127.0.0.1:*"));
    TELL(zmq_setsockopt(server, ZMQ_BINDTODEVICE, "lo", 2));
    TELL(zmq_setsockopt(client, ZMQ_BINDTODEVICE, "lo", 2));
    connected(server, client, fds);
    for (int i = 0; i < OTHER; i++) {
        socklen_t size = sizeof name;
        MUST(getsockopt(fds[i], SOL_SOCKET, SO_BINDTODEVICE, name, &size) == 0);
        printf("%s\n", size ? name : "any");
    }
    shut(client);
    shut(server);
    finish(context);
}

int main(void)
{
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        try(&effects[i]);
    by_default();
    backlog();
    ipv6();
    device();
    return 0;
}
