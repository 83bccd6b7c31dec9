// ours-only: a proxy of libzmq that is full may stand in a send, and not hear that it is to end
/* A proxy whose other side is full, or has nobody: it stops reading at its mark, so that
 * the one who sends is held up, too; it still hears its control socket, loses nothing,
 * goes on when there is room, and ends with the context. */
#include "run.h"

enum { MARK = 10, SIZE = 50000 };

static void set_marks(void *socket)
{
    set_int(socket, ZMQ_SNDHWM, MARK);
    set_int(socket, ZMQ_RCVHWM, MARK);
    set_int(socket, ZMQ_LINGER, 0);
}

/* Sends until it is held up for good; how many were taken. */
static int send_all_it_takes(void *socket)
{
    static char body[SIZE];
    int count = 0;
    set_int(socket, ZMQ_SNDTIMEO, 2 * SILENCE);
    for (memcpy(body, &count, sizeof count); zmq_send(socket, body, SIZE, 0) == SIZE
         || (await_rest(), zmq_send(socket, body, SIZE, ZMQ_DONTWAIT) == SIZE);
         memcpy(body, &count, sizeof count))
        MUST(++count < 1000);
    MUST(zmq_errno() == EAGAIN);
    set_int(socket, ZMQ_SNDTIMEO, PATIENCE);
    return count;
}

static void hear_number(void *socket, int number)
{
    static char body[SIZE];
    MUST(zmq_recv(socket, body, SIZE, 0) == SIZE);
    MUST(memcmp(body, &number, sizeof number) == 0);
}

/* Two pipes of twice the mark each: what is taken is between one and both of them, and
 * one message in the hands of the proxy. */
static void held_up(int client_type, int front, int back, int worker_type)
{
    void *context = make_context();
    struct proxy proxy = {zmq_socket(context, front), zmq_socket(context, back), NULL,
                          zmq_socket(context, ZMQ_PAIR), 0, 0, 0};
    void *client = make(context, client_type), *worker = make(context, worker_type);
    void *steer = make(context, ZMQ_PAIR);
    char text[256];
    printf("-- from type %d to type %d\n", front, back);
    set_marks(proxy.frontend);
    set_marks(proxy.backend);
    set_marks(client);
    set_marks(worker);
    set_int(steer, ZMQ_LINGER, 0);
    if (back == ZMQ_XPUB) {
        set_int(proxy.backend, ZMQ_XPUB_NODROP, 1);
        set_int(client, ZMQ_XPUB_NODROP, 1);
        MUST(zmq_setsockopt(worker, ZMQ_SUBSCRIBE, "", 0) == 0);
    }
    join(client, bind_any(proxy.frontend, "inproc"));
    join(worker, bind_any(proxy.backend, "inproc"));
    join(steer, bind_any(proxy.control, "inproc"));
    start_proxy(&proxy);
    if (back == ZMQ_XPUB)
        hear(client); /* the subscription has come through */
    for (int round = 0; round < 2; round++) {
        int taken = send_all_it_takes(client);
        printf("taken: at least %s, at most %s\n", taken >= 2 * MARK ? "20" : "less",
               taken <= 4 * MARK + 1 ? "41" : "more");
        if (back != ZMQ_XPUB) { /* which libzmq's proxy waits for in a send */
            say(steer, "STATISTICS");
            printf("an answer of %d parts\n", listen_to(steer, text, sizeof text, 0));
        }
        for (int i = 0; i < taken; i++)
            hear_number(worker, i);
        puts("all of it arrives in order");
        hear_nothing(worker);
    }
    int taken = send_all_it_takes(client);
    MUST(taken >= 2 * MARK);
    if (back == ZMQ_XPUB)
        MUST(zmq_ctx_shutdown(context) == 0);
    else
        say(steer, "TERMINATE");
    join_proxy(&proxy);
    shut(client);
    shut(worker);
    shut(steer);
    finish(context);
}

/* Nobody is at the backend, or nobody who reads: the proxy can pass nothing on. */
static void ends(int somebody)
{
    void *context = make_context();
    struct proxy proxy = {zmq_socket(context, ZMQ_SUB), zmq_socket(context, ZMQ_PUSH), NULL, NULL,
                          0, 0, 0};
    void *client = make(context, ZMQ_XPUB), *worker = make_brief(context, ZMQ_PULL);
    static char body[SIZE];
    title(somebody ? "somebody who does not read, and the context ends" : "nobody, and the context ends");
    set_marks(proxy.backend);
    set_marks(worker);
    set_int(client, ZMQ_LINGER, 0);
    MUST(zmq_setsockopt(proxy.frontend, ZMQ_SUBSCRIBE, "", 0) == 0);
    join(client, bind_any(proxy.frontend, "tcp"));
    struct endpoint e = bind_any(proxy.backend, "tcp");
    if (somebody)
        join(worker, e);
    start_proxy(&proxy);
    hear(client);
    for (int i = 0; i < 3; i++)
        say(client, "nobody hears this");
    for (int i = 0; somebody && i < 1000; i++)
        MUST(zmq_send(client, body, SIZE, 0) == SIZE); /* it drops what is too much */
    let_happen();
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    shut(client);
    shut(worker);
    finish(context);
}

int main(void)
{
    held_up(ZMQ_XPUB, ZMQ_XSUB, ZMQ_XPUB, ZMQ_SUB);
    held_up(ZMQ_PUSH, ZMQ_PULL, ZMQ_PUSH, ZMQ_PULL);
    held_up(ZMQ_DEALER, ZMQ_DEALER, ZMQ_DEALER, ZMQ_DEALER);
    ends(0);
    ends(1);
    return 0;
}
