// args: 2000
// slow-args: 50000
// slow-limit: 600
/* Several senders, each on a thread and in a context of its own, to one
 * receiver: messages of three parts, most of them small and some large, are
 * neither mixed with each other nor lost, at several marks. The argument is the
 * messages of each sender. */
#include "support.h"

#define SENDERS 4
#define LARGE 200000

static uint32_t each;
static pthread_barrier_t all_heard;

struct job { struct endpoint endpoint; int type, mark; uint32_t who; };

static size_t size_of(uint32_t number)
{
    return number % 50 == 7 ? LARGE : number % 31 == 3 ? 9000 : number * 7919 % 700;
}

static void *send_each(void *argument)
{
    struct job *job = argument;
    void *context = make_context(), *s = make(context, job->type);
    char *body = malloc(LARGE);
    memset(body, 'a' + (int)job->who, LARGE);
    set_int(s, ZMQ_SNDHWM, job->mark);
    join(s, job->endpoint);
    for (uint32_t i = 0; i < each; i++) {
        uint32_t head[2] = {job->who, i};
        MUST(zmq_send(s, head, sizeof head, ZMQ_SNDMORE) == sizeof head);
        MUST(zmq_send(s, body, size_of(i), ZMQ_SNDMORE) == (int)size_of(i));
        MUST(zmq_send(s, body, 3, 0) == 3);
    }
    pthread_barrier_wait(&all_heard); /* what a close loses is another program's matter */
    shut_now(s);
    finish(context);
    free(body);
    return NULL;
}

/* One message; 1 if its parts belong together. */
static int receive_one(void *s, int with_id, uint32_t *who, uint32_t *number)
{
    static char body[LARGE];
    uint32_t head[2] = {SENDERS, 0};
    int parts = 1, right = 1, size;
    if (with_id) {
        MUST(zmq_recv(s, body, sizeof body, 0) == 5);
        right = get_int(s, ZMQ_RCVMORE);
    }
    right &= zmq_recv(s, head, sizeof head, 0) == sizeof head && head[0] < SENDERS;
    while (get_int(s, ZMQ_RCVMORE)) {
        MUST((size = zmq_recv(s, body, sizeof body, 0)) >= 0);
        right &= size == (++parts == 2 ? (int)size_of(head[1]) : 3);
        right &= size == 0 || body[0] == (char)('a' + head[0]);
    }
    *who = head[0];
    *number = head[1];
    return right && parts == 3;
}

static void run(const char *transport, int type, int peer_type, const char *name, int mark)
{
    void *context = make_context(), *s = make(context, peer_type);
    pthread_t thread[SENDERS];
    struct job job[SENDERS];
    uint32_t next[SENDERS] = {0}, torn = 0, gaps = 0, got = 0, who, number;
    MUST(pthread_barrier_init(&all_heard, NULL, SENDERS + 1) == 0);
    set_int(s, ZMQ_RCVHWM, mark);
    struct endpoint e = bind_any(s, transport);
    for (uint32_t i = 0; i < SENDERS; i++) {
        job[i] = (struct job){e, type, mark, i};
        MUST(pthread_create(&thread[i], NULL, send_each, &job[i]) == 0);
    }
    while (got < SENDERS * each && await(s, ZMQ_POLLIN, PATIENCE)) {
        got++;
        if (!receive_one(s, peer_type == ZMQ_ROUTER, &who, &number)) {
            torn++;
            continue;
        }
        gaps += number != next[who];
        next[who] = number + 1;
    }
    printf("%s, %s, marks of %d: torn %u, gaps %u, missing %u\n", name, transport, mark, torn, gaps,
           SENDERS * each - got);
    fflush(stdout);
    pthread_barrier_wait(&all_heard);
    for (int i = 0; i < SENDERS; i++)
        MUST(pthread_join(thread[i], NULL) == 0);
    shut(s);
    finish(context);
}

int main(int argc, char **argv)
{
    static const char *transports[] = {"tcp", "ipc"};
    static const int marks[] = {50, 1000, 0, 1};
    MUST(argc == 2 && (each = (uint32_t)atoi(argv[1])) > 0);
    for (int t = 0; t < 2; t++)
        for (int m = 0; m < 4; m++) {
            run(transports[t], ZMQ_PUSH, ZMQ_PULL, "PUSH to PULL", marks[m]);
            run(transports[t], ZMQ_DEALER, ZMQ_ROUTER, "DEALER to ROUTER", marks[m]);
        }
    return 0;
}
