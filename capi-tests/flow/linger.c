/* What becomes of messages when their socket closes: linger of 0, of some time
 * and without end; where termination waits and where it does not. */
#include "support.h"

/* A PUSH connected to nobody, with messages; how long does termination take? */
static void to_no_one(int linger, const char *transport)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    struct endpoint e = unused(context, transport);
    set_int(push, ZMQ_LINGER, linger);
    join(push, e);
    for (int i = 0; i < 10; i++)
        say(push, "to no one");
    long long begun = now_ms();
    shut(push);
    finish(context);
    long long took = now_ms() - begun;
    /* a millisecond or two is a coarse clock's */
    printf("linger %d, %s: termination takes %s\n", linger, transport,
           took < linger - 10 ? "less than the linger" : took >= PATIENCE ? "too long" : "the linger");
}

/* Without end: termination waits until a receiver comes. */
static void *come_late(void *argument)
{
    void *context = make_context(), *pull = make(context, ZMQ_PULL);
    let_happen();
    bind_again(pull, argument);
    for (int i = 0; i < 1000; i++) {
        int got = -1;
        MUST(zmq_recv(pull, &got, sizeof got, 0) == sizeof got && got == i);
    }
    puts("the late one has heard all");
    fflush(stdout);
    shut(pull);
    finish(context);
    return NULL;
}

static void without_end(const char *transport)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    struct endpoint e = unused(context, transport);
    pthread_t thread;
    printf("-- without end, %s\n", transport);
    join(push, e);
    for (int i = 0; i < 1000; i++)
        MUST(zmq_send(push, &i, sizeof i, 0) == sizeof i);
    shut(push);
    MUST(pthread_create(&thread, NULL, come_late, e.text) == 0);
    finish(context);
    MUST(pthread_join(thread, NULL) == 0);
}

/* Everything that was sent before the close arrives, from either side. */
static void all_arrive(const char *transport, int sender_binds, size_t size, int count)
{
    void *ours = make_context(), *theirs = make_context();
    void *push = make(ours, ZMQ_PUSH), *pull = make(theirs, ZMQ_PULL);
    char *body = malloc(size);
    memset(body, 'b', size);
    set_int(push, ZMQ_SNDHWM, 0);
    struct endpoint e = bind_own(sender_binds ? push : pull, transport);
    join(sender_binds ? pull : push, e);
    for (int i = 0; i < count; i++)
        MUST(zmq_send(push, body, size, 0) == (int)size);
    shut(push);
    int got = 0;
    while (got < count && zmq_recv(pull, body, size, 0) == (int)size)
        got++;
    printf("%d of %d x %zu arrive, %s, the %s closes\n", got, count, size, transport,
           sender_binds ? "binder" : "connecter");
    finish(ours);
    free(body);
    shut(pull);
    finish(theirs);
}

/* A linger that ends while a slow reader has not taken all. */
static void slow_reader(void)
{
    void *ours = make_context(), *theirs = make_context();
    void *push = make(ours, ZMQ_PUSH), *pull = make(theirs, ZMQ_PULL);
    static char body[1 << 20];
    title("a reader who does not read");
    set_int(push, ZMQ_SNDHWM, 0);
    set_int(pull, ZMQ_RCVHWM, 1);
    set_int(push, ZMQ_LINGER, 300);
    join(push, bind_own(pull, "tcp"));
    for (int i = 0; i < 64; i++)
        MUST(zmq_send(push, body, sizeof body, 0) == sizeof body);
    long long begun = now_ms();
    shut(push);
    finish(ours);
    long long took = now_ms() - begun;
    printf("termination takes the linger: %s\n", took >= 290 && took < PATIENCE ? "yes" : "no");
    int got = 0;
    while (await_or_rest(pull, ZMQ_POLLIN) && zmq_recv(pull, body, sizeof body, 0) == sizeof body)
        got++;
    printf("some arrive, not all, none torn: %s\n", got > 0 && got < 64 ? "yes" : "no");
    shut(pull);
    finish(theirs);
}

static void changed_defaults(void)
{
    void *context = make_context();
    title("BLOCKY 0 makes the linger of new sockets 0");
    MUST(zmq_ctx_set(context, ZMQ_BLOCKY, 0) == 0);
    void *push = make(context, ZMQ_PUSH);
    TELL(get_int(push, ZMQ_LINGER));
    join(push, unused(context, "tcp"));
    say(push, "lost");
    shut(push);
    finish(context);
    puts("terminated");
}

/* Disconnecting and unbinding with messages still waiting. */
static void disconnect(int linger, const char *transport)
{
    void *ours = make_context(), *theirs = make_context();
    void *push = make(ours, ZMQ_PUSH), *pull = make(theirs, ZMQ_PULL);
    struct endpoint e = unused(ours, transport);
    set_int(push, ZMQ_LINGER, linger);
    join(push, e);
    for (int i = 0; i < 3; i++)
        say(push, "waiting");
    MUST(zmq_disconnect(push, e.text) == 0);
    bind_again(pull, e.text);
    printf("disconnected with linger %d before there was a peer, %s: ", linger, transport);
    int got = 0;
    char text[16];
    while (got < 3 && await(pull, ZMQ_POLLIN, linger ? PATIENCE : SILENCE * 3) &&
           zmq_recv(pull, text, sizeof text, 0) > 0)
        got++;
    printf("%d arrive\n", got);
    shut(push);
    finish(ours);
    shut(pull);
    finish(theirs);
}

int main(void)
{
    to_no_one(0, "tcp");
    to_no_one(0, "ipc");
    to_no_one(0, "inproc");
    to_no_one(300, "tcp");
    to_no_one(300, "ipc");
    to_no_one(-1, "inproc"); /* who may come is of the same context */
    without_end("tcp");
    without_end("ipc");
    for (int sender_binds = 0; sender_binds < 2; sender_binds++) {
        all_arrive("tcp", sender_binds, 10, 20000);
        all_arrive("tcp", sender_binds, 100000, 200);
        all_arrive("ipc", sender_binds, 10, 800);
        all_arrive("ipc", sender_binds, 100000, 200);
    }
    slow_reader();
    changed_defaults();
    disconnect(-1, "tcp");
    disconnect(0, "tcp");
    disconnect(-1, "ipc");
    return 0;
}
