// ours-only: a draft function, which the system's library does not have
/* zmq_connect_peer(3): ENOTSUP of every type that is not PEER, and ENOTSOCK. 0 is
 * the answer of all failures.
 *
 * PEER is a draft type, and not built: the type itself is EINVAL. So its own errors
 * cannot be provoked yet: EINVAL, EPROTONOSUPPORT, ENOCOMPATPROTO and EMTHREAD of an
 * endpoint, EFAULT with ZMQ_IMMEDIATE. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

int main(void)
{
    static const int types[] = {ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER,
                                ZMQ_ROUTER, ZMQ_PULL, ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB, ZMQ_STREAM};
    void *context = make_context();
    title("PEER");
    TELL_PTR(zmq_socket(context, ZMQ_PEER));
    title("ENOTSUP, whatever the endpoint");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        void *socket = make(context, types[i]);
        errno = 0;
        MUST(zmq_connect_peer(socket, "inproc://name") == 0);
        printf("type %d: %s\n", types[i], error_name(zmq_errno()));
        MUST(zmq_connect_peer(socket, "nonsense") == 0 && zmq_errno() == ENOTSUP);
        shut(socket);
    }
    title("ENOTSOCK");
    TELL(zmq_connect_peer(NULL, "inproc://name"));
    MUST(zmq_errno() == ENOTSOCK);
    TELL(zmq_connect_peer(context, "inproc://name"));
    MUST(zmq_errno() == ENOTSOCK);
    title("ETERM");
    void *socket = make(context, ZMQ_PAIR);
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_connect_peer(socket, "inproc://name"));
    puts(error_name(zmq_errno()));
    shut(socket);
    finish(context);
    return 0;
}
