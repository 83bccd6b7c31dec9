/* Peers that connect and say nothing, or stop in the middle of the handshake: they
 * hold up nobody, each is hung up on when ZMQ_HANDSHAKE_IVL is over, and others
 * come in while there are as many of them as there are descriptors for. */
#include <sys/resource.h>
#include "../monitor/raw.h"

enum { SILENT = 400 };

int main(void)
{
    static const char greeting[GREETING_SIZE] = GREETING("NULL");
    static const struct { const char *bytes; size_t size; } begins[] = {
        {"", 0}, {"\xff", 1}, {greeting, 10}, {greeting, 11}, {greeting, 63},
        {greeting, GREETING_SIZE}, {"\1\0", 2}, {"\1", 1},
    };
    static int fds[SILENT];
    int ended = 0, kinds = sizeof begins / sizeof *begins;
    char bytes[256];
    alarm(60);
    void *context = make_context(), *server = make(context, ZMQ_REP);
    set_int(server, ZMQ_HANDSHAKE_IVL, 2000);
    set_int(server, ZMQ_BACKLOG, 1000);
    struct endpoint place = bind_any(server, "tcp");
    for (int i = 0; i < SILENT; i++) {
        fds[i] = raw_connect(place);
        if (begins[i % kinds].size)
            send_all(fds[i], begins[i % kinds].bytes, begins[i % kinds].size);
        if (i % 40 == 0) {
            void *client = make(context, ZMQ_REQ);
            join(client, place);
            say(client, "anybody there?");
            MUST(listen_to(server, bytes, sizeof bytes, 0) == 1);
            say(server, "yes");
            MUST(listen_to(client, bytes, sizeof bytes, 0) == 1 && !strcmp(bytes, "yes"));
            shut_now(client);
        }
    }
    puts("others were heard meanwhile");
    /* Those of version 1 are through with their handshake. */
    for (int i = 0; i < SILENT; i++) {
        ssize_t n = 1;
        while (i % kinds != 6 && n > 0 && raw_await(fds[i], PATIENCE))
            n = recv(fds[i], bytes, sizeof bytes, 0);
        ended += n <= 0;
        close(fds[i]);
    }
    printf("hung up on: %d\n", ended);
    shut_now(server);
    finish(context);
    return 0;
}
