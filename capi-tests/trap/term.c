/* Sockets with a linger of 0 and much that is under way, in every state that a
 * connection can be in: closing them and ending their context does not wait. (What
 * a linger waits for is in flow/linger; a resolver that is stuck in slow_name.) */
#include "../monitor/raw.h"

/* As much as there is room for. */
static void fill(void *socket)
{
    static char body[1000];
    for (int i = 0; i < 5000; i++)
        if (zmq_send(socket, body, sizeof body, ZMQ_DONTWAIT) == -1)
            break;
}

static void end(const char *what, void *context, void *socket)
{
    long long begun = now_ms();
    fill(socket);
    shut_now(socket);
    finish(context);
    printf("%s: ended %s\n", what, now_ms() - begun < 5000 ? "at once" : "late");
}

static void nobody(const char *what, const char *endpoint, int immediate)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    set_int(socket, ZMQ_IMMEDIATE, immediate);
    MUST(zmq_connect(socket, endpoint) == 0);
    end(what, context, socket);
}

/* A peer that goes as far as `shakes` says and then does nothing any more. */
static void silent(const char *what, int shakes, int proxy)
{
    struct endpoint place;
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    int listener = raw_listen(&place);
    if (proxy) {
        const char *name = place.text + strlen("tcp://");
        MUST(zmq_setsockopt(socket, ZMQ_SOCKS_PROXY, name, strlen(name)) == 0);
        MUST(zmq_connect(socket, "tcp://127.0.0.1:9") == 0);
    } else
        join(socket, place);
    int fd = raw_accept(listener);
    if (shakes)
        raw_shake(fd);
    end(what, context, socket);
    close(fd);
    close(listener);
}

/* Peers that have been accepted and do nothing any more. */
static void accepted(const char *what, int shakes)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    struct endpoint place = bind_any(socket, "tcp");
    int fd = raw_connect(place);
    if (shakes) {
        raw_shake(fd);
        MUST(await(socket, ZMQ_POLLOUT, PATIENCE));
        send_all(fd, "\1\1a", 3); /* a message that never ends */
    }
    end(what, context, socket);
    close(fd);
}

static void inside(const char *what, int both)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER), *other;
    MUST(zmq_connect(socket, "inproc://later") == 0);
    if (both) {
        other = make(context, ZMQ_DEALER);
        MUST(zmq_bind(other, "inproc://later") == 0);
        fill(socket);
        shut(other); /* what it did not receive goes with it */
    }
    end(what, context, socket);
}

static void halfway(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_PUSH);
    void *other = make(context, ZMQ_PULL);
    join(socket, bind_any(other, "tcp"));
    MUST(zmq_send(socket, "a", 1, ZMQ_SNDMORE) == 1);
    shut_now(other);
    end("half of a message", context, socket);
}

int main(void)
{
    alarm(60);
    nobody("tcp, nobody listens", "tcp://127.0.0.1:1", 0);
    nobody("the same, immediate", "tcp://127.0.0.1:1", 1);
    nobody("tcp, nobody answers", "tcp://192.0.2.1:9", 0);
    nobody("ipc, nobody listens", "ipc://nobody", 0);
    silent("before the greeting", 0, 0);
    silent("a peer that does not read", 1, 0);
    silent("a proxy that does not answer", 0, 1);
    accepted("accepted, before the greeting", 0);
    accepted("accepted, in the middle of a message", 1);
    inside("inproc, nobody is bound", 0);
    inside("inproc, the peer is closed", 1);
    halfway();
    return 0;
}
