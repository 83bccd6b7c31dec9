// ours-only: the reference aborts for most of them
// args: 2
// slow-args: 40
// limit: 200
// slow-limit: 1800
/* Each system call that the library makes fails, in turn, with each errno that it
 * may fail with, the n-th time it is made, alone or many times in a row: no
 * signal, nothing that hangs, and when it is over everything works: the sockets
 * there are, new ones of the same context, and a new context. The argument says
 * how many of the calls of each function are tried. */
#include "inject.h"
#include "support.h"

static const struct { const char *name; int numbers[16]; } table[] = {
    {"socket", {EMFILE, ENFILE, ENOMEM, ENOBUFS, EACCES, EPERM, EAFNOSUPPORT, EPROTONOSUPPORT}},
    {"bind", {EADDRINUSE, EADDRNOTAVAIL, EACCES, ENOMEM, EINVAL, EROFS}},
    {"listen", {EADDRINUSE, EOPNOTSUPP, EBADF}},
    {"connect", {ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EHOSTDOWN, ENETDOWN, ETIMEDOUT, EACCES,
                 EPERM, EADDRNOTAVAIL, EAGAIN, ENOBUFS, EINTR, ENOENT, EBADF, EPROTOTYPE}},
    {"accept4", {EMFILE, ENFILE, ENOMEM, ENOBUFS, ECONNABORTED, EINTR, EAGAIN, EPROTO, EPERM,
                 ENETDOWN, EHOSTDOWN, ENOPROTOOPT, EINVAL, EBADF}},
    {"getsockname", {ENOBUFS, EBADF}},
    {"getpeername", {ENOTCONN, ENOBUFS, EBADF}},
    {"setsockopt", {ENOPROTOOPT, EINVAL, ENOMEM, EPERM, EACCES, EBADF}},
    {"getsockopt", {ENOPROTOOPT, ENOBUFS, EBADF}},
    {"shutdown", {ENOTCONN, EBADF}},
    {"epoll_create1", {EMFILE, ENFILE, ENOMEM}},
    {"epoll_ctl", {ENOMEM, ENOSPC, EBADF, EPERM, ENOENT, EEXIST}},
    {"epoll_wait", {EINTR}},
    {"eventfd", {EMFILE, ENFILE, ENOMEM, ENODEV}},
    {"timerfd_create", {EMFILE, ENFILE, ENOMEM, ENODEV}},
    {"timerfd_settime", {EBADF, EINVAL}},
    /* Not EBADF: by that a debug build of Rust's standard library tells that a
     * descriptor of its own was closed behind its back, and aborts. */
    {"fcntl", {EMFILE, EINVAL, EPERM}},
    {"ioctl", {ENOTTY, EINVAL, EBADF}},
    {"unlink", {EACCES, ENOENT, EBUSY, EROFS}},
    {"getrandom", {EINTR, ENOSYS}},
    {"pthread_create", {EAGAIN, EPERM}},
    {"SYS_close", {EINTR, EIO, EBADF}},
    {"SYS_read", {EAGAIN, EINTR, EIO, EBADF}},
    {"SYS_write", {EAGAIN, EINTR, EIO, EBADF}},
    {"SYS_readv", {ECONNRESET, ETIMEDOUT, EINTR, EAGAIN, ENOMEM, ENOTCONN, EHOSTUNREACH, EBADF}},
    {"SYS_recvfrom", {ECONNRESET, ETIMEDOUT, EINTR, EAGAIN, ENOMEM, ENOTCONN, EHOSTUNREACH, EBADF}},
    {"SYS_sendto", {ECONNRESET, EPIPE, EINTR, EAGAIN, ENOBUFS, ENOMEM, EACCES, ENETDOWN, EBADF}},
    {"SYS_sendmsg", {ECONNRESET, EPIPE, ETIMEDOUT, EINTR, EAGAIN, ENOBUFS, ENOMEM, EACCES, EPERM,
                     ENETDOWN, EHOSTUNREACH, ENOTCONN, EBADF, EMSGSIZE}},
    {"SYS_ppoll", {EINTR, ENOMEM}},
    {"SYS_epoll_pwait", {EINTR}},
    {"SYS_membarrier", {ENOSYS, EPERM, EINVAL, ENOMEM}},
    {"SYS_futex wait", {EINTR, EAGAIN, ETIMEDOUT}},
};

static void *context;

/* A call that may fail, for a reason. */
static int may(int result)
{
    if (result == -1)
        MUST(zmq_errno() != 0);
    return result;
}

static void *try_socket(int type)
{
    void *socket = zmq_socket(context, type);
    if (!socket) {
        MUST(zmq_errno() != 0);
        return NULL;
    }
    int soon = 30, none = 0, often = 5;
    may(zmq_setsockopt(socket, ZMQ_RCVTIMEO, &soon, sizeof soon));
    may(zmq_setsockopt(socket, ZMQ_SNDTIMEO, &soon, sizeof soon));
    may(zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none));
    may(zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &often, sizeof often));
    return socket;
}

/* A message each way, and a large one, if it can be. */
static void try_pair(void *a, void *b)
{
    static char large[300000], text[16];
    zmq_pollitem_t items[] = {{a, 0, ZMQ_POLLIN, 0}, {b, 0, ZMQ_POLLIN, 0}};
    may(zmq_send(a, "hello", 5, 0));
    may(zmq_recv(b, text, sizeof text, 0));
    may(zmq_send(b, "answer", 6, 0));
    may(zmq_poll(items, 2, 10));
    may(zmq_recv(a, text, sizeof text, 0));
    may(zmq_poll(items, 2, 2));
    may(zmq_send(a, large, sizeof large, 0));
    may(zmq_recv(b, text, sizeof text, 0));
}

