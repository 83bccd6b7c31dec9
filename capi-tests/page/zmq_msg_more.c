/* zmq_msg_more(3): 1 while parts follow and 0 on the last, also when the message is
 * closed already. No errors. */
#include "support.h"

static void parts(void *context, const char *transport)
{
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    zmq_msg_t message;
    printf("-- %s\n", transport);
    join(push, bind_any(pull, transport));
    say(push, "one|two|three");
    do {
        MUST(zmq_msg_init(&message) == 0);
        TELL(zmq_msg_recv(&message, pull, 0));
        TELL(zmq_msg_more(&message));
        TELL(zmq_msg_get(&message, ZMQ_MORE));
        TELL(get_int(pull, ZMQ_RCVMORE));
        MUST(zmq_msg_close(&message) == 0);
    } while (TELL(zmq_msg_more(&message)));
    say(push, "one part");
    MUST(zmq_msg_init(&message) == 0);
    TELL(zmq_msg_recv(&message, pull, 0));
    TELL(zmq_msg_more(&message));
    MUST(zmq_msg_close(&message) == 0);
    TELL(zmq_msg_more(&message));
    shut(push);
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    zmq_msg_t message;
    title("a message that was not received");
    MUST(zmq_msg_init_size(&message, 5) == 0);
    TELL(zmq_msg_more(&message));
    MUST(zmq_msg_close(&message) == 0);
    TELL(zmq_msg_more(&message));
    parts(context, "tcp");
    parts(context, "ipc");
    parts(context, "inproc");
    finish(context);
    return 0;
}
