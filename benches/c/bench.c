/*
 * The shared part of the benchmark programs; see bench.h for what it promises.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

static char **arguments;
static char directory[256];             /* fresh; holds the ipc endpoint */

void read_options(char **argv)
{
    arguments = argv + (argv[0] != NULL);
}

const char *option(const char *name, const char *fallback)
{
    size_t length = strlen(name);
    for (char **a = arguments; *a; a++)
        if (!strncmp(*a, name, length) && (*a)[length] == '=')
            return *a + length + 1;
    return fallback;
}

double number(const char *name, double fallback)
{
    const char *text = option(name, NULL);
    return text ? atof(text) : fallback;
}

int over(const char *transport)
{
    return !strcmp(option("transport", "tcp"), transport);
}

void check(int fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "%s: %s\n", what, zmq_strerror(errno));
    fflush(NULL);
    _exit(1);
}

/* Control channel. */

void tell(struct side *side, const void *data, size_t size)
{
    check(send(side->control, data, size, MSG_NOSIGNAL) == (ssize_t) size, "tell");
}

void hear(struct side *side, void *data, size_t size)
{
    ssize_t n = recv(side->control, data, size, MSG_WAITALL);
    if (n >= 0 && n < (ssize_t) size)
        errno = EPIPE;
    check(n == (ssize_t) size, "hear");
}

/* Sockets of the library. */

void *open_socket(struct side *side, int type)
{
    if (!side->context)
        side->context = zmq_ctx_new();
    check(side->context != NULL, "zmq_ctx_new");
    void *socket = zmq_socket(side->context, type);
    check(socket != NULL, "zmq_socket");
    return socket;
}

void close_socket(struct side *side, void *socket)
{
    check(zmq_close(socket) == 0, "zmq_close");
    if (!over("inproc"))
        check(zmq_ctx_term(side->context) == 0, "zmq_ctx_term");
}

void bind_and_tell(struct side *side, void *socket)
{
    char endpoint[512] = "tcp://127.0.0.1:*";
    size_t size = sizeof endpoint;
    if (over("ipc"))
        snprintf(endpoint, size, "ipc://%s/socket", directory);
    else if (over("inproc"))
        strcpy(endpoint, "inproc://bench");
    check(zmq_bind(socket, endpoint) == 0, "zmq_bind");
    check(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0,
          "ZMQ_LAST_ENDPOINT");
    tell(side, endpoint, sizeof endpoint);
}

void hear_and_connect(struct side *side, void *socket)
{
    char endpoint[512];
    hear(side, endpoint, sizeof endpoint);
    check(zmq_connect(socket, endpoint) == 0, "zmq_connect");
}

/* Raw sockets. */

static socklen_t raw_address(struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    if (over("raw-unix")) {
        struct sockaddr_un *un = (struct sockaddr_un *) address;
        un->sun_family = AF_UNIX;
        snprintf(un->sun_path, sizeof un->sun_path, "%.90s/raw", directory);
        return sizeof *un;
    }
    struct sockaddr_in *in = (struct sockaddr_in *) address;
    in->sin_family = AF_INET;
    in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return sizeof *in;
}

static int raw_ready(int fd)
{
    int on = 1;
    if (over("raw-tcp"))
        check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0,
              "TCP_NODELAY");
    return fd;
}

int raw_accept(struct side *side)
{
    struct sockaddr_storage address;
    socklen_t size = raw_address(&address);
    int listener = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(listener >= 0, "socket");
    check(bind(listener, (struct sockaddr *) &address, size) == 0, "bind");
    check(listen(listener, 1) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *) &address, &size) == 0,
          "getsockname");
    tell(side, &address, sizeof address);
    int fd = accept(listener, NULL, NULL);
    check(fd >= 0, "accept");
    close(listener);
    return raw_ready(fd);
}

int raw_connect(struct side *side)
{
    struct sockaddr_storage address;
    hear(side, &address, sizeof address);
    socklen_t size = address.ss_family == AF_UNIX ? sizeof(struct sockaddr_un)
                                                  : sizeof(struct sockaddr_in);
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    check(connect(fd, (struct sockaddr *) &address, size) == 0, "connect");
    return raw_ready(fd);
}

void raw_send(int fd, const void *data, size_t size)
{
    const char *at = data;
    while (size) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
        check(n > 0, "send");
        at += n;
        size -= n;
    }
}

void raw_recv(int fd, void *data, size_t size)
{
    char *at = data;
    while (size) {
        ssize_t n = recv(fd, at, size, 0);
        if (n == 0)
            errno = EPIPE;
        check(n > 0, "recv");
        at += n;
        size -= n;
    }
}

