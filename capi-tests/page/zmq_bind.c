/* zmq_bind(3): every error, every transport, wildcards, and many peers on one
 * endpoint. What each text of an endpoint is worth is walked through by
 * endpoint/errors; the mute state of a socket without peers is pattern/mute.
 *
 * Of the transports, pgm, epgm, vmci and the draft ones of other pages are not
 * built here: see their pages. */
#include "support.h"

static void errors(void *context)
{
    void *pull = make(context, ZMQ_PULL), *other = make(context, ZMQ_PULL);
    static const char *const transports[] = {"tcp", "inproc", "ipc"};
    title("EINVAL");
    TELL(zmq_bind(pull, "tcp"));
    TELL(zmq_bind(pull, "tcp://127.0.0.1"));
    TELL(zmq_bind(pull, "tcp://127.0.0.1:http"));
    TELL(zmq_bind(pull, "://127.0.0.1:5555"));
    title("EPROTONOSUPPORT");
    TELL(zmq_bind(pull, "http://127.0.0.1:80"));
    title("ENOCOMPATPROTO: udp carries none of the stable types");
    TELL(zmq_bind(pull, "udp://127.0.0.1:5555"));
    title("EADDRINUSE: only an ipc path is taken over, see zmq_ipc");
    for (int i = 0; i < 2; i++) {
        struct endpoint e = bind_any(pull, transports[i]);
        TELL(zmq_bind(other, e.text));
        TELL(zmq_bind(pull, e.text));
    }
    title("EADDRNOTAVAIL");
    TELL(zmq_bind(pull, "tcp://192.0.2.1:5555"));
    title("ENODEV");
    TELL(zmq_bind(pull, "tcp://nosuchinterface:5555"));
    title("ENOTSOCK");
    TELL(zmq_bind(NULL, "inproc://name"));
    TELL(zmq_bind(context, "inproc://name"));
    shut(pull);
    shut(other);
}

static void ended(void)
{
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL);
    title("ETERM");
    MUST(zmq_ctx_shutdown(context) == 0);
    TELL(zmq_bind(pull, "inproc://name"));
    TELL(zmq_bind(pull, "tcp://127.0.0.1:*"));
    shut(pull);
    finish(context);
}

static void no_thread(void)
{
    void *context = make_context();
    MUST(zmq_ctx_set(context, ZMQ_IO_THREADS, 0) == 0);
    void *pull = make(context, ZMQ_PULL);
    title("EMTHREAD, but for inproc");
    TELL(zmq_bind(pull, "tcp://127.0.0.1:*"));
    TELL(zmq_bind(pull, "ipc://path"));
    TELL(zmq_bind(pull, "inproc://name"));
    shut(pull);
    finish(context);
}

/* One socket is bound to three endpoints, and takes in several peers on each. */
static void accepted(void *context)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    void *pull = make(context, ZMQ_PULL), *push[6];
    title("peers");
    for (int i = 0; i < 6; i++) {
        static struct endpoint e;
        push[i] = make(context, ZMQ_PUSH);
        if (i % 2 == 0)
            e = bind_any(pull, transports[i / 2]);
        join(push[i], e);
        say(push[i], transports[i / 2]);
        hear(pull);
    }
    for (int i = 0; i < 6; i++)
        shut(push[i]);
    shut(pull);
}

static void wildcards(void *context)
{
    static const char *const endpoints[] = {"tcp://*:*", "tcp://127.0.0.1:*", "tcp://lo:*", "ipc://*"};
    title("wildcards are told by ZMQ_LAST_ENDPOINT");
    for (int i = 0; i < 4; i++) {
        void *pull = make(context, ZMQ_PULL);
        MUST(zmq_bind(pull, endpoints[i]) == 0);
        struct endpoint e = last_endpoint(pull);
        printf("%s: ", endpoints[i]);
        puts(strchr(e.text, '*') ? "not known" : "known");
        TELL(zmq_unbind(pull, e.text));
        shut(pull);
    }
}

int main(void)
{
    void *context = make_context();
    errors(context);
    ended();
    no_thread();
    accepted(context);
    wildcards(context);
    finish(context);
    return 0;
}
