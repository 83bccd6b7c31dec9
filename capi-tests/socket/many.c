/* The limit of sockets in a context: reached, kept to, and given back. */
#include "support.h"

static void *sockets[2000];

static int open_all(void *context)
{
    int count = 0;
    while (count < 2000 && (sockets[count] = zmq_socket(context, ZMQ_PULL)))
        count++;
    return count;
}

int main(void)
{
    void *context = make_context();
    int count = 0, again;
    MUST(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 300) == 0);
    for (int round = 0; round < 3; round++) {
        count = open_all(context);
        printf("opened %d, then %s\n", count, error_name(zmq_errno()));
        for (again = 0; again < 10; again++)
            MUST(zmq_socket(context, ZMQ_PUSH) == NULL && zmq_errno() == EMFILE);
        for (int i = 0; i < count; i++)
            shut(sockets[i]);
        long long end = now_ms() + PATIENCE; /* libzmq closes in the background */
        while (!(sockets[0] = zmq_socket(context, ZMQ_PULL)))
            MUST(now_ms() < end);
        let_happen();
        shut(sockets[0]);
        let_happen();
    }
    finish(context);

    context = make_context();
    printf("by default %d\n", open_all(context));
    for (again = 0; again < 10; again++)
        MUST(zmq_socket(context, ZMQ_PUSH) == NULL && zmq_errno() == EMFILE);
    for (int i = 0; sockets[i] && i < 1023; i++)
        shut(sockets[i]);
    finish(context);

    title("20 contexts at once");
    void *contexts[20];
    for (int i = 0; i < 20; i++) {
        contexts[i] = make_context();
        sockets[i] = make(contexts[i], ZMQ_REP);
    }
    for (int i = 0; i < 20; i++) {
        shut(sockets[i]);
        finish(contexts[i]);
    }
    puts("closed");
    return 0;
}
