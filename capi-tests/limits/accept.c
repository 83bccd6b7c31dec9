// breaks: its I/O thread spins, and over ipc it aborts
/* A listener at the limit of descriptors: it takes no processor time while it
 * cannot accept, says so to its monitor, the connections that there are go on, and
 * it accepts by itself once there are descriptors again. */
#include <sys/resource.h>
#include "../monitor/watch.h"

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
    alarm(60);
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

static void run(const char *transport, int watched)
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
    void *monitor = NULL;
    if (watched)
        monitor = watch(context, socket, ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_MONITOR_STOPPED);
    struct happening failure;
    /* Poll once, so that what that takes is there. */
    MUST(!await(socket, ZMQ_POLLIN, 1));
    lowest = dup(0);
    MUST(lowest >= 0);
    limit(lowest + 1);
    MUST(dup(0) == -1);
    MUST(write(ready[1], &place, sizeof place) == sizeof place);
    pause_ms(2 * SILENCE);
    if (watched) {
        MUST(next_event(monitor, &failure, PATIENCE));
        printf("%s %s\n", event_name(failure.event), error_name(failure.value));
    }
    long begun = processor_ms();
    pause_ms(1000);
    int spins = processor_ms() - begun > 100;
    printf("takes processor time: %s\n", spins ? "yes" : "no");
    if (spins)
        exit(1);
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
    if (watched)
        unwatch(monitor);
    finish(context);
    close(lowest);
    close(ready[0]);
    close(ready[1]);
}

int main(void)
{
    run("tcp", 0);
    run("ipc", 1);
    return 0;
}
