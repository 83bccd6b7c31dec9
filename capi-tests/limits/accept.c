// ours-only: the reference spins when a listener cannot accept
/* A listener at the limit of descriptors: it takes no processor time while it
 * cannot accept, the connections that there are go on, and it accepts by itself
 * once there are descriptors again. */
#include <sys/resource.h>
#include "support.h"

static void limit(rlim_t soft)
{
    struct rlimit limits;
    MUST(getrlimit(RLIMIT_NOFILE, &limits) == 0);
    limits.rlim_cur = soft;
    MUST(setrlimit(RLIMIT_NOFILE, &limits) == 0);
}

static long processor_ms(void)
{
    struct timespec t;
    MUST(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Connects three sockets, says hello with each, and waits for three answers. */
static void clients(struct endpoint place)
{
    void *context = make_context(), *sockets[3];
    char text[16];
    alarm(30);
    for (int i = 0; i < 3; i++) {
        join(sockets[i] = make(context, ZMQ_REQ), place);
        say(sockets[i], "hello");
    }
    for (int i = 0; i < 3; i++) {
        MUST(listen_to(sockets[i], text, sizeof text, 0) == 1);
        shut(sockets[i]);
    }
    finish(context);
    exit(0);
}

static void run(const char *transport)
{
    struct endpoint place;
    int ready[2], status = 0, lowest;
    title(transport);
    MUST(pipe(ready) == 0);
    fflush(stdout);
    pid_t child = fork();
    MUST(child != -1);
    if (child == 0) {
        MUST(read(ready[0], &place, sizeof place) == sizeof place);
        clients(place);
    }
    void *context = make_context(), *socket = make(context, ZMQ_REP);
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    join(a, bind_any(b, transport));
    say(a, "before");
    hear(b);
    place = bind_any(socket, transport);
    /* Poll once, so that what that takes is there. */
    MUST(!await(socket, ZMQ_POLLIN, 1));
    lowest = dup(0);
    MUST(lowest >= 0);
    limit(lowest + 1);
    MUST(dup(0) == -1);
    MUST(write(ready[1], &place, sizeof place) == sizeof place);
    pause_ms(2 * SILENCE);
    long begun = processor_ms();
    pause_ms(1000);
    printf("takes processor time: %s\n", processor_ms() - begun > 100 ? "yes" : "no");
    say(a, "meanwhile");
    hear(b);
    limit(1000);
    for (int i = 0; i < 3; i++) {
        hear(socket);
        say(socket, "welcome");
    }
    MUST(waitpid(child, &status, 0) == child && status == 0);
    shut(a);
    shut(b);
    shut(socket);
    finish(context);
    close(lowest);
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    run("tcp");
    run("ipc");
    return 0;
}
