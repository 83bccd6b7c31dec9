// ours-only: draft functions, which the system's library does not have
/* zmq_poller_*: adding, changing, removing, waiting for one and for all, every
 * error. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

static void show(const zmq_poller_event_t *event, void *socket, int fd)
{
    printf("  %s, %s, %s, events %d\n",
           event->socket == socket ? "the socket" : event->socket ? "another socket" : "no socket",
           event->fd == fd ? "the descriptor" : event->fd == -1 ? "no descriptor" : "another one",
           event->user_data ? (char *)event->user_data : "no data", event->events);
}

static void errors(void *context)
{
    zmq_poller_event_t event, events[2];
    void *none = NULL, *poller = zmq_poller_new(), *socket = make(context, ZMQ_PAIR);
    void *other = make(context, ZMQ_PAIR);
    char foreign[64] = "";
    void *wrong = foreign;
    int fd[2];
    MUST(pipe(fd) == 0);
    title("errors");
    TELL(zmq_poller_destroy(NULL));
    TELL(zmq_poller_destroy(&none));
    TELL(zmq_poller_destroy(&wrong));
    TELL(zmq_poller_size(NULL));
    TELL(zmq_poller_size(socket));
    TELL(zmq_poller_add(NULL, socket, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add(poller, NULL, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add(poller, foreign, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add(poller, socket, NULL, 16));
    TELL(zmq_poller_modify(poller, socket, ZMQ_POLLIN));
    TELL(zmq_poller_remove(poller, socket));
    TELL(zmq_poller_add_fd(poller, -1, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add_fd(poller, fd[0], NULL, 32));
    TELL(zmq_poller_modify_fd(poller, fd[0], ZMQ_POLLIN));
    TELL(zmq_poller_modify_fd(poller, -1, ZMQ_POLLIN));
    TELL(zmq_poller_remove_fd(poller, fd[0]));
    TELL(zmq_poller_remove_fd(poller, -1));
    TELL(zmq_poller_size(poller));
    TELL(zmq_poller_wait(poller, &event, -1));
    TELL(zmq_poller_wait(poller, &event, 0));
    TELL(zmq_poller_wait(poller, NULL, 0));
    TELL(zmq_poller_wait(NULL, &event, 0));
    TELL(zmq_poller_wait_all(poller, events, -1, 0));
    TELL(zmq_poller_wait_all(poller, NULL, 2, 0));
    TELL(zmq_poller_add(poller, socket, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add(poller, socket, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add(poller, other, NULL, 0));
    TELL(zmq_poller_add_fd(poller, fd[0], NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add_fd(poller, fd[0], NULL, ZMQ_POLLIN));
    TELL(zmq_poller_modify(poller, socket, 64));
    TELL(zmq_poller_size(poller));
    TELL(zmq_poller_wait(poller, &event, 20));
    shut(socket);
    TELL(zmq_poller_wait(poller, &event, 20));
    show(&event, socket, fd[0]);
    TELL(zmq_poller_remove(poller, socket));
    TELL(zmq_poller_wait(poller, &event, 20));
    TELL(zmq_poller_remove(poller, other));
    TELL(zmq_poller_remove_fd(poller, fd[0]));
    TELL(zmq_poller_wait(poller, &event, -1));
    void *before = poller;
    TELL(zmq_poller_destroy(&poller));
    MUST(poller == NULL);
    TELL(zmq_poller_destroy(&before));
    shut(other);
    close(fd[0]);
    close(fd[1]);
}

/* Waiting for nothing that could come, with no room, and with every bit asked for. */
static void nothing_to_wait_for(void *context)
{
    zmq_poller_event_t event;
    void *poller = zmq_poller_new(), *socket = make(context, ZMQ_PAIR);
    int fd[2];
    MUST(pipe(fd) == 0);
    title("nothing to wait for");
    TELL(zmq_poller_wait_all(poller, &event, 0, 0));
    TELL(zmq_poller_wait_all(poller, &event, 0, -1));
    TELL(zmq_poller_wait_all(poller, NULL, 0, 0));
    TELL(zmq_poller_add(poller, socket, NULL, 0));
    TELL(zmq_poller_add_fd(poller, fd[0], NULL, 0));
    TELL(zmq_poller_modify(poller, socket, INT16_MAX));
    TELL(zmq_poller_modify_fd(poller, fd[0], INT16_MAX));
    TELL(zmq_poller_wait_all(poller, &event, 1, 0));
    TELL(zmq_poller_wait_all(poller, &event, 1, -1));
    TELL(zmq_poller_wait(poller, &event, -1));
    TELL(zmq_poller_remove(poller, socket));
    TELL(zmq_poller_remove_fd(poller, fd[0]));
    TELL(zmq_poller_add(poller, socket, NULL, INT16_MAX));
    TELL(zmq_poller_add_fd(poller, fd[0], NULL, INT16_MAX));
    TELL(zmq_poller_size(poller));
    TELL(zmq_poller_destroy(&poller));
    shut(socket);
    close(fd[0]);
    close(fd[1]);
}

