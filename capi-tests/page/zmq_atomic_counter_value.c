/* zmq_atomic_counter_value(3): where the counter stands, which looking does not
 * change. No errors. */
#include "support.h"

int main(void)
{
    void *counter = zmq_atomic_counter_new();
    TELL(zmq_atomic_counter_value(counter));
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_inc(counter);
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_set(counter, 7);
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_dec(counter);
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_destroy(&counter);
    return 0;
}
