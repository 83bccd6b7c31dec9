// unwrapped: it has a malloc of its own
/* zmq_atomic_counter_new(3): each call makes another counter, of at least 32 bits,
 * that stands at zero; NULL without memory, where libzmq ends the process. */
#include "memory.h"
#include "reference.h"

static int without_memory(void)
{
    no_memory_ = 1;
    void *counter = zmq_atomic_counter_new();
    no_memory_ = 0;
    return counter ? 0 : -1;
}

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
    title("no memory");
    FATAL(without_memory, ENOMEM);
    return 0;
}
