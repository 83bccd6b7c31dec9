/* zmq_msg_init(3): an empty message, whatever was in the memory; always zero. */
#include "support.h"

int main(void)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    zmq_msg_t message;
    memset(&message, 0xa5, sizeof message);
    TELL(zmq_msg_init(&message));
    TELL(zmq_msg_size(&message));
    TELL(zmq_msg_more(&message));
    title("good for receiving into");
    join(push, bind_any(pull, "inproc"));
    say(push, "body");
    TELL(zmq_msg_recv(&message, pull, 0));
    print_part(zmq_msg_data(&message), zmq_msg_size(&message));
    putchar('\n');
    TELL(zmq_msg_close(&message));
    title("and for sending");
    TELL(zmq_msg_init(&message));
    TELL(zmq_msg_send(&message, push, 0));
    hear(pull);
    TELL(zmq_msg_close(&message));
    shut(push);
    shut(pull);
    finish(context);
    return 0;
}
