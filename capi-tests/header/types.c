/* The types of zmq.h have the size, the order and the names that compiled
   programs rely on, and the usual ways to write them down compile. It is C99 and
   C++11 at once. */

#include <zmq.h>

#include <string.h>

#define CHECK(name, condition) typedef char check_##name[(condition) ? 1 : -1]

CHECK(message_size, sizeof(zmq_msg_t) == 64);
CHECK(message_bytes, sizeof(((zmq_msg_t *) 0)->_) == 64);
CHECK(item_size, sizeof(zmq_pollitem_t) == 2 * sizeof(void *));
CHECK(item_socket, offsetof(zmq_pollitem_t, socket) == 0);
CHECK(item_fd, offsetof(zmq_pollitem_t, fd) == sizeof(void *));
CHECK(item_events, offsetof(zmq_pollitem_t, events) == sizeof(void *) + 4);
CHECK(item_revents, offsetof(zmq_pollitem_t, revents) == sizeof(void *) + 6);
CHECK(descriptor_size, sizeof(zmq_fd_t) == sizeof(int));

struct padded_message {
    char byte;
    zmq_msg_t message;
};
CHECK(message_alignment, offsetof(struct padded_message, message) == sizeof(void *));

#ifdef ZMQ_BUILD_DRAFT_API
CHECK(event_socket, offsetof(zmq_poller_event_t, socket) == 0);
CHECK(event_fd, offsetof(zmq_poller_event_t, fd) == sizeof(void *));
CHECK(event_user_data, offsetof(zmq_poller_event_t, user_data) == 2 * sizeof(void *));
CHECK(event_events, offsetof(zmq_poller_event_t, events) == 3 * sizeof(void *));
CHECK(event_size, sizeof(zmq_poller_event_t) == 4 * sizeof(void *));

static const char *const properties[] = {
    ZMQ_MSG_PROPERTY_ROUTING_ID "",
    ZMQ_MSG_PROPERTY_SOCKET_TYPE "",
    ZMQ_MSG_PROPERTY_USER_ID "",
    ZMQ_MSG_PROPERTY_PEER_ADDRESS "",
};
#endif

static void free_body(void *data, void *hint)
{
    (void) data;
    (void) hint;
}

static void on_timer(int timer_id, void *arg)
{
    (void) timer_id;
    (void) arg;
}

static void on_thread(void *arg)
{
    (void) arg;
}

int main(void)
{
    zmq_free_fn *free_function = free_body;
    zmq_timer_fn *timer_function = on_timer;
    zmq_thread_fn *thread_function = on_thread;
    zmq_pollitem_t items[] = {{NULL, 0, ZMQ_POLLIN, 0}, {NULL, 1, ZMQ_POLLOUT, 0}};
    zmq_msg_t message;
    struct zmq_msg_t *same = &message;
    struct zmq_pollitem_t *first = items;

    (void) free_function;
    (void) timer_function;
    (void) thread_function;
    (void) same;
#ifdef ZMQ_BUILD_DRAFT_API
    if (strcmp(properties[0], "Routing-Id") != 0 || strcmp(properties[1], "Socket-Type") != 0
        || strcmp(properties[2], "User-Id") != 0 || strcmp(properties[3], "Peer-Address") != 0)
        return 1;
#endif
    return first->events == ZMQ_POLLIN && strlen("") == 0 ? 0 : 1;
}
