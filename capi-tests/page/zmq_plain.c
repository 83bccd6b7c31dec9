// differs: not built, and says so; the system's library has it
/* zmq_plain(7): no socket can be made a server or a client of PLAIN, so none can
 * be thought to ask for a password that it does not ask for. */
#include "secure.h"

int main(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    INT_OPTION(socket, ZMQ_PLAIN_SERVER, 1);
    INT_OPTION(socket, ZMQ_PLAIN_SERVER, 0);
    TEXT_OPTION(socket, ZMQ_PLAIN_USERNAME, "admin");
    TEXT_OPTION(socket, ZMQ_PLAIN_PASSWORD, "password");
    TEXT_OPTION(socket, ZMQ_ZAP_DOMAIN, "global");
    still_plain(context, socket);
    shut(socket);
    finish(context);
    return 0;
}
