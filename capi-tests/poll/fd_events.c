/* ZMQ_FD and ZMQ_EVENTS as an event loop uses them: the descriptor becomes
 * readable when something may have changed, the events are then read, and after
 * a call that ended in EAGAIN the descriptor is quiet. */
#include <poll.h>
#include "support.h"

static int readable(int fd, int timeout)
{
    struct pollfd p = {fd, POLLIN, 0};
    int rc = poll(&p, 1, timeout);
    MUST(rc >= 0);
    return rc;
}

/* Waits for events the way an event loop does, by the descriptor alone. */
static int events_by_fd(void *socket, int wanted)
{
    int fd = get_int(socket, ZMQ_FD), events;
    long long end = now_ms() + PATIENCE;
    while (!((events = get_int(socket, ZMQ_EVENTS)) & wanted)) {
        if (now_ms() >= end || !readable(fd, PATIENCE))
            return -1;
    }
    return events;
}

/* Nothing is pending once EAGAIN has been seen: the descriptor is not readable,
 * or an event loop would turn for ever. Something may still happen behind the
 * scenes and show once or twice, but not each time. */
static void quiet(const char *name, void *socket)
{
    char byte;
    int tries = 0;
    do
        MUST(zmq_recv(socket, &byte, 1, ZMQ_DONTWAIT) == -1 && zmq_errno() == EAGAIN);
    while (readable(get_int(socket, ZMQ_FD), 20) && ++tries < 3);
    printf("%s: EAGAIN, then the descriptor is %s\n", name, tries < 3 ? "quiet" : "readable");
}

static void run(const char *transport)
{
    void *context = make_context();
    void *a = make(context, ZMQ_DEALER), *b = make(context, ZMQ_DEALER);
    title(transport);
    TELL(get_int(a, ZMQ_EVENTS));
    join(a, bind_any(b, transport));
    TELL(events_by_fd(a, ZMQ_POLLOUT));
    TELL(events_by_fd(b, ZMQ_POLLOUT));
    quiet("a", a);
    quiet("b", b);

    title("one message");
    say(a, "one");
    TELL(events_by_fd(b, ZMQ_POLLIN));
    hear(b);
    TELL(get_int(b, ZMQ_EVENTS));
    quiet("b", b);

    title("several, read until EAGAIN each time");
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 5; i++)
            say(a, "many");
        int got = 0;
        while (got < 5) {
            char text[16];
            MUST(events_by_fd(b, ZMQ_POLLIN) & ZMQ_POLLIN);
            while (zmq_recv(b, text, sizeof text, ZMQ_DONTWAIT) == 4)
                got++;
            MUST(zmq_errno() == EAGAIN);
        }
        printf("%d\n", got);
        quiet("b", b);
    }

    title("parts: events stay until the last");
    say(a, "p|q|r");
    TELL(events_by_fd(b, ZMQ_POLLIN));
    char part[4];
    TELL(zmq_recv(b, part, 4, 0));
    TELL(get_int(b, ZMQ_EVENTS));
    TELL(zmq_recv(b, part, 4, 0));
    TELL(get_int(b, ZMQ_EVENTS));
    TELL(zmq_recv(b, part, 4, 0));
    TELL(get_int(b, ZMQ_EVENTS));
    quiet("b", b);

    title("a reply is seen by the one who sends");
    say(b, "reply");
    TELL(events_by_fd(a, ZMQ_POLLIN));
    hear(a);
    quiet("a", a);

    title("10000 round trips by descriptors alone");
    for (int i = 0; i < 10000; i++) {
        void *from = i & 1 ? b : a, *to = i & 1 ? a : b;
        int got = -1;
        MUST(zmq_send(from, &i, sizeof i, ZMQ_DONTWAIT) == sizeof i);
        MUST(events_by_fd(to, ZMQ_POLLIN) != -1);
        MUST(zmq_recv(to, &got, sizeof got, ZMQ_DONTWAIT) == sizeof got && got == i);
    }
    puts("done");
    shut(a);
    shut(b);
    finish(context);
}

static void sized(void)
{
    void *context = make_context(), *s = make(context, ZMQ_PAIR);
    int64_t wide = -1;
    size_t size = sizeof wide;
    title("sizes of the options");
    TELL(zmq_getsockopt(s, ZMQ_EVENTS, &wide, &size));
    printf("%zu bytes, value %lld\n", size, (long long)wide);
    size = 2;
    TELL(zmq_getsockopt(s, ZMQ_EVENTS, &wide, &size));
    TELL(zmq_getsockopt(s, ZMQ_FD, &wide, &size));
    TELL(zmq_setsockopt(s, ZMQ_EVENTS, &wide, 4));
    TELL(zmq_setsockopt(s, ZMQ_FD, &wide, 4));
    MUST(get_int(s, ZMQ_FD) == get_int(s, ZMQ_FD) && get_int(s, ZMQ_FD) > 2);
    shut(s);
    finish(context);
}

int main(void)
{
    run("inproc");
    run("tcp");
    run("ipc");
    sized();
    return 0;
}
