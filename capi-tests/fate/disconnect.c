/* What becomes of messages at zmq_disconnect: what had arrived is dropped; what
 * was still to be sent is sent within the linger; a message of which a part was
 * sent is dropped, and so is its rest. */
#include "ends.h"

int main(void)
{
    static const char *transports[] = {"tcp", "ipc"};
    for (int t = 0; t < 2; t++) {
        inbox(DISCONNECT, transports[t], 0);
        inbox(DISCONNECT, transports[t], 1);
        outbox(DISCONNECT, transports[t], -1);
        outbox(DISCONNECT, transports[t], 0);
        outbox(DISCONNECT, transports[t], 100);
        half(DISCONNECT, transports[t], ZMQ_PUSH, ZMQ_PULL, 0);
        half(DISCONNECT, transports[t], ZMQ_PUSH, ZMQ_PULL, 1);
        half(DISCONNECT, transports[t], ZMQ_DEALER, ZMQ_DEALER, 1);
    }
    inbox(DISCONNECT, "inproc", 0);
    inbox(DISCONNECT, "inproc", 1);
    outbox(DISCONNECT, "inproc", -1);
    outbox(DISCONNECT, "inproc", 0);
    return 0;
}
