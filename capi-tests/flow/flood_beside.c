/* A socket is flooded with messages that the one I/O thread of its context writes,
 * for as long as it takes; meanwhile another socket of the same context, whose messages
 * that thread writes, too, exchanges messages with its peer. Each of them is answered:
 * nobody writes for one peer only. */
#include "support.h"

enum { SIZE = 300000, ROUNDS = 40 };

static void *context, *elsewhere;
static int over, flooded;

static void *flood(void *socket)
{
    static char body[SIZE];
    while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE))
        MUST(zmq_send(socket, body, SIZE, 0) == SIZE || zmq_errno() == EAGAIN);
    return socket;
}

static void *swallow(void *socket)
{
    static char body[SIZE];
    while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE))
        if (zmq_recv(socket, body, SIZE, 0) == SIZE)
            __atomic_add_fetch(&flooded, 1, __ATOMIC_ACQ_REL);
    return socket;
}

static void beside(const char *transport)
{
    static char body[SIZE];
    pthread_t threads[2];
    void *from = make(context, ZMQ_PUSH), *to = make(elsewhere, ZMQ_PULL);
    void *asks = make(context, ZMQ_DEALER), *answers = make(elsewhere, ZMQ_DEALER);
    over = flooded = 0;
    set_int(from, ZMQ_SNDTIMEO, 20);
    set_int(to, ZMQ_RCVTIMEO, 20);
    join(from, bind_any(to, transport));
    join(asks, bind_any(answers, transport));
    MUST(pthread_create(&threads[0], NULL, flood, from) == 0);
    MUST(pthread_create(&threads[1], NULL, swallow, to) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        int before = __atomic_load_n(&flooded, __ATOMIC_ACQUIRE);
        for (long long end = now_ms() + PATIENCE;
             __atomic_load_n(&flooded, __ATOMIC_ACQUIRE) == before; pause_ms(1))
            MUST(now_ms() < end);
        MUST(zmq_send(asks, body, SIZE, 0) == SIZE);
        MUST(zmq_recv(answers, body, SIZE, 0) == SIZE);
        MUST(zmq_send(answers, "yes", 3, 0) == 3);
        MUST(zmq_recv(asks, body, SIZE, 0) == 3);
    }
    __atomic_store_n(&over, 1, __ATOMIC_RELEASE);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    printf("%s: %d were answered\n", transport, ROUNDS);
    shut_now(from);
    shut_now(to);
    shut_now(asks);
    shut_now(answers);
}

int main(void)
{
    context = make_context();
    elsewhere = make_context();
    beside("tcp");
    beside("ipc");
    finish(context);
    finish(elsewhere);
    return 0;
}
