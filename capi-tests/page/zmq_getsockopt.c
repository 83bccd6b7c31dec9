/* zmq_getsockopt(3): every error, and the rules of lengths and strings. Every option
 * of the page, in every type of socket, with its default and its size, is walked
 * through by socket/option_table and socket/options.
 *
 * EINTR cannot be provoked: no option waits for anything, in libzmq neither.
 * Memory that is none, undefined in libzmq, is handle/bad_pointers. */
#include "support.h"

static void errors(void *context)
{
    void *pull = make(context, ZMQ_PULL);
    char text[64];
    int value;
    size_t size = sizeof value;
    title("EINVAL, no option");
    TELL(zmq_getsockopt(pull, -1, &value, &size));
    TELL(zmq_getsockopt(pull, 9999, &value, &size));
    TELL(zmq_getsockopt(pull, ZMQ_SUBSCRIBE, &value, &size));
    TELL(size);
    title("EINVAL, not enough room");
    size = 3;
    TELL(zmq_getsockopt(pull, ZMQ_LINGER, &value, &size));
    size = 7;
    TELL(zmq_getsockopt(pull, ZMQ_AFFINITY, text, &size));
    size = 0;
    TELL(zmq_getsockopt(pull, ZMQ_TYPE, &value, &size));
    bind_any(pull, "inproc");
    size = 4;
    TELL(zmq_getsockopt(pull, ZMQ_LAST_ENDPOINT, text, &size));
    TELL(size);
    title("ENOTSOCK");
    size = sizeof value;
    TELL(zmq_getsockopt(NULL, ZMQ_LINGER, &value, &size));
    TELL(zmq_getsockopt(context, ZMQ_LINGER, &value, &size));
    shut(pull);
}

static void ended(void)
{
    void *context = make_context(), *pull = make(context, ZMQ_PULL);
    int value;
    size_t size = sizeof value;
    title("ETERM");
    MUST(zmq_ctx_shutdown(context) == 0);
    /* libzmq takes notice with the next call that looks for messages */
    TELL(zmq_recv(pull, &value, sizeof value, ZMQ_DONTWAIT));
    TELL(zmq_getsockopt(pull, ZMQ_LINGER, &value, &size));
    TELL(zmq_getsockopt(pull, ZMQ_TYPE, &value, &size));
    TELL(zmq_getsockopt(pull, ZMQ_EVENTS, &value, &size));
    TELL(zmq_getsockopt(pull, -1, &value, &size));
    shut(pull);
    finish(context);
}

static void lengths(void *context)
{
    void *dealer = make(context, ZMQ_DEALER);
    unsigned char room[64];
    size_t size = sizeof room;
    title("the length is the value's, whatever room there was");
    memset(room, 0xff, sizeof room);
    TELL(zmq_getsockopt(dealer, ZMQ_RCVMORE, room, &size));
    TELL(size);
    print_part(room, 8);
    putchar('\n');
    title("but for many options only that much room will do");
    size = sizeof room;
    TELL(zmq_getsockopt(dealer, ZMQ_SNDHWM, room, &size));
    TELL(zmq_getsockopt(dealer, ZMQ_AFFINITY, room, &size));
    TELL(size);
    title("bytes, which may have zeros in them and have none at the end");
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "a\0b", 3) == 0);
    size = sizeof room;
    TELL(zmq_getsockopt(dealer, ZMQ_ROUTING_ID, room, &size));
    TELL(size);
    print_part(room, size);
    putchar('\n');
    title("text, whose length counts the zero at its end");
    MUST(zmq_bind(dealer, "inproc://named") == 0);
    size = sizeof room;
    TELL(zmq_getsockopt(dealer, ZMQ_LAST_ENDPOINT, room, &size));
    TELL(size);
    puts((char *)room);
    size = strlen("inproc://named") + 1;
    TELL(zmq_getsockopt(dealer, ZMQ_LAST_ENDPOINT, room, &size));
    shut(dealer);
}

/* The page's example: whether more parts follow. */
static void the_example(void *context)
{
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    int more;
    size_t size = sizeof more;
    title("ZMQ_RCVMORE");
    join(a, bind_any(b, "inproc"));
    say(a, "one|two");
    do {
        char byte[8];
        MUST(zmq_recv(b, byte, sizeof byte, 0) == 3);
        TELL(zmq_getsockopt(b, ZMQ_RCVMORE, &more, &size));
    } while (TELL(more));
    shut(a);
    shut(b);
}

int main(void)
{
    void *context = make_context();
    errors(context);
    ended();
    lengths(context);
    the_example(context);
    finish(context);
    return 0;
}
