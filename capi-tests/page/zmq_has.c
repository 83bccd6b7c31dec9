// differs: Debian's libzmq is built with more of the optional parts: curve, gssapi, norm, pgm and tipc
/* zmq_has(3): 1 for a capability that the library was built with, else 0. No errors.
 * A capability and what it stands for go together: an endpoint whose transport is
 * not there is EPROTONOSUPPORT, a call without CURVE is ENOTSUP. */
#include "support.h"

static void transport(void *context, const char *name, const char *endpoint)
{
    void *pull = make(context, ZMQ_PULL); /* which no multicast takes, if it is there */
    int rc = zmq_bind(pull, endpoint);
    int known = rc == 0 || zmq_errno() != EPROTONOSUPPORT;
    printf("%s: %d, %s\n", name, zmq_has(name), known ? "known" : "not known");
    MUST(zmq_has(name) == known);
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    title("the page's list");
    transport(context, "ipc", "ipc://here");
    transport(context, "pgm", "pgm://none");
    transport(context, "tipc", "tipc://none");
    transport(context, "norm", "norm://none");
    TELL(zmq_has("curve"));
    char public[41], secret[41];
    int rc = zmq_curve_keypair(public, secret);
    MUST(zmq_has("curve") == (rc == 0 || zmq_errno() != ENOTSUP));
    TELL(zmq_has("gssapi"));
    transport(context, "vmci", "vmci://none");
    transport(context, "vsock", "vsock://none");
    transport(context, "WS", "ws://none");
    TELL(zmq_has("draft"));
    title("names that are none, case, and what is always there");
    TELL(zmq_has(""));
    TELL(zmq_has("tcp"));
    TELL(zmq_has("inproc"));
    TELL(zmq_has("IPC"));
    TELL(zmq_has("ipc "));
    TELL(zmq_has("no such thing"));
#ifdef ZMQ_HAS_CAPABILITIES
    puts("the header says that zmq_has is there");
#endif
    finish(context);
    return 0;
}
