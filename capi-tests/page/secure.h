/* Mechanisms that are not built: their options keep their defaults, and are never
 * set without effect. */
#ifndef CAPI_TESTS_PAGE_SECURE_H
#define CAPI_TESTS_PAGE_SECURE_H

#include "support.h"

/* What the option is, what setting it comes to, and what it is then. */
static UNUSED void int_option(void *socket, const char *name, int option, int other)
{
    int value = 0;
    size_t size = sizeof value;
    int rc = zmq_setsockopt(socket, option, &other, sizeof other);
    printf("%s, set to %d: %s", name, other, rc ? error_name(zmq_errno()) : "ok");
    rc = zmq_getsockopt(socket, option, &value, &size);
    if (rc == 0)
        printf(", is %d\n", value);
    else
        printf(", to read: %s\n", error_name(zmq_errno()));
}
#define INT_OPTION(socket, option, other) int_option(socket, #option, option, other)

static UNUSED void text_option(void *socket, const char *name, int option, const char *other)
{
    char text[256];
    size_t size = sizeof text;
    int rc = zmq_setsockopt(socket, option, other, strlen(other));
    printf("%s, set to %s: %s", name, other, rc ? error_name(zmq_errno()) : "ok");
    rc = zmq_getsockopt(socket, option, text, &size);
    if (rc == 0)
        printf(", is %zu bytes: %.*s\n", size, (int)size, text);
    else
        printf(", to read: %s\n", error_name(zmq_errno()));
}
#define TEXT_OPTION(socket, option, other) text_option(socket, #option, option, other)

/* Whoever could not set an option still has a plain socket. */
static UNUSED void still_plain(void *context, void *socket)
{
    void *other = make(context, ZMQ_DEALER);
    TELL(get_int(socket, ZMQ_MECHANISM) == ZMQ_NULL);
    join(other, bind_any(socket, "tcp"));
    say(other, "in the clear");
    hear(socket);
    shut(other);
}

#endif
