// breaks: it aborts for most of them
/* Each descriptor that the library has is closed behind its back, one in each
 * process: calls may fail, but none hangs and nothing ends the process; a new
 * context works, and the old one can be ended. */
#include "descriptors.h"

enum { MOST = 64 };

static void *context, *sockets[4];

static void open_all(const char *transport)
{
    context = make_context();
    for (int i = 0; i < 4; i++) {
        sockets[i] = make(context, ZMQ_DEALER);
        set_int(sockets[i], ZMQ_LINGER, 0);
        set_int(sockets[i], ZMQ_RECONNECT_IVL, 5);
    }
    join(sockets[0], bind_any(sockets[1], transport));
    join(sockets[2], bind_any(sockets[3], transport));
    for (int i = 0; i < 4; i += 2) {
        char text[16];
        say(sockets[i], "hello");
        MUST(listen_to(sockets[i + 1], text, sizeof text, 0) == 1);
    }
    (void)get_int(sockets[2], ZMQ_FD);
}

/* Whatever comes of it. */
static void use_all(void)
{
    char text[16];
    for (int round = 0; round < 5; round++)
        for (int i = 0; i < 4; i++) {
            zmq_pollitem_t item = {sockets[i], 0, ZMQ_POLLIN, 0};
            set_int(sockets[i], ZMQ_RCVTIMEO, 5);
            set_int(sockets[i], ZMQ_SNDTIMEO, 5);
            zmq_send(sockets[i], "again", 5, 0);
            zmq_poll(&item, 1, 5);
            zmq_recv(sockets[i], text, sizeof text, 0);
        }
}

static void without(const char *transport, int which)
{
    int list[MOST], before[MOST], had = open_descriptors(before, MOST), count, found = 0;
    alarm(60);
    open_all(transport);
    count = open_descriptors(list, MOST);
    for (int i = 0; i < count; i++) {
        int known = 0;
        for (int j = 0; j < had; j++)
            known |= before[j] == list[i];
        if (!known && found++ == which) {
            MUST(close(list[i]) == 0);
            use_all();
            void *fresh = make_context(), *a = make(fresh, ZMQ_PAIR), *b = make(fresh, ZMQ_PAIR);
            join(a, bind_any(b, transport));
            say(a, "recovered");
            MUST(listen_to(b, (char[16]){0}, 16, 0) == 1);
            shut(a);
            shut(b);
            finish(fresh);
            for (int k = 0; k < 4; k++)
                shut(sockets[k]);
            finish(context);
            exit(0);
        }
    }
    exit(77);
}

int main(void)
{
    int failed = 0;
    static const char *const transports[] = {"tcp", "ipc"};
    for (int i = 0; i < 2; i++)
        for (int which = 0;; which++) {
            int status = 0;
            fflush(stdout);
            pid_t child = fork();
            MUST(child != -1);
            if (child == 0)
                without(transports[i], which);
            MUST(waitpid(child, &status, 0) == child);
            if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
                MUST(which > 8);
                break;
            }
            failed |= status;
            if (status != 0)
                printf("%s, descriptor %d: %s %d\n", transports[i], which,
                       WIFEXITED(status) ? "exit" : "signal",
                       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        }
    puts("every one was closed");
    return failed != 0;
}
