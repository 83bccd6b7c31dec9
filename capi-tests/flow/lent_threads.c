// ours-only: libzmq forbids the use of one socket by several threads
/* Threads send through one socket what they overwrite as soon as zmq_send has returned.
 * Each body has one value in all of its bytes, so that any mix is seen. Those of one thread
 * come in its order, all of them; or, from a socket whose peers come and go, some. */
#include "lent.h"

#define THREADS 4
#define COUNT 200

struct sending { void *socket; uint64_t first, count; };
static volatile int over;

static size_t length_of(uint64_t number)
{
    return 32768 + (uint32_t)number * 7919ull % 200000;
}

static void *send_through(void *argument)
{
    static __thread unsigned char body[LARGEST];
    struct sending *it = argument;
    for (uint64_t i = 0; i < it->count && !over;) {
        size_t size = length_of(i);
        paint(body, size, it->first + i);
        if (zmq_send(it->socket, body, size, 0) != -1)
            i++;
        else
            MUST(zmq_errno() == EAGAIN);
        memset(body, 0xee, size);
    }
    return NULL;
}

static void start_all(void *socket, uint64_t count, struct sending it[THREADS],
                      pthread_t thread[THREADS])
{
    over = 0;
    for (int i = 0; i < THREADS; i++) {
        it[i] = (struct sending){socket, (uint64_t)i << 32, count};
        thread[i] = start(send_through, &it[i]);
    }
}

/* The number of the next body; -1 if it is torn, -2 if there is none. */
static int64_t hear_painted(void *socket)
{
    static unsigned char body[LARGEST + 1];
    int size = zmq_recv(socket, body, sizeof body, 0);
    if (size == -1)
        return -2;
    int64_t number = painted(body, (size_t)size);
    return number < 0 || number >> 32 >= THREADS || length_of(number) != (size_t)size ? -1 : number;
}

static void all_arrive(const char *transport, int mark)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct sending it[THREADS];
    pthread_t thread[THREADS];
    uint32_t next[THREADS] = {0};
    int wrong = 0;
    set_int(push, ZMQ_SNDHWM, mark);
    set_int(pull, ZMQ_RCVHWM, mark);
    join(push, bind_own(pull, transport));
    start_all(push, COUNT, it, thread);
    for (int i = 0; i < THREADS * COUNT; i++) {
        int64_t number = hear_painted(pull);
        MUST(number != -2);
        wrong += number == -1 || (uint32_t)number != next[number >> 32]++;
    }
    stop_all(thread, THREADS);
    printf("%s, a mark of %d, wrong: %d\n", transport, mark, wrong);
    shut(push);
    shut(pull);
    finish(context);
}

static void comings_and_goings(const char *transport)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    struct endpoint e = unused(context, transport);
    struct sending it[THREADS];
    pthread_t thread[THREADS];
    int64_t last[THREADS] = {-1, -1, -1, -1};
    int wrong = 0;
    set_int(push, ZMQ_RECONNECT_IVL, 5);
    set_int(push, ZMQ_SNDTIMEO, 20);
    set_int(push, ZMQ_SNDHWM, 20);
    join(push, e);
    start_all(push, UINT32_MAX, it, thread);
    for (int round = 0; round < 12; round++) {
        void *pull = make(context, ZMQ_PULL);
        set_int(pull, ZMQ_LINGER, 0);
        bind_again(pull, e.text);
        for (int i = 0; i < 40 + round; i++) {
            int64_t number = hear_painted(pull);
            MUST(number != -2);
            if (number == -1 || (int64_t)(uint32_t)number <= last[number >> 32])
                wrong++;
            else
                last[number >> 32] = (uint32_t)number;
        }
        shut(pull);
    }
    over = 1;
    stop_all(thread, THREADS);
    printf("%s, peers that come and go, wrong: %d\n", transport, wrong);
    shut_now(push);
    finish(context);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc"};
    static const int marks[] = {0, 1000, 20, 3, 1};
    for (int t = 0; t < 2; t++) {
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
            all_arrive(transports[t], marks[i]);
        comings_and_goings(transports[t]);
    }
    return 0;
}
