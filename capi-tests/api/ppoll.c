// ours-only: a draft function, which the system's library does not have
/* zmq_ppoll: with NULL it is zmq_poll; with a mask, a signal that only the mask
 * lets through ends the call with EINTR, also one that is pending already, and
 * is blocked again afterwards. What is there goes before a signal. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

static volatile int handled;

static void handler(int signal)
{
    (void)signal;
    handled++;
}

static void *send_signal(void *argument)
{
    let_happen();
    MUST(pthread_kill(*(pthread_t *)argument, SIGUSR1) == 0);
    return NULL;
}

static void tell_handled(void)
{
    sigset_t pending;
    MUST(sigpending(&pending) == 0);
    printf("handled %d, pending %d\n", handled, sigismember(&pending, SIGUSR1));
}

int main(void)
{
    sigset_t blocked, open;
    pthread_t me = pthread_self(), thread;
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    int fd[2];
    MUST(pipe(fd) == 0);
    join(a, bind_any(b, "tcp"));
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    MUST(pthread_sigmask(SIG_BLOCK, &blocked, &open) == 0);
    zmq_pollitem_t items[] = {{b, 0, ZMQ_POLLIN, 0}, {NULL, fd[0], ZMQ_POLLIN, 0}};

    title("no mask");
    TELL(zmq_ppoll(items, 2, 20, NULL));
    TELL(zmq_ppoll(items, -1, 20, NULL));
    MUST(pthread_kill(me, SIGUSR1) == 0);
    TELL(zmq_ppoll(items, 2, 20, NULL));
    tell_handled();

    title("a signal that is pending");
    TELL(zmq_ppoll(items, 2, -1, &open));
    tell_handled();
    MUST(pthread_kill(me, SIGUSR1) == 0);
    TELL(zmq_ppoll(items, 2, 0, &open));
    tell_handled();
    MUST(pthread_kill(me, SIGUSR1) == 0);
    TELL(zmq_ppoll(items, 1, 0, &open));
    tell_handled();
    MUST(pthread_kill(me, SIGUSR1) == 0);
    TELL(zmq_ppoll(items, 0, -1, &open));
    tell_handled();

    title("a signal while it waits");
    for (int count = 0; count <= 2; count++) {
        MUST(pthread_create(&thread, NULL, send_signal, &me) == 0);
        TELL(zmq_ppoll(items, count, -1, &open));
        MUST(pthread_join(thread, NULL) == 0);
        tell_handled();
    }
    MUST(pthread_create(&thread, NULL, send_signal, &me) == 0);
    TELL(zmq_ppoll(items, 2, 2 * SILENCE, &blocked));
    MUST(pthread_join(thread, NULL) == 0);
    tell_handled();
    TELL(zmq_ppoll(items, 2, 0, &open));

    title("a signal for the process");
    MUST(kill(getpid(), SIGUSR1) == 0); /* which no other thread takes */
    tell_handled();
    say(a, "meanwhile");
    hear(b);
    tell_handled();
    TELL(zmq_ppoll(items, 2, -1, &open));
    tell_handled();

    title("messages");
    TELL(zmq_ppoll(items, 2, 20, &open));
    say(a, "hello");
    TELL(zmq_ppoll(items, 2, PATIENCE, &open));
    hear(b);
    shut(a);
    shut(b);
    finish(context);
    return 0;
}
