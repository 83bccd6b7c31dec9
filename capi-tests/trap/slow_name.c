// breaks: it looks names up in the I/O thread, where everything waits for the resolver
/* While the resolver is stuck over one name, zmq_connect returns, other connections
 * of the same I/O thread go on and new ones are made; the socket can be closed and
 * its context ended without an answer. */
#include <semaphore.h>
#include "names.h"

static sem_t asked, let_go;

static int look_up(const char *name, in_addr_t *addresses)
{
    (void)name;
    addresses[0] = htonl(INADDR_LOOPBACK);
    sem_post(&asked);
    while (sem_wait(&let_go) == -1)
        ;
    return 1;
}

int main(void)
{
    alarm(60);
    MUST(sem_init(&asked, 0, 0) == 0 && sem_init(&let_go, 0, 0) == 0);
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    void *c = make(context, ZMQ_PAIR), *d = make(context, ZMQ_PAIR);
    void *waits = make(context, ZMQ_DEALER);
    join(a, bind_any(b, "tcp"));
    say(a, "before");
    hear(b);
    TELL(zmq_connect(waits, "tcp://stuck.invalid:9"));
    while (sem_wait(&asked) == -1)
        ;
    puts("the resolver is asked");
    set_int(b, ZMQ_RCVTIMEO, 6000);
    say(a, "meanwhile");
    if (hear(b) == -1)
        return 1;
    join(c, bind_any(d, "tcp"));
    set_int(d, ZMQ_RCVTIMEO, 6000);
    say(c, "a new connection");
    hear(d);
    shut(a);
    shut(b);
    shut(c);
    shut(d);
    shut_now(waits);
    TELL(zmq_ctx_term(context));
    sem_post(&let_go);
    return 0;
}
