/* zmq_recvmsg(3), the old name of zmq_msg_recv(3): every error, parts, and what
 * becomes of what the message held. */
#include "msg_recvs.h"

static int recv_by_page(zmq_msg_t *msg, void *socket, int flags)
{
    return zmq_recvmsg(socket, msg, flags);
}
