/* The mute state of each type that sends: alone, and with a peer that is full and
 * does not read. Who blocks gets EAGAIN when it may not wait or not long enough,
 * loses nothing, and goes on as soon as there is somebody or some room; who drops
 * says that all went well, and goes on with whole messages when there is room. XSUB is
 * in xsub_mute.c. */
#include "support.h"

static const struct sender { const char *name; int type, peer; const char *prefix; } blocking[] = {
    {"PUSH", ZMQ_PUSH, ZMQ_PULL, ""},
    {"DEALER", ZMQ_DEALER, ZMQ_DEALER, ""},
    {"DEALER to ROUTER", ZMQ_DEALER, ZMQ_ROUTER, ""},
    {"REQ", ZMQ_REQ, ZMQ_ROUTER, ""},
    {"PAIR", ZMQ_PAIR, ZMQ_PAIR, ""},
}, dropping[] = {
    {"PUB", ZMQ_PUB, ZMQ_SUB, ""},
    {"XPUB", ZMQ_XPUB, ZMQ_SUB, ""},
    {"ROUTER", ZMQ_ROUTER, ZMQ_DEALER, "peer|"},
};
#define COUNT(list) (sizeof(list) / sizeof *(list))

static void *context;

struct waiting { void *socket; const char *text; int rc, number; };

static void *send_waiting(void *argument)
{
    struct waiting *w = argument;
    w->rc = say_with(w->socket, w->text, 0);
    w->number = zmq_errno();
    return NULL;
}

static void time_out(void *socket, const char *text)
{
    long long begun = now_ms();
    set_int(socket, ZMQ_SNDTIMEO, 60);
    int rc = say_with(socket, text, 0);
    printf("may wait a little: %s, %s\n", rc ? error_name(zmq_errno()) : "taken",
        rc == 0 || now_ms() - begun >= 60 ? "not early" : "too early");
    rc = say_with(socket, text, ZMQ_DONTWAIT);
    printf("may not wait: %s\n", rc ? error_name(zmq_errno()) : "taken");
    set_int(socket, ZMQ_SNDTIMEO, PATIENCE);
}

static void *peer_of(const struct sender *s)
{
    void *peer = make(context, s->peer);
    set_int(peer, ZMQ_RCVHWM, 1);
    if (s->peer == ZMQ_SUB)
        MUST(zmq_setsockopt(peer, ZMQ_SUBSCRIBE, "", 0) == 0);
    if (s->peer == ZMQ_DEALER)
        MUST(zmq_setsockopt(peer, ZMQ_ROUTING_ID, "peer", 4) == 0);
    return peer;
}

/* The last frame of the next message. */
static int last_frame(void *socket, char *text, size_t room)
{
    int size;
    do {
        size = zmq_recv(socket, text, room - 1, 0);
        if (size == -1)
            return -1;
        text[size < (int)room ? size : (int)room - 1] = 0;
    } while (get_int(socket, ZMQ_RCVMORE));
    return size;
}

/* A sender that is bound and has nobody yet. */
static void alone(const struct sender *s, const char *transport)
{
    char text[32];
    pthread_t thread;
    void *socket = make(context, s->type);
    struct endpoint e = bind_any(socket, transport);
    printf("-- %s, alone, over %s\n", s->name, transport);
    printf("may send: %d\n", await(socket, ZMQ_POLLOUT, 0));
    time_out(socket, "lost");
    struct waiting w = {socket, "waited", 0, 0};
    MUST(pthread_create(&thread, NULL, send_waiting, &w) == 0);
    pause_ms(20);
    void *peer = peer_of(s);
    join(peer, e);
    MUST(pthread_join(thread, NULL) == 0);
    printf("a send that waits: %s; ", w.rc ? error_name(w.number) : "goes on");
    printf("the peer hears %s\n", last_frame(peer, text, sizeof text) == -1 ? "nothing" : text);
    shut(peer);
    shut_now(socket);
}

static int fill(void *socket, const char *text, int most)
{
    int count = 0;
    while (count < most && say_with(socket, text, ZMQ_DONTWAIT) == 0)
        count++;
    return count;
}

/* A sender whose peer does not read. Over inproc the marks say when that is. */
static void full(const struct sender *s, const char *transport)
{
    enum { LONG = 200000 };
    static char body[LONG + 1], room[LONG + 1];
    int exact = !strcmp(transport, "inproc");
    pthread_t thread;
    void *socket = make(context, s->type), *peer = peer_of(s);
    memset(body, 'x', exact ? 10 : LONG);
    body[exact ? 10 : LONG] = 0;
    set_int(socket, ZMQ_SNDHWM, 1);
    set_int(socket, ZMQ_SNDBUF, 20000); /* full soon */
    set_int(peer, ZMQ_RCVBUF, 20000);
    join(peer, bind_any(socket, transport));
    printf("-- %s, full, over %s\n", s->name, transport);
    MUST(await(socket, ZMQ_POLLOUT, PATIENCE));
    int taken = fill(socket, body, 10000), more = 0;
    do { /* until the kernel is full, too */
        taken += more;
        if (!exact)
            let_happen();
    } while ((more = fill(socket, body, 10000)) > 0);
    if (exact)
        printf("taken: %d\n", taken);
    printf("may send: %d\n", await(socket, ZMQ_POLLOUT, 0));
    time_out(socket, body);
    struct waiting w = {socket, body, 0, 0};
    MUST(pthread_create(&thread, NULL, send_waiting, &w) == 0);
    int heard = 0;
    while (last_frame(peer, room, sizeof room) == (int)strlen(body) && ++heard < taken + 1)
        ;
    MUST(pthread_join(thread, NULL) == 0);
    printf("a send that waits: %s; all is heard: %s\n", w.rc ? error_name(w.number) : "goes on",
        heard == taken + 1 ? "yes" : "no");
    printf("may send: %d\n", await(socket, ZMQ_POLLOUT, PATIENCE));
    shut_now(peer);
    shut_now(socket);
}

