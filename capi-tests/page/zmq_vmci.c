/* zmq_vmci(7): a transport that neither library is built with. */
#include "refuse.h"

int main(void)
{
    static const char *const endpoints[] = {"vmci://*:5555", "vmci://@:5555", "vmci://2:5555",
                                            "vmci://*:*", "vmci://", NULL};
    void *context = make_context();
    TELL(zmq_has("vmci"));
    REFUSE(context, ZMQ_PUB, endpoints);
    REFUSE(context, ZMQ_DEALER, endpoints);
    finish(context);
    return 0;
}
