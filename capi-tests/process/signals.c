/* A signal with a handler ends a blocked call with EINTR, with SA_RESTART and
 * without; one that is ignored does not; no message is lost or doubled when
 * calls are interrupted all the time. */
#include <stdatomic.h>
#include <sys/uio.h>
#include "support.h"

static atomic_int over;
static void handle(int number) { (void)number; }

static void install(int flags)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    action.sa_flags = flags;
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
}

/* Signals the given thread until it says that its call is over: a signal that
 * comes before the call is blocked does not end it. */
static void *knock(void *thread)
{
    while (!atomic_load(&over)) {
        pause_ms(5);
        if (!atomic_load(&over))
            pthread_kill(*(pthread_t *)thread, SIGUSR1);
    }
    return NULL;
}

#define INTERRUPTED(call)                                                        \
    do {                                                                         \
        pthread_t self = pthread_self(), other;                                  \
        atomic_store(&over, 0);                                                  \
        MUST(pthread_create(&other, NULL, knock, &self) == 0);                   \
        errno = 0;                                                               \
        long long rc = (call);                                                   \
        int number = zmq_errno();                                                \
        atomic_store(&over, 1);                                                  \
        MUST(pthread_join(other, NULL) == 0);                                    \
        printf("%s = %lld %s\n", #call, rc, error_name(number));                 \
        fflush(stdout);                                                          \
    } while (0)

static void blocked_calls(const char *how, int flags)
{
    void *context = make_context();
    void *pull = zmq_socket(context, ZMQ_PULL), *push = zmq_socket(context, ZMQ_PUSH);
    char byte;
    zmq_msg_t m;
    zmq_pollitem_t items[] = {{pull, 0, ZMQ_POLLIN, 0}, {push, 0, ZMQ_POLLOUT, 0}};
    title(how);
    install(flags);
    MUST(zmq_msg_init(&m) == 0);
    INTERRUPTED(zmq_recv(pull, &byte, 1, 0));
    INTERRUPTED(zmq_msg_recv(&m, pull, 0));
    INTERRUPTED(zmq_send(push, "x", 1, 0));
    INTERRUPTED(zmq_msg_send(&m, push, 0));
    struct iovec out[] = {{"x", 1}, {"y", 1}}, in[2];
    size_t count = 2;
    INTERRUPTED(zmq_send_const(push, "x", 1, 0));
    INTERRUPTED(zmq_sendiov(push, out, 2, ZMQ_SNDMORE));
    INTERRUPTED(zmq_recviov(pull, in, &count, 0));
    INTERRUPTED(zmq_poll(items, 2, -1));
    INTERRUPTED(zmq_poll(NULL, 0, 60000));
    INTERRUPTED(zmq_poll(items, 1, 60000));
    set_int(pull, ZMQ_RCVTIMEO, 60000);
    INTERRUPTED(zmq_recv(pull, &byte, 1, 0));
    MUST(zmq_msg_close(&m) == 0);
    void *front = zmq_socket(context, ZMQ_DEALER), *back = zmq_socket(context, ZMQ_DEALER);
    void *steer = zmq_socket(context, ZMQ_PAIR);
    INTERRUPTED(zmq_proxy(front, back, NULL));
    INTERRUPTED(zmq_proxy(front, front, NULL));
    INTERRUPTED(zmq_proxy_steerable(front, back, NULL, steer));
    INTERRUPTED(zmq_device(ZMQ_QUEUE, front, back));
    shut(front);
    shut(back);
    shut(steer);
    shut(pull);
    INTERRUPTED(zmq_ctx_term(context));
    shut(push);
    TELL(zmq_ctx_term(context));
}

static void ignored(void)
{
    void *context = make_context(), *pull = zmq_socket(context, ZMQ_PULL);
    char byte;
    title("a signal that is ignored");
    signal(SIGUSR1, SIG_IGN);
    set_int(pull, ZMQ_RCVTIMEO, SILENCE);
    INTERRUPTED(zmq_recv(pull, &byte, 1, 0));
    shut(pull);
    finish(context);
}

struct traffic { void *socket; int count; };

static void *send_all(void *argument)
{
    struct traffic *t = argument;
    for (int i = 0; i < t->count; i++) {
        while (zmq_send(t->socket, &i, sizeof i, i % 3 == 0 ? ZMQ_SNDMORE : 0) == -1)
            MUST(zmq_errno() == EINTR);
    }
    return NULL;
}

static void storm(const char *transport)
{
    void *context = make_context();
    void *pull = zmq_socket(context, ZMQ_PULL), *push = zmq_socket(context, ZMQ_PUSH);
    pthread_t sender, self = pthread_self(), on_sender, on_receiver;
    struct traffic t = {push, 60000};
    int wrong = 0;
    install(SA_RESTART);
    join(push, bind_any(pull, transport));
    atomic_store(&over, 0);
    MUST(pthread_create(&sender, NULL, send_all, &t) == 0);
    MUST(pthread_create(&on_sender, NULL, knock, &sender) == 0);
    MUST(pthread_create(&on_receiver, NULL, knock, &self) == 0);
    for (int i = 0; i < t.count; i++) {
        int got = -1;
        while (zmq_recv(pull, &got, sizeof got, 0) == -1)
            MUST(zmq_errno() == EINTR);
        wrong += got != i;
        if (i % 6000 == 0)
            pause_ms(10);
    }
    atomic_store(&over, 1);
    MUST(pthread_join(on_sender, NULL) == 0 && pthread_join(on_receiver, NULL) == 0);
    MUST(pthread_join(sender, NULL) == 0);
    printf("-- a storm of signals, %s: wrong %d\n", transport, wrong);
    shut(push);
    shut(pull);
    finish(context);
}

int main(void)
{
    blocked_calls("without SA_RESTART", 0);
    blocked_calls("with SA_RESTART", SA_RESTART);
    ignored();
    storm("inproc");
    storm("tcp");
    storm("ipc");
    return 0;
}
