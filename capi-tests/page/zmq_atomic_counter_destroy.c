/* zmq_atomic_counter_destroy(3): takes the address of a counter, and leaves NULL
 * there. No errors. That the memory is given back is for valgrind to see. */
#include "support.h"

int main(void)
{
    void *counter = zmq_atomic_counter_new(), *other = zmq_atomic_counter_new();
    zmq_atomic_counter_set(other, 5);
    zmq_atomic_counter_destroy(&counter);
    printf("the pointer is %s\n", counter ? "kept" : "NULL");
    title("it destroys that one only");
    TELL(zmq_atomic_counter_value(other));
    zmq_atomic_counter_destroy(&other);
    printf("the pointer is %s\n", other ? "kept" : "NULL");
    return 0;
}
