// differs: not built, and says so; the system's library has it
/* zmq_gssapi(7): no socket can be made a server or a client of GSSAPI, so none can
 * be thought to be encrypted that is not; zmq_has says the same. */
#include "secure.h"

int main(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    TELL(zmq_has("gssapi"));
    INT_OPTION(socket, ZMQ_GSSAPI_SERVER, 1);
    INT_OPTION(socket, ZMQ_GSSAPI_PLAINTEXT, 1);
    INT_OPTION(socket, ZMQ_GSSAPI_PRINCIPAL_NAMETYPE, ZMQ_GSSAPI_NT_USER_NAME);
    INT_OPTION(socket, ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE, ZMQ_GSSAPI_NT_KRB5_PRINCIPAL);
    TEXT_OPTION(socket, ZMQ_GSSAPI_PRINCIPAL, "zmqtest2");
    TEXT_OPTION(socket, ZMQ_GSSAPI_SERVICE_PRINCIPAL, "host@localhost");
    still_plain(context, socket);
    shut(socket);
    finish(context);
    return 0;
}
