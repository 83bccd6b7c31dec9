/* The bytes of a message are the caller's again when zmq_send returns: here they are
 * unmapped or overwritten at once. Every byte arrives all the same, once and in order,
 * over tcp and ipc: to receivers that stall, from callers that do not wait, or for a
 * moment only, or are interrupted all the time, to peers that come and go, in both
 * directions of a conversation, with short messages and multiparts in between. */
#include "lent.h"

#define COUNT 200

static const char *transport;

struct job { void *socket; int flags; int first, count; };

static void *send_all(void *argument)
{
    struct job *job = argument;
    for (int i = job->first; i < job->first + job->count; i++)
        send_surely(job->socket, (uint64_t)i, job->flags);
    return NULL;
}

/* Receives what is numbered from 0 on, and stalls now and then. */
static void hear_all(void *socket, int count, int stalls)
{
    int wrong = 0;
    for (int i = 0; i < count; i++) {
        if (stalls && i % 40 == 13)
            pause_ms(stalls);
        int64_t number = hear_number(socket, 0);
        MUST(number != -2);
        wrong += number != i;
    }
    printf("wrong: %d\n", wrong);
}

/* One way, to a receiver that stalls. */
static void one_way(const char *name, int types[2], int mark, int buffer, int flags, int timeout)
{
    void *context = make_context(), *from = make(context, types[0]), *to = make(context, types[1]);
    struct job job = {from, flags, 0, COUNT};
    if (mark) {
        set_int(from, ZMQ_SNDHWM, mark);
        set_int(to, ZMQ_RCVHWM, mark);
    }
    if (buffer) {
        set_int(from, ZMQ_SNDBUF, buffer);
        set_int(to, ZMQ_RCVBUF, buffer);
    }
    if (types[0] == ZMQ_DEALER) { /* commands between messages */
        set_int(from, ZMQ_HEARTBEAT_IVL, 2);
        set_int(from, ZMQ_HEARTBEAT_TIMEOUT, 60000);
        set_int(to, ZMQ_HEARTBEAT_IVL, 2);
        set_int(to, ZMQ_HEARTBEAT_TIMEOUT, 60000);
    }
    set_int(from, ZMQ_SNDTIMEO, timeout);
    join(from, bind_own(to, transport));
    printf("%s, %s, ", transport, name);
    pthread_t sender = start(send_all, &job);
    hear_all(to, COUNT, 20);
    stop(sender);
    shut(from);
    shut(to);
    finish(context);
}

static void *answer(void *socket)
{
    for (int i = 0; i < COUNT; i++) {
        MUST(hear_number(socket, 0) == i);
        send_surely(socket, (uint64_t)i + 5, 0);
    }
    return NULL;
}

static void conversation(const char *name, int asks, int answers)
{
    void *context = make_context(), *a = make(context, asks), *b = make(context, answers);
    int wrong = 0;
    join(a, bind_own(b, transport));
    pthread_t other = start(answer, b);
    for (int i = 0; i < COUNT; i++) {
        send_surely(a, (uint64_t)i, 0);
        wrong += hear_number(a, 0) != i + 5;
    }
    stop(other);
    printf("%s, %s, wrong: %d\n", transport, name, wrong);
    shut(a);
    shut(b);
    finish(context);
}

/* A ROUTER sends to two DEALERs in turn, and each sends back what it got. */
static void *echo(void *socket)
{
    for (int i = 0; i < COUNT / 2; i++) {
        int64_t number = hear_number(socket, 0);
        MUST(number >= 0);
        send_surely(socket, (uint64_t)number, 0);
    }
    return NULL;
}

