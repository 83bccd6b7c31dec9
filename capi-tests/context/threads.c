/* I/O threads: how many there are, what tools see of their names, and on which
 * processors and how they are scheduled. */
#include "support.h"
#include <dirent.h>
#include <sched.h>

struct seen { char name[32]; int processors, policy; };

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The threads of this process whose names tell that they do I/O. */
static int look(struct seen *seen, int room)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    MUST(tasks);
    for (struct dirent *task; (task = readdir(tasks)) && count < room;) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        if (!file || !fgets(name, sizeof name, file) || !strstr(name, "IO/")) {
            if (file)
                fclose(file);
            continue;
        }
        fclose(file);
        name[strcspn(name, "\n")] = 0;
        cpu_set_t set;
        pid_t id = atoi(task->d_name);
        MUST(sched_getaffinity(id, sizeof set, &set) == 0);
        strcpy(seen[count].name, name);
        seen[count].processors = CPU_COUNT(&set);
        seen[count++].policy = sched_getscheduler(id);
    }
    closedir(tasks);
    qsort(seen, count, sizeof *seen, by_name);
    return count;
}

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
    long long end = now_ms() + PATIENCE;
    while (look(seen, 8) < threads && now_ms() < end)
        pause_ms(1);
    threads = look(seen, 8);
    MUST(sched_getaffinity(0, sizeof set, &set) == 0);
    for (int i = 0; i < threads; i++)
        printf("%s: %s, policy %d\n", seen[i].name,
               seen[i].processors == CPU_COUNT(&set) ? "every processor"
               : seen[i].processors == 1 ? "one processor" : "some processors",
               seen[i].policy);
    shut(socket);
    finish(context);
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
    long long end = now_ms() + PATIENCE;
    while (look(seen, 8) < 1 && now_ms() < end)
        pause_ms(1);
    MUST(look(seen, 8) == 1);
    printf("%s: on %d\n", seen[0].name, seen[0].processors);
    shut(socket);
    finish(context);
    return 0;
}
