// ours-only: a draft function, which the system's library does not have
/* zmq_ctx_set_ext(3): both errors; every option that zmq_ctx_set takes, and a prefix
 * of names as text, which the I/O threads then have. */
#define ZMQ_BUILD_DRAFT_API
#include <dirent.h>
#include "support.h"

static void number(void *context, const char *name, int option, int value)
{
    printf("%s = %d: ", name, value);
    int rc = zmq_ctx_set_ext(context, option, &value, sizeof value);
    puts(rc ? error_name(zmq_errno()) : "set");
}
#define NUMBER(option, value) number(context, #option, option, value)

/* Whether some thread of this process is called so. */
static int there_is(const char *wanted)
{
    int found = 0;
    DIR *tasks = opendir("/proc/self/task");
    MUST(tasks);
    for (struct dirent *task; (task = readdir(tasks));) {
        char path[300], name[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        if (file && fgets(name, sizeof name, file))
            found |= !strncmp(name, wanted, strlen(wanted));
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return found;
}

static void prefix(const char *bytes, size_t size, const char *name)
{
    void *context = make_context();
    TELL(zmq_ctx_set_ext(context, ZMQ_THREAD_NAME_PREFIX, bytes, size));
    void *pull = make(context, ZMQ_PULL); /* before which it has to be set */
    bind_any(pull, "tcp");
    long long end = now_ms() + PATIENCE;
    while (!there_is(name) && now_ms() < end)
        pause_ms(1);
    printf("a thread called %s...: %d\n", name, there_is(name));
    shut(pull);
    finish(context);
}

int main(void)
{
    void *context = make_context();
    int value = 1;
    title("EINVAL");
    NUMBER(-1, 1);
    NUMBER(99, 1);
    NUMBER(ZMQ_IO_THREADS, -1);
    TELL(zmq_ctx_set_ext(context, ZMQ_IO_THREADS, &value, 3));
    TELL(zmq_ctx_set_ext(context, ZMQ_IO_THREADS, &value, 0));
    TELL(zmq_ctx_set_ext(context, ZMQ_THREAD_NAME_PREFIX, "", 0));
    TELL(zmq_ctx_set_ext(context, ZMQ_THREAD_NAME_PREFIX, "seventeen letters", 17));
    title("EFAULT");
    TELL(zmq_ctx_set_ext(NULL, ZMQ_IO_THREADS, &value, sizeof value));
    TELL(zmq_ctx_set_ext(context, ZMQ_IO_THREADS, NULL, sizeof value));
    title("numbers");
    NUMBER(ZMQ_IO_THREADS, 2);
    NUMBER(ZMQ_MAX_SOCKETS, 10);
    NUMBER(ZMQ_MAX_MSGSZ, 1000);
    NUMBER(ZMQ_ZERO_COPY_RECV, 0);
    NUMBER(ZMQ_IPV6, 1);
    NUMBER(ZMQ_BLOCKY, 0);
    TELL(zmq_ctx_get(context, ZMQ_IO_THREADS));
    TELL(zmq_ctx_get(context, ZMQ_MAX_SOCKETS));
    finish(context);
    title("text, with or without a zero at its end");
    prefix("prefix", 6, "prefix/ZMQbg");
    prefix("ended", 6, "ended/ZMQbg");
    return 0;
}
