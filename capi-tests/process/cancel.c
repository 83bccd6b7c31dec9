// differs: a call of ours is no cancellation point: a cancelled thread ends once its call returns
/* Threads that are cancelled, in blocked calls and in the middle of work: the
 * process, the context and every other call go on. A blocked call goes on too,
 * until something else wakes it; then the thread ends, and its socket is as
 * good as before. */
#include "support.h"

struct job { void *context, *socket; const char *what; volatile int rounds; };

static void *block(void *argument)
{
    struct job *job = argument;
    char byte;
    zmq_pollitem_t item = {job->socket, 0, ZMQ_POLLIN, 0};
    if (!strcmp(job->what, "recv"))
        zmq_recv(job->socket, &byte, 1, 0);
    else if (!strcmp(job->what, "send"))
        zmq_send(job->socket, "x", 1, 0);
    else
        zmq_poll(&item, 1, -1);
    pthread_testcancel();
    return NULL;
}

static void await_end(pthread_t thread)
{
    void *result = NULL;
    MUST(pthread_join(thread, &result) == 0);
    printf("the thread was cancelled: %s\n", result == PTHREAD_CANCELED ? "yes" : "no");
}

static void blocked(const char *what, int type, int other)
{
    void *context = make_context(), *socket = zmq_socket(context, type);
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    struct job job = {context, socket, what, 0};
    pthread_t thread;
    title(what);
    struct endpoint place = bind_any(socket, "tcp");
    join(a, bind_any(b, "tcp"));
    MUST(pthread_create(&thread, NULL, block, &job) == 0);
    pause_ms(SILENCE);
    MUST(pthread_cancel(thread) == 0);
    pause_ms(SILENCE);
    printf("its call goes on: %s\n", pthread_tryjoin_np(thread, NULL) == EBUSY ? "yes" : "no");
    say(a, "others go on");
    hear(b);
    void *peer = make(context, other);
    join(peer, place);
    if (type == ZMQ_PULL)
        say(peer, "awake");
    else
        hear(peer);
    await_end(thread);
    if (!strcmp(what, "poll"))
        hear(socket);
    if (type == ZMQ_PULL) {
        say(peer, "so does its socket");
        hear(socket);
    } else {
        say(socket, "so does its socket");
        hear(peer);
    }
    shut(peer);
    shut(socket);
    shut(a);
    shut(b);
    finish(context);
}

static void *exchange(void *argument)
{
    struct job *job = argument;
    char bytes[300];
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
        struct job job = {context, socket, what, 0};
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

int main(void)
{
    blocked("recv", ZMQ_PULL, ZMQ_PUSH);
    blocked("poll", ZMQ_PULL, ZMQ_PUSH);
    blocked("send", ZMQ_PUSH, ZMQ_PULL);
    busy("in the middle of messages", exchange);
    busy("in the middle of opening and closing", churn);
    return 0;
}
