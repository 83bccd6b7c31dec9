/* ipc: how long a path or an abstract name may be, files that are in the way, and
 * a path that one socket after the other is bound to while a peer reconnects. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include "support.h"

static void exchange(void *context, void *pull, const char *endpoint, const char *text)
{
    void *push = make(context, ZMQ_PUSH);
    MUST(zmq_connect(push, endpoint) == 0);
    say(push, text);
    hear(pull);
    shut(push);
}

static void lengths(void *context, const char *start)
{
    printf("-- from \"%s\" on\n", start);
    for (int size = 105; size <= 109; size++) {
        char endpoint[200] = "ipc://";
        strcpy(endpoint + 6, start);
        memset(endpoint + 6 + strlen(start), 'n', size - strlen(start));
        endpoint[6 + size] = 0;
        if (start[0] == '@') /* abstract names are the machine's */
            memcpy(endpoint + 7 + snprintf(endpoint + 7, 20, "%d", (int)getpid()), "n", 1);
        void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
        int rc = zmq_bind(pull, endpoint);
        printf("%d: bind %s", size, rc == -1 ? error_name(zmq_errno()) : "done");
        rc = zmq_connect(push, endpoint);
        printf(", connect %s\n", rc == -1 ? error_name(zmq_errno()) : "done");
        if (rc == 0) {
            say(push, "hello");
            hear(pull);
        }
        TELL(zmq_unbind(pull, endpoint));
        TELL(zmq_disconnect(push, endpoint));
        shut(push);
        shut(pull);
    }
}

/* What is in the place of the path. */
static void in_the_way(void *context)
{
    title("in the way");
    FILE *file = fopen("file", "w");
    MUST(file && fclose(file) == 0 && mkdir("directory", 0700) == 0 && symlink("nowhere", "link") == 0);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un a = {.sun_family = AF_UNIX, .sun_path = "stale"};
    MUST(bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && close(fd) == 0);
    static const char *const endpoints[] = {"ipc://file", "ipc://directory", "ipc://link", "ipc://stale", "ipc://file/below"};
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
        void *pull = make(context, ZMQ_PULL);
        int rc = zmq_bind(pull, endpoints[i]);
        printf("%s: %s\n", endpoints[i], rc == -1 ? error_name(zmq_errno()) : "done");
        if (rc == 0)
            exchange(context, pull, endpoints[i], "hello");
        shut(pull);
    }
    struct stat st;
    printf("what the link points to: %d\n", stat("nowhere", &st) == 0);
}

/* The path is bound again at once, by the next socket, while the last one ends. */
static void hand_over(void *context)
{
    title("bound again and again");
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    set_int(push, ZMQ_RECONNECT_IVL, 5);
    set_int(push, ZMQ_IMMEDIATE, 1);
    MUST(zmq_bind(pull, "ipc://shared") == 0 && zmq_connect(push, "ipc://shared") == 0);
    for (int i = 0; i < 20; i++) {
        /* what is sent to one that is going is lost */
        char text[32] = "";
        do
            say(push, "hello");
        while (!await(pull, ZMQ_POLLIN, 20));
        MUST(listen_to(pull, text, sizeof text, 0) == 1 && !strcmp(text, "hello"));
        void *next = make(context, ZMQ_PULL);
        if (i % 2) {
            MUST(zmq_bind(next, "ipc://shared") == 0);
            shut(pull);
        } else {
            shut(pull);
            MUST(zmq_bind(next, "ipc://shared") == 0);
        }
        pull = next;
    }
    exchange(context, pull, "ipc://shared", "the file is the last one's");
    printf("the path is there: %d\n", access("shared", F_OK) == 0);
    shut_now(push);
    shut(pull);
}

static void nobody_there(void *context)
{
    title("connected before there is a path");
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    set_int(push, ZMQ_RECONNECT_IVL, 5);
    TELL(zmq_connect(push, "ipc://later"));
    say(push, "kept");
    pause_ms(20);
    TELL(zmq_bind(pull, "ipc://later"));
    hear(pull);
    shut(push);
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    lengths(context, "");
    lengths(context, "@");
    lengths(context, "./");
    in_the_way(context);
    hand_over(context);
    nobody_there(context);
    finish(context);
    return 0;
}
