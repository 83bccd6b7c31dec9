// ours-only: a draft function, which the system's library does not have
/* zmq_ctx_get_ext(3): both errors; every option that zmq_ctx_get takes, with the
 * length of its value, and the prefix of names as text. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

static void *context;

static void show(const char *name, int option)
{
    int value = -1;
    size_t size = sizeof value;
    MUST(zmq_ctx_get_ext(context, option, &value, &size) == 0);
    MUST(value == zmq_ctx_get(context, option));
    printf("%s: %d, %zu bytes\n", name, value, size);
}
#define SHOW(option) show(#option, option)

int main(void)
{
    char text[16];
    int value;
    size_t size = sizeof value;
    context = make_context();
    title("EINVAL");
    TELL(zmq_ctx_get_ext(context, -1, &value, &size));
    TELL(zmq_ctx_get_ext(context, 99, &value, &size));
    TELL(zmq_ctx_get_ext(context, ZMQ_THREAD_AFFINITY_CPU_ADD, &value, &size));
    size = 3;
    TELL(zmq_ctx_get_ext(context, ZMQ_IO_THREADS, &value, &size));
    size = 0;
    TELL(zmq_ctx_get_ext(context, ZMQ_IO_THREADS, &value, &size));
    title("EFAULT");
    size = sizeof value;
    TELL(zmq_ctx_get_ext(NULL, ZMQ_IO_THREADS, &value, &size));
    TELL(zmq_ctx_get_ext(context, ZMQ_IO_THREADS, NULL, &size));
    TELL(zmq_ctx_get_ext(context, ZMQ_IO_THREADS, &value, NULL));
    title("numbers");
    SHOW(ZMQ_IO_THREADS);
    SHOW(ZMQ_MAX_SOCKETS);
    SHOW(ZMQ_SOCKET_LIMIT);
    SHOW(ZMQ_MAX_MSGSZ);
    SHOW(ZMQ_MSG_T_SIZE);
    SHOW(ZMQ_ZERO_COPY_RECV);
    SHOW(ZMQ_IPV6);
    SHOW(ZMQ_BLOCKY);
    SHOW(ZMQ_THREAD_SCHED_POLICY);
    SHOW(ZMQ_THREAD_NAME_PREFIX);
    title("text");
    size = sizeof text;
    TELL(zmq_ctx_get_ext(context, ZMQ_THREAD_NAME_PREFIX, text, &size));
    TELL(size);
    MUST(zmq_ctx_set_ext(context, ZMQ_THREAD_NAME_PREFIX, "prefix", 6) == 0);
    size = sizeof text;
    TELL(zmq_ctx_get_ext(context, ZMQ_THREAD_NAME_PREFIX, text, &size));
    printf("%zu bytes: %.*s\n", size, (int)size, text);
    size = 5;
    TELL(zmq_ctx_get_ext(context, ZMQ_THREAD_NAME_PREFIX, text, &size));
    finish(context);
    return 0;
}
