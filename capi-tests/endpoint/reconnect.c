/* The binder goes and comes back: what was queued arrives, the connection is
 * made again by itself; unbind and disconnect end live connections. */
#include "monitor/watch.h"

/* Has the end of a connection told, as what is sent before it is noticed may be lost. */
static void *watch_loss(void *context, void *socket)
{
    return watch(context, socket, ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_MONITOR_STOPPED);
}

static void await_loss(void *monitor)
{
    struct happening it;
    MUST(next_event(monitor, &it, PATIENCE) && it.event == ZMQ_EVENT_DISCONNECTED);
}

static void binder_returns(const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    printf("-- the binder returns, %s\n", transport);
    set_int(push, ZMQ_RECONNECT_IVL, 10);
    struct endpoint e = bind_own(pull, transport);
    void *monitor = watch_loss(context, push);
    join(push, e);
    say(push, "first");
    hear(pull);
    for (int round = 0; round < 3; round++) {
        shut(pull);
        await_loss(monitor);
        say(push, "sent while no one is there");
        pull = make(context, ZMQ_PULL);
        bind_again(pull, e.text);
        hear(pull);
        say(push, "and again");
        hear(pull);
    }
    shut(push);
    unwatch(monitor);
    shut(pull);
    finish(context);
}

static void request_after_return(const char *transport)
{
    void *context = make_context();
    void *router = make(context, ZMQ_ROUTER), *dealer = make(context, ZMQ_DEALER);
    printf("-- a ROUTER returns and answers, %s\n", transport);
    set_int(dealer, ZMQ_RECONNECT_IVL, 10);
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "D", 1) == 0);
    struct endpoint e = bind_own(router, transport);
    void *monitor = watch_loss(context, dealer);
    join(dealer, e);
    for (int round = 0; round < 3; round++) {
        say(dealer, "ask");
        hear(router);
        say(router, "D|answer");
        hear(dealer);
        shut(router);
        await_loss(monitor);
        router = make(context, ZMQ_ROUTER);
        bind_again(router, e.text);
    }
    shut_now(dealer);
    unwatch(monitor);
    shut(router);
    finish(context);
}

/* Waits until the socket has no peer left to send to. */
static void await_unwritable(void *socket)
{
    long long end = now_ms() + PATIENCE;
    while (get_int(socket, ZMQ_EVENTS) & ZMQ_POLLOUT) {
        MUST(now_ms() < end);
        pause_ms(1);
    }
}

static void ended_by(const char *call, const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    printf("-- %s, %s\n", call, transport);
    int unbind = !strcmp(call, "unbind");
    /* the side that binds sends, or the side that connects */
    void *binder = unbind ? push : pull, *other = unbind ? pull : push;
    struct endpoint e = bind_own(binder, transport);
    join(other, e);
    say(push, "before");
    hear(pull);
    if (unbind)
        TELL(zmq_unbind(push, e.text));
    else
        TELL(zmq_disconnect(push, e.text));
    await_unwritable(push);
    TELL(zmq_send(push, "x", 1, ZMQ_DONTWAIT));
    hear_nothing(pull);
    if (unbind) {
        bind_again(push, e.text);
        if (!strcmp(transport, "inproc"))
            join(pull, e); /* there is no reconnecting inside a process */
    } else
        join(push, e);
    say(push, "after");
    hear(pull);
    shut(push);
    shut(pull);
    finish(context);
}

static void no_reconnect(const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    printf("-- RECONNECT_IVL -1, %s\n", transport);
    set_int(pull, ZMQ_RECONNECT_IVL, -1);
    struct endpoint e;
    if (!strcmp(transport, "tcp6")) {
        set_int(push, ZMQ_IPV6, 1);
        set_int(pull, ZMQ_IPV6, 1);
        MUST(zmq_bind(push, "tcp://[::1]:*") == 0);
        e = last_endpoint(push);
    } else
        e = bind_own(push, transport);
    join(pull, e);
    say(push, "once");
    hear(pull);
    TELL(zmq_unbind(push, e.text));
    await_unwritable(push);
    bind_again(push, e.text);
    set_int(push, ZMQ_SNDTIMEO, SILENCE * 2);
    TELL(zmq_send(push, "x", 1, 0));
    join(pull, e);
    set_int(push, ZMQ_SNDTIMEO, PATIENCE);
    say(push, "connected by hand");
    hear(pull);
    shut(push);
    shut(pull);
    finish(context);
}

static void inbox_after_loss(const char *transport)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    printf("-- what had arrived stays readable after the peer is gone, %s\n", transport);
    join(push, bind_own(pull, transport));
    say(push, "one");
    say(push, "two|parts");
    say(push, "three");
    shut(push);
    let_happen();
    hear(pull);
    hear(pull);
    hear(pull);
    hear_nothing(pull);

    push = make(context, ZMQ_PUSH);
    puts("and when the peer that bound is gone");
    void *second = make(context, ZMQ_PULL);
    join(second, bind_own(push, transport));
    say(push, "one");
    say(push, "two|parts");
    shut(push);
    let_happen();
    hear(second);
    hear(second);
    hear_nothing(second);
    shut(pull);
    shut(second);
    finish(context);
}

int main(void)
{
    binder_returns("tcp");
    binder_returns("ipc");
    request_after_return("tcp");
    request_after_return("ipc");
    ended_by("unbind", "tcp");
    ended_by("unbind", "ipc");
    ended_by("disconnect", "inproc");
    ended_by("disconnect", "tcp");
    ended_by("disconnect", "ipc");
    no_reconnect("tcp");
    no_reconnect("tcp6");
    no_reconnect("ipc");
    inbox_after_loss("inproc");
    inbox_after_loss("tcp");
    inbox_after_loss("ipc");
    return 0;
}
