/* The I/O threads of this process as the system sees them: names, processors,
 * scheduling. */
#ifndef CAPI_TESTS_CONTEXT_THREADS_H
#define CAPI_TESTS_CONTEXT_THREADS_H

#include "support.h"
#include <dirent.h>
#include <sched.h>
#include <sys/resource.h>

struct seen { char name[32]; int processors, policy, priority, niceness; };

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The threads of this process whose names tell that they do I/O. One that ends while
 * it is looked at is passed over. */
static int look(struct seen *seen, int room)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    MUST(tasks);
    for (struct dirent *task; (task = readdir(tasks)) && count < room;) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        int does_io = file && fgets(name, sizeof name, file) && strstr(name, "IO");
        if (file)
            fclose(file);
        cpu_set_t set;
        struct sched_param parameters;
        pid_t id = atoi(task->d_name);
        if (!does_io || sched_getaffinity(id, sizeof set, &set) || sched_getparam(id, &parameters))
            continue;
        name[strcspn(name, "\n")] = 0;
        strcpy(seen[count].name, name);
        seen[count].processors = CPU_COUNT(&set);
        seen[count].policy = sched_getscheduler(id);
        seen[count].priority = parameters.sched_priority;
        seen[count++].niceness = getpriority(PRIO_PROCESS, (id_t)id);
    }
    closedir(tasks);
    qsort(seen, (size_t)count, sizeof *seen, by_name);
    return count;
}

/* Waits until there are so many with a name; how many there were at that look. */
static UNUSED int look_for(struct seen *seen, int threads)
{
    long long end = now_ms() + PATIENCE;
    int count;
    while ((count = look(seen, 8)) != threads && now_ms() < end)
        pause_ms(1);
    return count;
}

/* Ends the context and waits until its threads have left the system too: who joins a
 * thread has it for a moment longer. */
static UNUSED void finish_threads(void *context)
{
    struct seen seen[8];
    finish(context);
    MUST(look_for(seen, 0) == 0);
}

#endif
