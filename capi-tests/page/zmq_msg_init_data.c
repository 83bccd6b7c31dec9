// unwrapped: it has a malloc of its own
/* zmq_msg_init_data(3): ENOMEM, when the buffer stays the application's; otherwise
 * no byte is copied, and the function is called once, with both arguments, when the
 * buffer is not needed any more. When that is on each transport is message/freed. */
#include "memory.h"

static int freed;
static char buffer[100];
static void release(void *data, void *hint)
{
    freed++;
    printf("released: %s, %s\n", data == buffer ? "the buffer" : "something else", (char *)hint);
}

int main(void)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    zmq_msg_t message;
    title("ENOMEM");
    OUT_OF_MEMORY(zmq_msg_init_data(&message, buffer, sizeof buffer, release, "too early"));
    TELL(freed);
    title("not copied, and released by the close");
    TELL(zmq_msg_init_data(&message, buffer, sizeof buffer, release, "the hint"));
    TELL(zmq_msg_data(&message) == buffer);
    TELL(zmq_msg_size(&message));
    TELL(zmq_msg_close(&message));
    TELL(freed);
    title("released when it was sent and received");
    join(push, bind_any(pull, "inproc"));
    TELL(zmq_msg_init_data(&message, buffer, sizeof buffer, release, "of the sent one"));
    TELL(zmq_msg_send(&message, push, 0));
    MUST(zmq_msg_init(&message) == 0);
    TELL(zmq_msg_recv(&message, pull, 0));
    TELL(zmq_msg_close(&message));
    TELL(freed);
    title("released by another thread, or by this one, but never twice");
    shut(pull);
    shut(push);
    push = make(context, ZMQ_PUSH);
    join(push, unused(context, "ipc"));
    MUST(zmq_msg_init_data(&message, buffer, sizeof buffer, release, "of the lost one") == 0);
    MUST(zmq_msg_send(&message, push, 0) == sizeof buffer);
    shut_now(push);
    finish(context);
    TELL(freed);
    title("without a function");
    TELL(zmq_msg_init_data(&message, buffer, sizeof buffer, NULL, NULL));
    TELL(zmq_msg_data(&message) == buffer);
    TELL(zmq_msg_close(&message));
    return 0;
}
