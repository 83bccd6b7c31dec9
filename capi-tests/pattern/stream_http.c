/* An HTTP server over STREAM, asked by a plain client, by many at once, in small
 * pieces, and by curl if the machine has it. */
#include "plain.h"

/* --- the server, in 40 lines ----------------------------------------------- */

struct visitor { struct name name; char request[1024]; size_t size; };
struct server { void *stream; int visits; };

/* Some hang up themselves as soon as they have all that was announced to them. In libzmq a
 * send to one who has gone would wait. */
static void hang_up(void *stream, struct name name)
{
    if (zmq_send(stream, name.text, name.size, ZMQ_SNDMORE | ZMQ_DONTWAIT) == -1)
        MUST(zmq_errno() == EHOSTUNREACH || zmq_errno() == EAGAIN);
    else
        MUST(zmq_send(stream, "", 0, 0) == 0);
}

static void answer(void *stream, struct visitor *visitor)
{
    char path[64] = "", body[96], reply[256];
    sscanf(visitor->request, "GET %63s", path);
    int size = snprintf(body, sizeof body, "You asked for %s\n", path);
    snprintf(reply, sizeof reply, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n"
             "Content-Length: %d\r\n\r\n%s", size, body);
    say_to(stream, visitor->name, reply);
    hang_up(stream, visitor->name);
    memset(visitor, 0, sizeof *visitor);
}

static void *serve_http(void *arg)
{
    struct server *server = arg;
    static struct visitor visitors[64];
    while (server->visits) {
        struct name name = {"", sizeof name.text};
        char bytes[8192];
        int rc = zmq_recv(server->stream, name.text, sizeof name.text, 0);
        MUST(rc > 0);
        name.size = (size_t)rc;
        rc = zmq_recv(server->stream, bytes, sizeof bytes, 0);
        struct visitor *visitor = visitors;
        while (visitor->name.size && !is_same(visitor->name, name))
            MUST(++visitor < visitors + 64);
        if (rc == 0 && visitor->name.size) { /* gone before it had asked */
            memset(visitor, 0, sizeof *visitor);
            continue;
        }
        visitor->name = name;
        MUST(rc >= 0 && visitor->size + (size_t)rc < sizeof visitor->request);
        memcpy(visitor->request + visitor->size, bytes, (size_t)rc);
        visitor->size += (size_t)rc;
        if (strstr(visitor->request, "\r\n\r\n"))
            answer(server->stream, visitor), server->visits--;
    }
    return NULL;
}

/* --- who asks --------------------------------------------------------------- */

static void read_reply(int fd, char *reply, size_t room)
{
    ssize_t count;
    size_t size = 0;
    while ((count = read(fd, reply + size, room - size - 1)) > 0)
        size += (size_t)count;
    MUST(count == 0);
    reply[size] = 0;
    close(fd);
}

/* What follows the header. */
static const char *body_of(const char *reply)
{
    const char *end = strstr(reply, "\r\n\r\n");
    MUST(strncmp(reply, "HTTP/1.0 200 OK\r\n", 17) == 0 && end);
    return end + 4;
}

static void ask(struct endpoint e, const char *path, size_t piece)
{
    char request[128], reply[512];
    int fd = dial(e);
    size_t size = (size_t)sprintf(request, "GET %s HTTP/1.0\r\nHost: here\r\n\r\n", path);
    for (size_t at = 0; at < size; at += piece) {
        MUST(write(fd, request + at, piece < size - at ? piece : size - at) > 0);
        pause_ms(1);
    }
    read_reply(fd, reply, sizeof reply);
    printf("%s", body_of(reply));
}

static void ask_all(struct endpoint e, int count)
{
    int fd[32], wrong = 0;
    char request[128], reply[512], wanted[64];
    for (int i = 0; i < count; i++)
        fd[i] = dial(e);
    for (int i = count - 1; i >= 0; i--) {
        sprintf(request, "GET /%d HTTP/1.0\r\n\r\n", i);
        put(fd[i], request);
    }
    for (int i = 0; i < count; i++) {
        sprintf(wanted, "You asked for /%d\n", i);
        read_reply(fd[i], reply, sizeof reply);
        wrong += strcmp(body_of(reply), wanted) != 0;
    }
    printf("%d at once, wrong answers: %d\n", count, wrong);
}

static void ask_with_curl(struct endpoint e)
{
    char command[256], line[128] = "";
    snprintf(command, sizeof command, "curl -s --max-time 10 --noproxy '*' http://127.0.0.1:%s/curl 2>/dev/null",
             strrchr(e.text, ':') + 1);
    FILE *output = popen(command, "r");
    MUST(output);
    int answered = fgets(line, sizeof line, output) != NULL;
    int status = pclose(output);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        ask(e, "/curl", 1000); /* there is no curl */
        return;
    }
    MUST(answered && status == 0);
    printf("%s", line);
}

int main(void)
{
    void *context = make_context();
    struct server server = {make(context, ZMQ_STREAM), 2 + 32 + 1};
    struct endpoint e = bind_any(server.stream, "tcp");
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, serve_http, &server) == 0);
    ask(e, "/whole", 1000);
    ask(e, "/in/pieces", 3);
    ask_all(e, 32);
    ask_with_curl(e);
    MUST(pthread_join(thread, NULL) == 0);
    shut(server.stream);
    finish(context);
    return 0;
}
