/* The high-water mark of a publisher: a burst of just as many messages arrives whole,
 * from the first message on and again once it has been read; with ZMQ_XPUB_NODROP
 * more than that is not taken at once, however short the messages are. */
#include "support.h"

static void *context;

/* A publisher and a subscriber to everything whose subscription has arrived; the mark
 * is set when both are there. */
static void meet(const char *transport, int mark, void **xpub, void **sub)
{
    char notice[2];
    *xpub = make(context, ZMQ_XPUB), *sub = make(context, ZMQ_SUB);
    join(*sub, bind_any(*xpub, transport));
    set_int(*xpub, ZMQ_SNDHWM, mark);
    MUST(zmq_setsockopt(*sub, ZMQ_SUBSCRIBE, NULL, 0) == 0);
    MUST(zmq_recv(*xpub, notice, sizeof notice, 0) == 1 && notice[0] == 1);
}

static int burst(void *pub, int count, size_t size)
{
    int sent = 0;
    while (sent < count && zmq_send(pub, "test message", size, ZMQ_DONTWAIT) == (int)size)
        sent++;
    return sent;
}

static int read_up_to(void *sub, int count)
{
    char text[64];
    int got = 0;
    while (got < count && zmq_recv(sub, text, sizeof text, 0) >= 0)
        got++;
    return got;
}

static void whole_burst(const char *transport, int mark)
{
    void *xpub, *sub;
    meet(transport, mark, &xpub, &sub);
    printf("%s, a mark of %d: sent %d, ", transport, mark, burst(xpub, mark, 13));
    printf("received %d\n", read_up_to(sub, mark));
    hear_nothing(sub);
    shut(sub);
    shut(xpub);
}

/* Empty messages, of which any buffer holds as many as there are. */
static void no_drop(const char *transport, int mark, int count)
{
    void *xpub, *sub;
    int sent = 0, got = 0, refused = 0;
    meet(transport, mark, &xpub, &sub);
    set_int(xpub, ZMQ_XPUB_NODROP, 1);
    while (sent < count)
        if (zmq_send(xpub, NULL, 0, ZMQ_DONTWAIT) == 0)
            sent++;
        else {
            MUST(zmq_errno() == EAGAIN);
            refused++;
            while (got < sent && await(sub, ZMQ_POLLIN, 10))
                got += read_up_to(sub, 1);
        }
    printf("%s, a mark of %d, dropping nothing: sent %d, %s, ", transport, mark, sent,
        refused ? "some were refused at first" : "none was refused");
    printf("received %d\n", got + read_up_to(sub, count - got));
    hear_nothing(sub);
    shut(sub);
    shut(xpub);
}

/* After all has been read there is room for as many as have been read lately. */
static void refilled(void)
{
    void *xpub, *sub;
    char notice[2];
    title("again, after all has been read");
    xpub = make(context, ZMQ_XPUB), sub = make(context, ZMQ_SUB);
    set_int(xpub, ZMQ_SNDHWM, 11024);
    set_int(sub, ZMQ_RCVHWM, 11024);
    MUST(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, NULL, 0) == 0);
    join(sub, bind_any(xpub, "tcp"));
    MUST(zmq_recv(xpub, notice, sizeof notice, 0) == 1);
    for (int i = 0; i < 2; i++) {
        int count = i ? 1100 : 9999;
        printf("sent %d, ", burst(xpub, count, 0));
        printf("received %d\n", read_up_to(sub, count));
        hear_nothing(sub);
    }
    shut(sub);
    shut(xpub);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "inproc", "ipc"};
    context = make_context();
    for (int i = 0; i < 3; i++) {
        whole_burst(transports[i], 1000);
        whole_burst(transports[i], 100);
        no_drop(transports[i], 2000, 6000);
    }
    refilled();
    finish(context);
    return 0;
}
