/*
 * Messages a second from PUSH in one process to PULL in another.
 *
 * rate ENDPOINT SIZE COUNT binds to the endpoint, forks a sender of COUNT
 * messages of SIZE bytes that connects to it, and prints the rate between the
 * first message and the last, with the library that served. The sender closes
 * when all have arrived: the system's library may lose the end of a stream over
 * ipc when the sender leaves at once.
 */
#include "served.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void must(int fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "rate: %s: %s\n", what, zmq_strerror(errno));
        exit(1);
    }
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

static int send_all(int control, const char *endpoint, size_t size, long count)
{
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PUSH);
    char *body = calloc(1, size + 1);
    must(body != NULL && zmq_connect(socket, endpoint) == 0, "zmq_connect");
    for (long i = 0; i < count; i++)
        must(zmq_send(socket, body, size, 0) == (int) size, "zmq_send");
    must(read(control, body, 1) == 1, "read");
    free(body);
    zmq_close(socket);
    return zmq_ctx_term(context);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: rate ENDPOINT SIZE COUNT\n");
        return 2;
    }
    size_t size = (size_t) atol(argv[2]);
    long count = atol(argv[3]);

    /* Fork before the first call of the library; a socket pair joins them. */
    int ends[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "socketpair");
    pid_t sender = fork();
    must(sender >= 0, "fork");
    char endpoint[256] = "";
    if (sender == 0) {
        must(read(ends[0], endpoint, sizeof endpoint) > 0, "read");
        return send_all(ends[0], endpoint, size, count);
    }
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_PULL);
    size_t length = sizeof endpoint;
    int patience = 20000;
    char *body = malloc(size + 1);
    must(zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience, sizeof patience) == 0, "zmq_setsockopt");
    must(body != NULL && zmq_bind(socket, argv[1]) == 0, "zmq_bind");
    must(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &length) == 0, "zmq_getsockopt");
    must(write(ends[1], endpoint, length) == (ssize_t) length, "write");

    double began = 0;
    for (long i = 0; i < count; i++) {
        must(zmq_recv(socket, body, size, 0) == (int) size, "zmq_recv");
        if (i == 0)
            began = now();
    }
    double seconds = now() - began;
    must(write(ends[1], "", 1) == 1, "write");
    int status;
    must(waitpid(sender, &status, 0) == sender && status == 0, "the sender");
    printf("%.0f %s\n", (double) (count - 1) / seconds, served_by());
    free(body);
    zmq_close(socket);
    return zmq_ctx_term(context);
}
