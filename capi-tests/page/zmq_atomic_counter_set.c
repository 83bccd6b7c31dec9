/* zmq_atomic_counter_set(3): any value up to 2^31-1, in the place of the one there
 * was, whatever other threads do meanwhile. No errors. */
#include "support.h"

static void *set_again_and_again(void *counter)
{
    for (int i = 0; i < 100000; i++)
        zmq_atomic_counter_set(counter, i & 1 ? INT32_MAX : 0);
    return NULL;
}

int main(void)
{
    static const int values[] = {1, 0, 255, 65536, INT32_MAX};
    void *counter = zmq_atomic_counter_new();
    pthread_t thread;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        zmq_atomic_counter_set(counter, values[i]);
        TELL(zmq_atomic_counter_value(counter));
    }
    title("while another thread sets it");
    MUST(pthread_create(&thread, NULL, set_again_and_again, counter) == 0);
    for (int i = 0; i < 100000; i++) {
        int value = zmq_atomic_counter_value(counter);
        MUST(value == 0 || value == INT32_MAX);
    }
    MUST(pthread_join(thread, NULL) == 0);
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_destroy(&counter);
    return 0;
}
