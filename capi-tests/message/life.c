/* A message's whole life: every way to make one, copy and move between kinds and
 * sizes, properties, and when the free function runs. */
#include "support.h"

static int freed;
static void count_free(void *data, void *hint)
{
    (void)data;
    printf("freed, hint %s\n", (const char *)hint);
    freed++;
}

static void describe(const char *name, zmq_msg_t *m)
{
    printf("%s: size %zu, more %d, shared %d, body ", name, zmq_msg_size(m), zmq_msg_more(m),
           zmq_msg_get(m, ZMQ_SHARED));
    print_part(zmq_msg_data(m), zmq_msg_size(m));
    putchar('\n');
}

static void fill(zmq_msg_t *m, size_t size)
{
    MUST(zmq_msg_init_size(m, size) == 0);
    for (size_t i = 0; i < size; i++)
        ((char *)zmq_msg_data(m))[i] = (char)('a' + i % 26);
}

static int same(zmq_msg_t *a, zmq_msg_t *b)
{
    return zmq_msg_size(a) == zmq_msg_size(b)
        && memcmp(zmq_msg_data(a), zmq_msg_data(b), zmq_msg_size(a)) == 0;
}

static void sizes(void)
{
    static const size_t size[] = {0, 1, 2, 29, 30, 33, 34, 40, 41, 64, 255, 256, 8191, 8192, 100000};
    title("every size can be copied, moved and written to");
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        zmq_msg_t a, b, c;
        fill(&a, size[i]);
        MUST(zmq_msg_init(&b) == 0 && zmq_msg_init(&c) == 0);
        MUST(zmq_msg_copy(&b, &a) == 0 && same(&a, &b));
        MUST(zmq_msg_move(&c, &b) == 0 && same(&a, &c));
        printf("%zu: source of the move has %zu bytes\n", size[i], zmq_msg_size(&b));
        MUST(zmq_msg_close(&a) == 0);
        for (size_t k = 0; k < zmq_msg_size(&c); k++)
            MUST(((char *)zmq_msg_data(&c))[k] == (char)('a' + k % 26));
        MUST(zmq_msg_close(&b) == 0 && zmq_msg_close(&c) == 0);
    }
}

static void kinds(void)
{
    static char body[] = "a body of the caller's own, kept where it is";
    zmq_msg_t a, b, c;

    title("init");
    TELL(zmq_msg_init(&a));
    describe("a", &a);
    TELL(zmq_msg_close(&a));

    title("init_size");
    TELL(zmq_msg_init_size(&a, 5));
    memcpy(zmq_msg_data(&a), "hello", 5);
    describe("a", &a);
    TELL(zmq_msg_init(&b));
    TELL(zmq_msg_copy(&b, &a));
    describe("b", &b);
    TELL(zmq_msg_close(&a));
    describe("b", &b);
    TELL(zmq_msg_close(&b));

    title("init_data, copied twice, freed once by the last close");
    TELL(zmq_msg_init_data(&a, body, sizeof body - 1, count_free, "one"));
    MUST(zmq_msg_data(&a) == body);
    describe("a", &a);
    TELL(zmq_msg_init(&b));
    TELL(zmq_msg_init(&c));
    TELL(zmq_msg_copy(&b, &a));
    TELL(zmq_msg_copy(&c, &b));
    MUST(zmq_msg_data(&b) == body && zmq_msg_data(&c) == body);
    describe("a", &a);
    describe("c", &c);
    TELL(zmq_msg_close(&a));
    TELL(zmq_msg_close(&c));
    describe("b", &b);
    TELL(zmq_msg_close(&b));
    printf("freed %d\n", freed);

    title("init_data without a free function");
    TELL(zmq_msg_init_data(&a, body, 6, NULL, NULL));
    describe("a", &a);
    TELL(zmq_msg_init(&b));
    TELL(zmq_msg_copy(&b, &a));
    describe("b", &b);
    TELL(zmq_msg_close(&a));
    TELL(zmq_msg_close(&b));

    title("init_data of nothing");
    TELL(zmq_msg_init_data(&a, NULL, 0, count_free, "nothing"));
    printf("size %zu\n", zmq_msg_size(&a));
    TELL(zmq_msg_close(&a));

    title("copy and move over a message close it first");
    TELL(zmq_msg_init_data(&a, body, 6, count_free, "overwritten by copy"));
    TELL(zmq_msg_init_size(&b, 2));
    memcpy(zmq_msg_data(&b), "bb", 2);
    TELL(zmq_msg_copy(&a, &b));
    describe("a", &a);
    TELL(zmq_msg_init_data(&c, body, 6, count_free, "overwritten by move"));
    TELL(zmq_msg_move(&c, &a));
    describe("c", &c);
    describe("a", &a);
    TELL(zmq_msg_close(&a));
    TELL(zmq_msg_close(&b));
    TELL(zmq_msg_close(&c));

    title("copy of a large message is shared");
    fill(&a, 1024);
    describe("a", &a);
    TELL(zmq_msg_init(&b));
    TELL(zmq_msg_copy(&b, &a));
    describe("b", &b);
    describe("a", &a);
    TELL(zmq_msg_close(&b));
    TELL(zmq_msg_close(&a));
}

static void properties(void)
{
    zmq_msg_t a, b;
    title("properties");
    TELL(zmq_msg_init_size(&a, 1));
    TELL(zmq_msg_get(&a, ZMQ_MORE));
    TELL(zmq_msg_get(&a, ZMQ_SHARED));
    TELL(zmq_msg_get(&a, ZMQ_SRCFD));
    TELL(zmq_msg_get(&a, 77));
    TELL(zmq_msg_get(&a, -1));
    TELL(zmq_msg_set(&a, ZMQ_MORE, 1));
    TELL(zmq_msg_set(&a, 77, 0));
    TELL_PTR(zmq_msg_gets(&a, "Socket-Type"));
    TELL_PTR(zmq_msg_gets(&a, ""));
    TELL(zmq_msg_close(&a));

    title("closed messages");
    TELL(zmq_msg_close(&a));
    TELL(zmq_msg_init(&b));
    TELL(zmq_msg_copy(&b, &a));
    TELL(zmq_msg_move(&b, &a));
    printf("b has %zu bytes\n", zmq_msg_size(&b));
    TELL(zmq_msg_close(&b));
}

static void no_memory(void)
{
    zmq_msg_t a;
    title("a size that nothing can hold");
    TELL(zmq_msg_init_size(&a, SIZE_MAX / 2));
    TELL(zmq_msg_init_size(&a, SIZE_MAX));
}

int main(void)
{
    printf("a message has %zu bytes\n", sizeof(zmq_msg_t));
    sizes();
    kinds();
    properties();
    no_memory();
    return 0;
}
