/*
 * The server of the demonstration: a REP socket that greets whoever writes to it.
 *
 * greeter ENDPOINT... binds to each endpoint, prints where it listens and which
 * library serves it, greets each client, and ends after the message "bye".
 */
#include "served.h"

#include <stdio.h>
#include <string.h>

static void must(int fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "greeter: %s: %s\n", what, zmq_strerror(zmq_errno()));
        exit(1);
    }
}

int main(int argc, char **argv)
{
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    void *context = zmq_ctx_new();
    must(context != NULL, "zmq_ctx_new");
    void *socket = zmq_socket(context, ZMQ_REP);
    must(socket != NULL, "zmq_socket");
    for (int i = 1; i < argc; i++) {
        char endpoint[256];
        size_t size = sizeof endpoint;
        must(zmq_bind(socket, argv[i]) == 0, "zmq_bind");
        must(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0, "zmq_getsockopt");
        printf("%s%s", i > 1 ? " " : "", endpoint);
    }
    printf("\nC       REP     ZeroMQ %d.%d.%d from %s\n", major, minor, patch, served_by());
    fflush(stdout);

    int done = 0;
    while (!done) {
        char name[128], answer[256];
        int size = zmq_recv(socket, name, sizeof name - 1, 0);
        must(size >= 0, "zmq_recv");
        name[size < (int) sizeof name ? size : (int) sizeof name - 1] = '\0';
        done = strcmp(name, "bye") == 0;
        int length = snprintf(answer, sizeof answer, done ? "bye" : "Hello, %s!", name);
        must(zmq_send(socket, answer, (size_t) length, 0) == length, "zmq_send");
    }
    must(zmq_close(socket) == 0, "zmq_close");
    must(zmq_ctx_term(context) == 0, "zmq_ctx_term");
    return 0;
}
