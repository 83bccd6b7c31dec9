// ours-only: a draft function, which the system's library does not have
/* zmq_msg_set_routing_id(3): any number but 0, and the last one counts. What
 * sends by it is a SERVER, which is not built. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

int main(void)
{
    zmq_msg_t msg;
    MUST(zmq_msg_init_size(&msg, 100) == 0);
    title("EINVAL");
    TELL(zmq_msg_set_routing_id(&msg, 0));
    TELL(zmq_msg_routing_id(&msg));
    title("set");
    TELL(zmq_msg_set_routing_id(&msg, 1));
    TELL(zmq_msg_set_routing_id(&msg, UINT32_MAX));
    TELL(zmq_msg_routing_id(&msg));
    TELL(zmq_msg_set_routing_id(&msg, 0));
    TELL(zmq_msg_routing_id(&msg));
    MUST(zmq_msg_close(&msg) == 0);
    return 0;
}
