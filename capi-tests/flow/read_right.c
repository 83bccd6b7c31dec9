/* A thread that receives without end, and then makes no more calls: the library goes on
 * reading for it. PINGs are answered, what comes wakes another thread's poll, and the loss
 * of the peer is told to a monitor. */
#include "../monitor/raw.h"
#include "../monitor/watch.h"

#define BURST 5000

enum { BLOCKS, TRIES, POLLS, PAUSES, HABITS };
static const char *const habits[] = {"blocks", "tries", "polls", "pauses"};

static void *socket_;
static int fd;

static void send_burst(int count)
{
    static char frames[3 * BURST];
    for (int i = 0; i < count; i++)
        memcpy(frames + 3 * i, "\0\1m", 3);
    send_all(fd, frames, 3 * (size_t)count);
}

static void hear_one(int habit)
{
    char byte;
    if (habit == POLLS)
        MUST(await(socket_, ZMQ_POLLIN, PATIENCE));
    long long end = now_ms() + PATIENCE;
    while (zmq_recv(socket_, &byte, 1, habit == TRIES ? ZMQ_DONTWAIT : 0) == -1)
        MUST(zmq_errno() == EAGAIN && habit == TRIES && now_ms() < end);
}

/* One by one, as in a conversation, and many at once. */
static void be_busy(int habit)
{
    for (int i = 0; i < 300; i++) {
        send_burst(1);
        hear_one(habit);
    }
    send_burst(BURST);
    for (int i = 0; i < BURST; i++)
        hear_one(habit);
    if (habit == PAUSES)
        pause_ms(100);
    send_burst(1);
    hear_one(habit);
}

static void *await_input(void *argument)
{
    *(int *)argument = await(socket_, ZMQ_POLLIN, PATIENCE);
    return NULL;
}

static void go_quiet(int habit)
{
    static const char ping[] = "\4\7\4PING\0";
    char pong[7];
    void *context = make_context();
    pthread_t other;
    int came = 0;
    struct happening it;
    socket_ = make(context, ZMQ_DEALER);
    void *monitor = watch(context, socket_, ZMQ_EVENT_DISCONNECTED);
    fd = raw_connect(bind_any(socket_, "tcp"));
    raw_shake(fd);
    for (int i = 0; i < 3; i++) {
        be_busy(habit);
        send_all(fd, ping, sizeof ping);
        MUST(raw_read(fd, pong, sizeof pong) && !memcmp(pong, "\4\5\4PONG", sizeof pong));
    }
    be_busy(habit);
    MUST(pthread_create(&other, NULL, await_input, &came) == 0);
    send_burst(1);
    MUST(pthread_join(other, NULL) == 0 && came);
    hear_one(BLOCKS);
    be_busy(habit);
    close(fd);
    MUST(next_event(monitor, &it, PATIENCE) && it.event == ZMQ_EVENT_DISCONNECTED);
    printf("who %s is read for when it stops\n", habits[habit]);
    MUST(zmq_socket_monitor(socket_, NULL, 0) == 0);
    shut(monitor);
    shut(socket_);
    finish(context);
}

int main(void)
{
    for (int habit = 0; habit < HABITS; habit++)
        go_quiet(habit);
    return 0;
}
