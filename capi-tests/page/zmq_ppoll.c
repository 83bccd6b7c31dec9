// ours-only: a draft function, which the system's library does not have
/* zmq_ppoll(3): every error, and that without a mask it is zmq_poll(3), which
 * the same calls show on both libraries. Masks are shown by api/ppoll.
 *
 * Not provoked: ENOTSUP, which is for systems without ppoll(2). */
#define ZMQ_BUILD_DRAFT_API
#include "ended.h"

int main(void)
{
    void *context = make_context(), *pull = zmq_socket(context, ZMQ_PULL);
    zmq_pollitem_t item = {pull, 0, ZMQ_POLLIN, 0};
    sigset_t all, open;
    title("EFAULT");
    TELL(zmq_ppoll(NULL, 1, 0, NULL));
    title("EINTR");
    INTERRUPTED(zmq_ppoll(&item, 1, -1, NULL));
    sigfillset(&all);
    MUST(pthread_sigmask(SIG_SETMASK, &all, &open) == 0);
    INTERRUPTED(zmq_ppoll(&item, 1, -1, &open));
    MUST(pthread_sigmask(SIG_SETMASK, &open, NULL) == 0);
    title("ETERM");
    TERMINATED(context, zmq_ppoll(&item, 1, -1, NULL));
    TELL(zmq_ppoll(&item, 1, 0, &all));
    shut(pull);
    finish(context);
    return 0;
}
