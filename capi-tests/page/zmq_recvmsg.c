/* zmq_recvmsg(3), the old name of zmq_msg_recv(3): every error, parts, and what
 * becomes of what the message held. */
#include "recvs.h"

static int take(void *socket, int flags)
{
    zmq_msg_t msg;
    MUST(zmq_msg_init(&msg) == 0);
    int rc = zmq_recvmsg(socket, &msg, flags), number = zmq_errno();
    MUST(rc == -1 || (size_t)rc == zmq_msg_size(&msg));
    MUST(zmq_msg_close(&msg) == 0);
    errno = number;
    return rc;
}

static void let_go(void *data, void *hint)
{
    (void)data;
    printf("%s\n", (char *)hint);
}

static void messages(void)
{
    static char own[64];
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    zmq_msg_t msg;
    title("EFAULT");
    join(a, bind_any(b, "inproc"));
    say(a, "waits");
    memset(&msg, 0, sizeof msg);
    TELL(zmq_recvmsg(b, &msg, 0));
    MUST(zmq_msg_init(&msg) == 0 && zmq_msg_close(&msg) == 0);
    TELL(zmq_recvmsg(b, &msg, 0));
    title("what it held");
    MUST(zmq_msg_init_data(&msg, own, sizeof own, let_go, "is released") == 0);
    TELL(zmq_recvmsg(b, &msg, 0));
    TELL(zmq_recvmsg(b, &msg, ZMQ_DONTWAIT));
    TELL(zmq_msg_size(&msg));
    MUST(zmq_msg_close(&msg) == 0);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    refused_to_receive();
    received_in_parts();
    messages();
    return 0;
}
