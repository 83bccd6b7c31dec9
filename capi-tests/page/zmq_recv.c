/* zmq_recv(3): every error, parts, and messages longer than the room for them.
 * Blocking, fairness and order are shown by pattern/ and stress/. */
#include "recvs.h"

static int take(void *socket, int flags)
{
    char room[64];
    return zmq_recv(socket, room, sizeof room, flags);
}

static void cut_short(void)
{
    void *context = make_context();
    void *a = make(context, ZMQ_PAIR), *b = make(context, ZMQ_PAIR);
    char room[9] = "........";
    title("too long");
    join(a, bind_any(b, "inproc"));
    say(a, "0123456789");
    TELL(zmq_recv(b, room, 4, 0));
    puts(room);
    say(a, "it has no room at all");
    TELL(zmq_recv(b, NULL, 0, 0));
    say(a, "it fits");
    TELL(zmq_recv(b, room, 8, 0));
    puts(room);
    shut(a);
    shut(b);
    finish(context);
}

int main(void)
{
    refused_to_receive();
    received_in_parts();
    cut_short();
    return 0;
}
