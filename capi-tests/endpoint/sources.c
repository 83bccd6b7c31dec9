/* Where a tcp connection comes from, "tcp://source;peer", and other forms that
 * an endpoint takes: interfaces, zones of IPv6, names, ports. Both ends of each
 * can be ended by the text they were made with, or by what it came to. */
#include "support.h"

/* Connects, sends, and tells where the message came from; a source after "!" is
 * of no use. */
static void from(void *context, const char *source, int both_families)
{
    int useless = *source == '!';
    source += useless;
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    struct endpoint e, c;
    set_int(push, ZMQ_LINGER, 0);
    if (both_families) {
        set_int(pull, ZMQ_IPV6, 1);
        set_int(push, ZMQ_IPV6, 1);
        MUST(zmq_bind(pull, "tcp://[::1]:*") == 0);
        e = last_endpoint(pull);
    } else
        e = bind_any(pull, "tcp");
    snprintf(c.text, sizeof c.text, "tcp://%.60s;%.60s", source, e.text + 6);
    int rc = zmq_connect(push, c.text);
    printf("from \"%s\": %s\n", source, rc == -1 ? error_name(zmq_errno()) : "connects");
    if (rc == 0) {
        MUST(!strcmp(last_endpoint(push).text, c.text));
        MUST(zmq_send(push, "x", 1, ZMQ_DONTWAIT) == 1);
        if (await(pull, ZMQ_POLLIN, useless ? SILENCE : PATIENCE)) {
            zmq_msg_t m;
            MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, pull, 0) == 1);
            printf("  hears from %s\n", zmq_msg_gets(&m, "Peer-Address"));
            MUST(zmq_msg_close(&m) == 0);
        } else
            printf("  hears nothing\n");
        TELL(zmq_disconnect(push, c.text));
    }
    shut_now(push);
    shut(pull);
}

/* Several connections share a source, to different peers. */
static void shared_source(void *context)
{
    void *one = make(context, ZMQ_PULL), *two = make(context, ZMQ_PULL);
    void *a = make(context, ZMQ_PUSH), *b = make(context, ZMQ_PUSH);
    struct endpoint e1 = bind_any(one, "tcp"), e2 = bind_any(two, "tcp");
    struct endpoint source = unused(context, "tcp"), c;
    title("a source for two");
    snprintf(c.text, sizeof c.text, "tcp://%.60s;%.60s", source.text + 6, e1.text + 6);
    TELL(zmq_connect(a, c.text));
    say(a, "to the first");
    hear(one);
    snprintf(c.text, sizeof c.text, "tcp://%.60s;%.60s", source.text + 6, e2.text + 6);
    TELL(zmq_connect(b, c.text));
    say(b, "to the second");
    hear(two);
    shut(a);
    shut(b);
    shut(one);
    shut(two);
}

static void bound_to(void *context, const char *endpoint, int ipv6)
{
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    set_int(pull, ZMQ_IPV6, ipv6);
    set_int(push, ZMQ_IPV6, ipv6);
    int rc = zmq_bind(pull, endpoint);
    printf("bind \"%s\"%s: ", endpoint, ipv6 ? " with IPv6" : "");
    if (rc == -1)
        printf("%s\n", error_name(zmq_errno()));
    else {
        struct endpoint e = last_endpoint(pull), shown = e;
        *strrchr(shown.text, ':') = 0;
        printf("%s\n", shown.text);
        join(push, e);
        say(push, "x");
        hear(pull);
        TELL(zmq_disconnect(push, e.text));
        if (strcmp(endpoint, e.text))
            TELL(zmq_unbind(pull, endpoint));
        TELL(zmq_unbind(pull, e.text));
        TELL(zmq_unbind(pull, e.text));
    }
    shut_now(push);
    shut(pull);
}

static void connects_to(void *context, const char *endpoint, int ipv6)
{
    void *push = make(context, ZMQ_PUSH);
    set_int(push, ZMQ_IPV6, ipv6);
    int rc = zmq_connect(push, endpoint);
    printf("connect \"%s\"%s: %s\n", endpoint, ipv6 ? " with IPv6" : "",
        rc == -1 ? error_name(zmq_errno()) : "done");
    if (rc == 0)
        TELL(zmq_disconnect(push, endpoint));
    shut_now(push);
}

int main(void)
{
    static const char *const sources[] = {"127.0.0.1:0", "127.0.0.2:*", "127.0.0.3:0", "*:*", "*:0", "lo:*",
        "lo:0", "!localhost:0", "!192.0.2.1:0", "!nosuchinterface:0", "!127.0.0.1", "!:0", "", "!127.0.0.1:x",
        "!127.0.0.1:0;127.0.0.2:0"};
    static const char *const bound[] = {"tcp://*:*", "tcp://*:0", "tcp://lo:*", "tcp://lo:0", "tcp://[127.0.0.1]:*", "tcp://127.0.0.1:*",
        "tcp://127.1:*", "tcp://0x7f000001:*", "tcp://127.0.0.1:http", "tcp://127.0.0.1:+0",
        "tcp://127.0.0.1:*x", "tcp://[::1]:*", "tcp://::1:*", "tcp://[::1%lo]:*",
        "tcp://[::1%1]:*", "tcp://[::1%nosuch]:*", "tcp://[]:*", "tcp://[::1:*", "tcp://lo%1:*"};
    static const char *const peers[] = {"tcp://127.0.0.1:http", "tcp://127.0.0.1:1x", "tcp://127.0.0.1:99999",
        "tcp://127.0.0.1: 1", "tcp://127.0.0.1:+1", "tcp://127.0.0.1:*", "tcp://*:1",
        "tcp://[::1]:1", "tcp://::1:1", "tcp://[fe80::1%lo]:1", "tcp://[fe80::1%nosuch]:1",
        "tcp://a b:1", "tcp://127.0.0.1:1/path", "tcp://127.0.0.1:0", "tcp://;127.0.0.1:1"};
    void *context = make_context();
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        from(context, sources[i], 0);
    from(context, "[::1]:0", 1);
    from(context, "[::1%lo]:0", 1);
    from(context, "*:0", 1);
    shared_source(context);
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        for (size_t i = 0; i < sizeof bound / sizeof *bound; i++)
            bound_to(context, bound[i], ipv6);
        for (size_t i = 0; i < sizeof peers / sizeof *peers; i++)
            connects_to(context, peers[i], ipv6);
    }
    finish(context);
    return 0;
}
