/* zmq_setsockopt(3): every error, and that nothing is changed by it. Each option
 * of the page, with each size and value that it takes or refuses, is walked by
 * socket/option_table; what options do is shown by socket/options_effect and by
 * the programs of what they are about.
 *
 * Not provoked: EINTR, as the call never waits. */
#include "support.h"

int main(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    int value = 5;
    int64_t wide = 5;
    char long_text[256] = "";
    memset(long_text, 'x', sizeof long_text);
    title("EINVAL: unknown options");
    TELL(zmq_setsockopt(socket, 12345, &value, sizeof value));
    TELL(zmq_setsockopt(socket, -1, &value, sizeof value));
    TELL(zmq_setsockopt(socket, 0, &value, sizeof value));
    title("EINVAL: of another type");
    TELL(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0));
    TELL(zmq_setsockopt(socket, ZMQ_ROUTER_MANDATORY, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_REQ_RELAXED, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_XPUB_VERBOSE, &value, sizeof value));
    title("EINVAL: only to be read");
    TELL(zmq_setsockopt(socket, ZMQ_TYPE, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_FD, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_EVENTS, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_RCVMORE, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_LAST_ENDPOINT, "", 1));
    title("EINVAL: lengths");
    TELL(zmq_setsockopt(socket, ZMQ_SNDHWM, &wide, sizeof wide));
    TELL(zmq_setsockopt(socket, ZMQ_SNDHWM, &value, 2));
    TELL(zmq_setsockopt(socket, ZMQ_SNDHWM, NULL, 0));
    TELL(zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_ROUTING_ID, "", 0));
    TELL(zmq_setsockopt(socket, ZMQ_ROUTING_ID, long_text, 256));
    title("EINVAL: values");
    value = -1;
    TELL(zmq_setsockopt(socket, ZMQ_SNDHWM, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_IPV6, &value, sizeof value));
    value = -2;
    TELL(zmq_setsockopt(socket, ZMQ_LINGER, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_RCVTIMEO, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_TCP_KEEPALIVE, &value, sizeof value));
    TELL(zmq_setsockopt(socket, ZMQ_TCP_ACCEPT_FILTER, "no address", 10));
    title("what it was");
    TELL(get_int(socket, ZMQ_SNDHWM));
    TELL(get_int(socket, ZMQ_IPV6));
    TELL(get_int(socket, ZMQ_LINGER));
    title("ENOTSOCK");
    TELL(zmq_setsockopt(NULL, ZMQ_LINGER, &value, sizeof value));
    TELL(zmq_setsockopt(context, ZMQ_LINGER, &value, sizeof value));
    title("ETERM");
    MUST(zmq_ctx_shutdown(context) == 0);
    char none;
    TELL(zmq_recv(socket, &none, 1, ZMQ_DONTWAIT)); /* libzmq's socket hears of it here */
    value = 0;
    TELL(zmq_setsockopt(socket, ZMQ_SNDHWM, &value, sizeof value));
    shut(socket);
    finish(context);
    return 0;
}
