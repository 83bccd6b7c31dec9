/* What bind, connect, unbind and disconnect refuse, and the errors they give. */
#include "support.h"

static void refuse(void *context, const char *endpoint, int bind_too)
{
    void *s = make(context, ZMQ_DEALER);
    if (bind_too) {
        int rc = zmq_bind(s, endpoint);
        printf("bind \"%s\": %s\n", endpoint, rc == -1 ? error_name(zmq_errno()) : "done");
        shut_now(s);
        s = make(context, ZMQ_DEALER);
    }
    int rc = zmq_connect(s, endpoint);
    printf("connect \"%s\": %s\n", endpoint, rc == -1 ? error_name(zmq_errno()) : "done");
    shut_now(s);
}

static void in_use(void *context)
{
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    for (int i = 0; i < 3; i++) {
        void *a = make(context, ZMQ_PULL), *b = make(context, ZMQ_PULL);
        struct endpoint e = bind_any(a, transports[i]);
        printf("-- in use, %s\n", transports[i]);
        if (strcmp(transports[i], "ipc")) { /* a second bind to an ipc path takes it over */
            TELL(zmq_bind(b, e.text));
            TELL(zmq_bind(a, e.text));
        }
        TELL(zmq_unbind(b, e.text));
        TELL(zmq_disconnect(a, e.text) == -1);
        shut(b);
        shut(a);
    }
}

static void unbind_twice(void *context)
{
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    for (int i = 0; i < 3; i++) {
        void *a = make(context, ZMQ_PULL), *b = make(context, ZMQ_PUSH);
        struct endpoint e = bind_any(a, transports[i]);
        printf("-- unbind and disconnect, %s\n", transports[i]);
        join(b, e);
        TELL(zmq_unbind(a, e.text));
        TELL(zmq_unbind(a, e.text));
        TELL(zmq_disconnect(b, e.text));
        TELL(zmq_disconnect(b, e.text));
        TELL(zmq_unbind(a, "tcp://127.0.0.1:1"));
        TELL(zmq_disconnect(b, "ipc://never"));
        TELL(zmq_unbind(a, "inproc://never"));
        TELL(zmq_disconnect(b, "inproc://never"));
        TELL(zmq_unbind(a, "nonsense"));
        TELL(zmq_disconnect(b, "nothing://here"));
        TELL(zmq_unbind(a, NULL));
        TELL(zmq_disconnect(b, NULL));
        shut(a);
        shut_now(b);
    }
}

int main(void)
{
    void *context = make_context();
    static const char *bad[] = {
        "", "a", ":", "://", "tcp", "tcp:", "tcp:/", "tcp://", "tcp://*", "tcp://127.0.0.1",
        "tcp://127.0.0.1:", "tcp://127.0.0.1:x", "tcp://127.0.0.1:65536", "tcp://:1", "tcp://[::1:1", "tcp://in val id:1", "tcp://;:1",
        "ipc://", "inproc://", "http://127.0.0.1:80", "TCP://127.0.0.1:80", "nothing://here",
        "ipc://@", "inproc", " tcp://127.0.0.1:1", "://127.0.0.1:1",
    };
    title("addresses");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(context, bad[i], 1);
    title("good only for bind");
    refuse(context, "tcp://127.0.0.1:*", 1);
    refuse(context, "tcp://127.0.0.1:0", 1);
    refuse(context, "tcp://lo:*", 1);
    refuse(context, "tcp://*:*", 1);
    title("bind where this machine is not");
    refuse(context, "tcp://192.0.2.1:5555", 1);
    refuse(context, "tcp://nosuchinterface:5555", 1);
    title("good for connect");
    refuse(context, "tcp://127.0.0.1:1", 0);
    refuse(context, "tcp://localhost:1", 0);
    refuse(context, "tcp://127.0.0.1:0;127.0.0.1:1", 0);
    refuse(context, "inproc://nobody", 0);
    refuse(context, "ipc://nobody", 0);
    title("paths");
    refuse(context, "ipc:///nosuchdirectory/socket", 1);
    char path[300] = "ipc://";
    for (int size = 105; size <= 110; size++) {
        memset(path + 6, 'p', size);
        path[6 + size] = 0;
        void *s = make(context, ZMQ_PULL);
        int rc = zmq_bind(s, path);
        printf("a path of %d: %s\n", size, rc == -1 ? error_name(zmq_errno()) : "done");
        shut(s);
    }
    in_use(context);
    unbind_twice(context);
    finish(context);
    return 0;
}
