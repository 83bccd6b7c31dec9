/* A subscriber that does not receive loses messages at its mark, whole ones; it
 * delays neither the publisher nor the others. What it gets is in order. */
#include "support.h"

enum { COUNT = 3000, MARK = 100, OTHERS = 3, SIZE = 4000 };

static void *context;

static void *subscriber(struct endpoint e)
{
    void *sub = make(context, ZMQ_SUB);
    set_int(sub, ZMQ_RCVHWM, MARK);
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "", 0) == 0);
    join(sub, e);
    return sub;
}

/* Receives one message of two parts, and says which; −1 for the end. */
static int number_of(void *sub)
{
    static char body[SIZE];
    int number, again;
    MUST(zmq_recv(sub, &number, sizeof number, 0) == sizeof number && get_int(sub, ZMQ_RCVMORE));
    MUST(zmq_recv(sub, body, sizeof body, 0) == SIZE && !get_int(sub, ZMQ_RCVMORE));
    memcpy(&again, body, sizeof again);
    MUST(again == number);
    return number;
}

static void publish(void *pub, int number)
{
    static char body[SIZE];
    memcpy(body, &number, sizeof number);
    MUST(zmq_send(pub, &number, sizeof number, ZMQ_SNDMORE | ZMQ_DONTWAIT) == sizeof number);
    MUST(zmq_send(pub, body, SIZE, ZMQ_DONTWAIT) == SIZE);
}

static void one_is_slow(const char *transport)
{
    void *pub = make(context, ZMQ_XPUB), *slow, *others[OTHERS];
    set_int(pub, ZMQ_SNDHWM, MARK);
    set_int(pub, ZMQ_XPUB_VERBOSE, 1);
    struct endpoint e = bind_any(pub, transport);
    slow = subscriber(e);
    for (int i = 0; i < OTHERS; i++)
        others[i] = subscriber(e);
    char notice[2];
    for (int i = 0; i <= OTHERS; i++)
        MUST(zmq_recv(pub, notice, sizeof notice, 0) == 1);
    for (int i = 0; i < COUNT; i++) {
        publish(pub, i);
        if (i % 50 == 0)
            get_int(pub, ZMQ_EVENTS); /* libzmq looks for room from time to time only */
        for (int k = 0; i % 50 == 49 && k < OTHERS; k++)
            for (int n = i - 49; n <= i; n++)
                MUST(number_of(others[k]) == n);
    }
    printf("%s: the others get all\n", transport);
    int last = -1, count = 0;
    while (await_or_rest(slow, ZMQ_POLLIN)) {
        int number = number_of(slow);
        MUST(number > last);
        MUST(count >= MARK || number == count);
        last = number;
        count++;
    }
    printf("the slow one gets its mark and %s\n", count == COUNT ? "all" : "not all");
    publish(pub, COUNT);
    MUST(number_of(slow) == COUNT);
    for (int k = 0; k < OTHERS; k++)
        MUST(number_of(others[k]) == COUNT);
    puts("and goes on with the others");
    shut(slow);
    for (int i = 0; i < OTHERS; i++)
        shut(others[i]);
    shut_now(pub);
}

int main(void)
{
    context = make_context();
    one_is_slow("tcp");
    one_is_slow("ipc");
    one_is_slow("inproc");
    finish(context);
    return 0;
}
