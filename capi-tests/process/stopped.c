/* A call that waits goes on waiting when its process is stopped and continued, and
 * when a signal comes that nobody handles. */
#include "support.h"

static int order[2], done[2];

/* A child, which has begun before there were threads: stops its parent a few times while
 * that waits, whenever it is told to. */
static void stop_and_go(pid_t parent)
{
    char byte;
    close(order[1]);
    while (read(order[0], &byte, 1) == 1) {
        for (int i = 0; i < 5; i++) {
            pause_ms(40);
            kill(parent, SIGSTOP);
            pause_ms(20);
            kill(parent, SIGCONT);
        }
        MUST(write(done[1], "d", 1) == 1);
    }
    _exit(0);
}

static void waits(const char *what, void *pull, void *push, int poll)
{
    char byte;
    zmq_pollitem_t item = {pull, 0, ZMQ_POLLIN, 0};
    MUST(write(order[1], "o", 1) == 1);
    set_int(pull, ZMQ_RCVTIMEO, 700);
    errno = 0;
    int rc = poll ? zmq_poll(&item, 1, 700) : zmq_recv(pull, &byte, 1, 0);
    printf("%s = %d %s\n", what, rc, error_name(zmq_errno()));
    MUST(read(done[0], &byte, 1) == 1);
    set_int(pull, ZMQ_RCVTIMEO, PATIENCE);
    say(push, "x");
    hear(pull);
}

static void *hear_late(void *pull)
{
    hear(pull);
    return NULL;
}

/* Signals that are blocked in the first thread come to the one that waits. */
static void be_signalled(void *pull, void *push)
{
    sigset_t all, before;
    pthread_t waiting;
    MUST(pthread_create(&waiting, NULL, hear_late, pull) == 0);
    sigfillset(&all);
    MUST(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    for (int i = 0; i < 20; i++) {
        kill(getpid(), SIGCHLD);
        pause_ms(10);
    }
    MUST(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
    say(push, "late");
    MUST(pthread_join(waiting, NULL) == 0);
}

static void run(const char *transport)
{
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    title(transport);
    join(push, bind_any(pull, transport));
    say(push, "first");
    hear(pull);
    waits("zmq_recv", pull, push, 0);
    waits("zmq_poll", pull, push, 1);
    be_signalled(pull, push);
    shut(push);
    shut(pull);
    finish(context);
}

int main(void)
{
    int status;
    MUST(pipe(order) == 0 && pipe(done) == 0);
    pid_t parent = getpid(), child = fork();
    MUST(child != -1);
    if (child == 0)
        stop_and_go(parent);
    run("tcp");
    run("ipc");
    run("inproc");
    close(order[1]);
    MUST(waitpid(child, &status, 0) == child && status == 0);
    return 0;
}