/* The descriptor of a socket, as any other descriptor. */
static void its_descriptor(void *context)
{
    zmq_poller_event_t event;
    void *poller = zmq_poller_new();
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    zmq_fd_t fd;
    size_t size = sizeof fd;
    title("the descriptor of a socket");
    join(pull, bind_any(push, "tcp"));
    MUST(zmq_getsockopt(pull, ZMQ_FD, &fd, &size) == 0);
    TELL(zmq_poller_add_fd(poller, fd, "pull", ZMQ_POLLIN));
    TELL(zmq_poller_wait(poller, &event, PATIENCE)); /* it is connected */
    show(&event, pull, fd);
    TELL(zmq_poller_remove_fd(poller, fd));
    TELL(zmq_poller_add(poller, pull, "pull", ZMQ_POLLIN));
    say(push, "hello");
    TELL(zmq_poller_wait(poller, &event, PATIENCE));
    show(&event, pull, fd);
    hear(pull);
    shut(pull); /* before the poller that it is in */
    TELL(zmq_poller_destroy(&poller));
    shut(push);
}

static void waiting(void *context, const char *transport)
{
    zmq_poller_event_t event, events[5];
    void *poller = zmq_poller_new();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    int fd[2];
    title(transport);
    MUST(pipe(fd) == 0);
    join(a, bind_any(b, transport));
    say(a, "connected");
    hear(b);
    TELL(zmq_poller_add(poller, a, "a", ZMQ_POLLIN));
    TELL(zmq_poller_add(poller, b, "b", ZMQ_POLLIN | ZMQ_POLLOUT));
    TELL(zmq_poller_add_fd(poller, fd[0], "reader", ZMQ_POLLIN));
    TELL(zmq_poller_wait(poller, &event, PATIENCE));
    show(&event, b, fd[0]);
    MUST(write(fd[1], "x", 1) == 1);
    say(b, "to a");
    MUST(await(a, ZMQ_POLLIN, PATIENCE));
    TELL(zmq_poller_wait_all(poller, events, 5, PATIENCE));
    for (int i = 0; i < 5; i++)
        show(&events[i], b, fd[0]);
    TELL(zmq_poller_wait_all(poller, events, 2, PATIENCE));
    show(&events[0], a, fd[0]);
    show(&events[1], b, fd[0]);
    TELL(zmq_poller_modify(poller, b, 0));
    TELL(zmq_poller_modify_fd(poller, fd[0], 0));
    TELL(zmq_poller_wait_all(poller, events, 5, PATIENCE));
    show(&events[0], a, fd[0]);
    hear(a);
    TELL(zmq_poller_wait_all(poller, events, 5, 20));
    show(&events[0], a, fd[0]);
    long long begun = now_ms();
    TELL(zmq_poller_wait(poller, &event, 50));
    printf("%s\n", now_ms() - begun >= 50 ? "waited" : "did not wait");
    zmq_fd_t to_poll = 77;
    TELL(zmq_poller_fd(poller, &to_poll));
    zmq_poller_destroy(&poller);
    shut(a);
    shut(b);
    close(fd[1]);
}

struct job { void *poller, *socket; };
static void *change(void *argument)
{
    struct job *job = argument;
    let_happen();
    say(job->socket, "late");
    return NULL;
}

static void *terminate(void *context)
{
    let_happen();
    finish(context);
    return NULL;
}

static void woken(void)
{
    zmq_poller_event_t event;
    void *context = make_context();
    void *poller = zmq_poller_new();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    struct job job = {poller, a};
    pthread_t thread;
    title("woken while it waits");
    join(a, bind_any(b, "tcp"));
    MUST(zmq_poller_add(poller, b, NULL, ZMQ_POLLIN) == 0);
    MUST(pthread_create(&thread, NULL, change, &job) == 0);
    TELL(zmq_poller_wait(poller, &event, -1));
    show(&event, b, -1);
    MUST(pthread_join(thread, NULL) == 0);
    hear(b);
    MUST(pthread_create(&thread, NULL, terminate, context) == 0);
    TELL(zmq_poller_wait(poller, &event, -1));
    show(&event, b, -1);
    zmq_poller_destroy(&poller);
    shut(a);
    shut(b);
    MUST(pthread_join(thread, NULL) == 0);
}

int main(void)
{
    void *context = make_context();
    errors(context);
    nothing_to_wait_for(context);
    its_descriptor(context);
    waiting(context, "tcp");
    waiting(context, "inproc");
    finish(context);
    woken();
    return 0;
}
