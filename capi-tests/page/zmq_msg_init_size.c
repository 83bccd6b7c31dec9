// unwrapped: it has a malloc of its own
/* zmq_msg_init_size(3): ENOMEM, and room for that many bytes, all of them to be
 * written. Every size that matters is message/life. */
#include "memory.h"

int main(void)
{
    zmq_msg_t message;
    title("ENOMEM");
    OUT_OF_MEMORY(zmq_msg_init_size(&message, 1000));
    TELL(zmq_msg_init_size(&message, SIZE_MAX));
    TELL(zmq_msg_init_size(&message, SIZE_MAX / 2));
    title("a short one needs none");
    OUT_OF_MEMORY(zmq_msg_init_size(&message, 20));
    TELL(zmq_msg_close(&message));
    title("sizes");
    for (size_t size = 0; size <= 1000000; size = size * 10 + 1) {
        TELL(zmq_msg_init_size(&message, size));
        TELL(zmq_msg_size(&message));
        memset(zmq_msg_data(&message), 'x', size);
        TELL(zmq_msg_close(&message));
    }
    return 0;
}
