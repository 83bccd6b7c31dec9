/* zmq_socket_monitor(3), line by line: every error, and every event provoked with
 * its value and its address. In which order events come is shown by monitor/.
 *
 * Not provoked: HANDSHAKE_FAILED_AUTH and the errors of ZAP, which come with the
 * mechanisms that ask a ZAP handler; ACCEPT_FAILED by a filter is in
 * endpoint/accept_filter, the other PROTOCOL errors are in monitor/handshake. */
#include <sys/resource.h>
#include "ended.h"
#include "monitor/raw.h"
#include "monitor/watch.h"

static void errors(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    title("EPROTONOSUPPORT");
    TELL(zmq_socket_monitor(socket, "tcp://127.0.0.1:9999", 0));
    TELL(zmq_socket_monitor(socket, "ipc://monitor", ZMQ_EVENT_ALL));
    title("EINVAL");
    TELL(zmq_socket_monitor(socket, "no endpoint", ZMQ_EVENT_ALL));
    TELL(zmq_socket_monitor(socket, "", ZMQ_EVENT_ALL));
    TELL(zmq_socket_monitor(socket, "inproc://monitor", 0x10000));
    title("ENOTSOCK");
    TELL(zmq_socket_monitor(NULL, "inproc://monitor", ZMQ_EVENT_ALL));
    title("ETERM");
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_socket_monitor(socket, "inproc://monitor", ZMQ_EVENT_ALL));
    shut(socket);
    finish(context);
}

/* Waits for an event, and tells of its descriptor where it is. */
static struct happening hear_fd(void *sees, struct endpoint e)
{
    struct happening it;
    struct sockaddr_in here = {0}, there = {0};
    socklen_t size = sizeof here, peer_size = sizeof there;
    int port = atoi(strrchr(e.text, ':') + 1);
    MUST(next_event(sees, &it, PATIENCE));
    tell_event("it", &it, e.text);
    MUST(getsockname(it.value, (struct sockaddr *)&here, &size) == 0);
    int rc = getpeername(it.value, (struct sockaddr *)&there, &peer_size);
    printf("    its descriptor is at the endpoint: %d, connected: %d, to the endpoint: %d\n",
           ntohs(here.sin_port) == port, rc == 0, rc == 0 && ntohs(there.sin_port) == port);
    return it;
}

/* The example of the page, and what the values are. */
static void connection(void *context)
{
    title("LISTENING, CONNECTED, ACCEPTED, HANDSHAKE_SUCCEEDED, DISCONNECTED, CLOSED");
    void *server = make(context, ZMQ_DEALER), *client = make(context, ZMQ_DEALER);
    int but_delayed = ZMQ_EVENT_ALL & ~ZMQ_EVENT_CONNECT_DELAYED;
    void *server_sees = watch(context, server, but_delayed);
    void *client_sees = watch(context, client, but_delayed);
    struct endpoint e = bind_any(server, "tcp");
    struct happening listening = hear_fd(server_sees, e), accepted, it;
    join(client, e);
    hear_fd(client_sees, e);
    hear_event(client_sees, e.text);
    accepted = hear_fd(server_sees, e);
    hear_event(server_sees, e.text);
    say(client, "bounces");
    hear(server);
    shut_now(client);
    hear_event(client_sees, e.text);
    MUST(next_event(server_sees, &it, PATIENCE));
    tell_event("server_sees", &it, e.text);
    MUST(it.value == accepted.value);
    shut_now(server);
    MUST(next_event(server_sees, &it, PATIENCE));
    tell_event("server_sees", &it, e.text);
    MUST(it.value == listening.value);
    hear_event(server_sees, e.text);
    shut(client_sees);
    shut(server_sees);
}

static void nobody_there(void *context)
{
    title("CONNECT_DELAYED, CLOSED, CONNECT_RETRIED");
    struct endpoint e = unused(context, "tcp");
    void *client = make(context, ZMQ_DEALER);
    void *sees = watch(context, client, ZMQ_EVENT_ALL);
    set_int(client, ZMQ_RECONNECT_IVL, 50);
    join(client, e);
    hear_event(sees, e.text);
    hear_event(sees, e.text);
    struct happening it;
    MUST(next_event(sees, &it, PATIENCE));
    tell_event("sees", &it, e.text);
    printf("    the interval and a random part: %d\n", it.value >= 50 && it.value < 100);
    shut_now(client);
    unwatch(sees);
}

