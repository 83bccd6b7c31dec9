/* A hundred threads make a socket each, connect it and close it at once, to a publisher
 * that goes as soon as they have, in a context with seven I/O threads that ends then:
 * connections are cut off at every stage of their beginning, and all of it ends. */
#include "support.h"

enum { THREADS = 100, ROUNDS = 10 };

static void *context;
static struct endpoint place;
static int subscribes;

static void *visit(void *unused_argument)
{
    void *socket = zmq_socket(context, ZMQ_SUB);
    MUST(socket != NULL && !unused_argument);
    if (subscribes)
        MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) == 0);
    join(socket, place);
    shut(socket);
    return NULL;
}

static void run(const char *transport)
{
    for (int round = 0; round < ROUNDS; round++) {
        pthread_t thread[THREADS];
        context = make_context();
        subscribes = round % 2;
        MUST(zmq_ctx_set(context, ZMQ_IO_THREADS, 7) == 0);
        void *pub = zmq_socket(context, ZMQ_PUB);
        MUST(pub != NULL);
        place = bind_any(pub, transport);
        for (int i = 0; i < THREADS; i++)
            MUST(pthread_create(&thread[i], NULL, visit, NULL) == 0);
        for (int i = 0; i < THREADS; i++)
            MUST(pthread_join(thread[i], NULL) == 0);
        shut(pub);
        finish(context);
    }
    printf("%s: %d times %d\n", transport, ROUNDS, THREADS);
}

int main(void)
{
    run("tcp");
    run("ipc");
    run("inproc");
    return 0;
}
