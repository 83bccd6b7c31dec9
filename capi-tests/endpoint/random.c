// args: 6000
// slow-args: 200000
// slow-limit: 600
/* Texts put together at random, of pieces of endpoints and of any bytes: bind and
 * connect return, whatever they are given, with the result that libzmq's have. (Those
 * that are no UTF-8 are refused here, and are told of no further.) */
#include "resolver.h"

static unsigned long long state = 88172645463325252ull;

static unsigned below(unsigned most)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (unsigned)(state >> 11) % most;
}

/* No port that somebody else may have, and no name of a host. */
static const char *const pieces[] = {"tcp://", "tcp://", "tcp://", "tcp://", "ipc://", "inproc://", "http://", "tcp:", "//",
    ":", ":", ":", ":", "*", "*", "0", "127.0.0.1", "127.0.0.1", "127.0.0.1:*", "127.0.0.1:0", "[::1]", "[::1]:*", "::1", "lo", "lo:*",
    ";", ";", "127.0.0.1:0;", "[", "]", "%", "%lo", "@", ".", "/", " ", "-", "+", "_", "x", "A", "\xc3\xa4", "\n", "\t", "\x7f", "99999"};

static void put_together(char *text, size_t room)
{
    size_t size = 0;
    text[0] = 0;
    for (unsigned left = 1 + below(7); left; left--) {
        const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
        if (size + strlen(piece) + 1 > room)
            break;
        strcpy(text + size, piece);
        size += strlen(piece);
    }
    if (below(8) == 0 && size > 0) { /* a byte of it is another */
        unsigned char byte = (unsigned char)(1 + below(255));
        text[below((unsigned)size)] = (char)byte;
    }
}

static int is_utf8(const char *text)
{
    for (const unsigned char *byte = (const unsigned char *)text; *byte; byte++)
        if (*byte >= 0x80) {
            if (byte[0] != 0xc3 || (byte[1] & 0xc0) != 0x80)
                return 0;
            byte++;
        }
    return 1;
}

static void judge(void *context, const char *text)
{
    static const char *const calls[] = {"bind", "connect"};
    int same = is_utf8(text);
    if (same)
        print_part((const unsigned char *)text, strlen(text));
    for (int i = 0; i < 2; i++) {
        void *socket = zmq_socket(context, ZMQ_DEALER);
        MUST(socket);
        set_int(socket, ZMQ_LINGER, 0);
        set_int(socket, ZMQ_RECONNECT_IVL, -1);
        int rc = (i ? zmq_connect : zmq_bind)(socket, text);
        if (same)
            printf(" %s %s", calls[i], rc ? error_name(zmq_errno()) : "done");
        if (rc == 0)
            (void)(i ? zmq_disconnect : zmq_unbind)(socket, text);
        shut(socket);
    }
    if (same)
        putchar('\n');
}

int main(int count, char **arguments)
{
    MUST(count == 2);
    setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
    void *context = make_context();
    for (int left = atoi(arguments[1]); left; left--) {
        char text[300];
        if (left % 400 == 0) { /* libzmq gives a socket back some time after its close, at the latest now */
            finish(context);
            context = make_context();
        }
        put_together(text, sizeof text);
        judge(context, text);
    }
    for (int size = 64; size < 70000; size *= 4) { /* long ones */
        char *text = malloc((size_t)size + 16);
        for (int kind = 0; kind < 4; kind++) {
            static const char *const starts[] = {"tcp://127.0.0.1:", "tcp://", "ipc://", "inproc://"};
            strcpy(text, starts[kind]);
            memset(text + strlen(text), kind ? 'n' : '0', (size_t)size);
            text[size + strlen(starts[kind]) - 1] = 0;
            text[size] = 0;
            judge(context, text);
        }
        free(text);
    }
    finish(context);
    return 0;
}
