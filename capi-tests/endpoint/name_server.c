// differs: libzmq looks names up in its I/O thread and tries one address only; 4.3.4 binds to none
/* A name server that does not answer holds up the call that has to have its
 * answer, and nothing else: neither zmq_connect, nor other connections, nor other
 * calls on the socket, nor the end of the context. All addresses of a name are
 * tried in order, and names are looked up to bind. */
#include "resolver.h"

#define SILENT "tcp://silent.example:5555"

struct call { void *socket; int (*call)(void *, const char *); int result, number; };

static void *ask_(void *argument)
{
    struct call *c = argument;
    c->result = c->call(c->socket, SILENT);
    c->number = zmq_errno();
    return NULL;
}

static pthread_t ask(struct call *call)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, ask_, call) == 0);
    await_waiting(1);
    return thread;
}

static void answered(pthread_t thread, struct call *call)
{
    keep_silent(0);
    MUST(pthread_join(thread, NULL) == 0);
    printf("the call that waited: %s\n", call->result == -1 ? error_name(call->number) : "done");
    keep_silent(1);
}

/* Somebody else makes some use of a socket. */
static void use(void *context, void *socket)
{
    void *peer = make(context, ZMQ_DEALER);
    struct endpoint e = bind_any(peer, "tcp");
    MUST(zmq_connect(socket, e.text) == 0);
    say(socket, "hello");
    hear(peer);
    say(peer, "hello yourself");
    hear(socket);
    MUST(get_int(socket, ZMQ_EVENTS) & ZMQ_POLLOUT);
    TELL(zmq_disconnect(socket, e.text));
    shut(peer);
}

static void connecting(void)
{
    title("connect");
    void *context = make_context(), *dealer = make(context, ZMQ_DEALER);
    set_int(dealer, ZMQ_LINGER, 0);
    TELL(zmq_connect(dealer, SILENT));
    await_waiting(1);
    TELL(zmq_disconnect(dealer, SILENT));
    use(context, dealer);
    TELL(zmq_connect(dealer, SILENT));
    await_waiting(2);
    void *pusher = make(context, ZMQ_PUSH);
    set_int(pusher, ZMQ_LINGER, SILENCE);
    TELL(zmq_connect(pusher, SILENT));
    say(pusher, "never heard");
    await_waiting(3);
    shut(dealer);
    shut(pusher);
    long long begun = now_ms();
    finish(context);
    printf("the context ended after the linger: %s\n", now_ms() - begun >= SILENCE - 20 ? "yes" : "no");
    keep_silent(0);
    await_waiting(0);
    keep_silent(1);
}

static void waiting_calls(void)
{
    static const struct { const char *name; int (*call)(void *, const char *); } calls[] = {
        {"bind", zmq_bind}, {"unbind", zmq_unbind}, {"disconnect", zmq_disconnect}};
    for (int i = 0; i < 3; i++) {
        title(calls[i].name);
        void *context = make_context(), *dealer = make(context, ZMQ_DEALER);
        struct call call = {dealer, calls[i].call, 0, 0};
        bind_any(dealer, "tcp"); /* what is not bound is not looked for */
        pthread_t thread = ask(&call);
        use(context, dealer);
        answered(thread, &call);

        thread = ask(&call);
        TELL(zmq_ctx_shutdown(context));
        char none[1];
        TELL(zmq_recv(dealer, none, 1, 0));
        answered(thread, &call);
        shut(dealer);
        finish(context);

        context = make_context();
        dealer = call.socket = make(context, ZMQ_DEALER);
        bind_any(dealer, "tcp");
        thread = ask(&call);
        shut(dealer);
        finish(context);
        puts("closed, and the context has ended");
        answered(thread, &call);
    }
}

static void binding(void)
{
    title("bind by name");
    void *context = make_context(), *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    answer("here.example", NULL);
    TELL(zmq_bind(pull, "tcp://here.example:*"));
    answer("here.example", "127.0.0.1");
    TELL(zmq_bind(pull, "tcp://here.example:*"));
    struct endpoint e = last_endpoint(pull), named = to("here.example", e);
    MUST(!strncmp(e.text, "tcp://127.0.0.1:", 16));
    TELL(zmq_connect(push, named.text));
    say(push, "by name");
    hear(pull);
    TELL(zmq_unbind(pull, "tcp://here.example:*"));
    TELL(zmq_unbind(pull, named.text));
    TELL(zmq_unbind(pull, named.text));
    answer("here.example", "192.0.2.1"); /* no address of this machine */
    TELL(zmq_bind(pull, named.text));
    answer("here.example", NULL);
    TELL(zmq_unbind(pull, named.text));
    TELL(zmq_disconnect(push, e.text)); /* it is known by its name */
    TELL(zmq_disconnect(push, named.text));
    shut(push);
    shut(pull);
    finish(context);
}

static void listens(void *socket, const char *host, const char *port)
{
    struct endpoint e;
    snprintf(e.text, sizeof e.text, "tcp://%s%s", host, port);
    MUST(zmq_bind(socket, e.text) == 0);
}

static void several(void)
{
    title("several addresses");
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    void *second = make(context, ZMQ_PULL), *third = make(context, ZMQ_PULL), *first;
    struct endpoint e = unused(context, "tcp"), named;
    const char *port = strrchr(e.text, ':');
    keep_silent(0);
    answer("several.example", "127.0.0.5,127.0.0.6,127.0.0.7");
    snprintf(named.text, sizeof named.text, "tcp://several.example%s", port);
    set_int(push, ZMQ_RECONNECT_IVL, 10);
    listens(second, "127.0.0.6", port);
    listens(third, "127.0.0.7", port);
    TELL(zmq_connect(push, named.text));
    say(push, "nobody is at the first");
    hear(second);
    MUST(asked() == 1);
    shut(second);
    await_asked(2); /* what is sent from here on goes to the next connection */
    say(push, "nor at the second");
    hear(third);
    first = make(context, ZMQ_PULL);
    listens(first, "127.0.0.5", port);
    shut(third);
    await_asked(3);
    say(push, "from the first on again");
    hear(first);
    shut(push);
    shut(first);
    finish(context);
}

int main(void)
{
    answer("silent.example", NULL);
    keep_silent(1);
    connecting();
    waiting_calls();
    several();
    binding();
    return 0;
}
