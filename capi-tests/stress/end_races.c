// ours-only: libzmq forbids a close while another thread is in a call
// args: 100
// slow-args: 10000
// slow-limit: 1800
/* One thread closes a socket, shuts its context down or terminates it while
 * another is blocked in a call on it, or about to be, or just leaving: the call
 * ends with ENOTSOCK or ETERM, nothing hangs and nothing crashes. The argument
 * is how often each of them is done. */
#include <stdatomic.h>
#include "support.h"

enum end { CLOSE, SHUTDOWN, TERM };
static const char *const end_names[] = {"close", "shutdown", "term"};
static const char *const calls[] = {"recv", "msg_recv", "send", "msg_send", "poll", "recv with time-out", "events"};
enum { RECV, MSG_RECV, SEND, MSG_SEND, POLL, TIMED_RECV, EVENTS, CALLS };

struct race {
    void *socket;
    int call, wanted;
    atomic_int inside;
    int fault;
};

static int make_call(struct race *r)
{
    char byte;
    zmq_msg_t m;
    zmq_pollitem_t item = {r->socket, 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0};
    int events, rc;
    size_t size = sizeof events;
    switch (r->call) {
    case SEND:
        return zmq_send(r->socket, "x", 1, 0);
    case MSG_SEND:
        MUST(zmq_msg_init_size(&m, 3000) == 0);
        rc = zmq_msg_send(&m, r->socket, 0);
        break;
    case MSG_RECV:
        MUST(zmq_msg_init(&m) == 0);
        rc = zmq_msg_recv(&m, r->socket, 0);
        break;
    case POLL:
        return zmq_poll(&item, 1, -1);
    case EVENTS:
        do
            rc = zmq_getsockopt(r->socket, ZMQ_EVENTS, &events, &size);
        while (rc == 0);
        return rc;
    default:
        return zmq_recv(r->socket, &byte, 1, 0);
    }
    int number = zmq_errno();
    zmq_msg_close(&m);
    errno = number;
    return rc;
}

static void *block(void *argument)
{
    struct race *r = argument;
    atomic_store(&r->inside, 1);
    int rc = make_call(r);
    if (rc != -1 || zmq_errno() != r->wanted)
        r->fault = rc == -1 ? zmq_errno() : -1;
    if (r->wanted == ETERM)
        shut(r->socket);
    return NULL;
}

/* Waits for the other thread to be near its call, and then for 0 to 255 us. */
static void approach(struct race *r, int round)
{
    struct timespec t = {0, (round * 37 % 256) * 1000L};
    while (!atomic_load(&r->inside))
        sched_yield();
    if (round % 4)
        nanosleep(&t, NULL);
}

static void run(enum end end, int call, int times, const char *transport)
{
    int faults = 0, last = 0;
    for (int round = 0; round < times; round++) {
        static const int in[] = {ZMQ_PULL, ZMQ_DEALER, ZMQ_ROUTER, ZMQ_REP, ZMQ_PAIR};
        static const int out[] = {ZMQ_PUSH, ZMQ_DEALER, ZMQ_REQ, ZMQ_PAIR};
        int sends = call == SEND || call == MSG_SEND;
        void *context = make_context();
        struct race r = {NULL, call, end == CLOSE ? ENOTSOCK : ETERM, 0, 0};
        pthread_t thread;
        /* ROUTER can always send, and is not asked for that */
        r.socket = zmq_socket(context, sends || call == POLL ? out[round % (call == POLL ? 2 : 4)] : in[round % 5]);
        if (call == TIMED_RECV)
            set_int(r.socket, ZMQ_RCVTIMEO, 60000);
        bind_any(r.socket, transport);
        MUST(pthread_create(&thread, NULL, block, &r) == 0);
        approach(&r, round);
        if (end == CLOSE)
            shut(r.socket);
        else if (end == SHUTDOWN)
            MUST(zmq_ctx_shutdown(context) == 0);
        if (end == TERM)
            finish(context);
        MUST(pthread_join(thread, NULL) == 0);
        if (end != TERM)
            finish(context);
        faults += r.fault != 0;
        last = r.fault ? r.fault : last;
    }
    printf("%s in %s over %s: faults %d", end_names[end], calls[call], transport, faults);
    if (faults)
        printf(", the last %s", last == -1 ? "returned" : error_name(last));
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    MUST(argc == 2 && atoi(argv[1]) > 0);
    for (int end = CLOSE; end <= TERM; end++)
        for (int call = 0; call < CALLS; call++)
            run(end, call, atoi(argv[1]), transports[call % 3]);
    return 0;
}
