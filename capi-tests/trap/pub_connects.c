// breaks: a SUB that was bound sends nothing to who connects before its next call
/* A PUB that connects to a bound SUB. The SUB tells it what it wants without a call
 * of its application, and once that has arrived the very first message is
 * delivered, without a call into the PUB since it connected. One side of each is
 * bytes; that a heartbeat is answered tells that all before it was taken in. */
#include "../monitor/raw.h"

#define READY(type) "\4\x19\5READY\x0bSocket-Type\0\0\0\3" type

/* The handshake as a PUB or SUB, which are equally long. */
static void shake(int fd, const char *ready)
{
    static const char greeting[GREETING_SIZE] = GREETING("NULL");
    unsigned char bytes[256];
    send_all(fd, greeting, sizeof greeting);
    send_all(fd, ready, sizeof READY("PUB") - 1);
    MUST(raw_read(fd, bytes, GREETING_SIZE) && raw_read(fd, bytes, 2));
    MUST(raw_read(fd, bytes + 2, bytes[1]));
}

static void publisher(void)
{
    char bytes[256];
    struct endpoint place;
    void *context = make_context(), *pub = make(context, ZMQ_PUB);
    int listener = raw_listen(&place);
    join(pub, place);
    int fd = raw_accept(listener);
    shake(fd, READY("SUB"));
    send_all(fd, "\0\2\1a", 4); /* subscribes to "a" */
    send_all(fd, "\4\x07\4PING\0\0", 9);
    MUST(raw_read(fd, bytes, 7) && !memcmp(bytes, "\4\5\4PONG", 7));
    let_happen(); /* the answer goes out while what came before it is taken in */
    say(pub, "a first");
    say(pub, "but not this");
    say(pub, "a second");
    for (int i = 0; i < 2; i++) {
        MUST(raw_read(fd, bytes, 2) && raw_read(fd, bytes + 2, bytes[1]));
        printf("the subscriber hears %.*s\n", bytes[1], bytes + 2);
    }
    close(fd);
    close(listener);
    shut_now(pub);
    finish(context);
}

static void subscriber(void)
{
    char bytes[4];
    void *context = make_context(), *sub = make(context, ZMQ_SUB);
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "a", 1) == 0);
    struct endpoint place = bind_any(sub, "tcp");
    int fd = raw_connect(place);
    shake(fd, READY("PUB"));
    if (raw_await(fd, 6000) && raw_read(fd, bytes, 4) && !memcmp(bytes, "\0\2\1a", 4))
        puts("the publisher is told");
    else
        puts("the publisher is told nothing");
    send_all(fd, "\0\7a first", 9);
    hear(sub);
    close(fd);
    shut_now(sub);
    finish(context);
}

int main(void)
{
    alarm(60);
    publisher();
    subscriber();
    return 0;
}
