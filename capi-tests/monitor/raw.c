/* What monitors tell of raw connections: no handshake succeeds, and one that never
 * was has failed when the connection is lost. */
#include "monitor/watch.h"
#include "pattern/plain.h"

static void accepted(void *context)
{
    void *stream = make(context, ZMQ_STREAM), *seen = watch(context, stream, ZMQ_EVENT_ALL);
    title("accepted");
    struct endpoint e = bind_any(stream, "tcp");
    hear_event(seen, e.text);
    int fd = dial(e);
    hear_event(seen, NULL);
    hear_from(stream);
    close(fd);
    hear_until(seen, NULL, ZMQ_EVENT_DISCONNECTED);
    hear_from(stream);
    title("hung up on");
    fd = dial(e);
    hear_event(seen, NULL);
    struct name peer = hear_from(stream);
    say_to(stream, peer, "");
    await_gone(stream, peer);
    get_end(fd);
    shut(stream);
    hear_until(seen, e.text, ZMQ_EVENT_MONITOR_STOPPED);
    shut(seen);
}

static void connected(void *context)
{
    struct endpoint e;
    int listener = serve(&e);
    void *stream = make(context, ZMQ_STREAM), *seen = watch(context, stream, ZMQ_EVENT_ALL);
    title("connected");
    join(stream, e);
    int fd = admit(listener);
    hear_until(seen, e.text, ZMQ_EVENT_CONNECTED);
    hear_from(stream);
    close(fd);
    hear_until(seen, e.text, ZMQ_EVENT_CONNECT_RETRIED);
    shut(stream);
    close(listener);
    shut(seen);
}

int main(void)
{
    void *context = make_context();
    accepted(context);
    connected(context);
    finish(context);
    return 0;
}
