/* zmq_msg_move(3): EFAULT; the destination has what the source had, without a copy,
 * what it held itself is released, and the source is empty. Every kind and size is
 * message/life. Of NULL see handle/bad_pointers: libzmq reads through it. */
#include "msg_pairs.h"

int main(void)
{
    static char body[] = "the application's own, and rather longer than inside";
    zmq_msg_t a, b;
    refused(zmq_msg_move);
    MUST(zmq_msg_init_size(&a, 4) == 0);
    memcpy(zmq_msg_data(&a), "good", 4);
    title("moved");
    MUST(zmq_msg_init_data(&b, body, sizeof body - 1, release, "b") == 0);
    TELL(zmq_msg_move(&b, &a));
    show("a", &a);
    show("b", &b);
    title("without a copy");
    MUST(zmq_msg_init_data(&a, body, sizeof body - 1, release, "a") == 0);
    TELL(zmq_msg_move(&b, &a));
    TELL(zmq_msg_data(&b) == body);
    show("a", &a);
    show("b", &b);
    TELL(zmq_msg_close(&a));
    TELL(zmq_msg_close(&b));
    return 0;
}
