// ours-only: a libzmq without drafts, as systems have it, does not know these options
/* What the library asks of the kernel for options that are drafts: the priority of
 * packets, busy polling, and how much is read and written at once. The calls are
 * seen by functions of the same names here, which pass them on. A priority or a
 * polling that the kernel refuses does not end the process. libzmq 4.3.5 with drafts
 * asks for the same (and ends the process when a priority is refused); it bounds what
 * is read and written at once too, but for large bodies. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"
#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/uio.h>

static int watched, refusing, asked_times, asked_value;
static size_t most_read, most_written;

int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
    static int (*real)(int, int, int, const void *, socklen_t);
    if (!real)
        real = (int (*)(int, int, int, const void *, socklen_t))dlsym(RTLD_NEXT, "setsockopt");
    if (level == SOL_SOCKET && name == __atomic_load_n(&watched, __ATOMIC_SEQ_CST)) {
        MUST(size == sizeof(int));
        __atomic_store_n(&asked_value, *(const int *)value, __ATOMIC_SEQ_CST);
        __atomic_add_fetch(&asked_times, 1, __ATOMIC_SEQ_CST);
        errno = EPERM;
        /* Busy polling wants a privilege, so it is not passed on. */
        return refusing ? -1 : name == SO_BUSY_POLL ? 0 : real(fd, level, name, value, size);
    }
    return real(fd, level, name, value, size);
}

static void note(size_t *most, ssize_t size)
{
    if (size > 0 && (size_t)size > __atomic_load_n(most, __ATOMIC_SEQ_CST))
        __atomic_store_n(most, (size_t)size, __ATOMIC_SEQ_CST);
}

#define PASS_ON(most, result, name, parameters, arguments) \
    result name parameters \
    { \
        static result (*real) parameters; \
        if (!real) \
            real = (result (*) parameters)dlsym(RTLD_NEXT, #name); \
        result size = real arguments; \
        note(&most, size); \
        return size; \
    }
PASS_ON(most_read, ssize_t, recv, (int fd, void *to, size_t size_, int flags), (fd, to, size_, flags))
PASS_ON(most_read, ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
PASS_ON(most_read, ssize_t, readv, (int fd, const struct iovec *v, int count), (fd, v, count))
PASS_ON(most_written, ssize_t, send, (int fd, const void *from, size_t size_, int flags),
    (fd, from, size_, flags))
PASS_ON(most_written, ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags))
PASS_ON(most_written, ssize_t, writev, (int fd, const struct iovec *v, int count), (fd, v, count))

static void connected(int option, int value, int on_server, int on_client, int kernel, const char *what)
{
    void *context = make_context();
    void *server = make(context, ZMQ_PULL), *client = make(context, ZMQ_PUSH);
    watched = kernel;
    asked_times = asked_value = 0;
    if (on_server)
        set_int(server, option, value);
    if (on_client)
        set_int(client, option, value);
    int rc = zmq_bind(server, "tcp://127.0.0.1:*");
    printf("%s %d: bind %s, listening asks %d times", what, value, rc ? error_name(zmq_errno()) : "ok", asked_times);
    if (rc == 0) {
        join(client, last_endpoint(server));
        if (!refusing || !on_client) {
            say(client, "x");
            MUST(zmq_recv(server, NULL, 0, 0) == 1);
        }
        printf(", then %d times, for %d", __atomic_load_n(&asked_times, __ATOMIC_SEQ_CST), asked_value);
    }
    putchar('\n');
    shut_now(client);
    shut_now(server);
    finish(context);
}

static void packets(void)
{
    title("priority of packets");
    connected(ZMQ_PRIORITY, 5, 1, 1, SO_PRIORITY, "both");
    connected(ZMQ_PRIORITY, 3, 1, 0, SO_PRIORITY, "the listener");
    connected(ZMQ_PRIORITY, 3, 0, 1, SO_PRIORITY, "the connecting one");
    connected(ZMQ_PRIORITY, 0, 1, 1, SO_PRIORITY, "neither");
    title("busy polling");
    connected(ZMQ_BUSY_POLL, 7, 1, 1, SO_BUSY_POLL, "both");
    connected(ZMQ_BUSY_POLL, 7, 0, 1, SO_BUSY_POLL, "the connecting one");
    connected(ZMQ_BUSY_POLL, 0, 1, 1, SO_BUSY_POLL, "neither");
    connected(ZMQ_BUSY_POLL, -7, 1, 1, SO_BUSY_POLL, "neither");
    title("refused");
    refusing = 1;
    connected(ZMQ_PRIORITY, 7, 1, 0, SO_PRIORITY, "a priority");
    connected(ZMQ_BUSY_POLL, 7, 1, 0, SO_BUSY_POLL, "polling");
    refusing = 0;
    watched = 0;
}

/* A stream of messages, of which one in ten has a body that is kept by reference. */
static void stream(const char *transport, int in, int out, size_t size)
{
    enum { MANY = 2000 };
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    char *body = malloc(size * 200), *back = malloc(size * 200);
    MUST(body && back);
    memset(body, 'm', size * 200);
    if (in)
        set_int(pull, ZMQ_IN_BATCH_SIZE, in);
    if (out)
        set_int(push, ZMQ_OUT_BATCH_SIZE, out);
    set_int(push, ZMQ_SNDHWM, 0);
    join(push, bind_any(pull, transport));
    say(push, "first"); /* the handshake is over when it is here */
    MUST(zmq_recv(pull, back, 5, 0) == 5);
    most_read = most_written = 0;
    for (int i = 0; i < MANY; i++) {
        size_t length = i % 10 ? size : size * 200;
        MUST(zmq_send(push, body, length, 0) == (int)length);
    }
    for (int i = 0; i < MANY; i++) {
        size_t length = i % 10 ? size : size * 200;
        memset(back, 0, length);
        MUST(zmq_recv(pull, back, length, 0) == (int)length && !memcmp(back, body, length));
    }
    if (out)
        printf("over %s %d bytes are written at once: %s\n", transport, out,
            most_written <= (size_t)out ? "at most" : "and more");
    if (in)
        printf("over %s %d bytes are read at once: %s\n", transport, in,
            most_read <= (size_t)in ? "at most" : "and more");
    shut(push);
    shut(pull);
    finish(context);
    free(body);
    free(back);
}

int main(void)
{
    packets();
    title("batches");
    stream("tcp", 100, 0, 20);
    stream("ipc", 1000, 0, 20);
    stream("tcp", 1, 0, 3);
    stream("tcp", 0, 100, 20);
    stream("ipc", 0, 1000, 50);
    stream("tcp", 0, 7, 3);
    stream("tcp", 1000, 1000, 20);
    stream("tcp", 0, 500000, 100);
    return 0;
}
