/* zmq_null(7): the default mechanism, in the greeting and the READY command as ZMTP
 * 3 says; a peer that offers another mechanism is not heard. What monitors see of
 * handshakes is monitor/handshake. No errors. */
#include <netinet/in.h>
#include <sys/socket.h>
#include "support.h"

static int connection_to(struct endpoint e)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(atoi(strrchr(e.text, ':') + 1))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

/* Reads exactly that much, or what there is before the end; how much it was. */
static size_t read_whole(int fd, unsigned char *bytes, size_t size)
{
    size_t have = 0;
    ssize_t now;
    while (have < size && (now = read(fd, bytes + have, size - have)) > 0)
        have += now;
    return have;
}

static int greet(void *pull, const char *mechanism)
{
    unsigned char greeting[64] = "\xff\0\0\0\0\0\0\0\1\x7f\3\0";
    int fd = connection_to(bind_any(pull, "tcp"));
    strcpy((char *)greeting + 12, mechanism);
    MUST(write(fd, greeting, sizeof greeting) == sizeof greeting);
    return fd;
}

static void the_same(void *context)
{
    static const unsigned char ready[] = "\x04\x1a\x05READY\x0bSocket-Type\0\0\0\x04PUSH";
    unsigned char greeting[64], command[100];
    void *pull = make(context, ZMQ_PULL);
    int fd = greet(pull, "NULL");
    title("a peer with NULL");
    MUST(read_whole(fd, greeting, sizeof greeting) == sizeof greeting);
    printf("version %d, mechanism %.20s, as server %d\n", greeting[10], greeting + 12, greeting[32]);
    MUST(write(fd, ready, sizeof ready - 1) == sizeof ready - 1);
    MUST(read_whole(fd, command, 2) == 2 && command[0] == 4);
    MUST(read_whole(fd, command + 2, command[1]) == command[1]);
    print_part(command + 2, command[1]);
    putchar('\n');
    MUST(write(fd, "\0\5hello", 7) == 7);
    hear(pull);
    close(fd);
    shut(pull);
}

/* Hung up on, with no word after the greeting. */
static void another(void *context, const char *mechanism)
{
    unsigned char greeting[65];
    void *pull = make(context, ZMQ_PULL);
    int fd = greet(pull, mechanism);
    printf("-- a peer with %s\n", mechanism);
    TELL(read_whole(fd, greeting, sizeof greeting) <= 64);
    TELL(zmq_recv(pull, greeting, sizeof greeting, ZMQ_DONTWAIT));
    close(fd);
    shut(pull);
}

int main(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_PULL);
    title("the default");
    TELL(get_int(socket, ZMQ_MECHANISM) == ZMQ_NULL);
    shut(socket);
    the_same(context);
    another(context, "PLAIN");
    another(context, "null");
    finish(context);
    return 0;
}
