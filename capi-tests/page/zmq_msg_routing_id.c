// ours-only: a draft function, which the system's library does not have
/* zmq_msg_routing_id(3): 0 for a message that has none, what was set otherwise,
 * also in copies. That a SERVER's messages have one comes with that type, which
 * is not built: zmq_socket says so. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

int main(void)
{
    void *context = make_context();
    zmq_msg_t msg, copy;
    MUST(zmq_msg_init_size(&msg, 100) == 0 && zmq_msg_init(&copy) == 0);
    TELL(zmq_msg_routing_id(&msg));
    TELL(zmq_msg_set_routing_id(&msg, 7));
    TELL(zmq_msg_routing_id(&msg));
    TELL(zmq_msg_copy(&copy, &msg));
    TELL(zmq_msg_routing_id(&copy));
    TELL(zmq_msg_move(&copy, &msg));
    TELL(zmq_msg_routing_id(&copy));
    TELL(zmq_msg_routing_id(&msg));
    MUST(zmq_msg_close(&msg) == 0 && zmq_msg_close(&copy) == 0);
    title("SERVER");
    TELL_PTR(zmq_socket(context, ZMQ_SERVER));
    finish(context);
    return 0;
}
