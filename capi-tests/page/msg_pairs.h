/* What zmq_msg_copy and zmq_msg_move have in common: a closed message at either end is
 * EFAULT, and a look at what there is in a message. */
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

static void refused(int (*pass)(zmq_msg_t *to, zmq_msg_t *from))
{
    zmq_msg_t closed, good;
    title("EFAULT: a closed message, at either end, and nothing happens");
    MUST(zmq_msg_init(&closed) == 0 && zmq_msg_close(&closed) == 0);
    MUST(zmq_msg_init_size(&good, 4) == 0);
    memcpy(zmq_msg_data(&good), "good", 4);
    TELL(pass(&good, &closed));
    show("good", &good);
    TELL(pass(&closed, &good));
    show("good", &good);
    TELL(zmq_msg_close(&good));
}
