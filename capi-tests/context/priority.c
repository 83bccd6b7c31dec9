/* ZMQ_THREAD_SCHED_POLICY and ZMQ_THREAD_PRIORITY as the system sees them: real
 * time with its priority, and a better niceness for what is not real time. What the
 * system does not allow this process is not asked for: libzmq ends the process
 * then, and priority_refused.c has it. */
#include "threads.h"

static void *try_policy(void *policy)
{
    struct sched_param parameters = {.sched_priority = 1};
    return pthread_setschedparam(pthread_self(), *(int *)policy, &parameters) == 0 ? policy : NULL;
}

static void *try_niceness(void *unused)
{
    (void)unused;
    return setpriority(PRIO_PROCESS, 0, -20) == 0 ? (void *)"allowed" : NULL;
}

static int allowed(void *(*attempt)(void *), int *policy)
{
    pthread_t thread;
    void *result;
    MUST(pthread_create(&thread, NULL, attempt, policy) == 0 && pthread_join(thread, &result) == 0);
    return result != NULL;
}

/* Every I/O thread has what was asked for, if this process may have it. */
static void ask(const char *what, int may, int policy, int priority, struct seen wanted)
{
    struct seen seen[8];
    int right = 1, own = getpriority(PRIO_PROCESS, 0);
    if (may) {
        void *context = make_context();
        MUST(zmq_ctx_set(context, ZMQ_IO_THREADS, 2) == 0);
        MUST(zmq_ctx_set(context, ZMQ_THREAD_SCHED_POLICY, policy) == 0);
        MUST(priority < 0 || zmq_ctx_set(context, ZMQ_THREAD_PRIORITY, priority) == 0);
        void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
        join(push, bind_any(pull, "tcp"));
        say(push, "x");
        MUST(zmq_recv(pull, NULL, 0, 0) == 1);
        long long end = now_ms() + PATIENCE;
        do {
            int threads = look_for(seen, 2);
            right = threads == 2;
            for (int i = 0; i < threads; i++)
                right = right && seen[i].policy == wanted.policy && seen[i].priority == wanted.priority
                    && (policy != SCHED_OTHER || (wanted.niceness < own ? seen[i].niceness < own
                    : seen[i].niceness == own));
        } while (!right && now_ms() < end);
        shut(push);
        shut(pull);
        finish_threads(context);
    }
    printf("%s: %s\n", what, right ? "as asked" : "otherwise");
}

int main(void)
{
    int fifo = SCHED_FIFO, round = SCHED_RR;
    ask("first in, first out", allowed(try_policy, &fifo), SCHED_FIFO, 1, (struct seen){.policy = SCHED_FIFO, .priority = 1});
    ask("round robin", allowed(try_policy, &round), SCHED_RR, 7, (struct seen){.policy = SCHED_RR, .priority = 7});
    ask("batch", 1, SCHED_BATCH, 0, (struct seen){.policy = SCHED_BATCH});
    ask("not real time, with a priority", allowed(try_niceness, NULL), SCHED_OTHER, 1,
        (struct seen){.policy = SCHED_OTHER, .niceness = -20});
    ask("not real time, without", 1, SCHED_OTHER, -1, (struct seen){.policy = SCHED_OTHER,
        .niceness = getpriority(PRIO_PROCESS, 0)});
    return 0;
}
