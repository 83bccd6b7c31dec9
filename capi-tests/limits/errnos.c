// breaks: it aborts for most of them, and a connection hangs for others
// args: 1
// slow-args: 40
// limit: 400
// slow-limit: 1800
/* Each system call that the library makes fails, in turn, with each errno that it
 * may fail with, the n-th time it is made, alone or many times in a row: no
 * signal, nothing that hangs. No message is torn, doubled or out of order; over
 * inproc, and for errors that only say "again", none is lost either. When it is over
 * everything works: the connections and listeners there are, new ones of the same
 * context, and a new context. The argument says how many of the calls of each
 * function are tried, a second one of which functions. */
#include "inject.h"
#include <netinet/in.h>
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
    {"eventfd", {EMFILE, ENFILE, ENOMEM, ENODEV}},
    {"timerfd_create", {EMFILE, ENFILE, ENOMEM, ENODEV}},
    {"timerfd_settime", {EBADF, EINVAL}},
    /* Not EBADF: that a descriptor is not open is true, and the library does nothing
     * more with it. limits/closed and closed_many have those that are not. */
    {"fcntl", {EMFILE, EINVAL, EPERM}},
    {"ioctl", {ENOTTY, EINVAL, EBADF}},
    {"unlink", {EACCES, ENOENT, EBUSY, EROFS}},
    {"rmdir", {EACCES, ENOENT, EBUSY, ENOTEMPTY, EROFS}},
    {"mkdtemp", {EACCES, ENOENT, ENOSPC, EROFS, EMFILE}},
    {"getaddrinfo", {EAI_AGAIN, EAI_FAIL, EAI_NONAME, EAI_MEMORY, EAI_SYSTEM, EAI_FAMILY}},
    {"statx", {ENOENT, EACCES, ENOMEM, ELOOP, ENOTDIR}},
    {"getcwd", {ENOENT, EACCES, ENOMEM}},
    {"getnameinfo", {EAI_AGAIN, EAI_FAIL, EAI_MEMORY, EAI_OVERFLOW, EAI_SYSTEM}},
    {"getifaddrs", {EMFILE, ENFILE, ENOMEM, EACCES, EOPNOTSUPP}},
    {"prctl", {EINVAL, EPERM}},
    {"sched_setaffinity", {EINVAL, EPERM}},
    {"pthread_setschedparam", {EINVAL, EPERM}},
    {"pthread_getschedparam", {ESRCH}},
    {"pthread_attr_init", {ENOMEM}},
    {"pthread_attr_setstacksize", {EINVAL}},
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
    {"SYS_ppoll", {EINTR, ENOMEM, EINVAL}},
    {"SYS_epoll_pwait", {EINTR, EBADF, EINVAL}},
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

/* The set of things done while calls fail. */
static void *sockets[8];
static struct endpoint places[3];

/* What goes from sockets[2 * i] to sockets[2 * i + 1]: messages of a number and of a
 * body that belongs to it. */
enum { MOST = 4000 };
static struct stream {
    int joined, next, last;
    int whole; /* nothing may be missing */
    char sent[MOST];
} streams[3];

static int body_size(int number)
{
    return number % 4 == 2 ? 300000 : 5;
}

static void put(int i)
{
    static char body[300000];
    struct stream *stream = &streams[i];
    int number = stream->next + 1;
    MUST(number < MOST);
    if (may(zmq_send(sockets[2 * i], &number, sizeof number, ZMQ_SNDMORE)) == -1)
        return;
    while (zmq_send(sockets[2 * i], body, body_size(number), 0) == -1)
        MUST(zmq_errno() == EINTR || zmq_errno() == EAGAIN || zmq_errno() == ENOMEM);
    stream->sent[stream->next = number] = 1;
}

static void get(int i)
{
    static char body[300001];
    struct stream *stream = &streams[i];
    void *socket = sockets[2 * i + 1];
    int number, rc;
    do /* what is of one part comes from somebody else */
        rc = may(zmq_recv(socket, body, sizeof body, 0));
    while (rc != -1 && !get_int(socket, ZMQ_RCVMORE));
    if (rc == -1)
        return;
    MUST(rc == sizeof number);
    memcpy(&number, body, sizeof number);
    MUST(zmq_recv(socket, body, sizeof body, 0) == body_size(number));
    MUST(!get_int(socket, ZMQ_RCVMORE));
    MUST(number > stream->last && number < MOST);
    while (++stream->last < number)
        MUST(!stream->whole || !stream->sent[stream->last]);
}

