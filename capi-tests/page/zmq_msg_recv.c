/* zmq_msg_recv(3): every error but the message's, and parts. EFAULT, of a message
 * that is none, comes last.
 *
 * zmq_recv and zmq_recvmsg share this page's rules and its errors. */
#include "recvs.h"

static int take(void *socket, int flags)
{
    zmq_msg_t message;
    MUST(zmq_msg_init(&message) == 0);
    int rc = zmq_msg_recv(&message, socket, flags), number = zmq_errno();
    MUST(zmq_msg_close(&message) == 0);
    errno = number;
    return rc;
}

static void release(void *data, void *hint)
{
    (void)data, (void)hint;
    puts("what was there is released");
}

static void received_over_another(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    zmq_msg_t message;
    title("a message that held something");
    join(a, bind_any(b, "inproc"));
    say(a, "new");
    MUST(zmq_msg_init_data(&message, "old", 3, release, NULL) == 0);
    TELL(zmq_msg_recv(&message, b, 0));
    print_part(zmq_msg_data(&message), zmq_msg_size(&message));
    putchar('\n');
    title("an error leaves it as it is");
    TELL(zmq_msg_recv(&message, b, ZMQ_DONTWAIT));
    print_part(zmq_msg_data(&message), zmq_msg_size(&message));
    putchar('\n');
    MUST(zmq_msg_close(&message) == 0);
    title("EFAULT");
    TELL(zmq_msg_recv(&message, b, ZMQ_DONTWAIT));
    say(a, "kept for a good one");
    TELL(zmq_msg_recv(&message, b, ZMQ_DONTWAIT));
    hear(b);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    refused_to_receive();
    received_in_parts();
    received_over_another();
    return 0;
}