/* Far more messages than fit anywhere. */
enum { MANY = 200 };

/* Who drops: before there is a peer, and while it is full. */
static void drops(const struct sender *s, const char *transport)
{
    char text[300], first[32];
    void *socket = make(context, s->type), *peer = peer_of(s);
    set_int(socket, ZMQ_SNDHWM, 1);
    struct endpoint e = bind_any(socket, transport);
    printf("-- %s drops, over %s\n", s->name, transport);
    printf("may send: %d\n", await(socket, ZMQ_POLLOUT, 0));
    snprintf(text, sizeof text, "%snobody hears this|and this", s->prefix);
    time_out(socket, text);
    join(peer, e);
    /* Until the peer is known. */
    snprintf(text, sizeof text, "%sknown|and the rest", s->prefix);
    do
        say(socket, text);
    while (!await(peer, ZMQ_POLLIN, 5));
    MUST(zmq_recv(peer, first, sizeof first, 0) == 5 && !memcmp(first, "known", 5));
    MUST(zmq_recv(peer, first, sizeof first, 0) == 12 && !get_int(peer, ZMQ_RCVMORE));
    static char body[100000];
    for (int i = 0; i < MANY; i++) {
        if (*s->prefix)
            MUST(zmq_send(socket, "peer", 4, ZMQ_SNDMORE) == 4);
        MUST(zmq_send(socket, &i, sizeof i, ZMQ_SNDMORE) == sizeof i);
        MUST(zmq_send(socket, body, sizeof body, 0) == sizeof body);
    }
    printf("may send: %d\n", await(socket, ZMQ_POLLOUT, 0));
    int heard = 0, last = -1, order = 1, number;
    for (; await_or_rest(peer, ZMQ_POLLIN); heard++) {
        int size = zmq_recv(peer, &number, sizeof number, 0);
        order = order && (size == 5 || (size == sizeof number && number > last));
        last = size == 5 ? last : number;
        MUST(get_int(peer, ZMQ_RCVMORE));
        size = zmq_recv(peer, body, sizeof body, 0);
        MUST((size == sizeof body || size == 12) && !get_int(peer, ZMQ_RCVMORE));
    }
    printf("heard in order and whole: %d, not all of it: %d\n", order, heard < MANY);
    snprintf(text, sizeof text, "%safterwards", s->prefix);
    say(socket, text);
    hear(peer);
    shut(peer);
    shut_now(socket);
}

/* A REP drops the reply to one who is full, and hears the next request. */
static void rep_drops(void)
{
    char text[32];
    void *rep = make(context, ZMQ_REP), *dealer = make(context, ZMQ_DEALER);
    set_int(rep, ZMQ_SNDHWM, 1);
    set_int(rep, ZMQ_RCVHWM, 100);
    set_int(dealer, ZMQ_SNDHWM, 100);
    set_int(dealer, ZMQ_RCVHWM, 1);
    title("REP drops, over inproc");
    join(dealer, bind_any(rep, "inproc"));
    for (int i = 0; i < 20; i++) {
        snprintf(text, sizeof text, "|%d|please", i);
        say(dealer, text);
    }
    for (int i = 0; i < 20; i++) {
        MUST(listen_to(rep, text, sizeof text, 0) == 2 && atoi(text) == i);
        MUST(await(rep, ZMQ_POLLOUT, 0));
        say(rep, text);
    }
    for (int i = 0; i < 2; i++)
        hear(dealer);
    hear_nothing(dealer);
    do { /* libzmq takes some calls to see that there is room */
        say(dealer, "|once more");
        MUST(listen_to(rep, text, sizeof text, 0) == 1);
        say(rep, "with pleasure");
    } while (!await(dealer, ZMQ_POLLIN, 50));
    hear(dealer);
    shut(dealer);
    shut(rep);
}

int main(void)
{
    static const char *const transports[] = {"inproc", "tcp", "ipc"};
    context = make_context();
    for (int t = 0; t < 3; t++)
        for (size_t i = 0; i < COUNT(blocking); i++)
            alone(&blocking[i], transports[t]);
    for (int t = 0; t < 2; t++)
        for (size_t i = 0; i < COUNT(blocking); i++)
            if (blocking[i].type != ZMQ_REQ) /* which may not send twice */
                full(&blocking[i], transports[t]);
    for (int t = 0; t < 2; t++)
        for (size_t i = 0; i < COUNT(dropping); i++)
            drops(&dropping[i], transports[t]);
    rep_drops();
    finish(context);
    return 0;
}
