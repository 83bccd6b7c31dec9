/* Every number that may be an option is set to arbitrary bytes of arbitrary length and
 * then got into much room, on a socket of each type: whatever comes of it, nothing is
 * written behind what was asked for, and the socket and its context end. */
#include "support.h"

enum { LAST = 130, ROUNDS = 60, ROOM = 8192 };

static unsigned next(unsigned *state)
{
    *state = *state * 1103515245 + 12345;
    return *state >> 16;
}

/* Bytes of one round: numbers that are small, text, or anything, short or long. */
static size_t make_up(unsigned *state, unsigned char *bytes)
{
    static const size_t lengths[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 32, 40, 41, 100, 255, 256, 257, 1000, 5000};
    size_t size = lengths[next(state) % (sizeof lengths / sizeof *lengths)];
    unsigned kind = next(state) % 3;
    memset(bytes, 0, size);
    for (size_t i = 0; i < size; i++)
        if (kind == 0)
            bytes[i] = i < 4 ? (unsigned char)(i ? next(state) % 2 : next(state)) : 0;
        else
            bytes[i] = kind == 1 ? (unsigned char)(' ' + next(state) % 95) : (unsigned char)next(state);
    return size;
}

int main(void)
{
    static unsigned char bytes[5000], out[ROOM + 8];
    unsigned state = 20240317;
    for (int round = 0; round < ROUNDS; round++) {
        void *context = make_context(), *socket = zmq_socket(context, round % (ZMQ_STREAM + 1));
        size_t size = make_up(&state, bytes);
        MUST(socket != NULL);
        for (int number = -1; number <= LAST; number++) {
            size_t room = ROOM;
            memset(out, 0xee, sizeof out);
            (void)zmq_setsockopt(socket, number, bytes, size);
            int rc = zmq_getsockopt(socket, number, out, &room);
            MUST(rc == 0 || (rc == -1 && room == ROOM));
            for (size_t i = rc == 0 ? room : ROOM; i < sizeof out; i++)
                MUST(out[i] == (i < ROOM && rc == 0 ? out[i] : 0xee));
            MUST(room <= ROOM);
        }
        shut(socket);
        finish(context);
    }
    printf("%d rounds survived\n", ROUNDS);
    return 0;
}
