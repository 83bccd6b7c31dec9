/* zmq_proxy_steerable(3): every error, every command and the eight numbers. More
 * of it, also with other control sockets, is in proxy/steerable. */
#include "ended.h"
#include "proxy/steer.h"

static void errors(void)
{
    void *none = NULL, *other = make_context();
    void *front = make(other, ZMQ_DEALER), *back = make(other, ZMQ_DEALER);
    void *control = make(other, ZMQ_PAIR);
    title("EFAULT");
    TELL(zmq_proxy_steerable(none, back, NULL, control));
    TELL(zmq_proxy_steerable(front, none, NULL, control));
    title("EINTR");
    INTERRUPTED(zmq_proxy_steerable(front, back, NULL, control));
    INTERRUPTED(zmq_proxy_steerable(front, back, NULL, NULL));
    title("ETERM");
    TERMINATED(other, zmq_proxy_steerable(front, back, NULL, control));
    TELL(zmq_proxy_steerable(front, back, NULL, NULL));
    shut(front);
    shut(back);
    shut(control);
    finish(other);
}

int main(void)
{
    errors();
    title("commands");
    open_all(ZMQ_PAIR, ZMQ_PAIR);
    say(client, "ten bytes.");
    hear(worker);
    say(worker, "five.");
    hear(client);
    statistics();
    say(steer, "PAUSE");
    statistics();
    say(client, "later");
    hear_nothing(worker);
    say(steer, "RESUME");
    hear(worker);
    statistics();
    say(steer, "TERMINATE");
    join_proxy(&proxy);
    shut(client);
    shut(worker);
    shut(steer);
    finish(context);
    return 0;
}
