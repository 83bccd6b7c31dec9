/* zmq_sendmsg(3), the old name of zmq_msg_send(3): every error, whole messages, and
 * what becomes of the zmq_msg_t.
 * More of messages is in message/. */
#include "msg_sends.h"

static int send_by_page(zmq_msg_t *msg, void *socket, int flags)
{
    return zmq_sendmsg(socket, msg, flags);
}
