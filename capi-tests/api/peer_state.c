// ours-only: a draft function, which the system's library does not have
/* zmq_socket_get_peer_state: whether a ROUTER has room for one peer. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

static void run(const char *transport)
{
    void *context = make_context(), *none = NULL;
    void *router = make(context, ZMQ_ROUTER), *dealer = make(context, ZMQ_DEALER);
    int sent = 0;
    title(transport);
    set_int(router, ZMQ_SNDHWM, 10);
    set_int(router, ZMQ_LINGER, 0);
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    set_int(dealer, ZMQ_RCVHWM, 10);
    TELL(zmq_socket_get_peer_state(router, "A", 1));
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "A", 1) == 0);
    join(dealer, bind_any(router, transport));
    say(dealer, "hello");
    hear(router);
    TELL(zmq_socket_get_peer_state(router, "A", 1));
    TELL(zmq_socket_get_peer_state(router, "AB", 2));
    TELL(zmq_socket_get_peer_state(router, "", 0));
    TELL(zmq_socket_get_peer_state(router, NULL, 1));
    TELL(zmq_socket_get_peer_state(dealer, "A", 1));
    TELL(zmq_socket_get_peer_state(none, "A", 1));
    static char body[100000];
    /* full for good: what is on its way into the kernel makes room for a while */
    for (int calm = 0; calm < 10; calm++) {
        while (zmq_socket_get_peer_state(router, "A", 1) == ZMQ_POLLOUT) {
            MUST(zmq_send(router, "A", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT) == 1);
            MUST(zmq_send(router, body, sizeof body, ZMQ_DONTWAIT) == sizeof body);
            sent++;
            calm = 0;
        }
        pause_ms(10);
    }
    MUST(sent >= 20);
    TELL(zmq_socket_get_peer_state(router, "A", 1));
    TELL(zmq_send(router, "A", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    while (sent--)
        MUST(zmq_recv(dealer, body, sizeof body, 0) == sizeof body);
    long long end = now_ms() + PATIENCE;
    while (zmq_socket_get_peer_state(router, "A", 1) != ZMQ_POLLOUT)
        MUST(now_ms() < end);
    shut(dealer);
    while (zmq_socket_get_peer_state(router, "A", 1) != -1)
        MUST(now_ms() < end);
    TELL(zmq_socket_get_peer_state(router, "A", 1));
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_socket_get_peer_state(router, "A", 1));
    shut(router);
    finish(context);
}

int main(void)
{
    run("tcp");
    run("inproc");
    return 0;
}
