/* When the application gets its memory back from a message of zmq_msg_init_data:
 * not before the bytes are on their way, however few they are. */
#include "support.h"

static int freed;

static void give_back(void *data, void *hint)
{
    (void)data, (void)hint;
    __sync_add_and_fetch(&freed, 1);
}

static void send_own(void *socket, size_t size, int flags)
{
    static char bytes[100000];
    zmq_msg_t msg;
    MUST(zmq_msg_init_data(&msg, bytes, size, give_back, NULL) == 0);
    MUST(zmq_msg_send(&msg, socket, flags) == (int)size);
}

static void await_freed(int count)
{
    long long end = now_ms() + PATIENCE;
    while (__sync_add_and_fetch(&freed, 0) < count && now_ms() < end)
        pause_ms(1);
    printf("given back: %d\n", freed);
}

static void run(const char *transport, size_t size)
{
    void *context = make_context(), *a = make(context, ZMQ_PUSH), *b = make(context, ZMQ_PULL);
    struct endpoint e = unused(context, transport);
    printf("-- %s, %zu bytes\n", transport, size);
    freed = 0;
    join(a, e);
    send_own(a, size, 0);
    send_own(a, size, ZMQ_SNDMORE);
    send_own(a, size, 0);
    let_happen();
    printf("given back while there is nobody: %d\n", freed);
    bind_again(b, e.text);
    for (int i = 0; i < 3; i++) {
        zmq_msg_t msg;
        MUST(zmq_msg_init(&msg) == 0 && zmq_msg_recv(&msg, b, 0) == (int)size);
        MUST(zmq_msg_close(&msg) == 0);
    }
    await_freed(3);
    send_own(a, size, ZMQ_SNDMORE); /* never completed */
    shut_now(a);
    shut_now(b);
    finish(context);
    printf("given back at last: %d\n", freed);
}

/* A copy is kept: the memory comes back when the last is closed, whichever that is. */
static void copied(const char *transport, size_t size, int copy_first)
{
    static char bytes[100000];
    void *context = make_context(), *a = make(context, ZMQ_DEALER), *b = make(context, ZMQ_ROUTER);
    zmq_msg_t msg, copy;
    printf("-- %s, %zu bytes and a copy\n", transport, size);
    freed = 0;
    join(a, bind_own(b, transport));
    MUST(zmq_msg_init_data(&msg, bytes, size, give_back, NULL) == 0);
    MUST(zmq_msg_init(&copy) == 0 && zmq_msg_copy(&copy, &msg) == 0);
    if (copy_first)
        MUST(zmq_msg_close(&copy) == 0);
    MUST(zmq_msg_send(&msg, a, 0) == (int)size);
    MUST(zmq_recv(b, NULL, 0, 0) == 5 && zmq_recv(b, NULL, 0, 0) == (int)size);
    if (!copy_first) {
        pause_ms(50);
        printf("given back while there is a copy: %d\n", freed);
        MUST(zmq_msg_size(&copy) == size && zmq_msg_close(&copy) == 0);
    }
    MUST(zmq_msg_close(&msg) == 0);
    await_freed(1);
    shut(a);
    shut(b);
    finish(context);
    printf("given back at last: %d\n", freed);
}

int main(void)
{
    static const size_t sizes[] = {1, 100, 9000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        run("tcp", sizes[i]);
        run("ipc", sizes[i]);
        run("inproc", sizes[i]);
        for (int copy_first = 0; copy_first < 2; copy_first++) {
            copied("tcp", sizes[i], copy_first);
            copied("ipc", sizes[i], copy_first);
            copied("inproc", sizes[i], copy_first);
        }
    }
    return 0;
}
