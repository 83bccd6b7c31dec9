/* zmq_msg_copy(3): EFAULT; the copy has the same body, what the destination held is
 * released, and the source stays what it is. Every kind and size is
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

static void copied(size_t size)
{
    zmq_msg_t source, copy;
    printf("-- %zu bytes\n", size);
    MUST(zmq_msg_init_size(&source, size) == 0);
    memset(zmq_msg_data(&source), 'x', size);
    MUST(zmq_msg_init_data(&copy, "old", 3, release, "what was there") == 0);
    TELL(zmq_msg_copy(&copy, &source));
    show("source", &source);
    TELL(zmq_msg_close(&source));
    show("copy", &copy);
    TELL(zmq_msg_close(&copy));
}

int main(void)
{
    zmq_msg_t closed, good;
    title("EFAULT: a closed message, at either end, and nothing happens");
    MUST(zmq_msg_init(&closed) == 0 && zmq_msg_close(&closed) == 0);
    MUST(zmq_msg_init_size(&good, 4) == 0);
    memcpy(zmq_msg_data(&good), "good", 4);
    TELL(zmq_msg_copy(&good, &closed));
    show("good", &good);
    TELL(zmq_msg_copy(&closed, &good));
    show("good", &good);
    TELL(zmq_msg_close(&good));
    copied(0);
    copied(10);
    copied(60);
    copied(1000);
    return 0;
}
