/* zmq_msg_data(3): where the body is, to read and to write, for as long as the
 * message is there. No errors; of a closed message, which is no message, see
 * handle/bad_pointers. */
#include "support.h"

int main(void)
{
    static char own[100];
    zmq_msg_t message;
    title("to write to");
    for (size_t size = 1; size <= 100000; size *= 10) {
        MUST(zmq_msg_init_size(&message, size) == 0);
        memset(zmq_msg_data(&message), 'w', size);
        char *body = zmq_msg_data(&message);
        printf("%zu bytes: %s\n", size, body[0] == 'w' && body[size - 1] == 'w' ? "kept" : "lost");
        TELL(zmq_msg_data(&message) == body);
        MUST(zmq_msg_close(&message) == 0);
    }
    title("memory of the application is where it was");
    MUST(zmq_msg_init_data(&message, own, sizeof own, NULL, NULL) == 0);
    TELL(zmq_msg_data(&message) == own);
    MUST(zmq_msg_close(&message) == 0);
    title("aligned as malloc's");
    MUST(zmq_msg_init_size(&message, 1000) == 0);
    TELL((uintptr_t)zmq_msg_data(&message) % sizeof(void *));
    MUST(zmq_msg_close(&message) == 0);
    title("of an empty one there is nothing to read");
    MUST(zmq_msg_init(&message) == 0);
    TELL(zmq_msg_size(&message));
    TELL(zmq_msg_data(&message) != NULL);
    MUST(zmq_msg_close(&message) == 0);
    return 0;
}
