/* Threads that are cancelled in blocked calls: such a thread ends at once, alone;
 * the process, the context and every other call go on, and its socket is as good
 * as before. Who is not to be cancelled goes on waiting. */
#include "support.h"
#include <sys/uio.h>

struct job { void *context, *socket; const char *what; };

static void do_nothing(void *argument)
{
    *(int *)argument += 1;
}

static int cleaned;

static void *block(void *argument)
{
    struct job *job = argument;
    static const char large[100000];
    char byte;
    zmq_msg_t msg;
    zmq_pollitem_t item = {job->socket, 0, ZMQ_POLLIN, 0};
    MUST(zmq_msg_init(&msg) == 0);
    if (strstr(job->what, "disabled"))
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_cleanup_push(do_nothing, &cleaned);
    struct iovec parts[] = {{"x", 1}, {"y", 1}};
    size_t count = 1;
    if (strstr(job->what, "recviov"))
        zmq_recviov(job->socket, parts, &count, 0);
    else if (strstr(job->what, "sendiov"))
        zmq_sendiov(job->socket, parts, 2, ZMQ_SNDMORE);
    else if (strstr(job->what, "msg_recv"))
        zmq_msg_recv(&msg, job->socket, 0);
    else if (strstr(job->what, "recv"))
        zmq_recv(job->socket, &byte, 1, 0);
    else if (strstr(job->what, "msg_send"))
        zmq_msg_send(&msg, job->socket, 0);
    else if (strstr(job->what, "large"))
        zmq_send(job->socket, large, sizeof large, 0);
    else if (strstr(job->what, "send"))
        zmq_send(job->socket, "x", 1, 0);
    else if (strstr(job->what, "proxy"))
        zmq_proxy(job->socket, job->socket, NULL);
    else
        zmq_poll(&item, strstr(job->what, "nothing") ? 0 : 1, -1);
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    pthread_testcancel();
    pthread_cleanup_pop(0);
    return NULL;
}

static void await_end(pthread_t thread)
{
    void *result = NULL;
    MUST(pthread_join(thread, &result) == 0);
    printf("the thread was cancelled: %s, its handlers called: %d\n",
           result == PTHREAD_CANCELED ? "yes" : "no", cleaned);
    cleaned = 0;
}

static void blocked(const char *what, int type, int other, const char *transport)
{
    void *context = make_context(), *socket = zmq_socket(context, type);
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    struct job job = {context, socket, what};
    pthread_t thread;
    printf("-- %s, %s\n", what, transport);
    struct endpoint place = bind_any(socket, transport);
    join(a, bind_any(b, transport));
    MUST(pthread_create(&thread, NULL, block, &job) == 0);
    let_happen();
    MUST(pthread_cancel(thread) == 0);
    if (!strstr(what, "disabled"))
        await_end(thread);
    let_happen();
    say(a, "others go on");
    hear(b);
    void *peer = make(context, other);
    join(peer, place);
    if (strstr(what, "disabled")) {
        MUST(pthread_tryjoin_np(thread, NULL) == EBUSY);
        say(peer, "awake");
        await_end(thread);
    }
    set_int(socket, ZMQ_RCVTIMEO, PATIENCE);
    set_int(socket, ZMQ_SNDTIMEO, PATIENCE);
    for (int i = 0; i < 3; i++)
        if (type == ZMQ_PUSH) {
            say(socket, "so does its socket");
            hear(peer);
        } else {
            say(peer, "so does its socket");
            MUST(await(socket, ZMQ_POLLIN, PATIENCE));
            hear(socket);
        }
    shut(peer);
    shut(socket);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"tcp", "inproc"};
    for (int i = 0; i < 2; i++) {
        blocked("recv", ZMQ_PULL, ZMQ_PUSH, transports[i]);
        blocked("msg_recv", ZMQ_DEALER, ZMQ_DEALER, transports[i]);
        blocked("recviov", ZMQ_PULL, ZMQ_PUSH, transports[i]);
        blocked("sendiov", ZMQ_PUSH, ZMQ_PULL, transports[i]);
        blocked("poll", ZMQ_PULL, ZMQ_PUSH, transports[i]);
        blocked("poll of nothing", ZMQ_PULL, ZMQ_PUSH, transports[i]);
        blocked("send", ZMQ_PUSH, ZMQ_PULL, transports[i]);
        blocked("msg_send", ZMQ_PUSH, ZMQ_PULL, transports[i]);
        blocked("large send", ZMQ_PUSH, ZMQ_PULL, transports[i]);
        blocked("proxy", ZMQ_DEALER, ZMQ_DEALER, transports[i]);
        blocked("recv, disabled", ZMQ_PULL, ZMQ_PUSH, transports[i]);
    }
    return 0;
}