static void addressed(void)
{
    void *context = make_context(), *router = make(context, ZMQ_ROUTER), *dealer[2];
    struct endpoint e = bind_own(router, transport);
    pthread_t thread[2];
    int wrong = 0;
    char name[8];
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    for (int i = 0; i < 2; i++) {
        dealer[i] = make(context, ZMQ_DEALER);
        MUST(zmq_setsockopt(dealer[i], ZMQ_ROUTING_ID, i ? "b" : "a", 1) == 0);
        join(dealer[i], e);
        say(dealer[i], "here");
        MUST(zmq_recv(router, name, sizeof name, 0) == 1 && zmq_recv(router, name, sizeof name, 0) == 4);
        thread[i] = start(echo, dealer[i]);
    }
    for (int i = 0; i < COUNT; i++) {
        MUST(zmq_send(router, i % 2 ? "b" : "a", 1, ZMQ_SNDMORE) == 1);
        MUST(send_gone(router, (uint64_t)i, 0) != -1);
        if (i % 4 == 3)
            for (int k = 0; k < 4; k++) {
                MUST(zmq_recv(router, name, sizeof name, 0) == 1);
                wrong += (hear_number(router, 0) & 1) != (name[0] == 'b');
            }
    }
    printf("%s, ROUTER to two DEALERs, wrong: %d\n", transport, wrong);
    for (int i = 0; i < 2; i++) {
        stop(thread[i]);
        shut(dealer[i]);
    }
    shut(router);
    finish(context);
}

/* Messages of one to four parts, short ones between them. */
static void *send_parts(void *socket)
{
    for (int i = 0; i < COUNT; i++)
        send_surely(socket, (uint64_t)i, i % 7 == 0 || i % 7 == 3 || i % 7 == 4 ? ZMQ_SNDMORE : 0);
    send_surely(socket, COUNT, 0);
    return NULL;
}

static void parts(void)
{
    void *context = make_context(), *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    int wrong = 0;
    join(a, bind_own(b, transport));
    pthread_t sender = start(send_parts, a);
    for (int i = 0; i <= COUNT; i++) {
        int more = i < COUNT && (i % 7 == 0 || i % 7 == 3 || i % 7 == 4);
        wrong += hear_number(b, 0) != i;
        wrong += get_int(b, ZMQ_RCVMORE) != more;
        if (i % 50 == 0)
            pause_ms(10);
    }
    stop(sender);
    printf("%s, parts, wrong: %d\n", transport, wrong);
    shut(a);
    shut(b);
    finish(context);
}

/* The receiver goes with what it has not read, and another takes its place. Some is lost
 * with each; nothing is torn, doubled, or out of order. */
static volatile int over;

static void *send_on(void *socket)
{
    for (uint64_t i = 0; !over; i++)
        while (send_gone(socket, i, ZMQ_DONTWAIT) == -1 && !over) {
            MUST(zmq_errno() == EAGAIN);
            await(socket, ZMQ_POLLOUT, 20);
        }
    return NULL;
}

static void comings_and_goings(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    struct endpoint e = unused(context, transport);
    int64_t last = -1;
    int wrong = 0;
    over = 0;
    set_int(push, ZMQ_RECONNECT_IVL, 5);
    set_int(push, ZMQ_LINGER, 0);
    set_int(push, ZMQ_SNDHWM, 20);
    set_int(push, ZMQ_SNDBUF, 64 * 1024);
    join(push, e);
    pthread_t sender = start(send_on, push);
    for (int round = 0; round < 12; round++) {
        void *pull = make(context, ZMQ_PULL);
        set_int(pull, ZMQ_LINGER, 0);
        set_int(pull, ZMQ_RCVHWM, round % 2 ? 1 : 100);
        bind_again(pull, e.text);
        for (int i = 0; i < 25 + round; i++) {
            int64_t number = hear_number(pull, 0);
            MUST(number != -2);
            wrong += number <= last;
            last = number > last ? number : last;
        }
        shut(pull);
    }
    over = 1;
    stop(sender);
    printf("%s, peers that come and go, wrong: %d\n", transport, wrong);
    shut(push);
    finish(context);
}

static void nothing(int number)
{
    (void)number;
}

