/* I/O threads: how many there are, what tools see of their names, and on which
 * processors and how they are scheduled. */
#include "threads.h"

static void show(const char *what, int threads, const int (*options)[2], int count)
{
    struct seen seen[8];
    cpu_set_t set;
    void *context = make_context();
    title(what);
    TELL(zmq_ctx_set(context, ZMQ_IO_THREADS, threads));
    for (int i = 0; i < count; i++)
        TELL(zmq_ctx_set(context, options[i][0], options[i][1]));
    void *socket = make(context, ZMQ_PULL);
    bind_any(socket, "tcp");
    threads = look_for(seen, threads);
    MUST(sched_getaffinity(0, sizeof set, &set) == 0);
    for (int i = 0; i < threads; i++)
        printf("%s: %s, policy %d\n", seen[i].name,
               seen[i].processors == CPU_COUNT(&set) ? "every processor"
               : seen[i].processors == 1 ? "one processor" : "some processors",
               seen[i].policy);
    shut(socket);
    finish_threads(context);
}

int main(void)
{
    cpu_set_t set;
    int first = 0;
    MUST(sched_getaffinity(0, sizeof set, &set) == 0);
    while (!CPU_ISSET(first, &set))
        first++;
    const int prefix[][2] = {{ZMQ_THREAD_NAME_PREFIX, 7}};
    const int long_prefix[][2] = {{ZMQ_THREAD_NAME_PREFIX, 12345}};
    const int batch[][2] = {{ZMQ_THREAD_SCHED_POLICY, SCHED_BATCH}};
    show("by default", 2, NULL, 0);
    show("a prefix", 1, prefix, 1);
    show("a prefix that leaves room for some of the name", 1, long_prefix, 1);
    show("a policy", 2, batch, 1);
    title("processors");
    void *context = make_context(), *socket;
    struct seen seen[8];
    MUST(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_ADD, first) == 0);
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_ADD, CPU_SETSIZE - 1));
    TELL(zmq_ctx_set(context, ZMQ_THREAD_AFFINITY_CPU_REMOVE, CPU_SETSIZE - 1));
    socket = make(context, ZMQ_PULL);
    bind_any(socket, "tcp");
    MUST(look_for(seen, 1) == 1);
    printf("%s: on %d\n", seen[0].name, seen[0].processors);
    shut(socket);
    finish_threads(context);
    return 0;
}
