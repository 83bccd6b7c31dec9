/* ZMQ_MAXMSGSIZE: a peer that sends a frame that is longer is disconnected and what
 * it sent before is heard; it counts for what is received over connections, frame by
 * frame, and neither for what is sent nor over inproc. */
#include "support.h"

static void *context;

/* How long what should not be heard is waited for. */
#define A_WHILE 50

static void send_size(void *socket, size_t size, int flags)
{
    char *body = calloc(1, size + 1);
    int rc = zmq_send(socket, body, size, flags);
    /* Whoever has sent too much may be alone by now. */
    MUST(rc == (int)size || (flags & ZMQ_DONTWAIT && zmq_errno() == EAGAIN));
    free(body);
}

static void recv_size(void *socket)
{
    char byte;
    int size = zmq_recv(socket, &byte, 1, 0);
    if (size == -1)
        printf(" %s", error_name(zmq_errno()));
    else
        printf(" %d%s", size, get_int(socket, ZMQ_RCVMORE) ? "+" : "");
}

/* The sender does not come back, so what is not heard is lost. */
static void offer(const char *transport, int64_t limit, const size_t *sizes, int count, const char *what)
{
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    MUST(zmq_setsockopt(pull, ZMQ_MAXMSGSIZE, &limit, sizeof limit) == 0);
    set_int(push, ZMQ_RECONNECT_IVL, -1);
    join(push, bind_any(pull, transport));
    printf("%s, %s, at most %lld:", transport, what, (long long)limit);
    int more = !strcmp(what, "frames of a message"), heard = 0;
    long long most = limit < 0 || !strcmp(transport, "inproc") ? INT64_MAX : limit;
    while (heard < count && (long long)sizes[heard] <= most)
        heard++;
    for (int i = 0; i < count; i++)
        send_size(push, sizes[i], (i > heard ? ZMQ_DONTWAIT : 0) | (more && i + 1 < count ? ZMQ_SNDMORE : 0));
    /* A message with a frame that is too long is not heard at all. */
    for (int i = 0; i < (more && heard < count ? 0 : heard); i++)
        recv_size(pull);
    set_int(pull, ZMQ_RCVTIMEO, A_WHILE);
    recv_size(pull);
    putchar('\n');
    shut_now(push);
    shut(pull);
}

static void sending(void)
{
    int64_t limit = 100;
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    MUST(zmq_setsockopt(push, ZMQ_MAXMSGSIZE, &limit, sizeof limit) == 0);
    join(push, bind_any(pull, "tcp"));
    printf("sending, at most 100:");
    send_size(push, 101, 0);
    send_size(push, 100000, 0);
    recv_size(pull);
    recv_size(pull);
    putchar('\n');
    shut(push);
    shut(pull);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    static const int64_t limits[] = {-1, 100, 255, 256, 8192, 100000};
    context = make_context();
    for (int t = 0; t < 3; t++)
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            size_t limit = limits[i] < 0 ? 50 : (size_t)limits[i];
            size_t fits[] = {limit, limit ? limit - 1 : 0, 0, limit};
            size_t over[] = {limit, limit + 1, 0};
            offer(transports[t], limits[i], fits, 4, "messages that fit");
            offer(transports[t], limits[i], over, 3, "a message too long");
        }
    size_t frames[] = {100, 100, 100, 100}, late[] = {100, 0, 101, 1}, far[] = {1, 200000};
    for (int t = 0; t < 2; t++) {
        offer(transports[t], 100, frames, 4, "frames of a message");
        offer(transports[t], 100, late, 4, "frames of a message");
        offer(transports[t], 100, far, 2, "frames of a message");
    }
    sending();
    finish(context);
    return 0;
}
