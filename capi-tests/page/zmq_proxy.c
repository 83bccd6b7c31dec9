/* zmq_proxy(3): every error, the three models of the page, and capture. Load,
 * fairness and handles that are none are shown by proxy/. */
#include "ended.h"

struct job { void *frontend, *backend, *capture; };

static void *run(void *argument)
{
    struct job *job = argument;
    TELL(zmq_proxy(job->frontend, job->backend, job->capture));
    shut(job->frontend);
    shut(job->backend);
    if (job->capture)
        shut(job->capture);
    return NULL;
}

static void errors(void)
{
    void *context = make_context(), *none = NULL;
    void *front = make(context, ZMQ_DEALER), *back = make(context, ZMQ_DEALER);
    title("EFAULT");
    TELL(zmq_proxy(none, back, NULL));
    TELL(zmq_proxy(front, none, NULL));
    title("EINTR");
    INTERRUPTED(zmq_proxy(front, back, NULL));
    title("ETERM");
    TERMINATED(context, zmq_proxy(front, back, NULL));
    TELL(zmq_proxy(front, back, NULL));
    shut(front);
    shut(back);
    finish(context);
}

/* From a client to a worker through a proxy that a listener overhears. */
static void model(const char *name, int client, int front, int back, int worker)
{
    void *context = make_context();
    struct job job = {zmq_socket(context, front), zmq_socket(context, back),
                      zmq_socket(context, ZMQ_PUSH)};
    void *asks = make(context, client), *works = make(context, worker);
    void *overhears = make(context, ZMQ_PULL);
    pthread_t thread;
    title(name);
    join(asks, bind_any(job.frontend, "tcp"));
    join(works, bind_any(job.backend, "inproc"));
    join(overhears, bind_any(job.capture, "inproc"));
    if (worker == ZMQ_SUB)
        MUST(zmq_setsockopt(works, ZMQ_SUBSCRIBE, "topic", 5) == 0);
    MUST(pthread_create(&thread, NULL, run, &job) == 0);
    if (worker == ZMQ_SUB) { /* the subscription goes through the proxy, too */
        hear(overhears);
        hear(asks);
        say(asks, "other|not wanted");
    }
    say(asks, "topic|body");
    hear(works);
    if (worker == ZMQ_REP) {
        say(works, "answer");
        hear(asks);
    }
    /* a ROUTER's envelope has a name that is made up, so only the rest is told */
    char text[64], *rest;
    for (int i = worker == ZMQ_REP ? 2 : 1; i > 0; i--) {
        MUST(listen_to(overhears, text, sizeof text, 0) > 0);
        rest = client == ZMQ_REQ ? text + 5 : text;
        printf("overheard: %s\n", rest);
    }
    MUST(zmq_ctx_shutdown(context) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    shut(asks);
    shut(works);
    shut(overhears);
    finish(context);
}

int main(void)
{
    errors();
    model("shared queue", ZMQ_REQ, ZMQ_ROUTER, ZMQ_DEALER, ZMQ_REP);
    model("forwarder", ZMQ_XPUB, ZMQ_XSUB, ZMQ_XPUB, ZMQ_SUB);
    model("streamer", ZMQ_PUSH, ZMQ_PULL, ZMQ_PUSH, ZMQ_PULL);
    return 0;
}
