/* Helpers that every program under capi-tests shares.
 *
 * A program tells what it does and what came of it on standard output, in words
 * that are the same on every run: names of errors, return values, sizes, orders;
 * never a time, a port or an address. The runner compares what two libraries
 * make a program say.
 *
 *   TELL(call)      makes the call and prints it with its integer result
 *   TELL_PTR(call)  the same for a call that returns a pointer
 *   MUST(fact)      ends the program with a line number when the fact is false, how long
 *                   it took to be found so, and where its threads are
 *   say / hear      send and receive whole messages written as "part|part"
 */
#ifndef CAPI_TESTS_SUPPORT_H
#define CAPI_TESTS_SUPPORT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define UNUSED __attribute__((unused))

/* What a program has said is seen even if it then hangs and is ended. */
static __attribute__((constructor)) void speak_in_lines(void)
{
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

/* How long a call may take that is expected to succeed, in milliseconds. */
#define PATIENCE 30000
/* How long to wait for something that is expected not to happen. Nothing may have to
 * happen within this time: let_happen() and await_or_rest() give others all they need. */
#define SILENCE 150

static UNUSED const char *error_name(int number)
{
    static const struct { int number; const char *name; } names[] = {
        {0, "0"}, {EAGAIN, "EAGAIN"}, {EINVAL, "EINVAL"}, {EFAULT, "EFAULT"},
        {ENOTSOCK, "ENOTSOCK"}, {EFSM, "EFSM"}, {ETERM, "ETERM"}, {EINTR, "EINTR"},
        {ENOMEM, "ENOMEM"}, {EMFILE, "EMFILE"}, {ENFILE, "ENFILE"}, {ENOTSUP, "ENOTSUP"},
        {EPROTONOSUPPORT, "EPROTONOSUPPORT"}, {ENOCOMPATPROTO, "ENOCOMPATPROTO"},
        {EADDRINUSE, "EADDRINUSE"}, {EADDRNOTAVAIL, "EADDRNOTAVAIL"}, {ENODEV, "ENODEV"},
        {ENOENT, "ENOENT"}, {EHOSTUNREACH, "EHOSTUNREACH"}, {ENAMETOOLONG, "ENAMETOOLONG"},
        {ECONNREFUSED, "ECONNREFUSED"}, {EBADF, "EBADF"}, {EPERM, "EPERM"}, {EACCES, "EACCES"},
        {EMTHREAD, "EMTHREAD"}, {ENOTDIR, "ENOTDIR"}, {EMSGSIZE, "EMSGSIZE"},
    };
    static char other[32];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number)
            return names[i].name;
    snprintf(other, sizeof other, "errno %d", number);
    return other;
}

/* Prints a file of /proc without its line's end, if it can be read. */
static UNUSED void show_file(const char *before, const char *name)
{
    char text[256];
    FILE *file = fopen(name, "r");
    if (file && fgets(text, sizeof text, file))
        printf("%s%.*s", before, (int)strcspn(text, "\n"), text);
    if (file)
        fclose(file);
}

/* Where each thread of this process is: its name, and its system call with arguments. */
static UNUSED void show_threads(void)
{
    char name[64];
    DIR *tasks = opendir("/proc/self/task");
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        if (task->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "/proc/self/task/%.16s/comm", task->d_name);
        show_file("  thread ", name);
        snprintf(name, sizeof name, "/proc/self/task/%.16s/syscall", task->d_name);
        show_file(": ", name);
        putchar('\n');
    }
}

/* What a program was about, said by must_ if it fails; and when a fact was so last. */
static UNUSED char about[128];
static UNUSED long long last_so;

static UNUSED long long now_ms(void);

static UNUSED void must_(int fact, const char *text, const char *file, int line)
{
    int number = zmq_errno();
    long long now = now_ms();
    if (fact) {
        last_so = now;
        return;
    }
    printf("%s:%d: not so: %s (%s)\n", file, line, text, error_name(number));
    printf("  %lld ms after the last that was%s%s\n", now - last_so, *about ? "; " : "", about);
    show_threads();
    fflush(stdout);
    _exit(3);
}
#define MUST(fact) must_(!!(fact), #fact, __FILE__, __LINE__)

static UNUSED long long tell_(const char *text, long long result)
{
    int number = zmq_errno();
    if (result == -1)
        printf("%s = -1 %s\n", text, error_name(number));
    else
        printf("%s = %lld\n", text, result);
    fflush(stdout);
    return result;
}
#define TELL(call) tell_(#call, (errno = 0, (long long)(call)))

static UNUSED void *tell_ptr_(const char *text, void *result)
{
    int number = zmq_errno();
    printf("%s = %s\n", text, result ? "pointer" : error_name(number));
    fflush(stdout);
    return result;
}
#define TELL_PTR(call) tell_ptr_(#call, (errno = 0, (void *)(call)))

static UNUSED void title(const char *text)
{
    printf("-- %s\n", text);
    fflush(stdout);
}

