// differs: not built; the system's library has it
/* zmq_pgm(7): the pgm and epgm transports are not built. Any type that asks for
 * them gets EPROTONOSUPPORT, as zmq_bind(3) and zmq_connect(3) say, also those
 * that could not use them; the options for them can be set and are kept. */
#include "refuse.h"

int main(void)
{
    static const char *const endpoints[] = {
        "pgm://eth0;239.192.1.1:5555", "epgm://192.168.1.1;239.192.1.1:5555",
        "epgm://239.192.1.1:5555", "pgm://", NULL};
    void *context = make_context(), *pub = make(context, ZMQ_PUB);
    TELL(zmq_has("pgm"));
    REFUSE(context, ZMQ_PUB, endpoints);
    REFUSE(context, ZMQ_SUB, endpoints);
    REFUSE(context, ZMQ_PUSH, endpoints);
    title("options");
    TELL(get_int(pub, ZMQ_RATE));
    TELL(get_int(pub, ZMQ_RECOVERY_IVL));
    set_int(pub, ZMQ_RATE, 1000000);
    set_int(pub, ZMQ_RECOVERY_IVL, 100);
    TELL(get_int(pub, ZMQ_RATE));
    TELL(get_int(pub, ZMQ_RECOVERY_IVL));
    shut(pub);
    finish(context);
    return 0;
}
