// ours-only: libzmq forbids the use of one socket by several threads
// args: 300
// slow-args: 10000
// slow-limit: 900
/* A hundred threads on one PUSH, on one PULL and on one DEALER: every message
 * of one part arrives exactly once. The argument is the messages of each thread. */
#include <stdatomic.h>
#include "support.h"

#define THREADS 100

static int each;
static atomic_uchar *seen;
static atomic_int wrong;

struct item { uint32_t thread, number; };

static void see(const struct item *item, int size)
{
    if (size != sizeof *item || item->thread >= THREADS || item->number >= (uint32_t)each
        || atomic_fetch_add(&seen[item->thread * each + item->number], 1) != 0)
        atomic_fetch_add(&wrong, 1);
}

static void report(const char *what, const char *transport)
{
    int missing = 0;
    for (int i = 0; i < THREADS * each; i++) {
        missing += atomic_load(&seen[i]) == 0;
        atomic_store(&seen[i], 0);
    }
    printf("%s, %s: missing %d, doubled or torn %d\n", what, transport, missing, atomic_exchange(&wrong, 0));
    fflush(stdout);
}

struct job { void *socket; uint32_t thread; };

static void *send_each(void *argument)
{
    struct job *job = argument;
    for (int i = 0; i < each; i++) {
        struct item item = {job->thread, (uint32_t)i};
        MUST(zmq_send(job->socket, &item, sizeof item, 0) == sizeof item);
    }
    return NULL;
}

/* Receives until an empty message tells this thread to end. */
static void *receive_each(void *argument)
{
    struct job *job = argument;
    struct item item;
    int size;
    while ((size = zmq_recv(job->socket, &item, sizeof item, 0)) != 0) {
        MUST(size > 0);
        see(&item, size);
    }
    return NULL;
}

static void *send_all_to(void *socket)
{
    for (int i = 0; i < THREADS * each; i++) {
        struct item item = {(uint32_t)(i / each), (uint32_t)(i % each)};
        MUST(zmq_send(socket, &item, sizeof item, 0) == sizeof item);
    }
    return NULL;
}

static void start(pthread_t *thread, struct job *job, void *socket, int count, void *(*run)(void *))
{
    for (int i = 0; i < count; i++) {
        job[i] = (struct job){socket, (uint32_t)i};
        MUST(pthread_create(&thread[i], NULL, run, &job[i]) == 0);
    }
}

static void join_all(pthread_t *thread, int count)
{
    for (int i = 0; i < count; i++)
        MUST(pthread_join(thread[i], NULL) == 0);
}

static void one_push(const char *transport)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    pthread_t thread[THREADS];
    struct job job[THREADS];
    set_int(push, ZMQ_SNDTIMEO, 60000);
    join(push, bind_any(pull, transport));
    start(thread, job, push, THREADS, send_each);
    for (int i = 0; i < THREADS * each; i++) {
        struct item item;
        int size = zmq_recv(pull, &item, sizeof item, 0);
        if (size == -1)
            break;
        see(&item, size);
    }
    join_all(thread, THREADS);
    report("one PUSH", transport);
    shut(push);
    shut(pull);
    finish(context);
}

static void one_pull(const char *transport)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    pthread_t thread[THREADS];
    struct job job[THREADS];
    set_int(pull, ZMQ_RCVTIMEO, 60000);
    join(push, bind_any(pull, transport));
    start(thread, job, pull, THREADS, receive_each);
    send_all_to(push);
    for (int i = 0; i < THREADS; i++)
        MUST(zmq_send(push, "", 0, 0) == 0);
    join_all(thread, THREADS);
    report("one PULL", transport);
    shut(push);
    shut(pull);
    finish(context);
}

/* Half of the threads send on the DEALER, half receive what comes back. */
static void *echo(void *socket)
{
    char text[64];
    int size, left = THREADS / 2;
    for (int i = 0; i < THREADS * each / 2; i++) {
        MUST((size = zmq_recv(socket, text, sizeof text, 0)) > 0);
        MUST(zmq_send(socket, text, (size_t)size, 0) == size);
    }
    while (left--)
        MUST(zmq_send(socket, "", 0, 0) == 0);
    return NULL;
}

static void one_dealer(const char *transport)
{
    void *context = make_context(), *dealer = make(context, ZMQ_DEALER), *other = make(context, ZMQ_DEALER);
    pthread_t senders[THREADS / 2], receivers[THREADS / 2], echoer;
    struct job s[THREADS / 2], r[THREADS / 2];
    set_int(dealer, ZMQ_RCVTIMEO, 60000);
    set_int(dealer, ZMQ_SNDTIMEO, 60000);
    set_int(other, ZMQ_SNDTIMEO, 60000);
    join(dealer, bind_any(other, transport));
    MUST(pthread_create(&echoer, NULL, echo, other) == 0);
    start(receivers, r, dealer, THREADS / 2, receive_each);
    start(senders, s, dealer, THREADS / 2, send_each);
    join_all(senders, THREADS / 2);
    join_all(receivers, THREADS / 2);
    MUST(pthread_join(echoer, NULL) == 0);
    for (int i = THREADS / 2 * each; i < THREADS * each; i++)
        atomic_store(&seen[i], 1); /* numbers of threads that do not send here */
    report("one DEALER", transport);
    shut(dealer);
    shut(other);
    finish(context);
}

int main(int argc, char **argv)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    MUST(argc == 2 && (each = atoi(argv[1])) > 0);
    MUST((seen = calloc((size_t)THREADS * each, 1)) != NULL);
    for (int i = 0; i < 3; i++) {
        one_push(transports[i]);
        one_pull(transports[i]);
        one_dealer(transports[i]);
    }
    free(seen);
    return 0;
}
