// ours-only: libzmq ends the process when the system refuses what was asked for
/* Scheduling that the system refuses, or that means nothing to it: the threads are
 * as they would be without, and messages pass. */
#include "threads.h"

static void refused(const char *what, const int (*options)[2], int count)
{
    struct seen seen[8];
    void *context = make_context();
    for (int i = 0; i < count; i++)
        MUST(zmq_ctx_set(context, options[i][0], options[i][1]) == 0);
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    join(push, bind_any(pull, "tcp"));
    say(push, "x");
    MUST(zmq_recv(pull, NULL, 0, 0) == 1);
    MUST(look_for(seen, 1) == 1);
    cpu_set_t set;
    MUST(sched_getaffinity(0, sizeof set, &set) == 0);
    printf("%s: policy %d, priority %d, %s\n", what, seen[0].policy, seen[0].priority,
        seen[0].processors == CPU_COUNT(&set) ? "every processor" : "some processors");
    shut(push);
    shut(pull);
    finish_threads(context);
}

int main(void)
{
    const int policy[][2] = {{ZMQ_THREAD_SCHED_POLICY, 77}};
    const int priority[][2] = {{ZMQ_THREAD_SCHED_POLICY, SCHED_FIFO}, {ZMQ_THREAD_PRIORITY, 1000}};
    const int nowhere[][2] = {{ZMQ_THREAD_AFFINITY_CPU_ADD, CPU_SETSIZE - 1}};
    const int beyond[][2] = {{ZMQ_THREAD_AFFINITY_CPU_ADD, INT32_MAX}};
    refused("no such policy", policy, 1);
    refused("no such priority", priority, 2);
    refused("no such processor", nowhere, 1);
    refused("no such number", beyond, 1);
    return 0;
}
