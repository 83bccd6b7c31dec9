// differs: libzmq forgets what was still to be sent, and refuses one more part
/* What becomes of messages that are to be sent at zmq_unbind: they are sent within
 * the linger, as zmq_disconnect does; libzmq sends what the kernel holds, and
 * drops the rest whatever the linger. Of a message of which a part was sent the
 * rest is dropped; libzmq refuses its next part with EAGAIN before it does so,
 * also after a zmq_disconnect over inproc. */
#include "ends.h"

int main(void)
{
    static const char *transports[] = {"tcp", "ipc"};
    for (int t = 0; t < 2; t++) {
        outbox(UNBIND, transports[t], -1);
        outbox(UNBIND, transports[t], 0);
        outbox(UNBIND, transports[t], 100);
        half(UNBIND, transports[t], ZMQ_PUSH, ZMQ_PULL, 0);
        half(UNBIND, transports[t], ZMQ_PUSH, ZMQ_PULL, 1);
        half(UNBIND, transports[t], ZMQ_DEALER, ZMQ_DEALER, 1);
    }
    half(DISCONNECT, "inproc", ZMQ_PUSH, ZMQ_PULL, 0);
    half(DISCONNECT, "inproc", ZMQ_PUSH, ZMQ_PULL, 1);
    return 0;
}
