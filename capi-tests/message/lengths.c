// args: 4194304
// slow-args: 1073741824
// slow-limit: 600
/* Messages of every length that matters, up to the one given: each arrives whole
 * over every transport, in one part, in several, and copied back by a REP. */
#include "support.h"

/* Bytes that are different at each place, as far as that goes. */
static unsigned char at(size_t i)
{
    return (unsigned char)(i * 2654435761u >> 13);
}

static void write_all(zmq_msg_t *m, size_t size)
{
    MUST(zmq_msg_init_size(m, size) == 0);
    unsigned char *data = zmq_msg_data(m);
    for (size_t i = 0; i < size; i++)
        data[i] = at(i);
}

static void check(zmq_msg_t *m, size_t size)
{
    const unsigned char *data = zmq_msg_data(m);
    MUST(zmq_msg_size(m) == size);
    for (size_t i = 0; i < size; i++)
        if (data[i] != at(i))
            MUST(!"every byte as it was sent");
}

static void there_and_back(void *req, void *rep, size_t size)
{
    zmq_msg_t m;
    write_all(&m, size);
    MUST(zmq_msg_send(&m, req, 0) == (int)(size & 0x7fffffff));
    MUST(zmq_msg_size(&m) == 0);
    MUST(zmq_msg_recv(&m, rep, 0) == (int)(size & 0x7fffffff));
    check(&m, size);
    MUST(zmq_msg_send(&m, rep, ZMQ_SNDMORE) >= 0);
    MUST(zmq_send(rep, "end", 3, 0) == 3);
    MUST(zmq_msg_recv(&m, req, 0) == (int)(size & 0x7fffffff));
    check(&m, size);
    MUST(zmq_msg_more(&m) == 1);
    MUST(zmq_msg_recv(&m, req, 0) == 3 && zmq_msg_more(&m) == 0);
    MUST(zmq_msg_close(&m) == 0);
}

int main(int count, char **arguments)
{
    static const char *const transports[] = {"tcp", "ipc", "inproc"};
    size_t most = count > 1 ? strtoull(arguments[1], NULL, 10) : 1 << 20;
    void *context = make_context();
    for (int i = 0; i < 3; i++) {
        void *req = make(context, ZMQ_REQ), *rep = make(context, ZMQ_REP);
        set_int(req, ZMQ_RCVTIMEO, 60 * PATIENCE);
        set_int(rep, ZMQ_RCVTIMEO, 60 * PATIENCE);
        join(req, bind_any(rep, transports[i]));
        for (size_t size = 0; size < 300; size++)
            there_and_back(req, rep, size);
        for (size_t size = 512; size <= (1 << 20); size *= 2)
            for (int off = -1; off <= 1; off++)
                there_and_back(req, rep, size + off);
        for (size_t size = 1 << 22; size < most; size *= 4)
            there_and_back(req, rep, size);
        there_and_back(req, rep, most);
        printf("over %s all lengths\n", transports[i]);
        shut(req);
        shut(rep);
    }
    finish(context);
    return 0;
}
