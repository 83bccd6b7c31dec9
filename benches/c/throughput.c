/*
 * Messages a second from PUSH to PULL, taken by the receiver from the first
 * message to the last, and the processor time each message costs both sides.
 *
 * Options: transport=tcp|ipc|inproc size=BYTES api=buffer|msg seconds=S.
 * Rounds on one connection grow until one takes about S; that one is reported.
 * Every message carries its number, and the receiver checks the order.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static size_t size;
static int messages;            /* zmq_msg_* rather than zmq_send and zmq_recv */

static void send_one(void *socket, char *body, uint64_t n)
{
    memcpy(body, &n, sizeof n);
    if (!messages) {
        check(zmq_send(socket, body, size, 0) == (int) size, "zmq_send");
        return;
    }
    zmq_msg_t message;
    check(zmq_msg_init_size(&message, size) == 0, "zmq_msg_init_size");
    memcpy(zmq_msg_data(&message), body, size);
    check(zmq_msg_send(&message, socket, 0) == (int) size, "zmq_msg_send");
}

static void receive_one(void *socket, char *body, zmq_msg_t *message, uint64_t n)
{
    uint64_t found;
    if (messages) {
        check(zmq_msg_recv(message, socket, 0) == (int) size, "zmq_msg_recv");
        memcpy(&found, zmq_msg_data(message), sizeof found);
    } else {
        check(zmq_recv(socket, body, size, 0) == (int) size, "zmq_recv");
        memcpy(&found, body, sizeof found);
    }
    check(found == n, "a message is missing or out of order");
}

static void sender(struct side *side)
{
    char *body = calloc(1, size);
    void *socket = open_socket(side, ZMQ_PUSH);
    hear_and_connect(side, socket);
    for (;;) {
        uint64_t count, cpu;
        char done;
        hear(side, &count, sizeof count);
        if (count == 0)
            break;
        cpu = cpu_time();
        for (uint64_t n = 0; n < count; n++)
            send_one(socket, body, n);
        hear(side, &done, 1);
        cpu = cpu_time() - cpu;
        tell(side, &cpu, sizeof cpu);
    }
    close_socket(side, socket);
    free(body);
}

struct round {
    double seconds;
    double cpu;                 /* ns, both sides */
};

static struct round receive_round(struct side *side, void *socket, char *body,
                                  uint64_t count)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    uint64_t cpu = cpu_time(), theirs;
    tell(side, &count, sizeof count);
    receive_one(socket, body, &message, 0);
    uint64_t start = now();
    for (uint64_t n = 1; n < count; n++)
        receive_one(socket, body, &message, n);
    uint64_t end = now();
    zmq_msg_close(&message);
    cpu = cpu_time() - cpu;
    tell(side, "", 1);
    hear(side, &theirs, sizeof theirs);
    if (!over("inproc"))        /* one process: already counted */
        cpu += theirs;
    return (struct round) { (end - start) * 1e-9, cpu };
}

static void receiver(struct side *side)
{
    double target = number("seconds", 0.6);
    char *body = malloc(size);
    void *socket = open_socket(side, ZMQ_PULL);
    bind_and_tell(side, socket);
    uint64_t count = 64, none = 0;
    struct round round;
    for (int rounds = 0;; rounds++) {
        round = receive_round(side, socket, body, count);
        if (round.seconds > 0.6 * target || rounds == 14)
            break;
        double growth = 1.05 * target / (round.seconds + 1e-9);
        count *= growth > 12 ? 12 : growth < 1.3 ? 1.3 : growth;
    }
    tell(side, &none, sizeof none);
    report("messages", count);
    report("rate", (count - 1) / round.seconds);
    report("bytes_per_second", (count - 1) * size / round.seconds);
    report("cpu", round.cpu / count);
    close_socket(side, socket);
    free(body);
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    size = number("size", 16);
    messages = !strcmp(option("api", "buffer"), "msg");
    check(size >= sizeof(uint64_t), "size");
    return run_sides(receiver, sender);
}
