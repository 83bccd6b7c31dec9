/* ZMQ_USE_FD: bind takes a descriptor that the application has made and bound, of
 * tcp or ipc, and leaves alone what it did not make. */
#include "support.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

static void *context;

static int tcp_listener(struct endpoint *e, int listening)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(fd != -1 && bind(fd, (struct sockaddr *)&address, size) == 0);
    MUST(!listening || listen(fd, 10) == 0);
    MUST(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    snprintf(e->text, sizeof e->text, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
    return fd;
}

static int ipc_listener(struct endpoint *e, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(address.sun_path, path);
    MUST(fd != -1 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 10) == 0);
    snprintf(e->text, sizeof e->text, "ipc://%s", path);
    return fd;
}

static void talk(void *server, struct endpoint e)
{
    void *client = make(context, ZMQ_REQ);
    join(client, e);
    say(client, "hello");
    hear(server);
    say(server, "world");
    hear(client);
    shut(client);
}

static void over_tcp(void)
{
    struct endpoint e, again;
    title("tcp");
    void *server = make(context, ZMQ_REP);
    int fd = tcp_listener(&e, 1);
    TELL(get_int(server, ZMQ_USE_FD));
    set_int(server, ZMQ_USE_FD, fd);
    printf("told: %d\n", get_int(server, ZMQ_USE_FD) == fd);
    TELL(zmq_bind(server, e.text));
    printf("last endpoint: %s\n", strcmp(last_endpoint(server).text, e.text) ? "another" : "the same");
    printf("told: %d\n", get_int(server, ZMQ_USE_FD) == fd);
    talk(server, e);
    /* Any tcp endpoint will do: where it listens is the descriptor's affair. */
    set_int(server, ZMQ_USE_FD, -1);
    MUST(zmq_unbind(server, e.text) == 0);
    fd = tcp_listener(&again, 1);
    set_int(server, ZMQ_USE_FD, fd);
    TELL(zmq_bind(server, "tcp://127.0.0.1:*"));
    printf("last endpoint: %s\n", strcmp(last_endpoint(server).text, again.text) ? "another" : "that of the descriptor");
    talk(server, again);
    shut(server);
    long long end = now_ms() + PATIENCE;
    while (fcntl(fd, F_GETFD) != -1 && now_ms() < end)
        pause_ms(1);
    printf("the descriptor is %s\n", fcntl(fd, F_GETFD) == -1 ? "closed with the socket" : "open");
}

static void over_ipc(void)
{
    struct endpoint e;
    title("ipc");
    void *server = make(context, ZMQ_REP);
    int fd = ipc_listener(&e, "mine");
    set_int(server, ZMQ_USE_FD, fd);
    TELL(zmq_bind(server, e.text));
    printf("last endpoint: %s\n", last_endpoint(server).text);
    talk(server, e);
    TELL(zmq_unbind(server, e.text));
    shut(server);
    long long end = now_ms() + PATIENCE;
    while (fcntl(fd, F_GETFD) != -1 && now_ms() < end)
        pause_ms(1);
    printf("the descriptor is %s, ", fcntl(fd, F_GETFD) == -1 ? "closed" : "open");
    printf("the file is %s\n", access("mine", F_OK) == 0 ? "there" : "gone");
    MUST(unlink("mine") == 0);
}

/* The descriptor is for whoever is bound; connecting makes its own. */
static void connecting(void)
{
    struct endpoint e;
    title("for connecting");
    void *server = make(context, ZMQ_REP), *client = make(context, ZMQ_REQ);
    int fd = tcp_listener(&e, 1);
    set_int(client, ZMQ_USE_FD, fd);
    join(client, bind_any(server, "tcp"));
    say(client, "hello");
    hear(server);
    say(server, "world");
    hear(client);
    printf("the descriptor is %s\n", fcntl(fd, F_GETFD) == -1 ? "closed" : "left alone");
    MUST(close(fd) == 0);
    shut(client);
    shut(server);
}

int main(void)
{
    context = make_context();
    over_tcp();
    over_ipc();
    connecting();
    finish(context);
    return 0;
}
