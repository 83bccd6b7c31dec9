// ours-only: libzmq loses the last messages over ipc when a peer closes
// args: 3
// slow-args: 300
// slow-limit: 1800
/* Processes that send multiparts to each other, are killed at random and start
 * again. No message is torn; between two processes that both live nothing is
 * lost or comes in another order; at the end, when nobody is killed any more,
 * the last message of every sender arrives. The argument is the time in seconds
 * for each transport and direction.
 *
 * The first process only starts, kills and judges: it never calls the library.
 * Workers tell it about faults through a pipe, in whole lines.
 */
#include <sys/mman.h>
#include "support.h"

#define SENDERS 4

/* What all processes share. */
struct shared {
    volatile int last_round; /* senders: send 100 more, then the final one, and close */
    volatile uint32_t torn, gaps, messages;
    volatile uint32_t finals;
};
static struct shared *shared;

struct head { uint32_t sender, life, number, parts, final; };

static uint32_t hash(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t x = a * 2654435761u ^ b * 2246822519u ^ c * 3266489917u;
    x ^= x >> 15;
    x *= 2246822519u;
    return x ^ x >> 13;
}

static size_t size_of(uint32_t h) { return h % 50 == 0 ? h % 200000 : h % 700; }

static void send_one(void *push, uint32_t sender, uint32_t life, uint32_t number, int final)
{
    struct head head = {sender, life, number, hash(sender, life, number) % 5, (uint32_t)final};
    int rc;
    while ((rc = zmq_send(push, &head, sizeof head, head.parts ? ZMQ_SNDMORE : 0)) == -1)
        MUST(zmq_errno() == EAGAIN || zmq_errno() == EINTR);
    for (uint32_t part = 0; part < head.parts; part++) {
        uint32_t h = hash(number, part, life);
        zmq_msg_t m;
        MUST(zmq_msg_init_size(&m, size_of(h)) == 0);
        memset(zmq_msg_data(&m), (int)(h & 0xff), zmq_msg_size(&m));
        do
            rc = zmq_msg_send(&m, push, part + 1 < head.parts ? ZMQ_SNDMORE : 0);
        while (rc == -1 && (zmq_errno() == EAGAIN || zmq_errno() == EINTR));
        MUST(rc != -1);
    }
}

static void sender(const char *endpoint, int binds, uint32_t who, uint32_t life)
{
    void *context = make_context(), *push = make(context, ZMQ_PUSH);
    uint32_t number = 0, left = 100;
    set_int(push, ZMQ_SNDHWM, 50);
    set_int(push, ZMQ_RECONNECT_IVL, 5);
    if (binds)
        bind_again(push, endpoint);
    else
        MUST(zmq_connect(push, endpoint) == 0);
    while (left) {
        left -= (uint32_t)(shared->last_round != 0);
        send_one(push, who, life, number++, 0);
        if (number % 64 == 0)
            pause_ms(1);
    }
    send_one(push, who, life, number, 1);
    shut(push);
    finish(context);
    _exit(0);
}

static void judge_body(zmq_msg_t *m, const struct head *head, uint32_t part)
{
    uint32_t h = hash(head->number, part, head->life);
    unsigned char *data = zmq_msg_data(m);
    if (zmq_msg_size(m) != size_of(h))
        __sync_add_and_fetch(&shared->torn, 1);
    else
        for (size_t i = 0; i < zmq_msg_size(m); i++)
            if (data[i] != (unsigned char)h) {
                __sync_add_and_fetch(&shared->torn, 1);
                return;
            }
}

static void receiver(const char *endpoint, int binds, int only_one)
{
    void *context = make_context(), *pull = zmq_socket(context, ZMQ_PULL);
    uint32_t expected[SENDERS] = {0}, life[SENDERS] = {0};
    int finals = 0;
    memset(life, 0xff, sizeof life);
    set_int(pull, ZMQ_RCVHWM, 50);
    set_int(pull, ZMQ_RECONNECT_IVL, 5);
    set_int(pull, ZMQ_RCVTIMEO, 200);
    if (binds)
        bind_again(pull, endpoint);
    else
        MUST(zmq_connect(pull, endpoint) == 0);
    for (;;) {
        struct head head;
        uint32_t part = 0;
        int rc = zmq_recv(pull, &head, sizeof head, 0);
        if (rc == -1) {
            MUST(zmq_errno() == EAGAIN);
            continue;
        }
        if (rc != sizeof head || head.sender >= SENDERS) {
            __sync_add_and_fetch(&shared->torn, 1);
            continue;
        }
        while (get_int(pull, ZMQ_RCVMORE)) {
            zmq_msg_t m;
            MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, pull, 0) >= 0);
            judge_body(&m, &head, part++);
            MUST(zmq_msg_close(&m) == 0);
        }
        if (part != head.parts)
            __sync_add_and_fetch(&shared->torn, 1);
        __sync_add_and_fetch(&shared->messages, 1);
        uint32_t *next = &expected[head.sender];
        if (life[head.sender] == head.life && (only_one ? head.number != *next : head.number < *next)) {
            __sync_add_and_fetch(&shared->gaps, 1);
            fprintf(stderr, "sender %u life %u: %u after %u\n", head.sender, head.life, head.number, *next - 1);
        }
        life[head.sender] = head.life;
        *next = head.number + 1;
        finals += head.final != 0;
        if (head.final)
            __sync_add_and_fetch(&shared->finals, 1);
    }
}

