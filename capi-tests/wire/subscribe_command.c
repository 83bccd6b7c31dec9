// differs: libzmq hands a SUBSCRIBE or CANCEL that is not for it to the application, as a message
/* A peer subscribes to a socket that publishes nothing: the command is passed over, also
 * in the middle of a message. */
#include "../monitor/raw.h"

#define BYTES(text) text, sizeof(text) - 1

static void meet(void *context, const char *what, const char *bytes, size_t size)
{
    void *socket = make(context, ZMQ_DEALER);
    struct endpoint e = bind_any(socket, "tcp");
    int fd = raw_connect(e);
    printf("-- %s\n", what);
    raw_shake(fd);
    send_all(fd, bytes, size);
    send_all(fd, "\0\3end", 5);
    char text[64];
    int rc;
    do {
        rc = zmq_recv(socket, text, sizeof text, 0);
        MUST(rc >= 0);
        print_part((unsigned char *)text, rc);
        puts(get_int(socket, ZMQ_RCVMORE) ? ", more" : "");
    } while (rc != 3 || memcmp(text, "end", 3));
    close(fd);
    shut_now(socket);
}

int main(void)
{
    void *context = make_context();
    meet(context, "SUBSCRIBE", BYTES("\4\x0b\x09SUBSCRIBEA"));
    meet(context, "CANCEL", BYTES("\4\x08\6CANCELA"));
    meet(context, "SUBSCRIBE within a message", BYTES("\1\1a\4\x0b\x09SUBSCRIBEA\0\1b"));
    finish(context);
    return 0;
}
