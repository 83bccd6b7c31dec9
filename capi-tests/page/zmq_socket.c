/* zmq_socket(3): every error, and the tables of the page: which types may talk to
 * each other, which way, and in which order. What each pattern does is shown by
 * pattern/, what happens in the mute state by flow/ and pattern/orders. The draft
 * types, which the page has too, are EINVAL here and some of them are not in
 * libzmq: process/drafts. */
#include <sys/resource.h>
#include "reference.h"

static void errors(void)
{
    void *context = make_context(), *none = NULL, *sockets[3];
    MUST(zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 3) == 0);
    title("EINVAL");
    TELL_PTR(zmq_socket(context, -1));
    TELL_PTR(zmq_socket(context, 42));
    TELL_PTR(zmq_socket(context, 1000));
    title("EFAULT");
    TELL_PTR(zmq_socket(none, ZMQ_PAIR));
    title("EMFILE");
    for (int i = 0; i < 3; i++)
        MUST((sockets[i] = zmq_socket(context, ZMQ_PAIR)) != NULL);
    TELL_PTR(zmq_socket(context, ZMQ_PAIR));
    shut(sockets[2]);
    long long end = now_ms() + PATIENCE; /* libzmq's reaper has to come by first */
    while (!(sockets[2] = zmq_socket(context, ZMQ_PAIR)))
        MUST(zmq_errno() == EMFILE && now_ms() < end);
    title("ETERM");
    shut(sockets[0]);
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL_PTR(zmq_socket(context, ZMQ_PAIR));
    shut(sockets[1]);
    shut(sockets[2]);
    finish(context);
}

/* Without descriptors libzmq makes no socket; here one needs none. */
static void no_descriptors(void)
{
    struct rlimit usual, low;
    void *context = make_context();
    shut(make(context, ZMQ_PAIR)); /* the context has what it needs */
    int next = dup(0);
    MUST(close(next) == 0 && getrlimit(RLIMIT_NOFILE, &usual) == 0);
    low = usual;
    low.rlim_cur = next;
    MUST(setrlimit(RLIMIT_NOFILE, &low) == 0);
    void *socket = zmq_socket(context, ZMQ_PAIR);
    MUST(socket ? !libzmq_434() : zmq_errno() == EMFILE);
    MUST(setrlimit(RLIMIT_NOFILE, &usual) == 0);
    if (socket)
        shut(socket);
    finish(context);
}

static const struct type { int number; const char *name; int peers[4]; } types[] = {
    {ZMQ_PAIR, "PAIR", {ZMQ_PAIR, -1}},
    {ZMQ_PUB, "PUB", {ZMQ_SUB, ZMQ_XSUB, -1}},
    {ZMQ_SUB, "SUB", {ZMQ_PUB, ZMQ_XPUB, -1}},
    {ZMQ_REQ, "REQ", {ZMQ_REP, ZMQ_ROUTER, -1}},
    {ZMQ_REP, "REP", {ZMQ_REQ, ZMQ_DEALER, -1}},
    {ZMQ_DEALER, "DEALER", {ZMQ_ROUTER, ZMQ_REP, ZMQ_DEALER, -1}},
    {ZMQ_ROUTER, "ROUTER", {ZMQ_DEALER, ZMQ_REQ, ZMQ_ROUTER, -1}},
    {ZMQ_PULL, "PULL", {ZMQ_PUSH, -1}},
    {ZMQ_PUSH, "PUSH", {ZMQ_PULL, -1}},
    {ZMQ_XPUB, "XPUB", {ZMQ_SUB, ZMQ_XSUB, -1}},
    {ZMQ_XSUB, "XSUB", {ZMQ_PUB, ZMQ_XPUB, -1}},
    {ZMQ_STREAM, "STREAM", {-1}},
};
#define TYPES ((int)(sizeof types / sizeof *types))

/* Which way messages go, without a peer. */
static void directions(void *context)
{
    char none[1];
    title("directions");
    for (int i = 0; i < TYPES; i++) {
        void *socket = zmq_socket(context, types[i].number);
        MUST(socket && get_int(socket, ZMQ_TYPE) == types[i].number);
        int sent = zmq_send(socket, "", 0, ZMQ_DONTWAIT) == -1 ? zmq_errno() : 0;
        int heard = zmq_recv(socket, none, 1, ZMQ_DONTWAIT) == -1 ? zmq_errno() : 0;
        printf("%s: to send %s, to receive %s\n", types[i].name, error_name(sent),
               error_name(heard));
        shut_now(socket);
    }
}

static int may_talk(const struct type *one, int other)
{
    for (const int *peer = one->peers; *peer != -1; peer++)
        if (*peer == other)
            return 1;
    return 0;
}

/* Of all pairs of types, those that shake hands over tcp are those of the page. */
static void peers(void *context)
{
    title("peers");
    for (int i = 0; i + 1 < TYPES; i++)
        for (int j = i; j + 1 < TYPES; j++) {
            void *one = make(context, types[i].number), *other = make(context, types[j].number);
            char name[32];
            snprintf(name, sizeof name, "inproc://%d-%d", i, j);
            MUST(zmq_socket_monitor(one, name, ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                                    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                                    ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                                    ZMQ_EVENT_DISCONNECTED) == 0);
            void *sees = make(context, ZMQ_PAIR);
            MUST(zmq_connect(sees, name) == 0);
            join(other, bind_any(one, "tcp"));
            uint16_t event[8];
            MUST(zmq_recv(sees, event, sizeof event, 0) == 6);
            int talk = *event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
            if (talk != may_talk(&types[i], types[j].number))
                printf("%s and %s: %d\n", types[i].name, types[j].name, talk);
            MUST(may_talk(&types[i], types[j].number) == may_talk(&types[j], types[i].number));
            MUST(zmq_socket_monitor(one, NULL, 0) == 0);
            shut_now(sees);
            shut_now(other);
            shut_now(one);
        }
}

int main(void)
{
    errors();
    no_descriptors();
    void *context = make_context();
    directions(context);
    peers(context);
    finish(context);
    return 0;
}
