// breaks: answers a PING that ends too early with 16 bytes of its memory
/* A PING that is too short for a time to live is passed over: nothing is sent back for
 * it, the connection goes on, and a whole PING is answered with its own context. */
#include "../monitor/raw.h"

static void short_one(void *context, const char *ping, size_t size)
{
    void *socket = make(context, ZMQ_DEALER);
    struct endpoint e = bind_any(socket, "tcp");
    int fd = raw_connect(e);
    char got[12];
    raw_shake(fd);
    send_all(fd, ping, size);
    send_all(fd, "\4\x0a\4PING\0\0abc", 12);
    MUST(raw_read(fd, got, 10));
    MUST(!memcmp(got, "\4\x08\4PONGabc", 10));
    send_all(fd, "\0\2hi", 4);
    hear(socket);
    close(fd);
    shut_now(socket);
}

int main(void)
{
    void *context = make_context();
    short_one(context, "\4\5\4PING", 7);
    short_one(context, "\4\6\4PING\0", 8);
    finish(context);
    return 0;
}
