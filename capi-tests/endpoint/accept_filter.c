/* ZMQ_TCP_ACCEPT_FILTER and ZMQ_IPC_FILTER_UID, _GID, _PID: whom a listener
 * accepts connections from. One filter that matches is enough; no filter lets
 * everybody in; filters count for listeners that are bound afterwards. */
#include "monitor/watch.h"

/* Whether a connection is accepted, as the listener's monitor tells, and then heard. */
static int heard(void *context, void *pull, const char *transport)
{
    struct happening it;
    void *push = make(context, ZMQ_PUSH);
    void *monitor = watch(context, pull, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED |
                                             ZMQ_EVENT_MONITOR_STOPPED);
    set_int(push, ZMQ_RECONNECT_IVL, -1);
    join(push, bind_any(pull, transport));
    (void)zmq_send(push, "x", 1, ZMQ_DONTWAIT); /* it may know by now that it is not welcome */
    MUST(next_event(monitor, &it, PATIENCE));
    int accepted = it.event == ZMQ_EVENT_ACCEPTED;
    if (accepted)
        MUST(zmq_recv(pull, NULL, 0, 0) == 1);
    MUST(accepted || zmq_recv(pull, NULL, 0, ZMQ_DONTWAIT) == -1);
    shut_now(push);
    MUST(zmq_socket_monitor(pull, NULL, 0) == 0);
    unwatch(monitor);
    return accepted;
}

static void addresses(void *context)
{
    static const char *const lists[][3] = {{"127.0.0.1"}, {"127.0.0.1/32"}, {"127.0.0.2/32"},
        {"127.0.0.2/30"}, {"127.0.0.128/25"}, {"126.0.0.0/7"}, {"0.0.0.0/0"}, {"10.0.0.0/0"},
        {"127.0.0.2", "127.0.0.1"}, {"10.0.0.0/8", "192.168.0.0/16"}, {"[127.0.0.1]"}};
    static const char *const bad[] = {"", "/", "127.0.0.1/", "127.0.0.1/33", "127.0.0.1/-1", "127.0.0.1/text", "127.0.0.1text", "/8",
        "text", "*", "localhost", "::1", "127.0.0.1:5555"};
    title("addresses");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        void *pull = make(context, ZMQ_PULL);
        for (int k = 0; k < 3 && lists[i][k]; k++) {
            MUST(zmq_setsockopt(pull, ZMQ_TCP_ACCEPT_FILTER, lists[i][k], strlen(lists[i][k])) == 0);
            printf("%s ", lists[i][k]);
        }
        printf("lets in %d\n", heard(context, pull, "tcp"));
        shut(pull);
    }
    void *pull = make(context, ZMQ_PULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        printf("\"%s\" ", bad[i]);
        TELL(zmq_setsockopt(pull, ZMQ_TCP_ACCEPT_FILTER, bad[i], strlen(bad[i])));
    }
    printf("lets in %d\n", heard(context, pull, "tcp"));
    TELL(zmq_setsockopt(pull, ZMQ_TCP_ACCEPT_FILTER, "1.2.3.4", 7));
    printf("lets in %d\n", heard(context, pull, "tcp"));
    TELL(zmq_setsockopt(pull, ZMQ_TCP_ACCEPT_FILTER, NULL, 0));
    printf("lets in %d\n", heard(context, pull, "tcp"));
    shut(pull);
}

static void credentials(void *context)
{
    static const struct { const char *name; int number; } kinds[] = {{"user", ZMQ_IPC_FILTER_UID},
        {"group", ZMQ_IPC_FILTER_GID}, {"process", ZMQ_IPC_FILTER_PID}};
    title("credentials");
    for (int i = 0; i < 3; i++) {
        int us = i == 0 ? (int)geteuid() : i == 1 ? (int)getegid() : (int)getpid(), nobody = 987654;
        void *pull = make(context, ZMQ_PULL);
        set_int(pull, kinds[i].number, nobody);
        printf("a filter for another %s: %d\n", kinds[i].name, heard(context, pull, "ipc"));
        printf("over tcp it does nothing: %d\n", heard(context, pull, "tcp"));
        set_int(pull, kinds[i].number, us);
        printf("one for ours, too: %d\n", heard(context, pull, "ipc"));
        TELL(zmq_setsockopt(pull, kinds[i].number, NULL, 0));
        set_int(pull, kinds[i].number, nobody);
        printf("without ours again: %d\n", heard(context, pull, "ipc"));
        set_int(pull, kinds[(i + 1) % 3].number, i == 0 ? (int)getegid() : i == 1 ? (int)getpid() : (int)geteuid());
        printf("another kind that matches: %d\n", heard(context, pull, "ipc"));
        TELL(zmq_setsockopt(pull, kinds[i].number, &us, 3));
        TELL(zmq_setsockopt(pull, kinds[i].number, &us, 8));
        shut(pull);
    }
}

/* Whom a PAIR did not let in: nothing of it is heard, and nothing is sent to it. */
static void not_a_peer(void *context, int matches)
{
    void *server = make(context, ZMQ_PAIR), *client = make(context, ZMQ_PAIR);
    char text[32];
    printf("-- a PAIR and one who is %slet in\n", matches ? "" : "not ");
    set_int(server, ZMQ_IPC_FILTER_UID, (int)geteuid() + !matches);
    set_int(client, ZMQ_RECONNECT_IVL, -1);
    int patience = matches ? PATIENCE : 250;
    set_int(server, ZMQ_RCVTIMEO, patience), set_int(server, ZMQ_SNDTIMEO, patience);
    struct endpoint e = bind_any(server, "ipc");
    join(client, e);
    (void)zmq_send(client, "to the server", 13, ZMQ_SNDMORE | ZMQ_DONTWAIT); /* it may know by now */
    (void)zmq_send(client, "and more", 8, ZMQ_DONTWAIT);
    long long begun = now_ms();
    TELL(zmq_recv(server, text, sizeof text, 0));
    MUST(matches || now_ms() - begun >= 250);
    TELL(zmq_send(server, "to the client", 13, ZMQ_SNDMORE));
    TELL(zmq_send(server, "and more", 8, 0));
    shut_now(client);
    shut_now(server);
}

int main(void)
{
    void *context = make_context();
    addresses(context);
    credentials(context);
    not_a_peer(context, 0);
    not_a_peer(context, 1);
    finish(context);
    return 0;
}
