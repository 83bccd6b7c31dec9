/* Pairs of types that do not go together, over inproc, where there is no handshake to
 * find out: connecting works, whatever is called comes back, and all of it ends. */
#include "support.h"

static const int types[] = {ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER, ZMQ_ROUTER, ZMQ_PULL,
    ZMQ_PUSH, ZMQ_XPUB, ZMQ_XSUB};
#define TYPES (int)(sizeof types / sizeof *types)

/* Two rounds of everything, on either side. */
static void call(void *one, void *other)
{
    void *sockets[] = {one, other};
    char text[64];
    for (int i = 0; i < 4; i++) {
        void *socket = sockets[i % 2];
        zmq_send(socket, "part", 4, ZMQ_DONTWAIT | ZMQ_SNDMORE);
        zmq_send(socket, "part", 4, ZMQ_DONTWAIT);
        zmq_send(socket, "whole", 5, ZMQ_DONTWAIT);
        for (int k = 0; k < 3; k++)
            zmq_recv(socket, text, sizeof text, ZMQ_DONTWAIT);
        get_int(socket, ZMQ_EVENTS);
    }
}

int main(void)
{
    int connected = 0;
    for (int i = 0; i < TYPES; i++)
        for (int j = 0; j < TYPES; j++) {
            void *context = make_context();
            void *one = make(context, types[i]), *other = make(context, types[j]);
            connected += zmq_bind(one, "inproc://pair") == 0 && zmq_connect(other, "inproc://pair") == 0;
            call(one, other);
            shut_now(one);
            call(other, other);
            shut_now(other);
            finish(context);
        }
    printf("%d of %d pairs connect\n", connected, TYPES * TYPES);
    return 0;
}
