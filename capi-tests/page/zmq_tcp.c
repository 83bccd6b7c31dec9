/* zmq_tcp(7): interfaces, ports and wildcards of bind; addresses, names and sources
 * of connect; and that marks count messages, not what the kernel holds. Binding to the
 * name of a host, which came with 4.3.5, is endpoint/localhost; sources are
 * endpoint/sources, marks flow/hwm, what is refused endpoint/errors. */
#include <stdarg.h>
#include "support.h"

static const char *port_of(struct endpoint *e)
{
    return strrchr(e->text, ':') + 1;
}

static const char *format(const char *text, ...)
{
    static char room[300];
    va_list values;
    va_start(values, text);
    vsnprintf(room, sizeof room, text, values);
    va_end(values);
    return room;
}

static void exchange(void *context, void *pull, const char *endpoint)
{
    void *push = make(context, ZMQ_PUSH);
    MUST(zmq_connect(push, endpoint) == 0);
    say(push, "over tcp");
    hear(pull);
    shut(push);
}

static void interfaces(void *context)
{
    static const char *const kinds[] = {"*", "127.0.0.1", "lo", "0.0.0.0"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        void *pull = make(context, ZMQ_PULL);
        printf("-- interface %s\n", kinds[i]);
        MUST(zmq_bind(pull, format("tcp://%s:*", kinds[i])) == 0);
        struct endpoint e = last_endpoint(pull);
        printf("%.*s\n", (int)(port_of(&e) - e.text), e.text);
        exchange(context, pull, format("tcp://127.0.0.1:%s", port_of(&e)));
        TELL(zmq_unbind(pull, format("tcp://%s:*", kinds[i])));
        TELL(zmq_unbind(pull, e.text));
        shut(pull);
    }
}

static void ipv6(void *context)
{
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    title("IPv6 is for those who ask for it");
    TELL(zmq_bind(pull, "tcp://[::1]:*"));
    set_int(pull, ZMQ_IPV6, 1);
    set_int(push, ZMQ_IPV6, 1);
    if (zmq_bind(pull, "tcp://[::1]:*") == 0) { /* a machine may have none */
        join(push, last_endpoint(pull));
        say(push, "over IPv6");
        char text[32];
        MUST(listen_to(pull, text, sizeof text, 0) == 1 && !strcmp(text, "over IPv6"));
    }
    shut(push);
    shut(pull);
}

static void peers(void *context)
{
    void *pull = make(context, ZMQ_PULL);
    struct endpoint e = bind_any(pull, "tcp");
    title("peers by address and by name, from any source and from a chosen one");
    exchange(context, pull, e.text);
    exchange(context, pull, format("tcp://localhost:%s", port_of(&e)));
    exchange(context, pull, format("tcp://127.0.0.1:0;127.0.0.1:%s", port_of(&e)));
    exchange(context, pull, format("tcp://lo:0;localhost:%s", port_of(&e)));
    title("there is no wildcard for a peer");
    TELL(zmq_connect(pull, "tcp://127.0.0.1:*"));
    TELL(zmq_connect(pull, "tcp://127.0.0.1:0"));
    shut(pull);
}

static void the_mark(void *context)
{
    enum { MARK = 100 };
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    char body[64] = "";
    int sent = 0;
    title("a mark of 100 on both sides lets more than 200 messages go");
    set_int(push, ZMQ_SNDHWM, MARK);
    set_int(pull, ZMQ_RCVHWM, MARK);
    join(push, bind_any(pull, "tcp"));
    say(push, "connected");
    hear(pull);
    while (sent <= 4 * MARK && zmq_send(push, body, sizeof body, 0) == sizeof body)
        sent++;
    printf("%s\n", sent > 4 * MARK ? "more than 400" : "no more");
    shut_now(push);
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    interfaces(context);
    ipv6(context);
    peers(context);
    the_mark(context);
    finish(context);
    return 0;
}
