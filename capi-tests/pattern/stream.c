/* STREAM: raw TCP both ways. Notifications, names, what is sent to whom, hanging
 * up, peers that leave, connections that come back, metadata. */
#include "plain.h"

static void *context;

static void *server(struct endpoint *e)
{
    void *stream = make(context, ZMQ_STREAM);
    *e = bind_any(stream, "tcp");
    return stream;
}

static struct name own_name(void *stream)
{
    struct name name;
    name.size = sizeof name.text;
    MUST(zmq_getsockopt(stream, ZMQ_ROUTING_ID, name.text, &name.size) == 0);
    return name;
}

static void sends(void)
{
    struct endpoint e;
    void *stream = server(&e);
    title("a peer comes, and bytes go both ways");
    TELL(get_int(stream, ZMQ_EVENTS));
    int fd = dial(e);
    MUST(await(stream, ZMQ_POLLIN, PATIENCE));
    TELL(get_int(stream, ZMQ_EVENTS));
    struct name peer = hear_from(stream);
    printf("its name has %zu bytes, the first is %d\n", peer.size, peer.text[0]);
    printf("the socket's own name is the same: %d\n", is_same(peer, own_name(stream)));
    put(fd, "hello");
    printf("the same peer: %d\n", is_same(peer, hear_from(stream)));
    say_to(stream, peer, "world");
    get(fd, 5);
    title("MORE on the bytes means nothing");
    TELL(zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE));
    TELL(zmq_send(stream, "ab", 2, ZMQ_SNDMORE));
    get(fd, 2);
    title("somebody unknown, and a name without bytes");
    TELL(zmq_send(stream, "nobody", 6, ZMQ_SNDMORE));
    TELL(zmq_send(stream, "", 0, ZMQ_SNDMORE));
    TELL(zmq_send(stream, "nobody", 6, 0));
    TELL(zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE)); /* swallowed */
    say_to(stream, peer, "cd");
    get(fd, 2);
    title("two peers");
    int other = dial(e);
    struct name second = hear_from(stream);
    printf("the same peer: %d\n", is_same(peer, second));
    say_to(stream, second, "second");
    say_to(stream, peer, "first");
    get(other, 6);
    get(fd, 5);
    close(fd);
    close(other);
    shut(stream);
}

static void ends(void)
{
    struct endpoint e;
    void *stream = server(&e);
    title("hanging up: what was said before arrives");
    int fd = dial(e);
    struct name peer = hear_from(stream);
    put(fd, "unread");
    say_to(stream, peer, "good");
    say_to(stream, peer, "bye");
    say_to(stream, peer, "");
    TELL(zmq_send(stream, "nobody", 6, ZMQ_SNDMORE)); /* libzmq goes on in a later call */
    get(fd, 7);
    await_gone(stream, peer);
    hear_nothing(stream);
    get_end(fd);
    shut(stream);
    title("the peer leaves");
    stream = server(&e);
    fd = dial(e);
    peer = hear_from(stream);
    put(fd, "last words");
    close(fd);
    printf("the same peer: %d\n", is_same(peer, hear_from(stream)));
    printf("the same peer: %d\n", is_same(peer, hear_from(stream)));
    await_gone(stream, peer);
    hear_nothing(stream);
    title("the socket is closed");
    fd = dial(e);
    peer = hear_from(stream);
    say_to(stream, peer, "closing");
    shut(stream);
    get(fd, 7);
    get_end(fd);
}

static void connects(void)
{
    struct endpoint e;
    int listener = serve(&e);
    void *stream = make(context, ZMQ_STREAM);
    title("connecting: named and written to before it is there");
    printf("%zu bytes\n", own_name(stream).size);
    join(stream, e);
    struct name peer = own_name(stream);
    printf("%zu bytes\n", peer.size);
    say_to(stream, peer, "early");
    int fd = admit(listener);
    get(fd, 5);
    printf("the same peer: %d\n", is_same(peer, hear_from(stream)));
    title("lost, and there again");
    close(fd);
    printf("the same peer: %d\n", is_same(peer, hear_from(stream)));
    fd = admit(listener);
    printf("the same peer: %d\n", is_same(peer, hear_from(stream)));
    say_to(stream, peer, "again");
    get(fd, 5);
    title("a second connection to the same place");
    join(stream, e);
    int second = admit(listener);
    printf("the same peer: %d\n", is_same(peer, hear_from(stream)));
    close(second);
    hear_from(stream);
    close(admit(listener));
    hear_from(stream);
    hear_from(stream);
    title("hanging up for good");
    say_to(stream, peer, "");
    await_gone(stream, peer);
    get_end(fd);
    shut_now(stream);

    stream = make(context, ZMQ_STREAM);
    title("a name of our choice");
    TELL(zmq_setsockopt(stream, ZMQ_CONNECT_ROUTING_ID, "", 0));
    TELL(zmq_setsockopt(stream, ZMQ_CONNECT_ROUTING_ID, "me", 2));
    int again = listener;
    join(stream, e);
    say(stream, "me|chosen");
    do /* some are left of the second connection above */
        fd = admit(again);
    while (recv(fd, &again, sizeof again, MSG_PEEK) <= 0 && (close(fd), again = listener));
    get(fd, 6);
    hear(stream);
    put(fd, "well");
    hear(stream);
    TELL(zmq_disconnect(stream, e.text));
    await_gone(stream, (struct name){"me", 2});
    get_end(fd);
    shut_now(stream);
    close(listener);
}

static void quiet(void)
{
    struct endpoint e;
    void *stream = make(context, ZMQ_STREAM);
    title("without notifications");
    set_int(stream, ZMQ_STREAM_NOTIFY, 0);
    e = bind_any(stream, "tcp");
    int fd = dial(e);
    hear_nothing(stream);
    put(fd, "only this");
    struct name peer = hear_from(stream);
    close(fd);
    await_gone(stream, peer);
    hear_nothing(stream);
    shut(stream);
}

static void tells(void)
{
    struct endpoint e;
    void *stream = server(&e);
    title("what a message says of its peer");
    int fd = dial(e);
    hear_from(stream);
    put(fd, "x");
    for (int i = 0; i < 2; i++) {
        zmq_msg_t msg;
        MUST(zmq_msg_init(&msg) == 0 && zmq_msg_recv(&msg, stream, 0) != -1);
        const char *address = zmq_msg_gets(&msg, "Peer-Address");
        printf("%s, Socket-Type %s, User-Id %s, a descriptor: %d\n", address ? address : "none",
               zmq_msg_gets(&msg, "Socket-Type") ? "known" : "unknown",
               zmq_msg_gets(&msg, "User-Id") ? "known" : "unknown", zmq_msg_get(&msg, ZMQ_SRCFD) > 2);
        MUST(zmq_msg_close(&msg) == 0);
    }
    close(fd);
    shut(stream);
}

static void pairs(const char *transport)
{
    void *a = make(context, ZMQ_STREAM), *b = make(context, ZMQ_STREAM);
    title(transport);
    join(a, bind_any(b, transport));
    struct name to_b = hear_from(a), to_a = hear_from(b);
    say_to(a, to_b, "to b");
    hear_from(b);
    say_to(b, to_a, "to a");
    hear_from(a);
    shut_now(a);
    hear_from(b);
    shut_now(b);
}

int main(void)
{
    context = make_context();
    sends();
    ends();
    connects();
    quiet();
    tells();
    pairs("tcp");
    pairs("ipc");
    finish(context);
    return 0;
}
