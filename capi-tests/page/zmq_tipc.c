// differs: not built; the system's library has it
/* zmq_tipc(7): the transport is not built, so whoever asks for it is told
 * EPROTONOSUPPORT, whatever the address says and whether the kernel has it. */
#include "refuse.h"

int main(void)
{
    static const char *const endpoints[] = {
        "tipc://{5555,0,0}", "tipc://{5555,0,100}", "tipc://{5555,50}", "tipc://<1.1.1:5>",
        "tipc://nonsense", NULL};
    void *context = make_context();
    TELL(zmq_has("tipc"));
    REFUSE(context, ZMQ_PUB, endpoints);
    REFUSE(context, ZMQ_DEALER, endpoints);
    finish(context);
    return 0;
}
