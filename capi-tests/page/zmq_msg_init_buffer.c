// ours-only: a draft function, which the system's library does not have
// unwrapped: it has a malloc of its own
/* zmq_msg_init_buffer(3): ENOMEM, and the message has a copy of the buffer. A
 * message that could not be made is closed. */
#define ZMQ_BUILD_DRAFT_API
#include "memory.h"

int main(void)
{
    static char buffer[1000];
    zmq_msg_t message;
    memset(buffer, 'x', sizeof buffer);
    title("ENOMEM");
    OUT_OF_MEMORY(zmq_msg_init_buffer(&message, buffer, sizeof buffer));
    TELL(zmq_msg_close(&message));
    TELL(zmq_msg_init_buffer(&message, buffer, SIZE_MAX));
    title("a short body needs none");
    OUT_OF_MEMORY(zmq_msg_init_buffer(&message, buffer, 30));
    TELL(zmq_msg_size(&message));
    TELL(zmq_msg_close(&message));
    title("a copy, of any size");
    for (size_t size = 0; size <= sizeof buffer; size = size * 10 + 1) {
        memset(buffer, 'x', size);
        TELL(zmq_msg_init_buffer(&message, buffer, size));
        memset(buffer, 'y', size);
        MUST(zmq_msg_size(&message) == size);
        char *body = zmq_msg_data(&message);
        printf("%zu bytes: %s\n", size,
               size == 0 || (body[0] == 'x' && !memcmp(body, body + 1, size - 1)) ? "copied" : "not copied");
        TELL(zmq_msg_close(&message));
    }
    TELL(zmq_msg_init_buffer(&message, NULL, 0));
    TELL(zmq_msg_size(&message));
    TELL(zmq_msg_close(&message));
    return 0;
}
