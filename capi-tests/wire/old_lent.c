/* Large messages to raw peers of ZMTP 1.0 and 2.0 that read now and then: every byte is
 * there though the sender's memory is gone when zmq_send returns. And the peer may hang up
 * in the middle of one: the next is told from the next whole message on. */
#include "../monitor/raw.h"
#include "../flow/lent.h"

#define COUNT 60

static int fd, version;
static unsigned char body[LARGEST + 1];

/* The greeting of a peer without a name; ours is read. */
static void shake(void)
{
    static const char one[] = "\1\0", two[] = "\xff\0\0\0\0\0\0\0\1\x7f\1\7\0\0";
    char got[14];
    if (version == 1)
        send_all(fd, one, 2);
    else
        send_all(fd, two, 14);
    MUST(raw_read(fd, got, version == 1 ? 10 : 14));
}

/* The size of the next frame, which is a whole message. */
static size_t read_header(void)
{
    unsigned char head[10];
    size_t size = 0;
    MUST(raw_read(fd, head, 2));
    if (version == 1 && head[0] != 0xff) {
        MUST(head[1] == 0);
        return head[0] - 1u;
    }
    if (version == 2 && head[0] != 2) {
        MUST(head[0] == 0);
        return head[1];
    }
    MUST(raw_read(fd, head + 2, version == 1 ? 8 : 7));
    for (int i = 0; i < 8; i++)
        size = size << 8 | head[1 + i];
    MUST(version == 2 || head[9] == 0);
    return version == 1 ? size - 1 : size;
}

static int64_t hear_raw(void)
{
    size_t size = read_header();
    MUST(size <= LARGEST && raw_read(fd, body, size));
    return number_of(body, size);
}

static void *send_all_of_them(void *socket)
{
    for (int i = 0; i < COUNT; i++)
        send_surely(socket, (uint64_t)i, 0);
    return NULL;
}

static void tell(int which)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    struct endpoint e;
    int listener = raw_listen(&e), small = 32 * 1024, wrong = 0;
    int64_t last = -1, number;
    pthread_t sender;
    version = which;
    set_int(push, ZMQ_SNDBUF, small);
    set_int(push, ZMQ_SNDHWM, 5);
    set_int(push, ZMQ_RECONNECT_IVL, 5);
    MUST(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
    join(push, e);
    fd = raw_accept(listener);
    shake();
    MUST(pthread_create(&sender, NULL, send_all_of_them, push) == 0);
    for (int i = 0; i < COUNT / 2; i++) {
        wrong += hear_raw() != i;
        if (i % 10 == 5)
            pause_ms(20);
        last = i;
    }
    /* in the middle of a body */
    size_t size = read_header();
    MUST(raw_read(fd, body, size < 5000 ? size : 5000));
    close(fd);
    fd = raw_accept(listener);
    shake();
    do {
        number = hear_raw();
        wrong += number <= last;
        last = number;
    } while (number != COUNT - 1);
    MUST(pthread_join(sender, NULL) == 0);
    printf("%d.0: wrong %d\n", version, wrong);
    close(fd);
    close(listener);
    shut(push);
    finish(context);
}

int main(void)
{
    for (int i = 1; i <= 2; i++)
        tell(i);
    return 0;
}
