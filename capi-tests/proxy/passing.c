/* zmq_proxy passes messages on, both ways and whole, between any two sockets
 * that fit, over each transport; a capture gets a copy of each; it ends with
 * ETERM. */
#include "run.h"

static const char *const transports[] = {"tcp", "ipc", "inproc"};

/* Requests of two clients to two workers, and the replies back. */
static void queue(const char *transport, int capturing)
{
    void *context = make_context();
    struct proxy proxy = {zmq_socket(context, ZMQ_ROUTER), zmq_socket(context, ZMQ_DEALER),
                          capturing ? zmq_socket(context, ZMQ_PUSH) : NULL, NULL, 0, 0, 0};
    void *clients[2], *workers[2], *tap = make_brief(context, ZMQ_PULL);
    char text[256];
    int taken[2] = {0, 0};
    printf("-- queue over %s%s\n", transport, capturing ? ", with capture" : "");
    struct endpoint front = bind_any(proxy.frontend, transport);
    struct endpoint back = bind_any(proxy.backend, transport);
    if (capturing)
        join(proxy.capture, bind_any(tap, "inproc"));
    for (int i = 0; i < 2; i++) {
        join(clients[i] = make_brief(context, ZMQ_REQ), front);
        join(workers[i] = make_brief(context, ZMQ_REP), back);
    }
    start_proxy(&proxy);
    for (int i = 0; i < 10; i++) {
        void *client = clients[i % 2], *worker;
        zmq_pollitem_t items[] = {{workers[0], 0, ZMQ_POLLIN, 0}, {workers[1], 0, ZMQ_POLLIN, 0}};
        say(client, "a request|of two parts");
        MUST(zmq_poll(items, 2, PATIENCE) == 1);
        worker = workers[items[1].revents != 0];
        taken[items[1].revents != 0]++;
        MUST(listen_to(worker, text, sizeof text, 0) == 2);
        MUST(!strcmp(text, "a request|of two parts"));
        say(worker, i % 3 ? "a reply" : "|a reply|");
        MUST(listen_to(client, text, sizeof text, 0) == (i % 3 ? 1 : 3));
        if (i == 0)
            printf("a client hears %s\n", text);
        if (capturing)
            for (int copy = 0; copy < 2; copy++) {
                zmq_msg_t part;
                int parts = 0, size = 0;
                do {
                    MUST(zmq_msg_init(&part) == 0);
                    MUST(zmq_msg_recv(&part, tap, 0) >= 0);
                    size += parts++ ? zmq_msg_size(&part) : 0;
                } while (zmq_msg_more(&part));
                if (i < 2)
                    printf("the capture has %d parts and %d bytes behind the first\n", parts, size);
            }
    }
    MUST(taken[0] + taken[1] == 10);
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    for (int i = 0; i < 2; i++) {
        shut(clients[i]);
        shut(workers[i]);
    }
    shut(tap);
    finish(context);
}

/* One way only, and a pair of equals both ways. */
static void others(const char *transport, int front_type, int client_type, int back_type,
                   int worker_type)
{
    void *context = make_context();
    struct proxy proxy = {zmq_socket(context, front_type), zmq_socket(context, back_type),
                          NULL, NULL, 0, 0, 0};
    void *client = make_brief(context, client_type), *worker = make_brief(context, worker_type);
    printf("-- %d to %d over %s\n", front_type, back_type, transport);
    join(client, bind_any(proxy.frontend, transport));
    join(worker, bind_any(proxy.backend, transport));
    start_proxy(&proxy);
    for (int i = 0; i < 100; i++) {
        char text[64], sent[64];
        sprintf(sent, "message|number %d", i);
        say(client, sent);
        MUST(listen_to(worker, text, sizeof text, 0) == 2 && !strcmp(text, sent));
        if (client_type == ZMQ_PUSH)
            continue;
        say(worker, sent);
        MUST(listen_to(client, text, sizeof text, 0) == 2 && !strcmp(text, sent));
    }
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    shut(client);
    shut(worker);
    finish(context);
}

/* Three clients, five workers who answer each request of theirs several times or not at
 * all: each client hears what it is owed and nothing else. */
