/* Endpoints of any bytes: a path, an abstract name and a name within the process may
 * have some that are no UTF-8. They are used, told and reported as they are. */
#define ZMQ_BUILD_DRAFT_API /* for the options of a proxy */
#include "support.h"
#include <sys/stat.h>

static void *context;

static void tell_bytes(const char *what, const char *text)
{
    printf("%s: ", what);
    for (; *text; text++)
        printf(*text >= 32 && *text < 127 ? "%c" : "\\x%02x", (unsigned char)*text);
    printf("\n");
}

static void last(void *socket)
{
    struct endpoint place = last_endpoint(socket);
    tell_bytes("last endpoint", place.text);
}

static void use(const char *endpoint)
{
    void *a = make(context, ZMQ_DEALER), *b = make(context, ZMQ_DEALER), *events = NULL;
    tell_bytes("-- ", endpoint);
    set_int(a, ZMQ_LINGER, 0);
    static int serial;
    char watched[32];
    snprintf(watched, sizeof watched, "inproc://\xfe%d", serial++);
    TELL(zmq_socket_monitor(b, watched, ZMQ_EVENT_LISTENING));
    events = make(context, ZMQ_PAIR);
    TELL(zmq_connect(events, watched));
    if (TELL(zmq_bind(b, endpoint)) == 0) {
        last(b);
        TELL(zmq_connect(a, endpoint));
        last(a);
        say(a, "hello");
        char text[256];
        MUST(listen_to(b, text, sizeof text, 0) == 1);
        if (strncmp(endpoint, "inproc", 6)) {
            zmq_msg_t part;
            zmq_msg_init(&part);
            MUST(zmq_msg_recv(&part, events, 0) == 6);
            int size = zmq_recv(events, text, sizeof text - 1, 0);
            MUST(size >= 0);
            text[size] = 0;
            tell_bytes("listening", text);
            zmq_msg_close(&part);
        }
        TELL(zmq_disconnect(a, endpoint));
        TELL(zmq_disconnect(a, endpoint));
        TELL(zmq_unbind(b, endpoint));
        TELL(zmq_unbind(b, endpoint));
    }
    zmq_socket_monitor(b, NULL, 0);
    shut(a);
    shut(b);
    shut(events);
}

static void lengths(const char *scheme)
{
    char text[300];
    for (int length = 106; length <= 108; length++) {
        void *socket = make(context, ZMQ_DEALER);
        int size = snprintf(text, sizeof text, "%s", scheme);
        memset(text + size, 0xe9, (size_t)length);
        text[size + length] = 0;
        errno = 0;
        int rc = zmq_bind(socket, text);
        printf("%s and %d bytes: %d %s\n", scheme, length, rc, rc ? error_name(zmq_errno()) : "");
        if (rc == 0)
            TELL(unlink(text + size));
        shut(socket);
    }
}

int main(void)
{
    context = make_context();
    use("ipc://caf\xe9");
    use("ipc://caf\xc3\xa9");
    use("ipc://@\xff\x01\x80");
    use("inproc://caf\xe9");
    use("inproc://\xc3\xa9");
    struct stat found;
    TELL(stat("caf\xe9", &found));
    TELL(stat("caf\xc3\xa9", &found));
    lengths("ipc://");
    static const char *const refused[] = {
        "tcp://caf\xe9:5555", "tcp://127.0.0.1:\xb2", "tcp://\xff:*", "caf\xe9://x", "\xff", "ipc:/\xff",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        void *socket = make(context, ZMQ_DEALER);
        tell_bytes("-- ", refused[i]);
        TELL(zmq_bind(socket, refused[i]));
        TELL(zmq_connect(socket, refused[i]));
        TELL(zmq_unbind(socket, refused[i]));
        shut_now(socket);
    }
    /* Names within the process are told apart by their bytes. */
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    TELL(zmq_bind(a, "inproc://\xe9"));
    TELL(zmq_bind(b, "inproc://\xe8"));
    TELL(zmq_bind(b, "inproc://\xe9"));
    shut(a);
    shut(b);
    title("a name and a password for a proxy that are NULL with a length");
    void *socket = make(context, ZMQ_DEALER);
    char text[32];
    size_t size = sizeof text;
    TELL(zmq_setsockopt(socket, ZMQ_SOCKS_USERNAME, "me", 2));
    TELL(zmq_setsockopt(socket, ZMQ_SOCKS_USERNAME, NULL, 2));
    TELL(zmq_getsockopt(socket, ZMQ_SOCKS_USERNAME, text, &size));
    printf("%zu bytes\n", size);
    size = sizeof text;
    TELL(zmq_setsockopt(socket, ZMQ_SOCKS_PASSWORD, "secret", 6));
    TELL(zmq_setsockopt(socket, ZMQ_SOCKS_PASSWORD, NULL, 300));
    TELL(zmq_getsockopt(socket, ZMQ_SOCKS_PASSWORD, text, &size));
    printf("%zu bytes\n", size);
    shut(socket);
    finish(context);
    return 0;
}
