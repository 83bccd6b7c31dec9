// ours-only: libzmq forbids the use of one socket by several threads
// args: 1
// slow-args: 40
// slow-limit: 900
/* Large bodies, whose bytes are the caller's again when zmq_send returns, from several
 * threads on one socket: from memory of their own that is gone at once, and from memory
 * that they share; with the peer coming and going; while another thread ends the socket,
 * its endpoint or its context; and to a peer that stops in between. Everything arrives
 * whole, no more than once, and nobody waits who has room. The argument is how often. */
#include <stdatomic.h>
#include "../flow/lent.h"

#define THREADS 4
#define EACH 120

static const char *transport;

struct job { void *socket; int index, flags; };

static void start_all(pthread_t *thread, struct job *job, void *socket, int flags,
                      void *(*run)(void *))
{
    for (int i = 0; i < THREADS; i++) {
        job[i] = (struct job){socket, i, i % 2 ? flags : 0};
        thread[i] = start(run, &job[i]);
    }
}

static void pair_up(void *context, void **push, void **pull, int mark, int buffer)
{
    *push = make(context, ZMQ_PUSH);
    *pull = make(context, ZMQ_PULL);
    if (mark) {
        set_int(*push, ZMQ_SNDHWM, mark);
        set_int(*pull, ZMQ_RCVHWM, 1);
    }
    if (buffer) {
        set_int(*push, ZMQ_SNDBUF, buffer);
        set_int(*pull, ZMQ_RCVBUF, buffer);
    }
    join(*push, bind_own(*pull, transport));
}

static void *send_own(void *argument)
{
    struct job *job = argument;
    for (int i = 0; i < EACH; i++)
        send_surely(job->socket, (uint64_t)(job->index * EACH + i), job->flags);
    return NULL;
}

/* What each thread sends arrives once and in its order. */
static void own_memory(int mark, int buffer)
{
    void *context = make_context(), *push, *pull;
    pthread_t thread[THREADS];
    struct job job[THREADS];
    int next[THREADS] = {0}, wrong = 0;
    pair_up(context, &push, &pull, mark, buffer);
    start_all(thread, job, push, ZMQ_DONTWAIT, send_own);
    for (int i = 0; i < THREADS * EACH; i++) {
        int64_t number = hear_number(pull, 0);
        MUST(number != -2);
        if (number < 0 || number >= THREADS * EACH || number % EACH != next[number / EACH]++)
            wrong++;
        if (i % 100 == 50)
            pause_ms(10);
    }
    stop_all(thread, THREADS);
    MUST(wrong == 0);
    shut(push);
    shut(pull);
    finish(context);
}

static unsigned char shared[LARGEST + 1];

static size_t part_of(int i)
{
    return 40000 + (size_t)(i % 8) * 20000;
}

static void *send_shared(void *argument)
{
    struct job *job = argument;
    for (int i = 0; i < EACH; i++) {
        size_t size = part_of(i + job->index);
        MUST(zmq_send(job->socket, shared, size, 0) == (int)size);
    }
    return NULL;
}

/* All send from the same address, more or less of it. */
static void one_memory(int buffer)
{
    static unsigned char got[LARGEST];
    void *context = make_context(), *push, *pull;
    pthread_t thread[THREADS];
    struct job job[THREADS];
    int missing[8] = {0};
    pair_up(context, &push, &pull, 0, buffer);
    for (size_t i = 0; i < sizeof shared; i++)
        shared[i] = (unsigned char)(i * 7 + i / 251);
    for (int i = 0; i < THREADS * EACH; i++)
        missing[(i % EACH + i / EACH) % 8]++;
    start_all(thread, job, push, 0, send_shared);
    for (int i = 0; i < THREADS * EACH; i++) {
        int size = zmq_recv(pull, got, sizeof got, 0), kind = (size - 40000) / 20000;
        MUST(size >= 40000 && kind < 8 && (size_t)size == part_of(kind));
        MUST(memcmp(got, shared, (size_t)size) == 0);
        missing[kind]--;
        if (i % 100 == 50)
            pause_ms(10);
    }
    stop_all(thread, THREADS);
    for (int i = 0; i < 8; i++)
        MUST(missing[i] == 0);
    shut(push);
    shut(pull);
    finish(context);
}

/* Sends until its socket or its context is ended. */
static atomic_ullong counter;
static atomic_int refused;

static void *send_to_the_end(void *argument)
{
    struct job *job = argument;
    for (;;) {
        int rc = send_gone(job->socket, atomic_fetch_add(&counter, 1), job->flags);
        if (rc == -1 && (zmq_errno() == ENOTSOCK || zmq_errno() == ETERM)) {
            atomic_fetch_add(&refused, 1);
            return NULL;
        }
        MUST(rc != -1 || zmq_errno() == EAGAIN);
        if (rc == -1)
            pause_ms(1);
    }
}

