/* zmq_errno(3): the calling thread's errno. No errors. */
#include "support.h"

static void *in_another_thread(void *before)
{
    *(int *)before = zmq_errno();
    errno = EDOM;
    return zmq_errno() == EDOM ? "yes" : "no";
}

int main(void)
{
    int before = -1;
    void *answer;
    pthread_t thread;
    char byte;
    title("what was stored in errno");
    errno = ERANGE;
    printf("%s\n", zmq_errno() == ERANGE ? "told" : "not told");
    title("what a call failed with");
    zmq_recv(NULL, &byte, 1, 0);
    printf("%s, and errno %s\n", error_name(zmq_errno()), error_name(errno));
    title("another thread has one of its own");
    MUST(pthread_create(&thread, NULL, in_another_thread, &before) == 0);
    MUST(pthread_join(thread, &answer) == 0);
    printf("%s before, its own told: %s\n", error_name(before), (char *)answer);
    printf("here it is still %s\n", error_name(zmq_errno()));
    title("asking changes nothing");
    printf("%s %s\n", error_name(zmq_errno()), error_name(zmq_errno()));
    return 0;
}
