// breaks: it aborts when it gets no memory
// args: 9
// slow-args: 1
// slow-limit: 200
/* No memory, in two ways. A process at the limit of its address space that queues
 * without end: calls fail with ENOMEM, what was sent is received whole, and all is
 * well when there is memory again. And allocations of the library that fail once, one
 * in each process: nothing more comes of it than an error. The argument says which
 * ones: every so many. */
#include "../limits/inject.h"
#include <malloc.h>
#include <sys/resource.h>
#include "support.h"

/* More memory is to be had up to so many MB beyond what there is. */
static void allow(long mb)
{
    struct rlimit limits;
    long pages;
    FILE *file = fopen("/proc/self/statm", "r");
    MUST(file && fscanf(file, "%ld", &pages) == 1);
    fclose(file);
    MUST(getrlimit(RLIMIT_AS, &limits) == 0);
    limits.rlim_cur = (rlim_t)(pages * sysconf(_SC_PAGESIZE) + mb * 1024 * 1024);
    MUST(setrlimit(RLIMIT_AS, &limits) == 0);
}

/* All there is; opens no file, as there may be no memory for that. */
static void allow_all(void)
{
    struct rlimit limits;
    MUST(getrlimit(RLIMIT_AS, &limits) == 0);
    limits.rlim_cur = limits.rlim_max;
    MUST(setrlimit(RLIMIT_AS, &limits) == 0);
}

/* In a process of its own, which must end by itself. */
static int apart(void (*run)(const char *, int), const char *text, int number)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    MUST(child != -1);
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        alarm(60);
        run(text, number);
        exit(0);
    }
    MUST(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    printf("%s, %d: signal %d\n", text, number, WTERMSIG(status));
    exit(1);
}

/* Messages of two parts, numbered, until there is no memory for more. */
static void queue(const char *transport, int size)
{
    static char body[20000], got[20000];
    int sent = 0, none = 0, rc;
    void *context = make_context(), *a = make(context, ZMQ_PUSH), *b = make(context, ZMQ_PULL);
    set_int(a, ZMQ_SNDHWM, none);
    set_int(b, ZMQ_RCVHWM, none);
    join(a, bind_any(b, transport));
    say(a, "first");
    MUST(zmq_recv(b, got, sizeof got, 0) == 5);
    allow(24);
    for (;;) {
        memcpy(body, &sent, sizeof sent);
        rc = zmq_send(a, &sent, sizeof sent, ZMQ_SNDMORE | ZMQ_DONTWAIT);
        if (rc != -1) {
            rc = zmq_send(a, body, size, ZMQ_DONTWAIT);
            if (rc == -1) {
                /* the other part is to follow when there is memory again */
                none = 1;
                break;
            }
        }
        if (rc == -1)
            break;
        sent++;
    }
    MUST(zmq_errno() == ENOMEM);
    for (int i = 0; i < 100; i++) {
        void *socket = zmq_socket(context, ZMQ_DEALER);
        MUST(socket || zmq_errno() == ENOMEM || zmq_errno() == EMFILE);
        if (socket && zmq_connect(socket, "inproc://nobody") == -1)
            MUST(zmq_errno() == ENOMEM);
        if (socket)
            shut_now(socket);
    }
    allow_all();
    if (none) {
        MUST(zmq_send(a, body, size, 0) == size);
        sent++;
    }
    for (int i = 0, number; i < sent; i++) {
        MUST(zmq_recv(b, &number, sizeof number, 0) == sizeof number && number == i);
        MUST(zmq_recv(b, got, sizeof got, 0) == size && !memcmp(got, &i, sizeof i));
    }
    say(a, "last");
    MUST(zmq_recv(b, got, sizeof got, 0) == 4);
    shut(a);
    shut(b);
    finish(context);
}

static void queue_inproc(const char *text, int size)
{
    (void)text;
    queue("inproc", size);
}

/* A little of everything; what it comes to is of no matter. */
static void use(void *context)
{
    static const char *const names[] = {"tcp://127.0.0.1:*", "ipc://memory", "inproc://memory"};
    static char large[20000], lent[40000], got[40001];
    memset(lent, 7, sizeof lent);
    for (int i = 0; i < 3; i++) {
        struct endpoint place = {""};
        size_t size = sizeof place.text;
        int soon = 20, none = 0;
        void *a = zmq_socket(context, ZMQ_XPUB), *b = zmq_socket(context, ZMQ_SUB);
        void *c = zmq_socket(context, ZMQ_REQ), *d = zmq_socket(context, ZMQ_REP), *all[] = {a, b, c, d};
        zmq_pollitem_t items[] = {{b, 0, ZMQ_POLLIN, 0}, {d, 0, ZMQ_POLLIN, 0}};
        if (a && b && c && d) {
            for (int j = 0; j < 4; j++) {
                zmq_setsockopt(all[j], ZMQ_RCVTIMEO, &soon, sizeof soon);
                zmq_setsockopt(all[j], ZMQ_SNDTIMEO, &soon, sizeof soon);
            }
            zmq_setsockopt(b, ZMQ_SUBSCRIBE, "a", 1);
            zmq_bind(a, names[i]);
            zmq_getsockopt(a, ZMQ_LAST_ENDPOINT, place.text, &size);
            zmq_connect(b, place.text);
            zmq_recv(a, large, sizeof large, 0);
            zmq_send(a, "a", 1, ZMQ_SNDMORE);
            zmq_send(a, large, sizeof large, 0);
            zmq_poll(items, 2, 5);
            zmq_recv(b, large, sizeof large, 0);
            zmq_unbind(a, place.text);
            zmq_bind(d, names[i]);
            size = sizeof place.text;
            zmq_getsockopt(d, ZMQ_LAST_ENDPOINT, place.text, &size);
            zmq_connect(c, place.text);
            zmq_send(c, lent, sizeof lent, 0);
            int heard = zmq_recv(d, got, sizeof got, 0);
            MUST(heard == -1 || (heard == sizeof lent && !memcmp(got, lent, sizeof lent)));
            zmq_send(d, "reply", 5, 0);
            zmq_recv(c, large, sizeof large, 0);
        }
        for (int j = 0; j < 4; j++)
            if (all[j]) {
                zmq_setsockopt(all[j], ZMQ_LINGER, &none, sizeof none);
                shut(all[j]);
            }
    }
}

enum { NOT_MADE = 77 };

/* Allocation number `number` fails, and now and then many after it. */
static void fail(const char *call, int number)
{
    char text[16];
    inject(call, ENOMEM, number, number % 5 ? 0 : 20);
    void *context = zmq_ctx_new();
    if (context)
        use(context);
    int made = inject_seen >= number;
    inject("none", 0, 0, 0);
    if (!context)
        context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    join(a, bind_any(b, "tcp"));
    say(a, "recovered");
    MUST(listen_to(b, text, sizeof text, 0) == 1);
    shut(a);
    shut(b);
    finish(context);
    exit(made ? 0 : NOT_MADE);
}

int main(int argc, char **argv)
{
    static const char *const calls[] = {"malloc", "calloc", "realloc", "posix_memalign"};
    int step = argc > 1 ? atoi(argv[1]) : 1;
    mallopt(M_ARENA_MAX, 1); /* so that all of it counts at once */
    apart(queue_inproc, "short messages", 20);
    apart(queue_inproc, "longer messages", 900);
    apart(queue_inproc, "long messages", 5000);
    apart(queue_inproc, "messages kept by reference", 20000);
    puts("queues ended where memory did");
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        for (int number = 1; apart(fail, calls[i], number) != NOT_MADE; number += step)
            ;
    puts("every allocation may fail");
    return 0;
}
