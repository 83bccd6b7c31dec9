/* A peer that reads slowly is sent more and more, so that something always waits to be
 * written, and most often the rest of a message. PINGs and PONGs get through all the same,
 * between two frames (ours: two messages), long before what waits is out. */
#include "monitor/raw.h"

#define LARGEST 70000
/* So many PINGs and PONGs are waited for. */
#define COUNT 4

struct job { void *socket; size_t size; int parts; };
static volatile int over;

/* Each frame begins with its number. */
static void *flood(void *argument)
{
    struct job *job = argument;
    unsigned char *body = calloc(1, LARGEST);
    MUST(body);
    for (uint32_t number = 0; !over;) {
        int flags = (number + 1) % (uint32_t)job->parts ? ZMQ_SNDMORE : 0;
        memcpy(body, &number, sizeof number);
        if (zmq_send(job->socket, body, job->size, flags) == -1)
            MUST(zmq_errno() == EAGAIN);
        else
            number++;
    }
    free(body);
    return NULL;
}

/* The next frame; its flags. */
static int read_frame(int fd, unsigned char *body, size_t *size)
{
    unsigned char head[9];
    MUST(raw_read(fd, head, 2));
    *size = head[1];
    if (head[0] & 2) {
        MUST(raw_read(fd, head + 2, 7));
        *size = 0;
        for (int i = 0; i < 8; i++)
            *size = *size << 8 | head[1 + i];
    }
    MUST(*size <= LARGEST && raw_read(fd, body, *size));
    return head[0];
}

static void backlog(size_t size, int parts)
{
    static const char ping[] = "\4\x0a\4PING\0\0abc";
    static unsigned char body[LARGEST];
    void *context = make_context(), *dealer = make(context, ZMQ_DEALER);
    struct job job = {dealer, size, parts};
    pthread_t thread;
    int pings = 0, pongs = 0, small = 16384;
    uint32_t expected = 0, number;
    size_t length, read = 0;
    over = 0;
    set_int(dealer, ZMQ_HEARTBEAT_IVL, 20);
    set_int(dealer, ZMQ_HEARTBEAT_TIMEOUT, 10 * PATIENCE);
    set_int(dealer, ZMQ_SNDTIMEO, 20);
    set_int(dealer, ZMQ_SNDBUF, small);
    struct endpoint e = bind_own(dealer, "tcp");
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == 0);
    MUST(raw_connects(fd, e));
    raw_shake(fd);
    MUST(pthread_create(&thread, NULL, flood, &job) == 0);
    snprintf(about, sizeof about, "%d parts of %zu", parts, size);
    for (long long end = now_ms() + PATIENCE; pings < COUNT || pongs < COUNT;) {
        MUST(now_ms() < end);
        int flags = read_frame(fd, body, &length);
        if (flags & 4) {
            if (!memcmp(body, "\4PING", 5)) {
                pings++;
                send_all(fd, ping, sizeof ping - 1);
                continue;
            }
            MUST(length == 8 && !memcmp(body, "\4PONGabc", 8));
            pongs++;
            continue;
        }
        MUST(length == size);
        memcpy(&number, body, sizeof number);
        MUST(number == expected++);
        read += length;
        if (read > 16384) {
            pause_ms(1);
            read = 0;
        }
    }
    printf("%d parts of %zu: PINGs and PONGs came\n", parts, size);
    over = 1;
    close(fd);
    MUST(pthread_join(thread, NULL) == 0);
    shut_now(dealer);
    finish(context);
}

int main(void)
{
    backlog(65536, 1);
    backlog(20000, 1);
    backlog(3000, 1);
    backlog(200, 1);
    backlog(20000, 3);
    backlog(5000, 4);
    return 0;
}
