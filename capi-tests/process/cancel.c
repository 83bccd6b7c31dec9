/* A thread that is cancelled in a blocked call ends alone: the process, the
 * context and every other call go on, and so does the socket it was using. */
#include "support.h"

struct job { void *socket; const char *what; };

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
    return NULL;
}

static void cancelled(const char *what, int type)
{
    void *context = make_context(), *socket = zmq_socket(context, type), *result = NULL;
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    struct job job = {socket, what};
    pthread_t thread;
    title(what);
    join(a, bind_any(b, "tcp"));
    MUST(pthread_create(&thread, NULL, block, &job) == 0);
    pause_ms(SILENCE);
    MUST(pthread_cancel(thread) == 0);
    MUST(pthread_join(thread, &result) == 0);
    printf("the thread was cancelled: %s\n", result == PTHREAD_CANCELED ? "yes" : "no");
    say(a, "others go on");
    hear(b);
    if (type == ZMQ_PULL) {
        void *push = make(context, ZMQ_PUSH);
        join(push, bind_any(socket, "tcp"));
        say(push, "so does its socket");
        hear(socket);
        shut(push);
    }
    shut(socket);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    cancelled("recv", ZMQ_PULL);
    cancelled("poll", ZMQ_PULL);
    cancelled("send", ZMQ_PUSH);
    return 0;
}
