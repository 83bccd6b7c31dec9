/* zmq_atomic_counter_dec(3): 1 as long as the counter is not zero, and 0 when it
 * has come to zero. No errors. That threads never lose a step is shown by
 * api/utilities. */
#include "support.h"

int main(void)
{
    void *counter = zmq_atomic_counter_new();
    zmq_atomic_counter_set(counter, 3);
    for (int i = 0; i < 3; i++)
        TELL(zmq_atomic_counter_dec(counter));
    TELL(zmq_atomic_counter_value(counter));
    title("one use and its release, as counts of references do");
    TELL(zmq_atomic_counter_inc(counter));
    TELL(zmq_atomic_counter_dec(counter));
    title("below zero");
    TELL(zmq_atomic_counter_dec(counter));
    TELL(zmq_atomic_counter_value(counter) == -1);
    zmq_atomic_counter_destroy(&counter);
    return 0;
}
