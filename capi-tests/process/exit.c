/* The end of a process that still uses the library: exit and _exit with sockets
 * open and threads blocked, and handlers that use and close sockets while the
 * process ends. */
#include "support.h"

static void *context, *one, *other;

static void open_all(const char *transport)
{
    context = make_context();
    one = make(context, ZMQ_PAIR);
    other = make(context, ZMQ_PAIR);
    join(one, bind_any(other, transport));
    say(one, "hello");
    hear(other);
}

static void close_all(void)
{
    shut_now(one);
    shut_now(other);
    finish(context);
    puts("closed while the process ends");
}

static void use_and_close(void)
{
    say(other, "late");
    hear(one);
    close_all();
}

static void *block(void *argument)
{
    char byte;
    set_int(argument, ZMQ_RCVTIMEO, -1);
    zmq_recv(argument, &byte, 1, 0);
    return NULL;
}

static void scene(int number, const char *transport)
{
    pthread_t thread;
    alarm(60);
    if (number == 3)
        MUST(atexit(use_and_close) == 0);
    open_all(transport);
    switch (number) {
    case 0:
        exit(1);
    case 1:
        _exit(2);
    case 2:
        MUST(atexit(close_all) == 0);
        exit(3);
    case 3:
        exit(4);
    case 4:
    case 5:
        MUST(pthread_create(&thread, NULL, block, one) == 0);
        let_happen();
        if (number == 4)
            exit(5);
        _exit(6);
    case 6:
        /* Messages that nobody takes do not hold up the end. */
        for (int i = 0; i < 500; i++)
            say(one, "pending");
        exit(7);
    case 7:
        say(one, "closed before");
        shut(one);
        exit(8);
    }
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    for (int i = 0; i < 3; i++)
        for (int number = 0; number < 8; number++) {
            int status = 0;
            printf("-- scene %d, %s\n", number, transports[i]);
            fflush(stdout);
            pid_t child = fork();
            MUST(child != -1);
            if (child == 0)
                scene(number, transports[i]);
            MUST(waitpid(child, &status, 0) == child);
            printf("%s %d\n", WIFEXITED(status) ? "exits with" : "is killed by",
                   WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        }
    return 0;
}
