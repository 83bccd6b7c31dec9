// ours-only: draft functions, which the system's library does not have
/* zmq_msg_set_group, zmq_msg_group, zmq_join, zmq_leave: what a message may say of
 * its group. RADIO and DISH, which have groups, are not built: no socket joins. */
#define ZMQ_BUILD_DRAFT_API
#include "support.h"

int main(void)
{
    char longest[ZMQ_GROUP_MAX_LENGTH + 2] = "";
    void *context = make_context(), *none = NULL;
    zmq_msg_t msg, copy;
    memset(longest, 'x', ZMQ_GROUP_MAX_LENGTH);
    MUST(zmq_msg_init_size(&msg, 100) == 0 && zmq_msg_init(&copy) == 0);
    title("groups of messages");
    printf("'%s'\n", zmq_msg_group(&msg));
    TELL(zmq_msg_set_group(&msg, "Movies"));
    printf("'%s'\n", zmq_msg_group(&msg));
    TELL(zmq_msg_copy(&copy, &msg));
    printf("'%s'\n", zmq_msg_group(&copy));
    TELL(zmq_msg_set_group(&msg, longest));
    MUST(!strcmp(zmq_msg_group(&msg), longest));
    TELL(zmq_msg_set_group(&msg, ""));
    printf("'%s'\n", zmq_msg_group(&msg));
    title("EINVAL: too long");
    longest[ZMQ_GROUP_MAX_LENGTH] = 'x';
    TELL(zmq_msg_set_group(&msg, "TV"));
    TELL(zmq_msg_set_group(&msg, longest));
    printf("'%s'\n", zmq_msg_group(&msg));
    MUST(zmq_msg_close(&msg) == 0 && zmq_msg_close(&copy) == 0);
    title("sockets");
    void *sub = make(context, ZMQ_SUB);
    TELL(zmq_join(sub, "Movies"));
    TELL(zmq_leave(sub, "Movies"));
    TELL(zmq_join(none, "Movies"));
    TELL(zmq_leave(none, "Movies"));
    TELL_PTR(zmq_socket(context, ZMQ_RADIO));
    TELL_PTR(zmq_socket(context, ZMQ_DISH));
    shut(sub);
    finish(context);
    return 0;
}
