// ours-only: the reference's calls end anywhere in the middle, with what they hold
/* Threads that are cancelled in the middle of work or of ending a context, wherever
 * they are: they end, and nothing is left behind by the call that they were in. */
#include "support.h"

struct job { void *context, *socket; volatile int rounds; };

static void *exchange(void *argument)
{
    struct job *job = argument;
    char bytes[300] = "";
    for (;; job->rounds++) {
        zmq_send(job->socket, bytes, sizeof bytes, 0);
        zmq_recv(job->socket, bytes, sizeof bytes, 0);
        pthread_testcancel();
    }
    return NULL;
}

static void *echo(void *argument)
{
    char bytes[300];
    while (zmq_recv(argument, bytes, sizeof bytes, 0) != -1)
        zmq_send(argument, bytes, sizeof bytes, 0);
    MUST(zmq_errno() == ETERM);
    MUST(zmq_close(argument) == 0);
    return NULL;
}

static void *churn(void *argument)
{
    struct job *job = argument;
    for (;; job->rounds++) {
        void *one = make(job->context, ZMQ_PULL), *two = make(job->context, ZMQ_PUSH);
        set_int(two, ZMQ_LINGER, 0);
        MUST(zmq_bind(one, "tcp://127.0.0.1:*") == 0);
        MUST(zmq_connect(two, last_endpoint(one).text) == 0);
        MUST(zmq_send(two, "x", 1, 0) == 1);
        zmq_close(two);
        zmq_close(one);
        pthread_testcancel();
    }
    return NULL;
}

/* A thread that is never long in a call is cancelled wherever it is. */
static void busy(const char *what, void *(*work)(void *))
{
    title(what);
    for (int i = 0; i < 10; i++) {
        void *context = make_context();
        void *socket = make(context, ZMQ_PAIR), *peer = make(context, ZMQ_PAIR), *result = NULL;
        struct job job = {context, socket, 0};
        pthread_t thread, other;
        set_int(socket, ZMQ_LINGER, 0);
        set_int(peer, ZMQ_RCVTIMEO, -1);
        join(socket, bind_any(peer, "tcp"));
        MUST(pthread_create(&other, NULL, echo, peer) == 0);
        MUST(pthread_create(&thread, NULL, work, &job) == 0);
        while (job.rounds <= i)
            pause_ms(1);
        MUST(pthread_cancel(thread) == 0);
        MUST(pthread_join(thread, &result) == 0);
        MUST(result == PTHREAD_CANCELED);
        shut(socket);
        finish(context);
        MUST(pthread_join(other, NULL) == 0);
    }
    puts("every thread ended");
}

static void *terminate(void *context)
{
    zmq_ctx_term(context);
    return NULL;
}

/* Whoever calls after one that was cancelled ends the context. */
static void ending(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_PAIR), *result = NULL;
    pthread_t thread;
    title("ending a context");
    bind_any(socket, "tcp");
    MUST(pthread_create(&thread, NULL, terminate, context) == 0);
    while (zmq_getsockopt(socket, ZMQ_TYPE, &(int){0}, &(size_t){sizeof(int)}) == 0)
        pause_ms(1);
    MUST(pthread_cancel(thread) == 0);
    MUST(pthread_join(thread, &result) == 0);
    MUST(result == PTHREAD_CANCELED);
    shut(socket);
    TELL(zmq_ctx_term(context));
}

int main(void)
{
    ending();
    busy("in the middle of messages", exchange);
    busy("in the middle of opening and closing", churn);
    return 0;
}
