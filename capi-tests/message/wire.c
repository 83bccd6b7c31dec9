/* Messages on their way: who owns them after a send that worked or failed, the
 * MORE flag, truncation, free functions, constants and vectors of parts. */
#include <sys/uio.h>
#include "support.h"

static volatile int freed;
static void count_free(void *data, void *hint)
{
    (void)hint;
    free(data);
    __sync_add_and_fetch(&freed, 1);
}

static void await_freed(int wanted)
{
    long long end = now_ms() + PATIENCE;
    while (__sync_add_and_fetch(&freed, 0) < wanted && now_ms() < end)
        pause_ms(1);
    printf("freed %d\n", __sync_add_and_fetch(&freed, 0));
}

static void ownership(void *a, void *b)
{
    zmq_msg_t m;
    title("a sent message is empty and may be closed or used again");
    MUST(zmq_msg_init_size(&m, 3) == 0);
    memcpy(zmq_msg_data(&m), "one", 3);
    TELL(zmq_msg_send(&m, a, 0));
    printf("size %zu\n", zmq_msg_size(&m));
    TELL(zmq_msg_close(&m));
    hear(b);

    title("a message that could not be sent stays with the caller");
    void *context = make_context(), *lonely = make(context, ZMQ_PUSH);
    MUST(zmq_msg_init_size(&m, 4) == 0);
    memcpy(zmq_msg_data(&m), "kept", 4);
    TELL(zmq_msg_send(&m, lonely, ZMQ_DONTWAIT));
    printf("size %zu\n", zmq_msg_size(&m));
    TELL(zmq_msg_send(&m, a, 0));
    hear(b);
    TELL(zmq_msg_close(&m));
    shut_now(lonely);
    finish(context);

    title("receiving into a full message closes what it held");
    void *body = malloc(10);
    freed = 0;
    MUST(zmq_msg_init_data(&m, body, 10, count_free, NULL) == 0);
    say(a, "two");
    TELL(zmq_msg_recv(&m, b, 0));
    await_freed(1);
    printf("more %d\n", zmq_msg_more(&m));
    TELL(zmq_msg_recv(&m, b, ZMQ_DONTWAIT));
    printf("size after EAGAIN %zu\n", zmq_msg_size(&m));
    TELL(zmq_msg_close(&m));

    title("the deprecated names");
    MUST(zmq_msg_init_size(&m, 1) == 0);
    *(char *)zmq_msg_data(&m) = 'd';
    TELL(zmq_sendmsg(a, &m, 0));
    TELL(zmq_recvmsg(b, &m, 0));
    TELL(zmq_msg_close(&m));
}

static void free_function(void *a, void *b)
{
    char text[200000];
    title("a free function runs once, also for a body of any size");
    freed = 0;
    for (int i = 0; i < 3; i++) {
        static const size_t sizes[] = {8, 3000, 200000};
        zmq_msg_t m;
        void *body = malloc(sizes[i]);
        memset(body, 'x', sizes[i]);
        MUST(zmq_msg_init_data(&m, body, sizes[i], count_free, NULL) == 0);
        TELL(zmq_msg_send(&m, a, 0));
        TELL(zmq_recv(b, text, sizeof text, 0));
    }
    await_freed(3);
}

static void parts(void *a, void *b)
{
    char four[4];
    title("parts, MORE and truncation");
    say(a, "first|second||last part");
    TELL(zmq_recv(b, four, sizeof four, 0));
    printf("%.4s\n", four);
    TELL(get_int(b, ZMQ_RCVMORE));
    TELL(zmq_recv(b, NULL, 0, 0));
    TELL(get_int(b, ZMQ_RCVMORE));
    TELL(zmq_recv(b, four, 4, 0));
    TELL(get_int(b, ZMQ_RCVMORE));
    TELL(zmq_recv(b, four, 4, 0));
    TELL(get_int(b, ZMQ_RCVMORE));
    hear_nothing(b);
    TELL(zmq_send(a, NULL, 0, 0));
    hear(b);

    title("constant bodies");
    TELL(zmq_send_const(a, "a constant body that is longer than anything kept inline", 56, ZMQ_SNDMORE));
    TELL(zmq_send_const(a, "short", 5, 0));
    hear(b);
}

static void vectors(void *a, void *b)
{
    struct iovec out[3] = {{"alpha", 5}, {"", 0}, {"gamma", 5}}, in[4];
    size_t count = 4;
    title("vectors");
    TELL(zmq_sendiov(a, out, 3, ZMQ_SNDMORE));
    TELL(zmq_send(a, "end", 3, 0));
    TELL(zmq_recviov(b, in, &count, 0));
    printf("count %zu\n", count);
    for (size_t i = 0; i < count; i++) {
        printf("[%.*s] ", (int)in[i].iov_len, (char *)in[i].iov_base);
        free(in[i].iov_base);
    }
    putchar('\n');
    TELL(zmq_sendiov(a, out, 3, 0));
    count = 2;
    TELL(zmq_recviov(b, in, &count, 0));
    printf("count %zu\n", count);
    for (size_t i = 0; i < count; i++)
        free(in[i].iov_base);
    hear(b);
    TELL(zmq_sendiov(a, out, 0, 0));
    TELL(zmq_sendiov(a, NULL, 1, 0));
    TELL(zmq_sendiov(NULL, out, 1, 0));
    count = 0;
    TELL(zmq_recviov(b, in, &count, 0));
    TELL(zmq_recviov(b, in, NULL, 0));
    MUST(await(b, ZMQ_POLLIN, PATIENCE));
    count = 1;
    TELL(zmq_recviov(NULL, in, &count, 0));
    TELL(zmq_recviov(b, in, &count, ZMQ_DONTWAIT));
    free(in[0].iov_base);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int i = 0; i < 3; i++) {
        void *context = make_context();
        void *b = make(context, ZMQ_PAIR), *a = make(context, ZMQ_PAIR);
        title(transports[i]);
        join(a, bind_any(b, transports[i]));
        ownership(a, b);
        free_function(a, b);
        parts(a, b);
        vectors(a, b);
        shut(a);
        shut(b);
        finish(context);
    }
    return 0;
}
