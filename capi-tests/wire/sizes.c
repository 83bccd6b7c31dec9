/* Frames of all sizes one after another, in any pieces, to readers of every kind: what is
 * read behind a large frame, and how much of it, shows nowhere. A raw peer sends them: all
 * triples of sizes in one stream, and then each behind a large one, cut wherever that may
 * matter, so that the reader has come to the cut before there is more. */
#include <netinet/tcp.h>
#include <stdatomic.h>
#include "../monitor/raw.h"

static const size_t SIZES[] = {0, 1, 255, 256, 503, 504, 512, 700, 8191, 8192, 16400, 32767, 32768, 70000};
#define KINDS ((int)(sizeof SIZES / sizeof *SIZES))
#define LARGEST 70000

/* Where a stream is cut behind a large frame. */
static const size_t CUTS[] = {0, 1, 2, 8, 9, 10, 300, 511, 512, 513, 514, 521, 8000, 8200};

static unsigned char pattern[LARGEST + 256];
static atomic_int heard;

/* The frames of a run: their sizes, and whether more of the message follow. */
static unsigned char kinds[8192];
static int frames;

static void add(int kind)
{
    MUST(frames < (int)sizeof kinds);
    kinds[frames++] = (unsigned char)kind;
}

static int more_follow(int frame)
{
    return frame % 5 == 2 && frame < frames - 1;
}

static const unsigned char *body_of(int frame)
{
    return pattern + frame % 251;
}

static void write_all(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;
    while (size > 0) {
        ssize_t sent = send(fd, next, size, MSG_NOSIGNAL);
        MUST(sent > 0);
        next += sent;
        size -= (size_t)sent;
    }
}

/* A frame as it goes over the wire, behind `used` bytes of `out`, and a PING now and then. */
static size_t put_frame(unsigned char *out, int frame)
{
    static const char ping[] = "\4\7\4PING\0";
    size_t size = SIZES[kinds[frame]], used = 0;
    out[used++] = (unsigned char)(more_follow(frame) | (size > 255 ? 2 : 0));
    if (size > 255)
        for (int shift = 56; shift >= 0; shift -= 8)
            out[used++] = (unsigned char)(size >> shift);
    else
        out[used++] = (unsigned char)size;
    memcpy(out + used, body_of(frame), size);
    used += size;
    if (frame % 11 == 7 && !more_follow(frame)) {
        memcpy(out + used, ping, sizeof ping);
        used += sizeof ping;
    }
    return used;
}

/* All of it, as the kernel takes it. */
static void *send_stream(void *argument)
{
    static unsigned char out[LARGEST + 64];
    for (int i = 0; i < frames; i++)
        write_all(*(int *)argument, out, put_frame(out, i));
    return NULL;
}

/* Up to each cut; then the rest, once the reader has what is before. */
static void *send_cut(void *argument)
{
    static unsigned char out[2 * LARGEST + 128];
    int fd = *(int *)argument;
    for (int i = 0; i + 1 < frames; i += 2) {
        size_t first = put_frame(out, i), all = first + put_frame(out + first, i + 1);
        size_t cut = first + CUTS[i / 2 % (sizeof CUTS / sizeof *CUTS)];
        cut = cut < all ? cut : all;
        write_all(fd, out, cut);
        while (atomic_load(&heard) <= i && !more_follow(i))
            sched_yield();
        write_all(fd, out + cut, all - cut);
    }
    return NULL;
}

enum { BLOCKS, POLLS, ASKS_FD, SLOW, READERS };
static const char *const readers[] = {"blocks", "polls", "looks at ZMQ_FD", "is slow"};

static void run(const char *what, int reader, void *(*send_it)(void *))
{
    static unsigned char got[LARGEST + 1];
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    int one = 1, wrong = 0, fd;
    pthread_t sender;
    if (reader == SLOW)
        set_int(socket, ZMQ_RCVHWM, 2);
    fd = raw_connect(bind_any(socket, "tcp"));
    MUST(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
    raw_shake(fd);
    if (reader == ASKS_FD)
        get_int(socket, ZMQ_FD);
    atomic_store(&heard, 0);
    MUST(pthread_create(&sender, NULL, send_it, &fd) == 0);
    for (int i = 0; i < frames; i++) {
        if (reader == POLLS || reader == ASKS_FD)
            MUST(await(socket, ZMQ_POLLIN, PATIENCE));
        if (reader == SLOW && i % 512 == 100)
            pause_ms(20);
        int size = zmq_recv(socket, got, sizeof got, 0);
        MUST(size >= 0);
        wrong += (size_t)size != SIZES[kinds[i]] || memcmp(got, body_of(i), (size_t)size) != 0;
        wrong += get_int(socket, ZMQ_RCVMORE) != more_follow(i);
        atomic_store(&heard, i + 1);
    }
    MUST(pthread_join(sender, NULL) == 0);
    printf("%s, who %s: %d frames, wrong %d\n", what, readers[reader], frames, wrong);
    close(fd);
    shut(socket);
    finish(context);
}

int main(void)
{
    int cuts = (int)(sizeof CUTS / sizeof *CUTS);
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (unsigned char)(i * 31 + i / 256 * 7);
    for (int a = 0; a < KINDS; a++)
        for (int b = 0; b < KINDS; b++)
            for (int c = a % 2; c < KINDS; c += 2) {
                add(a);
                add(b);
                add(c);
            }
    for (int reader = 0; reader < READERS; reader++)
        run("all triples", reader, send_stream);
    frames = 0;
    for (int k = 0; k < KINDS; k++)
        for (int c = 0; c < cuts; c++) {
            add(KINDS - 1 - c % 2);
            add(k);
        }
    for (int reader = 0; reader < READERS; reader++)
        run("cut behind large ones", reader, send_cut);
    return 0;
}
