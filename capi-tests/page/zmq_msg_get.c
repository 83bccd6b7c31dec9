/* zmq_msg_get(3): EINVAL, and each property of the page: MORE, SRCFD, SHARED. They
 * are shown over every transport, on every frame, by message/metadata. */
#include <netinet/in.h>
#include <sys/socket.h>
#include "support.h"

static void shared(void)
{
    zmq_msg_t message, copy;
    title("ZMQ_SHARED");
    MUST(zmq_msg_init_size(&message, 1000) == 0 && zmq_msg_init(&copy) == 0);
    TELL(zmq_msg_get(&message, ZMQ_SHARED));
    MUST(zmq_msg_copy(&copy, &message) == 0);
    TELL(zmq_msg_get(&message, ZMQ_SHARED));
    TELL(zmq_msg_get(&copy, ZMQ_SHARED));
    MUST(zmq_msg_close(&copy) == 0 && zmq_msg_close(&message) == 0);
    MUST(zmq_msg_init_data(&message, "constant", 8, NULL, NULL) == 0);
    TELL(zmq_msg_get(&message, ZMQ_SHARED));
    MUST(zmq_msg_close(&message) == 0);
}

/* The descriptor is good enough to ask the system for the peer. */
static void of_received(void *context, const char *transport)
{
    void *push = make(context, ZMQ_PUSH), *pull = make(context, ZMQ_PULL);
    zmq_msg_t message;
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int more;
    printf("-- ZMQ_MORE and ZMQ_SRCFD over %s\n", transport);
    join(push, bind_any(pull, transport));
    say(push, "one|two");
    MUST(zmq_msg_init(&message) == 0);
    do {
        MUST(zmq_msg_recv(&message, pull, 0) == 3);
        more = TELL(zmq_msg_get(&message, ZMQ_MORE));
        int fd = zmq_msg_get(&message, ZMQ_SRCFD);
        if (!strcmp(transport, "tcp")) {
            MUST(getpeername(fd, (struct sockaddr *)&address, &size) == 0);
            TELL(address.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
        } else if (!strcmp(transport, "inproc"))
            TELL(zmq_msg_get(&message, ZMQ_SRCFD));
    } while (more);
    MUST(zmq_msg_close(&message) == 0);
    shut(push);
    shut(pull);
}

int main(void)
{
    void *context = make_context();
    zmq_msg_t message;
    MUST(zmq_msg_init(&message) == 0);
    title("EINVAL");
    TELL(zmq_msg_get(&message, 0));
    TELL(zmq_msg_get(&message, -1));
    TELL(zmq_msg_get(&message, 77));
    TELL(zmq_msg_get(&message, ZMQ_SRCFD));
    title("a message that was not received");
    TELL(zmq_msg_get(&message, ZMQ_MORE));
    TELL(zmq_msg_get(&message, ZMQ_SHARED));
    MUST(zmq_msg_close(&message) == 0);
    shared();
    of_received(context, "tcp");
    of_received(context, "inproc");
    finish(context);
    return 0;
}
