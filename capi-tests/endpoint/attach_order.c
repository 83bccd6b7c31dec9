// ours-only: libzmq attaches peers that connect at the same time mostly in this order
/* Peers that connect one after the other to the same socket are served in that order,
 * also when their handshakes run at the same time: once all are there, the first
 * message goes to the first, and so on.
 */
#include "../monitor/watch.h"

enum { PEERS = 24, ROUNDS = 10 };

/* Whether each of PEERS sockets got the message with its number. */
static int in_order(const char *transport)
{
    void *context = make_context(), *bound = make(context, ZMQ_PUSH), *peers[PEERS];
    int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_MONITOR_STOPPED;
    void *monitor = watch(context, bound, events);
    struct endpoint e = bind_any(bound, transport);
    struct happening it;
    for (int i = 0; i < PEERS; i++) {
        peers[i] = make(context, ZMQ_PULL);
        join(peers[i], e);
    }
    for (int i = 0; i < PEERS; i++)
        MUST(next_event(monitor, &it, PATIENCE));
    for (int i = 0; i < PEERS; i++)
        MUST(zmq_send(bound, &i, sizeof i, 0) == sizeof i);
    int right = 1;
    for (int i = 0, got; i < PEERS; i++) {
        MUST(zmq_recv(peers[i], &got, sizeof got, 0) == sizeof got);
        right &= got == i;
        shut(peers[i]);
    }
    shut(bound);
    unwatch(monitor);
    finish(context);
    return right;
}

int main(void)
{
    static const char *transports[] = {"tcp", "ipc"};
    for (int t = 0; t < 2; t++) {
        int right = 0;
        for (int i = 0; i < ROUNDS; i++)
            right += in_order(transports[t]);
        printf("%s: %d of %d rounds in order\n", transports[t], right, ROUNDS);
    }
    return 0;
}
