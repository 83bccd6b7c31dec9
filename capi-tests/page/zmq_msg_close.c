/* zmq_msg_close(3): EFAULT; what a message held is released when its last user is
 * through with it, and nothing is left to close after a send. Of NULL and of memory
 * that was never a message see handle/bad_pointers: libzmq reads through them. */
#include "support.h"

static int freed;
static void release(void *data, void *hint)
{
    (void)data, (void)hint;
    freed++;
}

int main(void)
{
    static char body[100];
    zmq_msg_t message, copy;
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    title("EFAULT");
    MUST(zmq_msg_init(&message) == 0);
    TELL(zmq_msg_close(&message));
    TELL(zmq_msg_close(&message));
    title("the last user releases it");
    MUST(zmq_msg_init_data(&message, body, sizeof body, release, NULL) == 0);
    MUST(zmq_msg_init(&copy) == 0);
    MUST(zmq_msg_copy(&copy, &message) == 0);
    TELL(zmq_msg_close(&message));
    TELL(freed);
    TELL(zmq_msg_close(&copy));
    TELL(freed);
    title("the socket that it was sent on is such a user");
    join(a, bind_any(b, "inproc"));
    MUST(zmq_msg_init_data(&message, body, sizeof body, release, NULL) == 0);
    TELL(zmq_msg_send(&message, a, 0));
    TELL(freed);
    MUST(zmq_msg_init(&copy) == 0);
    TELL(zmq_msg_recv(&copy, b, 0));
    TELL(zmq_msg_close(&copy));
    TELL(freed);
    title("what was sent need not be closed, and may be: it is empty");
    TELL(zmq_msg_size(&message));
    TELL(zmq_msg_close(&message));
    TELL(freed);
    shut(a);
    shut(b);
    finish(context);
    return 0;
}
