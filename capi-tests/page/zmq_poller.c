// ours-only: draft functions, which the system's library does not have
/* zmq_poller(3): every error and each promise of the page, in its order. Waiting
 * at length is shown by api/poller, signals and cancellation by process/drafts.
 *
 * Not provoked: ENOMEM; EMFILE, of which the page does not say when, and adding
 * takes no descriptor here. */
#define ZMQ_BUILD_DRAFT_API
#include "ended.h"

static void refused(void *context)
{
    char foreign[64] = "";
    void *wrong = foreign, *null = NULL, *poller = zmq_poller_new(), *pull = zmq_socket(context, ZMQ_PULL);
    zmq_poller_event_t event;
    zmq_fd_t fd;
    title("EFAULT: no poller");
    TELL(zmq_poller_destroy(NULL));
    for (int i = 0; i < 3; i++) { /* NULL, memory that holds NULL, and any other */
        void *no_poller = i == 0 ? NULL : i == 1 ? &null : wrong;
        TELL(zmq_poller_destroy(&no_poller));
        TELL(zmq_poller_size(no_poller));
        TELL(zmq_poller_add(no_poller, pull, NULL, ZMQ_POLLIN));
        TELL(zmq_poller_modify(no_poller, pull, ZMQ_POLLIN));
        TELL(zmq_poller_remove(no_poller, pull));
        TELL(zmq_poller_add_fd(no_poller, 0, NULL, ZMQ_POLLIN));
        TELL(zmq_poller_modify_fd(no_poller, 0, ZMQ_POLLIN));
        TELL(zmq_poller_remove_fd(no_poller, 0));
        TELL(zmq_poller_wait(no_poller, &event, 0));
        TELL(zmq_poller_wait_all(no_poller, &event, 1, 0));
        TELL(zmq_poller_fd(no_poller, &fd));
    }
    title("ENOTSOCK");
    TELL(zmq_poller_add(poller, wrong, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_modify(poller, wrong, ZMQ_POLLIN));
    TELL(zmq_poller_remove(poller, wrong));
    title("EBADF");
    TELL(zmq_poller_add_fd(poller, -1, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_modify_fd(poller, -1, ZMQ_POLLIN));
    TELL(zmq_poller_remove_fd(poller, -1));
    title("EINVAL: not there");
    TELL(zmq_poller_modify(poller, pull, ZMQ_POLLIN));
    TELL(zmq_poller_remove(poller, pull));
    TELL(zmq_poller_modify_fd(poller, 0, ZMQ_POLLIN));
    TELL(zmq_poller_remove_fd(poller, 0));
    TELL(zmq_poller_fd(poller, &fd));
    title("EINVAL: there already");
    TELL(zmq_poller_add(poller, pull, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add(poller, pull, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add_fd(poller, 0, NULL, 0));
    TELL(zmq_poller_add_fd(poller, 0, NULL, 0));
    title("EFAULT: nothing that could come");
    TELL(zmq_poller_wait(poller, NULL, 0));
    TELL(zmq_poller_wait_all(poller, NULL, 2, 0));
    TELL(zmq_poller_modify(poller, pull, 0));
    TELL(zmq_poller_wait(poller, &event, -1));
    TELL(zmq_poller_wait_all(poller, &event, 1, -1));
    TELL(zmq_poller_remove(poller, pull));
    TELL(zmq_poller_remove_fd(poller, 0));
    TELL(zmq_poller_wait(poller, &event, -1));
    TELL(zmq_poller_destroy(&poller));
    shut(pull);
}

static void promises(void *context)
{
    void *poller = zmq_poller_new();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    zmq_poller_event_t events[2];
    int fds[2];
    title("size, data, events");
    MUST(pipe(fds) == 0);
    join(a, bind_any(b, "inproc"));
    TELL(zmq_poller_size(poller));
    TELL(zmq_poller_add(poller, a, "data of a", 0));
    TELL(zmq_poller_add_fd(poller, fds[0], NULL, ZMQ_POLLIN));
    TELL(zmq_poller_size(poller));
    TELL(zmq_poller_wait(poller, events, 20));
    TELL(zmq_poller_modify(poller, a, ZMQ_POLLOUT | ZMQ_POLLERR));
    TELL(zmq_poller_size(poller));
    TELL(zmq_poller_wait(poller, events, -1));
    MUST(events[0].socket == a && events[0].fd == -1 && !strcmp(events[0].user_data, "data of a"));
    TELL(events[0].events);
    MUST(write(fds[1], "x", 1) == 1);
    TELL(zmq_poller_wait_all(poller, events, 2, -1));
    int first = events[0].socket ? 1 : 0; /* where the descriptor's event is */
    MUST(events[first].fd == fds[0] && !events[first].user_data && events[1 - first].socket == a);
    TELL(zmq_poller_wait_all(poller, events, 1, -1));
    TELL(zmq_poller_remove(poller, a));
    TELL(zmq_poller_size(poller));
    TELL(zmq_poller_add(poller, a, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_destroy(&poller));
    MUST(!poller);
    title("in two pollers");
    void *one = zmq_poller_new(), *other = zmq_poller_new();
    TELL(zmq_poller_add(one, a, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_add(other, a, NULL, ZMQ_POLLIN));
    TELL(zmq_poller_destroy(&one));
    TELL(zmq_poller_destroy(&other));
    close(fds[0]);
    close(fds[1]);
    shut(a);
    shut(b);
}

static void waits(void *context)
{
    void *poller = zmq_poller_new(), *pull = zmq_socket(context, ZMQ_PULL);
    zmq_poller_event_t event;
    MUST(zmq_poller_add(poller, pull, NULL, ZMQ_POLLIN) == 0);
    title("EAGAIN");
    TELL(zmq_poller_wait(poller, &event, 0));
    TELL(zmq_poller_wait(poller, &event, 20));
    TELL(zmq_poller_wait_all(poller, &event, 1, 20));
    title("EINTR");
    INTERRUPTED(zmq_poller_wait(poller, &event, -1));
    INTERRUPTED(zmq_poller_wait_all(poller, &event, 1, -1));
    title("ETERM");
    TERMINATED(context, zmq_poller_wait(poller, &event, -1));
    TELL(zmq_poller_wait_all(poller, &event, 1, -1));
    TELL(zmq_poller_destroy(&poller));
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    refused(context);
    promises(context);
    waits(context);
    finish(context);
    return 0;
}
