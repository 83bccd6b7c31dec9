// ours-only: a draft function, which the system's library does not have
/* zmq_disconnect_peer(3): ENOTSUP of every type but SERVER and PEER, ENOTSOCK, ETERM.
 *
 * SERVER and PEER are draft types, and not built: the types themselves are EINVAL. So
 * EHOSTUNREACH, of a peer that is not there, cannot be provoked yet. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

int main(void)
{
    static const int types[] = {ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER,
                                ZMQ_ROUTER, ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM};
    void *context = make_context();
    title("SERVER and PEER");
    TELL_PTR(zmq_socket(context, ZMQ_SERVER));
    TELL_PTR(zmq_socket(context, ZMQ_PEER));
    title("ENOTSUP");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        void *socket = make(context, types[i]);
        printf("type %d: ", types[i]);
        TELL(zmq_disconnect_peer(socket, 1));
        shut(socket);
    }
    title("ENOTSOCK");
    TELL(zmq_disconnect_peer(NULL, 1));
    TELL(zmq_disconnect_peer(context, 1));
    title("ETERM");
    void *socket = make(context, ZMQ_PAIR);
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_disconnect_peer(socket, 1));
    shut(socket);
    finish(context);
    return 0;
}