/* Clocks. */

uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t) t.tv_sec * 1000000000u + t.tv_nsec;
}

void pause_for(uint64_t ns)
{
    struct timespec t = { ns / 1000000000u, ns % 1000000000u };
    nanosleep(&t, NULL);
}

uint64_t cpu_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t) t.tv_sec * 1000000000u + t.tv_nsec;
}

uint64_t ticks(void)
{
#if defined(__x86_64__)
    unsigned processor;
    return __rdtscp(&processor);
#else
    return now();
#endif
}

double tick_length(uint64_t ticks0, uint64_t now0)
{
    uint64_t elapsed = ticks() - ticks0;
    return elapsed ? (double) (now() - now0) / elapsed : 1;
}

/* Statistics. */

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *) a, y = *(const uint32_t *) b;
    return (x > y) - (x < y);
}

void sort_samples(uint32_t *samples, size_t count)
{
    qsort(samples, count, sizeof *samples, by_value);
}

double percentile(const uint32_t *samples, size_t count, double share)
{
    check(count > 0, "no samples");
    size_t at = (size_t) (share * count);
    return samples[at < count ? at : count - 1];
}

void report(const char *key, double value)
{
    printf("%s %.6g\n", key, value);
}

/* The two sides. */

static void guard(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    alarm((unsigned) number("limit", 30));
}

static void choose_processors(void)
{
    int chosen = (int) number("pin", -1);
    if (chosen < 0)
        return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(chosen, &set);
    check(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
}

/* Which library is it really? The runner compares. */
static void name_library(void)
{
    Dl_info info;
    void *function = dlsym(RTLD_DEFAULT, "zmq_send");
    check(function && dladdr(function, &info), "dladdr");
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    printf("library %s\nversion %d.%d.%d\n", info.dli_fname, major, minor, patch);
}

struct thread {
    struct side side;
    side_fn *run;
};

static void *run_thread(void *argument)
{
    struct thread *thread = argument;
    thread->run(&thread->side);
    return NULL;
}

static void run_threads(side_fn *near, side_fn *far, int control[2])
{
    void *context = zmq_ctx_new();
    check(context != NULL, "zmq_ctx_new");
    struct thread other = { { control[1], context }, far };
    struct side side = { control[0], context };
    pthread_t id;
    check(pthread_create(&id, NULL, run_thread, &other) == 0, "pthread_create");
    near(&side);
    pthread_join(id, NULL);
    check(zmq_ctx_term(context) == 0, "zmq_ctx_term");
}

static pid_t start(side_fn *near, side_fn *far, int control[2], int mine)
{
    pid_t parent = getpid(), child = fork();
    check(child >= 0, "fork");
    if (child)
        return child;
    guard(parent);
    if (mine == 0)
        name_library();
    if (far && over("inproc")) {
        run_threads(near, far, control);
    } else {
        close(control[!mine]);
        struct side side = { control[mine], NULL };
        (mine ? far : near)(&side);
    }
    fflush(NULL);
    _exit(0);
}

/* Waits for all sides; the first that fails ends the others. */
static int watch(pid_t *sides, int count)
{
    int status, failed = 0;
    for (int left = count; left; left--) {
        pid_t ended = wait(&status);
        int worked = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        for (int i = 0; i < count; i++) {
            if (sides[i] == ended)
                sides[i] = 0;
            else if (sides[i] && !worked)
                kill(sides[i], SIGKILL);
        }
        if (!worked && !failed && WIFSIGNALED(status))
            fprintf(stderr, "a side was ended by signal %d (%s)\n",
                    WTERMSIG(status), strsignal(WTERMSIG(status)));
        failed |= !worked;
    }
    return failed;
}

int run_sides(side_fn *near, side_fn *far)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%.80s/bench-XXXXXX",
             temporary ? temporary : "/tmp");
    check(mkdtemp(directory) != NULL, "mkdtemp");
    choose_processors();

    int control[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) == 0,
          "socketpair");
    pid_t sides[2];
    int count = 0;
    sides[count++] = start(near, far, control, 0);
    if (far && !over("inproc"))
        sides[count++] = start(near, far, control, 1);
    close(control[0]);
    close(control[1]);
    int failed = watch(sides, count);

    char path[300];
    snprintf(path, sizeof path, "%s/socket", directory);
    unlink(path);
    snprintf(path, sizeof path, "%s/raw", directory);
    unlink(path);
    rmdir(directory);
    return failed;
}