/* Milliseconds of a clock that only goes forward. */
static UNUSED long long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Memory of this process that is in use. */
static UNUSED long resident_kb(void)
{
    long pages = -1;
    FILE *file = fopen("/proc/self/statm", "r");
    MUST(file && fscanf(file, "%*d %ld", &pages) == 1);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static UNUSED void pause_ms(int ms)
{
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
    while (nanosleep(&t, &t) == -1 && errno == EINTR)
        ;
}

/* Whether each other thread of this process sleeps. One that is to run, as one that was
 * woken and has had no processor yet, does not. */
static UNUSED int others_sleep(void)
{
    int sleeping = 1;
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks)
        return 1; /* a process that has no descriptors left has nothing to look with */
    for (struct dirent *task; (task = readdir(tasks));) {
        char path[300], text[256], *end;
        snprintf(path, sizeof path, "/proc/self/task/%s/stat", task->d_name);
        int other = *task->d_name != '.' && atoi(task->d_name) != syscall(SYS_gettid);
        FILE *file = other ? fopen(path, "r") : NULL;
        if (file && fgets(text, sizeof text, file) && (end = strrchr(text, ')')))
            sleeping = sleeping && strchr("SZX", end[2]);
        if (file)
            fclose(file);
    }
    closedir(tasks);
    return sleeping;
}

/* Waits until the other threads have nothing more to do. They are looked at several
 * times, as one may wake another; and no clock is asked, as all may be stopped. */
static UNUSED void await_rest(void)
{
    for (int looks = 0, sleeping = 0; looks < 2000 && sleeping < 3; looks++) {
        pause_ms(1);
        sleeping = others_sleep() ? sleeping + 1 : 0;
    }
}

/* Lets what goes on in this process come to its end, both sides of a connection. */
static UNUSED void let_happen(void)
{
    pause_ms(SILENCE);
    await_rest();
}

static UNUSED void set_int(void *socket, int option, int value)
{
    MUST(zmq_setsockopt(socket, option, &value, sizeof value) == 0);
}

static UNUSED int get_int(void *socket, int option)
{
    int value = -1;
    size_t size = sizeof value;
    MUST(zmq_getsockopt(socket, option, &value, &size) == 0 && size == sizeof value);
    errno = 0; /* so that TELL shows a value of -1 as no error */
    return value;
}

/* A socket whose calls end with EAGAIN when they should long have succeeded. */
static UNUSED void *make(void *context, int type)
{
    void *socket = zmq_socket(context, type);
    MUST(socket != NULL);
    set_int(socket, ZMQ_SNDTIMEO, PATIENCE);
    set_int(socket, ZMQ_RCVTIMEO, PATIENCE);
    return socket;
}

static UNUSED void *make_context(void)
{
    void *context = zmq_ctx_new();
    MUST(context != NULL);
    return context;
}

static UNUSED void shut(void *socket)
{
    MUST(zmq_close(socket) == 0);
}

static UNUSED void shut_now(void *socket)
{
    set_int(socket, ZMQ_LINGER, 0);
    shut(socket);
}

static UNUSED void finish(void *context)
{
    int rc;
    do
        rc = zmq_ctx_term(context);
    while (rc == -1 && zmq_errno() == EINTR);
    MUST(rc == 0);
}

struct endpoint { char text[256]; };

static UNUSED struct endpoint last_endpoint(void *socket)
{
    struct endpoint e;
    size_t size = sizeof e.text;
    MUST(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, e.text, &size) == 0);
    return e;
}

/* Binds to an unused endpoint of "tcp", "ipc" or "inproc". */
static UNUSED struct endpoint bind_any(void *socket, const char *transport)
{
    static int serial;
    struct endpoint e;
    if (!strcmp(transport, "tcp"))
        strcpy(e.text, "tcp://127.0.0.1:*");
    else /* the runner gives each run a directory of its own */
        snprintf(e.text, sizeof e.text, "%s://any-%d", transport, __sync_add_and_fetch(&serial, 1));
    MUST(zmq_bind(socket, e.text) == 0);
    return last_endpoint(socket);
}

/* An address of this program alone: who is given one of its ports elsewhere, or is
 * still looking for somebody who had it, is not met there. */
static UNUSED const char *own_address(void)
{
    static char text[32];
    int pid = getpid();
    snprintf(text, sizeof text, "127.%d.%d.%d", 64 + (pid >> 14 & 127), 1 + (pid >> 7 & 127),
             1 + (pid & 127));
    return text;
}

/* The same where the binder goes and others connect meanwhile, or where a stray peer
 * would be taken for the one that is expected. */
static UNUSED struct endpoint bind_own(void *socket, const char *transport)
{
    struct endpoint e;
    if (strcmp(transport, "tcp") != 0)
        return bind_any(socket, transport);
    snprintf(e.text, sizeof e.text, "tcp://%s:*", own_address());
    MUST(zmq_bind(socket, e.text) == 0);
    return last_endpoint(socket);
}

