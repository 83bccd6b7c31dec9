/* zmq_send_const(3): every error, whole messages, and that its bytes are not
 * copied, unless they are few. Its page leaves out EINVAL, and there is none. */
#include "sends.h"

static int give(void *socket, const char *text, int flags)
{
    return zmq_send_const(socket, text, strlen(text), flags);
}

static void bytes_are_not_copied(void)
{
    static const char constant[100000] = "constant";
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    zmq_msg_t msg;
    title("bytes");
    join(a, bind_any(b, "inproc"));
    TELL(zmq_send_const(a, constant, sizeof constant, 0));
    MUST(zmq_msg_init(&msg) == 0);
    TELL(zmq_msg_recv(&msg, b, 0));
    printf("where they were: %d\n", zmq_msg_data(&msg) == constant);
    MUST(zmq_msg_close(&msg) == 0);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    refused_to_send();
    sent_whole();
    bytes_are_not_copied();
    return 0;
}
