/* zmq_ctx_term(3): both errors; blocked calls end with ETERM, and it waits until
 * all sockets are closed and what they sent has gone or its linger is over. The
 * calls one by one are context/term, lingers flow/linger, stale handles
 * handle/stale. */
#include "ended.h"

struct ending { void *context; int over; };

static void *terminate(void *argument)
{
    struct ending *ending = argument;
    finish(ending->context);
    __atomic_store_n(&ending->over, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void interrupted(void)
{
    void *context = make_context(), *pull = make(context, ZMQ_PULL);
    title("EINTR, and it can be restarted");
    INTERRUPTED(zmq_ctx_term(context));
    INTERRUPTED(zmq_ctx_term(context));
    shut(pull);
    finish(context);
}

static void blocked_call(void)
{
    struct ending ending = {make_context(), 0};
    void *pull = zmq_socket(ending.context, ZMQ_PULL);
    char byte;
    pthread_t thread;
    title("a call that blocks, and termination until the socket is closed");
    MUST(pthread_create(&thread, NULL, terminate, &ending) == 0);
    TELL(zmq_recv(pull, &byte, 1, 0));
    TELL(zmq_send(pull, "x", 1, 0));
    TELL_PTR(zmq_socket(ending.context, ZMQ_PULL));
    let_happen();
    TELL(__atomic_load_n(&ending.over, __ATOMIC_SEQ_CST));
    shut(pull);
    MUST(pthread_join(thread, NULL) == 0);
    TELL(ending.over);
}

/* The peer comes only after the socket is closed. */
static void lingering(void)
{
    struct ending ending = {make_context(), 0};
    void *other = make_context(), *push = make(ending.context, ZMQ_PUSH);
    struct endpoint e = unused(other, "ipc");
    pthread_t thread;
    title("what was sent goes out first");
    join(push, e);
    say(push, "in good order");
    shut(push);
    MUST(pthread_create(&thread, NULL, terminate, &ending) == 0);
    let_happen();
    TELL(__atomic_load_n(&ending.over, __ATOMIC_SEQ_CST));
    void *pull = make(other, ZMQ_PULL);
    bind_again(pull, e.text);
    hear(pull);
    MUST(pthread_join(thread, NULL) == 0);
    TELL(ending.over);
    shut(pull);
    finish(other);
}

static void linger_is_over(void)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    title("the linger is over");
    set_int(push, ZMQ_LINGER, 100);
    join(push, unused(context, "ipc"));
    say(push, "never sent");
    shut(push);
    long long begun = now_ms();
    TELL(zmq_ctx_term(context));
    printf("waited %s\n", now_ms() - begun >= 95 ? "for it" : "too little");
}

int main(void)
{
    title("EFAULT");
    TELL(zmq_ctx_term(NULL));
    interrupted();
    blocked_call();
    lingering();
    linger_is_over();
    return 0;
}
