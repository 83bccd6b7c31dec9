/* ROUTER in raw mode: as STREAM, but what goes to somebody unknown is dropped
 * unless the socket is mandatory. */
#include "plain.h"

static void bound(void *context)
{
    void *router = make(context, ZMQ_ROUTER);
    title("bound");
    set_int(router, ZMQ_ROUTER_RAW, 1);
    struct endpoint e = bind_any(router, "tcp");
    int fd = dial(e);
    struct name peer = hear_from(router);
    printf("its name has %zu bytes, the first is %d\n", peer.size, peer.text[0]);
    put(fd, "raw");
    printf("the same peer: %d\n", is_same(peer, hear_from(router)));
    TELL(zmq_send(router, peer.text, peer.size, ZMQ_SNDMORE));
    TELL(zmq_send(router, "ab", 2, ZMQ_SNDMORE));
    get(fd, 2);
    title("somebody unknown, and a name without bytes");
    TELL(say_with(router, "nobody|bytes", 0));
    TELL(say_with(router, "nobody", 0));
    say_to(router, peer, "cd");
    get(fd, 2);
    set_int(router, ZMQ_ROUTER_MANDATORY, 1);
    TELL(say_with(router, "nobody|bytes", 0));
    title("hanging up");
    say_to(router, peer, "bye");
    say_to(router, peer, "");
    get(fd, 3);
    await_gone(router, peer);
    hear_nothing(router);
    get_end(fd);
    title("the peer leaves");
    fd = dial(e);
    peer = hear_from(router);
    close(fd);
    printf("the same peer: %d\n", is_same(peer, hear_from(router)));
    await_gone(router, peer);
    shut(router);
}

static void connected(void *context)
{
    struct endpoint e;
    int listener = serve(&e);
    void *router = make(context, ZMQ_ROUTER);
    title("connected, with a name of our choice");
    set_int(router, ZMQ_ROUTER_RAW, 1);
    TELL(zmq_setsockopt(router, ZMQ_CONNECT_ROUTING_ID, "it", 2));
    join(router, e);
    say(router, "it|early");
    int fd = admit(listener);
    get(fd, 5);
    hear(router);
    put(fd, "answer");
    hear(router);
    close(fd);
    hear(router);
    close(listener);
    shut_now(router);
}

int main(void)
{
    void *context = make_context();
    bound(context);
    connected(context);
    finish(context);
    return 0;
}