/* libzmq may tell of the descriptor that never listened, too. */
static void bind_failed(void *context)
{
    title("BIND_FAILED");
    void *one = make(context, ZMQ_DEALER), *other = make(context, ZMQ_DEALER);
    void *sees = watch(context, other, ZMQ_EVENT_BIND_FAILED);
    struct endpoint e = bind_any(one, "tcp");
    TELL(zmq_bind(other, e.text) == -1 ? -2 : 0);
    hear_event(sees, e.text);
    shut(one);
    MUST(zmq_socket_monitor(other, NULL, 0) == 0);
    shut(sees);
    shut(other);
}

/* In a context of its own, so that nothing is closed late. */
static void accept_failed(void)
{
    title("ACCEPT_FAILED");
    struct rlimit usual, low;
    struct happening it;
    void *context = make_context(), *server = make(context, ZMQ_DEALER);
    void *sees = watch(context, server, ZMQ_EVENT_ALL);
    struct endpoint e = bind_any(server, "tcp");
    hear_event(sees, e.text);
    MUST(!await(sees, ZMQ_POLLIN, 20)); /* has what waiting takes from now on */
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int next = dup(fd);
    MUST(fd >= 0 && close(next) == 0 && getrlimit(RLIMIT_NOFILE, &usual) == 0);
    low = usual;
    low.rlim_cur = next;
    MUST(setrlimit(RLIMIT_NOFILE, &low) == 0);
    MUST(raw_connects(fd, e));
    hear_event(sees, e.text);
    MUST(setrlimit(RLIMIT_NOFILE, &usual) == 0);
    int other = raw_connect(e); /* the first one may be lost by whoever keeps the limit */
    do
        MUST(next_event(sees, &it, PATIENCE));
    while (it.event == ZMQ_EVENT_ACCEPT_FAILED);
    tell_event("then", &it, e.text);
    close(fd);
    close(other);
    shut(server);
    unwatch(sees);
    finish(context);
}

static void close_failed(void *context)
{
    title("CLOSE_FAILED");
    void *server = make(context, ZMQ_DEALER);
    MUST(zmq_bind(server, "ipc://*") == 0);
    struct endpoint e = last_endpoint(server);
    void *sees = watch(context, server, ZMQ_EVENT_ALL & ~ZMQ_EVENT_CLOSED);
    char *path = e.text + strlen("ipc://");
    MUST(unlink(path) == 0);
    TELL(zmq_unbind(server, e.text));
    hear_event(sees, e.text);
    *strrchr(path, '/') = 0;
    rmdir(path);
    shut(server);
    hear_event(sees, NULL);
    shut(sees);
}

static void handshake_failed(void *context)
{
    title("HANDSHAKE_FAILED_NO_DETAIL, HANDSHAKE_FAILED_PROTOCOL");
    static const char greeting[GREETING_SIZE] = GREETING("ABCDE");
    void *server = make(context, ZMQ_DEALER);
    void *sees = watch(context, server, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_MONITOR_STOPPED);
    struct endpoint e = bind_any(server, "tcp");
    int fd = raw_connect(e);
    close(fd);
    hear_event(sees, e.text);
    fd = raw_connect(e);
    send_all(fd, greeting, sizeof greeting);
    struct happening it;
    MUST(next_event(sees, &it, PATIENCE));
    tell_event("sees", &it, e.text);
    MUST(it.value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH);
    read_to_end(fd);
    shut(server);
    unwatch(sees);
}

static void stopped(void *context)
{
    title("MONITOR_STOPPED");
    void *socket = make(context, ZMQ_DEALER);
    void *sees = watch(context, socket, ZMQ_EVENT_ALL);
    TELL(zmq_socket_monitor(socket, NULL, 0));
    hear_event(sees, NULL);
    shut(sees);
    sees = watch(context, socket, ZMQ_EVENT_MONITOR_STOPPED);
    void *other = watch(context, socket, ZMQ_EVENT_ALL);
    hear_event(sees, NULL); /* another one took its place */
    shut(sees);
    TELL(zmq_close(socket));
    hear_event(other, NULL);
    shut(other);
}

int main(void)
{
    errors();
    accept_failed();
    void *context = make_context();
    connection(context);
    nobody_there(context);
    bind_failed(context);
    close_failed(context);
    handshake_failed(context);
    stopped(context);
    finish(context);
    return 0;
}
