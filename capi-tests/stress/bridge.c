// ours-only: libzmq 4.3.4 does not deliver everything in each run
// slow-args: 5000000
// slow-limit: 600
/* A bridge of XSUB and XPUB between two transports: publishers on one side,
 * subscribers on the other, who get all that they want, in order; with
 * ZMQ_XPUB_NODROP on the way nothing is lost. */
#include "support.h"

enum { PUBLISHERS = 2, SUBSCRIBERS = 2 };

struct message { unsigned char topic, from; int number; };

static void *context;
static int count = 25000;
static pthread_barrier_t subscribed;

static struct endpoint in, out;

/* Publishes to three topics in turn. */
static void *publisher(void *number)
{
    unsigned char who = (unsigned char)(size_t)number;
    void *pub = make(context, ZMQ_XPUB);
    char notice[8];
    set_int(pub, ZMQ_XPUB_NODROP, 1);
    MUST(zmq_connect(pub, in.text) == 0);
    for (int i = 0; i < SUBSCRIBERS; i++)
        MUST(zmq_recv(pub, notice, sizeof notice, 0) == 2 && notice[0] == 1);
    pthread_barrier_wait(&subscribed);
    for (int i = 0; i < count; i++)
        for (unsigned char topic = 'a'; topic <= 'c'; topic++) {
            struct message message;
            memset(&message, 0, sizeof message); /* the gap, too */
            message.topic = topic, message.from = who, message.number = i;
            if (i % 100 == 0)
                MUST(zmq_send(pub, &message, sizeof message, ZMQ_SNDMORE) == sizeof message);
            MUST(zmq_send(pub, &message, sizeof message, 0) == sizeof message);
        }
    shut(pub);
    return NULL;
}

/* Wants one topic of the three. */
static void *subscriber(void *socket)
{
    int next[PUBLISHERS] = {0};
    for (int left = PUBLISHERS * count; left > 0; left--) {
        struct message message;
        int more;
        do {
            MUST(zmq_recv(socket, &message, sizeof message, 0) == sizeof message);
            MUST(message.from < PUBLISHERS && message.number == next[message.from]);
            more = get_int(socket, ZMQ_RCVMORE);
            MUST(!more || message.number % 100 == 0);
        } while (more);
        next[message.from]++;
    }
    return NULL;
}

static void *bridge(void *ends)
{
    void **pair = ends;
    MUST(zmq_proxy(pair[0], pair[1], NULL) == -1 && zmq_errno() == ETERM);
    return NULL;
}

static void across(const char *one, const char *other)
{
    void *between = make_context(), *subs[SUBSCRIBERS];
    void *ends[2] = {zmq_socket(between, ZMQ_XSUB), zmq_socket(between, ZMQ_XPUB)};
    pthread_t threads[PUBLISHERS + SUBSCRIBERS], proxy;
    context = make_context();
    set_int(ends[1], ZMQ_XPUB_NODROP, 1);
    in = bind_any(ends[0], one), out = bind_any(ends[1], other);
    MUST(pthread_create(&proxy, NULL, bridge, ends) == 0);
    MUST(pthread_barrier_init(&subscribed, NULL, PUBLISHERS + 1) == 0);
    for (int i = 0; i < SUBSCRIBERS; i++) {
        char topic = (char)('a' + i);
        subs[i] = make(context, ZMQ_SUB);
        MUST(zmq_setsockopt(subs[i], ZMQ_SUBSCRIBE, &topic, 1) == 0);
        join(subs[i], out);
    }
    for (int i = 0; i < PUBLISHERS; i++)
        MUST(pthread_create(&threads[i], NULL, publisher, (void *)(size_t)i) == 0);
    pthread_barrier_wait(&subscribed);
    for (int i = 0; i < SUBSCRIBERS; i++)
        MUST(pthread_create(&threads[PUBLISHERS + i], NULL, subscriber, subs[i]) == 0);
    for (int i = 0; i < PUBLISHERS + SUBSCRIBERS; i++)
        MUST(pthread_join(threads[i], NULL) == 0);
    printf("%s to %s: all arrive\n", one, other);
    for (int i = 0; i < SUBSCRIBERS; i++)
        shut(subs[i]);
    MUST(zmq_ctx_shutdown(between) == 0 && pthread_join(proxy, NULL) == 0);
    shut(ends[0]), shut(ends[1]);
    finish(between);
    finish(context);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        count = atoi(argv[1]) / PUBLISHERS;
    across("tcp", "ipc");
    across("ipc", "tcp");
    return 0;
}
