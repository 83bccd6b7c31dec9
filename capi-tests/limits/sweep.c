// breaks: it aborts at several limits
/* Every limit of descriptors from 3 to 40: each call succeeds or fails with an
 * error that says so, nothing waits for ever, and once there are descriptors
 * again everything works, with the sockets there are and with new ones. */
#include <sys/resource.h>
#include "support.h"

static void limit(rlim_t soft)
{
    struct rlimit limits;
    MUST(getrlimit(RLIMIT_NOFILE, &limits) == 0);
    limits.rlim_cur = soft;
    MUST(setrlimit(RLIMIT_NOFILE, &limits) == 0);
}

/* What may come of a call when there are no descriptors. */
static void refused(int failed)
{
    if (failed)
        MUST(zmq_errno() == EMFILE || zmq_errno() == ENFILE || zmq_errno() == EAGAIN);
}

static void exchange(void *one, void *other)
{
    char text[16];
    MUST(zmq_send(one, "hello", 5, 0) == 5);
    MUST(zmq_recv(other, text, sizeof text, 0) == 5);
}

/* Makes and uses what it can get. */
static void under(int soft, const char *transport)
{
    void *context = zmq_ctx_new(), *sockets[4] = {NULL, NULL, NULL, NULL};
    struct endpoint place = {""};
    char text[16];
    limit(soft);
    if (!context) {
        refused(1);
        limit(1000);
        context = make_context();
        limit(soft);
    }
    for (int i = 0; i < 4; i++) {
        sockets[i] = zmq_socket(context, i % 2 ? ZMQ_DEALER : ZMQ_PAIR);
        refused(!sockets[i]);
        if (!sockets[i])
            continue;
        set_int(sockets[i], ZMQ_LINGER, 0);
        set_int(sockets[i], ZMQ_RCVTIMEO, 5);
        set_int(sockets[i], ZMQ_SNDTIMEO, 5);
        set_int(sockets[i], ZMQ_RECONNECT_IVL, 10);
    }
    if (sockets[0]) {
        int bound;
        if (!strcmp(transport, "tcp"))
            bound = zmq_bind(sockets[0], "tcp://127.0.0.1:*");
        else {
            snprintf(text, sizeof text, "%s://l%d", transport, soft);
            bound = zmq_bind(sockets[0], text);
        }
        refused(bound == -1);
        if (bound == 0)
            place = last_endpoint(sockets[0]);
    }
    if (sockets[2] && *place.text) {
        int rc = zmq_connect(sockets[2], place.text);
        refused(rc == -1);
        rc = zmq_send(sockets[2], "hello", 5, 0);
        refused(rc == -1);
        rc = zmq_recv(sockets[0], text, sizeof text, 0);
        refused(rc == -1);
    }
    if (sockets[1]) {
        zmq_pollitem_t item = {sockets[1], 0, ZMQ_POLLIN, 0};
        int fd, rc = zmq_poll(&item, 1, 1);
        size_t size = sizeof fd;
        refused(rc == -1);
        rc = zmq_getsockopt(sockets[1], ZMQ_FD, &fd, &size);
        refused(rc == -1);
        rc = zmq_socket_monitor(sockets[1], "inproc://events", ZMQ_EVENT_ALL);
        refused(rc == -1);
    }
    limit(1000);
    /* Everything works again. */
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    join(a, bind_any(b, transport));
    exchange(a, b);
    exchange(b, a);
    if (sockets[0] && sockets[2]) {
        int one = PATIENCE;
        set_int(sockets[0], ZMQ_RCVTIMEO, one);
        set_int(sockets[2], ZMQ_SNDTIMEO, one);
        if (!*place.text)
            place = bind_any(sockets[0], transport);
        else
            zmq_disconnect(sockets[2], place.text);
        while (zmq_recv(sockets[0], text, sizeof text, ZMQ_DONTWAIT) != -1)
            ;
        void *c = make(context, ZMQ_DEALER), *d = make(context, ZMQ_DEALER);
        join(c, bind_any(d, transport));
        exchange(c, d);
        shut_now(c);
        shut_now(d);
    }
    shut_now(a);
    shut_now(b);
    for (int i = 0; i < 4; i++)
        if (sockets[i])
            shut(sockets[i]);
    finish(context);
}

int main(void)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    for (int i = 0; i < 3; i++)
        for (int soft = 3; soft <= 40; soft++) {
            int status = 0;
            fflush(stdout);
            pid_t child = fork();
            MUST(child != -1);
            if (child == 0) {
                alarm(60);
                under(soft, transports[i]);
                exit(0);
            }
            MUST(waitpid(child, &status, 0) == child);
            if (status != 0)
                printf("%s, limit %d: %s %d\n", transports[i], soft,
                       WIFEXITED(status) ? "exit" : "signal",
                       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
            MUST(status == 0);
        }
    puts("every limit was survived");
    return 0;
}
