/* zmq_udp(7): only RADIO connects and only DISH binds, which are draft types and
 * not built, nor is udp. What every other type gets is the same as in libzmq. */
#include "refuse.h"

int main(void)
{
    static const char *const endpoints[] = {
        "udp://*:5555", "udp://127.0.0.1:5555", "udp://lo:5555", "udp://239.0.0.1:5555",
        "udp://lo;239.0.0.1:5555", "udp://", NULL};
    void *context = make_context();
    TELL(zmq_has("udp"));
    REFUSE(context, ZMQ_PUB, endpoints);
    REFUSE(context, ZMQ_SUB, endpoints);
    REFUSE(context, ZMQ_DEALER, endpoints);
    finish(context);
    return 0;
}