/* Messages one way, one of them large, and an answer, if it can be. */
static void try_pair(int i)
{
    void *a = sockets[2 * i], *b = sockets[2 * i + 1];
    char text[16];
    zmq_pollitem_t items[] = {{a, 0, ZMQ_POLLIN, 0}, {b, 0, ZMQ_POLLIN, 0}};
    put(i);
    get(i);
    may(zmq_send(b, "answer", 6, 0));
    may(zmq_poll(items, 2, 10));
    may(zmq_recv(a, text, sizeof text, 0));
    may(zmq_poll(items, 2, 2));
    put(i);
    get(i);
}

/* Over the same sockets, once calls fail no more: what was sent last arrives, and
 * from then on everything. */
static void try_again(int i)
{
    long long end = now_ms() + PATIENCE;
    int before = streams[i].next;
    do {
        put(i);
        get(i);
        MUST(now_ms() < end);
    } while (streams[i].last <= before);
    streams[i].whole = 1;
    for (int j = 0; j < 5; j++)
        put(i);
    while (streams[i].last < streams[i].next) {
        get(i);
        MUST(now_ms() < end);
    }
}

/* An interface, the name of a host, and names that are made up. */
static void try_names(void)
{
    void *a = try_socket(ZMQ_DEALER), *b = try_socket(ZMQ_DEALER);
    struct endpoint place;
    size_t size = sizeof place.text;
    if (a && b && may(zmq_bind(a, "tcp://lo:*")) == 0 &&
        may(zmq_getsockopt(a, ZMQ_LAST_ENDPOINT, place.text, &size)) == 0) {
        char name[64];
        snprintf(name, sizeof name, "tcp://localhost%s", strrchr(place.text, ':'));
        may(zmq_connect(b, name));
        may(zmq_send(b, "named", 5, 0));
        may(zmq_recv(a, name, sizeof name, 0));
    }
    if (a)
        may(zmq_bind(a, "ipc://*"));
    /* A descriptor of the application's, which the library then has. */
    struct sockaddr_in any = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(fd != -1 && bind(fd, (struct sockaddr *)&any, sizeof any) == 0 && listen(fd, 5) == 0);
    if (a && may(zmq_setsockopt(a, ZMQ_USE_FD, &fd, sizeof fd)) == 0)
        may(zmq_bind(a, "tcp://127.0.0.1:*"));
    if (a)
        shut(a);
    if (b)
        shut(b);
}

static void try_everything(int harmless)
{
    static const char *const names[] = {"tcp://127.0.0.1:*", "ipc://injected", "inproc://injected"};
    context = zmq_ctx_new();
    if (!context) {
        MUST(zmq_errno() != 0);
        return;
    }
    may(zmq_ctx_set(context, ZMQ_THREAD_SCHED_POLICY, SCHED_OTHER));
    may(zmq_ctx_set(context, ZMQ_THREAD_PRIORITY, 0));
    may(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_ADD, 0));
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
        streams[i].joined = 1;
        streams[i].whole = harmless || i == 2;
        try_pair(i);
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
    streams[0].whole = 0;
    if (sockets[1] && *places[0].text && may(zmq_unbind(sockets[1], places[0].text)) == 0) {
        shut(sockets[1]);
        if ((sockets[1] = try_socket(ZMQ_DEALER)) != NULL &&
            may(zmq_bind(sockets[1], places[0].text)) == 0 && sockets[0] && streams[0].joined)
            try_pair(0);
        else
            streams[0].joined = 0;
    }
    try_names();
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
        if (streams[i].joined)
            try_again(i);
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
        alarm(60);
        inject(name, number, nth, more);
        try_everything(number == EINTR || number == EAGAIN);
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
    if (status != 0) {
        printf("%s, %s, number %d and %d more: %s %d\n", name, error_name(number), nth, more,
               WIFEXITED(status) ? "exit" : "signal",
               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        exit(1);
    }
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
            /* A kernel that says "again" all the time while it is ready would be
             * asked no more. */
            if (calls && *number != EINTR && *number != EAGAIN)
                child(table[i].name, *number, 1, 10);
        }
    }
    puts("every error was survived");
    return 0;
}
