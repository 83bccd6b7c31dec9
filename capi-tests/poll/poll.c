/* zmq_poll: sockets and descriptors together, time-outs, every error. */
#include "support.h"

static void show(zmq_pollitem_t *items, int count)
{
    for (int i = 0; i < count; i++)
        printf(" %d", items[i].revents);
    putchar('\n');
    fflush(stdout);
}

static void mixed(const char *transport)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    int fd[2];
    title(transport);
    MUST(pipe(fd) == 0);
    join(a, bind_any(b, transport));
    say(a, "there");
    hear(b);
    zmq_pollitem_t items[] = {
        {a, 0, ZMQ_POLLIN, 0}, {b, 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0},
        {NULL, fd[0], ZMQ_POLLIN, 0}, {NULL, fd[1], ZMQ_POLLOUT, 0}, {b, 0, ZMQ_POLLIN, 0},
    };
    TELL(zmq_poll(items, 5, 0));
    show(items, 5);
    MUST(write(fd[1], "x", 1) == 1);
    TELL(zmq_poll(items, 5, -1));
    show(items, 5);
    say(a, "one|two");
    MUST(await(b, ZMQ_POLLIN, PATIENCE));
    TELL(zmq_poll(items, 5, PATIENCE));
    show(items, 5);
    hear(b);
    items[1].events = ZMQ_POLLIN;
    items[2].events = items[3].events = 0;
    TELL(zmq_poll(items, 5, 0));
    show(items, 5);
    long long begun = now_ms();
    TELL(zmq_poll(items, 5, 100));
    show(items, 5);
    printf("%s\n", now_ms() - begun >= 100 ? "waited" : "did not wait");
    items[1].events = items[4].events = items[0].events = 0;
    TELL(zmq_poll(items, 5, 10));
    show(items, 5);
    items[2].events = ZMQ_POLLIN;
    close(fd[1]);
    TELL(zmq_poll(items + 2, 1, -1));
    show(items + 2, 1);
    close(fd[0]);

    title("the other side goes");
    items[0].events = ZMQ_POLLIN | ZMQ_POLLOUT;
    say(b, "last");
    MUST(await(a, ZMQ_POLLIN, PATIENCE));
    shut(b);
    TELL(zmq_poll(items, 1, PATIENCE) >= 0);
    hear(a);
    hear_nothing(a);
    shut_now(a);
    finish(context);
}

struct late { void *socket; int fd; };
static void *send_late(void *argument)
{
    struct late *l = argument;
    pause_ms(50);
    if (l->socket)
        say(l->socket, "late");
    else
        MUST(write(l->fd, "x", 1) == 1);
    return NULL;
}

static void woken(const char *transport)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    int fd[2];
    pthread_t thread;
    MUST(pipe(fd) == 0);
    join(a, bind_any(b, transport));
    zmq_pollitem_t items[] = {{b, 0, ZMQ_POLLIN, 0}, {NULL, fd[0], ZMQ_POLLIN, 0}};
    printf("-- woken while waiting, %s\n", transport);
    for (int by_fd = 0; by_fd < 2; by_fd++)
        for (int forever = 0; forever < 2; forever++) {
            struct late l = {by_fd ? NULL : a, fd[1]};
            char byte;
            MUST(pthread_create(&thread, NULL, send_late, &l) == 0);
            TELL(zmq_poll(items, 2, forever ? -1 : PATIENCE));
            show(items, 2);
            MUST(pthread_join(thread, NULL) == 0);
            if (by_fd)
                MUST(read(fd[0], &byte, 1) == 1);
            else
                hear(b);
        }
    close(fd[0]);
    close(fd[1]);
    shut(a);
    shut(b);
    finish(context);
}

static void errors(void)
{
    void *context = make_context(), *pull = make(context, ZMQ_PULL);
    zmq_pollitem_t items[] = {{pull, 0, ZMQ_POLLIN, 0}, {NULL, 12345, ZMQ_POLLIN, 0}};
    title("errors");
    TELL(zmq_poll(NULL, 1, 0));
    TELL(zmq_poll(NULL, 0, 0));
    TELL(zmq_poll(items, 0, 0));
    TELL(zmq_poll(items, -1, 0));
    TELL(zmq_poll(NULL, -1, 0));
    long long begun = now_ms();
    TELL(zmq_poll(NULL, 0, 50));
    printf("%s\n", now_ms() - begun >= 50 ? "slept" : "did not sleep");
    TELL(zmq_poll(items, 2, 0));
    show(items, 2);
    items[1].fd = -1;
    TELL(zmq_poll(items, 2, 0));
    show(items, 2);
    shut(pull);
    finish(context);
}

static void all_types(void)
{
    static const int types[] = {ZMQ_PAIR, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER, ZMQ_ROUTER, ZMQ_PULL, ZMQ_PUSH};
    void *context = make_context(), *socket[7];
    zmq_pollitem_t items[7];
    title("sockets without a peer, then each bound");
    for (int i = 0; i < 7; i++) {
        socket[i] = make(context, types[i]);
        items[i] = (zmq_pollitem_t){socket[i], 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0};
    }
    TELL(zmq_poll(items, 7, 0));
    show(items, 7);
    for (int i = 0; i < 7; i++)
        bind_any(socket[i], "tcp");
    TELL(zmq_poll(items, 7, 0));
    show(items, 7);
    for (int i = 0; i < 7; i++)
        shut(socket[i]);
    finish(context);
}

int main(void)
{
    mixed("inproc");
    mixed("tcp");
    mixed("ipc");
    woken("inproc");
    woken("tcp");
    woken("ipc");
    errors();
    all_types();
    return 0;
}
