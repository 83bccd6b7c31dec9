// differs: libzmq 4.3.4 forgets whose a routing id is when the ROUTER was polled before
/* What a frame tells of its sender does not depend on how the program waited for it:
 * with zmq_poll, ZMQ_EVENTS or a receive that blocks, on every frame. */
#include "support.h"

static void frames(void *socket)
{
    int more = 1;
    while (more) {
        zmq_msg_t m;
        MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, socket, 0) >= 0);
        const char *type = zmq_msg_gets(&m, "Socket-Type"), *name = zmq_msg_gets(&m, "Identity");
        printf("  %zu bytes: %s %s, %s\n", zmq_msg_size(&m), type ? type : "nobody", name ? name : "nameless",
            zmq_msg_get(&m, ZMQ_SRCFD) > 2 ? "a descriptor" : "none");
        more = zmq_msg_more(&m);
        MUST(zmq_msg_close(&m) == 0);
    }
}

static void heard(void *context, int type, const char *name)
{
    void *server = make(context, type), *client = make(context, ZMQ_DEALER);
    MUST(zmq_setsockopt(client, ZMQ_ROUTING_ID, "its name", 8) == 0);
    join(client, bind_any(server, "tcp"));
    printf("-- %s that waits in its receive\n", name);
    say(client, "|one|three");
    frames(server);
    printf("-- %s that was polled\n", name);
    say(client, "|one|three");
    MUST(await(server, ZMQ_POLLIN, PATIENCE));
    frames(server);
    printf("-- %s that was asked again and again\n", name);
    say(client, "|one|three");
    while (!(get_int(server, ZMQ_EVENTS) & ZMQ_POLLIN))
        pause_ms(1);
    MUST(get_int(server, ZMQ_EVENTS) & ZMQ_POLLIN);
    frames(server);
    shut(client);
    shut_now(server);
}

int main(void)
{
    void *context = make_context();
    heard(context, ZMQ_ROUTER, "a ROUTER");
    heard(context, ZMQ_DEALER, "a DEALER");
    finish(context);
    return 0;
}
