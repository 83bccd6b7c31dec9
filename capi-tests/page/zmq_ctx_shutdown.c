/* zmq_ctx_shutdown(3): EFAULT; it returns at once, blocked calls and every later
 * one but zmq_close end with ETERM, and no socket can be made any more. The calls
 * one by one are context/term; handles of contexts that have gone are
 * handle/stale. */
#include "ended.h"

int main(void)
{
    void *context = make_context(), *other = make_context();
    void *pull = zmq_socket(context, ZMQ_PULL), *push = zmq_socket(context, ZMQ_PUSH);
    int value = 0;
    size_t size = sizeof value;
    char byte;
    zmq_pollitem_t item = {pull, 0, ZMQ_POLLIN, 0};
    title("EFAULT");
    TELL(zmq_ctx_shutdown(NULL));
    title("a call that blocks");
    TERMINATED(context, zmq_recv(pull, &byte, 1, 0));
    title("later calls");
    TELL(zmq_recv(pull, &byte, 1, ZMQ_DONTWAIT));
    TELL(zmq_send(push, "x", 1, ZMQ_DONTWAIT));
    TELL(zmq_poll(&item, 1, 0));
    TELL(zmq_bind(pull, "inproc://name"));
    TELL(zmq_connect(push, "inproc://name"));
    TELL(zmq_setsockopt(pull, ZMQ_LINGER, &value, size));
    TELL(zmq_getsockopt(pull, ZMQ_LINGER, &value, &size));
    TELL_PTR(zmq_socket(context, ZMQ_PULL));
    title("again, and of a context without sockets");
    TELL(zmq_ctx_shutdown(context));
    TELL(zmq_ctx_shutdown(other));
    TELL_PTR(zmq_socket(other, ZMQ_PULL));
    title("what is left to do");
    TELL(zmq_close(pull));
    TELL(zmq_close(push));
    TELL(zmq_ctx_term(context));
    TELL(zmq_ctx_term(other));
    return 0;
}
