/* zmq_msg_gets(3): EINVAL, and each property of the page, with those that an
 * application adds. Routing-Id has only its old name, Identity, as in libzmq, though
 * the page has both. Every transport and every frame is message/metadata. Properties
 * of a security mechanism, such as User-Id, wait for the mechanisms. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

static void tell(zmq_msg_t *message, const char *property)
{
    errno = 0;
    const char *value = zmq_msg_gets(message, property);
    printf("%s: %s\n", property, value ? value : error_name(zmq_errno()));
}

int main(void)
{
    void *context = make_context();
    void *server = make(context, ZMQ_REP), *client = make(context, ZMQ_REQ);
    zmq_msg_t message;
    title("EINVAL: a message that was not received");
    MUST(zmq_msg_init(&message) == 0);
    tell(&message, "Socket-Type");
    title("the properties of a peer");
    MUST(zmq_setsockopt(client, ZMQ_ROUTING_ID, "its name", 8) == 0);
    MUST(zmq_setsockopt(client, ZMQ_METADATA, "X-key:its value", 15) == 0);
    join(client, bind_any(server, "tcp"));
    say(client, "question");
    MUST(zmq_msg_recv(&message, server, 0) == 8);
    tell(&message, "Socket-Type");
    tell(&message, "Routing-Id");
    tell(&message, "Identity");
    tell(&message, "Peer-Address");
    tell(&message, "X-key");
    title("EINVAL: unknown properties");
    tell(&message, "X-other");
    tell(&message, "Peer-Port");
    tell(&message, "");
    title("the message owns the value, whatever becomes of its socket");
    const char *value = zmq_msg_gets(&message, "Socket-Type");
    shut_now(client);
    shut_now(server);
    finish(context);
    TELL(value == zmq_msg_gets(&message, "Socket-Type"));
    puts(value);
    MUST(zmq_msg_close(&message) == 0);
    return 0;
}
