/* Wildcards, ZMQ_LAST_ENDPOINT after each bind and connect, unbinding by the
 * text it gives, binding again afterwards, abstract names, IPv6. */
#include <sys/stat.h>
#include "support.h"

/* Prints an endpoint with every run of digits after the last colon, and the
 * random part of an ipc path, replaced. */
static void show(const char *what, void *socket)
{
    struct endpoint e = last_endpoint(socket);
    char *colon = strrchr(e.text, ':');
    if (!strncmp(e.text, "ipc://", 6) && strstr(e.text, "tmp")) {
        struct stat st;
        printf("%s: an ipc path that is %s\n", what,
               stat(e.text + 6, &st) == 0 && S_ISSOCK(st.st_mode) ? "a socket" : "nothing");
        return;
    }
    if (!strncmp(e.text, "tcp://", 6) && atoi(colon + 1) > 0)
        strcpy(colon, ":PORT");
    printf("%s: %s\n", what, e.text);
}

static void raw_size(void *socket)
{
    char text[256];
    size_t size = sizeof text;
    TELL(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, text, &size));
    printf("size counts the end of the text: %s\n", size == strlen(text) + 1 ? "yes" : "no");
    size = 4;
    TELL(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, text, &size));
}

static void exchange(void *context, void *pull, const char *endpoint)
{
    void *push = make(context, ZMQ_PUSH);
    MUST(zmq_connect(push, endpoint) == 0);
    say(push, "hello");
    hear(pull);
    shut(push);
}

static void connect_to_any(void *context, void *pull)
{
    struct endpoint e = last_endpoint(pull), c;
    snprintf(c.text, sizeof c.text, "tcp://127.0.0.1%.200s", strrchr(e.text, ':'));
    exchange(context, pull, c.text);
}

static void tcp(void *context)
{
    title("tcp");
    void *pull = make(context, ZMQ_PULL);
    show("before anything", pull);
    raw_size(pull);
    TELL(zmq_bind(pull, "tcp://127.0.0.1:*"));
    show("127.0.0.1:*", pull);
    raw_size(pull);
    exchange(context, pull, last_endpoint(pull).text);
    TELL(zmq_bind(pull, "tcp://*:*"));
    show("*:*", pull);
    connect_to_any(context, pull);
    TELL(zmq_bind(pull, "tcp://127.0.0.1:0"));
    show("127.0.0.1:0", pull);
    TELL(zmq_bind(pull, "tcp://lo:*"));
    show("lo:*", pull);
    TELL(zmq_unbind(pull, "tcp://*:*"));
    TELL(zmq_unbind(pull, "tcp://127.0.0.1:*"));

    struct endpoint e = last_endpoint(pull);
    void *push = make(context, ZMQ_PUSH);
    TELL(zmq_connect(push, "tcp://localhost:1"));
    show("connect", push);
    TELL(zmq_disconnect(push, "tcp://localhost:1"));
    show("disconnect", push);
    TELL(zmq_bind(pull, "tcp://nowhere"));
    TELL(strcmp(e.text, last_endpoint(pull).text) == 0);
    shut(push);
    shut(pull);

    title("the port is free again after unbind, also for the same socket");
    pull = make(context, ZMQ_PULL);
    e = bind_any(pull, "tcp");
    for (int i = 0; i < 3; i++) {
        TELL(zmq_unbind(pull, e.text));
        bind_again(pull, e.text);
        exchange(context, pull, e.text);
    }
    TELL(zmq_unbind(pull, e.text));
    void *other = make(context, ZMQ_PULL);
    bind_again(other, e.text);
    exchange(context, other, e.text);
    shut(pull);
    shut(other);
}

static void ipc(void *context)
{
    char path[256];
    title("ipc");
    void *pull = make(context, ZMQ_PULL);
    TELL(zmq_bind(pull, "ipc://*"));
    show("*", pull);
    exchange(context, pull, last_endpoint(pull).text);
    struct endpoint e = last_endpoint(pull);
    TELL(zmq_unbind(pull, e.text));
    long long end = now_ms() + PATIENCE;
    while (access(e.text + 6, F_OK) == 0 && now_ms() < end)
        pause_ms(1);
    printf("a path that was made is gone after unbind: %s\n", access(e.text + 6, F_OK) ? "yes" : "no");
    TELL(zmq_bind(pull, "ipc://relative"));
    show("relative", pull);
    MUST(getcwd(path, 200));
    char absolute[300];
    snprintf(absolute, sizeof absolute, "ipc://%s/relative", path);
    exchange(context, pull, absolute);
    shut(pull);
    let_happen();
    printf("a path that was given is gone after close: %s\n", access("relative", F_OK) ? "yes" : "no");

    title("a path that another socket is bound to is taken over");
    void *first = make(context, ZMQ_PULL), *second = make(context, ZMQ_PULL);
    TELL(zmq_bind(first, "ipc://taken"));
    TELL(zmq_bind(second, "ipc://taken"));
    exchange(context, second, "ipc://taken");
    shut(first);
    shut(second);

    title("abstract names");
    pull = make(context, ZMQ_PULL);
    snprintf(path, sizeof path, "ipc://@capi-test-%d", (int)getpid());
    TELL(zmq_bind(pull, path));
    TELL(strcmp(path, last_endpoint(pull).text));
    exchange(context, pull, path);
    TELL(zmq_unbind(pull, path));
    shut(pull);
}

