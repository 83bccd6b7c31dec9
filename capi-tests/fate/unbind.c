/* What becomes of messages at zmq_unbind: what had arrived from the peers that
 * came by the endpoint stays readable, whatever their marks. */
#include "ends.h"

int main(void)
{
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    for (int t = 0; t < 3; t++) {
        inbox(UNBIND, transports[t], 0);
        inbox(UNBIND, transports[t], 1);
    }
    return 0;
}
