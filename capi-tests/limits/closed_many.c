// breaks: it aborts
// args: 24
// slow-args: 1000
// slow-limit: 1800
/* At a random moment of what a program does, one, several or all descriptors of the
 * library are closed behind its back: calls may fail, but nothing ends the process, no
 * call hangs, a receive that waits for ever ends with the context, the context can
 * be ended, and a new one works. If it was one, and no listener, the same sockets find
 * each other again and pass messages: an I/O thread makes itself a new poll, timer
 * and waker, a socket a new set of connections. (Of several, one may be used that has
 * the number of another before that is missed.)
 * The arguments are the number of rounds, the seed, and the first round. */
#include <sys/socket.h>
#include <sys/stat.h>
#include "descriptors.h"

enum { MOST = 128, ALL = 1000 };

static uint64_t state;

static unsigned random_below(unsigned limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % limit;
}

static const char *const transports[] = {"tcp", "ipc", "inproc"};
static const struct pattern { int from, to, answers; } patterns[] = {
    {ZMQ_PUSH, ZMQ_PULL, 0},
    {ZMQ_REQ, ZMQ_REP, 1},
    {ZMQ_PUB, ZMQ_SUB, 0},
    {ZMQ_DEALER, ZMQ_ROUTER, 1},
};

static void *context, *from, *to, *waits;
static const struct pattern *pattern;
static int over, passed;

static void *made(int type)
{
    void *socket = zmq_socket(context, type);
    MUST(socket != NULL);
    set_int(socket, ZMQ_LINGER, 0);
    set_int(socket, ZMQ_SNDTIMEO, 20);
    set_int(socket, ZMQ_RCVTIMEO, 20);
    set_int(socket, ZMQ_RECONNECT_IVL, 5);
    if (type == ZMQ_REQ) {
        set_int(socket, ZMQ_REQ_RELAXED, 1);
        set_int(socket, ZMQ_REQ_CORRELATE, 1);
    }
    if (type == ZMQ_SUB)
        MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) == 0);
    return socket;
}

/* Both ends, in threads of their own: whatever comes of a call. */
static void *send_all(void *unused)
{
    char text[64];
    for (int i = 0; !__atomic_load_n(&over, __ATOMIC_ACQUIRE); i++) {
        zmq_send(from, "request", 7, i % 3 ? 0 : ZMQ_DONTWAIT);
        if (pattern->answers)
            zmq_recv(from, text, sizeof text, i % 5 ? 0 : ZMQ_DONTWAIT);
        if (i % 16 == 0)
            pause_ms(1); /* so that there are idle moments, too */
    }
    return unused;
}

static void *receive_all(void *unused)
{
    char text[64];
    for (int i = 0; !__atomic_load_n(&over, __ATOMIC_ACQUIRE); i++) {
        char name[64];
        int named = -1, more = 0, got = -1;
        zmq_pollitem_t item = {to, 0, ZMQ_POLLIN, 0};
        if (i % 4 == 0)
            zmq_poll(&item, 1, 20);
        if (pattern->to == ZMQ_ROUTER)
            named = zmq_recv(to, name, sizeof name, 0);
        got = zmq_recv(to, text, sizeof text, 0);
        size_t size = sizeof more;
        while (zmq_getsockopt(to, ZMQ_RCVMORE, &more, &size) == 0 && more)
            zmq_recv(to, text, sizeof text, 0);
        if (got == 7)
            __atomic_add_fetch(&passed, 1, __ATOMIC_ACQ_REL);
        if (named > 0)
            zmq_send(to, name, (size_t)named, ZMQ_SNDMORE);
        if (pattern->answers && got != -1)
            zmq_send(to, "answer", 6, 0);
    }
    return unused;
}

/* Waits for ever, for what does not come. */
static void *wait_for_ever(void *unused)
{
    char text[64];
    int rc;
    do
        rc = zmq_recv(waits, text, sizeof text, 0);
    while (rc != -1 || zmq_errno() != ETERM);
    shut(waits);
    return unused;
}

static int is_listener(int fd)
{
    int listens = 0;
    socklen_t size = sizeof listens;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens;
}

