/* High-water marks: how many messages are taken before EAGAIN, over inproc
 * exactly, over tcp and ipc within bounds; unconnected senders; marks of zero. */
#include "support.h"

static int flood(void *socket, int limit)
{
    int count = 0;
    while (count < limit && zmq_send(socket, "m", 1, ZMQ_DONTWAIT) == 1)
        count++;
    MUST(count == limit || zmq_errno() == EAGAIN);
    return count;
}

static int drain(void *socket)
{
    char byte;
    int count = 0;
    while (zmq_recv(socket, &byte, 1, ZMQ_DONTWAIT) == 1)
        count++;
    MUST(zmq_errno() == EAGAIN);
    return count;
}

static void inproc(int send_mark, int receive_mark, int connect_first, int pull_binds)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    void *binder = pull_binds ? pull : push, *other = pull_binds ? push : pull;
    set_int(push, ZMQ_SNDHWM, send_mark);
    set_int(pull, ZMQ_RCVHWM, receive_mark);
    if (connect_first)
        MUST(zmq_connect(other, "inproc://marks") == 0);
    MUST(zmq_bind(binder, "inproc://marks") == 0);
    if (!connect_first)
        MUST(zmq_connect(other, "inproc://marks") == 0);
    printf("%d + %d, %s binds%s: ", send_mark, receive_mark, pull_binds ? "PULL" : "PUSH",
           connect_first ? " later" : "");
    printf("taken %d, ", flood(push, 10000));
    printf("received %d, ", drain(pull));
    MUST(await(push, ZMQ_POLLOUT, PATIENCE));
    /* how much room comes back at once is not promised, but it is half at least */
    int again = flood(push, 10000), all = send_mark && receive_mark ? send_mark + receive_mark : 10000;
    printf("then again at least half: %s, ", again >= all / 2 && again <= all ? "yes" : "no");
    printf("received all: %s\n", drain(pull) == again ? "yes" : "no");
    shut(push);
    shut(pull);
    finish(context);
}

static void refill(void)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    char byte;
    set_int(push, ZMQ_SNDHWM, 10);
    set_int(pull, ZMQ_RCVHWM, 10);
    join(push, bind_own(pull, "inproc"));
    printf("10 + 10: taken %d", flood(push, 1000));
    for (int i = 0; i < 10; i++)
        MUST(zmq_recv(pull, &byte, 1, 0) == 1);
    printf(", after reading half of them room for %d\n",
           await(push, ZMQ_POLLOUT, PATIENCE) ? flood(push, 1000) : 0);
    shut_now(push);
    shut(pull);
    finish(context);
}

/* Marks that change while there is a connection, over inproc. */
static void changed(int from, int to, int full)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    printf("%d + 1, then %d + 1%s: ", from, to, full ? ", when it is full" : "");
    set_int(push, ZMQ_SNDHWM, from);
    set_int(pull, ZMQ_RCVHWM, 1);
    join(pull, bind_own(push, "inproc"));
    MUST(await(push, ZMQ_POLLOUT, PATIENCE)); /* or libzmq has no pipe yet */
    int first = full ? flood(push, 1000) : 0, again;
    set_int(push, ZMQ_SNDHWM, to);
    printf("mark %d, taken %d, ", get_int(push, ZMQ_SNDHWM), first);
    if (full) {
        again = to > from ? 0 : flood(push, 1000);
        printf("then %d, ", again);
        MUST(drain(pull) == first + again);
        MUST(await(push, ZMQ_POLLOUT, PATIENCE));
    }
    again = flood(push, 1000);
    if (full) /* libzmq gives room back by halves of the mark */
        printf("and then no more than the new mark: %s\n", again > to / 10 && again <= to + 1 ? "yes" : "no");
    else
        printf("then %d\n", again);
    MUST(drain(pull) == again);
    shut(push);
    shut(pull);
    finish(context);
}

static void unconnected(int mark, const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct endpoint e = unused(context, transport);
    set_int(push, ZMQ_SNDHWM, mark);
    join(push, e);
    printf("nobody there, mark %d, %s: taken %d, ", mark, transport, flood(push, 5000));
    shut(push);
    bind_again(pull, e.text);
    int count = 0;
    char byte;
    while (count < mark ? await(pull, ZMQ_POLLIN, PATIENCE) : await_or_rest(pull, ZMQ_POLLIN)) {
        MUST(zmq_recv(pull, &byte, 1, 0) == 1);
        count++;
    }
    printf("delivered after the close: %d\n", count);
    shut(pull);
    finish(context);
}

