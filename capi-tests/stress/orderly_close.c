// ours-only: libzmq loses the tail over ipc, and over tcp when there is unread input
// args: 20000 2
// slow-args: 1000000 100
// slow-limit: 7200
/* A peer in another process sends N messages and closes in good order: all
 * arrive, in order, whatever the marks, and also when it closes with input that
 * it has not read. Arguments: messages, repetitions, and marks if not all. */
#include <sys/wait.h>
#include "support.h"

static void send_and_close(const char *endpoint, int mark, int unread, uint32_t count)
{
    void *context = make_context(), *s = make(context, unread ? ZMQ_DEALER : ZMQ_PUSH);
    static char body[1000];
    size_t size = unread ? sizeof body : sizeof count;
    alarm(600);
    set_int(s, ZMQ_SNDHWM, mark);
    set_int(s, ZMQ_SNDTIMEO, 60000);
    MUST(zmq_connect(s, endpoint) == 0);
    if (unread) {
        MUST(zmq_send(s, "send me something", 17, 0) == 17);
        MUST(await(s, ZMQ_POLLIN, 60000));
    }
    for (uint32_t i = 0; i < count; i++) {
        memcpy(body, &i, sizeof i);
        MUST(zmq_send(s, body, size, 0) == (int)size);
    }
    shut(s);
    finish(context);
    _exit(0);
}

/* The number of messages that arrive in order; reads in fits and starts, so that
 * input is stopped at the mark when the peer hangs up. */
static uint32_t receive(void *s, int unread, uint32_t count)
{
    static char body[1000];
    uint32_t number;
    int size = unread ? (int)sizeof body : (int)sizeof number;
    if (unread) {
        MUST(zmq_recv(s, body, sizeof body, 0) == 17);
        for (int i = 0; i < 100; i++)
            MUST(zmq_send(s, body, sizeof body, 0) == sizeof body);
    }
    for (uint32_t i = 0; i < count; i++) {
        int rc = zmq_recv(s, body, sizeof body, 0);
        if (rc == -1)
            return i;
        memcpy(&number, body, sizeof number);
        MUST(rc == size && number == i);
        if (i % (count / 20 + 1) == 0)
            pause_ms(2);
    }
    return count;
}

static void run(const char *transport, int mark, int unread, uint32_t count, int times)
{
    int short_runs = 0;
    for (int round = 0; round < times; round++) {
        /* the child gets the endpoint through a pipe: it is forked before there
         * is any context */
        int fd[2], status;
        struct endpoint e;
        MUST(pipe(fd) == 0);
        fflush(stdout);
        pid_t child = fork();
        MUST(child != -1);
        if (child == 0) {
            MUST(read(fd[0], &e, sizeof e) == sizeof e);
            send_and_close(e.text, mark, unread, count);
        }
        void *context = make_context(), *s = make(context, unread ? ZMQ_DEALER : ZMQ_PULL);
        set_int(s, ZMQ_RCVHWM, mark);
        e = bind_any(s, transport);
        MUST(write(fd[1], &e, sizeof e) == sizeof e);
        uint32_t got = receive(s, unread, count);
        if (got < count) {
            short_runs++;
            fprintf(stderr, "%s, mark %d, round %d: %u of %u\n", transport, mark, round, got, count);
        }
        MUST(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
        shut_now(s);
        finish(context);
        close(fd[0]);
        close(fd[1]);
    }
    printf("%s, marks of %d%s: runs that lost something %d\n", transport, mark,
           unread ? ", with unread input" : "", short_runs);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const char *transports[] = {"tcp", "ipc"};
    static const int marks[] = {1000, 1, 10, 0};
    MUST(argc >= 3 && atoi(argv[1]) > 0 && atoi(argv[2]) > 0);
    for (int unread = 0; unread < 2; unread++)
        for (int t = 0; t < 2; t++)
            for (int m = 0; m < 4; m++) {
                int wanted = argc == 3;
                for (int a = 3; a < argc; a++)
                    wanted |= atoi(argv[a]) == marks[m];
                if (wanted)
                    run(transports[t], marks[m], unread, (uint32_t)atoi(argv[1]), atoi(argv[2]));
            }
    return 0;
}
