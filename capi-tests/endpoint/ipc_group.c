// ours-only: libzmq asks the system's list of groups, in which a group that a process was given need not be
/* ZMQ_IPC_FILTER_GID with a group that the peer's process has besides its own: one it
 * was given for this, or, if it may not be given any, one that it has. */
#include <grp.h>
#include "monitor/watch.h"

/* A group that this process has and is not its own; its own if there is no other. */
static int another_group(void)
{
    static const gid_t given[] = {43210, 43211};
    gid_t groups[256];
    if (setgroups(2, given) == 0)
        return (int)given[1];
    int count = getgroups(256, groups);
    MUST(count >= 0);
    for (int i = 0; i < count; i++)
        if (groups[i] != getegid())
            return (int)groups[i];
    return (int)getegid();
}

static void let_in(void *context, const char *what, int group)
{
    void *pull = make(context, ZMQ_PULL), *push = make(context, ZMQ_PUSH);
    struct happening it;
    void *sees = watch(context, pull, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_MONITOR_STOPPED);
    set_int(pull, ZMQ_IPC_FILTER_GID, group);
    set_int(push, ZMQ_RECONNECT_IVL, -1);
    join(push, bind_any(pull, "ipc"));
    MUST(next_event(sees, &it, PATIENCE));
    printf("%s: %s\n", what, event_name(it.event));
    if (it.event == ZMQ_EVENT_ACCEPTED) {
        say(push, "let in");
        hear(pull);
    }
    shut_now(push);
    shut(pull);
    unwatch(sees);
}

int main(void)
{
    int group = another_group();
    void *context = make_context();
    let_in(context, "a group besides its own", group);
    let_in(context, "its own", (int)getegid());
    let_in(context, "a group that it has not", 43212);
    finish(context);
    return 0;
}
