// ours-only: libzmq keeps 28 KB of each peer that has gone until the application calls
// unwrapped: what a wrapper keeps of what was freed is no growth of ours
// args: 3000
// slow-args: 100000
// slow-limit: 3600
/* Peers that connect, shake hands and go, against a bound socket that nobody
 * calls: its process grows by no more than 3 MB. The argument is the number of
 * peers for each socket type. Peers are plain descriptors that speak ZMTP 3.0 in
 * this same process, so that only the library's memory can grow. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "support.h"

static int connect_tcp(const char *endpoint, int number)
{
    struct sockaddr_in to, from;
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    memset(&to, 0, sizeof to);
    memset(&from, 0, sizeof from);
    to.sin_family = from.sin_family = AF_INET;
    to.sin_port = htons((uint16_t)atoi(strrchr(endpoint, ':') + 1));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    /* sources of their own, or the ports of one would be used up */
    from.sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)(number % 60000));
    MUST(fd >= 0 && setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) == 0);
    MUST(bind(fd, (struct sockaddr *)&from, sizeof from) == 0);
    MUST(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static int connect_ipc(const char *endpoint)
{
    struct sockaddr_un to;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    memset(&to, 0, sizeof to);
    to.sun_family = AF_UNIX;
    strncpy(to.sun_path, endpoint + strlen("ipc://"), sizeof to.sun_path - 1);
    MUST(fd >= 0);
    while (connect(fd, (struct sockaddr *)&to, sizeof to) == -1) {
        MUST(errno == EAGAIN); /* the backlog is full */
        pause_ms(1);
    }
    return fd;
}

static void write_all(int fd, const void *data, size_t size)
{
    ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
    MUST(n == (ssize_t)size || (n == -1 && (errno == EPIPE || errno == ECONNRESET)));
}

/* Reads all, or to the end: a PAIR may turn a peer away. */
static void read_all(int fd, unsigned char *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = read(fd, data + at, size - at);
        MUST(n >= 0 || errno == ECONNRESET);
        if (n <= 0)
            return;
        at += (size_t)n;
    }
}

/* Greeting, READY and one message: a peer as good as any. */
static void shake_hands(int fd, const char *type, int speaks)
{
    unsigned char bytes[256] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 'N', 'U', 'L', 'L'};
    unsigned char ready[64] = {4, 0, 5, 'R', 'E', 'A', 'D', 'Y', 11};
    size_t length = strlen(type), at = 9;
    write_all(fd, bytes, 64);
    memset(bytes, 0, sizeof bytes);
    memcpy(ready + at, "Socket-Type", 11);
    at += 11;
    ready[at + 3] = (unsigned char)length;
    memcpy(ready + at + 4, type, length);
    at += 4 + length;
    ready[1] = (unsigned char)(at - 2);
    write_all(fd, ready, at);
    read_all(fd, bytes, 64);
    read_all(fd, bytes, 2);
    read_all(fd, bytes + 2, bytes[1]);
    if (speaks)
        write_all(fd, "\1\0\0\5hello", 9);
}

static void visit(const char *endpoint, const char *type, int number, int speaks)
{
    int fd = endpoint[0] == 't' ? connect_tcp(endpoint, number) : connect_ipc(endpoint);
    if (number % 10) /* one in ten goes without a word */
        shake_hands(fd, type, speaks && number < 50);
    close(fd);
}

static void run(const char *name, int type, const char *peer, const char *transport, int count)
{
    void *context = make_context(), *socket = make(context, type);
    struct endpoint e = bind_any(socket, transport);
    long before, after, end;
    int speaks = type == ZMQ_PULL || type == ZMQ_ROUTER;
    for (int i = 0; i < 300; i++)
        visit(e.text, peer, i, speaks);
    let_happen();
    before = resident_kb();
    for (int i = 0; i < count; i++)
        visit(e.text, peer, i + 300, speaks);
    end = (long)now_ms() + PATIENCE;
    while ((after = resident_kb()) > before + 3 * 1024 && now_ms() < end)
        pause_ms(20);
    printf("%s over %s: within 3 MB: %s\n", name, transport, after <= before + 3 * 1024 ? "yes" : "no");
    fflush(stdout);
    fprintf(stderr, "%s over %s: %ld kB before, %ld kB after %d peers\n", name, transport, before, after, count);
    shut_now(socket);
    finish(context);
}

int main(int argc, char **argv)
{
    MUST(argc == 2 && atoi(argv[1]) > 0);
    int count = atoi(argv[1]);
    run("PULL", ZMQ_PULL, "PUSH", "tcp", count);
    run("ROUTER", ZMQ_ROUTER, "DEALER", "tcp", count);
    run("PULL", ZMQ_PULL, "PUSH", "ipc", count);
    run("ROUTER", ZMQ_ROUTER, "DEALER", "ipc", count);
    run("PUSH", ZMQ_PUSH, "PULL", "ipc", count);
    run("DEALER", ZMQ_DEALER, "DEALER", "ipc", count);
    run("REP", ZMQ_REP, "REQ", "ipc", count);
    run("PAIR", ZMQ_PAIR, "PAIR", "ipc", count);
    return 0;
}
