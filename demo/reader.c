/*
 * A subscriber of the demonstration.
 *
 * reader ENDPOINT prints which library serves it and every piece of news it hears,
 * and ends with the last one.
 */
#include "served.h"

#include <stdio.h>
#include <string.h>

static void must(int fine, const char *what)
{
    if (!fine) {
        fprintf(stderr, "reader: %s: %s\n", what, zmq_strerror(zmq_errno()));
        exit(1);
    }
}

int main(int argc, char **argv)
{
    int major, minor, patch, limit = 10000;
    char topic[16], text[64] = "";
    zmq_version(&major, &minor, &patch);
    void *context = zmq_ctx_new();
    must(context != NULL, "zmq_ctx_new");
    void *socket = zmq_socket(context, ZMQ_SUB);
    must(socket != NULL, "zmq_socket");
    must(zmq_setsockopt(socket, ZMQ_RCVTIMEO, &limit, sizeof limit) == 0, "ZMQ_RCVTIMEO");
    must(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "news", 4) == 0, "ZMQ_SUBSCRIBE");
    must(argc == 2 && zmq_connect(socket, argv[1]) == 0, "zmq_connect");
    printf("C       SUB     ZeroMQ %d.%d.%d from %s\n", major, minor, patch, served_by());
    while (strcmp(text, "last") != 0) {
        int size = zmq_recv(socket, topic, sizeof topic, 0);
        must(size == 4 && memcmp(topic, "news", 4) == 0, "zmq_recv");
        size = zmq_recv(socket, text, sizeof text - 1, 0);
        must(size >= 0 && size < (int) sizeof text, "zmq_recv");
        text[size] = '\0';
        printf("                news: %s\n", text);
    }
    must(zmq_close(socket) == 0, "zmq_close");
    must(zmq_ctx_term(context) == 0, "zmq_ctx_term");
    return 0;
}
