// ours-only: libzmq 4.3.4 answers a REP control for STATISTICS only; 4.3.5 answers all, and counts parts
/* zmq_proxy_steerable with a REP control: an empty answer to each command but
 * STATISTICS, also to one that means nothing. */
#include "steer.h"

int main(void)
{
    open_all(ZMQ_REP, ZMQ_REQ);
    say(client, "before|all");
    hear(worker);
    say(steer, "PAUSE");
    answer();
    say(client, "meanwhile");
    hear_nothing(worker);
    statistics();
    say(steer, "something else");
    answer();
    say(steer, "RESUME");
    answer();
    hear(worker);
    say(worker, "back|in|three");
    hear(client);
    statistics();
    say(steer, "TERMINATE");
    answer();
    join_proxy(&proxy);
    shut(client);
    shut(worker);
    shut(steer);
    finish(context);
    return 0;
}
