/* zmq_atomic_counter_new(3): each call makes another counter, of at least 32 bits,
 * that stands at zero. NULL, which the page promises when there is no memory, is
 * shown by limits/memory: libzmq ends the process instead. */
#include "support.h"

int main(void)
{
    void *a = TELL_PTR(zmq_atomic_counter_new()), *b = TELL_PTR(zmq_atomic_counter_new());
    TELL(zmq_atomic_counter_value(a));
    TELL(zmq_atomic_counter_inc(a));
    zmq_atomic_counter_set(b, INT32_MAX);
    TELL(zmq_atomic_counter_value(a));
    TELL(zmq_atomic_counter_value(b));
    zmq_atomic_counter_destroy(&a);
    zmq_atomic_counter_destroy(&b);
    return 0;
}
