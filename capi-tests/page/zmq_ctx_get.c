/* zmq_ctx_get(3): both errors, and every option of the page with its default and
 * the value it was set to. Which values may be set is page/zmq_ctx_set. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

int main(void)
{
    void *context = make_context();
    title("EINVAL");
    TELL(zmq_ctx_get(context, -1));
    TELL(zmq_ctx_get(context, 99));
    TELL(zmq_ctx_get(context, ZMQ_THREAD_AFFINITY_CPU_ADD));
    TELL(zmq_ctx_get(context, ZMQ_THREAD_AFFINITY_CPU_REMOVE));
    title("EFAULT");
    TELL(zmq_ctx_get(NULL, ZMQ_IO_THREADS));
    TELL(zmq_ctx_get(NULL, -1));
    title("defaults");
    TELL(zmq_ctx_get(context, ZMQ_IO_THREADS));
    TELL(zmq_ctx_get(context, ZMQ_MAX_SOCKETS));
    TELL(zmq_ctx_get(context, ZMQ_MAX_MSGSZ));
    TELL(zmq_ctx_get(context, ZMQ_ZERO_COPY_RECV));
    TELL(zmq_ctx_get(context, ZMQ_SOCKET_LIMIT));
    TELL(zmq_ctx_get(context, ZMQ_IPV6));
    TELL(zmq_ctx_get(context, ZMQ_BLOCKY));
    TELL(zmq_ctx_get(context, ZMQ_THREAD_SCHED_POLICY));
    TELL(zmq_ctx_get(context, ZMQ_THREAD_NAME_PREFIX));
    TELL(zmq_ctx_get(context, ZMQ_MSG_T_SIZE) == sizeof(zmq_msg_t));
    title("as they were set");
    MUST(zmq_ctx_set(context, ZMQ_IO_THREADS, 4) == 0);
    MUST(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 256) == 0);
    MUST(zmq_ctx_set(context, ZMQ_MAX_MSGSZ, 1024) == 0);
    MUST(zmq_ctx_set(context, ZMQ_ZERO_COPY_RECV, 0) == 0);
    MUST(zmq_ctx_set(context, ZMQ_IPV6, 1) == 0);
    MUST(zmq_ctx_set(context, ZMQ_BLOCKY, 0) == 0);
    MUST(zmq_ctx_set(context, ZMQ_THREAD_NAME_PREFIX, 1234) == 0);
    TELL(zmq_ctx_get(context, ZMQ_IO_THREADS));
    TELL(zmq_ctx_get(context, ZMQ_MAX_SOCKETS));
    TELL(zmq_ctx_get(context, ZMQ_MAX_MSGSZ));
    TELL(zmq_ctx_get(context, ZMQ_ZERO_COPY_RECV));
    TELL(zmq_ctx_get(context, ZMQ_IPV6));
    TELL(zmq_ctx_get(context, ZMQ_BLOCKY));
    TELL(zmq_ctx_get(context, ZMQ_THREAD_NAME_PREFIX));
    title("after the end of its sockets it is still told");
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_ctx_get(context, ZMQ_IO_THREADS));
    finish(context);
    return 0;
}
