/* zmq(7): the page that names all others. Here is what it says itself: contexts
 * side by side, sockets and messages that go from thread to thread, and how
 * errors are told. Each function it names has a program of its own. */
#include "support.h"

static void *use(void *argument)
{
    say(argument, "from another thread");
    return NULL;
}

/* A context is used by as many threads as like, a socket by one after another. */
static void threads(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    pthread_t thread;
    title("threads");
    join(a, bind_any(b, "inproc"));
    MUST(pthread_create(&thread, NULL, use, a) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    hear(b);
    say(a, "from this one again");
    hear(b);
    shut(a);
    shut(b);
    finish(context);
}

/* Two contexts know nothing of each other, but by what leaves the process. */
static void contexts(void)
{
    void *one = make_context(), *other = make_context();
    void *here = make(one, ZMQ_PAIR), *there = make(other, ZMQ_PAIR);
    void *near = make(one, ZMQ_PAIR);
    title("contexts");
    TELL(zmq_bind(here, "inproc://name"));
    TELL(zmq_bind(there, "inproc://name"));
    TELL(zmq_connect(near, "inproc://name"));
    say(near, "stays in its context");
    hear(here);
    hear_nothing(there);
    void *left = make(one, ZMQ_PAIR), *right = make(other, ZMQ_PAIR);
    join(left, bind_any(right, "tcp"));
    say(left, "goes over");
    hear(right);
    shut(here);
    shut(near);
    shut(left);
    finish(one);
    shut(there);
    shut(right);
    finish(other);
}

/* Any bytes are a message. */
static void opaque(void)
{
    unsigned char all[256], back[256];
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    title("any bytes");
    for (int i = 0; i < 256; i++)
        all[i] = i;
    join(a, bind_any(b, "tcp"));
    TELL(zmq_send(a, all, sizeof all, 0));
    TELL(zmq_recv(b, back, sizeof back, 0));
    MUST(!memcmp(all, back, sizeof all));
    shut(a);
    shut(b);
    finish(context);
}

/* NULL from what returns a pointer, -1 from what returns a number, and errno. */
static void errors(void)
{
    title("errors");
    errno = 0;
    void *socket = zmq_socket(NULL, ZMQ_PAIR);
    MUST(!socket && errno == EFAULT && zmq_errno() == EFAULT);
    printf("%s\n", zmq_strerror(zmq_errno()));
    errno = 0;
    int rc = zmq_close(NULL);
    MUST(rc == -1 && errno == ENOTSOCK && zmq_errno() == ENOTSOCK);
    printf("%s\n", zmq_strerror(zmq_errno()));
}

int main(void)
{
    threads();
    contexts();
    opaque();
    errors();
    return 0;
}
