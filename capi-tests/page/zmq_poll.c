/* zmq_poll(3): every error, and each promise of the page. Waiting, many items
 * and descriptors are shown at length by poll/. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "ended.h"

static void errors(void)
{
    void *context = make_context(), *pull = zmq_socket(context, ZMQ_PULL);
    zmq_pollitem_t item = {pull, 0, ZMQ_POLLIN, 0};
    title("EFAULT");
    TELL(zmq_poll(NULL, 1, 0));
    TELL(zmq_poll(NULL, 1, -1));
    title("EINTR");
    INTERRUPTED(zmq_poll(&item, 1, -1));
    INTERRUPTED(zmq_poll(&item, 1, 60000));
    title("ETERM");
    TERMINATED(context, zmq_poll(&item, 1, -1));
    TELL(zmq_poll(&item, 1, 0));
    shut(pull);
    finish(context);
}

/* Two ends of a tcp connection that belong to nobody's library. */
static void plain_pair(int fds[2])
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof place;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    fds[0] = socket(AF_INET, SOCK_STREAM, 0);
    MUST(bind(listener, (struct sockaddr *)&place, size) == 0 && listen(listener, 1) == 0);
    MUST(getsockname(listener, (struct sockaddr *)&place, &size) == 0);
    MUST(connect(fds[0], (struct sockaddr *)&place, size) == 0);
    MUST((fds[1] = accept(listener, NULL, NULL)) != -1);
    close(listener);
}

static void events(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    int fds[2];
    plain_pair(fds);
    join(a, bind_any(b, "inproc"));
    title("sockets");
    zmq_pollitem_t items[] = {{a, 0, ZMQ_POLLIN | ZMQ_POLLOUT | ZMQ_POLLERR | ZMQ_POLLPRI, -1},
                              {b, fds[0], ZMQ_POLLIN, -1}};
    TELL(zmq_poll(items + 1, 1, 0));
    TELL(items[1].revents);
    TELL(zmq_poll(items, 2, -1));
    TELL(items[0].revents);
    TELL(items[1].revents);
    MUST(write(fds[1], "x", 1) == 1);
    TELL(zmq_poll(items + 1, 1, 20)); /* the socket counts, not the descriptor */
    say(a, "level-triggered");
    TELL(zmq_poll(items + 1, 1, -1));
    TELL(zmq_poll(items + 1, 1, -1));
    TELL(items[1].revents);
    title("descriptors");
    zmq_pollitem_t plain = {NULL, fds[0], ZMQ_POLLIN | ZMQ_POLLPRI, 0};
    TELL(zmq_poll(&plain, 1, -1));
    TELL(plain.revents);
    plain.events = ZMQ_POLLPRI;
    TELL(zmq_poll(&plain, 1, 20));
    MUST(send(fds[1], "!", 1, MSG_OOB) == 1);
    TELL(zmq_poll(&plain, 1, -1));
    TELL(plain.revents);
    plain.events = ZMQ_POLLOUT;
    TELL(zmq_poll(&plain, 1, -1));
    TELL(plain.revents);
    struct linger abrupt = {1, 0};
    MUST(setsockopt(fds[1], SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt) == 0);
    close(fds[1]);
    plain.events = ZMQ_POLLERR;
    TELL(zmq_poll(&plain, 1, -1));
    TELL(plain.revents);
    close(fds[0]);
    title("time");
    long long begun = now_ms();
    TELL(zmq_poll(items, 0, 30));
    MUST(now_ms() - begun >= 30);
    TELL(zmq_poll(NULL, 0, 0));
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    errors();
    events();
    return 0;
}