static void several_answers(const char *transport)
{
    enum { CLIENTS = 3, WORKERS = 5, REQUESTS = 20 };
    void *context = make_context(), *clients[CLIENTS], *workers[WORKERS];
    struct proxy proxy = {zmq_socket(context, ZMQ_ROUTER), zmq_socket(context, ZMQ_DEALER),
                          NULL, NULL, 0, 0, 0};
    zmq_pollitem_t items[WORKERS];
    char text[64], sent[32];
    int wanted[CLIENTS] = {0}, taken[WORKERS] = {0}, idle = 0;
    printf("-- three clients, five workers, over %s\n", transport);
    struct endpoint front = bind_any(proxy.frontend, transport);
    struct endpoint back = bind_any(proxy.backend, "inproc");
    for (int i = 0; i < WORKERS; i++) {
        join(workers[i] = make_brief(context, ZMQ_DEALER), back);
        items[i] = (zmq_pollitem_t){workers[i], 0, ZMQ_POLLIN, 0};
    }
    for (int i = 0; i < CLIENTS; i++)
        join(clients[i] = make_brief(context, ZMQ_DEALER), front);
    start_proxy(&proxy);
    for (int i = 0; i < CLIENTS * REQUESTS; i++) {
        snprintf(sent, sizeof sent, "request #%03d", i);
        say(clients[i % CLIENTS], sent);
    }
    for (int i = 0; i < CLIENTS * REQUESTS;) {
        MUST(zmq_poll(items, WORKERS, PATIENCE) > 0);
        for (int k = 0; k < WORKERS; k++) {
            unsigned char name[5];
            int number;
            if (!items[k].revents)
                continue;
            i++;
            taken[k]++;
            MUST(zmq_recv(workers[k], name, sizeof name, 0) == sizeof name);
            MUST(listen_to(workers[k], text, sizeof text, 0) == 1);
            MUST(sscanf(text, "request #%d", &number) == 1);
            wanted[number % CLIENTS] += number % 5;
            for (int answer = 0; answer < number % 5; answer++) {
                MUST(zmq_send(workers[k], name, sizeof name, ZMQ_SNDMORE) == sizeof name);
                say(workers[k], text);
            }
        }
    }
    for (int i = 0; i < WORKERS; i++)
        idle += taken[i] == 0;
    printf("workers without work: %d\n", idle);
    for (int i = 0; i < CLIENTS; i++) {
        for (int heard = 0; heard < wanted[i]; heard++) {
            int number;
            MUST(listen_to(clients[i], text, sizeof text, 0) == 1);
            MUST(sscanf(text, "request #%d", &number) == 1 && number % CLIENTS == i);
        }
        printf("client %d hears %d answers\n", i, wanted[i]);
        hear_nothing_(clients[i], "the client");
    }
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    for (int i = 0; i < CLIENTS; i++)
        shut(clients[i]);
    for (int i = 0; i < WORKERS; i++)
        shut(workers[i]);
    finish(context);
}

/* A socket that is both sides answers itself. */
static void echo(int type, int client_type)
{
    void *context = make_context();
    void *socket = zmq_socket(context, type), *client = make_brief(context, client_type);
    struct proxy proxy = {socket, socket, NULL, NULL, 0, 0, 0};
    printf("-- one socket, of type %d\n", type);
    join(client, bind_any(socket, "tcp"));
    start_proxy(&proxy);
    for (int i = 0; i < 3; i++) {
        say(client, client_type == ZMQ_REQ ? "to myself" : "to myself|in two parts");
        hear(client);
    }
    MUST(zmq_ctx_shutdown(context) == 0);
    join_proxy(&proxy);
    shut(client);
    finish(context);
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        queue(transports[i], 0);
        queue(transports[i], 1);
        others(transports[i], ZMQ_PULL, ZMQ_PUSH, ZMQ_PUSH, ZMQ_PULL);
        others(transports[i], ZMQ_DEALER, ZMQ_DEALER, ZMQ_DEALER, ZMQ_DEALER);
        others(transports[i], ZMQ_PAIR, ZMQ_PAIR, ZMQ_PAIR, ZMQ_PAIR);
        others(transports[i], ZMQ_PAIR, ZMQ_PAIR, ZMQ_DEALER, ZMQ_DEALER);
    }
    several_answers("tcp");
    several_answers("ipc");
    echo(ZMQ_DEALER, ZMQ_DEALER);
    echo(ZMQ_ROUTER, ZMQ_DEALER);
    echo(ZMQ_REP, ZMQ_REQ);
    return 0;
}
