/* ZMQ_SOCKS_PROXY without a login: literals and names of the target, answers in
 * pieces and with every kind of address, refusals, a proxy that starts late. */
#include "socks.h"

static const unsigned char NO_LOGIN[] = {5, 0};
static const unsigned char BOUND_TO_IPV4[] = {5, 0, 0, 1, 127, 0, 0, 1, 1, 2};
static const unsigned char BOUND_TO_NAME[] = {5, 0, 0, 3, 4, 'n', 'a', 'm', 'e', 1, 2};
static const unsigned char BOUND_TO_IPV6[] = {5, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0,
                                              0, 0, 0, 0, 0, 0, 0, 1, 1, 2};

static int port_of(struct endpoint e)
{
    return atoi(strrchr(e.text, ':') + 1);
}

/* Talks to a REP by way of the proxy, which calls it by `host`, and is itself called
 * from a source if there is one. */
static void through_from(const char *source, const char *host, const void *reply, size_t size, size_t step)
{
    char text[64];
    struct sockaddr_in from;
    socklen_t from_size = sizeof from;
    void *context = make_context();
    void *rep = make(context, ZMQ_REP), *req = make(context, ZMQ_REQ);
    struct proxy proxy = open_proxy(0);
    struct relay relay;
    struct endpoint to, bound = bind_any(rep, "tcp");
    printf("-- to %s\n", host);
    snprintf(text, sizeof text, "%s127.0.0.1:%d", source, proxy.port);
    TELL(zmq_setsockopt(req, ZMQ_SOCKS_PROXY, text, strlen(text)));
    snprintf(to.text, sizeof to.text, "tcp://%s:%d", host, port_of(bound));
    join(req, to);
    say(req, "early");
    int client = meet(proxy);
    MUST(getpeername(client, (struct sockaddr *)&from, &from_size) == 0);
    printf("called from %s\n", inet_ntoa(from.sin_addr));
    heard(client, "greeting", 3);
    answer(client, NO_LOGIN, sizeof NO_LOGIN, step);
    int port = requested(client);
    MUST(port == port_of(bound));
    answer(client, reply, size, step);
    open_way(&relay, client, port);
    hear(rep);
    say(rep, "answer");
    hear(req);
    shut(req);
    shut(rep);
    close_way(&relay);
    close(proxy.listener);
    finish(context);
}

static void through(const char *host, const void *reply, size_t size, size_t step)
{
    through_from("", host, reply, size, step);
}

/* Each time the proxy fails in another way, and is asked again. */
static void refused(void)
{
    static const struct { const char *what; size_t size; unsigned char bytes[12]; } failures[] = {
        {"closes at once", 0, {0}},
        {"speaks SOCKS4", 2, {4, 0}},
        {"knows no method", 2, {5, 255}},
    };
    static const unsigned char refusal[] = {5, 5, 0, 1, 0, 0, 0, 0, 0, 0};
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    struct proxy proxy = open_proxy(0);
    struct relay relay;
    struct endpoint bound = bind_any(pull, "tcp");
    title("refusals");
    use_proxy(push, proxy.port);
    set_int(push, ZMQ_RECONNECT_IVL, 10);
    join(push, bound);
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        char end;
        int client = meet(proxy);
        printf("proxy %s\n", failures[i].what);
        heard(client, "greeting", 3);
        answer(client, failures[i].bytes, failures[i].size, 12);
        shutdown(client, SHUT_WR);
        MUST(recv(client, &end, 1, 0) <= 0);
        close(client);
    }
    int client = meet(proxy);
    title("the target refuses");
    heard(client, "greeting", 3);
    answer(client, NO_LOGIN, 2, 2);
    requested(client);
    answer(client, refusal, sizeof refusal, 10);
    shutdown(client, SHUT_WR);
    MUST(recv(client, &relay, 1, 0) <= 0);
    close(client);
    client = meet(proxy);
    title("and then it does not");
    heard(client, "greeting", 3);
    answer(client, NO_LOGIN, 2, 2);
    int port = requested(client);
    answer(client, BOUND_TO_IPV4, sizeof BOUND_TO_IPV4, 10);
    open_way(&relay, client, port);
    say(push, "at last");
    hear(pull);
    shut(push);
    shut(pull);
    close_way(&relay);
    close(proxy.listener);
    finish(context);
}

static void late(void)
{
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    struct proxy proxy = open_proxy(0);
    struct relay relay;
    struct endpoint bound = bind_any(pull, "tcp");
    title("a proxy that starts late");
    use_proxy(push, proxy.port);
    close(proxy.listener);
    set_int(push, ZMQ_RECONNECT_IVL, 20);
    join(push, bound);
    say(push, "patient");
    pause_ms(100);
    proxy = open_proxy(proxy.port);
    int client = meet(proxy);
    heard(client, "greeting", 3);
    answer(client, NO_LOGIN, 2, 2);
    int port = requested(client);
    answer(client, BOUND_TO_IPV4, sizeof BOUND_TO_IPV4, 10);
    open_way(&relay, client, port);
    hear(pull);
    shut(push);
    shut(pull);
    close_way(&relay);
    close(proxy.listener);
    finish(context);
}

static void option(void)
{
    void *context = make_context();
    void *socket = make(context, ZMQ_DEALER);
    char text[64];
    size_t size = sizeof text;
    title("the option");
    TELL(zmq_getsockopt(socket, ZMQ_SOCKS_PROXY, text, &size));
    printf("%zu bytes: %s\n", size, text);
    TELL(zmq_setsockopt(socket, ZMQ_SOCKS_PROXY, "proxy:1080", 10));
    size = sizeof text;
    TELL(zmq_getsockopt(socket, ZMQ_SOCKS_PROXY, text, &size));
    printf("%zu bytes: %s\n", size, text);
    size = 10;
    TELL(zmq_getsockopt(socket, ZMQ_SOCKS_PROXY, text, &size));
    TELL(zmq_setsockopt(socket, ZMQ_SOCKS_PROXY, "", 0));
    TELL(zmq_setsockopt(socket, ZMQ_SOCKS_PROXY, NULL, 0));
    size = sizeof text;
    TELL(zmq_getsockopt(socket, ZMQ_SOCKS_PROXY, text, &size));
    printf("%zu bytes: %s\n", size, text);
    shut(socket);
    finish(context);
}

int main(void)
{
    option();
    through("127.0.0.1", BOUND_TO_IPV4, sizeof BOUND_TO_IPV4, 100);
    through("nowhere.invalid", BOUND_TO_NAME, sizeof BOUND_TO_NAME, 100);
    through("nowhere.invalid", BOUND_TO_NAME, sizeof BOUND_TO_NAME, 1);
    through("[::1]", BOUND_TO_IPV6, sizeof BOUND_TO_IPV6, 100);
    through("::1", BOUND_TO_IPV4, sizeof BOUND_TO_IPV4, 3);
    through_from("127.0.0.5:0;", "nowhere.invalid", BOUND_TO_IPV4, sizeof BOUND_TO_IPV4, 100);
    refused();
    late();
    return 0;
}
