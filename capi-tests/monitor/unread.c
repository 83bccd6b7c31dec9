// ours-only: libzmq's I/O threads wait for who reads a monitor, and get stuck
/* Monitors that nobody reads, or not at once: nobody waits for them, they cost
 * bounded memory, and a name is free as soon as its monitor is gone. */
#include "monitor/watch.h"

#define KEPT 10000

/* What the library keeps, however much happens: the first events. */
static void never_read(void *context)
{
    title("never read");
    void *server = make(context, ZMQ_DEALER);
    MUST(zmq_socket_monitor(server, "inproc://unread",
                            ZMQ_EVENT_BIND_FAILED | ZMQ_EVENT_MONITOR_STOPPED) == 0);
    for (int i = 0; i < 3 * KEPT; i++)
        MUST(zmq_bind(server, "tcp://no:such:address") == -1);
    void *monitor = make(context, ZMQ_PAIR);
    set_int(monitor, ZMQ_RCVHWM, 1);
    MUST(zmq_connect(monitor, "inproc://unread") == 0);
    MUST(zmq_socket_monitor(server, NULL, 0) == 0);
    struct happening it;
    int count = 0;
    while (next_event(monitor, &it, PATIENCE) && it.event == ZMQ_EVENT_BIND_FAILED)
        count++;
    printf("%s\n", count >= KEPT && count < 2 * KEPT ? "as many as are kept" : "too many or few");
    MUST(zmq_socket_monitor(server, "inproc://unread", ZMQ_EVENT_ALL) == 0);
    shut(monitor);
    shut(server);
}

/* One monitor after the other while connections come and go. */
static void *churn(void *argument)
{
    void **sockets = argument;
    for (int i = 0; i < 100; i++) {
        void *client = zmq_socket(sockets[1], ZMQ_PUSH);
        MUST(client && zmq_connect(client, sockets[2]) == 0);
        zmq_send(client, "x", 1, 0);
        shut(client);
    }
    return NULL;
}

static void restart_under_load(void *context)
{
    title("restarted while connections come and go");
    void *server = make(context, ZMQ_PULL);
    struct endpoint e = bind_any(server, "tcp");
    void *argument[] = {server, context, e.text};
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, churn, argument) == 0);
    int stops = 0;
    for (int i = 0; i < 100; i++) {
        struct happening it;
        char byte;
        void *monitor = watch(context, server, ZMQ_EVENT_ALL);
        MUST(zmq_recv(server, &byte, 1, 0) == 1);
        MUST(zmq_socket_monitor(server, NULL, 0) == 0);
        do
            MUST(next_event(monitor, &it, PATIENCE));
        while (it.event != ZMQ_EVENT_MONITOR_STOPPED);
        stops++;
        shut(monitor);
    }
    MUST(pthread_join(thread, NULL) == 0);
    printf("%d stops\n", stops);
    shut_now(server);
}

int main(void)
{
    void *context = make_context();
    never_read(context);
    restart_under_load(context);
    finish(context);
    return 0;
}
