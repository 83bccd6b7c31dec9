// ours-only: draft functions, which the system's library does not have
/* zmq_socket_monitor_versioned(3) and zmq_socket_monitor_pipes_stats: every error
 * of both, the frames of version 2, and that version 1 is zmq_socket_monitor. The
 * ends of connections and the types of monitors are in monitor/versioned, the
 * events themselves in zmq_socket_monitor. */
#define ZMQ_BUILD_DRAFT_API 1
#include "ended.h"
#include "monitor/watch.h"

static int monitor(void *socket, const char *endpoint, uint64_t events, int version)
{
    return zmq_socket_monitor_versioned(socket, endpoint, events, version, ZMQ_PAIR);
}

static void errors(void *context)
{
    void *socket = make(context, ZMQ_DEALER);
    title("EPROTONOSUPPORT");
    TELL(monitor(socket, "tcp://127.0.0.1:9999", 0, 2));
    title("EINVAL");
    TELL(monitor(socket, "no endpoint", ZMQ_EVENT_ALL_V2, 2));
    TELL(monitor(socket, "inproc://m", ZMQ_EVENT_ALL_V2, 0));
    TELL(monitor(socket, "inproc://m", ZMQ_EVENT_ALL_V2, 3));
    TELL(monitor(socket, "inproc://m", ZMQ_EVENT_ALL_V2, 1)); /* events it does not have */
    static const int types[] = {ZMQ_DEALER, ZMQ_REQ, ZMQ_SUB, ZMQ_PULL, -1, 1000};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        TELL(zmq_socket_monitor_versioned(socket, "inproc://m", 0, 2, types[i]));
    title("ENOTSOCK");
    TELL(monitor(NULL, "inproc://m", 0, 2));
    TELL(monitor(context, "inproc://m", 0, 2));
    shut(socket);
}

/* Numbers of 64 bits: the event, how many values follow, and these; two ends. */
static void frames(void *context)
{
    void *socket = make(context, ZMQ_DEALER), *sees = make(context, ZMQ_PAIR);
    uint64_t number;
    title("frames");
    TELL(monitor(socket, "inproc://frames", ZMQ_EVENT_ALL_V2, 2));
    MUST(zmq_connect(sees, "inproc://frames") == 0);
    struct endpoint e = bind_any(socket, "tcp");
    MUST(zmq_recv(sees, &number, 8, 0) == 8 && get_int(sees, ZMQ_RCVMORE));
    TELL(number == ZMQ_EVENT_LISTENING);
    MUST(zmq_recv(sees, &number, 8, 0) == 8 && get_int(sees, ZMQ_RCVMORE));
    TELL(number);
    MUST(zmq_recv(sees, &number, 8, 0) == 8 && get_int(sees, ZMQ_RCVMORE));
    TELL(number > 2);
    char local[256], remote[1];
    int size = zmq_recv(sees, local, sizeof local, 0);
    TELL(size == (int)strlen(e.text) && !memcmp(local, e.text, size));
    TELL(zmq_recv(sees, remote, 1, 0));
    TELL(get_int(sees, ZMQ_RCVMORE));
    TELL(monitor(socket, NULL, 0, 2));
    shut(sees);
    shut(socket);
}

static void first_version(void *context)
{
    void *socket = make(context, ZMQ_DEALER), *sees = make(context, ZMQ_PAIR);
    title("version 1");
    TELL(monitor(socket, "inproc://first", ZMQ_EVENT_ALL_V1, 1));
    MUST(zmq_connect(sees, "inproc://first") == 0);
    struct endpoint e = bind_any(socket, "tcp");
    hear_event(sees, e.text);
    TELL(monitor(socket, NULL, 0, 1));
    hear_event(sees, NULL);
    shut(sees);
    shut(socket);
}

/* Only transports that are monitored count: inproc is none. */
static void pipes_stats(void *context)
{
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    void *other = make(context, ZMQ_PULL), *sees = make(context, ZMQ_PAIR);
    uint64_t number;
    title("pipes stats: ENOTSOCK");
    TELL(zmq_socket_monitor_pipes_stats(NULL));
    title("pipes stats: EINVAL");
    TELL(zmq_socket_monitor_pipes_stats(push));
    title("pipes stats: EAGAIN");
    TELL(monitor(push, "inproc://stats", ZMQ_EVENT_PIPES_STATS, 2));
    MUST(zmq_connect(sees, "inproc://stats") == 0);
    TELL(zmq_socket_monitor_pipes_stats(push));
    join(push, bind_any(pull, "inproc"));
    say(push, "waits in a pipe of inproc");
    TELL(zmq_socket_monitor_pipes_stats(push));
    title("pipes stats");
    join(push, bind_any(other, "tcp"));
    TELL(zmq_socket_monitor_pipes_stats(push));
    MUST(zmq_recv(sees, &number, 8, 0) == 8);
    TELL(number == ZMQ_EVENT_PIPES_STATS);
    MUST(zmq_recv(sees, &number, 8, 0) == 8);
    TELL(number);
    for (int frames = 0; frames < 4; frames++)
        MUST(zmq_recv(sees, &number, 8, 0) >= 0 && get_int(sees, ZMQ_RCVMORE) == (frames < 3));
    hear_nothing(sees);
    shut(push);
    shut(pull);
    shut(other);
    shut(sees);
}

int main(void)
{
    void *context = make_context();
    errors(context);
    frames(context);
    first_version(context);
    pipes_stats(context);
    title("ETERM");
    void *socket = make(context, ZMQ_DEALER);
    MUST(monitor(socket, "inproc://last", ZMQ_EVENT_ALL_V2, 2) == 0);
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(monitor(socket, "inproc://m", 0, 2));
    TELL(zmq_socket_monitor_pipes_stats(socket));
    shut(socket);
    finish(context);
    return 0;
}
