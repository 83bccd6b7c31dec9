// differs: libzmq 4.3.4 writes the length of a long SUBSCRIBE into one byte
/* Topics whose subscription crosses 255 bytes, and far longer ones. */
#include "topics.h"

int main(void)
{
    static const size_t sizes[] = {243, 244, 245, 246, 247, 253, 254, 255, 256, 1000, 8190, 8192, 100000};
    static const char *transports[] = {"tcp", "ipc", "inproc"};
    static char topic[100001], back[100001];
    void *context = make_context();
    for (int t = 0; t < 3; t++) {
        void *xpub = make(context, ZMQ_XPUB), *sub = make(context, ZMQ_SUB);
        join(sub, bind_any(xpub, transports[t]));
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            size_t size = sizes[i];
            memset(topic, 'a' + (int)i, size);
            for (int on = 1; on >= 0; on--) {
                MUST(zmq_setsockopt(sub, on ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, topic, size) == 0);
                int got = zmq_recv(xpub, back, sizeof back, 0);
                MUST(got == (int)size + 1);
                MUST(back[0] == on && !memcmp(back + 1, topic, size));
                if (!on)
                    continue;
                MUST(zmq_send(xpub, topic, size - 1, 0) == (int)size - 1);
                MUST(zmq_send(xpub, topic, size, 0) == (int)size);
                MUST(zmq_recv(sub, back, sizeof back, 0) == (int)size);
            }
        }
        printf("%s: told and matched\n", transports[t]);
        shut(sub), shut(xpub);
    }
    finish(context);
    return 0;
}