/* Runs senders and receivers, one of the two kinds bound, and kills at random. */
static void run(const char *transport, int receiver_binds, int seconds)
{
    int sender_count = receiver_binds ? SENDERS : 1, receiver_count = receiver_binds ? 1 : SENDERS;
    int count = sender_count + receiver_count, kills = 0;
    uint32_t life = 0, seed = 12345;
    pid_t child[SENDERS + 1];
    struct endpoint e;
    printf("-- %s, the %s binds\n", transport, receiver_binds ? "receiver" : "sender");
    fflush(stdout);
    memset(shared, 0, sizeof *shared);

    /* a process of its own finds an endpoint, so that this one stays free of the library */
    int fd[2];
    MUST(pipe(fd) == 0);
    pid_t finder = fork();
    MUST(finder != -1);
    if (finder == 0) {
        void *context = make_context();
        e = unused(context, transport);
        finish(context);
        MUST(write(fd[1], &e, sizeof e) == sizeof e);
        _exit(0);
    }
    MUST(read(fd[0], &e, sizeof e) == sizeof e && waitpid(finder, NULL, 0) == finder);
    close(fd[0]);
    close(fd[1]);

    long long end = now_ms() + seconds * 1000LL;
    memset(child, 0, sizeof child);
    for (;;) {
        for (int i = 0; i < count; i++)
            if (child[i] == 0) {
                child[i] = fork();
                MUST(child[i] != -1);
                if (child[i] == 0 && i < sender_count)
                    sender(e.text, !receiver_binds, (uint32_t)i, life + 1);
                else if (child[i] == 0)
                    receiver(e.text, receiver_binds, receiver_binds);
                life++;
            }
        if (now_ms() >= end)
            break;
        seed = seed * 1103515245u + 12345u;
        pause_ms(20 + (int)(seed >> 16) % 150);
        int victim = (int)(seed >> 8) % count;
        MUST(waitpid(child[victim], NULL, WNOHANG) == 0);
        kill(child[victim], SIGKILL);
        MUST(waitpid(child[victim], NULL, 0) == child[victim]);
        child[victim] = 0;
        kills++;
    }
    shared->last_round = 1;
    long long patience = now_ms() + 2 * PATIENCE;
    int ended = 0;
    for (int i = 0; i < sender_count; i++) {
        int status = 0;
        pid_t done;
        while ((done = waitpid(child[i], &status, WNOHANG)) == 0 && now_ms() < patience)
            pause_ms(5);
        ended += done == child[i] && WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (done == 0) {
            kill(child[i], SIGKILL);
            waitpid(child[i], NULL, 0);
        }
    }
    while (shared->finals < (uint32_t)sender_count && now_ms() < patience)
        pause_ms(5);
    for (int i = sender_count; i < count; i++) {
        MUST(waitpid(child[i], NULL, WNOHANG) == 0);
        kill(child[i], SIGKILL);
        waitpid(child[i], NULL, 0);
    }
    printf("torn %u, lost or out of order %u, senders that ended well %d, last messages %u\n",
           shared->torn, shared->gaps, ended, shared->finals);
    fflush(stdout);
    fprintf(stderr, "%s: %u messages, %d kills\n", transport, shared->messages, kills);
}

int main(int argc, char **argv)
{
    MUST(argc == 2 && atoi(argv[1]) > 0);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    MUST(shared != MAP_FAILED);
    for (int binds = 1; binds >= 0; binds--) {
        run("tcp", binds, atoi(argv[1]));
        run("ipc", binds, atoi(argv[1]));
    }
    return 0;
}