/* Closes so many that were not there before; whether a listener was among them. */
static int close_some(const int *before, int had, int most, int listeners)
{
    int list[MOST], left = 0, count = open_descriptors(list, MOST), lost = 0;
    for (int i = 0; i < count; i++) {
        int known = !listeners && is_listener(list[i]);
        for (int j = 0; j < had; j++)
            known |= before[j] == list[i];
        if (!known)
            list[left++] = list[i];
    }
    for (int i = 0; i < left; i++) { /* in any order */
        int other = i + (int)random_below((unsigned)(left - i)), number = list[other];
        list[other] = list[i];
        list[i] = number;
    }
    for (int i = 0; i < left && i < most; i++)
        lost |= is_listener(list[i]);
    for (int i = 0; i < left && i < most; i++)
        close(list[i]);
    return lost;
}

static void await_passed(int more, int surely)
{
    long long end = now_ms() + (surely ? 3 * PATIENCE : 10 * SILENCE);
    int wanted = __atomic_load_n(&passed, __ATOMIC_ACQUIRE) + more;
    while (__atomic_load_n(&passed, __ATOMIC_ACQUIRE) < wanted) {
        MUST(now_ms() < end || !surely);
        if (now_ms() >= end)
            break;
        pause_ms(1);
    }
}

static void round_of(int number)
{
    int before[MOST], had = open_descriptors(before, MOST);
    const char *transport = transports[number % 3];
    pthread_t threads[3];
    pattern = &patterns[number / 3 % 4];
    context = make_context();
    from = made(pattern->from);
    to = made(pattern->to);
    waits = made(ZMQ_DEALER);
    set_int(waits, ZMQ_RCVTIMEO, -1);
    join(from, bind_any(to, transport));
    join(waits, bind_any(waits, transport));
    MUST(pthread_create(&threads[0], NULL, send_all, NULL) == 0);
    MUST(pthread_create(&threads[1], NULL, receive_all, NULL) == 0);
    MUST(pthread_create(&threads[2], NULL, wait_for_ever, NULL) == 0);
    /* A moment is so many messages later. */
    await_passed(1 + (int)random_below(200), 1);
    const int counts[] = {1, 2 + (int)random_below(6), ALL};
    int most = counts[random_below(3)];
    if (!close_some(before, had, most, (int)random_below(2)))
        await_passed(20, most == 1);
    __atomic_store_n(&over, 1, __ATOMIC_RELEASE);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    shut(from);
    shut(to);
    finish(context);
    pthread_join(threads[2], NULL);
    /* As if nothing had happened. */
    context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    join(a, bind_any(b, transport));
    say(a, "recovered");
    MUST(listen_to(b, (char[16]){0}, 16, 0) == 1);
    say(b, "indeed");
    MUST(listen_to(a, (char[16]){0}, 16, 0) == 1);
    shut(a);
    shut(b);
    finish(context);
}

static pid_t in_child(unsigned seed, int number)
{
    char name[32];
    fflush(stdout);
    pid_t child = fork();
    MUST(child != -1);
    if (child != 0)
        return child;
    /* Endpoints of ipc have the same names in each. */
    snprintf(name, sizeof name, "round-%d", number);
    MUST(mkdir(name, 0700) == 0 && chdir(name) == 0);
    state = (uint64_t)seed * 1000003u + (unsigned)number;
    random_below(2);
    alarm(60);
    round_of(number);
    exit(0);
}

int main(int argc, char **argv)
{
    enum { TOGETHER = 6 };
    struct { pid_t process; int number; } running[TOGETHER] = {{0, 0}};
    int rounds = argc > 1 ? atoi(argv[1]) : 24, status = 0, left = 0, failed = 0;
    unsigned seed = argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)time(NULL) ^ (unsigned)getpid();
    int first = argc > 3 ? atoi(argv[3]) : 0, next = first;
    printf("seed %u\n", seed);
    while (left > 0 || (next < first + rounds && !failed)) {
        int place = 0;
        while (place < TOGETHER && running[place].process)
            place++;
        if (place < TOGETHER && next < first + rounds && !failed) {
            running[place].number = next;
            running[place].process = in_child(seed, next++);
            left++;
            continue;
        }
        pid_t child = wait(&status);
        MUST(child != -1);
        left--;
        for (place = 0; running[place].process != child; place++)
            MUST(place < TOGETHER - 1);
        running[place].process = 0;
        if (status != 0)
            failed = printf("seed %u, round %d: %s %d\n", seed, running[place].number,
                            WIFEXITED(status) ? "exit" : "signal",
                            WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    }
    puts(failed ? "that was too much" : "every round was survived");
    return failed != 0;
}
