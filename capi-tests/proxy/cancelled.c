/* A proxy that waits for room on its capture or its control socket goes on when
 * there is room. If its thread is cancelled meanwhile, that ends at once, and the
 * sockets are as good as before. */
#include "run.h"

/* Cancels the proxy's thread; 1 if it ends by that. */
static int cancel(struct proxy *proxy)
{
    void *result = NULL;
    let_happen();
    MUST(pthread_cancel(proxy->thread) == 0);
    MUST(pthread_join(proxy->thread, &result) == 0);
    return result == PTHREAD_CANCELED;
}

/* Nobody is there to capture, until somebody comes. */
static void captured(int cancelled)
{
    void *context = make_context();
    void *client = make_brief(context, ZMQ_PUSH), *worker = make_brief(context, ZMQ_PULL);
    void *listener = make_brief(context, ZMQ_PULL);
    struct proxy proxy = {zmq_socket(context, ZMQ_PULL), zmq_socket(context, ZMQ_PUSH),
                          zmq_socket(context, ZMQ_PUSH), NULL, 0, 0, 0};
    title(cancelled ? "capture, cancelled" : "capture");
    join(client, bind_any(proxy.frontend, "tcp"));
    join(worker, bind_any(proxy.backend, "tcp"));
    struct endpoint e = bind_any(proxy.capture, "inproc");
    start_proxy(&proxy);
    say(client, "one|of two parts");
    hear_nothing(worker);
    if (cancelled) {
        printf("cancelled: %d\n", cancel(&proxy));
        join(listener, e);
        say(proxy.capture, "said by hand");
        hear(listener);
        say(proxy.backend, "said by hand");
        hear(worker);
        start_proxy(&proxy); /* the part that it had taken is lost */
        say(client, "another");
        hear(listener);
        hear(worker);
    } else {
        join(listener, e);
        hear(listener);
        hear(worker);
    }
    say(client, "two");
    hear(listener);
    hear(worker);
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    shut(client);
    shut(worker);
    shut(listener);
    finish(context);
}

/* Who steers asks and asks, and hears no answer, until it does. */
static void steered(int cancelled)
{
    void *context = make_context();
    void *client = make_brief(context, ZMQ_PUSH), *worker = make_brief(context, ZMQ_PULL);
    void *steer = make_brief(context, ZMQ_PAIR);
    struct proxy proxy = {zmq_socket(context, ZMQ_PULL), zmq_socket(context, ZMQ_PUSH), NULL,
                          zmq_socket(context, ZMQ_PAIR), 0, 0, 0};
    title(cancelled ? "control, cancelled" : "control");
    set_int(proxy.control, ZMQ_SNDHWM, 1);
    set_int(steer, ZMQ_RCVHWM, 1);
    join(client, bind_any(proxy.frontend, "tcp"));
    join(worker, bind_any(proxy.backend, "tcp"));
    join(steer, bind_any(proxy.control, "inproc"));
    start_proxy(&proxy);
    for (int i = 0; i < 5; i++)
        say(steer, "STATISTICS");
    let_happen(); /* there is room for two answers */
    say(client, "waits with it");
    hear_nothing(worker);
    if (cancelled) {
        printf("cancelled: %d\n", cancel(&proxy));
        hear(proxy.frontend);
    }
    char text[256];
    for (int i = 0; i < (cancelled ? 2 : 5); i++)
        printf("%d answers\n", listen_to(steer, text, sizeof text, 0));
    if (cancelled)
        start_proxy(&proxy);
    else
        hear(worker);
    say(client, "passes");
    hear(worker);
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    shut(client);
    shut(worker);
    shut(steer);
    finish(context);
}

int main(void)
{
    captured(0);
    captured(1);
    steered(0);
    steered(1);
    return 0;
}
