/* zmq_atomic_counter_inc(3): adds one and returns the value from before. No
 * errors. That threads never lose a step is shown by api/utilities. */
#include "support.h"

int main(void)
{
    void *counter = zmq_atomic_counter_new();
    for (int i = 0; i < 3; i++)
        TELL(zmq_atomic_counter_inc(counter));
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_set(counter, INT32_MAX - 1);
    TELL(zmq_atomic_counter_inc(counter));
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_destroy(&counter);
    return 0;
}
