// args: 100000
// slow-args: 10000000
// limit: 60
// slow-limit: 900
/* Two proxies under load: a bridge of XSUB and XPUB between tcp and ipc, and a
 * queue of ROUTER and DEALER with clients and workers. Every message comes
 * through, in order, and the memory stays level. The argument says how many go
 * through each of the two. */
#include "support.h"

enum { CLIENTS = 2, WORKERS = 2, WINDOW = 400 };

static void *context;
static uint64_t total;

struct proxy { void *frontend, *backend; pthread_t thread; };

static void *pass(void *argument)
{
    struct proxy *proxy = argument;
    MUST(zmq_proxy(proxy->frontend, proxy->backend, NULL) == -1 && zmq_errno() == ETERM);
    shut(proxy->frontend);
    shut(proxy->backend);
    return NULL;
}

static void start(struct proxy *proxy)
{
    set_int(proxy->frontend, ZMQ_LINGER, 0);
    set_int(proxy->backend, ZMQ_LINGER, 0);
    MUST(pthread_create(&proxy->thread, NULL, pass, proxy) == 0);
}

/* Kilobytes in memory. */
static long memory(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    MUST(file && fscanf(file, "%*s %ld", &pages) == 1);
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void tell_level(long early)
{
    long late = memory();
    if (late > early + 20000)
        printf("memory grew from %ld to %ld KB\n", early, late);
    else
        puts("memory is level");
}

static void *publish(void *argument)
{
    char text[256];
    memset(text, 'x', sizeof text);
    for (uint64_t i = 0; i < total; i++) {
        memcpy(text, &i, sizeof i);
        MUST(zmq_send(argument, i % 10 ? "T" : "TT", i % 10 ? 1 : 2, ZMQ_SNDMORE) > 0);
        MUST(zmq_send(argument, text, 8 + i % 100, 0) > 0);
    }
    return NULL;
}

static void bridge(void)
{
    struct proxy proxy;
    char text[256];
    pthread_t thread;
    long early = 0;
    context = make_context();
    proxy.frontend = zmq_socket(context, ZMQ_XSUB);
    proxy.backend = zmq_socket(context, ZMQ_XPUB);
    void *source = make(context, ZMQ_XPUB), *sink = make(context, ZMQ_SUB);
    title("a bridge of XSUB and XPUB");
    set_int(source, ZMQ_XPUB_NODROP, 1);
    set_int(proxy.backend, ZMQ_XPUB_NODROP, 1);
    set_int(source, ZMQ_LINGER, 0);
    set_int(source, ZMQ_SNDTIMEO, 6 * PATIENCE);
    set_int(sink, ZMQ_RCVTIMEO, 6 * PATIENCE);
    join(source, bind_any(proxy.frontend, "tcp"));
    join(sink, bind_any(proxy.backend, "ipc"));
    start(&proxy);
    MUST(zmq_setsockopt(sink, ZMQ_SUBSCRIBE, "T", 1) == 0);
    hear(source); /* the subscription has come through */
    MUST(pthread_create(&thread, NULL, publish, source) == 0);
    for (uint64_t i = 0; i < total; i++) {
        uint64_t number;
        MUST(zmq_recv(sink, text, sizeof text, 0) == (i % 10 ? 1 : 2) && *text == 'T');
        MUST(zmq_recv(sink, text, sizeof text, 0) == (int)(8 + i % 100));
        memcpy(&number, text, sizeof number);
        if (number != i)
            printf("%llu came in place of %llu\n", (unsigned long long)number,
                   (unsigned long long)i);
        MUST(number == i);
        if (i == total / 10)
            early = memory();
    }
    tell_level(early);
    MUST(pthread_join(thread, NULL) == 0);
    MUST(zmq_ctx_shutdown(context) == 0);
    MUST(pthread_join(proxy.thread, NULL) == 0);
    shut(source);
    shut(sink);
    finish(context);
}

static void *work(void *worker)
{
    zmq_msg_t msg;
    MUST(zmq_msg_init(&msg) == 0);
    for (;;) {
        if (zmq_msg_recv(&msg, worker, 0) == -1)
            break;
        int more = zmq_msg_more(&msg);
        if (zmq_msg_send(&msg, worker, more ? ZMQ_SNDMORE : 0) == -1)
            break;
    }
    MUST(zmq_errno() == ETERM);
    zmq_msg_close(&msg);
    shut(worker);
    return NULL;
}

static void *ask(void *client)
{
    uint64_t mine = total / CLIENTS, sent = 0, heard = 0, sum = 0, number;
    while (heard < mine) {
        while (sent < mine && sent - heard < WINDOW) {
            MUST(zmq_send(client, &sent, sizeof sent, 0) == sizeof sent);
            sent++;
        }
        /* One wait, then what else is there: answers come by two workers. */
        for (int flags = 0; heard < sent; flags = ZMQ_DONTWAIT) {
            int rc = zmq_recv(client, &number, sizeof number, flags);
            if (rc == -1 && flags && zmq_errno() == EAGAIN)
                break;
            MUST(rc == sizeof number && number < sent);
            sum += number;
            heard++;
        }
    }
    MUST(sum == mine * (mine - 1) / 2);
    return NULL;
}

static void queue(void)
{
    struct proxy proxy;
    void *clients[CLIENTS], *workers[WORKERS];
    pthread_t asking[CLIENTS], working[WORKERS];
    context = make_context();
    proxy.frontend = zmq_socket(context, ZMQ_ROUTER);
    proxy.backend = zmq_socket(context, ZMQ_DEALER);
    title("a queue of ROUTER and DEALER");
    struct endpoint front = bind_any(proxy.frontend, "tcp"), back = bind_any(proxy.backend, "ipc");
    start(&proxy);
    for (int i = 0; i < WORKERS; i++) {
        join(workers[i] = make(context, ZMQ_DEALER), back);
        set_int(workers[i], ZMQ_RCVTIMEO, -1);
        set_int(workers[i], ZMQ_SNDTIMEO, -1);
        set_int(workers[i], ZMQ_LINGER, 0);
        MUST(pthread_create(&working[i], NULL, work, workers[i]) == 0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        join(clients[i] = make(context, ZMQ_DEALER), front);
        set_int(clients[i], ZMQ_RCVTIMEO, 6 * PATIENCE);
        MUST(pthread_create(&asking[i], NULL, ask, clients[i]) == 0);
    }
    pause_ms(SILENCE);
    long early = memory();
    for (int i = 0; i < CLIENTS; i++)
        MUST(pthread_join(asking[i], NULL) == 0);
    puts("every request was answered");
    tell_level(early);
    for (int i = 0; i < CLIENTS; i++)
        shut_now(clients[i]);
    MUST(zmq_ctx_shutdown(context) == 0);
    MUST(pthread_join(proxy.thread, NULL) == 0);
    for (int i = 0; i < WORKERS; i++)
        MUST(pthread_join(working[i], NULL) == 0);
    finish(context);
}

int main(int argc, char **argv)
{
    total = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
    bridge();
    queue();
    return 0;
}
