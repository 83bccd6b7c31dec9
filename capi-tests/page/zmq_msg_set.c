/* zmq_msg_set(3): no property can be set, and a message is as before. */
#include "support.h"

int main(void)
{
    zmq_msg_t msg;
    MUST(zmq_msg_init_size(&msg, 5) == 0);
    title("EINVAL");
    TELL(zmq_msg_set(&msg, ZMQ_MORE, 1));
    TELL(zmq_msg_set(&msg, ZMQ_SRCFD, 1));
    TELL(zmq_msg_set(&msg, ZMQ_SHARED, 1));
    TELL(zmq_msg_set(&msg, 0, 0));
    TELL(zmq_msg_set(&msg, -1, 0));
    TELL(zmq_msg_get(&msg, ZMQ_MORE));
    TELL(zmq_msg_size(&msg));
    TELL(zmq_msg_close(&msg));
    return 0;
}
