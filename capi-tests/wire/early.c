/* What a peer says right behind its handshake is heard in order, though a receiver that
 * waits already reads from the connection itself: the bytes that were read with the
 * handshake come before those behind them. Peers are played by bytes, of ZMTP 1.0, which
 * speak before we have heard their names. */
#include <netinet/tcp.h>

#include "../monitor/raw.h"

#define ROUNDS 3000
#define SIZE 200

/* The end of a handshake, the beginning of a message, and its end a moment later. */
static void say_early(int fd, int at)
{
    char bytes[2 + 2 + SIZE] = "\1\0\xc9\0";
    memset(bytes + 4, 'a', SIZE);
    send_all(fd, bytes, at);
    send_all(fd, bytes + at, sizeof bytes - at);
}

int main(void)
{
    char got[SIZE + 1], whole[SIZE];
    int in_order = 0, at_once = 1;
    struct endpoint e;
    void *context = make_context();
    int listener = raw_listen(&e);
    memset(whole, 'a', SIZE);
    for (int round = 0; round < ROUNDS; round++) {
        void *pull = make(context, ZMQ_PULL);
        join(pull, e);
        int fd = raw_accept(listener);
        MUST(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once) == 0);
        send_all(fd, "\xff\0\0\0\0\0\0\0\1\x7f\0\x08", 12);
        MUST(raw_read(fd, got, 14));
        say_early(fd, 3 + round % (SIZE - 1));
        MUST(zmq_recv(pull, got, sizeof got, 0) == SIZE);
        in_order += !memcmp(got, whole, SIZE);
        shut_now(pull);
        close(fd);
    }
    printf("%d of %d messages whole\n", in_order, ROUNDS);
    close(listener);
    finish(context);
    return 0;
}
