/* ZMQ_AFFINITY: the I/O threads that serve a socket's listeners and connections are
 * those of the mask, taken in turn; one that is not in it does nothing for them. */
#include "context/threads.h"

enum { THREADS = 3 };

/* How often each I/O thread has let go of its processor so far, by itself or not;
 * whether all of them sleep, so that none has yet to do what it was woken for. */
static int count_naps(unsigned long long naps[THREADS])
{
    int sleeping = 0;
    DIR *tasks = opendir("/proc/self/task");
    MUST(tasks != NULL);
    memset(naps, 0, THREADS * sizeof *naps);
    for (struct dirent *task; (task = readdir(tasks));) {
        char path[300], text[128] = "", *at;
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
        FILE *file = fopen(path, "r");
        if (!file)
            continue;
        at = fgets(text, sizeof text, file) ? strstr(text, "IO/") : NULL;
        fclose(file);
        if (!at)
            continue;
        int number = atoi(at + 3);
        MUST(number >= 0 && number < THREADS);
        snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
        MUST((file = fopen(path, "r")) != NULL); /* no thread ends meanwhile */
        while (fgets(text, sizeof text, file)) {
            unsigned long long count = 0;
            char state;
            if (sscanf(text, "State: %c", &state) == 1)
                sleeping += state == 'S';
            else if (sscanf(text, "voluntary_ctxt_switches: %llu", &count) == 1
                     || sscanf(text, "nonvoluntary_ctxt_switches: %llu", &count) == 1)
                naps[number] += count;
        }
        fclose(file);
    }
    closedir(tasks);
    return sleeping == THREADS;
}

/* The same once nothing moves any more. */
static void look_at_rest(unsigned long long naps[THREADS])
{
    unsigned long long before[THREADS];
    long long end = now_ms() + PATIENCE;
    int rest;
    do {
        rest = count_naps(before);
        pause_ms(40);
        rest = count_naps(naps) && rest && !memcmp(before, naps, sizeof before);
    } while (!rest && now_ms() < end);
}

/* Makes connections one after the other and tells which threads moved for them. */
static void serve(uint64_t server_mask, uint64_t client_mask, int connections)
{
    unsigned long long before[THREADS], after[THREADS];
    struct seen seen[8];
    void *context = make_context();
    MUST(zmq_ctx_set(context, ZMQ_IO_THREADS, THREADS) == 0);
    void *first = make(context, ZMQ_PULL); /* the threads are there from now on */
    bind_any(first, "tcp");
    void *server = make(context, ZMQ_PULL);
    MUST(zmq_setsockopt(server, ZMQ_AFFINITY, &server_mask, sizeof server_mask) == 0);
    MUST(look_for(seen, THREADS) == THREADS);
    look_at_rest(before);
    struct endpoint e = bind_any(server, "tcp");
    for (int i = 0; i < connections; i++) {
        void *client = make(context, ZMQ_PUSH);
        MUST(zmq_setsockopt(client, ZMQ_AFFINITY, &client_mask, sizeof client_mask) == 0);
        join(client, e);
        say(client, "x");
        MUST(zmq_recv(server, NULL, 0, 0) == 1);
        shut(client);
    }
    shut(server);
    look_at_rest(after);
    printf("server on %llx, clients on %llx:", (unsigned long long)server_mask, (unsigned long long)client_mask);
    for (int i = 0; i < THREADS; i++)
        printf(" %d %s", i, after[i] > before[i] ? "works" : "sleeps");
    putchar('\n');
    shut(first);
    finish_threads(context);
}

int main(void)
{
    serve(1, 1, 4);
    serve(2, 2, 4);
    serve(4, 4, 4);
    serve(1, 4, 4);
    serve(6, 6, 8);
    serve(0, 0, 12);
    serve(~0ull, ~0ull, 12);
    title("threads that are not there");
    uint64_t mask = 8;
    void *context = make_context();
    MUST(zmq_ctx_set(context, ZMQ_IO_THREADS, THREADS) == 0);
    void *nowhere = make(context, ZMQ_PULL);
    MUST(zmq_setsockopt(nowhere, ZMQ_AFFINITY, &mask, sizeof mask) == 0);
    TELL(zmq_bind(nowhere, "tcp://127.0.0.1:*"));
    TELL(zmq_connect(nowhere, "tcp://127.0.0.1:1"));
    TELL(zmq_bind(nowhere, "ipc://*"));
    TELL(zmq_bind(nowhere, "inproc://needs-no-thread"));
    mask = 9;
    TELL(zmq_setsockopt(nowhere, ZMQ_AFFINITY, &mask, sizeof mask));
    TELL(zmq_bind(nowhere, "tcp://127.0.0.1:*"));
    shut(nowhere);
    finish(context);
    return 0;
}
