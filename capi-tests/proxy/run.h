/* A proxy in a thread of its own, which says how it ended when it is joined. */
#ifndef CAPI_TESTS_PROXY_H
#define CAPI_TESTS_PROXY_H

#include "support.h"

/* A socket that leaves nothing behind, also when its context has ended. */
static UNUSED void *make_brief(void *context, int type)
{
    void *socket = make(context, type);
    set_int(socket, ZMQ_LINGER, 0);
    return socket;
}

struct proxy {
    void *frontend, *backend, *capture, *control;
    int result, error;
    pthread_t thread;
};

static UNUSED void *run_only(void *argument)
{
    struct proxy *proxy = argument;
    if (proxy->control)
        proxy->result = zmq_proxy_steerable(proxy->frontend, proxy->backend, proxy->capture,
                                            proxy->control);
    else
        proxy->result = zmq_proxy(proxy->frontend, proxy->backend, proxy->capture);
    proxy->error = zmq_errno();
    return NULL;
}

/* The same, and closes its sockets afterwards. */
static UNUSED void *run_proxy(void *argument)
{
    struct proxy *proxy = argument;
    run_only(proxy);
    shut(proxy->frontend);
    if (proxy->backend != proxy->frontend)
        shut(proxy->backend);
    if (proxy->capture)
        shut(proxy->capture);
    if (proxy->control)
        shut(proxy->control);
    return NULL;
}

static UNUSED void start_proxy(struct proxy *proxy)
{
    void *sockets[] = {proxy->frontend, proxy->backend, proxy->capture, proxy->control};
    for (int i = 0; i < 4; i++)
        if (sockets[i])
            set_int(sockets[i], ZMQ_LINGER, 0);
    MUST(pthread_create(&proxy->thread, NULL, run_proxy, proxy) == 0);
}

static UNUSED void join_proxy(struct proxy *proxy)
{
    MUST(pthread_join(proxy->thread, NULL) == 0);
    printf("the proxy ended with %d %s\n", proxy->result,
           proxy->result == -1 ? error_name(proxy->error) : "");
}

#endif
