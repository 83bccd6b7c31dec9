/* zmq_ctx_new(3): contexts are apart from each other and shared by threads, and
 * EMFILE where no descriptor is left.
 *
 * On purpose, the last is not so here: a context takes its first descriptor with its
 * first endpoint, and it is that call that fails with EMFILE, and that can be made
 * again. The page's second EMFILE, of the whole system, means ENFILE; this limit
 * cannot be reached without harm to others, so limits/errnos gives it to each system
 * call by itself. */
#include <sys/resource.h>
#include "reference.h"

static void *use(void *context)
{
    void *socket = zmq_socket(context, ZMQ_PUSH);
    MUST(socket && zmq_close(socket) == 0);
    return NULL;
}

static void shared_by_threads(void)
{
    void *context = make_context();
    pthread_t threads[8];
    title("eight threads make sockets of one context");
    for (int i = 0; i < 8; i++)
        MUST(pthread_create(&threads[i], NULL, use, context) == 0);
    for (int i = 0; i < 8; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    TELL(zmq_ctx_term(context));
}

static void apart(void)
{
    void *a = TELL_PTR(zmq_ctx_new()), *b = TELL_PTR(zmq_ctx_new());
    MUST(a != b);
    void *in_a = make(a, ZMQ_PAIR), *in_b = make(b, ZMQ_PAIR);
    TELL(zmq_bind(in_a, "inproc://name"));
    TELL(zmq_bind(in_b, "inproc://name"));
    MUST(zmq_ctx_shutdown(a) == 0);
    TELL(zmq_send(in_a, "x", 1, ZMQ_DONTWAIT));
    TELL(zmq_send(in_b, "x", 1, ZMQ_DONTWAIT));
    shut(in_a);
    shut(in_b);
    finish(a);
    finish(b);
}

static void without_descriptors(void)
{
    struct rlimit usual, none;
    MUST(getrlimit(RLIMIT_NOFILE, &usual) == 0);
    none = (struct rlimit){3, usual.rlim_max};
    title("no descriptor is left: EMFILE, from the context or from its first endpoint");
    MUST(setrlimit(RLIMIT_NOFILE, &none) == 0);
    void *context = zmq_ctx_new();
    if (libzmq_434())
        MUST(!context && zmq_errno() == EMFILE);
    else {
        void *pull = make(context, ZMQ_PULL);
        MUST(zmq_bind(pull, "tcp://127.0.0.1:*") == -1 && zmq_errno() == EMFILE);
        MUST(setrlimit(RLIMIT_NOFILE, &usual) == 0);
        MUST(zmq_bind(pull, "tcp://127.0.0.1:*") == 0);
        shut(pull);
        finish(context);
    }
    MUST(setrlimit(RLIMIT_NOFILE, &usual) == 0);
    finish(make_context());
}

int main(void)
{
    apart();
    shared_by_threads();
    without_descriptors();
    return 0;
}
