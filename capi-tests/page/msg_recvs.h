/* What zmq_msg_recv and zmq_recvmsg, its old name, have in common: every error, parts,
 * and what becomes of what the message held. A program includes this and defines
 * recv_by_page(), the function of its page.
 */
#include "recvs.h"

static int recv_by_page(zmq_msg_t *msg, void *socket, int flags);

static int take(void *socket, int flags)
{
    zmq_msg_t msg;
    MUST(zmq_msg_init(&msg) == 0);
    int rc = recv_by_page(&msg, socket, flags), number = zmq_errno();
    MUST(rc == -1 || (size_t)rc == zmq_msg_size(&msg));
    MUST(zmq_msg_close(&msg) == 0);
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
    TELL(recv_by_page(&message, b, 0));
    print_part(zmq_msg_data(&message), zmq_msg_size(&message));
    putchar('\n');
    title("an error leaves it as it is");
    TELL(recv_by_page(&message, b, ZMQ_DONTWAIT));
    print_part(zmq_msg_data(&message), zmq_msg_size(&message));
    putchar('\n');
    MUST(zmq_msg_close(&message) == 0);
    title("EFAULT: closed, and never a message");
    TELL(recv_by_page(&message, b, ZMQ_DONTWAIT));
    say(a, "kept for a good one");
    TELL(recv_by_page(&message, b, ZMQ_DONTWAIT));
    memset(&message, 0, sizeof message);
    TELL(recv_by_page(&message, b, ZMQ_DONTWAIT));
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
