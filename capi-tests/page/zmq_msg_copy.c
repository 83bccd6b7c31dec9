/* zmq_msg_copy(3): EFAULT; the copy has the same body, what the destination held is
 * released, and the source stays what it is. Every kind and size is
 * message/life. Of NULL see handle/bad_pointers: libzmq reads through it. */
#include "msg_pairs.h"

static void copied(size_t size)
{
    zmq_msg_t source, copy;
    printf("-- %zu bytes\n", size);
    MUST(zmq_msg_init_size(&source, size) == 0);
    memset(zmq_msg_data(&source), 'x', size);
    MUST(zmq_msg_init_data(&copy, "old", 3, release, "what was there") == 0);
    TELL(zmq_msg_copy(&copy, &source));
    show("source", &source);
    TELL(zmq_msg_close(&source));
    show("copy", &copy);
    TELL(zmq_msg_close(&copy));
}

int main(void)
{
    refused(zmq_msg_copy);
    copied(0);
    copied(10);
    copied(60);
    copied(1000);
    return 0;
}
