// ours-only: draft functions, which the system's library does not have
/* zmq_ppoll and pollers that wait: a signal handler that runs ends them with
 * EINTR; a thread that is cancelled in one ends, and leaves the poller and its
 * sockets as good as before. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

struct job { const char *what; void *poller, *socket; int result, error; };

static void handle(int number) { (void)number; }

static void *block(void *argument)
{
    struct job *job = argument;
    zmq_poller_event_t event, events[4];
    zmq_pollitem_t item = {job->socket, 0, ZMQ_POLLIN, 0};
    sigset_t none;
    sigemptyset(&none);
    if (!strcmp(job->what, "zmq_ppoll"))
        job->result = zmq_ppoll(&item, 1, -1, &none);
    else if (!strcmp(job->what, "zmq_poller_wait"))
        job->result = zmq_poller_wait(job->poller, &event, -1);
    else
        job->result = zmq_poller_wait_all(job->poller, events, 4, 60000);
    job->error = zmq_errno();
    return job;
}

static void run(const char *what, const char *transport)
{
    void *context = make_context(), *poller = zmq_poller_new(), *result = NULL;
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    struct job job = {what, poller, b, 0, 0};
    zmq_poller_event_t event;
    pthread_t thread;
    int fd[2];
    printf("-- %s, %s\n", what, transport);
    MUST(pipe(fd) == 0);
    join(a, bind_any(b, transport));
    MUST(zmq_poller_add(poller, b, NULL, ZMQ_POLLIN) == 0);
    MUST(zmq_poller_add_fd(poller, fd[0], NULL, ZMQ_POLLIN) == 0);

    MUST(pthread_create(&thread, NULL, block, &job) == 0);
    let_happen();
    MUST(pthread_cancel(thread) == 0);
    MUST(pthread_join(thread, &result) == 0);
    printf("cancelled: %s\n", result == PTHREAD_CANCELED ? "yes" : "no");
    say(a, "after that");
    MUST(zmq_poller_wait(poller, &event, PATIENCE) == 0 && event.socket == b);
    hear(b);

    MUST(pthread_create(&thread, NULL, block, &job) == 0);
    do {
        let_happen();
        MUST(pthread_kill(thread, SIGUSR1) == 0);
    } while (pthread_tryjoin_np(thread, &result) != 0);
    printf("interrupted: %d %s\n", job.result, error_name(job.error));

    MUST(pthread_create(&thread, NULL, block, &job) == 0);
    let_happen();
    say(a, "wakes it");
    MUST(pthread_join(thread, NULL) == 0);
    printf("woken: %d\n", job.result);
    hear(b);
    MUST(zmq_poller_destroy(&poller) == 0);
    shut(a);
    shut(b);
    finish(context);
    close(fd[0]);
    close(fd[1]);
}

int main(void)
{
    static const char *const calls[] = {"zmq_ppoll", "zmq_poller_wait", "zmq_poller_wait_all"};
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    for (int i = 0; i < 3; i++) {
        run(calls[i], "tcp");
        run(calls[i], "inproc");
    }
    return 0;
}