/* The set of things done while calls fail. */
static void *sockets[8];
static struct endpoint places[3];

static void try_everything(void)
{
    static const char *const names[] = {"tcp://127.0.0.1:*", "ipc://injected", "inproc://injected"};
    context = zmq_ctx_new();
    if (!context) {
        MUST(zmq_errno() != 0);
        return;
    }
    sockets[6] = try_socket(ZMQ_DEALER);
    sockets[7] = try_socket(ZMQ_PAIR);
    if (sockets[6] && sockets[7] &&
        may(zmq_socket_monitor(sockets[6], "inproc://events", ZMQ_EVENT_ALL)) == 0)
        may(zmq_connect(sockets[7], "inproc://events"));
    for (int i = 0; i < 3; i++) {
        size_t size = sizeof places[i].text;
        void *a = sockets[2 * i] = try_socket(ZMQ_DEALER);
        void *b = sockets[2 * i + 1] = try_socket(ZMQ_DEALER);
        if (!a || !b)
            continue;
        if (may(zmq_bind(b, names[i])) == -1)
            continue;
        if (may(zmq_getsockopt(b, ZMQ_LAST_ENDPOINT, places[i].text, &size)) == -1)
            continue;
        if (may(zmq_connect(a, places[i].text)) == -1)
            continue;
        try_pair(a, b);
        if (sockets[6] && i < 2 && may(zmq_connect(sockets[6], places[i].text)) == 0) {
            may(zmq_send(sockets[6], "third", 5, 0));
            may(zmq_disconnect(sockets[6], places[i].text));
        }
    }
    /* One that waits for a peer, and one that lingers over what was not sent. */
    void *alone = try_socket(ZMQ_PUSH), *lingers = try_socket(ZMQ_PUSH);
    int while_ms = 20;
    if (alone) {
        may(zmq_send(alone, "x", 1, 0));
        shut(alone);
    }
    if (lingers) {
        may(zmq_setsockopt(lingers, ZMQ_LINGER, &while_ms, sizeof while_ms));
        if (*places[0].text && may(zmq_connect(lingers, places[0].text)) == 0)
            may(zmq_send(lingers, "x", 1, 0));
        shut(lingers);
    }
    /* A listener that goes, and one in its place: who was connected comes again. */
    if (sockets[1] && *places[0].text && may(zmq_unbind(sockets[1], places[0].text)) == 0) {
        shut(sockets[1]);
        if ((sockets[1] = try_socket(ZMQ_DEALER)) != NULL &&
            may(zmq_bind(sockets[1], places[0].text)) == 0 && sockets[0])
            try_pair(sockets[0], sockets[1]);
    }
}

/* Two sockets that are new pass messages, whatever was before. */
static void exchange(void *context, const char *transport)
{
    char text[16];
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    set_int(a, ZMQ_LINGER, 0);
    join(a, bind_any(b, transport));
    for (int i = 0; i < 3; i++) {
        say(a, "recovered");
        MUST(listen_to(b, text, sizeof text, 0) == 1);
        say(b, "indeed");
        MUST(listen_to(a, text, sizeof text, 0) == 1);
    }
    shut(a);
    shut(b);
}

static void recover(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    void *fresh = make_context();
    for (int i = 0; i < 3; i++) {
        if (context)
            exchange(context, transports[i]);
        exchange(fresh, transports[i]);
    }
    finish(fresh);
    for (int i = 0; i < 8; i++)
        if (sockets[i])
            shut(sockets[i]);
    if (context)
        finish(context);
}

static int child(const char *name, int number, int nth, int more)
{
    int pipes[2], status = 0, seen = 0;
    MUST(pipe(pipes) == 0);
    fflush(stdout);
    pid_t child = fork();
    MUST(child != -1);
    if (child == 0) {
        alarm(20);
        inject(name, number, nth, more);
        try_everything();
        seen = inject_seen;
        inject("none", 0, 0, 0);
        MUST(write(pipes[1], &seen, sizeof seen) == sizeof seen);
        recover();
        exit(0);
    }
    close(pipes[1]);
    MUST(waitpid(child, &status, 0) == child);
    MUST(read(pipes[0], &seen, sizeof seen) == sizeof seen || status);
    close(pipes[0]);
    if (status != 0)
        printf("%s, %s, number %d and %d more: %s %d\n", name, error_name(number), nth, more,
               WIFEXITED(status) ? "exit" : "signal",
               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return seen;
}

int main(int argc, char **argv)
{
    int tried = argc > 1 ? atoi(argv[1]) : 3;
    const char *only = argc > 2 ? argv[2] : "";
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!strstr(table[i].name, only))
            continue;
        int calls = child(table[i].name, 0, 0, 0);
        if (argc > 2)
            printf("%s: %d calls\n", table[i].name, calls);
        if (calls > tried)
            calls = tried;
        for (const int *number = table[i].numbers; *number; number++) {
            for (int nth = 1; nth <= calls; nth++)
                child(table[i].name, *number, nth, 0);
            if (calls && *number != EINTR)
                child(table[i].name, *number, 1, 10);
        }
    }
    puts("every error was survived");
    return 0;
}
