// breaks: it aborts over each errno that it did not expect of a call
/* Errnos that are seldom seen, such as a firewall or a network that goes away gives:
 * the connection or the attempt ends, it is made again, and the process lives. Each
 * is tried in a process of its own. (limits/errnos has all calls and all errnos.) */
#include "../limits/inject.h"
#include "support.h"

enum { SEEN = 77 };

static const int numbers[] = {EHOSTDOWN, EACCES, ENETDOWN, EPERM, ENONET, EIO};

/* Whether the library made this call at all: each has some of them. */
static int goes_on(const char *call, int number)
{
    int status = 0;
    char text[32];
    fflush(stdout);
    pid_t child = fork();
    MUST(child != -1);
    if (child == 0) {
        alarm(60);
        void *context = make_context(), *a = make(context, ZMQ_DEALER);
        void *b = make(context, ZMQ_DEALER);
        set_int(a, ZMQ_RECONNECT_IVL, 10);
        set_int(b, ZMQ_RCVTIMEO, 50);
        struct endpoint place = bind_any(b, "tcp");
        inject(call, number, 1, 0);
        join(a, place);
        /* What is said while a connection fails may be lost with it. */
        for (int heard = 0; heard < 3;) {
            say(a, "again");
            heard += listen_to(b, text, sizeof text, 0) == 1;
        }
        shut_now(a);
        shut_now(b);
        finish(context);
        exit(inject_seen ? SEEN : 0);
    }
    MUST(waitpid(child, &status, 0) == child);
    int made = WIFEXITED(status) && WEXITSTATUS(status) == SEEN;
    if (status && !made) {
        printf("%s, errno %d: %s %d\n", call, number, WIFEXITED(status) ? "exit" : "signal",
               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        exit(1);
    }
    return made;
}

int main(void)
{
    static const char *const calls[] = {
        "connect", "accept", "accept4", "send", "sendmsg", "recv", "getsockopt", "SYS_sendto",
        "SYS_sendmsg", "SYS_recvfrom", "SYS_readv",
    };
    int made = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            made += goes_on(calls[i], numbers[j]);
    MUST(made >= 24);
    puts("done");
    return 0;
}
