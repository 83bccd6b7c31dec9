/* zmq_connect(3): every error; that the order of bind and connect is free, that a
 * connecting socket is ready at once, and which types ignore a second connection
 * to the same endpoint. What each text of an endpoint is worth is walked through
 * by endpoint/errors, host names are endpoint/localhost, source addresses
 * endpoint/sources. */
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include "support.h"

static void errors(void *context)
{
    void *push = make(context, ZMQ_PUSH);
    title("EINVAL");
    TELL(zmq_connect(push, "tcp"));
    TELL(zmq_connect(push, "tcp://127.0.0.1"));
    TELL(zmq_connect(push, "tcp://127.0.0.1:*"));
    TELL(zmq_connect(push, "://127.0.0.1:5555"));
    title("EPROTONOSUPPORT");
    TELL(zmq_connect(push, "http://127.0.0.1:80"));
    title("ENOCOMPATPROTO: udp carries none of the stable types");
    TELL(zmq_connect(push, "udp://127.0.0.1:5555"));
    title("ENOTSOCK");
    TELL(zmq_connect(NULL, "inproc://name"));
    TELL(zmq_connect(context, "inproc://name"));
    shut(push);
}

static void ended(void)
{
    void *context = make_context();
    void *push = make(context, ZMQ_PUSH);
    title("ETERM");
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_connect(push, "inproc://name"));
    TELL(zmq_connect(push, "tcp://127.0.0.1:5555"));
    shut(push);
    finish(context);
}

static void no_thread(void)
{
    void *context = make_context();
    MUST(zmq_ctx_set(context, ZMQ_IO_THREADS, 0) == 0);
    void *push = make(context, ZMQ_PUSH);
    title("EMTHREAD, but for inproc");
    TELL(zmq_connect(push, "tcp://127.0.0.1:5555"));
    TELL(zmq_connect(push, "ipc://path"));
    TELL(zmq_connect(push, "inproc://name"));
    shut(push);
    finish(context);
}

/* A socket may send as soon as it has connected, also to nobody yet. */
static void connect_first(void *context, const char *transport)
{
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    void *router = make(context, ZMQ_ROUTER);
    struct endpoint e = unused(context, transport);
    printf("-- before bind, %s\n", transport);
    TELL(await(push, ZMQ_POLLOUT, 0));
    TELL(zmq_connect(push, e.text));
    TELL(await(push, ZMQ_POLLOUT, 0));
    say(push, "early");
    bind_again(pull, e.text);
    hear(pull);
    title("a ROUTER knows a peer after the handshake only");
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    join(router, unused(context, "tcp"));
    TELL(zmq_send(router, "peer", 4, ZMQ_SNDMORE));
    shut(push);
    shut(pull);
    shut_now(router);
}

/* A plain listener counts the connections, and waits for as many as there should be. */
static void connect_twice(void *context, int type, const char *name, int wanted)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char endpoint[64];
    int count = 0, listener = socket(AF_INET, SOCK_STREAM, 0), accepted[2];
    void *twice = make(context, type);
    MUST(bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 5) == 0);
    MUST(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
    MUST(zmq_connect(twice, endpoint) == 0);
    MUST(zmq_connect(twice, endpoint) == 0);
    struct pollfd waiting = {listener, POLLIN, 0};
    while (count < 2 && poll(&waiting, 1, count < wanted ? PATIENCE : SILENCE) == 1)
        accepted[count++] = accept(listener, NULL, NULL);
    printf("%s, connected twice: %d\n", name, count);
    shut_now(twice);
    while (count)
        close(accepted[--count]);
    close(listener);
}

int main(void)
{
    void *context = make_context();
    errors(context);
    ended();
    no_thread();
    connect_first(context, "tcp");
    connect_first(context, "ipc");
    connect_first(context, "inproc");
    connect_twice(context, ZMQ_DEALER, "DEALER", 1);
    connect_twice(context, ZMQ_SUB, "SUB", 1);
    connect_twice(context, ZMQ_PUB, "PUB", 1);
    connect_twice(context, ZMQ_REQ, "REQ", 1);
    connect_twice(context, ZMQ_PUSH, "PUSH", 2);
    connect_twice(context, ZMQ_ROUTER, "ROUTER", 2);
    finish(context);
    return 0;
}
