/* Properties whose names are unusual: whatever ZMQ_METADATA takes, the peer is told,
 * and no name costs the connection. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

#define TEXT(text) {text, sizeof text - 1}
static const struct { const char *text; size_t size; } properties[] = {
    TEXT("X-plain:value"), TEXT("X-two words:value"), TEXT("X-:no name"), TEXT("X-case:lower"),
    TEXT("X-CASE:upper"), TEXT("X-case:again"), TEXT("X-\303\251:in UTF-8"), TEXT("X-\351:in Latin-1"),
    TEXT("X-nul\0inside:value"), TEXT("X-value:nul\0inside"), TEXT("X-colons:a:b:"), TEXT("X-\n:a line"),
    TEXT("x-lower:value"), TEXT("Socket-Type:PUB"), TEXT("X-value2:\377\376"),
};
#define COUNT(list) (sizeof(list) / sizeof *(list))

static void tell(zmq_msg_t *m, const char *name)
{
    const char *value = zmq_msg_gets(m, name);
    printf("  ");
    print_part((const unsigned char *)name, strlen(name));
    printf(": ");
    if (value)
        print_part((const unsigned char *)value, strlen(value));
    else
        printf("%s", error_name(zmq_errno()));
    putchar('\n');
}

static void unusual(void *context, const char *transport)
{
    static const char *const names[] = {"X-plain", "X-two words", "X-", "X-case", "X-CASE", "X-Case",
        "X-\303\251", "X-\351", "X-nul", "X-value", "X-colons", "X-\n", "x-lower", "Socket-Type", "X-value2"};
    zmq_msg_t m;
    void *server = make(context, ZMQ_PULL), *client = make(context, ZMQ_PUSH);
    printf("-- over %s\n", transport);
    for (size_t i = 0; i < COUNT(properties); i++) {
        int rc = zmq_setsockopt(client, ZMQ_METADATA, properties[i].text, properties[i].size);
        print_part((const unsigned char *)properties[i].text, properties[i].size);
        printf(" %s\n", rc == 0 ? "ok" : error_name(zmq_errno()));
    }
    join(client, bind_any(server, transport));
    say(client, "x");
    MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, server, 0) == 1);
    for (size_t i = 0; i < COUNT(names); i++)
        tell(&m, names[i]);
    MUST(zmq_msg_close(&m) == 0);
    shut(client);
    shut(server);
}

static void many(void *context, int count)
{
    char text[300];
    zmq_msg_t m;
    void *server = make(context, ZMQ_PULL), *client = make(context, ZMQ_PUSH);
    for (int i = 0; i < count; i++) {
        int size = snprintf(text, sizeof text, "X-%d:%0*d", i, 200, i);
        MUST(zmq_setsockopt(client, ZMQ_METADATA, text, (size_t)size) == 0);
    }
    join(client, bind_any(server, "tcp"));
    say(client, "x");
    MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, server, 0) == 1);
    int told = 0;
    for (int i = 0; i < count; i++) {
        snprintf(text, sizeof text, "X-%d", i);
        const char *value = zmq_msg_gets(&m, text);
        told += value && strlen(value) == 200 && atoi(value) == i;
    }
    printf("of %d properties %d are told\n", count, told);
    MUST(zmq_msg_close(&m) == 0);
    shut(client);
    shut(server);
}

int main(void)
{
    void *context = make_context();
    unusual(context, "tcp");
    unusual(context, "ipc");
    many(context, 100);
    many(context, 250);
    finish(context);
    return 0;
}
