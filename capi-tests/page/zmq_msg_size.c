/* zmq_msg_size(3): no errors; the size of whatever a message may hold. */
#include "support.h"

int main(void)
{
    static char own[1000];
    static const size_t sizes[] = {0, 1, 29, 33, 34, 40, 41, 64, 255, 256, 8192, 1000000};
    zmq_msg_t msg, other;
    MUST(zmq_msg_init(&msg) == 0);
    TELL(zmq_msg_size(&msg));
    MUST(zmq_msg_close(&msg) == 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        MUST(zmq_msg_init_size(&msg, sizes[i]) == 0);
        TELL(zmq_msg_size(&msg));
        memset(zmq_msg_data(&msg), 1, zmq_msg_size(&msg));
        MUST(zmq_msg_init(&other) == 0 && zmq_msg_copy(&other, &msg) == 0);
        MUST(zmq_msg_size(&other) == sizes[i]);
        MUST(zmq_msg_move(&other, &msg) == 0);
        MUST(zmq_msg_size(&other) == sizes[i] && zmq_msg_size(&msg) == 0);
        MUST(zmq_msg_close(&msg) == 0 && zmq_msg_close(&other) == 0);
    }
    title("memory of the application");
    MUST(zmq_msg_init_data(&msg, own, sizeof own, NULL, NULL) == 0);
    TELL(zmq_msg_size(&msg));
    MUST(zmq_msg_close(&msg) == 0);
    return 0;
}
