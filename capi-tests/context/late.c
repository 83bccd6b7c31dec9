/* Options of a context that are set when it has made a socket: how many sockets there
 * may be, and how many threads of what name there are, is settled then; what sockets
 * take from their context is taken when each is made. What was set is told. */
#include "threads.h"

static int sockets_of(void *context, void **sockets, int most)
{
    int count = 0;
    while (count < most && (sockets[count] = zmq_socket(context, ZMQ_PULL)))
        count++;
    printf("%d more sockets%s%s\n", count, count < most ? ", then " : "",
        count < most ? error_name(zmq_errno()) : "");
    return count;
}

static void limits(int before, int after)
{
    void *context = make_context(), *sockets[20];
    printf("-- a limit of %d, later of %d\n", before, after);
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, before));
    void *first = zmq_socket(context, ZMQ_PULL);
    MUST(first != NULL);
    TELL(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, after));
    TELL(zmq_ctx_get(context, ZMQ_MAX_SOCKETS));
    int count = sockets_of(context, sockets, 20);
    while (count > 0)
        shut(sockets[--count]);
    shut(first);
    finish_threads(context);
}

static void threads(void)
{
    struct seen seen[8];
    void *context = make_context();
    title("threads");
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, 2));
    void *first = make(context, ZMQ_PULL);
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, 4));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_NAME_PREFIX, 7));
    TELL(zmq_ctx_get(context, ZMQ_IO_THREADS));
    bind_any(first, "tcp");
    void *second = make(context, ZMQ_PULL);
    bind_any(second, "tcp");
    MUST(look_for(seen, 2) == 2);
    let_happen(); /* for those that should not be there */
    int count = look(seen, 8);
    printf("%d:", count);
    for (int i = 0; i < count; i++)
        printf(" %s", seen[i].name);
    putchar('\n');
    shut(first);
    shut(second);
    finish(context);
}

static void of_sockets(void)
{
    void *context = make_context();
    title("what sockets take");
    void *first = zmq_socket(context, ZMQ_PUSH);
    MUST(zmq_ctx_set(context, ZMQ_IPV6, 1) == 0 && zmq_ctx_set(context, ZMQ_BLOCKY, 0) == 0);
    void *second = zmq_socket(context, ZMQ_PUSH);
    MUST(first && second);
    TELL(get_int(first, ZMQ_IPV6));
    TELL(get_int(first, ZMQ_LINGER));
    TELL(get_int(second, ZMQ_IPV6));
    TELL(get_int(second, ZMQ_LINGER));
    shut(first);
    shut(second);
    finish(context);
}

int main(void)
{
    limits(3, 1), limits(3, 10), limits(1, 5);
    threads();
    of_sockets();
    return 0;
}
