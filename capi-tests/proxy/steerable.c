/* zmq_proxy_steerable: what each command does, and the counts of STATISTICS.
 * (Where libzmq 4.3.5 differs from 4.3.4, steerable_rep follows the newer: it counts
 * the parts of messages, and answers a REP control.) */
#include "steer.h"

static void commands(int type, int other, int answers)
{
    printf("-- control of type %d\n", type);
    open_all(type, other);
    say(client, "before");
    hear(worker);
    say(steer, "PAUSE");
    let_happen();
    say(client, "meanwhile");
    hear_nothing(worker);
    if (answers)
        statistics();
    say(steer, "RESUME");
    hear(worker);
    say(worker, "back");
    hear(client);
    if (answers) {
        statistics();
        statistics();
    }
    say(steer, "TERMINATE");
    MUST(pthread_join(proxy.thread, NULL) == 0);
    printf("the proxy ended with %d\n", proxy.result);
    shut(client);
    shut(worker);
    shut(steer);
    finish(context);
}

static void ended(void)
{
    title("paused, and the context ends");
    open_all(ZMQ_PAIR, ZMQ_PAIR);
    say(steer, "PAUSE");
    let_happen();
    close_all();
    title("running, and the context ends");
    open_all(ZMQ_PAIR, ZMQ_PAIR);
    say(steer, "RESUME");
    close_all();
}

int main(void)
{
    commands(ZMQ_PAIR, ZMQ_PAIR, 1);
    commands(ZMQ_PULL, ZMQ_PUSH, 0);
    commands(ZMQ_SUB, ZMQ_XPUB, 0);
    ended();
    return 0;
}
