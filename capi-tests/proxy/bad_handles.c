// ours-only: the reference reads what it is given, whatever that is
/* Proxies and devices of sockets that are none, or no longer: an error, also
 * when one is closed while the proxy runs. */
#include "run.h"

static void one_is_closed(int which)
{
    void *context = make_context();
    struct proxy proxy = {make_brief(context, ZMQ_DEALER), make_brief(context, ZMQ_DEALER), NULL,
                          make_brief(context, ZMQ_PAIR), 0, 0, 0};
    void *sockets[] = {proxy.frontend, proxy.backend, proxy.control};
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, run_only, &proxy) == 0);
    let_happen();
    shut(sockets[which]);
    MUST(pthread_join(thread, NULL) == 0);
    printf("closed while it runs: %d %s\n", proxy.result, error_name(proxy.error));
    for (int i = 0; i < 3; i++)
        if (i != which)
            shut(sockets[i]);
    finish(context);
}

int main(void)
{
    void *context = make_context(), *none = NULL;
    void *good = make_brief(context, ZMQ_DEALER), *closed = make_brief(context, ZMQ_DEALER);
    char foreign[64] = "";
    shut(closed);
    TELL(zmq_device(ZMQ_QUEUE, none, good));
    TELL(zmq_device(ZMQ_STREAMER, good, none));
    TELL(zmq_proxy(closed, good, NULL));
    TELL(zmq_proxy(good, closed, NULL));
    TELL(zmq_proxy(good, foreign, NULL));
    TELL(zmq_proxy_steerable(good, good, NULL, closed));
    TELL(zmq_proxy_steerable(good, good, NULL, foreign));
    TELL(zmq_proxy(context, good, NULL));
    for (int i = 0; i < 3; i++)
        one_is_closed(i);
    shut(good);
    finish(context);
    return 0;
}
