/* ZMQ_USE_FD: a socket that listens already is taken over by bind, tcp and ipc,
 * whatever the address says; what bind refuses, and what is left behind. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "support.h"

static int is_open(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0;
}

static int tcp_listener(struct endpoint *e)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t size = sizeof a;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 10) == 0);
    MUST(getsockname(fd, (struct sockaddr *)&a, &size) == 0);
    snprintf(e->text, sizeof e->text, "tcp://127.0.0.1:%d", ntohs(a.sin_port));
    return fd;
}

static int ipc_listener(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    MUST(bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, 10) == 0);
    return fd;
}

/* Binds by a descriptor; tells the endpoint that this gives, as "real" if it is that. */
static int takes(void *socket, int fd, const char *text, const char *real)
{
    printf("the option is %d;", get_int(socket, ZMQ_USE_FD));
    set_int(socket, ZMQ_USE_FD, fd);
    MUST(get_int(socket, ZMQ_USE_FD) == fd);
    int rc = zmq_bind(socket, strcmp(text, "real") ? text : real);
    printf(" bind to %s: %s", text, rc == -1 ? error_name(zmq_errno()) : "done");
    if (rc == 0) {
        struct endpoint e = last_endpoint(socket);
        printf(" as %s", strcmp(e.text, real) ? e.text : "real");
    }
    putchar('\n');
    return rc;
}

static void talk(void *context, void *pull, const char *endpoint)
{
    void *push = make(context, ZMQ_PUSH);
    TELL(zmq_connect(push, endpoint) == 0);
    say(push, "hello");
    hear(pull);
    shut(push);
}

/* Once it is unbound, the descriptor is closed, some time. */
static void await_closed(int fd)
{
    long long end = now_ms() + PATIENCE;
    while (is_open(fd) && now_ms() < end)
        pause_ms(1);
    printf("the descriptor is %s\n", is_open(fd) ? "open" : "closed");
}

static void tcp(void *context)
{
    static const char *const texts[] = {"real", "tcp://127.0.0.1:*", "tcp://*:*", "tcp://nosuch:99999", "tcp://x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        title("tcp");
        void *pull = make(context, ZMQ_PULL);
        struct endpoint e;
        int fd = tcp_listener(&e);
        if (takes(pull, fd, texts[i], e.text) == 0) {
            talk(context, pull, e.text);
            TELL(zmq_unbind(pull, e.text) == 0);
            await_closed(fd);
        }
        shut(pull);
    }
}

static void ipc(void *context)
{
    static const char *const texts[] = {"real", "ipc://elsewhere", "ipc://@", "ipc://*"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        title("ipc");
        void *pull = make(context, ZMQ_PULL);
        char path[32], real[64];
        snprintf(path, sizeof path, "given-%zu", i);
        snprintf(real, sizeof real, "ipc://%s", path);
        int fd = ipc_listener(path);
        if (takes(pull, fd, texts[i], real) == 0) {
            talk(context, pull, real);
            TELL(zmq_unbind(pull, last_endpoint(pull).text));
            await_closed(fd);
        }
        shut(pull);
        printf("its path is there: %d\n", access(path, F_OK) == 0);
    }
}

static void unfit(void *context)
{
    title("with the option set, other endpoints");
    void *pull = make(context, ZMQ_PULL);
    struct endpoint e;
    int fd = tcp_listener(&e);
    set_int(pull, ZMQ_USE_FD, fd);
    TELL(zmq_bind(pull, "inproc://name"));
    TELL(zmq_bind(pull, "nonsense"));
    TELL(zmq_bind(pull, "nothing://here"));
    TELL(is_open(fd));
    title("a pair that connects does not look at it");
    void *push = make(context, ZMQ_PUSH), *other = make(context, ZMQ_PULL);
    set_int(push, ZMQ_USE_FD, fd);
    join(push, bind_any(other, "tcp"));
    say(push, "by a socket of its own");
    hear(other);
    TELL(is_open(fd));
    shut(push);
    shut(other);
    title("taken back");
    set_int(pull, ZMQ_USE_FD, -1);
    struct endpoint own = bind_any(pull, "tcp");
    talk(context, pull, own.text);
    TELL(is_open(fd));
    close(fd);
    shut(pull);
}

static void one_by_one(void *context)
{
    title("one after the other");
    void *pull = make(context, ZMQ_PULL);
    struct endpoint first, second;
    int one = tcp_listener(&first), two = tcp_listener(&second);
    takes(pull, one, "real", first.text);
    set_int(pull, ZMQ_USE_FD, two);
    MUST(zmq_bind(pull, second.text) == 0);
    talk(context, pull, first.text);
    talk(context, pull, second.text);
    TELL(zmq_unbind(pull, first.text) == 0);
    await_closed(one);
    talk(context, pull, second.text);
    shut(pull);
    await_closed(two);
}

int main(void)
{
    void *context = make_context();
    tcp(context);
    ipc(context);
    unfit(context);
    one_by_one(context);
    finish(context);
    return 0;
}
