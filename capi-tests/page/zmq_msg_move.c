/* zmq_msg_move(3): EFAULT; the destination has what the source had, without a copy,
 * what it held itself is released, and the source is empty. Every kind and size is
 * message/life. Of NULL see handle/bad_pointers: libzmq reads through it. */
#include "support.h"

static void release(void *data, void *hint)
{
    (void)data;
    printf("released: %s\n", (char *)hint);
}

static void show(const char *name, zmq_msg_t *message)
{
    printf("%s: ", name);
    print_part(zmq_msg_data(message), zmq_msg_size(message));
    putchar('\n');
}

int main(void)
{
    static char body[] = "the application's own, and rather longer than inside";
    zmq_msg_t closed, a, b;
    title("EFAULT: a closed message, at either end, and nothing happens");
    MUST(zmq_msg_init(&closed) == 0 && zmq_msg_close(&closed) == 0);
    MUST(zmq_msg_init_size(&a, 4) == 0);
    memcpy(zmq_msg_data(&a), "good", 4);
    TELL(zmq_msg_move(&a, &closed));
    show("a", &a);
    TELL(zmq_msg_move(&closed, &a));
    show("a", &a);
    title("moved");
    MUST(zmq_msg_init_data(&b, body, sizeof body - 1, release, "b") == 0);
    TELL(zmq_msg_move(&b, &a));
    show("a", &a);
    show("b", &b);
    title("without a copy");
    MUST(zmq_msg_init_data(&a, body, sizeof body - 1, release, "a") == 0);
    TELL(zmq_msg_move(&b, &a));
    TELL(zmq_msg_data(&b) == body);
    show("a", &a);
    show("b", &b);
    TELL(zmq_msg_close(&a));
    TELL(zmq_msg_close(&b));
    return 0;
}
