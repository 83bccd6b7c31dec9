/* zmq_send(3): every error, whole messages, and that its bytes are copied.
 * What becomes of messages is shown by fate/, pattern/ and flow/. */
#include "sends.h"

static int give(void *socket, const char *text, int flags)
{
    return zmq_send(socket, text, strlen(text), flags);
}

static void bytes_are_copied(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    char text[] = "as it was";
    title("bytes");
    join(a, bind_any(b, "inproc"));
    TELL(zmq_send(a, text, 9, 0));
    memset(text, 'x', 9);
    hear(b);
    TELL(zmq_send(a, NULL, 0, 0));
    hear(b);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    refused_to_send();
    sent_whole();
    bytes_are_copied();
    return 0;
}
