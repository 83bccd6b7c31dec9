/* A socket whose poll is not for input, or that cannot receive now, hears of its peers
 * nevertheless: that one is gone and another is there, and that one asks for a sign of life. */
#include "monitor/raw.h"

enum { SIZE = 100000 };

static void *context, *socket_;
static short events;

static void *poll_it(void *nothing)
{
    zmq_pollitem_t item = {socket_, 0, events, 0};
    int found = zmq_poll(&item, 1, -1);
    printf("found: %d %s\n", found, found < 0 ? error_name(zmq_errno()) : "");
    return nothing;
}

static void *take_all(void *fd)
{
    read_to_end(*(int *)fd);
    return NULL;
}

/* Who waits for room at a peer that takes nothing gets it at the next one. */
static void for_room(void)
{
    static char body[SIZE];
    pthread_t poller, taker;
    struct endpoint at;
    int listener = raw_listen(&at);
    title("room");
    socket_ = make(context, ZMQ_DEALER);
    set_int(socket_, ZMQ_SNDHWM, 50);
    join(socket_, at);
    int fd = raw_accept(listener);
    raw_shake(fd);
    for (int sent = 1; sent;) {
        let_happen();
        for (sent = 0; zmq_send(socket_, body, SIZE, ZMQ_DONTWAIT) == SIZE;)
            sent = 1;
    }
    events = ZMQ_POLLOUT;
    MUST(pthread_create(&poller, NULL, poll_it, NULL) == 0);
    let_happen();
    close(fd);
    fd = raw_accept(listener);
    raw_shake(fd);
    MUST(pthread_create(&taker, NULL, take_all, &fd) == 0);
    MUST(pthread_join(poller, NULL) == 0);
    shut_now(socket_);
    MUST(pthread_join(taker, NULL) == 0);
    close(listener);
}

/* The handshake of a raw DEALER with a REP, which says less of itself than a DEALER. */
static void shake(int fd)
{
    char bytes[GREETING_SIZE + READY_SIZE] = {0};
    memcpy(bytes, NULL_GREETING, sizeof NULL_GREETING - 1);
    memcpy(bytes + GREETING_SIZE, DEALER_READY, READY_SIZE);
    send_all(fd, bytes, sizeof bytes);
    MUST(raw_read(fd, bytes, GREETING_SIZE + 2));
    MUST(raw_read(fd, bytes, bytes[GREETING_SIZE + 1]));
}

/* Who owes a reply has a PING answered. */
static void for_a_request(void)
{
    static const char request[] = "\1\0\0\1A", ping[] = "\4\7\4PING\0\0", pong[] = "\4\5\4PONG";
    char answer[sizeof pong - 1];
    pthread_t poller;
    title("a request");
    socket_ = make(context, ZMQ_REP);
    int fd = raw_connect(bind_any(socket_, "tcp"));
    shake(fd);
    send_all(fd, request, sizeof request - 1);
    hear(socket_);
    events = ZMQ_POLLIN;
    MUST(pthread_create(&poller, NULL, poll_it, NULL) == 0);
    let_happen();
    send_all(fd, ping, sizeof ping - 1);
    MUST(raw_read(fd, answer, sizeof answer));
    printf("answered: %s\n", memcmp(answer, pong, sizeof answer) ? "something else" : "PONG");
    MUST(zmq_ctx_shutdown(context) == 0);
    MUST(pthread_join(poller, NULL) == 0);
    shut(socket_);
    close(fd);
}

int main(void)
{
    context = make_context();
    for_room();
    for_a_request();
    finish(context);
    return 0;
}
