/* STREAM: much at once, both ways, and a peer that does not read. */
#include "plain.h"

#define MUCH (8 * 1024 * 1024)

static unsigned char pattern_at(size_t at) { return (unsigned char)(at * 7 + at / 251); }

/* Receives so many bytes; says whether they are right, and the largest message. */
static void take(void *stream, size_t size)
{
    static unsigned char body[256 * 1024];
    char name[256];
    size_t got = 0, most = 0, wrong = 0;
    while (got < size) {
        MUST(zmq_recv(stream, name, sizeof name, 0) == 5);
        int rc = zmq_recv(stream, body, sizeof body, 0);
        MUST(rc >= 0);
        for (int i = 0; i < rc; i++)
            wrong += body[i] != pattern_at(got + (size_t)i);
        got += (size_t)rc;
        most = (size_t)rc > most ? (size_t)rc : most;
    }
    printf("%zu bytes, %zu wrong, none longer than 8192: %d\n", got, wrong, most <= 8192);
}

static void check(int fd, size_t size)
{
    static unsigned char body[64 * 1024];
    size_t got = 0, wrong = 0;
    while (got < size) {
        ssize_t count = read(fd, body, sizeof body);
        MUST(count > 0);
        for (ssize_t i = 0; i < count; i++)
            wrong += body[i] != pattern_at(got + (size_t)i);
        got += (size_t)count;
    }
    printf("%zu bytes, %zu wrong\n", got, wrong);
}

static unsigned char *much(void)
{
    unsigned char *bytes = malloc(MUCH);
    MUST(bytes);
    for (size_t i = 0; i < MUCH; i++)
        bytes[i] = pattern_at(i);
    return bytes;
}

struct job { int fd; unsigned char *bytes; };

static void *pour(void *arg)
{
    struct job *job = arg;
    for (size_t at = 0; at < MUCH;) {
        ssize_t count = write(job->fd, job->bytes + at, MUCH - at);
        MUST(count > 0);
        at += (size_t)count;
    }
    return NULL;
}

static void *drink(void *arg)
{
    check(((struct job *)arg)->fd, MUCH);
    return NULL;
}

static void in_and_out(void *context, int mark)
{
    struct job job = {0, much()};
    void *stream = make(context, ZMQ_STREAM);
    pthread_t thread;
    printf("-- marks of %d\n", mark);
    set_int(stream, ZMQ_SNDHWM, mark);
    set_int(stream, ZMQ_RCVHWM, mark);
    job.fd = dial(bind_any(stream, "tcp"));
    struct name peer = hear_from(stream);
    MUST(pthread_create(&thread, NULL, pour, &job) == 0);
    take(stream, MUCH);
    MUST(pthread_join(thread, NULL) == 0);
    title("in one message");
    MUST(pthread_create(&thread, NULL, drink, &job) == 0);
    MUST(zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE) == 5);
    TELL(zmq_send(stream, job.bytes, MUCH, 0));
    MUST(pthread_join(thread, NULL) == 0);
    title("in messages of all sizes");
    MUST(pthread_create(&thread, NULL, drink, &job) == 0);
    for (size_t at = 0, size = 1; at < MUCH; size = size * 5 % 70001 + 1) {
        size = size < MUCH - at ? size : MUCH - at;
        MUST(zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE) == 5);
        MUST(zmq_send(stream, job.bytes + at, size, 0) == (int)size);
        at += size;
    }
    MUST(pthread_join(thread, NULL) == 0);
    title("and hung up on at once");
    MUST(zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE) == 5);
    MUST(zmq_send(stream, job.bytes, 100000, 0) == 100000);
    MUST(zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE) == 5);
    MUST(zmq_send(stream, "", 0, 0) == 0);
    await_gone(stream, peer);
    check(job.fd, 100000);
    get_end(job.fd);
    shut(stream);
    free(job.bytes);
}

/* Until the kernel and the pipe are full, then all of it arrives. */
static void full(void *context)
{
    static unsigned char body[65536];
    void *stream = make(context, ZMQ_STREAM);
    size_t sent = 0;
    title("a peer that does not read");
    set_int(stream, ZMQ_SNDHWM, 4);
    set_int(stream, ZMQ_SNDBUF, 65536);
    int fd = dial(bind_any(stream, "tcp"));
    struct name peer = hear_from(stream);
    set_int(stream, ZMQ_SNDTIMEO, SILENCE);
    while (zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE) != -1
           || (await_rest(), zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE | ZMQ_DONTWAIT) != -1)) {
        for (size_t i = 0; i < sizeof body; i++)
            body[i] = pattern_at(sent + i);
        MUST(zmq_send(stream, body, sizeof body, 0) == sizeof body);
        sent += sizeof body;
        MUST(sent < 64 * 1024 * 1024);
    }
    printf("then %s\n", error_name(zmq_errno()));
    TELL(zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE | ZMQ_DONTWAIT));
    TELL(get_int(stream, ZMQ_EVENTS));
    for (size_t at = 0, wrong = 0; at < sent;) {
        ssize_t count = read(fd, body, sizeof body);
        MUST(count > 0);
        for (ssize_t i = 0; i < count; i++)
            wrong += body[i] != pattern_at(at + (size_t)i);
        at += (size_t)count;
        if (at == sent)
            printf("all of it arrives, wrong bytes: %zu\n", wrong);
    }
    set_int(stream, ZMQ_SNDTIMEO, PATIENCE);
    say_to(stream, peer, "and more");
    get(fd, 8);
    close(fd);
    shut_now(stream);
}

int main(void)
{
    void *context = make_context();
    in_and_out(context, 1000);
    in_and_out(context, 2);
    full(context);
    finish(context);
    return 0;
}
