// differs: what nothing acts on yet is refused, unless it is set to its default
/* Socket options that are known but not acted on: the default is told, setting
 * it is allowed because it changes nothing, and everything else is refused, so
 * that no program believes in vain that it took effect. */
#include "support.h"

#define OPTION(name) {#name, name}
static const struct option { const char *name; int number; } ints[] = {
    OPTION(ZMQ_PLAIN_SERVER),
}, texts[] = {
    OPTION(ZMQ_ZAP_DOMAIN), OPTION(ZMQ_PLAIN_USERNAME), OPTION(ZMQ_PLAIN_PASSWORD),
};
#define COUNT(list) (sizeof(list) / sizeof *(list))

static void outcome(int rc)
{
    printf(" %s", rc == -1 ? error_name(zmq_errno()) : "ok");
}

static void int_option(void *socket, const struct option *o)
{
    static const int values[] = {-2, -1, 0, 1, 100, INT32_MAX};
    printf("%s:", o->name);
    for (int i = -1; i < (int)COUNT(values); i++) {
        int value = 0x55;
        size_t size = sizeof value;
        if (i >= 0) {
            printf(" | %d", values[i]);
            outcome(zmq_setsockopt(socket, o->number, &values[i], sizeof values[i]));
        }
        if (zmq_getsockopt(socket, o->number, &value, &size) == 0)
            printf(" %d", value);
        else
            outcome(-1);
    }
    putchar('\n');
}

static void text_option(void *socket, const struct option *o)
{
    char text[64];
    size_t size = sizeof text;
    printf("%s: set", o->name);
    outcome(zmq_setsockopt(socket, o->number, "text", 4));
    printf(", take away");
    outcome(zmq_setsockopt(socket, o->number, NULL, 0));
    printf(", get");
    outcome(zmq_getsockopt(socket, o->number, text, &size));
    printf(" of size %zu\n", size);
}

int main(void)
{
    static const struct option types[] = {OPTION(ZMQ_DEALER), OPTION(ZMQ_ROUTER), OPTION(ZMQ_REQ)};
    void *context = make_context();
    for (size_t t = 0; t < COUNT(types); t++) {
        void *socket = make(context, types[t].number);
        title(types[t].name);
        for (size_t i = 0; i < COUNT(ints); i++)
            int_option(socket, &ints[i]);
        for (size_t i = 0; i < COUNT(texts); i++)
            text_option(socket, &texts[i]);
        shut(socket);
    }
    finish(context);
    return 0;
}
