/* Functions that no page of the manual describes, and what they refuse, as their
 * likes with a page do. What they do is shown by api/iov, api/utilities and
 * proxy/; those of the draft API are in api/groups and api/peer_state.
 *
 * Not provoked: ENOMEM of zmq_recviov. */
#include <sys/uio.h>
#include "page/ended.h"
#include "page/reference.h"

static void buffers(void)
{
    void *context = make_context(), *none = NULL;
    void *push = zmq_socket(context, ZMQ_PUSH), *pull = zmq_socket(context, ZMQ_PULL);
    void *rep = zmq_socket(context, ZMQ_REP), *req = zmq_socket(context, ZMQ_REQ);
    struct iovec out[] = {{"one", 3}, {"two", 3}}, in[2];
    size_t count = 2, nothing = 0;
    title("EINVAL");
    TELL(zmq_sendiov(push, out, 0, 0));
    TELL(zmq_recviov(pull, in, &nothing, 0));
    title("EAGAIN");
    TELL(zmq_sendiov(push, out, 2, ZMQ_DONTWAIT));
    TELL(zmq_recviov(pull, in, &count, ZMQ_DONTWAIT));
    TELL(count);
    set_int(push, ZMQ_SNDTIMEO, 20);
    TELL(zmq_sendiov(push, out, 2, ZMQ_SNDMORE));
    set_int(push, ZMQ_SNDTIMEO, -1);
    title("ENOTSUP");
    TELL(zmq_sendiov(pull, out, 2, 0));
    count = 2;
    TELL(zmq_recviov(push, in, &count, 0));
    title("EFSM");
    TELL(zmq_sendiov(rep, out, 2, 0));
    count = 2;
    TELL(zmq_recviov(req, in, &count, 0));
    title("ENOTSOCK");
    TELL(zmq_sendiov(none, out, 2, 0));
    count = 2;
    TELL(zmq_recviov(none, in, &count, 0));
    title("EINTR");
    INTERRUPTED(zmq_sendiov(push, out, 2, ZMQ_SNDMORE));
    count = 2;
    INTERRUPTED(zmq_recviov(pull, in, &count, 0));
    title("ETERM");
    TERMINATED(context, zmq_sendiov(push, out, 2, ZMQ_SNDMORE));
    count = 2;
    TELL(zmq_recviov(pull, in, &count, 0));
    shut(push);
    shut(pull);
    shut(rep);
    shut(req);
    finish(context);
}

static void devices(void)
{
    void *context = make_context(), *none = NULL;
    void *front = make(context, ZMQ_DEALER), *back = make(context, ZMQ_DEALER);
    title("zmq_device");
    if (!libzmq_434()) { /* which waits for what is not there */
        MUST(zmq_device(ZMQ_QUEUE, none, back) == -1 && zmq_errno() == EFAULT);
        MUST(zmq_device(ZMQ_STREAMER, front, none) == -1 && zmq_errno() == EFAULT);
    }
    INTERRUPTED(zmq_device(12345, front, back));
    TERMINATED(context, zmq_device(ZMQ_FORWARDER, front, back));
    shut(front);
    shut(back);
    finish(context);
}

static void set(void *argument)
{
    pause_ms(20);
    *(int *)argument = 1;
}

static void others(void)
{
    int done = 0;
    title("threads, stopwatches, sleep");
    void *thread = zmq_threadstart(set, &done);
    MUST(thread != NULL);
    zmq_threadclose(thread); /* waits for it */
    TELL(done);
    void *watch = zmq_stopwatch_start();
    MUST(watch != NULL);
    zmq_sleep(0);
    unsigned long one = zmq_stopwatch_intermediate(watch);
    pause_ms(2);
    unsigned long two = zmq_stopwatch_intermediate(watch), all = zmq_stopwatch_stop(watch);
    printf("it goes on: %d\n", two >= one + 2000 && all >= two);
}

int main(void)
{
    buffers();
    devices();
    others();
    return 0;
}
