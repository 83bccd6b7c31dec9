/* What zmq_msg_send and zmq_sendmsg, its old name, have in common: every error, whole
 * messages, and what becomes of the zmq_msg_t. A program includes this and defines
 * send_by_page(), the function of its page.
 */
#include "reference.h"
#include "sends.h"

static int send_by_page(zmq_msg_t *msg, void *socket, int flags);

/* Sends, or closes what could not be sent. */
static int give(void *socket, const char *text, int flags)
{
    zmq_msg_t msg;
    MUST(zmq_msg_init_size(&msg, strlen(text)) == 0);
    memcpy(zmq_msg_data(&msg), text, strlen(text));
    int rc = send_by_page(&msg, socket, flags), number = zmq_errno();
    MUST(zmq_msg_size(&msg) == (rc == -1 ? strlen(text) : 0));
    MUST(rc != -1 || !memcmp(zmq_msg_data(&msg), text, strlen(text)));
    MUST(zmq_msg_close(&msg) == 0);
    errno = number;
    return rc;
}

static int no_message(void)
{
    zmq_msg_t msg;
    memset(&msg, 0, sizeof msg);
    return send_by_page(&msg, zmq_socket(make_context(), ZMQ_PUSH), ZMQ_DONTWAIT);
}

static int closed_message(void)
{
    zmq_msg_t msg;
    MUST(zmq_msg_init(&msg) == 0 && zmq_msg_close(&msg) == 0);
    return send_by_page(&msg, zmq_socket(make_context(), ZMQ_PUSH), ZMQ_DONTWAIT);
}

static void messages(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    zmq_msg_t msg, copy;
    title("EFAULT");
    FATAL(no_message, EFAULT);
    FATAL(closed_message, EFAULT);
    join(a, bind_any(b, "inproc"));
    title("a copy goes to another socket");
    MUST(zmq_msg_init_size(&msg, 8) == 0 && zmq_msg_init(&copy) == 0);
    memcpy(zmq_msg_data(&msg), "the same", 8);
    TELL(zmq_msg_copy(&copy, &msg));
    TELL(send_by_page(&msg, a, 0));
    TELL(send_by_page(&copy, b, 0));
    hear(a);
    hear(b);
    title("what is left is an empty message");
    TELL(zmq_msg_size(&msg));
    TELL(send_by_page(&msg, a, 0));
    hear(b);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    refused_to_send();
    sent_whole();
    messages();
    return 0;
}
