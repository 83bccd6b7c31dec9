/* What sockets refuse: unknown types, calls in the wrong direction, unknown
 * flags, NULL, time-outs. */
#include "support.h"

static const struct { int type; const char *name; } types[] = {
    {ZMQ_PAIR, "PAIR"}, {ZMQ_REQ, "REQ"}, {ZMQ_REP, "REP"}, {ZMQ_DEALER, "DEALER"},
    {ZMQ_ROUTER, "ROUTER"}, {ZMQ_PULL, "PULL"}, {ZMQ_PUSH, "PUSH"},
};

static void each_type(void *context)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char byte;
        zmq_msg_t m;
        void *socket = zmq_socket(context, types[i].type);
        title(types[i].name);
        MUST(socket && get_int(socket, ZMQ_TYPE) == types[i].type);
        TELL(get_int(socket, ZMQ_EVENTS));
        TELL(get_int(socket, ZMQ_RCVMORE));
        TELL(get_int(socket, ZMQ_LINGER));
        TELL(get_int(socket, ZMQ_SNDHWM));
        TELL(get_int(socket, ZMQ_RCVHWM));
        TELL(get_int(socket, ZMQ_THREAD_SAFE));
        TELL(zmq_recv(socket, &byte, 1, ZMQ_DONTWAIT));
        TELL(zmq_send(socket, "x", 1, ZMQ_DONTWAIT));
        TELL(zmq_send(socket, "x", 1, ZMQ_DONTWAIT | ZMQ_SNDMORE));
        TELL(zmq_recv(socket, &byte, 1, ZMQ_DONTWAIT | 4));
        TELL(zmq_send(socket, "x", 1, ZMQ_DONTWAIT | 64));
        MUST(zmq_msg_init(&m) == 0);
        TELL(zmq_msg_recv(&m, socket, ZMQ_DONTWAIT));
        TELL(zmq_msg_send(&m, socket, ZMQ_DONTWAIT));
        MUST(zmq_msg_close(&m) == 0);
        TELL(zmq_msg_recv(&m, socket, ZMQ_DONTWAIT));
        shut_now(socket);
    }
}

static void timeouts(void *context)
{
    static const int waits[] = {0, 100};
    title("time-outs");
    for (int i = 0; i < 2; i++) {
        char byte;
        void *pull = zmq_socket(context, ZMQ_PULL), *push = zmq_socket(context, ZMQ_PUSH);
        set_int(pull, ZMQ_RCVTIMEO, waits[i]);
        set_int(push, ZMQ_SNDTIMEO, waits[i]);
        long long begun = now_ms();
        TELL(zmq_recv(pull, &byte, 1, 0));
        printf("waited %s\n", now_ms() - begun >= waits[i] ? "long enough" : "too little");
        set_int(pull, ZMQ_RCVTIMEO, PATIENCE);
        begun = now_ms();
        TELL(zmq_recv(pull, &byte, 1, ZMQ_DONTWAIT));
        printf("waited %s\n", now_ms() - begun < PATIENCE ? "not" : "some time");
        begun = now_ms();
        TELL(zmq_send(push, "x", 1, 0));
        printf("waited %s\n", now_ms() - begun >= waits[i] ? "long enough" : "too little");
        shut(pull);
        shut(push);
    }
}

static void no_socket(void)
{
    char byte;
    int value = 0;
    size_t size = sizeof value;
    zmq_msg_t m;
    title("NULL");
    MUST(zmq_msg_init(&m) == 0);
    TELL(zmq_close(NULL));
    TELL(zmq_send(NULL, "x", 1, 0));
    TELL(zmq_send_const(NULL, "x", 1, 0));
    TELL(zmq_recv(NULL, &byte, 1, 0));
    TELL(zmq_msg_send(&m, NULL, 0));
    TELL(zmq_msg_recv(&m, NULL, 0));
    TELL(zmq_bind(NULL, "inproc://a"));
    TELL(zmq_connect(NULL, "inproc://a"));
    TELL(zmq_unbind(NULL, "inproc://a"));
    TELL(zmq_disconnect(NULL, "inproc://a"));
    TELL(zmq_setsockopt(NULL, ZMQ_LINGER, &value, sizeof value));
    TELL(zmq_getsockopt(NULL, ZMQ_LINGER, &value, &size));
    TELL(zmq_socket_monitor(NULL, "inproc://a", ZMQ_EVENT_ALL));
    TELL(zmq_proxy(NULL, NULL, NULL));
}

int main(void)
{
    void *context = make_context();
    title("types that do not exist");
    TELL_PTR(zmq_socket(context, -1));
    TELL_PTR(zmq_socket(context, 42));
    TELL_PTR(zmq_socket(context, 1000));
    each_type(context);
    timeouts(context);
    no_socket();
    finish(context);
    return 0;
}
