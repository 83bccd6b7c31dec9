/* ZMQ_SNDHWM that is set after binding or connecting: for the peers that are there,
 * and for those that are accepted later. How many messages a peer that reads nothing
 * is sent is said as "few" and "many": the kernel's part of it is not counted out. */
#include "support.h"

enum { SIZE = 100000, LOW = 2, HIGH = 400 };

static void *context;

static void *limited(int type)
{
    void *socket = make(context, type);
    set_int(socket, ZMQ_SNDBUF, 10000);
    set_int(socket, ZMQ_RCVBUF, 10000);
    set_int(socket, ZMQ_RCVHWM, 1);
    set_int(socket, ZMQ_LINGER, 0);
    return socket;
}

/* Until it is refused for a while: what is on its way makes room once more. */
static const char *sent_by(void *socket)
{
    static char body[SIZE];
    int count = 0;
    set_int(socket, ZMQ_SNDTIMEO, SILENCE);
    while (count < HIGH / 2 && (zmq_send(socket, body, SIZE, 0) == SIZE
           || (await_rest(), zmq_send(socket, body, SIZE, ZMQ_DONTWAIT) == SIZE)))
        count++;
    MUST(count == HIGH / 2 || zmq_errno() == EAGAIN);
    MUST(count == HIGH / 2 || count < HIGH / 4);
    return count == HIGH / 2 ? "many" : "few";
}

static void bound(const char *transport, int before, int after, int late)
{
    void *sender = limited(ZMQ_PUSH), *receiver = limited(ZMQ_PULL);
    set_int(sender, ZMQ_SNDHWM, before);
    struct endpoint place = bind_any(sender, transport);
    if (late)
        set_int(sender, ZMQ_SNDHWM, after);
    join(receiver, place);
    MUST(await(sender, ZMQ_POLLOUT, PATIENCE));
    if (!late)
        set_int(sender, ZMQ_SNDHWM, after);
    printf("%s, bound with %d, %d set %s the peer has come: %s\n", transport, before, after,
           late ? "before" : "when", sent_by(sender));
    shut(sender);
    shut(receiver);
}

static void connected(const char *transport, int before, int after)
{
    void *sender = limited(ZMQ_PUSH), *receiver = limited(ZMQ_PULL);
    set_int(sender, ZMQ_SNDHWM, before);
    struct endpoint place = bind_any(receiver, transport);
    join(sender, place);
    set_int(sender, ZMQ_SNDHWM, after);
    MUST(await(sender, ZMQ_POLLOUT, PATIENCE));
    printf("%s, connected with %d, then %d: %s\n", transport, before, after, sent_by(sender));
    shut(sender);
    shut(receiver);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    context = make_context();
    for (int i = 0; i < 3; i++) {
        bound(transports[i], LOW, HIGH, 1);
        bound(transports[i], HIGH, LOW, 1);
        bound(transports[i], LOW, HIGH, 0);
        bound(transports[i], HIGH, LOW, 0);
        connected(transports[i], LOW, HIGH);
        connected(transports[i], HIGH, LOW);
    }
    finish(context);
    return 0;
}
