/* zmq_version(3): no errors; a version from 4.3.4 on, which is that of the
 * header or, for a library that was there before it, an earlier one. */
#include "support.h"

int main(void)
{
    int major = -1, minor = -1, patch = -1;
    zmq_version(&major, &minor, &patch);
    printf("%d.%d\n", major, minor);
    printf("4.3.4 or later: %d\n", ZMQ_MAKE_VERSION(major, minor, patch) >= 40304);
    printf("not later than the header: %d\n",
           ZMQ_MAKE_VERSION(major, minor, patch) <= ZMQ_VERSION);
    return 0;
}