enum { CLOSE, TERM, UNBIND, ENDS };

/* One thread of many is in a call when all ends; what arrives is whole and came once. */
static void ended(int how, int round)
{
    void *context = make_context(), *other = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(other, ZMQ_PULL);
    static unsigned char seen[100000];
    pthread_t thread[THREADS];
    struct job job[THREADS];
    struct endpoint e;
    memset(seen, 0, sizeof seen);
    atomic_store(&counter, 0);
    atomic_store(&refused, 0);
    set_int(push, ZMQ_LINGER, round % 3 ? 0 : 20);
    set_int(push, ZMQ_SNDHWM, 3 + round % 20);
    set_int(push, ZMQ_SNDBUF, 16384 << round % 4);
    set_int(pull, ZMQ_RCVTIMEO, 0);
    e = bind_own(push, transport);
    join(pull, e);
    start_all(thread, job, push, ZMQ_DONTWAIT, send_to_the_end);
    long long until = now_ms() + 2 + round * 7 % 20;
    int left = 1;
    while (left) {
        int64_t number;
        while ((number = hear_number(pull, 0)) != -2)
            MUST(number >= 0 && number < (int64_t)sizeof seen && seen[number]++ == 0);
        if (now_ms() > until && how != ENDS) {
            if (how == UNBIND)
                MUST(zmq_unbind(push, e.text) == 0);
            if (how != TERM)
                shut(push);
            else {
                MUST(zmq_ctx_shutdown(context) == 0);
                while (atomic_load(&refused) < THREADS)
                    pause_ms(1);
                shut(push);
            }
            how = ENDS;
            stop_all(thread, THREADS);
            left = 20; /* what is still under way */
        }
        if (how == ENDS)
            left--;
        pause_ms(1);
    }
    MUST(atomic_load(&refused) == THREADS);
    finish(context);
    shut_now(pull);
    finish(other);
}

/* The peer takes some and stops, again and again: whoever waits then has no room, or less
 * than is worth waking somebody for. Two threads never wait, and take the room that others
 * have been woken for; they rest while the peer takes the last that it will for now. */
#define MARK 60

static atomic_int sent, over, resting;

static void *send_on(void *argument)
{
    struct job *job = argument;
    static unsigned char body[65536];
    while (!atomic_load(&over)) {
        if (job->flags && atomic_load(&resting)) {
            pause_ms(1);
            continue;
        }
        int rc = zmq_send(job->socket, body, sizeof body, job->flags);
        if (rc != -1)
            atomic_fetch_add(&sent, 1);
        else {
            MUST(zmq_errno() == EAGAIN);
            sched_yield();
        }
    }
    return NULL;
}

static void stopping(void)
{
    static unsigned char body[65536];
    void *context = make_context(), *push, *pull;
    pthread_t thread[THREADS];
    struct job job[THREADS];
    atomic_store(&over, 0);
    atomic_store(&resting, 0);
    pair_up(context, &push, &pull, MARK, 65536);
    start_all(thread, job, push, ZMQ_DONTWAIT, send_on);
    for (int round = 0; round < 6; round++) {
        int rest = MARK / 2 + round * 7 % 30;
        atomic_store(&resting, 0);
        for (int i = 0; i < 3 * MARK + round * 11 % MARK; i++) {
            if (i == 3 * MARK + round * 11 % MARK - rest)
                atomic_store(&resting, 1);
            MUST(zmq_recv(pull, body, sizeof body, 0) == sizeof body);
        }
        int before, room = 0;
        do {
            before = atomic_load(&sent);
            let_happen();
        } while (atomic_load(&sent) != before);
        while (zmq_send(push, body, sizeof body, ZMQ_DONTWAIT) != -1)
            room++;
        MUST(zmq_errno() == EAGAIN && room <= MARK / 2);
    }
    atomic_store(&over, 1);
    set_int(pull, ZMQ_RCVTIMEO, 300);
    while (zmq_recv(pull, body, sizeof body, 0) != -1)
        ;
    stop_all(thread, THREADS);
    shut_now(push);
    shut(pull);
    finish(context);
}

int main(int argc, char **argv)
{
    const char *transports[] = {"tcp", "ipc"};
    int times = argc > 1 ? atoi(argv[1]) : 1;
    for (int k = 0; k < 2; k++) {
        transport = transports[k];
        for (int i = 0; i < times; i++) {
            own_memory(0, 0);
            own_memory(2, 0);
            own_memory(5, 16384);
            one_memory(0);
            one_memory(16384);
            stopping();
            for (int round = 0; round < 8; round++)
                for (int how = 0; how < ENDS; how++)
                    ended(how, round + i);
        }
        printf("%s: all whole\n", transport);
    }
    return 0;
}