/* Reserves an endpoint that is free and not bound: for those who connect first. */
static UNUSED struct endpoint unused(void *context, const char *transport)
{
    void *socket = make(context, ZMQ_PAIR);
    struct endpoint e = bind_own(socket, transport);
    MUST(zmq_unbind(socket, e.text) == 0);
    shut_now(socket);
    return e;
}

/* Binds to a given endpoint as soon as its last user has let go of it. */
static UNUSED void bind_again(void *socket, const char *endpoint)
{
    long long end = now_ms() + PATIENCE;
    while (zmq_bind(socket, endpoint) == -1) {
        MUST(zmq_errno() == EADDRINUSE && now_ms() < end);
        pause_ms(2);
    }
}

static UNUSED void join(void *socket, struct endpoint e)
{
    MUST(zmq_connect(socket, e.text) == 0);
}

/* Waits until the events are there; 1 if so, 0 if not within the time. */
static UNUSED int await(void *socket, short events, long timeout)
{
    zmq_pollitem_t item = {socket, 0, events, 0};
    int rc;
    do
        rc = zmq_poll(&item, 1, timeout);
    while (rc == -1 && zmq_errno() == EINTR);
    MUST(rc >= 0);
    return rc == 1;
}

/* The same for what may come or not: 0 when all is done and it has not come. */
static UNUSED int await_or_rest(void *socket, short events)
{
    if (await(socket, events, SILENCE))
        return 1;
    await_rest();
    return await(socket, events, 0);
}

/* Sends "a|b|c" as a message of three parts; 0, or -1 and errno from the part
 * that failed. */
static UNUSED int say_with(void *socket, const char *text, int flags)
{
    const char *end;
    int rc;
    do {
        end = strchr(text, '|');
        size_t size = end ? (size_t)(end - text) : strlen(text);
        rc = zmq_send(socket, text, size, flags | (end ? ZMQ_SNDMORE : 0));
        if (rc == -1)
            return -1;
        MUST((size_t)rc == size);
        text = end + 1;
    } while (end);
    return 0;
}

static UNUSED void say(void *socket, const char *text)
{
    MUST(say_with(socket, text, 0) == 0);
}

static UNUSED void print_part(const unsigned char *data, size_t size)
{
    if (size > 64) {
        printf("<%zu bytes>", size);
        return;
    }
    for (size_t i = 0; i < size; i++)
        if (data[i] >= 32 && data[i] < 127)
            putchar(data[i]);
        else
            printf("\\%02x", data[i]);
}

/* Receives one whole message into text as "a|b|c" and returns its parts; -1 and
 * errno if there is none. Only for short printable parts. */
static UNUSED int listen_to(void *socket, char *text, size_t room, int flags)
{
    int parts = 0, more = 1;
    size_t used = 0;
    while (more) {
        char part[4096];
        int rc = zmq_recv(socket, part, sizeof part, parts ? 0 : flags);
        if (rc == -1 && parts == 0)
            return -1;
        MUST(rc >= 0 && (size_t)rc <= sizeof part && used + rc + 2 < room);
        if (parts++)
            text[used++] = '|';
        memcpy(text + used, part, rc);
        used += rc;
        more = get_int(socket, ZMQ_RCVMORE);
    }
    text[used] = 0;
    return parts;
}

/* Receives one whole message and prints it, or the error instead. */
static UNUSED int hear_with(void *socket, const char *who, int flags)
{
    int parts = 0, more = 1;
    while (more) {
        zmq_msg_t part;
        MUST(zmq_msg_init(&part) == 0);
        if (zmq_msg_recv(&part, socket, parts ? 0 : flags) == -1) {
            printf("%s hears %s\n", who, error_name(zmq_errno()));
            fflush(stdout);
            MUST(parts == 0 && zmq_msg_close(&part) == 0);
            return -1;
        }
        if (parts++)
            putchar('|');
        else
            printf("%s hears ", who);
        print_part(zmq_msg_data(&part), zmq_msg_size(&part));
        more = zmq_msg_more(&part);
        MUST(zmq_msg_close(&part) == 0);
    }
    putchar('\n');
    fflush(stdout);
    return parts;
}
#define hear(socket) hear_with(socket, #socket, 0)

/* Prints that nothing arrives for a while, or what does. A socket may seem to be
 * readable for a message that its pattern then throws away. */
static UNUSED void hear_nothing_(void *socket, const char *who)
{
    long long end = now_ms() + SILENCE, left;
    while ((left = end - now_ms()) > 0 && await(socket, ZMQ_POLLIN, (long)left)) {
        char none[1];
        if (zmq_recv(socket, none, 0, ZMQ_DONTWAIT) != -1) {
            printf("%s hears what it should not\n", who);
            return;
        }
        MUST(zmq_errno() == EAGAIN);
    }
    printf("%s hears nothing\n", who);
    fflush(stdout);
}
#define hear_nothing(socket) hear_nothing_(socket, #socket)

#endif
