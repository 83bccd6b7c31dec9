// breaks: it begins anew with the shortest interval after each refused handshake
/* A peer that takes the connection and refuses the handshake: the interval between
 * attempts doubles as it does when nobody listens, up to ZMQ_RECONNECT_IVL_MAX. */
#include "../monitor/raw.h"

enum { INTERVAL = 20, ATTEMPTS = 7 };

/* Says the time from one attempt to the next. `words`: said before hanging up. */
static void refuse(const char *how, const char *words, size_t size)
{
    struct endpoint place;
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    int listener = raw_listen(&place), early = 0;
    long long before = 0;
    set_int(socket, ZMQ_RECONNECT_IVL, INTERVAL);
    set_int(socket, ZMQ_RECONNECT_IVL_MAX, INTERVAL << ATTEMPTS);
    join(socket, place);
    for (int i = 0; i < ATTEMPTS; i++) {
        int fd = raw_accept(listener);
        long long now = now_ms();
        if (i)
            early += now - before < INTERVAL << (i - 1);
        before = now;
        if (size)
            send_all(fd, words, size);
        shutdown(fd, SHUT_WR);
        read_to_end(fd);
    }
    printf("%s: attempts that came too early: %d\n", how, early);
    close(listener);
    shut_now(socket);
    finish(context);
}

int main(void)
{
    static const char greeting[GREETING_SIZE] = GREETING("NULL");
    alarm(60);
    refuse("hung up at once", NULL, 0);
    refuse("hung up after the greeting", greeting, sizeof greeting);
    return 0;
}
