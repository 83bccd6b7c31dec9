/* ZMQ_IMMEDIATE: there is a pipe only while there is a connection. Nothing is
 * queued for a peer that is not there; what is queued goes with the connection. */
#include "support.h"

static void *immediate(void *context, int type)
{
    void *socket = make(context, type);
    set_int(socket, ZMQ_IMMEDIATE, 1);
    set_int(socket, ZMQ_RECONNECT_IVL, 10);
    return socket;
}

static int refused(void *socket)
{
    return zmq_send(socket, "x", 1, ZMQ_DONTWAIT) == -1 && zmq_errno() == EAGAIN;
}

/* Sends until the end of the connection has come to the socket's knowledge. */
static void await_refusal(void *socket)
{
    for (long long end = now_ms() + PATIENCE; !refused(socket);)
        MUST(now_ms() < end);
}

static void no_pipe(void *context, const char *transport)
{
    void *push = immediate(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct endpoint dead = unused(context, transport);
    printf("only to who is there, over %s\n", transport);
    join(push, dead);
    TELL(zmq_send(push, "x", 1, ZMQ_DONTWAIT));
    TELL(get_int(push, ZMQ_EVENTS));
    set_int(push, ZMQ_SNDTIMEO, 50);
    TELL(zmq_send(push, "x", 1, 0));
    set_int(push, ZMQ_SNDTIMEO, PATIENCE);
    join(push, bind_own(pull, transport));
    MUST(await(push, ZMQ_POLLOUT, PATIENCE));
    for (int i = 0; i < 4; i++) {
        char text[2] = {(char)('a' + i), 0};
        say(push, text);
        hear(pull);
    }
    TELL(zmq_disconnect(push, dead.text));
    TELL(zmq_disconnect(push, dead.text));
    say(push, "still");
    hear(pull);
    TELL(zmq_disconnect(push, last_endpoint(pull).text));
    await_refusal(push);
    shut(push);
    shut(pull);
}

/* The peer goes and comes again at the same endpoint. */
static void peer_lost(void *context, const char *transport)
{
    void *other = make_context();
    void *dealer = immediate(context, ZMQ_DEALER), *router = make(other, ZMQ_ROUTER);
    struct endpoint e = bind_own(router, transport);
    printf("the peer goes, over %s\n", transport);
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "dealer", 6) == 0);
    join(dealer, e);
    say(dealer, "hello");
    hear(router);
    shut(router);
    finish(other);
    await_refusal(dealer);
    TELL(get_int(dealer, ZMQ_EVENTS));
    router = make(context, ZMQ_ROUTER);
    bind_again(router, e.text);
    say(dealer, "again");
    hear(router);
    say(router, "dealer|welcome");
    hear(dealer);
    hear_nothing(router);
    TELL(zmq_disconnect(dealer, e.text));
    await_refusal(dealer);
    shut(dealer);
    shut(router);
}

/* A send that waits for a peer, and one that the end of the context ends. */
static void *send_one(void *socket)
{
    TELL(zmq_send(socket, "waited", 6, 0));
    return NULL;
}

static void waiting(void *context)
{
    void *push = immediate(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct endpoint e = unused(context, "tcp");
    pthread_t thread;
    title("a send waits for the peer");
    join(push, e);
    MUST(pthread_create(&thread, NULL, send_one, push) == 0);
    let_happen();
    bind_again(pull, e.text);
    MUST(pthread_join(thread, NULL) == 0);
    hear(pull);
    shut(push);
    shut(pull);
}

/* A multipart message whose peer goes in the middle of it. */
static void in_the_middle(void *context)
{
    void *other = make_context();
    void *push = immediate(context, ZMQ_PUSH), *pull = make(other, ZMQ_PULL);
    struct endpoint e = bind_own(pull, "tcp");
    title("the peer goes in the middle of a message");
    join(push, e);
    MUST(zmq_send(push, "a", 1, ZMQ_SNDMORE) == 1);
    shut(pull);
    finish(other);
    pull = make(context, ZMQ_PULL);
    bind_again(pull, e.text);
    let_happen();
    (void)zmq_send(push, "b", 1, 0); /* fails or is swallowed */
    say(push, "whole|message");
    hear(pull);
    shut(push);
    shut(pull);
}

/* Ten messages to two endpoints, at one of which there is nobody. */
static void two_endpoints(void *context, const char *transport, int on, int dead_first)
{
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    struct endpoint dead = unused(context, transport), alive = bind_own(pull, transport);
    char text[16];
    int heard = 0;
    set_int(push, ZMQ_IMMEDIATE, on);
    join(push, dead_first ? dead : alive);
    join(push, dead_first ? alive : dead);
    for (int i = 0; i < 10; i++) {
        snprintf(text, sizeof text, "%d", i);
        say(push, text);
    }
    printf("of ten, with IMMEDIATE %d, over %s, %s first:", on, transport, dead_first ? "nobody" : "the peer");
    while (heard < 10 && listen_to(pull, text, sizeof text, 0) == 1) {
        printf(" %s", text);
        heard++;
        set_int(pull, ZMQ_RCVTIMEO, on || heard < 5 ? PATIENCE : SILENCE);
    }
    printf(", %d in all\n", heard);
    shut_now(push);
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    no_pipe(context, "tcp");
    no_pipe(context, "ipc");
    peer_lost(context, "tcp");
    peer_lost(context, "ipc");
    for (int kind = 0; kind < 8; kind++)
        two_endpoints(context, kind & 4 ? "ipc" : "tcp", kind & 1, kind & 2);
    waiting(context);
    in_the_middle(context);
    title("over inproc it does nothing");
    void *push = immediate(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    MUST(zmq_connect(push, "inproc://later") == 0);
    TELL(zmq_send(push, "x", 1, ZMQ_DONTWAIT));
    MUST(zmq_bind(pull, "inproc://later") == 0);
    hear(pull);
    shut(push);
    shut(pull);
    title("closed while there is nobody");
    push = immediate(context, ZMQ_PUSH);
    join(push, unused(context, "tcp"));
    shut(push);
    finish(context);
    return 0;
}