/* Where the wildcard of ipc makes its directory: in that of the first of three variables
 * that names one, else where the process is, by a relative path. */
static void directories(void *context)
{
    static const char *const variables[] = {"TMPDIR", "TEMPDIR", "TMP", NULL};
    char path[256], here[200], below[300];
    struct stat st;
    MUST(getcwd(here, sizeof here));
    snprintf(below, sizeof below, "%s/below", here);
    MUST(mkdir("below", 0700) == 0);
    for (int i = 0; i < 4; i++) {
        for (int other = 0; other < 3; other++)
            unsetenv(variables[other]);
        for (int other = i; other < 3; other++) /* the later ones are passed over */
            setenv(variables[other], other == i ? below : here, 1);
        void *pull = make(context, ZMQ_PULL);
        MUST(zmq_bind(pull, "ipc://*") == 0);
        struct endpoint e = last_endpoint(pull);
        char *text = e.text + 6;
        printf("by %s: ", variables[i] ? variables[i] : "none");
        if (!strncmp(text, below, strlen(below)) && text[strlen(below)] == '/')
            text += strlen(below) + 1, printf("in that directory, ");
        int fits = strlen(text) == strlen("tmpXXXXXX/socket") && !strncmp(text, "tmp", 3) && !strcmp(text + 9, "/socket");
        printf("%s", fits ? "tmpXXXXXX/socket" : text);
        strcpy(path, e.text + 6);
        *strrchr(path, '/') = 0;
        MUST(stat(path, &st) == 0 && S_ISDIR(st.st_mode));
        printf(", for its user alone: %d\n", (st.st_mode & 0777) == 0700);
        exchange(context, pull, e.text);
        shut(pull);
    }
    setenv("TMPDIR", "nosuchdirectory", 1); /* the next is asked */
    setenv("TEMPDIR", below, 1);
    void *pull = make(context, ZMQ_PULL);
    MUST(zmq_bind(pull, "ipc://*") == 0);
    printf("by one that is none: %s\n", strncmp(last_endpoint(pull).text + 6, below, strlen(below)) ? "elsewhere" : "the next");
    shut(pull);
    unsetenv("TMPDIR"), unsetenv("TEMPDIR");
}

static void inproc(void *context)
{
    title("inproc");
    void *pull = make(context, ZMQ_PULL);
    TELL(zmq_bind(pull, "inproc://a name with spaces/and more"));
    show("a name", pull);
    exchange(context, pull, "inproc://a name with spaces/and more");
    TELL(zmq_bind(pull, "inproc://*"));
    show("*", pull);
    void *push = make(context, ZMQ_PUSH);
    TELL(zmq_connect(push, "inproc://*"));
    show("connect", push);
    shut(push);
    TELL(zmq_unbind(pull, "inproc://*"));
    TELL(zmq_bind(pull, "inproc://*"));
    shut(pull);
    title("a name is free again after close");
    pull = make(context, ZMQ_PULL);
    bind_again(pull, "inproc://*");
    exchange(context, pull, "inproc://*");
    shut(pull);
}

static void ipv6(void *context)
{
    title("IPv6");
    void *pull = make(context, ZMQ_PULL);
    TELL(zmq_bind(pull, "tcp://[::1]:*"));
    set_int(pull, ZMQ_IPV6, 1);
    if (zmq_bind(pull, "tcp://[::1]:*") == -1) {
        puts("this machine has no IPv6");
    } else {
        show("[::1]:*", pull);
        void *push = make(context, ZMQ_PUSH);
        set_int(push, ZMQ_IPV6, 1);
        join(push, last_endpoint(pull));
        say(push, "six");
        hear(pull);
        shut(push);
        TELL(zmq_bind(pull, "tcp://*:*"));
        show("*:*", pull);
        connect_to_any(context, pull);
        TELL(zmq_bind(pull, "tcp://127.0.0.1:*"));
        show("127.0.0.1:*", pull);
    }
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    tcp(context);
    ipc(context);
    directories(context);
    inproc(context);
    ipv6(context);
    finish(context);
    return 0;
}
