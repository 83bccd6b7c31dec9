/* A STREAM faces a DEALER byte for byte: the greeting in its two parts, READY, short and
 * long frames; hung up on in the middle of the handshake; and a burst that is one byte
 * longer than what a message of a STREAM holds. */
#include "plain.h"

static void *context;

/* Reads from a STREAM until so many bytes are there, and no more may come. */
static void collect(void *stream, struct name peer, unsigned char *bytes, size_t size)
{
    for (size_t got = 0; got < size;) {
        struct name from;
        int rc = zmq_recv(stream, from.text, sizeof from.text, 0);
        MUST(rc > 0 && get_int(stream, ZMQ_RCVMORE) == 1);
        from.size = (size_t)rc;
        MUST(is_same(from, peer));
        rc = zmq_recv(stream, bytes + got, size - got, 0);
        MUST(rc > 0 && (size_t)rc <= size - got && get_int(stream, ZMQ_RCVMORE) == 0);
        got += (size_t)rc;
    }
}

static void show(const char *what, const unsigned char *bytes, size_t size)
{
    printf("%s, %zu bytes: ", what, size);
    print_part(bytes, size);
    putchar('\n');
}

static void send_bytes(void *stream, struct name peer, const void *bytes, size_t size)
{
    MUST(zmq_send(stream, peer.text, peer.size, ZMQ_SNDMORE) == (int)peer.size);
    MUST(zmq_send(stream, bytes, size, 0) == (int)size);
}

static void *meet(void *dealer, struct name *peer)
{
    void *stream = make(context, ZMQ_STREAM);
    join(dealer, bind_any(stream, "tcp"));
    *peer = hear_from(stream);
    return stream;
}

static void speak(void)
{
    enum { LONG = 64000 };
    static const char greeting[64] = "\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL";
    static const char ready[43] = "\4\x29\5READY\x0bSocket-Type\0\0\0\6ROUTER\x08Identity\0\0\0";
    static unsigned char bytes[9 + LONG], body[LONG];
    struct name peer;
    void *dealer = make(context, ZMQ_DEALER), *stream = meet(dealer, &peer);
    title("a DEALER says");
    say(dealer, "Hello"); /* which waits for the handshake */
    collect(stream, peer, bytes, 10);
    show("its signature", bytes, 10);
    hear_nothing(stream);
    send_bytes(stream, peer, greeting, 10);
    collect(stream, peer, bytes, 1);
    show("its version", bytes, 1);
    hear_nothing(stream);
    send_bytes(stream, peer, greeting + 10, sizeof greeting - 10);
    collect(stream, peer, bytes, 53 + sizeof ready);
    show("the rest of its greeting", bytes, 53);
    show("READY", bytes + 53, sizeof ready);
    hear_nothing(stream);
    send_bytes(stream, peer, ready, sizeof ready);
    collect(stream, peer, bytes, 7);
    show("its message", bytes, 7);
    send_bytes(stream, peer, "\0\5World", 7);
    hear(dealer);
    say(dealer, "two|parts");
    collect(stream, peer, bytes, 5 + 7);
    show("two frames", bytes, 5 + 7);
    memset(body, 0xab, sizeof body);
    TELL(zmq_send(dealer, body, LONG, 0));
    collect(stream, peer, bytes, sizeof bytes);
    show("a long frame's header", bytes, 9);
    printf("and its body: %s\n", memcmp(bytes + 9, body, LONG) ? "another" : "the same");
    shut_now(dealer);
    hear_from(stream);
    shut_now(stream);
}

/* An empty message ends the connection before the DEALER has heard anything. */
static void hung_up_on(void)
{
    zmq_msg_t name, empty;
    void *dealer = make(context, ZMQ_DEALER), *stream = make(context, ZMQ_STREAM);
    title("hung up on in the handshake");
    set_int(dealer, ZMQ_RECONNECT_IVL, -1);
    join(dealer, bind_any(stream, "tcp"));
    TELL(zmq_send(dealer, "", 0, 0));
    MUST(zmq_msg_init(&name) == 0);
    TELL(zmq_msg_recv(&name, stream, 0));
    TELL(zmq_msg_more(&name));
    TELL(zmq_msg_init_data(&empty, (void *)"", 0, NULL, NULL));
    TELL(zmq_msg_send(&name, stream, ZMQ_SNDMORE));
    TELL(zmq_msg_close(&name));
    TELL(zmq_msg_send(&empty, stream, 0));
    TELL(zmq_msg_close(&empty));
    hear(stream); /* the rest of what it was told of the peer */
    shut_now(dealer);
    shut_now(stream);
}

/* What comes in one piece may be cut, in order; MORE is for the routing id alone. */
static void burst(void)
{
    enum { BURST = 8193 };
    static unsigned char sent[BURST], got[BURST];
    struct endpoint e;
    int listener = serve(&e);
    void *stream = make(context, ZMQ_STREAM);
    title("a burst");
    join(stream, e);
    int fd = admit(listener);
    struct name peer = hear_from(stream);
    for (size_t i = 0; i < BURST; i++)
        sent[i] = (unsigned char)(0xde + i * 31 + i / 256);
    MUST(write(fd, sent, BURST) == BURST);
    collect(stream, peer, got, BURST);
    printf("%d bytes, %s\n", BURST, memcmp(sent, got, BURST) ? "others" : "in order");
    close(fd);
    hear_from(stream);
    close(listener);
    shut_now(stream);
}

int main(void)
{
    context = make_context();
    speak();
    hung_up_on();
    burst();
    finish(context);
    return 0;
}
