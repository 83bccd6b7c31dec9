// breaks: libzmq reads through NULL, or ends the process
/* NULL where a pointer is needed, and messages that are closed or were never
 * made: an error, never a crash. */
#include "support.h"

int main(void)
{
    void *context = make_context(), *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    int value = 0;
    size_t size = sizeof value;
    zmq_msg_t closed, good;
    zmq_pollitem_t item = {NULL, -1, ZMQ_POLLIN, 0};
    join(a, bind_any(b, "inproc"));
    MUST(zmq_msg_init(&closed) == 0 && zmq_msg_close(&closed) == 0);
    title("endpoints");
    TELL(zmq_bind(a, NULL));
    TELL(zmq_connect(a, NULL));
    TELL(zmq_unbind(a, NULL));
    TELL(zmq_disconnect(a, NULL));
    title("options");
    TELL(zmq_setsockopt(a, ZMQ_LINGER, NULL, sizeof value));
    TELL(zmq_setsockopt(a, ZMQ_ROUTING_ID, NULL, 3));
    TELL(zmq_getsockopt(a, ZMQ_LINGER, NULL, &size));
    TELL(zmq_getsockopt(a, ZMQ_LINGER, &value, NULL));
    title("bodies");
    TELL(zmq_send(a, NULL, 5, ZMQ_DONTWAIT));
    TELL(zmq_send(a, NULL, 0, ZMQ_DONTWAIT));
    TELL(zmq_recv(b, NULL, 0, 0));
    say(a, "body");
    TELL(zmq_recv(b, NULL, 5, 0));
    title("closed messages");
    TELL(zmq_msg_send(&closed, a, ZMQ_DONTWAIT));
    TELL(zmq_msg_recv(&closed, b, ZMQ_DONTWAIT));
    TELL(zmq_msg_close(&closed));
    MUST(zmq_msg_init(&good) == 0);
    TELL(zmq_msg_copy(&good, &closed));
    TELL(zmq_msg_copy(&closed, &good));
    TELL(zmq_msg_move(&good, &closed));
    TELL(zmq_msg_move(&closed, &good));
    MUST(zmq_msg_close(&good) == 0);
    memset(&closed, 0xff, sizeof closed);
    TELL(zmq_msg_send(&closed, a, ZMQ_DONTWAIT));
    TELL(zmq_msg_close(&closed));
    memset(&closed, 0, sizeof closed);
    TELL(zmq_msg_send(&closed, a, ZMQ_DONTWAIT));
    TELL(zmq_msg_close(&closed));
    title("NULL messages");
    TELL(zmq_msg_init(NULL));
    TELL(zmq_msg_send(NULL, a, ZMQ_DONTWAIT));
    TELL(zmq_msg_recv(NULL, b, ZMQ_DONTWAIT));
    TELL(zmq_msg_close(NULL));
    title("timers");
    TELL(zmq_timers_destroy(NULL));
    title("poll");
    TELL(zmq_poll(NULL, 3, 0));
    TELL(zmq_poll(&item, 1, 0));
    shut(a);
    shut(b);
    finish(context);
    puts("still here");
    return 0;
}