/* Large bodies and a mark of 1: few are taken while nobody reads. The kernel's buffers, which
 * would grow with the time that passes, are fixed. */
static void large(const char *transport, int type)
{
    static char body[65536];
    void *context = make_context();
    void *from = make(context, type), *to = make(context, type == ZMQ_PUSH ? ZMQ_PULL : ZMQ_DEALER);
    int count = 0, later;
    set_int(from, ZMQ_SNDHWM, 1);
    set_int(to, ZMQ_RCVHWM, 1);
    set_int(from, ZMQ_SNDBUF, sizeof body);
    set_int(to, ZMQ_RCVBUF, sizeof body);
    if (type == ZMQ_ROUTER) {
        set_int(from, ZMQ_ROUTER_MANDATORY, 1);
        MUST(zmq_setsockopt(to, ZMQ_ROUTING_ID, "X", 1) == 0);
    }
    join(to, bind_own(from, transport));
    if (type == ZMQ_ROUTER) {
        say(to, "hello");
        hear(from);
    } else
        MUST(await(from, ZMQ_POLLOUT, PATIENCE));
    for (int round = 0; round < 2; round++) {
        while (count < 10000) {
            if (type == ZMQ_ROUTER && zmq_send(from, "X", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE) == -1)
                break;
            if (zmq_send(from, body, sizeof body, ZMQ_DONTWAIT) == -1)
                break;
            count++;
        }
        if (round == 0) {
            MUST(zmq_errno() == EAGAIN);
            printf("%s, %s, 64 KiB, marks of 1: fewer than 10 taken: %s", transport,
                   type == ZMQ_ROUTER ? "ROUTER" : "PUSH", count < 10 ? "yes" : "no");
            pause_ms(300);
        }
    }
    later = 0;
    printf(", fewer than 20 in all a little later: %s\n", count < 20 ? "yes" : "no");
    while (later < count) {
        MUST(zmq_recv(to, body, sizeof body, 0) == sizeof body);
        later++;
    }
    puts("all taken arrive");
    hear_nothing(to);
    shut(from);
    shut(to);
    finish(context);
}

static void endless(const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    set_int(push, ZMQ_SNDHWM, 0);
    join(push, bind_own(pull, transport));
    printf("no mark, %s: taken %d of 100000, ", transport, flood(push, 100000));
    int count = 0;
    char byte;
    while (count < 100000 && zmq_recv(pull, &byte, 1, 0) == 1)
        count++;
    printf("received %d\n", count);
    shut(push);
    shut(pull);
    finish(context);
}

static void blocking(const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    char byte;
    set_int(push, ZMQ_SNDHWM, 2);
    set_int(pull, ZMQ_RCVHWM, 2);
    set_int(push, ZMQ_SNDTIMEO, 100);
    join(push, bind_own(pull, transport));
    MUST(await(push, ZMQ_POLLOUT, PATIENCE));
    static char body[1 << 20];
    int count = 0;
    while (zmq_send(push, body, sizeof body, 0) == sizeof body
           || (await_rest(), zmq_send(push, body, sizeof body, ZMQ_DONTWAIT) == sizeof body))
        count++;
    printf("%s: a send at the mark ends with %s, ", transport, error_name(zmq_errno()));
    printf("events %d, ", get_int(push, ZMQ_EVENTS));
    for (int i = 0; i < count; i++)
        MUST(zmq_recv(pull, &byte, 1, 0) == sizeof body);
    printf("writable after the drain: %d\n", await(push, ZMQ_POLLOUT, PATIENCE));
    shut(push);
    shut(pull);
    finish(context);
}

int main(void)
{
    static const int marks[][2] = {{1000, 1000}, {1, 1}, {2, 5}, {5, 2}, {0, 10}, {10, 0}, {0, 0}};
    for (int i = 0; i < 7; i++)
        for (int kind = 0; kind < 4; kind++)
            inproc(marks[i][0], marks[i][1], kind & 1, kind >> 1);
    refill();
    changed(1, 5, 0);
    changed(5, 1, 0);
    changed(100, 70, 1);
    changed(10, 100, 1);
    unconnected(1, "tcp");
    unconnected(1000, "tcp");
    unconnected(7, "ipc");
    unconnected(1, "inproc");
    unconnected(1000, "inproc");
    large("tcp", ZMQ_PUSH);
    large("ipc", ZMQ_PUSH);
    large("tcp", ZMQ_ROUTER);
    large("ipc", ZMQ_ROUTER);
    endless("inproc");
    endless("tcp");
    endless("ipc");
    blocking("inproc");
    blocking("tcp");
    blocking("ipc");
    return 0;
}
