/* Proxies that cannot run: the error, and that nothing was changed. */
#include "run.h"


static void interrupted(int signal)
{
    (void)signal;
}

static void *interrupt(void *argument)
{
    let_happen();
    MUST(pthread_kill(*(pthread_t *)argument, SIGUSR1) == 0);
    return NULL;
}

int main(void)
{
    void *context = make_context();
    void *front = make(context, ZMQ_DEALER), *back = make(context, ZMQ_DEALER);
    void *none = NULL;
    title("no sockets");
    TELL(zmq_proxy(none, back, NULL));
    TELL(zmq_proxy(front, none, NULL));
    TELL(zmq_proxy(none, none, NULL));
    TELL(zmq_proxy_steerable(none, back, NULL, NULL));
    title("a signal handler runs");
    pthread_t me = pthread_self(), thread;
    struct sigaction action = {.sa_handler = interrupted, .sa_flags = SA_RESTART};
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    MUST(pthread_create(&thread, NULL, interrupt, &me) == 0);
    TELL(zmq_proxy(front, back, NULL));
    MUST(pthread_join(thread, NULL) == 0);
    title("the context has ended");
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_proxy(front, back, NULL));
    TELL(zmq_device(ZMQ_FORWARDER, front, back));
    shut(front);
    shut(back);
    finish(context);
    return 0;
}
