/* zmq_close(3): ENOTSOCK, what was received is dropped, what was sent goes by the
 * linger, and the context waits for a socket that was not closed.
 *
 * Closing twice and closing what is no socket, undefined in libzmq, are handle/stale;
 * what becomes of messages is fate/close and flow/linger in full. */
#include "support.h"

static void *terminate(void *context)
{
    finish(context);
    return NULL;
}

static void not_received(void *context)
{
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    struct endpoint e = bind_own(pull, "ipc");
    title("what was received is dropped");
    join(push, e);
    say(push, "never seen");
    MUST(await(pull, ZMQ_POLLIN, PATIENCE));
    TELL(zmq_close(pull));
    pull = make(context, ZMQ_PULL);
    bind_again(pull, e.text);
    hear_nothing(pull);
    shut(push);
    shut(pull);
}

static void not_sent(void *context, int linger)
{
    void *other = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(other, ZMQ_PUSH);
    struct endpoint e = unused(context, "ipc");
    printf("-- not sent yet, linger %d\n", linger);
    set_int(push, ZMQ_LINGER, linger);
    join(push, e);
    say(push, "out of reach");
    TELL(zmq_close(push));
    if (linger == 0)
        finish(other);
    bind_again(pull, e.text);
    if (linger == 0)
        hear_nothing(pull);
    else {
        hear(pull);
        finish(other);
    }
    shut(pull);
}

static void never_closed(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_PULL);
    pthread_t thread;
    title("a socket that is not closed");
    MUST(pthread_create(&thread, NULL, terminate, context) == 0);
    let_happen();
    printf("termination %s\n", pthread_tryjoin_np(thread, NULL) == EBUSY ? "waits" : "is done");
    TELL(zmq_close(socket));
    MUST(pthread_join(thread, NULL) == 0);
    puts("termination is done");
}

int main(void)
{
    void *context = make_context();
    title("ENOTSOCK");
    TELL(zmq_close(NULL));
    TELL(zmq_close(context));
    not_received(context);
    not_sent(context, -1);
    not_sent(context, 0);
    finish(context);
    never_closed();
    return 0;
}
