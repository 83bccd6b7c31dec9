// breaks: it aborts
// args: 8
/* There is no memory for what a subscriber has to tell a publisher that it meets:
 * they meet again, and the publisher knows of every subscription. The argument says
 * how many moments are tried. */
#include "inject.h"
#include "support.h"

enum { TOPICS = 150, LONG = 900 };

static void topic(char *text, int number)
{
    memset(text, 'x', LONG);
    snprintf(text, 8, "%06d", number);
    text[6] = '/';
}

static void meet(const char *transport, int nth, int more)
{
    static char text[LONG], got[LONG];
    void *context = make_context();
    void *publisher = make(context, ZMQ_PUB), *subscriber = make(context, ZMQ_SUB);
    set_int(publisher, ZMQ_LINGER, 0);
    set_int(subscriber, ZMQ_RECONNECT_IVL, 5);
    set_int(subscriber, ZMQ_RCVTIMEO, 20);
    struct endpoint place = bind_any(publisher, transport);
    for (int i = 0; i < TOPICS; i++) {
        topic(text, i);
        MUST(zmq_setsockopt(subscriber, ZMQ_SUBSCRIBE, text, LONG) == 0);
    }
    /* That is what the queue of a connection is made of. */
    inject("posix_memalign", ENOMEM, nth, more);
    int failed = zmq_connect(subscriber, place.text);
    MUST(failed == 0 || zmq_errno() == ENOMEM);
    for (long long end = now_ms() + SILENCE; now_ms() < end && inject_seen < nth + more;)
        pause_ms(1);
    inject("none", 0, 0, 0);
    if (failed)
        join(subscriber, place);
    for (int i = 0; i < TOPICS; i++) {
        long long end = now_ms() + PATIENCE;
        topic(text, i);
        do {
            MUST(now_ms() < end);
            MUST(zmq_send(publisher, text, LONG, 0) == LONG);
        } while (zmq_recv(subscriber, got, LONG, 0) != LONG || memcmp(got, text, LONG));
    }
    shut(publisher);
    shut(subscriber);
    finish(context);
}

int main(int argc, char **argv)
{
    static const char *const transports[] = {"tcp", "ipc"};
    int tried = argc > 1 ? atoi(argv[1]) : 8;
    for (int i = 0; i < 2; i++)
        for (int nth = 1; nth <= 2 * tried; nth++) {
            int status = 0, more = nth > tried ? 30 : 1;
            fflush(stdout);
            pid_t child = fork();
            MUST(child != -1);
            if (child == 0) {
                alarm(60);
                meet(transports[i], (nth - 1) % tried + 1, more);
                exit(0);
            }
            MUST(waitpid(child, &status, 0) == child);
            if (status != 0) {
                printf("%s, number %d and %d more: %s %d\n", transports[i], (nth - 1) % tried + 1, more,
                       WIFEXITED(status) ? "exit" : "signal",
                       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
                return 1;
            }
        }
    puts("every topic was told");
    return 0;
}
