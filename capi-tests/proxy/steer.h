/* A steerable proxy between two DEALERs, and a socket to steer it by. */
#include "run.h"

static UNUSED void *context, *client, *worker, *steer;
static struct proxy proxy;

static UNUSED void open_all(int type, int other)
{
    context = make_context();
    struct proxy fresh = {zmq_socket(context, ZMQ_DEALER), zmq_socket(context, ZMQ_DEALER), NULL,
                          zmq_socket(context, type), 0, 0, 0};
    proxy = fresh;
    client = make_brief(context, ZMQ_DEALER);
    worker = make_brief(context, ZMQ_DEALER);
    steer = make_brief(context, other);
    if (type == ZMQ_SUB)
        MUST(zmq_setsockopt(proxy.control, ZMQ_SUBSCRIBE, "", 0) == 0);
    join(client, bind_any(proxy.frontend, "tcp"));
    join(worker, bind_any(proxy.backend, "inproc"));
    join(steer, bind_any(proxy.control, "inproc"));
    start_proxy(&proxy);
    if (other == ZMQ_XPUB)
        hear(steer); /* what the control socket subscribes to */
}

static UNUSED void close_all(void)
{
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    shut(client);
    shut(worker);
    shut(steer);
    finish(context);
}

/* What is answered, if anything is. */
static UNUSED void answer(void)
{
    if (await(steer, ZMQ_POLLIN, PATIENCE))
        hear(steer);
}

static UNUSED void statistics(void)
{
    static const char *const names[] = {"frontend received", "bytes", "frontend sent", "bytes",
                                        "backend received", "bytes", "backend sent", "bytes"};
    int more = 1;
    say(steer, "STATISTICS");
    for (int i = 0; more; i++) {
        uint64_t value = 0;
        MUST(i < 8);
        printf("%d ", zmq_recv(steer, &value, sizeof value, 0));
        printf("%s: %llu\n", names[i], (unsigned long long)value);
        more = get_int(steer, ZMQ_RCVMORE);
    }
}

