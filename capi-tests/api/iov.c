/* zmq_sendiov and zmq_recviov: parts, places, memory for free(), every error. */
#include <sys/uio.h>
#include "support.h"

static void tell_parts(struct iovec *parts, size_t count)
{
    printf("  count %zu:", count);
    for (size_t i = 0; i < count; i++) {
        putchar(' ');
        print_part(parts[i].iov_base, parts[i].iov_len);
        free(parts[i].iov_base);
    }
    puts("");
}

static void run(const char *transport)
{
    void *context = make_context(), *none = NULL;
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    struct iovec out[] = {{"one", 3}, {"", 0}, {"three", 5}}, in[8];
    static char large[200000];
    struct iovec big[] = {{large, sizeof large}, {large, 100}};
    size_t count;
    title(transport);
    join(a, bind_any(b, transport));
    TELL(zmq_sendiov(a, out, 3, ZMQ_SNDMORE));
    count = 8;
    TELL(zmq_recviov(b, in, &count, 0));
    tell_parts(in, count);
    TELL(zmq_sendiov(a, out, 3, 0));
    for (int i = 0; i < 3; i++) {
        count = 8;
        TELL(zmq_recviov(b, in, &count, 0));
        tell_parts(in, count);
    }
    TELL(zmq_sendiov(a, out, 3, ZMQ_SNDMORE));
    count = 2;
    TELL(zmq_recviov(b, in, &count, 0));
    tell_parts(in, count);
    count = 2;
    TELL(zmq_recviov(b, in, &count, 0));
    tell_parts(in, count);
    count = 1;
    TELL(zmq_recviov(b, in, &count, ZMQ_DONTWAIT));
    printf("  count %zu\n", count);
    TELL(zmq_sendiov(a, big, 2, ZMQ_SNDMORE));
    count = 2;
    TELL(zmq_recviov(b, in, &count, 0));
    tell_parts(in, count);
    title("errors");
    count = 0;
    TELL(zmq_recviov(b, in, &count, 0));
    TELL(zmq_sendiov(a, out, 0, 0));
    TELL(zmq_sendiov(none, out, 3, 0));
    count = 3;
    TELL(zmq_recviov(none, in, &count, 0));
    TELL(zmq_sendiov(a, NULL, 3, 0));
    TELL(zmq_recviov(b, NULL, &count, 0));
    TELL(zmq_recviov(b, in, NULL, 0));
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    run("inproc");
    run("tcp");
    return 0;
}
