// unwrapped: what I/O threads had on their stacks is lost to a child, and counts as its leak
/* After fork the child closes what it inherited, ends the inherited context and
 * makes its own; the parent's connections go on as if nothing had happened. */
#include "support.h"

static void own_traffic(const char *transport)
{
    void *context = make_context();
    void *a = make(context, ZMQ_REQ), *b = make(context, ZMQ_REP);
    char text[16];
    join(a, bind_any(b, transport));
    for (int i = 0; i < 10; i++) {
        say(a, "ask");
        MUST(zmq_recv(b, text, sizeof text, 0) == 3);
        say(b, "answer");
        MUST(zmq_recv(a, text, sizeof text, 0) == 6);
    }
    shut(a);
    shut(b);
    finish(context);
}

/* From a context of the child's own to a socket of its parent. */
static void to_the_parent(struct endpoint e)
{
    void *context = make_context(), *push = make(context, ZMQ_DEALER);
    join(push, e);
    for (int i = 0; i < 5; i++)
        say(push, "from the child");
    shut(push);
    finish(context);
}

static void await_child(pid_t child)
{
    int status = 0;
    MUST(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status))
        printf("the child exits with %d\n", WEXITSTATUS(status));
    else
        printf("the child is killed by signal %d\n", WTERMSIG(status));
    fflush(stdout);
}

static void run(const char *transport, int close_first)
{
    void *context = make_context();
    void *bound = make(context, ZMQ_DEALER), *connected = make(context, ZMQ_DEALER);
    printf("-- %s, the child %s\n", transport, close_first ? "closes and terminates" : "just exits");
    struct endpoint e = bind_any(bound, transport);
    join(connected, e);
    say(connected, "before");
    hear(bound);
    say(connected, "waiting for the parent");
    MUST(await(bound, ZMQ_POLLIN, PATIENCE));
    fflush(stdout);
    pid_t child = fork();
    MUST(child != -1);
    if (child == 0) {
        alarm(60);
        if (close_first) {
            if (zmq_close(bound) == -1)
                _exit(10);
            if (zmq_close(connected) == -1)
                _exit(11);
            zmq_ctx_term(context); /* returns; libzmq calls it a failure */
            own_traffic("inproc");
            own_traffic("tcp");
            if (strcmp(transport, "inproc"))
                to_the_parent(e);
        }
        exit(0);
    }
    if (close_first && strcmp(transport, "inproc")) {
        hear(bound); /* while the child lives, perhaps */
        for (int i = 0; i < 5; i++)
            hear(bound);
        await_child(child);
        let_happen(); /* what goes back does not go to the child */
    } else {
        await_child(child);
        hear(bound);
    }
    for (int i = 0; i < 3; i++) {
        say(connected, "after");
        hear(bound);
        say(bound, "and back");
        hear(connected);
    }
    if (strcmp(transport, "inproc")) {
        void *newcomer = make(context, ZMQ_DEALER);
        join(newcomer, e);
        say(newcomer, "the listener still listens");
        hear(bound);
        shut(newcomer);
    }
    shut(connected);
    shut(bound);
    finish(context);
}

int main(void)
{
    static const char *transports[] = {"inproc", "tcp", "ipc"};
    for (int i = 0; i < 3; i++) {
        run(transports[i], 1);
        run(transports[i], 0);
    }
    return 0;
}