/* A signal every millisecond, in the sending thread. */
static void interrupted(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct sigaction action = {.sa_handler = nothing};
    struct job job = {push, 0, 0, COUNT};
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec often = {{0, 1000000}, {0, 1000000}}, never = {{0, 0}, {0, 0}};
    sigset_t set;
    set_int(push, ZMQ_SNDHWM, 4);
    set_int(pull, ZMQ_RCVHWM, 4);
    set_int(push, ZMQ_SNDBUF, 16384);
    set_int(pull, ZMQ_RCVBUF, 16384);
    join(push, bind_own(pull, transport));
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    pthread_t sender = start(send_all, &job);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    MUST(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    MUST(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    MUST(timer_settime(timer, 0, &often, NULL) == 0);
    printf("%s, interrupted, ", transport);
    hear_all(pull, COUNT, 10);
    MUST(timer_settime(timer, 0, &never, NULL) == 0 && timer_delete(timer) == 0);
    stop(sender);
    MUST(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
    shut(push);
    shut(pull);
    finish(context);
}

/* What was sent before an orderly close arrives; the bytes were gone long before. */
static void closed_at_once(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    join(push, bind_own(pull, transport));
    for (int i = 0; i < 40; i++)
        send_surely(push, (uint64_t)i, 0);
    set_int(push, ZMQ_LINGER, -1);
    shut(push);
    printf("%s, closed at once, ", transport);
    hear_all(pull, 40, 5);
    shut(pull);
    finish(context);
}

/* The mark is reached, and nobody reads: the call ends no sooner than it is told to, and
 * what was taken arrives. */
static void out_of_time(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    int taken = 0, early = 0;
    long long begun;
    set_int(push, ZMQ_SNDHWM, 10);
    set_int(pull, ZMQ_RCVHWM, 1);
    set_int(push, ZMQ_SNDBUF, 32 * 1024);
    set_int(pull, ZMQ_RCVBUF, 32 * 1024);
    set_int(push, ZMQ_SNDTIMEO, 60);
    join(push, bind_own(pull, transport));
    for (int refused = 0; refused < 3;) {
        begun = now_ms();
        if (send_gone(push, (uint64_t)taken, 0) != -1) {
            taken++;
            continue;
        }
        MUST(zmq_errno() == EAGAIN);
        early += now_ms() - begun < 59;
        refused++;
    }
    printf("%s, out of time, early: %d, ", transport, early);
    hear_all(pull, taken, 0);
    shut(push);
    shut(pull);
    finish(context);
}

/* Only the newest counts. */
static void conflated(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    int64_t last = -1, number;
    int wrong = 0;
    set_int(push, ZMQ_CONFLATE, 1);
    set_int(pull, ZMQ_CONFLATE, 1);
    join(push, bind_own(pull, transport));
    MUST(await(push, ZMQ_POLLOUT, PATIENCE));
    for (int i = 0; i < COUNT; i++)
        MUST(send_gone(push, (uint64_t)i, 0) != -1);
    do {
        number = hear_number(pull, 0);
        wrong += number <= last;
        last = number;
    } while (number >= 0 && number < COUNT - 1);
    printf("%s, the newest only, wrong: %d\n", transport, wrong);
    shut(push);
    shut(pull);
    finish(context);
}

/* Sent before anybody is there. */
static void nobody_there(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct endpoint e = unused(context, transport);
    set_int(push, ZMQ_RECONNECT_IVL, 5);
    join(push, e);
    for (int i = 0; i < 40; i++)
        MUST(send_gone(push, (uint64_t)i, ZMQ_DONTWAIT) != -1);
    bind_again(pull, e.text);
    printf("%s, sent before anybody was there, ", transport);
    hear_all(pull, 40, 0);
    shut(push);
    shut(pull);
    finish(context);
}

int main(void)
{
    const char *transports[] = {"tcp", "ipc"};
    int push[] = {ZMQ_PUSH, ZMQ_PULL}, dealer[] = {ZMQ_DEALER, ZMQ_DEALER}, pair[] = {ZMQ_PAIR, ZMQ_PAIR};
    for (int i = 0; i < 2; i++) {
        transport = transports[i];
        one_way("PUSH and PULL", push, 0, 0, 0, PATIENCE);
        one_way("a mark of 1", push, 1, 0, 0, PATIENCE);
        one_way("little room", dealer, 3, 8192, 0, PATIENCE);
        one_way("without waiting", push, 2, 0, ZMQ_DONTWAIT, PATIENCE);
        one_way("a time-out of 0", pair, 2, 16384, 0, 0);
        one_way("a time-out of 1 ms", pair, 2, 16384, 0, 1);
        conversation("REQ and REP", ZMQ_REQ, ZMQ_REP);
        conversation("PAIR and PAIR", ZMQ_PAIR, ZMQ_PAIR);
        addressed();
        parts();
        comings_and_goings();
        interrupted();
        closed_at_once();
        nobody_there();
        out_of_time();
        conflated();
    }
    return 0;
}
