/* zmq_strerror(3): no errors; a text for every number, of our own errors and of
 * the system's. Those of the system are as strerror(3) has them, but for one. */
#include "support.h"

#define SAYS(number) printf("%s: %s\n", #number, zmq_strerror(number))

int main(void)
{
    title("ours");
    SAYS(EFSM);
    SAYS(ENOCOMPATPROTO);
    SAYS(ETERM);
    SAYS(EMTHREAD);
    title("what other systems may lack");
    SAYS(ENOTSUP);
    SAYS(EPROTONOSUPPORT);
    SAYS(ENOBUFS);
    SAYS(ENETDOWN);
    SAYS(EADDRINUSE);
    SAYS(EADDRNOTAVAIL);
    SAYS(ECONNREFUSED);
    SAYS(EINPROGRESS);
    SAYS(ENOTSOCK);
    SAYS(EMSGSIZE);
    SAYS(EAFNOSUPPORT);
    SAYS(ENETUNREACH);
    SAYS(ECONNABORTED);
    SAYS(ECONNRESET);
    SAYS(ENOTCONN);
    SAYS(ETIMEDOUT);
    SAYS(EHOSTUNREACH);
    SAYS(ENETRESET);
    title("any number");
    for (int number = 0; number < 140; number++) {
        char text[100]; /* the C library may use its memory again */
        snprintf(text, sizeof text, "%s", strerror(number));
        MUST(number == EHOSTUNREACH || !strcmp(zmq_strerror(number), text));
    }
    SAYS(-1);
    SAYS(12345);
    SAYS(ZMQ_HAUSNUMERO);
    SAYS(INT32_MAX);
    return 0;
}
