/* Every error a program is likely to meet, provoked on a pair of sockets that are
 * connected: after each refusal nothing has changed, and the message that waits,
 * the one that was not sent, and the connection are as they were. */
#include "support.h"

static void *context, *push, *pull, *req;
static struct endpoint bound;

/* What must hold between any two refusals: order, nothing lost, nothing twice. */
static void unharmed(void)
{
    static int next;
    char text[16];
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, "%d", next + i);
        say(push, text);
    }
    for (int i = 0; i < 3; i++) {
        int size = zmq_recv(pull, text, sizeof text - 1, 0);
        MUST(size > 0);
        text[size] = 0;
        MUST(atoi(text) == next + i);
    }
    next += 3;
    MUST(zmq_recv(pull, text, 1, ZMQ_DONTWAIT) == -1 && zmq_errno() == EAGAIN);
    MUST(!strcmp(last_endpoint(pull).text, bound.text));
}

#define REFUSED(call) do { TELL(call); unharmed(); } while (0)

static void endpoints(void)
{
    title("endpoints");
    REFUSED(zmq_bind(pull, "nothing"));
    REFUSED(zmq_bind(pull, "http://127.0.0.1:80"));
    REFUSED(zmq_connect(push, "nothing://here"));
    REFUSED(zmq_bind(pull, bound.text));
    REFUSED(zmq_bind(pull, "tcp://192.0.2.1:*"));
    REFUSED(zmq_bind(pull, "tcp://nosuchinterface:*"));
    REFUSED(zmq_bind(pull, "ipc:///nosuchdirectory/socket"));
    REFUSED(zmq_unbind(pull, "tcp://127.0.0.1:1"));
    REFUSED(zmq_disconnect(push, "tcp://127.0.0.1:1"));
    REFUSED(zmq_disconnect(push, NULL));
    REFUSED(zmq_bind(pull, "udp://127.0.0.1:5555"));
    REFUSED(zmq_connect(push, "udp://127.0.0.1:5555"));
}

static void options(void)
{
    int64_t wide = 5;
    int value = -7;
    size_t size = 1;
    title("options");
    REFUSED(zmq_setsockopt(pull, ZMQ_RCVHWM, &value, sizeof value));
    REFUSED(zmq_setsockopt(pull, ZMQ_RCVHWM, &wide, sizeof wide));
    REFUSED(zmq_setsockopt(pull, ZMQ_RCVHWM, NULL, 0));
    REFUSED(zmq_setsockopt(pull, 12345, &value, sizeof value));
    REFUSED(zmq_setsockopt(push, ZMQ_SUBSCRIBE, "", 0));
    REFUSED(zmq_getsockopt(pull, ZMQ_RCVHWM, &value, &size));
    TELL(get_int(pull, ZMQ_RCVHWM));
    MUST(value == -7 && size == 1);
}

static void wrong_calls(void)
{
    char room[8];
    zmq_msg_t m;
    title("calls");
    REFUSED(zmq_send(pull, "x", 1, 0));
    REFUSED(zmq_recv(push, room, 1, 0));
    REFUSED(zmq_send(NULL, "x", 1, 0));
    REFUSED(zmq_send(context, "x", 1, 0));
    REFUSED(zmq_recv(req, room, sizeof room, 0));
    MUST(zmq_msg_init_size(&m, 3) == 0);
    memcpy(zmq_msg_data(&m), "abc", 3);
    REFUSED(zmq_msg_send(&m, pull, 0));
    REFUSED(zmq_msg_send(&m, NULL, 0));
    REFUSED(zmq_msg_send(&m, req, ZMQ_DONTWAIT)); /* it has no peer */
    MUST(zmq_msg_size(&m) == 3 && !memcmp(zmq_msg_data(&m), "abc", 3));
    TELL(zmq_msg_send(&m, push, 0));
    MUST(zmq_recv(pull, room, sizeof room, 0) == 3 && !memcmp(room, "abc", 3));
    REFUSED(zmq_msg_send(&m, pull, 0));
    MUST(zmq_msg_close(&m) == 0);
    REFUSED(zmq_msg_close(&m));
    TELL_PTR(zmq_socket(NULL, ZMQ_PULL));
    TELL_PTR(zmq_socket(context, 77));
    TELL(zmq_ctx_term(NULL));
}

/* As many sockets as there may be. */
static void too_many(void)
{
    void *small = make_context(), *sockets[2];
    title("sockets");
    TELL(zmq_ctx_set(small, ZMQ_MAX_SOCKETS, 2));
    sockets[0] = zmq_socket(small, ZMQ_PULL);
    sockets[1] = zmq_socket(small, ZMQ_PUSH);
    MUST(sockets[0] && sockets[1]);
    TELL_PTR(zmq_socket(small, ZMQ_PULL));
    unharmed();
    shut(sockets[0]);
    shut(sockets[1]);
    TELL(zmq_ctx_shutdown(small));
    TELL_PTR(zmq_socket(small, ZMQ_PULL));
    finish(small);
    unharmed();
}

/* A ROUTER that must know its peers. */
static void unknown_peer(void)
{
    void *router = make(context, ZMQ_ROUTER), *dealer = make(context, ZMQ_DEALER);
    title("peers");
    MUST(zmq_setsockopt(dealer, ZMQ_ROUTING_ID, "known", 5) == 0);
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    join(dealer, bind_any(router, "tcp"));
    say(dealer, "here");
    hear(router);
    TELL(zmq_send(router, "unknown", 7, ZMQ_SNDMORE));
    say(router, "known|to you");
    hear(dealer);
    shut(dealer);
    shut_now(router);
}

static void ended(void)
{
    char room[8];
    title("the end");
    say(push, "never read");
    TELL(zmq_ctx_shutdown(context));
    while (zmq_send(push, "x", 1, 0) == 1) /* libzmq looks for news only now and then */
        ;
    TELL(zmq_send(push, "x", 1, 0));
    TELL(zmq_recv(pull, room, sizeof room, 0));
    TELL(zmq_bind(pull, "inproc://late"));
    TELL(zmq_setsockopt(pull, ZMQ_LINGER, &(int){0}, sizeof(int)));
}

int main(void)
{
    context = make_context();
    push = make(context, ZMQ_PUSH);
    pull = make(context, ZMQ_PULL);
    req = make(context, ZMQ_REQ);
    bound = bind_any(pull, "tcp");
    join(push, bound);
    endpoints();
    options();
    wrong_calls();
    too_many();
    unknown_peer();
    ended();
    MUST(zmq_close(push) == 0 && zmq_close(pull) == 0 && zmq_close(req) == 0);
    finish(context);
    return 0;
}
