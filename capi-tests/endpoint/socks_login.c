// ours-only: Debian's build has no drafts, and logging in is one
/* ZMQ_SOCKS_USERNAME and ZMQ_SOCKS_PASSWORD: the login comes before the request,
 * a refused one is tried again, an empty name logs in no more. */
#define ZMQ_BUILD_DRAFT_API
#include "socks.h"

static const unsigned char BOUND[] = {5, 0, 0, 1, 127, 0, 0, 1, 1, 2};

/* How a negotiation begins with a name, after another one was set, and a password. */
static void begins(void *context, struct proxy proxy, struct endpoint bound, const char *what,
                   const char *name, const char *password)
{
    void *push = make(context, ZMQ_PUSH);
    title(what);
    use_proxy(push, proxy.port);
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_USERNAME, "you", 3));
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_USERNAME, name, strlen(name)));
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_PASSWORD, password, password ? strlen(password) : 0));
    join(push, bound);
    int client = meet(proxy);
    heard(client, "greeting", 3);
    if (*name) {
        answer(client, "\x05\x02", 2, 2);
        heard(client, "login", 1 + 1 + strlen(name) + 1 + strlen(password));
    }
    close(client);
    shut_now(push);
}

int main(void)
{
    void *context = make_context();
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    struct proxy proxy = open_proxy(0);
    struct relay relay;
    struct endpoint bound = bind_any(pull, "tcp");
    char end, long_name[256];
    memset(long_name, 'n', sizeof long_name);
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_USERNAME, long_name, 256));
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_PASSWORD, long_name, 256));
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_USERNAME, long_name, 255));
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_PASSWORD, long_name, 255));
    static const int both[] = {ZMQ_SOCKS_USERNAME, ZMQ_SOCKS_PASSWORD};
    for (int i = 0; i < 2; i++) {
        char text[300];
        size_t size = sizeof text;
        TELL(zmq_getsockopt(push, both[i], text, &size));
        printf("%zu bytes\n", size);
        TELL(zmq_setsockopt(push, both[i], NULL, 0));
        size = sizeof text;
        TELL(zmq_getsockopt(push, both[i], text, &size));
        printf("%zu bytes\n", size);
    }
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_USERNAME, "me", 2));
    TELL(zmq_setsockopt(push, ZMQ_SOCKS_PASSWORD, "secret", 6));
    use_proxy(push, proxy.port);
    set_int(push, ZMQ_RECONNECT_IVL, 10);
    join(push, bound);
    say(push, "hello");

    int client = meet(proxy);
    title("refused");
    heard(client, "greeting", 3);
    answer(client, "\x05\x02", 2, 2);
    heard(client, "login", 1 + 1 + 2 + 1 + 6);
    answer(client, "\x01\x01", 2, 2);
    MUST(recv(client, &end, 1, 0) <= 0);
    close(client);

    client = meet(proxy);
    title("granted");
    heard(client, "greeting", 3);
    answer(client, "\x05\x02", 2, 1);
    heard(client, "login", 1 + 1 + 2 + 1 + 6);
    answer(client, "\x01\x00", 2, 1);
    int port = requested(client);
    answer(client, BOUND, sizeof BOUND, 10);
    open_way(&relay, client, port);
    hear(pull);
    shut(push);
    close_way(&relay);

    begins(context, proxy, bound, "an empty password", "me", "");
    begins(context, proxy, bound, "an empty name", "", NULL);
    shut(pull);
    close(proxy.listener);
    finish(context);
    return 0;
}
