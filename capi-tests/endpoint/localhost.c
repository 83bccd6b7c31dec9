// ours-only: 4.3.5 looks up a name that is no interface for bind; 4.3.4 refuses it with ENODEV
/* Binding to the name of a host. */
#include "support.h"

int main(void)
{
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    TELL(zmq_bind(pull, "tcp://localhost:*"));
    join(push, last_endpoint(pull));
    say(push, "hello");
    hear(pull);
    shut(push);
    shut(pull);
    finish(context);
    return 0;
}
